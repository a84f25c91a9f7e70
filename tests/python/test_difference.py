"""From one host to another: the same as the command line says, and what of it is typed."""
from __future__ import annotations

import copy
import json
import os
import pathlib
import pickle
import subprocess
import unittest
from datetime import timedelta
from typing import Any, List

import kmsrules
from kmsrules import Shift, IntervalKind, Kind, TransitionKind, Verdict
from kmsrules import _kmsrules as c
from support import SMALL

RULES = kmsrules.Ruleset()
AD = pathlib.Path(__file__).parent.parent / "samples" / "ad_computer_os_pairs.csv"
OLD, NEW = "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard"
KEYS = {"before_key": "windows-server-2012-r2", "after_key": "windows-server-2022"}
PROGRAM = os.environ.get("KMSRULES_BIN")
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key


def printed(*words: str) -> str:
    assert PROGRAM is not None
    return subprocess.run([PROGRAM, "--as-of", "2026-11-21", "diff", *words], capture_output=True, text=True).stdout


@unittest.skipUnless(PROGRAM, "no command line")
class SameAsTheCommandLine(unittest.TestCase):
    def check(self, words: List[str], before: str, after: str, machines: Any = None, **options: Any) -> None:
        difference = RULES.diff(before, after, machines, as_of="2026-11-21", **options)
        self.assertEqual(difference.json, printed(*words, "--format", "json"))
        self.assertEqual(difference.text(), printed(*words))
        self.assertEqual(difference.text(color=True), printed(*words, "--color", "always"))

    def test_ruleset(self) -> None:
        self.check(["--from", f"{OLD}:windows-server-2012-r2", "--to", f"{NEW}:windows-server-2022"], OLD, NEW, **KEYS)
        self.check(["--from", OLD, "--to", NEW], OLD, NEW)
        self.check(["--from", OLD, "--to", "windows-server-2019:windows-server-2022:office-2019", "--update", "KB5003646", "--complete"], OLD, "windows-server-2019",
                   after_key=["windows-server-2022", "office-2019"], updates=["KB5003646"], updates_complete=True)

    def test_inventory(self) -> None:
        self.check(["--from", f"{OLD}:windows-server-2012-r2", "--to", f"{NEW}:windows-server-2022", str(AD)], OLD, NEW, AD, **KEYS)
        self.check(["--from", OLD, "--to", NEW, str(AD)], OLD, NEW, AD)


