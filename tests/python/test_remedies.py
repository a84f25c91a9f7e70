"""Remedies: what the sources say would help, written down by hand. That no other set of changes does, tests/oracle/remedies.py says."""
from __future__ import annotations

import unittest

import kmsrules
from kmsrules import ChangeKind, Kind, Verdict

WINDOWS = kmsrules.Ruleset()
OF_2010 = kmsrules.Ruleset("windows-2010")


def in_words(remedy: kmsrules.Remedy) -> str:
    """"use-host windows-server-2016-standard, install-update KB5003638"."""
    return ", ".join(f"{change.change.value} {change.host or change.update or change.key or change.count}" for change in remedy.changes)


def all_in_words(answer: kmsrules.Answer) -> list[str]:
    return [in_words(remedy) for remedy in answer.remedies]


class OtherHosts(unittest.TestCase):
    """Windows Server 2022 on a 2012 R2 host: the 2022 key does not fit, whatever is installed."""

    answer = WINDOWS.explain("Windows Server 2012 R2 Standard", "Windows Server 2022 Standard")

    def test_which(self) -> None:
        self.assertEqual(self.answer.verdict, Verdict.NO)
        found = all_in_words(self.answer)
        for edition in ("standard", "datacenter", "essentials"):
            self.assertIn(f"use-host windows-server-2016-{edition}, install-update KB5003638", found)
            self.assertIn(f"use-host windows-server-2019-{edition}, install-update KB5003646", found)
            self.assertIn(f"use-host windows-server-2019-{edition}, install-update KB5034768", found)  # for the 2025 key
        for edition in ("standard", "datacenter"):
            self.assertIn(f"use-host windows-server-2022-{edition}", found)
            self.assertIn(f"use-host windows-server-2025-{edition}", found)
        self.assertEqual(len(found), 13)

    def test_none_on_the_same_host(self) -> None:
        for remedy in self.answer.remedies:
            self.assertEqual(remedy.changes[0].change, ChangeKind.USE_HOST)
            self.assertNotIn("2012", str(remedy.host))

    def test_keys_and_or_later(self) -> None:
        keys = {in_words(remedy): remedy.keys for remedy in self.answer.remedies}
        self.assertEqual(keys["use-host windows-server-2016-standard, install-update KB5003638"], ("windows-server-2022",))
        self.assertEqual(keys["use-host windows-server-2019-standard, install-update KB5034768"], ("windows-server-2025",))
        self.assertEqual(keys["use-host windows-server-2022-standard"], ("windows-server-2022",))
        updates = [change for remedy in self.answer.remedies for change in remedy.changes if change.change == ChangeKind.INSTALL_UPDATE]
        self.assertTrue(updates and all(update.or_later for update in updates))

    def test_fewest_changes_first(self) -> None:
        sizes = [len(remedy.changes) for remedy in self.answer.remedies]
        self.assertEqual(sizes, [1] * 4 + [2] * 9)


class TheTrapOf2010(unittest.TestCase):
    """A client key cannot sit on a server: another group on this host, or this key on Windows 7, Vista, or Server 2003 with KMS 1.2."""

    answer = OF_2010.explain("Windows Server 2008 R2 Datacenter", "Windows 7 Enterprise", "client")

    def test_another_key_group_first(self) -> None:
        self.assertEqual(in_words(self.answer.remedies[0]), "use-key server-group-c")
        self.assertEqual(self.answer.remedies[0].host, "windows-server-2008-r2-datacenter")
        same_host = [remedy for remedy in self.answer.remedies if all(change.change != ChangeKind.USE_HOST for change in remedy.changes)]
        self.assertEqual(len(same_host), 1)

    def test_this_key_on_other_hosts(self) -> None:
        release = {edition.id: edition.release for edition in OF_2010.tables.editions}
        hosts = {remedy.host or "" for remedy in self.answer.remedies if remedy.keys == ("client",)}
        self.assertLessEqual({"windows-7-professional", "windows-7-enterprise", "windows-vista-business", "windows-vista-enterprise"}, hosts)
        self.assertEqual({release[host] or host for host in hosts}, {"windows-7", "windows-vista", "windows-server-2003-kms-1.2"})

    def test_this_key_before_others(self) -> None:
        has_this_key = [remedy.keys == ("client",) for remedy in self.answer.remedies[1:]]
        self.assertEqual(has_this_key, sorted(has_this_key, reverse=True))
        self.assertTrue(any(has_this_key) and not all(has_this_key))


