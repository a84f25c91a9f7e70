"""The oracle against tiny tables whose answers were worked out by hand from docs/rule-tables.md, domain.md and the examples of the first issue."""

from __future__ import annotations

import os
import tempfile
import unittest

from oracle import EXCLUDED, INSTALLED, KR101, KR102, KR103, KR104, KR105, KR106, MISSING, NOT_LISTED, PASS, UNDOCUMENTED, UNKNOWN, Oracle, WrongUse
from random_rulesets import RandomRuleset
from tables import Illegal, Tables, contradictions, read_ruleset
from transcript import Transcript, parse_facts

START = """<source id="s" title="S" reliability="primary"/><application id="windows" name="Windows"/>
<threshold kind="client" minimum="25" counts="client server" source="s"/><threshold kind="server" minimum="5" counts="client server" source="s"/>
<threshold kind="office" minimum="5" counts="office" source="s"/>"""

# Two generations: clients Vista and 7, servers 2008 R2 and 2019; release-less Ultimate.
EDITIONS = """<release id="seven" name="7" kind="client" application="windows">
  <edition id="seven-pro" name="7 Pro" volume="yes" source="s"/><edition id="seven-home" name="7 Home" volume="no" source="s"/>
  <edition id="seven-odd" name="7 Odd" volume="unlisted" source="s"/></release>
<release id="r2" name="R2" kind="server" application="windows">
  <edition id="r2-standard" name="R2 Standard" volume="yes" source="s"/><edition id="r2-enterprise" name="R2 Enterprise" volume="yes" source="s"/>
  <edition id="r2-azure" name="R2 Azure" volume="no" source="s"/></release>
<edition id="ultimate" name="Ultimate" kind="client" application="windows" volume="no" source="s"/>"""

# What the table of 2010 says: a client key sits on clients, a server key on servers and covers the clients too.
GROUPS = """<key-group id="client" name="Client" kind="client" application="windows" source="s">
  <covers editions="seven" source="s"/><fits hosts="seven" source="s"/></key-group>
<key-group id="group-b" name="B" kind="server" application="windows" above="client" source="s">
  <covers key-group="client" source="s"/><covers editions="r2" source="s"/><fits hosts="r2" source="s"/></key-group>"""


