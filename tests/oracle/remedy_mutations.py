"""Oracles of remedies with one rule broken each, to show that the comparison notices. Names say what is wrong with each."""

from __future__ import annotations

from typing import Iterator

import mutations as evaluators
from oracle import PASS, Facts, Oracle
from remedy_oracle import Change, Changes, Keys, Remedy, RemedyOracle, Route, Slot, Updates


class IgnoresPrerequisites(RemedyOracle):
    make_evaluator = evaluators.IgnoresPrerequisites


class IgnoresLines(RemedyOracle):
    class make_evaluator(Oracle):
        def is_superseded_by_given(self, update: object) -> bool:
            return False


class AnyOfIsAllOf(RemedyOracle):
    make_evaluator = evaluators.AnyOfIsAllOf


class MeetsOneRequirementOnly(RemedyOracle):
    make_evaluator = evaluators.MeetsOneRequirementOnly


class IgnoresCannotServe(RemedyOracle):
    make_evaluator = evaluators.IgnoresCannotServe


class UnknownIsGoodEnough(RemedyOracle):
    def does(self, verdict: str) -> bool:
        return verdict in ("yes", "conditional")


class UpdatesCureSilence(RemedyOracle):
    def does(self, verdict: str) -> bool:
        return verdict in ("yes", "undocumented")


class KeepsTheOldHostsUpdates(RemedyOracle):
    def facts_after(self, is_new_host: bool, updates: Updates) -> Facts:
        return super().facts_after(is_new_host, updates | frozenset(self.question.facts.updates))


class KeepsTheOldHostsBuild(RemedyOracle):
    def facts_after(self, is_new_host: bool, updates: Updates) -> Facts:
        facts = super().facts_after(is_new_host, updates)
        facts.build, facts.revision = self.question.facts.build, self.question.facts.revision
        return facts


class KeepsTheOldHostsKeys(RemedyOracle):
    def route_to(self, host: str) -> Route:
        return Route(frozenset({("host", host)}), (host,), tuple(self.question.keys), True)

    def remedies(self) -> list[Remedy]:
        self.known_elsewhere = {}  # of a route with keys it is another matter
        return super().remedies()


class ForgetsUpdatesOnTheSameHost(RemedyOracle):
    def facts_after(self, is_new_host: bool, updates: Updates) -> Facts:
        return super().facts_after(True, updates)


class StaysOnTheHost(RemedyOracle):
    def routes(self) -> Iterator[Route]:
        return (route for route in super().routes() if not route.is_new_host)


class KeepsTheKeys(RemedyOracle):
    def ways_of_keys(self) -> Iterator[tuple[Changes, tuple[str, ...]]]:
        yield frozenset(), tuple(self.question.keys)


class ChangesOneKeyAtMost(RemedyOracle):
    def ways_of_keys(self) -> Iterator[tuple[Changes, tuple[str, ...]]]:
        return (way for way in super().ways_of_keys() if len(way[0]) <= 1)


class NeverLearns(RemedyOracle):
    def routes(self) -> Iterator[Route]:
        return (route for route in super().routes() if not any(change[0] == "learn" for change in route.changes))


class OneEditionOfAReleaseIsEnough(RemedyOracle):
    def is_enough(self, found: dict[Slot, list[str]]) -> bool:
        hosts = {host for host, _ in found}
        return any(all(keys for (host, _), keys in found.items() if host == one) for one in hosts)

    def keys_of(self, route: Route, updates: Updates) -> Keys | None:
        found = {slot: keys[0] if keys else "" for slot, keys in self.keys_by_slot(route, updates).items()}
        return found if len(route.hosts) > 1 else super().keys_of(route, updates)


class OneApplicationIsEnough(RemedyOracle):
    def is_enough(self, found: dict[Slot, list[str]]) -> bool:
        return all(any(keys for (host, _), keys in found.items() if host == one) for one in {host for host, _ in found})

    def cheapest_by_need(self, groups: list[str], earlier: list[list[str]]) -> list[tuple[str, frozenset[int]]]:
        return super().cheapest_by_need(groups, earlier) or [(list(self.tables.key_groups)[0], frozenset())]