class DeadEnds(unittest.TestCase):
    def test_no_update_exists(self) -> None:
        answer = WINDOWS.explain("Windows Server 2008 R2 Standard", "Windows Server 2016 Standard")
        notes = [note for note in answer.notes if note.startswith("no update exists")]
        self.assertEqual(len(notes), 1)
        self.assertIn("Windows Server 2016 Activation", notes[0])  # its source
        self.assertIn("KR105", notes[0])
        self.assertTrue(answer.remedies)
        self.assertTrue(all(remedy.changes[0].change == ChangeKind.USE_HOST for remedy in answer.remedies))

    def test_never_activated(self) -> None:
        for host in ("Windows Server 2022 Standard", "Windows 7 Ultimate", "Windows Server 2008 R2"):
            with self.subTest(host):
                answer = WINDOWS.explain(host, "Windows 7 Ultimate")
                self.assertEqual((answer.verdict, answer.remedies, answer.remedies_complete), (Verdict.NO, (), True))
                self.assertTrue(any("KR103" in note and "Windows 7 Ultimate" in note for note in answer.notes), answer.notes)

    def test_of_a_yes(self) -> None:
        answer = WINDOWS.explain("Windows Server 2022 Standard", "Windows 10 Enterprise")
        self.assertEqual((answer.verdict, answer.remedies), (Verdict.YES, ()))

    def test_a_table_without_end(self) -> None:
        rows = "".join(f'<update id="a{i}" source="s"/><update id="b{i}" source="s"/><requires hosts="e" any-of="a{i} b{i}" source="s"/>' for i in range(40))
        table = f"""<ruleset xmlns="urn:kmsrules:1" id="endless" revision="1"><source id="s" title="A page" reliability="primary"/>
            <application id="w" name="W"/><edition id="e" name="E" kind="server" application="w" volume="yes" source="s"/>
            <threshold kind="server" minimum="5" counts="server" source="s"/><key-group id="k" name="K" kind="server" application="w" source="s">
            <covers editions="e" source="s"/><fits hosts="e" source="s"/></key-group>{rows}</ruleset>"""
        answer = kmsrules.Ruleset.from_tables({"t.xml": table}).explain("e", "e")
        self.assertFalse(answer.remedies_complete)
        self.assertIn("too many ways", answer.text())


class Updates(unittest.TestCase):
    def test_the_older_package_first(self) -> None:
        """Server 2003 serves Windows 7 with KB968915, which needs KMS 1.0 or 1.1 before it."""
        answer = WINDOWS.explain("Windows Server 2003 Standard", "Windows 7 Professional")
        here = [in_words(remedy) for remedy in answer.remedies if remedy.host == "windows-server-2003-standard"]
        self.assertEqual(here, ["install-update kms-1.0, install-update KB968915", "install-update kms-1.1, install-update KB968915"])

    def test_what_is_there_needs_no_installing(self) -> None:
        """KB948003 is KMS 1.1."""
        answer = WINDOWS.explain("Windows Server 2003 Standard", "Windows 7 Professional", updates="KB948003")
        here = [in_words(remedy) for remedy in answer.remedies if remedy.host == "windows-server-2003-standard"]
        self.assertEqual(here, ["install-update KB968915"])

    def test_one_edition_of_a_release(self) -> None:
        table = """<ruleset xmlns="urn:kmsrules:1" id="t" revision="1"><source id="s" title="A page" reliability="primary"/><application id="w" name="W"/>
            <release id="r" name="R" kind="server" application="w"><edition id="r-a" name="R A" volume="yes" source="s"/>
            <edition id="r-b" name="R B" volume="yes" source="s"/></release><threshold kind="server" minimum="5" counts="server" source="s"/>
            <update id="KB1" source="s"/><requires hosts="r-b" any-of="KB1" source="s"/>
            <key-group id="k" name="K" kind="server" application="w" source="s"><covers editions="r" source="s"/><fits hosts="r" source="s"/></key-group></ruleset>"""
        answer = kmsrules.Ruleset.from_tables({"t.xml": table}).explain("r", "r-a")
        self.assertEqual(all_in_words(answer), ["learn r-a", "install-update KB1"])
        self.assertEqual([remedy.host for remedy in answer.remedies], ["r-a", None])


