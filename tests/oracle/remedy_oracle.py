"""The independent oracle of remedies: brute force over sets of changes, the evaluator of oracle.py deciding yes or not.

In: `Tables`, a question. Out: every remedy with its changes and key groups, and what an order of updates must keep. Shares nothing with the C library.

A set of changes is what changes host and keys (`Route`) and a set of updates. Which updates are tried is the one thing worked out ahead: those that
a row asks of a host of the route, with what those must come after. That is exact: an update nobody asks for changes nothing by itself, and where it
stands in for an earlier one of its line it can be exchanged for the latest one before it that somebody asks for, which serves the same rows (or it is
superfluous, where there is none). `tries_all_updates` tries them all, to show it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Iterator

from oracle import KR106, PASS, Facts, Oracle
from tables import Tables

# What does not depend on what is installed is remembered once for all evaluators of a question.
LASTING = (
    "ruling_on_host", "ruling_on_edition", "host_runs_kms", "key_fits_host", "edition_uses_kms", "key_covers_edition", "serving_rows_of_host",
    "build_line", "is_below", "can_hold", "holdable", "is_host_capable",
)  # fmt: skip
MOST_UPDATES = 10  # tried on one route; a question with more is not compared

Change = tuple[str, ...]  # ("install", update), ("key", group), ("host", edition), ("learn", edition), ("add", number, kinds)
Changes = frozenset[Change]
Updates = frozenset[str]
Slot = tuple[str, str]  # a host and an application: where one key group is held
Keys = dict[Slot, str]


class TooLarge(Exception):
    """More updates matter than brute force can try."""


@dataclass(frozen=True)
class Route:
    """Everything of a set of changes but the updates: which changes they are, and where they lead."""

    changes: Changes
    hosts: tuple[str, ...]
    keys: tuple[str, ...]  # given, or by use-key
    is_new_host: bool


@dataclass
class Remedy:
    changes: Changes
    host: str | None
    keys: dict[str, str] | None  # by application; None where the editions of a release differ in them
    route: Route | None = None


@dataclass
class Question:
    host: str
    keys: list[str]
    editions: list[str]
    facts: Facts = field(default_factory=Facts)


class RemedyOracle:
    tries_all_updates = False
    make_evaluator: type[Oracle] = Oracle

    def __init__(self, tables: Tables, question: Question, lasting: dict[str, dict] | None = None) -> None:
        self.tables = tables
        self.question = question
        self.lasting = {} if lasting is None else lasting
        self.evaluators: dict[tuple[bool, Updates], Oracle] = {}
        self.known: dict[tuple[Changes, Updates], dict[Slot, list[str]] | None] = {}
        self.evaluator = self.evaluator_after(False, frozenset())
        self.hosts = self.evaluator.hosts_meant(question.host)
        self.editions = self.evaluator.all_editions_meant(question.editions)
        self.parts = self.evaluator.by_application(self.editions)
        self.known_elsewhere = self.lasting.setdefault("elsewhere " + " ".join(self.editions), {})  # nothing of the old host has to do with it

    # -- what is true after changes ---------------------------------------------------------------------------------------------------------

    def evaluator_after(self, is_new_host: bool, updates: Updates) -> Oracle:
        """Counts are apart: no change of the others has to do with them."""
        key = (is_new_host, updates)
        if key not in self.evaluators:
            evaluator = self.make_evaluator(self.tables, self.facts_after(is_new_host, updates))
            for method in LASTING:
                evaluator.memory[method] = self.lasting.setdefault(method, {})
            self.evaluators[key] = evaluator
        return self.evaluators[key]

    def facts_after(self, is_new_host: bool, updates: Updates) -> Facts:
        if is_new_host:
            return Facts(updates=sorted(updates))
        given = self.question.facts
        return Facts(given.updates + sorted(updates), given.updates_complete, given.build, given.revision)

    def possible_keys(self, route: Route, updates: Updates) -> dict[Slot, list[str]] | None:
        """The key groups that do, by host and application; None where one of these has none: no yes."""
        key = (route.changes, updates)
        known = self.known_elsewhere if route.is_new_host else self.known
        if key not in known:
            found = self.keys_by_slot(route, updates)
            known[key] = found if self.is_enough(found) else None
        return known[key]

    def keys_by_slot(self, route: Route, updates: Updates) -> dict[Slot, list[str]]:
        return {slot: self.keys_that_do(route, updates, *slot) for slot in itertools.product(route.hosts, self.parts)}

    def is_enough(self, found: dict[Slot, list[str]]) -> bool:
        """Each host of a release must do, and each application."""
        return all(found.values())

    def keys_that_do(self, route: Route, updates: Updates, host: str, application: str) -> list[str]:
        evaluator = self.evaluator_after(route.is_new_host, updates)
        held = self.held_keys(route, application)
        candidates = evaluator.holdable(host, application) if held is None else held
        return [group for group in candidates if self.does(evaluator.verdict_on_set(host, group, self.parts[application]))]

    def does(self, verdict: str) -> bool:
        return verdict == "yes"

    def held_keys(self, route: Route, application: str) -> list[str] | None:
        """None: free to choose."""
        if not route.keys:
            return None
        return [group for group in route.keys if self.tables.key_groups[group].application == application]

    # -- routes -----------------------------------------------------------------------------------------------------------------------------

    def routes(self) -> Iterator[Route]:
        for changes, keys in self.ways_of_keys():
            yield Route(changes, tuple(self.hosts), keys, False)
            if len(self.hosts) > 1:
                for host in self.hosts:
                    yield Route(changes | {("learn", host)}, (host,), keys, False)
        for host in self.tables.editions:
            if self.evaluator.is_host_capable(host) and host not in self.hosts:
                yield self.route_to(host)

    def route_to(self, host: str) -> Route:
        return Route(frozenset({("host", host)}), (host,), (), True)

    def ways_of_keys(self) -> Iterator[tuple[Changes, tuple[str, ...]]]:
        """For each application the key group given, if one is, or another in its place."""
        if not self.question.keys:
            yield frozenset(), ()
            return
        given = self.evaluator.keys_by_application(self.question.keys)
        others = [[None] + [g.id for g in self.tables.key_groups.values() if g.application == a and g.id != given.get(a)] for a in self.parts]
        for chosen in itertools.product(*others):
            held = dict(given)
            held.update((application, group) for application, group in zip(self.parts, chosen) if group is not None)
            yield frozenset(("key", group) for group in chosen if group is not None), tuple(held.values())

    def updates_tried(self, route: Route) -> list[str]:
        if self.tries_all_updates:
            return list(self.tables.updates)
        wanted: set[str] = set()
        for row in self.tables.serving_rows:
            if row.what == "requires" and row.hosts & set(route.hosts) and (row.editions is None or row.editions & set(self.editions)):
                if row.key_groups is None or row.key_groups & self.groups_on(route):
                    wanted.update(row.any_of)
        return self.with_what_is_before(wanted)

    def with_what_is_before(self, wanted: set[str]) -> list[str]:
        while True:
            before = {update for asked in wanted for update in self.tables.updates[asked].after_any_of}
            if before <= wanted:
                return [update for update in self.tables.updates if update in wanted]
            wanted |= before

    def groups_on(self, route: Route) -> set[str]:
        """Those that would give a yes if everything were installed."""
        slots = itertools.product(route.hosts, self.parts)
        return {group for slot in slots for group in self.keys_that_do(route, self.everything(), *slot)}

    def everything(self) -> Updates:
        """What any row asks for."""
        if self.tries_all_updates:
            return frozenset(self.tables.updates)
        if "everything" not in self.lasting:
            asked = {update for row in self.tables.serving_rows for update in row.any_of}
            self.lasting["everything"] = {"": frozenset(self.with_what_is_before(asked))}
        return self.lasting["everything"][""]

    def can_ever_do(self, route: Route) -> bool:
        """More updates never make a yes a no, so a route that fails with all of them fails with any."""
        return self.possible_keys(route, self.everything()) is not None

    # -- remedies ---------------------------------------------------------------------------------------------------------------------------

    def remedies(self) -> list[Remedy]:
        routes = [route for route in self.routes() if self.can_ever_do(route)]
        by_changes = {route.changes: route for route in routes}
        added = self.machines_to_add()
        found = []
        for route in routes:
            for updates in self.subsets(self.updates_tried(route)):
                if self.possible_keys(route, updates) is not None and self.is_minimal(by_changes, route, updates):
                    keys = self.keys_of(route, updates)
                    if keys is not None:
                        found.append(self.remedy(route, updates, keys, added))
        return [remedy for remedy in found if remedy.changes]

    def subsets(self, updates: list[str]) -> Iterator[Updates]:
        if len(updates) > MOST_UPDATES:
            raise TooLarge
        for size in range(len(updates) + 1):
            for some in itertools.combinations(updates, size):
                yield frozenset(some)

    def is_minimal(self, routes: dict[Changes, Route], route: Route, updates: Updates) -> bool:
        """No proper subset does. Fewer updates never do more, so of the same route it is enough to leave out one."""
        for part in self.proper_parts(route.changes):
            if part in routes and self.possible_keys(routes[part], updates) is not None:
                return False
        return all(self.possible_keys(route, updates - {update}) is None for update in updates)

    def proper_parts(self, changes: Changes) -> Iterator[Changes]:
        for size in range(len(changes)):
            for part in itertools.combinations(changes, size):
                yield frozenset(part)

    def exchanges(self, route: Route, updates: Updates) -> Iterator[Updates]:
        """One update for an earlier one of its line."""
        tried = self.updates_tried(route)
        for update in updates:
            late = self.tables.updates[update]
            for other in tried:
                early = self.tables.updates[other]
                if late.line is not None and early.line == late.line and early.order < late.order:
                    yield updates - {update} | {other}

    def keys_of(self, route: Route, updates: Updates) -> Keys | None:
        """The cheapest key groups that do and need every update as late as it is; None where there are none."""
        possible = self.possible_keys(route, updates)
        assert possible is not None
        earlier = [self.keys_by_slot(route, other) for other in self.exchanges(route, updates)]
        slots = list(possible)
        reduced = [self.cheapest_by_need(possible[slot], [other[slot] for other in earlier]) for slot in slots]
        best = None
        for chosen in itertools.product(*reduced):
            needs_all = set().union(*[need for _, need in chosen]) if chosen else set()
            if len(needs_all) == len(earlier):
                costs = [self.cost(group) for group, _ in chosen]
                cost = (sum(c[0] for c in costs), sum(c[1] for c in costs), costs)
                if best is None or cost < best[0]:
                    best = (cost, {slot: group for slot, (group, _) in zip(slots, chosen)})
        return best[1] if best else None

    def cheapest_by_need(self, groups: list[str], earlier: list[list[str]]) -> list[tuple[str, frozenset[int]]]:
        """Of groups that need the same updates late, the cheapest. `earlier`: what does after each exchange."""
        cheapest: dict[frozenset[int], str] = {}
        for group in sorted(groups, key=self.cost):
            need = frozenset(number for number, still in enumerate(earlier) if group not in still)
            cheapest.setdefault(need, group)
        return [(group, need) for need, group in cheapest.items()]

    def cost(self, group: str) -> tuple[int, int, int]:
        """Not the one given; authority; place in the tables."""
        below = sum(self.evaluator.is_below(other, group) for other in self.tables.key_groups)
        return int(group not in self.question.keys), below, list(self.tables.key_groups).index(group)

    def remedy(self, route: Route, updates: Updates, keys: Keys, added: list[Change]) -> Remedy:
        by_host = [{application: keys[host, application] for application in self.parts} for host in route.hosts]
        changes = route.changes | {("install", update) for update in updates} | set(added)
        host = route.hosts[0] if len(route.hosts) == 1 else None
        same = by_host[0] if all(held == by_host[0] for held in by_host) else None
        return Remedy(frozenset(changes), host, same, route)

    # -- counts -----------------------------------------------------------------------------------------------------------------------------

    def machines_to_add(self) -> list[Change]:
        """What is missing of each pool of kinds that count together."""
        counting = Oracle(self.tables, self.question.facts)
        missing: dict[frozenset[str], int] = {}
        for edition in self.editions:
            if counting.count_reached(edition) not in (None, PASS):
                pool = frozenset(counting.kinds_added_up(edition))
                there = sum(self.question.facts.counts.get(kind, 0) for kind in pool)
                minimum = self.tables.thresholds[self.tables.editions[edition].kind].minimum
                missing[pool] = max(missing.get(pool, 0), minimum - there)
        order = ("client", "server", "office")
        return [("add", str(number), ",".join(kind for kind in order if kind in pool)) for pool, number in missing.items()]

    # -- what an order of changes must keep -------------------------------------------------------------------------------------------------

    def can_be_installed(self, remedy: Remedy, updates: list[str]) -> bool:
        """Each after one of those it must come after. (A cumulative update brings along what is before it in its line; two that wait for each other
        have no order.)"""
        done: list[str] = []
        for update in updates:
            if not self.is_in_place(remedy, done, update) and any(self.is_in_place(remedy, done, u) for u in updates if u not in done):
                return False
            done.append(update)
        return True

    def is_in_place(self, remedy: Remedy, done: list[str], update: str) -> bool:
        assert remedy.route is not None
        now = self.evaluator_after(remedy.route.is_new_host, frozenset([*done, update]))
        return all(now.update_state(update, host) == "installed" for host in remedy.route.hosts)