class ShowsSupersets(RemedyOracle):
    def is_minimal(self, routes: dict[Changes, Route], route: Route, updates: Updates) -> bool:
        return True


class ShowsSupersetsOfUpdates(RemedyOracle):
    def is_minimal(self, routes: dict[Changes, Route], route: Route, updates: Updates) -> bool:
        return super().is_minimal(routes, route, frozenset())


class ShowsSupersetsOfOtherRoutes(RemedyOracle):
    def proper_parts(self, changes: Changes) -> Iterator[Changes]:
        return iter(())


class ComparesOnlyWithNoChange(RemedyOracle):
    def proper_parts(self, changes: Changes) -> Iterator[Changes]:
        return (part for part in super().proper_parts(changes) if not part)


class ShowsOnlyTheSmallest(RemedyOracle):
    def remedies(self) -> list[Remedy]:
        found = super().remedies()
        least = min((len(remedy.changes) for remedy in found), default=0)
        return [remedy for remedy in found if len(remedy.changes) == least]


class ExchangesNothing(RemedyOracle):
    def exchanges(self, route: Route, updates: Updates) -> Iterator[Updates]:
        return iter(())


class ExchangesWhateverTheKey(RemedyOracle):
    def keys_of(self, route: Route, updates: Updates) -> Keys | None:
        if any(self.possible_keys(route, other) is not None for other in self.exchanges(route, updates)):
            return None
        return super().keys_of(route, updates)


class TakesTheHighestAuthority(RemedyOracle):
    def cost(self, group: str) -> tuple[int, int, int]:
        other, below, place = super().cost(group)
        return other, -below, place


class ForgetsTheGivenKey(RemedyOracle):
    def cost(self, group: str) -> tuple[int, int, int]:
        return 0, *super().cost(group)[1:]


class IgnoresAuthority(RemedyOracle):
    def cost(self, group: str) -> tuple[int, int, int]:
        other, _, place = super().cost(group)
        return other, 0, place


class TakesTheLastDeclared(RemedyOracle):
    def cost(self, group: str) -> tuple[int, int, int]:
        other, below, place = super().cost(group)
        return other, below, -place


class NeedsNoLateUpdates(RemedyOracle):
    """Shows the cheapest group that does, though it does with an earlier update."""

    def keys_of(self, route: Route, updates: Updates) -> Keys | None:
        found = self.possible_keys(route, updates)
        if super().keys_of(route, updates) is None or found is None:
            return None
        return {slot: min(groups, key=self.cost) for slot, groups in found.items()}


class AddsNoMachines(RemedyOracle):
    def machines_to_add(self) -> list[Change]:
        return []


class AddsTheWholeMinimum(RemedyOracle):
    def machines_to_add(self) -> list[Change]:
        there = self.question.facts.counts
        return [("add", str(int(number) + sum(there.get(kind, 0) for kind in kinds.split(","))), kinds) for _, number, kinds in super().machines_to_add()]


class AddsForTheFirstEditionOnly(RemedyOracle):
    def machines_to_add(self) -> list[Change]:
        editions, self.editions = self.editions, self.editions[:1]
        added = super().machines_to_add()
        self.editions = editions
        return added


class AddsOnlyWhereTheCountIsKnownToBeShort(RemedyOracle):
    def machines_to_add(self) -> list[Change]:
        counting = Oracle(self.tables, self.question.facts)
        findings = [counting.count_reached(edition) for edition in self.editions]
        return super().machines_to_add() if any(finding not in (None, PASS, "unknown") for finding in findings) else []


def remedy_mutations() -> list[type[RemedyOracle]]:
    """Every class of this file that breaks a rule."""
    found = [thing for thing in globals().values() if isinstance(thing, type) and issubclass(thing, RemedyOracle)]
    return [kind for kind in found if kind is not RemedyOracle]