class Keys(unittest.TestCase):
    def test_the_least_authority_over_all_applications(self) -> None:
        """KB2 is for a3, which is above two groups, or for b2, which is above one; KB1 does for all others."""
        def group(name: str, kind: str, application: str, above: str, edition: str) -> str:
            return (f'<key-group id="{name}" name="{name}" kind="{kind}" application="{application}" {above} source="s">'
                    f'<covers editions="{edition}" source="s"/><fits hosts="h" source="s"/></key-group>')

        groups = (group("a1", "server", "a", "", "h") + group("a2", "server", "a", 'above="a1"', "h") + group("a3", "server", "a", 'above="a2"', "h")
                  + group("b1", "office", "b", "", "o") + group("b2", "office", "b", 'above="b1"', "o"))
        table = f"""<ruleset xmlns="urn:kmsrules:1" id="t" revision="1"><source id="s" title="A page" reliability="primary"/>
            <application id="a" name="A"/><application id="b" name="B"/><edition id="h" name="H" kind="server" application="a" volume="yes" source="s"/>
            <edition id="o" name="O" kind="office" application="b" volume="yes" source="s"/><threshold kind="server" minimum="5" counts="server" source="s"/>
            <threshold kind="office" minimum="5" counts="office" source="s"/>{groups}<line id="100" name="L" hosts="h" source="s"/>
            <update id="KB1" line="100" build="100.1" source="s"/><update id="KB2" line="100" build="100.2" source="s"/>
            <requires hosts="h" any-of="KB1" source="s"/><requires hosts="h" key-groups="a3 b2" any-of="KB2" source="s"/></ruleset>"""
        answer = kmsrules.Ruleset.from_tables({"t.xml": table}).explain("h", ["h", "o"])
        self.assertEqual([(in_words(remedy), remedy.keys) for remedy in answer.remedies],
                         [("install-update KB1", ("a1", "b1")), ("install-update KB2", ("a1", "b2"))])

    def test_an_order_that_can_be_installed(self) -> None:
        """KB2 brings KB1 along, which KB3 comes after: so KB2 is first, though KB3 stands before it in the table."""
        table = """<ruleset xmlns="urn:kmsrules:1" id="t" revision="1"><source id="s" title="A page" reliability="primary"/><application id="a" name="A"/>
            <edition id="h" name="H" kind="server" application="a" volume="yes" source="s"/><threshold kind="server" minimum="5" counts="server" source="s"/>
            <line id="100" name="L" hosts="h" source="s"/><update id="KB1" line="100" build="100.1" source="s"/><update id="KB3" after-any-of="KB1" source="s"/>
            <update id="KB2" line="100" build="100.2" after-any-of="KB1 KB3" source="s"/><requires hosts="h" any-of="KB2" source="s"/>
            <requires hosts="h" any-of="KB3" source="s"/><key-group id="k" name="K" kind="server" application="a" source="s"><covers editions="h" source="s"/>
            <fits hosts="h" source="s"/></key-group></ruleset>"""
        answer = kmsrules.Ruleset.from_tables({"t.xml": table}).explain("h", "h")
        self.assertEqual(all_in_words(answer), ["install-update KB2, install-update KB3"])


class Machines(unittest.TestCase):
    """Windows: 25 clients, clients and servers added up. Office: 5, apart."""

    def test_clients(self) -> None:
        answer = WINDOWS.explain("Windows Server 2022 Standard", "Windows 10 Enterprise", clients=20, servers=0)
        self.assertEqual(all_in_words(answer), ["add-machines 5"])
        self.assertEqual(answer.remedies[0].changes[0].kinds, (Kind.CLIENT, Kind.SERVER))

    def test_office_apart(self) -> None:
        answer = WINDOWS.explain("Windows Server 2022 Standard", ["Windows 10 Enterprise", "Office LTSC 2021"], clients=20, servers=0, office=3)
        self.assertEqual(all_in_words(answer), ["add-machines 5, add-machines 2"])
        self.assertEqual([change.kinds for change in answer.remedies[0].changes], [(Kind.CLIENT, Kind.SERVER), (Kind.OFFICE,)])

    def test_one_pool_for_clients_and_servers(self) -> None:
        answer = WINDOWS.explain("Windows Server 2022 Standard", ["Windows 10 Enterprise", "Windows Server 2022 Standard"], clients=3, servers=1)
        self.assertEqual(all_in_words(answer), ["add-machines 21"])

    def test_in_every_remedy(self) -> None:
        answer = WINDOWS.explain("Windows Server 2012 R2 Standard", "Windows Server 2022 Standard", clients=0, servers=2)
        self.assertEqual(len(answer.remedies), 13)
        for remedy in answer.remedies:
            self.assertEqual((remedy.changes[-1].change, remedy.changes[-1].count), (ChangeKind.ADD_MACHINES, 3))


if __name__ == "__main__":
    unittest.main()
