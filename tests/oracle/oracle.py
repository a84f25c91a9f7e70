"""The independent oracle: what docs/rule-tables.md makes of one (host, key group, edition), by brute force over the rows.

In: `Tables` and `Facts`. Out: findings of the checks KR101 to KR106, verdicts, free choices, releases, needs. Shares nothing with the C library.
What is remembered between calls (`remembered`) is the result of a method for its arguments, never anything worked out ahead.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, TypeVar

from tables import GroupRow, Line, ServingRow, Tables, Update, read_ruleset

# A finding is an outcome and, where it fails, the basis.
PASS, UNKNOWN, UNDOCUMENTED, EXCLUDED, NOT_LISTED = "pass", "unknown", "undocumented", "fail excluded", "fail not-listed"
SEVERITY = {PASS: 0, UNKNOWN: 1, UNDOCUMENTED: 2, EXCLUDED: 3, NOT_LISTED: 3}
VERDICTS = ["yes", "conditional", "undocumented", "no"]  # best to worst, by severity
INSTALLED, MISSING = "installed", "missing"  # of an update; or UNKNOWN
BEST_FIRST = [INSTALLED, UNKNOWN, MISSING]

KR101, KR102, KR103, KR104, KR105, KR106 = "KR101", "KR102", "KR103", "KR104", "KR105", "KR106"

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass
class Facts:
    """What is known of the host besides its edition."""

    updates: list[str] = field(default_factory=list)
    updates_complete: bool = False
    build: int | None = None
    revision: int | None = None
    counts: dict[str, int] = field(default_factory=dict)


class WrongUse(Exception):
    """The facts cannot be right: wrong-line or below-update; or two-keys."""


def remembered(method: Method) -> Method:
    """Keeps a method's result for its arguments. The tables and the facts of an oracle never change."""

    @functools.wraps(method)
    def ask_once(self: Oracle, *arguments: str | None) -> object:
        memory = self.memory.setdefault(method.__name__, {})
        if arguments not in memory:
            memory[arguments] = method(self, *arguments)
        return memory[arguments]

    return ask_once  # type: ignore[return-value]


def worst(findings: Iterable[str]) -> int:
    return max(SEVERITY[finding] for finding in findings)


