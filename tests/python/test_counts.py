"""Ledgers, counts, forecasts, duplicates, timelines: the same as the command line says, and what of it is typed."""
from __future__ import annotations

import copy
import os
import pathlib
import pickle
import subprocess
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from uuid import UUID

import kmsrules
from kmsrules import Kind

RULES = kmsrules.Ruleset()
EXAMPLE = pathlib.Path(__file__).parent.parent / "exports" / "worked-example.txt"
PROGRAM = os.environ.get("KMSRULES_BIN")
START = datetime(2024, 3, 1, 8, tzinfo=timezone.utc)


def printed(*words: str) -> str:
    assert PROGRAM is not None
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True).stdout


@unittest.skipUnless(PROGRAM, "no command line")
class SameAsTheCommandLine(unittest.TestCase):
    def check(self, report: "kmsrules.HostCounts | kmsrules.Forecast | kmsrules.Duplicates | kmsrules.Timeline", *words: str) -> None:
        words = ("--as-of", "2024-03-16", *words)
        self.assertEqual(report.json, printed(*words, "--format", "json"))
        self.assertEqual(report.text(), printed(*words))
        self.assertEqual(report.text(color=True), printed(*words, "--color", "always"))

    def test_events(self) -> None:
        events = list(RULES.read_events(EXAMPLE))
        self.check(RULES.counts(events, as_of="2024-03-16"), "counts", str(EXAMPLE))
        self.check(RULES.counts(events, as_of="2024-03-16", host="Windows Server 2008 Standard"), "counts", str(EXAMPLE), "--host", "Windows Server 2008 Standard")
        self.check(RULES.duplicates(events, as_of="2024-03-16"), "duplicates", str(EXAMPLE))
        forecast = RULES.forecast(events, as_of="2024-03-16")
        self.check(forecast, "forecast", str(EXAMPLE))
        self.assertEqual(forecast.svg, printed("--as-of", "2024-03-16", "forecast", str(EXAMPLE), "--format", "svg"))
        self.check(RULES.forecast(events, as_of="2024-03-16", silent_after=timedelta(days=20), horizon=timedelta(days=100)), "forecast", str(EXAMPLE),
                   "--silent-after", "20d", "--horizon", "100d")
        self.assertEqual(RULES.counts(events, as_of="2024-03-16").nagios("30"), (1, printed("--as-of", "2024-03-16", "counts", str(EXAMPLE), "--format", "nagios", "--warn", "30")))

    def test_others(self) -> None:
        self.check(RULES.counts((), as_of="2024-03-16", clients=20, servers=6, office=4), "counts", "--clients", "20", "--servers", "6", "--office", "4")
        self.check(RULES.timeline("Windows Vista Enterprise", START, as_of="2024-03-16", build=6000), "timeline", "Windows Vista Enterprise", "--last-success", "2024-03-01T08:00:00Z",
                   "--build", "6000")


