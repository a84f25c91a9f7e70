"""The independent planner: every best plan for one request, by exhaustion over the verdicts of `Oracle`.

In: a ruleset's tables and a `Request`. Out: the best plans, and what is said of their placements and of what stays uncovered.
What a plan is stands at the top of plan.py. Shares nothing with the C library.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Iterable, Iterator

from oracle import PASS, VERDICTS, Facts, Oracle
from tables import read_ruleset

FREE_OF_FACTS = (  # results that no fact of a question changes, shared between oracles of one ruleset
    "ruling_on_host", "ruling_on_edition", "host_runs_kms", "key_fits_host", "edition_uses_kms", "key_covers_edition", "serving_rows_of_host",
    "is_below", "can_hold", "holdable", "build_line", "is_host_capable",
)  # fmt: skip
MOST_UPDATES_TRIED = 9  # of one host and key group: 2 to the power of it sets

Products = frozenset[str]


@dataclass(frozen=True)
class Placement:
    host: str
    key: str
    updates: frozenset[str]

    def __str__(self) -> str:
        return f"({self.host}, {self.key}, {'+'.join(sorted(self.updates)) or '-'})"


Plan = frozenset[Placement]


@dataclass
class Request:
    """One question to the planner; None or empty: not given."""

    hosts: list[str]
    owned: list[str]
    updates: list[str]
    most_hosts: int | None
    fleet: dict[str, int]

    def line(self) -> str:
        lists = [",".join(words) or "-" for words in (self.hosts, self.owned, self.updates)]
        fleet = ",".join(f"{product}={machines}" for product, machines in self.fleet.items())
        return f"plan {' '.join(lists)} {self.most_hosts or '-'} {fleet}"


class TooMany(Exception):
    """More ways than brute force goes through."""


class Ruleset:
    """Tables, and an oracle for each set of updates, which share what no fact changes."""

    def __init__(self, paths: list[str]) -> None:
        self.tables = read_ruleset(paths)
        self.base = Oracle(self.tables)
        self.shared: dict[str, dict] = {name: {} for name in FREE_OF_FACTS}
        self.base.memory.update(self.shared)
        self.oracles: dict[frozenset[str], Oracle] = {}

    def oracle(self, updates: Iterable[str]) -> Oracle:
        updates = frozenset(updates)
        if updates not in self.oracles:
            if len(self.oracles) > 3000:
                self.oracles.clear()
            self.oracles[updates] = Oracle(self.tables, Facts(updates=sorted(updates)))
            self.oracles[updates].memory.update(self.shared)
        return self.oracles[updates]


class Planner:
    """All about one request, by exhaustion."""

    def __init__(self, ruleset: Ruleset, request: Request) -> None:
        self.ruleset, self.tables, self.base, self.request = ruleset, ruleset.tables, ruleset.base, request
        self.known = frozenset(Oracle(self.tables, Facts(updates=request.updates)).given)
        self.editions = {product: self.base.editions_meant(product) for product in request.fleet}
        self.hosts = self.hosts_to_choose()
        self.keys = list(dict.fromkeys(request.owned)) or list(self.tables.key_groups)
        self.covered_by: dict[Placement, Products] = {}
        self.find_placements()
        self.coverable: Products = frozenset(itertools.chain(*self.covered_by.values()))

    def hosts_to_choose(self) -> list[str]:
        meant = [host for name in self.request.hosts for host in self.base.hosts_meant(name)]
        return [host for host in (dict.fromkeys(meant) if self.request.hosts else self.tables.editions) if self.base.is_host_capable(host)]

    # -- what a placement covers ----------------------------------------------------------------------------------------------------------

    def verdict(self, oracle: Oracle, host: str, key: str, product: str) -> str:
        return oracle.verdict_on_set(host, key, self.editions[product])

    def covers(self, host: str, key: str, updates: Iterable[str]) -> Products:
        oracle = self.ruleset.oracle(self.known | frozenset(updates))
        return frozenset(p for p in self.request.fleet if self.base.can_hold(host, key) and self.verdict(oracle, host, key, p) == "yes")

    def relevant_updates(self, host: str, key: str) -> list[str]:
        """All of the tables, where they are few; else those that matching rows name, and what these come after: any other one could be
        left out, or exchanged for the earlier one of its line that is named."""
        if len(self.tables.updates) <= MOST_UPDATES_TRIED:
            return [update for update in self.tables.updates if update not in self.known]
        editions = {edition for product in self.request.fleet for edition in self.editions[product]}
        rows = {row for edition in editions for row in self.base.matching_requirements(host, key, edition)}
        wanted = [update for row in sorted(rows) for update in self.tables.serving_rows[row].any_of]
        found: dict[str, None] = {}
        while wanted:
            update = wanted.pop()
            if update not in found:
                found[update] = None
                wanted += self.tables.updates[update].after_any_of
        return [update for update in found if update not in self.known]

    def find_placements(self) -> None:
        for host, key in itertools.product(self.hosts, self.keys):
            if self.covers(host, key, self.tables.updates):
                self.find_update_sets(host, key)

    def find_update_sets(self, host: str, key: str) -> None:
        relevant = self.relevant_updates(host, key)
        if len(relevant) > MOST_UPDATES_TRIED:
            raise TooMany(f"{len(relevant)} updates of {host} with {key}")
        for count in range(len(relevant) + 1):
            for updates in itertools.combinations(relevant, count):
                covered = self.covers(host, key, updates)
                if covered and self.nothing_can_be_left_out(host, key, updates, covered):
                    self.covered_by[Placement(host, key, frozenset(updates))] = covered

    def nothing_can_be_left_out(self, host: str, key: str, updates: tuple[str, ...], covered: Products) -> bool:
        return not any(covered <= self.covers(host, key, set(updates) - {update}) for update in updates)

    def is_exchangeable(self, placement: Placement) -> bool:
        """One of its updates for an earlier one of its line."""
        for update in placement.updates:
            for other in self.tables.updates.values():
                here = self.tables.updates[update]
                if here.line is not None and other.line == here.line and other.order < here.order and other.id not in placement.updates:
                    exchanged = placement.updates - {update} | {other.id}
                    if self.covered_by[placement] <= self.covers(placement.host, placement.key, exchanged):
                        return True
        return False

    def is_of_fewest_updates(self, placement: Placement) -> bool:
        """Nothing that covers as much on the same host with the same key group needs fewer; a best plan holds no others."""
        beside = [p for p in self.covered_by if (p.host, p.key) == (placement.host, placement.key) and len(p.updates) < len(placement.updates)]
        return not self.is_exchangeable(placement) and not any(self.covered_by[placement] <= self.covered_by[p] for p in beside)

    def alike_hosts(self) -> dict[str, list[str]]:
        """By host: those on which the same key groups with the same fewest updates cover the same, in the order they are to choose from."""
        fewest = [placement for placement in self.covered_by if self.is_of_fewest_updates(placement)]
        ways: dict[str, frozenset] = {}
        for host in self.hosts:
            ways[host] = frozenset((p.key, p.updates, self.covered_by[p]) for p in fewest if p.host == host)
        return {host: [other for other in self.hosts if ways[other] == ways[host]] for host in self.hosts if ways[host]}

    # -- what a plan costs ----------------------------------------------------------------------------------------------------------------

    def application(self, placement: Placement) -> str:
        return self.tables.key_groups[placement.key].application

    def host_count(self, plan: Iterable[Placement]) -> int:
        per_application: dict[tuple[str, str], int] = {}
        for placement in plan:
            place = (placement.host, self.application(placement))
            per_application[place] = per_application.get(place, 0) + 1
        most: dict[str, int] = {}
        for (host, _), count in per_application.items():
            most[host] = max(most.get(host, 0), count)
        return sum(most.values())

    def authority(self, placement: Placement) -> int:
        return sum(self.base.is_below(group, placement.key) for group in self.tables.key_groups)

    def cost(self, plan: Iterable[Placement]) -> tuple[int, int]:
        return sum(len(p.updates) for p in plan), sum(self.authority(p) for p in plan)

    def covered_in(self, plan: Iterable[Placement]) -> Products:
        return frozenset(itertools.chain(*(self.covered_by[placement] for placement in plan)))

    def machines(self, products: Iterable[str]) -> int:
        return sum(self.request.fleet[product] for product in products)

    # -- the best plans -------------------------------------------------------------------------------------------------------------------

    def best_plans(self) -> set[Plan]:
        self.alike = self.alike_hosts()
        usable = [p for p in self.covered_by if self.alike[p.host][0] == p.host and not self.is_exchangeable(p)]
        plans: set[Plan] = set()
        if self.coverable:
            for limit in range(1, (self.request.most_hosts or len(self.coverable)) + 1):
                plans = Search(self, usable, limit, may_skip=False).run()
                if plans:
                    break
            else:
                assert self.request.most_hosts is not None
                plans = Search(self, usable, self.request.most_hosts, may_skip=True).run()
        return {on_other_hosts for plan in plans for on_other_hosts in self.on_alike_hosts(plan)}

    def on_alike_hosts(self, plan: Plan) -> Iterator[Plan]:
        hosts = sorted({placement.host for placement in plan})
        for others in itertools.product(*(self.alike[host] for host in hosts)):
            moved = dict(zip(hosts, others))
            yield frozenset(Placement(moved[p.host], p.key, p.updates) for p in plan)

    # -- what is said of a plan -----------------------------------------------------------------------------------------------------------

    def covered_elsewhere(self, plan: Plan, placement: Placement) -> Products:
        return self.covered_in(plan - {placement})

    def lower_keys_cover(self, key: str) -> Products:
        lower = [other for other in self.keys if self.base.is_below(other, key)]
        return frozenset(itertools.chain(*(self.covers(host, other, self.tables.updates) for host in self.hosts for other in lower)))

    def because(self, plan: Plan, placement: Placement) -> Products:
        return self.covered_by[placement] - self.covered_elsewhere(plan, placement) - self.lower_keys_cover(placement.key)

    def kind(self, product: str) -> str:
        return self.tables.editions[self.editions[product][0]].kind

    def thresholds(self, plan: Plan, placement: Placement) -> dict[str, tuple[int, int, int]]:
        """Of each kind that the placement covers: the minimum, and the machines that count for it: certain, and possible."""
        found = {}
        for kind in {self.kind(product) for product in self.covered_by[placement]}:
            threshold = self.tables.thresholds[kind]
            counting = {product for product in self.covered_by[placement] if self.kind(product) in threshold.counts}
            certain = self.machines(counting - self.covered_elsewhere(plan, placement))
            found[kind] = (threshold.minimum, certain, self.machines(counting))
        return found

    def best_verdict(self, product: str, updates: Iterable[str], hosts: Iterable[str], keys: Iterable[str]) -> str:
        oracle = self.ruleset.oracle(updates)
        pairs = [(h, k) for h, k in itertools.product(hosts, keys) if self.base.can_hold(h, k)]
        return min((self.verdict(oracle, h, k, product) for h, k in pairs), key=VERDICTS.index, default="no")

    def obstacle(self, product: str) -> str:
        if product in self.coverable:
            return "too-few-hosts"
        if any(self.base.edition_uses_kms(edition) != PASS for edition in self.editions[product]):
            return "not-by-kms"
        if self.best_verdict(product, self.tables.updates, self.tables.editions, self.tables.key_groups) == "yes":
            return "not-to-choose"
        to_choose = self.best_verdict(product, self.tables.updates, self.hosts, self.keys)
        return "not-documented" if to_choose == "undocumented" else "no-candidate"


class Search:
    """Every set of placements on so many hosts that covers what can be covered (or, where it may skip, as many machines as it can), by going through
    all that covers the first product not yet covered. Keeps the cheapest."""

    MOST_STEPS = 400_000

    def __init__(self, planner: Planner, usable: list[Placement], limit: int, may_skip: bool) -> None:
        self.planner, self.limit, self.may_skip = planner, limit, may_skip
        self.covering = {p: [u for u in usable if p in planner.covered_by[u]] for p in planner.coverable}
        self.products = sorted(planner.coverable, key=lambda product: (len(self.covering[product]), product))
        self.best: tuple[int, int, int, int] | None = None
        self.plans: set[Plan] = set()
        self.seen: set[tuple[Plan, Products]] = set()

    def run(self) -> set[Plan]:
        self.go_on(frozenset(), frozenset())
        return self.plans

    def go_on(self, plan: Plan, skipped: Products) -> None:
        cost = self.cost(plan, skipped)
        if (plan, skipped) in self.seen or cost[1] > self.limit or self.is_beaten(cost):
            return
        self.seen.add((plan, skipped))
        if len(self.seen) > self.MOST_STEPS:
            raise TooMany("steps")
        covered = self.planner.covered_in(plan)
        product = next((p for p in self.products if p not in covered and p not in skipped), None)
        if product is None:
            self.keep(plan, cost)
            return
        for placement in self.covering[product]:
            if not self.planner.covered_by[placement] & skipped:
                self.go_on(plan | {placement}, skipped)
        if self.may_skip:
            self.go_on(plan, skipped | {product})

    def cost(self, plan: Plan, skipped: Products) -> tuple[int, int, int, int]:
        return (self.planner.machines(skipped), self.planner.host_count(plan), *self.planner.cost(plan))

    def is_beaten(self, cost: tuple[int, int, int, int]) -> bool:
        return self.best is not None and cost > self.best  # no part of a cost ever falls

    def keep(self, plan: Plan, cost: tuple[int, int, int, int]) -> None:
        if any(self.planner.covered_in(plan - {placement}) == self.planner.covered_in(plan) for placement in plan):
            return  # one can be left out
        if self.best is None or cost < self.best:
            self.best, self.plans = cost, set()
        if cost == self.best and plan:
            self.plans.add(plan)
