"""Oracles with one rule broken each, to show that the comparison notices. Names say what is wrong with each."""

from __future__ import annotations

import copy
from typing import Iterable

from oracle import BEST_FIRST, EXCLUDED, INSTALLED, KR101, MISSING, NOT_LISTED, PASS, SEVERITY, UNDOCUMENTED, UNKNOWN, VERDICTS, Facts, Oracle
from tables import Illegal, Tables, Update


class IgnoresNoHost(Oracle):
    def is_excluded_as_host(self, host: str) -> bool:
        return False


class NoHostBeatsLaterLayers(Oracle):
    def is_excluded_as_host(self, host: str) -> bool:
        return any(row.what == "no-host" and host in row.editions for row in self.tables.edition_rows)


class AnyFitBeatsNoHost(Oracle):
    def is_excluded_as_host(self, host: str) -> bool:
        return super().is_excluded_as_host(host) and not any(host in row.hosts for row in self.tables.group_rows if row.what == "fits")


class FitsOfAllApplications(Oracle):
    def host_runs_kms(self, host: str, application: str) -> str:
        findings = {super(FitsOfAllApplications, self).host_runs_kms(host, other) for other in self.tables.applications}
        return min(findings, key=lambda finding: SEVERITY[finding])


class UndocumentedHostIsNotListed(Oracle):
    def host_runs_kms(self, host: str, application: str) -> str:
        finding = super().host_runs_kms(host, application)
        return NOT_LISTED if finding == UNDOCUMENTED else finding


class EarlierLayerRulesOnHosts(Oracle):
    def ruling_on_host(self, key_group: str, host: str) -> str | None:
        for row in self.tables.group_rows:
            if row.key_group == key_group and host in row.hosts:
                return row.what
        return None


class IgnoresLayers(Oracle):
    def __init__(self, tables: Tables, facts: Facts | None = None) -> None:
        tables = copy.deepcopy(tables)
        for row in tables.group_rows + tables.edition_rows:
            row.layer = 0
        super().__init__(tables, facts)


class IgnoresExcludes(Oracle):
    def ruling_on_host(self, key_group: str, host: str) -> str | None:
        ruling = super().ruling_on_host(key_group, host)
        return None if ruling == "excludes" else ruling


class InheritedBeatsDirect(Oracle):
    weight_of_direct_row = -1


class InheritsExcludes(Oracle):
    inheritable = ("covers", "undocumented", "excludes")


class DoesNotInheritSilence(Oracle):
    inheritable = ("covers",)


class InheritsNothing(Oracle):
    inheritable = ()


class InheritedRowsAreOfTheFirstLayer(Oracle):
    def layer_of_inheritance(self, row: object) -> int:
        return 0


class InheritedSilenceBeatsCoverage(Oracle):
    def ruling_on_edition(self, key_group: str, edition: str) -> str | None:
        ruling = super().ruling_on_edition(key_group, edition)
        rows = [row for row in self.tables.group_rows if row.key_group == key_group]
        inherited = {self.ruling_on_edition(row.covered_group, edition) for row in rows if row.covered_group is not None}
        is_direct = any(edition in row.editions for row in rows)
        return "undocumented" if ruling == "covers" and "undocumented" in inherited and not is_direct else ruling


class IgnoresNoClient(Oracle):
    def is_excluded_as_client(self, edition: str) -> bool:
        return False


class NoClientBeatsLaterEdition(Oracle):
    def is_excluded_as_client(self, edition: str) -> bool:
        return any(row.what == "no-client" and edition in row.editions for row in self.tables.edition_rows)


class UnlistedVolumeIsYes(Oracle):
    def edition_uses_kms(self, edition: str) -> str:
        finding = super().edition_uses_kms(edition)
        return PASS if finding == UNDOCUMENTED else finding


class IgnoresCannotServe(Oracle):
    def cannot_serve(self, host: str, edition: str) -> bool:
        return False


class RequiresOfAllKeyGroups(Oracle):
    def matching_requirements(self, host: str, key_group: str, edition: str) -> list[int]:
        rows = self.serving_rows_of_host(host)
        return [number for number, row in rows if row.what == "requires" and (row.editions is None or edition in row.editions)]


class RequiresForAllEditions(Oracle):
    def matching_requirements(self, host: str, key_group: str, edition: str) -> list[int]:
        rows = self.serving_rows_of_host(host)
        return [number for number, row in rows if row.what == "requires" and (row.key_groups is None or key_group in row.key_groups)]


