"""The oracle of remedies itself: small tables whose remedies are counted by hand, and that the updates it leaves untried change nothing."""

from __future__ import annotations

import os
import tempfile
import unittest

from random_rulesets import UpdateHeavyRuleset
from remedies import Asker
from remedy_oracle import Question, RemedyOracle
from tables import Tables, read_ruleset
from transcript import parse_facts

START = '<ruleset xmlns="urn:kmsrules:1" id="t" revision="1"><source id="s" title="S" reliability="primary"/><application id="w" name="W"/>'
EDITIONS = """<release id="old" name="Old" kind="server" application="w"><edition id="old-a" name="Old A" volume="yes" source="s"/>
<edition id="old-b" name="Old B" volume="yes" source="s"/></release>
<edition id="new" name="New" kind="server" application="w" volume="yes" source="s"/>
<threshold kind="server" minimum="5" counts="server" source="s"/><threshold kind="client" minimum="25" counts="client server" source="s"/>"""
LOW = '<key-group id="low" name="Low" kind="server" application="w" source="s"><covers editions="old" source="s"/><fits hosts="old new" source="s"/></key-group>'
HIGH = """<key-group id="high" name="High" kind="server" application="w" above="low" source="s"><covers editions="old new" source="s"/>
<fits hosts="old-a new" source="s"/></key-group>"""
UPDATES = """<line id="100" name="Line" hosts="old" source="s"/><update id="KB1" line="100" build="100.1" source="s"/>
<update id="KB2" line="100" build="100.2" source="s"/><update id="KB3" source="s"/><update id="KB4" after-any-of="KB3" source="s"/>"""


def tables_of(rows: str) -> Tables:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "t.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(START + EDITIONS + LOW + HIGH + UPDATES + rows + "</ruleset>")
        return read_ruleset([path])


def found(rows: str, host: str, keys: list[str], edition: str, facts: str = "none") -> list[str]:
    remedies = RemedyOracle(tables_of(rows), Question(host, keys, [edition], parse_facts(facts))).remedies()
    return sorted(" ".join(":".join(change) for change in sorted(remedy.changes)) for remedy in remedies)


class ByHand(unittest.TestCase):
    def test_another_key_or_host(self) -> None:
        self.assertEqual(found("", "old-a", ["low"], "new"), ["host:new", "key:high"])
        self.assertEqual(found("", "old-b", [], "new"), ["host:new", "host:old-a"])

    def test_no_superset(self) -> None:
        self.assertEqual(found('<requires hosts="old-a" any-of="KB3" source="s"/>', "old-a", ["low"], "new"), ["host:new", "install:KB3 key:high"])

    def test_prerequisites(self) -> None:
        row = '<requires hosts="old-a" any-of="KB4" source="s"/>'
        elsewhere = ["host:new", "host:old-b"]
        self.assertEqual(found(row, "old-a", [], "old-a"), [*elsewhere, "install:KB3 install:KB4"])
        self.assertEqual(found(row, "old-a", [], "old-a", "updates=KB3"), [*elsewhere, "install:KB4"])
        self.assertEqual(found(row, "old-a", [], "old-a", "updates=KB4;complete"), [*elsewhere, "install:KB3"])

    def test_a_later_update_is_for_a_group_that_needs_it(self) -> None:
        """`low` does with KB1 (so that KB2 could be exchanged), `high` with KB2 alone."""
        rows = """<requires hosts="old-a" key-groups="low" any-of="KB1" source="s"/><requires hosts="old-a" key-groups="high" any-of="KB2" source="s"/>"""
        with_other = rows + '<requires hosts="old-a" key-groups="low" any-of="KB3" source="s"/>'
        self.assertEqual(found(rows, "old-a", ["low"], "old-a"), ["host:new", "host:old-b", "install:KB1"])  # KB2 would do with the key given
        self.assertEqual(found(rows, "old-a", [], "old-a"), ["host:new", "host:old-b", "install:KB1", "install:KB2"])
        self.assertEqual(found(with_other, "old-a", [], "old-a"), ["host:new", "host:old-b", "install:KB1 install:KB3", "install:KB2"])

    def test_a_release(self) -> None:
        row = '<requires hosts="old-b" any-of="KB3" source="s"/>'
        self.assertEqual(found(row, "old", [], "old-a"), ["host:new", "install:KB3", "learn:old-a"])

    def test_a_new_host_knows_nothing_of_the_old(self) -> None:
        row = '<requires hosts="old" any-of="KB1" source="s"/><cannot-serve hosts="old-b" editions="old-a" source="s"/>'
        self.assertEqual(found(row, "old-b", [], "old-a", "updates=KB1;build=100.2"), ["host:new", "host:old-a install:KB1"])

    def test_machines(self) -> None:
        self.assertEqual(found("", "old-a", [], "old-a", "servers=2"), ["add:3:server"])
        self.assertEqual(found("", "old-b", [], "new", "servers=2"), ["add:3:server host:new", "add:3:server host:old-a"])
        self.assertEqual(found("", "old-b", [], "new", "clients=2"), ["host:new", "host:old-a"])


class TriesAllUpdates(RemedyOracle):
    tries_all_updates = True


class Exactness(unittest.TestCase):
    def test_updates_left_untried_change_nothing(self) -> None:
        compared = 0
        with tempfile.TemporaryDirectory() as folder:
            for seed in range(5000, 5060):
                tables = read_ruleset(UpdateHeavyRuleset(seed).write(folder, f"random-{seed}"))
                asker = Asker(tables, f"exact {seed}")
                for _ in range(3):
                    asked = asker.draw()
                    some = [(r.changes, r.host, r.keys) for r in RemedyOracle(tables, asked.question()).remedies()]
                    everything = [(r.changes, r.host, r.keys) for r in TriesAllUpdates(tables, asked.question()).remedies()]
                    self.assertCountEqual(some, everything, f"seed {seed}: {asked.line()}")
                    compared += len(some)
        self.assertGreater(compared, 200)


if __name__ == "__main__":
    unittest.main()