class Oracle:
    def __init__(self, tables: Tables, facts: Facts | None = None) -> None:
        self.tables = tables
        self.facts = facts or Facts()
        self.memory: dict[str, dict] = {}
        self.given = self.given_updates()

    # -- which row rules --------------------------------------------------------------------------------------------------------------------

    @remembered
    def ruling_on_host(self, key_group: str, host: str) -> str | None:
        """fits, undocumented, excludes, or None: the latest layer that has a row."""
        ruling, ruling_layer = None, -1
        for row in self.tables.group_rows:
            if row.key_group == key_group and host in row.hosts and row.layer > ruling_layer:
                ruling, ruling_layer = row.what, row.layer
        return ruling

    @remembered
    def ruling_on_edition(self, key_group: str, edition: str) -> str | None:
        """covers, undocumented, excludes, or None. The later layer, then direct before inherited, then coverage before silence."""
        candidates = []
        for row in self.tables.group_rows:
            if row.key_group != key_group:
                continue
            if edition in row.editions:
                candidates.append((row.layer, self.weight_of_direct_row, 0, row.what))
            if row.covered_group is not None:
                inherited = self.ruling_on_edition(row.covered_group, edition)
                if inherited in self.inheritable:
                    candidates.append((self.layer_of_inheritance(row), 0, 1 if inherited == "covers" else 0, inherited))
        return max(candidates)[3] if candidates else None

    weight_of_direct_row = 1  # above that of an inherited one
    inheritable: tuple[str, ...] = ("covers", "undocumented")

    def layer_of_inheritance(self, row: GroupRow) -> int:
        return row.layer

    # -- KR101 to KR104 ---------------------------------------------------------------------------------------------------------------------

    @remembered
    def host_runs_kms(self, host: str, application: str) -> str:
        if self.is_excluded_as_host(host):
            return EXCLUDED
        groups = [group.id for group in self.tables.key_groups.values() if group.application == application]
        rulings = [self.ruling_on_host(group, host) for group in groups]
        if "fits" in rulings:
            return PASS
        if "undocumented" in rulings:
            return UNDOCUMENTED
        return NOT_LISTED

    def is_excluded_as_host(self, host: str) -> bool:
        layers_of_no = [r.layer for r in self.tables.edition_rows if r.what == "no-host" and host in r.editions]
        layers_of_yes = [r.layer for r in self.tables.group_rows if r.what in ("fits", "undocumented") and host in r.hosts]
        return bool(layers_of_no) and max(layers_of_yes, default=-1) <= max(layers_of_no)

    @remembered
    def key_fits_host(self, key_group: str, host: str) -> str:
        by_ruling = {"fits": PASS, "undocumented": UNDOCUMENTED, "excludes": EXCLUDED, None: NOT_LISTED}
        return by_ruling[self.ruling_on_host(key_group, host)]

    @remembered
    def edition_uses_kms(self, edition: str) -> str:
        if self.is_excluded_as_client(edition):
            return EXCLUDED
        return {"yes": PASS, "unlisted": UNDOCUMENTED, "no": NOT_LISTED}[self.tables.editions[edition].volume]

    def is_excluded_as_client(self, edition: str) -> bool:
        layers_of_no = [r.layer for r in self.tables.edition_rows if r.what == "no-client" and edition in r.editions]
        return bool(layers_of_no) and self.tables.editions[edition].layer <= max(layers_of_no)

    @remembered
    def key_covers_edition(self, key_group: str, edition: str) -> str:
        by_ruling = {"covers": PASS, "undocumented": UNDOCUMENTED, "excludes": EXCLUDED, None: NOT_LISTED}
        return by_ruling[self.ruling_on_edition(key_group, edition)]

    # -- KR105 ------------------------------------------------------------------------------------------------------------------------------

    def host_updated(self, host: str, key_group: str, edition: str) -> str:
        if self.cannot_serve(host, edition):
            return EXCLUDED
        findings = [self.requirement_met(number, host) for number in self.matching_requirements(host, key_group, edition)]
        return max(findings, key=lambda finding: SEVERITY[finding], default=PASS)

    @remembered
    def serving_rows_of_host(self, host: str) -> list[tuple[int, ServingRow]]:
        return [(number, row) for number, row in enumerate(self.tables.serving_rows) if host in row.hosts]

    def cannot_serve(self, host: str, edition: str) -> bool:
        for _, row in self.serving_rows_of_host(host):
            if row.what == "cannot-serve" and row.editions is not None and edition in row.editions:
                return True
        return False

    def matching_requirements(self, host: str, key_group: str, edition: str) -> list[int]:
        matching = []
        for number, row in self.serving_rows_of_host(host):
            if row.what == "requires":
                if row.key_groups is None or key_group in row.key_groups:
                    if row.editions is None or edition in row.editions:
                        matching.append(number)
        return matching

    @remembered
    def requirement_met(self, number: int, host: str) -> str:
        states = [self.update_state(update, host) for update in self.tables.serving_rows[number].any_of]
        return {INSTALLED: PASS, UNKNOWN: UNKNOWN, MISSING: EXCLUDED}[self.best_of_any(states)]

    def best_of_any(self, states: list[str]) -> str:
        return min(states, key=BEST_FIRST.index)

    @remembered
    def update_state(self, update: str, host: str) -> str:
        """No update is better off than the best of those it must come after."""
        state = self.state_by_itself(self.tables.updates[update], host)
        after_any_of = self.tables.updates[update].after_any_of
        if not after_any_of:
            return state
        best_before = min((self.update_state(before, host) for before in after_any_of), key=BEST_FIRST.index)
        return max(state, best_before, key=BEST_FIRST.index)

    def state_by_itself(self, update: Update, host: str) -> str:
        if self.is_given(update) or self.is_superseded_by_given(update) or self.is_in_build(update, host):
            return INSTALLED
        if self.is_beyond_build(update, host) or self.facts.updates_complete:
            return MISSING
        return UNKNOWN

    def given_updates(self) -> set[str]:
        """Ids of the updates that the facts name, by id, alias or bare KB number; what the tables do not know is left out."""
        given = set()
        for name in self.facts.updates:
            for update in self.tables.updates.values():
                if name in self.names_of(update) or "KB" + name in self.names_of(update):
                    given.add(update.id)
        return given

    def names_of(self, update: Update) -> list[str]:
        return [update.id] + update.aliases

    def is_given(self, update: Update) -> bool:
        return update.id in self.given

    def is_superseded_by_given(self, update: Update) -> bool:
        if update.line is None:
            return False
        for other in self.tables.updates.values():
            if other.id in self.given and other.line == update.line and other.order >= update.order:
                return True
        return False

    @remembered
    def build_line(self, host: str) -> Line | None:
        """The line of builds that the host receives."""
        for line in self.tables.lines.values():
            if line.id.isdigit() and host in line.hosts:
                return line
        return None

    def build_decides(self, update: Update, host: str) -> bool:
        line = self.build_line(host)
        if line is None or self.facts.build is None or self.facts.revision is None:
            return False
        return update.line == line.id and self.facts.build == int(line.id)

    def is_in_build(self, update: Update, host: str) -> bool:
        return self.build_decides(update, host) and self.revision() >= update.order

    def is_beyond_build(self, update: Update, host: str) -> bool:
        return self.build_decides(update, host) and self.revision() < update.order

    def revision(self) -> int:
        assert self.facts.revision is not None
        return self.facts.revision

    def refuse_wrong_build(self, host: str) -> None:
        line = self.build_line(host)
        if line is None or self.facts.build is None:
            return
        if self.facts.build != int(line.id):
            raise WrongUse("wrong-line")
        for id in self.given:
            update = self.tables.updates[id]
            if update.line == line.id and self.facts.revision is not None and self.facts.revision < update.order:
                raise WrongUse("below-update")

    def open_requirements(self, host: str, key_group: str, edition: str) -> set[tuple[str, tuple[str, ...]]]:
        """Requirements not known to be met: missing or unknown, and any of what. Where no update exists at all, none is open."""
        if self.cannot_serve(host, edition):
            return set()
        found = set()
        for number in self.matching_requirements(host, key_group, edition):
            finding = self.requirement_met(number, host)
            if finding != PASS:
                state = MISSING if finding == EXCLUDED else UNKNOWN
                found.add((state, tuple(sorted(self.tables.serving_rows[number].any_of))))
        return found

    def needs(self, host: str, key_group: str, editions: Iterable[str]) -> set[str]:
        return {u for edition in editions for _, any_of in self.open_requirements(host, key_group, edition) for u in any_of}

    # -- KR106 ------------------------------------------------------------------------------------------------------------------------------

    @remembered
    def count_reached(self, edition: str) -> str | None:
        """None: no count that matters to this edition was given, so nothing is checked."""
        threshold = self.tables.thresholds[self.tables.editions[edition].kind]
        given = [self.facts.counts[kind] for kind in self.kinds_added_up(edition) if kind in self.facts.counts]
        if not given:
            return None
        if sum(given) >= threshold.minimum:
            return PASS
        return EXCLUDED if len(given) == len(self.kinds_added_up(edition)) else UNKNOWN

    def kinds_added_up(self, edition: str) -> list[str]:
        return self.tables.thresholds[self.tables.editions[edition].kind].counts

    # -- one question -----------------------------------------------------------------------------------------------------------------------

    def checks(self, host: str, key_group: str | None, edition: str) -> dict[str, str]:
        """Finding by check. Without a key group: a host that can hold none."""
        found: dict[str, str] = {}
        if key_group is None:
            found[KR101] = self.host_runs_kms(host, self.tables.editions[edition].application)
        else:
            found[KR101] = self.host_runs_kms(host, self.tables.key_groups[key_group].application)
            found[KR102] = self.key_fits_host(key_group, host)
            found[KR104] = self.key_covers_edition(key_group, edition)
            found[KR105] = self.host_updated(host, key_group, edition)
        found[KR103] = self.edition_uses_kms(edition)
        reached = self.count_reached(edition)
        if reached is not None:
            found[KR106] = reached
        return found

    @remembered
    def verdict(self, host: str, key_group: str | None, edition: str) -> str:
        return VERDICTS[worst(self.checks(host, key_group, edition).values())]

    def verdict_on_set(self, host: str, key_group: str | None, editions: Iterable[str]) -> str:
        return max((self.verdict(host, key_group, edition) for edition in editions), key=VERDICTS.index)

    # -- free choice of the key group -------------------------------------------------------------------------------------------------------

    @remembered
    def can_hold(self, host: str, key_group: str) -> bool:
        application = self.tables.key_groups[key_group].application
        if SEVERITY[self.host_runs_kms(host, application)] == SEVERITY[EXCLUDED]:
            return False
        return self.key_fits_host(key_group, host) in (PASS, UNDOCUMENTED)

    @remembered
    def holdable(self, host: str, application: str) -> list[str]:
        """In order of declaration."""
        groups = self.tables.key_groups.values()
        return [g.id for g in groups if g.application == application and self.can_hold(host, g.id)]

    def assumed_key(self, host: str, application: str, editions: list[str]) -> str | None:
        verdicts = {group: self.verdict_on_set(host, group, editions) for group in self.holdable(host, application)}
        if not verdicts:
            return None
        best = min(verdicts.values(), key=VERDICTS.index)
        return self.pick_among_best([group for group, verdict in verdicts.items() if verdict == best])

    def pick_among_best(self, groups: list[str]) -> str:
        return self.maximal(groups)[-1]

    def maximal(self, groups: Iterable[str]) -> list[str]:
        """Those that are below no other."""
        groups = list(groups)
        return [group for group in groups if not any(self.is_below(group, other) for other in groups)]

    @remembered
    def is_below(self, group: str, other: str) -> bool:
        directly_below = self.tables.key_groups[other].directly_above
        return group in directly_below or any(self.is_below(group, between) for between in directly_below)

    def highest(self, owned: list[str], host: str | None) -> list[str]:
        """The highest authority among owned groups: on a host, of those that fit it."""
        fitting = [group for group in owned if host is None or self.key_fits_host(group, host) in (PASS, UNDOCUMENTED)]
        return self.maximal(fitting)

    # -- sets -------------------------------------------------------------------------------------------------------------------------------

    def keys_by_application(self, keys: list[str]) -> dict[str, str]:
        held: dict[str, str] = {}
        for key in keys:
            application = self.tables.key_groups[key].application
            if held.setdefault(application, key) != key:
                raise WrongUse("two-keys")
        return held

    def by_application(self, editions: Iterable[str]) -> dict[str, list[str]]:
        parts: dict[str, list[str]] = {}
        for edition in editions:
            parts.setdefault(self.tables.editions[edition].application, []).append(edition)
        return parts

    def key_for(self, host: str, keys: list[str], application: str, editions: list[str]) -> str | None:
        if not keys:
            return self.assumed_key(host, application, editions)
        return self.keys_by_application(keys).get(application, keys[0])

    def verdict_of_host(self, host: str, keys: list[str], editions: list[str]) -> str:
        """Over all applications of the editions, the worst."""
        verdicts = []
        for application, part in self.by_application(editions).items():
            verdicts.append(self.verdict_on_set(host, self.key_for(host, keys, application, part), part))
        return max(verdicts, key=VERDICTS.index)

    @remembered
    def is_host_capable(self, edition: str) -> bool:
        return any(self.ruling_on_host(group, edition) == "fits" for group in self.tables.key_groups)

    def hosts_meant(self, name: str) -> list[str]:
        """The host itself, or of a release those that can host, or all if none can."""
        if name in self.tables.editions:
            return [name]
        members = sorted(self.tables.members_of_release(name, volume_only=False))
        return [edition for edition in members if self.is_host_capable(edition)] or members

    def editions_meant(self, name: str) -> list[str]:
        """The edition itself, or of a release its volume editions that some group covers, or all volume editions, or all."""
        if name in self.tables.editions:
            return [name]
        volume = sorted(self.tables.members_of_release(name, volume_only=True))
        covered = [e for e in volume if any(self.key_covers_edition(group, e) == PASS for group in self.tables.key_groups)]
        return covered or volume or sorted(self.tables.members_of_release(name, volume_only=False))

    def all_editions_meant(self, names: Iterable[str]) -> list[str]:
        return sorted({edition for name in names for edition in self.editions_meant(name)})

    def answer(self, host_name: str, keys: list[str], edition_names: list[str]) -> str:
        """The verdict on the whole question; WrongUse where the facts cannot be right."""
        self.keys_by_application(keys)
        hosts = self.hosts_meant(host_name)
        for host in hosts:
            self.refuse_wrong_build(host)
        editions = self.all_editions_meant(edition_names)
        return self.verdict_of_hosts([self.verdict_of_host(host, keys, editions) for host in hosts])

    def verdict_of_hosts(self, verdicts: list[str]) -> str:
        best = min(verdicts, key=VERDICTS.index)
        if all(verdict == best for verdict in verdicts):
            return best
        return max(best, "conditional", key=VERDICTS.index)


def read_oracle(paths: Iterable[str], facts: Facts | None = None) -> Oracle:
    return Oracle(read_ruleset(paths), facts)