class Reports(unittest.TestCase):
    def test_the_worked_example(self) -> None:
        counts = RULES.counts(RULES.read_events(EXAMPLE), as_of="2024-03-31")
        pool, = counts.pools
        self.assertEqual((pool.application, pool.count, pool.shown, pool.cap, pool.kinds[Kind.SERVER], pool.past), ("windows", 22, 22, 50, 6, 4))
        self.assertEqual([(threshold.kind, threshold.met) for threshold in pool.thresholds], [(Kind.CLIENT, False), (Kind.SERVER, True)])
        self.assertEqual((counts.requests, counts.results, counts.complete), (114, {0: 114}, True))
        forecast = RULES.forecast(RULES.read_events(EXAMPLE), as_of="2024-03-16")
        ahead, = forecast.pools
        self.assertEqual((ahead.avoid_machines, ahead.avoid_before, ahead.steps[0].count, ahead.steps[0].lost), (3, "2024-03-31", 22, (Kind.CLIENT,)))
        self.assertEqual([lapse.time for lapse in ahead.lapses if lapse.silent], [START + timedelta(days=180, minutes=number) for number in range(22, 26)])
        timeline = RULES.timeline("Windows 7 Enterprise", START, as_of="2024-12-01")
        self.assertEqual([(moment.what, moment.past) for moment in timeline.moments][-2:], [("end", True), ("expired", True)])
        for report in (forecast, timeline, RULES.duplicates((), as_of="2024-03-31")):
            self.assertEqual(pickle.loads(pickle.dumps(report)), report)
            self.assertEqual(copy.deepcopy(report), report)
            self.assertRaises(TypeError, bool, report)
        self.assertIn("2024-03-31", repr(counts))

    def test_wrong_use(self) -> None:
        events = list(RULES.read_events(EXAMPLE))
        self.assertRaises(ValueError, RULES.counts, events, as_of="yesterday")
        self.assertRaises(TypeError, RULES.counts, ["x"], as_of="2024-03-16")
        self.assertRaises(kmsrules.UnknownNameError, RULES.counts, events, as_of="2024-03-16", host="Windows Server 2O19")
        self.assertRaises(ValueError, RULES.counts(events, as_of="2024-03-16").nagios, "x")
        self.assertRaises(ValueError, RULES.forecast, events, as_of="2024-03-16", silent_after=-timedelta(days=1))
        self.assertRaises(TypeError, RULES.forecast, events, as_of="2024-03-16", horizon=7)
        self.assertRaises(ValueError, RULES.timeline, "Windows 7 Enterprise", datetime(2024, 3, 1), as_of="2024-03-16")


    def test_names_and_what_is_assumed(self) -> None:
        text = ("0x0,25,pc1,00000000-0000-4000-8000-000000000001,2024/3/1 8:00,0,1,9\n0x0,25,pc1,00000000-0000-4000-8000-000000000002,2024/3/9 8:00,0,1,9\n"
                "0x0,5,pc3,00000000-0000-4000-8000-000000000003,2024/3/9 8:00,0,1,9\n0x0,5,pc4,00000000-0000-4000-8000-000000000003,2024/3/9 8:00,0,1,9\n"
                "0xC004F06C,25,pc5,00000000-0000-4000-8000-000000000005,2024/3/9 8:00,0,1,9\n")
        events = list(RULES.read_events(text.encode()))
        pool, = RULES.counts(events, as_of="2024-03-10").pools
        self.assertEqual((pool.count, pool.kinds[Kind.SERVER], pool.assumed), (3, 1, 1))
        forecast = RULES.forecast(events, as_of="2024-03-10", horizon=timedelta(days=100))
        self.assertEqual((forecast.refused, forecast.until, forecast.pools[0].assumed), (1, datetime(2024, 6, 18, 23, 59, 59, tzinfo=timezone.utc), 1))
        self.assertEqual((forecast.pools[0].steps[0].silent, forecast.pools[0].steps[0].replaced), (("pc1",), ("pc1",)))
        self.assertIsNone(RULES.forecast(events, as_of="2024-03-10").until)
        known = RULES.forecast(RULES.read_events(EXAMPLE), as_of="2024-03-16").pools[0].lapses[0]
        self.assertEqual((known.names, known.replaced), (1, False))

    def test_gaps(self) -> None:
        events = [*RULES.read_events(EXAMPLE), *RULES.read_events(b"0xZZ,25,pc99,00000000-0000-4000-8000-00000000ffff,2024/3/29 8:00,0,1,1\n")]
        self.assertIsNotNone(events[-1].problem)
        counts = RULES.counts(events, as_of="2024-03-30")
        self.assertEqual((counts.unreadable, counts.complete, counts.pools[0].count), (1, False, 26))
        self.assertEqual(counts.nagios(), (3, "KMS UNKNOWN - windows 26 of 25; 1 event could not be read|'windows'=26;;25:;0;50\n"))
        for report in (RULES.duplicates(events, as_of="2024-03-30"), RULES.forecast(events, as_of="2024-03-30")):
            self.assertEqual((report.unreadable, report.complete), (1, False))
        whole = RULES.counts(RULES.read_events(EXAMPLE), as_of="2024-03-30")
        self.assertEqual((whole.unreadable, whole.complete), (0, True))


class Ledgers(unittest.TestCase):
    def test_thresholds(self) -> None:
        ledger = RULES.ledger("Windows Server 2019 Standard")
        for number in range(26):
            reply = ledger.record(UUID(int=number), Kind.CLIENT, START)
            self.assertEqual((reply.count, reply.minimum, reply.activated, reply.counted), (number + 1, 25, number >= 24, True))
        self.assertEqual((ledger.count(START), ledger.count(START + timedelta(days=30)), ledger.capacity(), ledger.count(START, "office-2016")), (26, 0, 50, 0))
        self.assertFalse(ledger.record(str(UUID(int=99)), Kind.OFFICE, START, application="office-2016", accepted=False).counted)
        self.assertFalse(RULES.ledger("Windows Server 2008 Standard").record(UUID(int=1), Kind.SERVER, START, virtual=True).counted)
        self.assertTrue(ledger.record(UUID(int=5), Kind.CLIENT, START - timedelta(1)).late)

    def test_saving(self) -> None:
        ledger = RULES.ledger("Windows Server 2008 Standard")
        ledger.record(UUID(int=1), Kind.SERVER, START)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "ledger"
            path.write_text("old")
            ledger.save(path)
            self.assertEqual(path.read_text(), ledger.dumps())
            self.assertEqual([entry.name for entry in pathlib.Path(folder).iterdir()], ["ledger"])
            again = RULES.ledger(saved=path.read_text())
        self.assertEqual((again.dumps(), again.count(START)), (ledger.dumps(), 1))
        with self.assertRaises(kmsrules.LedgerError) as caught:
            RULES.ledger(saved=ledger.dumps().replace("server ", "client "))
        self.assertEqual((caught.exception.line, caught.exception.column), (5, 8))
        self.assertIn("changed after it was saved", str(caught.exception))
        self.assertEqual(str(pickle.loads(pickle.dumps(caught.exception))), str(caught.exception))

    def test_wrong_use(self) -> None:
        ledger = RULES.ledger()
        self.assertRaises(ValueError, ledger.record, "no cmid", Kind.CLIENT, START)
        self.assertRaises(TypeError, ledger.record, UUID(int=1), "client", START)
        self.assertRaises(ValueError, ledger.record, UUID(int=1), Kind.CLIENT, -1)
        self.assertRaises(ValueError, ledger.record, UUID(int=1), Kind.CLIENT, START, application="lunix")
        self.assertRaises(ValueError, ledger.count, "now")
        self.assertRaises(TypeError, ledger.count, 1.5)
        self.assertRaises(kmsrules.UnknownNameError, RULES.ledger, "Windows Server 2O19")


if __name__ == "__main__":
    unittest.main()