class MeetsOneRequirementOnly(Oracle):
    def matching_requirements(self, host: str, key_group: str, edition: str) -> list[int]:
        return super().matching_requirements(host, key_group, edition)[:1]


class AnyOfIsAllOf(Oracle):
    def best_of_any(self, states: list[str]) -> str:
        return max(states, key=BEST_FIRST.index)


class IgnoresPrerequisites(Oracle):
    def update_state(self, update: str, host: str) -> str:
        return self.state_by_itself(self.tables.updates[update], host)


class FollowsOnePrerequisiteOnly(Oracle):
    def update_state(self, update: str, host: str) -> str:
        updates = self.tables.updates
        before = [self.state_by_itself(updates[id], host) for id in updates[update].after_any_of]
        state = self.state_by_itself(updates[update], host)
        return max(state, min(before, key=BEST_FIRST.index), key=BEST_FIRST.index) if before else state


class AllPrerequisitesNeeded(Oracle):
    def update_state(self, update: str, host: str) -> str:
        states = [self.state_by_itself(self.tables.updates[update], host)]
        states += [self.update_state(before, host) for before in self.tables.updates[update].after_any_of]
        return max(states, key=BEST_FIRST.index)


class UnknownNeedsNoPrerequisite(Oracle):
    def update_state(self, update: str, host: str) -> str:
        by_itself = self.state_by_itself(self.tables.updates[update], host)
        return UNKNOWN if by_itself == UNKNOWN else super().update_state(update, host)


class LaterUpdatesDoNotServe(Oracle):
    def is_superseded_by_given(self, update: Update) -> bool:
        return False


class EarlierUpdatesServe(Oracle):
    def is_superseded_by_given(self, update: Update) -> bool:
        return update.line is not None and any(self.tables.updates[id].line == update.line for id in self.given)


class IgnoresAliases(Oracle):
    def names_of(self, update: Update) -> list[str]:
        return [update.id]


class IgnoresComplete(Oracle):
    def __init__(self, tables: Tables, facts: Facts | None = None) -> None:
        facts = copy.copy(facts or Facts())
        facts.updates_complete = False
        super().__init__(tables, facts)


class BuildOnlyProves(Oracle):
    def is_beyond_build(self, update: Update, host: str) -> bool:
        return False


class BuildOnlyRefutes(Oracle):
    def is_in_build(self, update: Update, host: str) -> bool:
        return False


class BuildMustBeGreater(Oracle):
    def is_in_build(self, update: Update, host: str) -> bool:
        return self.build_decides(update, host) and self.revision() > update.order


class AcceptsAnyBuild(Oracle):
    def refuse_wrong_build(self, host: str) -> None:
        pass


class CountMustBeGreater(Oracle):
    def count_reached(self, edition: str) -> str | None:
        minimum = self.tables.thresholds[self.tables.editions[edition].kind].minimum
        given = [self.facts.counts[kind] for kind in self.kinds_added_up(edition) if kind in self.facts.counts]
        return UNKNOWN if sum(given) == minimum else super().count_reached(edition)


class OnlyOwnKindCounts(Oracle):
    def kinds_added_up(self, edition: str) -> list[str]:
        return [self.tables.editions[edition].kind]


class ShortOfPartlyGivenFails(Oracle):
    def count_reached(self, edition: str) -> str | None:
        finding = super().count_reached(edition)
        return EXCLUDED if finding == UNKNOWN else finding


class KeyGivenIsJudgedByApplicationOfEdition(Oracle):
    def checks(self, host: str, key_group: str | None, edition: str) -> dict[str, str]:
        found = super().checks(host, key_group, edition)
        found[KR101] = self.host_runs_kms(host, self.tables.editions[edition].application)
        return found


class UndocumentedKeysCannotBeHeld(Oracle):
    def can_hold(self, host: str, key_group: str) -> bool:
        return super().can_hold(host, key_group) and self.key_fits_host(key_group, host) == PASS


class ExcludedHostsHoldKeys(Oracle):
    def can_hold(self, host: str, key_group: str) -> bool:
        return self.key_fits_host(key_group, host) in (PASS, UNDOCUMENTED)


class FirstDeclaredIsAssumed(Oracle):
    def pick_among_best(self, groups: list[str]) -> str:
        return self.maximal(groups)[0]


