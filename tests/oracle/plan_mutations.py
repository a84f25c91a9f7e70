"""Planners with one rule broken each, to show that the comparison notices. Names say what is wrong with each."""

from __future__ import annotations

from typing import Iterable, Iterator

from oracle import VERDICTS, Oracle
from plan_oracle import Placement, Plan, Planner, Products, Request, Ruleset
from tables import Tables


class IgnoresAuthority(Planner):
    def authority(self, placement: Placement) -> int:
        return 0


class CountsHostsPerApplication(Planner):
    def host_count(self, plan: Iterable[Placement]) -> int:
        return len(set(plan))


class CountsEditionsAsHosts(Planner):
    def host_count(self, plan: Iterable[Placement]) -> int:
        return len({placement.host for placement in plan})


class IgnoresUpdates(Planner):
    def cost(self, plan: Iterable[Placement]) -> tuple[int, int]:
        return 0, super().cost(plan)[1]


class AuthorityBeforeUpdates(Planner):
    def cost(self, plan: Iterable[Placement]) -> tuple[int, int]:
        updates, authority = super().cost(plan)
        return authority, updates


class IgnoresKnownUpdates(Planner):
    def __init__(self, ruleset: Ruleset, request: Request) -> None:
        super().__init__(ruleset, Request(request.hosts, request.owned, [], request.most_hosts, request.fleet))


class AnyEditionOfAReleaseWillDo(Planner):
    def verdict(self, oracle: Oracle, host: str, key: str, product: str) -> str:
        return min((oracle.verdict(host, key, edition) for edition in self.editions[product]), key=VERDICTS.index)


class OwnsEverything(Planner):
    def __init__(self, ruleset: Ruleset, request: Request) -> None:
        super().__init__(ruleset, Request(request.hosts, [], request.updates, request.most_hosts, request.fleet))


class LaterUpdatesOfALineCount(Planner):
    def is_exchangeable(self, placement: Placement) -> bool:
        return False


class NoHostsAreAlike(Planner):
    def alike_hosts(self) -> dict[str, list[str]]:
        return {host: [host] for host in super().alike_hosts()}


class OneOfAlikeHosts(Planner):
    def on_alike_hosts(self, plan: Plan) -> Iterator[Plan]:
        yield plan


class BecauseOfAllCovered(Planner):
    def because(self, plan: Plan, placement: Placement) -> Products:
        return self.covered_by[placement] - self.covered_elsewhere(plan, placement)


class CertainCountsAllCovered(Planner):
    def covered_elsewhere(self, plan: Plan, placement: Placement) -> Products:
        return frozenset()


class ProductsInsteadOfMachines(Planner):
    def machines(self, products: Iterable[str]) -> int:
        return len(list(products))


class IgnoresEditionsOfRequires(Planner):
    """A row scoped to editions asks its update for all of them."""

    def __init__(self, ruleset: Ruleset, request: Request) -> None:
        changed = Ruleset.__new__(Ruleset)
        changed.tables = Tables()
        vars(changed.tables).update(vars(ruleset.tables))
        changed.tables.serving_rows = [widened(row) for row in ruleset.tables.serving_rows]
        changed.base, changed.shared, changed.oracles = Oracle(changed.tables), {}, {}
        super().__init__(changed, request)


def widened(row):  # type: ignore[no-untyped-def]
    if row.what != "requires":
        return row
    other = type(row)(row.what, row.layer, row.host_list, None, row.key_groups, row.any_of)
    other.hosts = row.hosts
    return other


def mutations() -> list[type[Planner]]:
    """Every class of this file that breaks a rule."""
    return [thing for thing in globals().values() if isinstance(thing, type) and issubclass(thing, Planner) and thing is not Planner]