def read(*layers: str) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, body in enumerate(layers):
            paths.append(os.path.join(folder, f"{number}.xml"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(f'<ruleset xmlns="urn:kmsrules:1" id="tiny" revision="1">{body}</ruleset>')
        return read_ruleset(paths)


def tiny(more: str = "", overlay: str | None = None, facts: str = "none") -> Oracle:
    layers = [START + EDITIONS + GROUPS + more] + ([overlay] if overlay is not None else [])
    return Oracle(read(*layers), parse_facts(facts))


class OneQuestion(unittest.TestCase):
    def test_client_host_does_not_activate_a_server(self) -> None:
        """can "Windows 7 Enterprise" "Windows Server 2008 R2 Enterprise": no, KR104."""
        oracle = tiny()
        self.assertEqual(oracle.answer("seven-pro", [], ["r2-enterprise"]), "no")
        self.assertEqual(
            oracle.checks("seven-pro", "client", "r2-enterprise"), {KR101: PASS, KR102: PASS, KR103: PASS, KR104: NOT_LISTED, KR105: PASS}
        )

    def test_trap_of_2010(self) -> None:
        """A client key does not go on a server, but a server key on this very host covers the client."""
        oracle = tiny()
        self.assertEqual(oracle.checks("r2-standard", "client", "seven-pro")[KR102], NOT_LISTED)
        self.assertEqual(oracle.verdict("r2-standard", "client", "seven-pro"), "no")
        self.assertEqual(oracle.verdict("r2-standard", "group-b", "seven-pro"), "yes")
        self.assertEqual(oracle.assumed_key("r2-standard", "windows", ["seven-pro"]), "group-b")

    def test_all_checks_are_made_also_after_a_failure(self) -> None:
        found = tiny().checks("ultimate", "client", "r2-azure")
        self.assertEqual(found, {KR101: NOT_LISTED, KR102: NOT_LISTED, KR103: NOT_LISTED, KR104: NOT_LISTED, KR105: PASS})

    def test_no_group_at_all(self) -> None:
        oracle = tiny()
        self.assertIsNone(oracle.assumed_key("ultimate", "windows", ["seven-pro"]))
        self.assertEqual(oracle.checks("ultimate", None, "seven-pro"), {KR101: NOT_LISTED, KR103: PASS})
        self.assertEqual(oracle.answer("ultimate", [], ["seven-pro"]), "no")

    def test_azure_edition_is_excluded_as_host(self) -> None:
        """can "Windows Server 2022 Datacenter: Azure Edition" "Windows 10 Pro": no by KR101, excluded."""
        oracle = tiny('<no-host editions="r2-azure" source="s"/>')
        self.assertEqual(oracle.checks("r2-azure", None, "seven-pro")[KR101], EXCLUDED)
        self.assertEqual(oracle.answer("r2-azure", [], ["seven-pro"]), "no")

    def test_volume(self) -> None:
        oracle = tiny('<no-client editions="ultimate" source="s"/>')
        self.assertEqual(oracle.edition_uses_kms("seven-pro"), PASS)
        self.assertEqual(oracle.edition_uses_kms("seven-home"), NOT_LISTED)
        self.assertEqual(oracle.edition_uses_kms("seven-odd"), UNDOCUMENTED)
        self.assertEqual(oracle.edition_uses_kms("ultimate"), EXCLUDED)

    def test_undocumented_edition(self) -> None:
        """ "Windows Server 2019" "Windows 11 Pro" --key windows-server-2019: undocumented."""
        row = '<key-group ref="group-b"><undocumented editions="seven-odd seven-pro" note="both sides" source="s"/></key-group>'
        oracle = tiny(row)
        self.assertEqual(oracle.answer("r2", ["group-b"], ["seven-pro"]), "undocumented")

    def test_undocumented_host(self) -> None:
        oracle = tiny('<key-group ref="group-b"><undocumented hosts="seven-pro" note="n" source="s"/></key-group>')
        self.assertEqual(oracle.key_fits_host("group-b", "seven-pro"), UNDOCUMENTED)
        self.assertEqual(oracle.verdict("seven-pro", "group-b", "r2-standard"), "undocumented")
        self.assertEqual(oracle.host_runs_kms("seven-pro", "windows"), PASS)  # the client group fits
        self.assertEqual(oracle.holdable("seven-pro", "windows"), ["client", "group-b"])
        self.assertEqual(oracle.assumed_key("seven-pro", "windows", ["r2-standard"]), "group-b")
        self.assertEqual(oracle.assumed_key("seven-pro", "windows", ["seven-pro"]), "client")  # yes is better than undocumented


class Lists(unittest.TestCase):
    def expanded(self, words: str, volume_only: bool) -> set[str]:
        return tiny('<set id="mixed" editions="seven ultimate"/>').tables.expand(words, volume_only)

    def test_release_is_its_volume_editions_or_all(self) -> None:
        self.assertEqual(self.expanded("seven", True), {"seven-pro"})
        self.assertEqual(self.expanded("seven", False), {"seven-pro", "seven-home", "seven-odd"})

    def test_set_is_read_by_the_rule_of_its_row(self) -> None:
        self.assertEqual(self.expanded("mixed", True), {"seven-pro", "ultimate"})
        self.assertEqual(self.expanded("mixed", False), {"seven-pro", "seven-home", "seven-odd", "ultimate"})

    def test_taken_away_wherever_it_stands_and_wholly(self) -> None:
        self.assertEqual(self.expanded("-r2-standard r2", True), {"r2-enterprise"})
        self.assertEqual(self.expanded("seven seven-home -seven r2-azure", True), {"r2-azure"})

    def test_empty_list_is_illegal(self) -> None:
        with self.assertRaises(Illegal):
            tiny('<no-host editions="ultimate -ultimate" source="s"/>')

    def test_excludes_takes_the_whole_release(self) -> None:
        oracle = tiny('<key-group ref="client"><excludes hosts="r2" source="s"/></key-group>')
        self.assertEqual(oracle.key_fits_host("client", "r2-azure"), EXCLUDED)

    def test_contradiction_within_a_layer(self) -> None:
        row = '<key-group ref="client"><excludes editions="seven-pro" source="s"/></key-group>'
        self.assertEqual(len(list(contradictions(tiny(row).tables))), 1)
        self.assertEqual(list(contradictions(tiny("", overlay=row).tables)), [])


class WhichRowRules(unittest.TestCase):
    def ruling(self, more: str, overlay: str | None = None, edition: str = "seven-pro") -> str | None:
        return tiny(more, overlay).ruling_on_edition("group-b", edition)

    def test_inherited(self) -> None:
        self.assertEqual(self.ruling(""), "covers")

    def test_direct_beats_inherited(self) -> None:
        self.assertEqual(self.ruling('<key-group ref="group-b"><excludes editions="seven-pro" source="s"/></key-group>'), "excludes")

    def test_silence_is_inherited_and_exclusion_is_not(self) -> None:
        silent = '<key-group ref="client"><undocumented editions="ultimate" note="n" source="s"/></key-group>'
        self.assertEqual(self.ruling(silent, edition="ultimate"), "undocumented")
        excluded = '<key-group ref="client"><excludes editions="ultimate" source="s"/></key-group>'
        self.assertIsNone(self.ruling(excluded, edition="ultimate"))

    def test_coverage_beats_silence_among_inherited(self) -> None:
        """A diamond: one side is silent, the other covers."""
        other = """<key-group id="odd" name="Odd" kind="client" application="windows" source="s"><undocumented editions="seven-pro" note="n" source="s"/>
            <fits hosts="seven-home" source="s"/></key-group>
            <key-group ref="group-b"><covers key-group="odd" source="s"/></key-group>"""
        self.assertEqual(self.ruling(other), "covers")

    def test_later_layer_beats_direct(self) -> None:
        excluded = '<key-group ref="group-b"><excludes editions="seven-pro" source="s"/></key-group>'
        again = '<key-group ref="group-b"><covers key-group="client" source="s"/></key-group>'
        self.assertEqual(self.ruling(excluded, overlay=again), "covers")

    def test_inherited_row_is_of_the_layer_that_says_covers(self) -> None:
        """The overlay makes the client group silent on it, but group-b covers it directly in the same layer as it inherits."""
        direct = '<key-group ref="group-b"><covers editions="seven-pro" source="s"/></key-group>'
        silent = '<key-group ref="client"><undocumented editions="seven-pro" note="n" source="s"/></key-group>'
        self.assertEqual(self.ruling(direct, overlay=silent), "covers")
        self.assertEqual(self.ruling("", overlay=silent), "undocumented")

    def test_exclusion_by_an_overlay_is_seen_above(self) -> None:
        excluded = '<key-group ref="client"><excludes editions="seven-pro" source="s"/></key-group>'
        self.assertIsNone(self.ruling("", overlay=excluded))

    def test_replaced_group_loses_its_rows(self) -> None:
        anew = '<key-group id="client" name="C" kind="client" application="windows" source="s" replace="yes"><fits hosts="seven-odd" source="s"/></key-group>'
        oracle = tiny("", anew)
        self.assertIsNone(oracle.ruling_on_edition("client", "seven-pro"))
        self.assertEqual(oracle.key_fits_host("client", "seven-pro"), NOT_LISTED)
        self.assertEqual(oracle.key_fits_host("client", "seven-odd"), PASS)

    def test_no_host_and_layers(self) -> None:
        no_host = '<no-host editions="r2-standard" source="s"/>'
        fits = '<key-group ref="group-b"><fits hosts="r2-standard" source="s"/></key-group>'
        self.assertEqual(tiny("", overlay=no_host).host_runs_kms("r2-standard", "windows"), EXCLUDED)
        self.assertEqual(tiny('<no-host editions="r2-azure" source="s"/>', fits.replace("standard", "azure")).host_runs_kms("r2-azure", "windows"), PASS)

    def test_no_client_and_layers(self) -> None:
        anew = '<edition id="ultimate" name="U" kind="client" application="windows" volume="yes" source="s" replace="yes"/>'
        self.assertEqual(tiny('<no-client editions="ultimate" source="s"/>', anew).edition_uses_kms("ultimate"), PASS)
        self.assertEqual(tiny("", anew + '<no-client editions="ultimate" source="s"/>').edition_uses_kms("ultimate"), EXCLUDED)


UPDATES = """<line id="17763" name="2019" hosts="r2" source="s"/>
<update id="KB5034768" line="17763" build="17763.5458" source="s"/><update id="KB5036896" line="17763" build="17763.5696" source="s"/>
<update id="KB4467695" line="17763" build="17763.107" source="s"/>
<requires hosts="r2" key-groups="group-b" any-of="KB5034768" source="s"/>"""

OLD_UPDATES = """<update id="kms-1.0" source="s"/><update id="kms-1.1" alias="KB948003" source="s"/>
<update id="KB968915" after-any-of="kms-1.0 kms-1.1" restart="yes" source="s"/>
<requires hosts="r2" any-of="KB968915" source="s"/>"""


class Updates(unittest.TestCase):
    def finding(self, tables: str, facts: str, host: str = "r2-standard") -> str:
        return tiny(tables, facts=facts).host_updated(host, "group-b", "seven-pro")

    def test_or_any_later(self) -> None:
        """2019 → 2025: conditional; KB5036896 (later in the line) → yes; an earlier or unknown one alone → still conditional."""
        self.assertEqual(self.finding(UPDATES, "none"), UNKNOWN)
        self.assertEqual(self.finding(UPDATES, "updates=KB5034768"), PASS)
        self.assertEqual(self.finding(UPDATES, "updates=KB5036896"), PASS)
        self.assertEqual(self.finding(UPDATES, "updates=5036896"), PASS)
        self.assertEqual(self.finding(UPDATES, "updates=KB4467695"), UNKNOWN)
        self.assertEqual(self.finding(UPDATES, "updates=KB9999999"), UNKNOWN)

    def test_complete_list(self) -> None:
        self.assertEqual(self.finding(UPDATES, "complete"), EXCLUDED)
        self.assertEqual(self.finding(UPDATES, "complete;updates=KB5036896"), PASS)

    def test_host_build(self) -> None:
        """--host-build 10.0.17763.5329: no by KR105."""
        self.assertEqual(self.finding(UPDATES, "build=10.0.17763.5329"), EXCLUDED)
        self.assertEqual(self.finding(UPDATES, "build=17763.5458"), PASS)
        self.assertEqual(self.finding(UPDATES, "build=17763"), UNKNOWN)
        self.assertEqual(self.finding(UPDATES.replace('hosts="r2" source', 'hosts="seven" source', 1), "build=17763.1"), UNKNOWN)

    def test_wrong_builds(self) -> None:
        for facts, why in (("build=20348.1", "wrong-line"), ("build=20348", "wrong-line"), ("build=17763.5457;updates=KB5034768", "below-update")):
            with self.assertRaises(WrongUse) as refused:
                tiny(UPDATES, facts=facts).answer("r2-standard", [], ["seven-pro"])
            self.assertEqual(str(refused.exception), why)
        tiny(UPDATES, facts="build=20348.1").answer("seven-pro", [], ["seven-pro"])  # has no line of builds

    def test_line_by_position(self) -> None:
        tables = """<line id="rollups" name="R" hosts="r2" source="s"/><update id="KB1" line="rollups" position="7" source="s"/>
            <update id="KB2" line="rollups" position="8" source="s"/><requires hosts="r2" any-of="KB1" source="s"/>"""
        self.assertEqual(self.finding(tables, "updates=KB2"), PASS)
        self.assertEqual(self.finding(tables.replace('any-of="KB1"', 'any-of="KB2"'), "updates=KB1"), UNKNOWN)

    def test_prerequisites(self) -> None:
        def state(facts: str) -> str:
            return tiny(OLD_UPDATES, facts=facts).update_state("KB968915", "r2-standard")

        self.assertEqual(state("updates=KB968915"), UNKNOWN)  # kms-1.0 and 1.1 may be there or not
        self.assertEqual(state("updates=KB968915,KB948003"), INSTALLED)
        self.assertEqual(state("updates=KB968915;complete"), MISSING)
        self.assertEqual(state("updates=kms-1.0"), UNKNOWN)
        self.assertEqual(state("updates=kms-1.0;complete"), MISSING)

    def test_every_row_and_any_of_one(self) -> None:
        any_of = '<update id="KB1" source="s"/><update id="KB2" source="s"/><requires hosts="r2" any-of="KB1 KB2" source="s"/>'
        both = any_of + '<requires hosts="r2-standard" editions="seven-pro" any-of="KB2" source="s"/>'
        self.assertEqual(self.finding(any_of, "updates=KB1;complete"), PASS)
        self.assertEqual(self.finding(both, "updates=KB1;complete"), EXCLUDED)
        self.assertEqual(self.finding(both, "updates=KB1;complete", host="r2-enterprise"), PASS)
        self.assertEqual(tiny(both).open_requirements("r2-standard", "group-b", "seven-pro"), {(UNKNOWN, ("KB1", "KB2")), (UNKNOWN, ("KB2",))})
        self.assertEqual(tiny(both).needs("r2-standard", "group-b", ["seven-pro"]), {"KB1", "KB2"})

    def test_cannot_serve(self) -> None:
        self.assertEqual(self.finding('<cannot-serve hosts="r2" editions="seven-pro" source="s"/>', "none"), EXCLUDED)
        self.assertEqual(self.finding('<cannot-serve hosts="r2" editions="seven-home" source="s"/>', "none"), PASS)

    def test_requirement_of_another_key_group(self) -> None:
        self.assertEqual(self.finding(UPDATES.replace('key-groups="group-b"', 'key-groups="client"'), "complete"), PASS)


class Counts(unittest.TestCase):
    def finding(self, facts: str, edition: str = "seven-pro") -> str | None:
        return tiny(facts=facts).checks("r2-standard", "group-b", edition).get(KR106)

    def test_thresholds(self) -> None:
        self.assertIsNone(self.finding("none"))
        self.assertIsNone(self.finding("office=100"))
        self.assertEqual(self.finding("clients=25"), PASS)
        self.assertEqual(self.finding("clients=24"), UNKNOWN)  # the servers may add up
        self.assertEqual(self.finding("clients=24;servers=0"), EXCLUDED)
        self.assertEqual(self.finding("clients=20;servers=6"), PASS)
        self.assertEqual(self.finding("servers=5", "r2-standard"), PASS)
        self.assertEqual(self.finding("clients=22;servers=0", "r2-standard"), PASS)

    def test_huge_counts_do_not_overflow(self) -> None:
        self.assertEqual(self.finding(f"clients={2**63 - 1};servers={2**63 - 1}"), PASS)


class Choices(unittest.TestCase):
    # Four groups that all do the same on r2: a < b; c and d stand alone.
    FOUR = "".join(
        f"""<key-group id="{id}" name="{id}" kind="server" application="windows" source="s"{above}><fits hosts="r2-azure" source="s"/>
        <covers editions="seven-pro" source="s"/></key-group>"""
        for id, above in (("c", ""), ("b", ' above="a"'), ("a", ""))
    )

    def test_not_below_another_and_last_declared(self) -> None:
        oracle = tiny(self.FOUR)
        self.assertEqual(oracle.holdable("r2-azure", "windows"), ["c", "b", "a"])
        self.assertEqual(oracle.maximal(["c", "b", "a"]), ["c", "b"])
        self.assertEqual(oracle.assumed_key("r2-azure", "windows", ["seven-pro"]), "b")

    def test_highest_owned(self) -> None:
        oracle = tiny(self.FOUR)
        self.assertEqual(oracle.highest(["a", "b", "client"], None), ["b", "client"])
        self.assertEqual(oracle.highest(["client", "group-b"], None), ["group-b"])
        self.assertEqual(oracle.highest(["client", "group-b"], "seven-pro"), ["client"])
        self.assertEqual(oracle.highest(["a", "b", "client"], "seven-pro"), ["client"])

    def test_authority_is_transitive(self) -> None:
        top = '<key-group id="top" name="T" kind="server" application="windows" above="group-b" source="s"><fits hosts="r2" source="s"/></key-group>'
        self.assertTrue(tiny(top).is_below("client", "top"))
        self.assertFalse(tiny(top).is_below("top", "client"))

    def test_best_verdict_before_authority(self) -> None:
        top = '<key-group id="top" name="T" kind="server" application="windows" above="group-b" source="s"><fits hosts="r2" source="s"/></key-group>'
        self.assertEqual(tiny(top).assumed_key("r2-standard", "windows", ["seven-pro"]), "group-b")  # top covers nothing
        self.assertEqual(tiny(top).assumed_key("r2-standard", "windows", ["ultimate"]), "top")  # all say no


OFFICE = """<application id="office" name="Office"/>
<edition id="office-2019" name="Office 2019" kind="office" application="office" volume="yes" source="s"/>
<key-group id="office-key" name="Office key" kind="office" application="office" source="s"><fits hosts="r2-standard" source="s"/>
<covers editions="office-2019" source="s"/></key-group>"""


class Sets(unittest.TestCase):
    def test_worst_of_editions(self) -> None:
        self.assertEqual(tiny().answer("r2-standard", [], ["seven-pro", "r2-standard"]), "yes")
        self.assertEqual(tiny().answer("r2-standard", [], ["seven-pro", "ultimate"]), "no")

    def test_one_key_per_application(self) -> None:
        oracle = tiny(OFFICE)
        self.assertEqual(oracle.answer("r2-standard", [], ["seven-pro", "office-2019"]), "yes")
        self.assertEqual(oracle.answer("r2-standard", ["group-b", "office-key"], ["seven-pro", "office-2019"]), "yes")
        self.assertEqual(oracle.answer("r2-enterprise", [], ["seven-pro", "office-2019"]), "no")
        with self.assertRaises(WrongUse):
            oracle.answer("r2-standard", ["group-b", "client"], ["seven-pro"])

    def test_office_under_a_windows_key_alone(self) -> None:
        oracle = tiny(OFFICE)
        self.assertEqual(oracle.answer("r2-standard", ["group-b"], ["office-2019"]), "no")
        self.assertEqual(oracle.checks("r2-standard", "group-b", "office-2019")[KR104], NOT_LISTED)

    def test_windows_key_on_the_host_of_another_application(self) -> None:
        """KR101 asks for the application of the key that is given, and without one for that of the edition."""
        oracle = tiny(OFFICE)
        self.assertEqual(oracle.checks("r2-enterprise", "group-b", "office-2019")[KR101], PASS)
        self.assertEqual(oracle.checks("r2-enterprise", None, "office-2019")[KR101], NOT_LISTED)

    def test_host_as_release(self) -> None:
        self.assertEqual(tiny().hosts_meant("r2"), ["r2-enterprise", "r2-standard"])
        self.assertEqual(tiny().answer("r2", [], ["seven-pro"]), "yes")
        differing = '<cannot-serve hosts="r2-enterprise" editions="seven-pro" source="s"/>'
        self.assertEqual(tiny(differing).answer("r2", [], ["seven-pro"]), "conditional")
        self.assertEqual(tiny(differing.replace('"r2-enterprise"', '"r2"')).answer("r2", [], ["seven-pro"]), "no")

    def test_host_release_without_a_host(self) -> None:
        lone = '<release id="xp" name="XP" kind="client" application="windows"><edition id="xp-pro" name="XP Pro" volume="no" source="s"/></release>'
        self.assertEqual(tiny(lone).hosts_meant("xp"), ["xp-pro"])
        self.assertEqual(tiny(lone).answer("xp", [], ["seven-pro"]), "no")

    def test_edition_as_release(self) -> None:
        more = """<release id="ten" name="10" kind="client" application="windows"><edition id="ten-a" name="10 A" volume="yes" source="s"/>
            <edition id="ten-b" name="10 B" volume="yes" source="s"/><edition id="ten-home" name="10 Home" volume="no" source="s"/></release>"""
        covers = '<key-group ref="group-b"><covers editions="ten-a" source="s"/></key-group>'
        self.assertEqual(tiny(more).editions_meant("ten"), ["ten-a", "ten-b"])
        self.assertEqual(tiny(more + covers).editions_meant("ten"), ["ten-a"])
        self.assertEqual(tiny(more.replace('"yes"', '"no"')).editions_meant("ten"), ["ten-a", "ten-b", "ten-home"])


class Files(unittest.TestCase):
    def test_include_is_read_once_and_relative(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "data"))
            os.makedirs(os.path.join(folder, "rules"))
            write(folder, "data/all.xml", f'<table xmlns="urn:kmsrules:1">{START}{EDITIONS}</table>')
            include = '<include href="../data/all.xml"/>'
            write(folder, "rules/root.xml", f'<ruleset xmlns="urn:kmsrules:1" id="t" revision="1">{include}{include}{GROUPS}</ruleset>')
            tables = read_ruleset([os.path.join(folder, "rules/root.xml")])
        self.assertEqual(len(tables.editions), 7)

    def test_an_id_twice_is_illegal(self) -> None:
        with self.assertRaises(Illegal):
            tiny(GROUPS)


class Generator(unittest.TestCase):
    def test_same_seed_same_files_and_legal(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for seed in range(200):
                paths = RandomRuleset(seed).write(folder, "one")
                first = [contents(path) for path in paths]
                again = RandomRuleset(seed).write(folder, "one")
                self.assertEqual(first, [contents(path) for path in again])
                self.assertEqual(list(contradictions(read_ruleset(again))), [], f"seed {seed}")


class Words(unittest.TestCase):
    def test_row_of_a_transcript(self) -> None:
        transcript = Transcript()
        transcript.tables = tiny().tables
        transcript.oracle = tiny()
        rows = list(transcript.all("seven-pro"))
        self.assertEqual(rows[0].split()[:3], ["row", "seven-pro", "-"])
        columns = sorted(transcript.tables.editions)
        self.assertEqual(rows[0].split()[4 + columns.index("seven-pro")], "yppppp.=client")
        self.assertEqual(rows[1].split()[4 + columns.index("r2-enterprise")], "npppl" + "p.")


def contents(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(folder: str, name: str, text: str) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    unittest.main()