class LastDeclaredIsAssumedWithoutAuthority(Oracle):
    def pick_among_best(self, groups: list[str]) -> str:
        return groups[-1]


class AuthorityIsNotTransitive(Oracle):
    def is_below(self, group: str, other: str) -> bool:
        return group in self.tables.key_groups[other].directly_above


class AssumesHighestEvenIfWorse(Oracle):
    def assumed_key(self, host: str, application: str, editions: list[str]) -> str | None:
        groups = self.holdable(host, application)
        return self.pick_among_best(groups) if groups else None


class ApplicationsWithoutKeyChooseFreely(Oracle):
    def key_for(self, host: str, keys: list[str], application: str, editions: list[str]) -> str | None:
        return self.keys_by_application(keys).get(application) or self.assumed_key(host, application, editions)


class SetHasBestVerdict(Oracle):
    def verdict_on_set(self, host: str, key_group: str | None, editions: Iterable[str]) -> str:
        return min((self.verdict(host, key_group, edition) for edition in editions), key=VERDICTS.index)


class ReleaseOfHostsIsAllItsEditions(Oracle):
    def hosts_meant(self, name: str) -> list[str]:
        return [name] if name in self.tables.editions else sorted(self.tables.members_of_release(name, False))


class ReleaseOfHostsHasWorstVerdict(Oracle):
    def verdict_of_hosts(self, verdicts: list[str]) -> str:
        return max(verdicts, key=VERDICTS.index)


class ReleaseOfHostsHasBestVerdict(Oracle):
    def verdict_of_hosts(self, verdicts: list[str]) -> str:
        return min(verdicts, key=VERDICTS.index)


class ReleaseOfEditionsIsAllItsVolumeEditions(Oracle):
    def editions_meant(self, name: str) -> list[str]:
        members = sorted(self.tables.members_of_release(name, True)) if name in self.tables.releases else []
        return members or super().editions_meant(name)


class HighestNeedNotFit(Oracle):
    def highest(self, owned: list[str], host: str | None) -> list[str]:
        return super().highest(owned, None)


class HighestIsComparedBeforeItFits(Oracle):
    def highest(self, owned: list[str], host: str | None) -> list[str]:
        return [group for group in super().highest(owned, None) if group in super(HighestIsComparedBeforeItFits, self).highest(owned, host)]


class OtherTables(Tables):
    pass


class OtherLists(Oracle):
    """Reads the lists anew, wrongly. Where that leaves one empty, it is left as it was."""

    lists: type[Tables] = OtherTables

    def __init__(self, tables: Tables, facts: Facts | None = None) -> None:
        tables = copy.deepcopy(tables)
        tables.__class__ = self.lists
        try:
            tables.expand_all()
        except Illegal:
            pass
        super().__init__(tables, facts)


class ReleasesStandForAllEditions(OtherLists):
    class lists(OtherTables):
        def expand(self, words: str, volume_only: bool) -> set[str]:
            return super().expand(words, False)


class ReleasesStandForVolumeEditions(OtherLists):
    class lists(OtherTables):
        def expand(self, words: str, volume_only: bool) -> set[str]:
            return super().expand(words, True)


class NothingIsTakenAway(OtherLists):
    class lists(OtherTables):
        def expand(self, words: str, volume_only: bool) -> set[str]:
            return super().expand(" ".join(word for word in words.split() if word[0] != "-"), volume_only)


class TakenAwayOnlyFromWhatStandsBefore(OtherLists):
    class lists(OtherTables):
        def expand(self, words: str, volume_only: bool) -> set[str]:
            found: set[str] = set()
            for word in words.split():
                if word[0] == "-":
                    found -= self.expand_one(word[1:], False)
                else:
                    found |= self.expand_one(word, volume_only)
            return found


class OnlyVolumeEditionsAreTakenAway(OtherLists):
    class lists(OtherTables):
        def expand(self, words: str, volume_only: bool) -> set[str]:
            taken = {e for word in words.split() if word[0] == "-" for e in self.expand_one(word[1:], True)}
            return super().expand(" ".join(word for word in words.split() if word[0] != "-"), volume_only) - taken


def mutations() -> list[type[Oracle]]:
    """Every class of this file that breaks a rule."""
    found = [thing for thing in globals().values() if isinstance(thing, type) and issubclass(thing, Oracle)]
    return [kind for kind in found if kind not in (Oracle, OtherLists)]