class Differences(unittest.TestCase):
    def test_the_example(self) -> None:
        difference = RULES.diff(OLD, NEW, **KEYS)  # type: ignore[arg-type]
        gained, fallen = {product.release for product in difference.of(Shift.GAINED)}, {product.release for product in difference.of(Shift.FALLEN)}
        self.assertLessEqual({"windows-10", "windows-11", "windows-server-2016", "windows-server-2019", "windows-server-2022"}, gained)
        self.assertEqual(fallen, {"windows-vista", "windows-8"})
        self.assertEqual(difference.of(Shift.LOST), ())
        self.assertEqual(difference.summary[Shift.GAINED], len(difference.of(Shift.GAINED)))
        first = difference.of(Shift.GAINED)[0]
        self.assertEqual((first.before.verdict, first.before.code, first.before.basis, first.after.verdict, first.after.code, first.rows),
                         (Verdict.NO, kmsrules.CheckCode.KEY_COVERS_EDITION, kmsrules.Basis.NOT_LISTED, Verdict.YES, None, None))
        self.assertEqual([(key.application, key.key, key.assumed) for key in difference.before.keys], [("windows", "windows-server-2012-r2", False)])
        self.assertEqual((difference.is_fleet, difference.machines, difference.unrecognised, difference.as_of), (False, None, None, None))

    def test_machines(self) -> None:
        difference = RULES.diff(OLD, NEW, ["Windows 10 Pro", ("A", "Windows 7 Enterprise"), ("a", "Windows 7 Enterprise"), "Solaris"], **KEYS)  # type: ignore[arg-type]
        assert difference.machines is not None
        self.assertEqual((difference.summary[Shift.GAINED], difference.summary[Shift.UNCHANGED], difference.machines[Shift.UNCHANGED], difference.unrecognised), (1, 2, 1, 1))
        self.assertEqual([(one.kind, one.minimum, one.certain, one.met) for one in difference.thresholds], [(Kind.CLIENT, 25, 2, False)])

    def test_facts_of_each_side(self) -> None:
        host, key = "Windows Server 2019 Standard", "windows-server-2022"
        difference = RULES.diff(host, host, before_key=key, after_key=key, before_updates="KB5003646")
        self.assertGreater(difference.summary[Shift.UNSETTLED], 20)
        self.assertEqual([need.requirement.any_of for need in difference.needs], [("KB5003646",)])
        difference = RULES.diff(host, host, before_key=key, after_key=key, before_updates="KB5003646", updates="KB5003646")
        self.assertEqual({product.change for product in difference.products}, {Shift.UNCHANGED})

    def test_meanwhile(self) -> None:
        difference = RULES.diff(OLD, NEW)
        kinds = {row.kind for row in difference.meanwhile}
        self.assertEqual(kinds, set(TransitionKind) - {TransitionKind.STEP})
        found = [row for row in difference.meanwhile if row.kind is TransitionKind.DISCOVERED][0]
        self.assertEqual(found.intervals, ((IntervalKind.RENEWAL, timedelta(days=7)), (IntervalKind.RETRY, timedelta(hours=2))))
        self.assertIn("0xC004F038", [row.error for row in difference.meanwhile])
        self.assertEqual({row.kind for row in difference.steps}, {TransitionKind.STEP})

    def test_words(self) -> None:
        self.assertEqual([Shift(c.kmsrules_shift_text(change)) for change in range(c.KMSRULES_SHIFT_COUNT)], list(Shift))
        self.assertEqual([IntervalKind(c.kmsrules_interval_text(kind)) for kind in range(c.KMSRULES_INTERVAL_COUNT)], list(IntervalKind))
        self.assertEqual([TransitionKind(c.kmsrules_transition_text(kind)) for kind in range(c.KMSRULES_TRANSITION_COUNT)], list(TransitionKind))

    def test_by_content(self) -> None:
        difference, again = RULES.diff(OLD, NEW), RULES.diff(OLD, NEW)
        self.assertEqual(difference, again)
        self.assertEqual(hash(difference), hash(again))
        self.assertEqual(pickle.loads(pickle.dumps(difference)), difference)
        self.assertEqual(copy.deepcopy(difference).text(), difference.text())
        self.assertIn("windows-server-2012-r2-standard -> windows-server-2022-standard", repr(difference))
        with self.assertRaises(TypeError):
            bool(difference)

    def test_errors(self) -> None:
        with self.assertRaises(kmsrules.UnknownNameError) as unknown:
            RULES.diff("Windows Server 2012 R2 Standrd", NEW)
        self.assertIn(OLD, unknown.exception.suggestions)
        with self.assertRaises(kmsrules.UnknownNameError):
            RULES.diff(OLD, NEW, after_key="windows-server-202")
        with self.assertRaises(kmsrules.QuestionError):
            RULES.diff(OLD, NEW, before_key=["windows-server-2012", "windows-server-2012-r2"])
        with self.assertRaises(kmsrules.QuestionError):
            RULES.diff(OLD, NEW, host_build="10.0.17763.1")
        with self.assertRaises(ValueError) as refused:
            RULES.diff(OLD, NEW, before_key=SECRET)
        self.assertNotIn(SECRET, str(refused.exception))
        with self.assertRaises(TypeError):
            RULES.diff(OLD, None)  # type: ignore[arg-type]

    def test_other_ruleset(self) -> None:
        small = kmsrules.Ruleset.from_tables({"small.xml": SMALL})
        self.assertEqual(small.tables.transitions, ())
        self.assertIsNone(small.tables.cache)
        host = next(edition.id for edition in small.tables.editions if edition.can_host)
        difference = small.diff(host, host)
        self.assertEqual((difference.meanwhile, difference.steps), ((), ()))
        self.assertEqual(json.loads(difference.json)["ruleset"]["id"], small.id)


class Intervals(unittest.TestCase):
    def test_which_rules(self) -> None:
        for kind, edition, duration in ((IntervalKind.RENEWAL, None, timedelta(days=7)), (IntervalKind.VALIDITY, "Windows 10 Pro", timedelta(days=180)),
                                        (IntervalKind.INITIAL_GRACE, "Windows Server 2008 Standard", timedelta(days=60))):
            found = RULES.interval(kind, edition)
            assert found is not None
            self.assertEqual((found.kind, found.duration), (kind, duration))
            self.assertTrue(found.sources)
        self.assertIsNone(RULES.interval(IntervalKind.INITIAL_GRACE))

    def test_tables(self) -> None:
        self.assertEqual({interval.kind for interval in RULES.tables.intervals}, set(IntervalKind))
        assert RULES.tables.cache is not None
        self.assertEqual(RULES.tables.cache.factor, 2)
        sources = {source.id for source in RULES.tables.sources}
        for row in (*RULES.tables.intervals, *RULES.tables.transitions, RULES.tables.cache):
            self.assertLessEqual(set(row.sources), sources)
            self.assertEqual(row.at.file, "rules/policy.xml")


if __name__ == "__main__":
    unittest.main()
