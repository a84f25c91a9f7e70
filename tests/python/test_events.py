#!/usr/bin/python3
"""Events of exports: what they say, faults, options; the same as the program says. PYTHONPATH=… test_events.py"""
from __future__ import annotations

import io
import json
import os
import pathlib
import subprocess
import sys
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Optional

import kmsrules
from kmsrules import DateOrder, EventsError, LicenseStatus

EXPORTS = pathlib.Path(__file__).resolve().parents[1] / "exports"
CMID = "00000000-0000-4000-8000-000000000001"
LINE = f"0x0,25,pc001.contoso.example.,{CMID},2024/5/6 7:08,1,5,60\n"
RULES = kmsrules.Ruleset()


class Read(unittest.TestCase):
    def test_an_event(self) -> None:
        (event,) = RULES.read_events(LINE.encode())
        self.assertEqual(event, kmsrules.Event(
            id=12290, line=1, column=1, result=0, client="pc001.contoso.example", client_as_written="pc001.contoso.example.", cmid=CMID, activation_id=None,
            client_time=datetime(2024, 5, 6, 7, 8, tzinfo=timezone.utc), logged_at=None, computer=None, record_id=None, minimum=25, count=None,
            activation_interval=None, renewal_interval=None, time_left=timedelta(hours=1), is_virtual=True, is_activated=None,
            license_status=LicenseStatus.NOTIFICATION, problem=None))

    def test_sources(self) -> None:
        path = EXPORTS / "constructed_winevent.csv"
        whole = path.read_bytes()
        expected = [event.client for event in RULES.read_events(path)]
        self.assertEqual(expected, ["pc001.contoso.example", "srv001.contoso.example"])
        for source in (str(path), whole, bytearray(whole), memoryview(whole), io.BytesIO(whole), [whole[i:i + 7] for i in range(0, len(whole), 7)]):
            self.assertEqual([event.client for event in RULES.read_events(source)], expected)
        with RULES.read_events(path) as events:
            self.assertIsNone(events.format)
            next(events)
            self.assertEqual(events.file, str(path))
            self.assertEqual(events.format, kmsrules.EventsFormat("CSV", "UTF-8", ",", "id from Id, logged from TimeCreated, message from Message", 0, None, 0, 1))
        self.assertEqual(list(events), [])

    def test_what_cannot_be_read(self) -> None:
        good, bad = RULES.read_events((LINE + LINE.replace(CMID, "x")).encode())
        self.assertIsNone(good.problem)
        self.assertEqual((bad.line, bad.id, bad.result, bad.client, bad.problem), (2, None, None, None, 'cmid "x" is no client machine id (field 4 of event 12290)'))

    def test_a_fault_comes_after_what_was_read(self) -> None:
        events = RULES.read_events((LINE + LINE.replace("2024/5/6", "1/2/2006")).encode())
        next(events)
        with self.assertRaises(EventsError) as caught:
            next(events)
        self.assertEqual((caught.exception.file, caught.exception.line, caught.exception.column), (None, 2, 1))
        self.assertTrue(str(caught.exception).startswith('events:2:1: client-time "1/2/2006 7:08" does not say'))

    def test_options(self) -> None:
        dated = LINE.replace("2024/5/6", "1/2/2006").encode()
        for order, month, day in ((DateOrder.DAY_FIRST, 2, 1), (DateOrder.MONTH_FIRST, 1, 2)):
            (event,) = RULES.read_events(dated, date_order=order)
            self.assertEqual(event.client_time, datetime(2006, month, day, 7, 8, tzinfo=timezone.utc))
        logged = f'TimeCreated,Message\n2024-05-06 09:08:09,"{LINE.strip()}"\n'.encode()
        for zone, hour in ((timezone.utc, 9), (timezone(timedelta(hours=2)), 7), (timezone(-timedelta(hours=3, minutes=30)), 12)):
            (event,) = RULES.read_events(logged, time_zone=zone)
            assert event.logged_at is not None
            self.assertEqual(event.logged_at.hour, hour)
        (event,) = RULES.read_events(LINE.encode("utf-16-le"), encoding="utf-16le")
        self.assertEqual(event.cmid, CMID)
        wrong: Any = "dmy"
        with self.assertRaises(TypeError):
            RULES.read_events(b"", date_order=wrong)
        with self.assertRaises(TypeError):
            RULES.read_events(b"", time_zone=wrong)
        for zone in (timezone(timedelta(hours=15)), timezone(timedelta(seconds=1))):
            with self.assertRaises(ValueError):
                RULES.read_events(b"", time_zone=zone)
        with self.assertRaises(ValueError):
            RULES.read_events(b"", encoding="no-such")
        with self.assertRaises(TypeError):
            RULES.read_events(wrong_source())

    def test_ids_of_other_logs(self) -> None:
        xml = "".join(f"<Event><System><EventID>{id}</EventID></System></Event>" for id in (4624, 1, 4624))
        events = RULES.read_events(xml.encode())
        self.assertEqual((list(events), events.seen), ([], {1: 1, 4624: 2}))

    def test_times_beyond_what_python_holds(self) -> None:
        (event,) = RULES.read_events(LINE.replace(",60\n", ",999999999999999999\n").encode())
        self.assertIsNone(event.time_left)


def wrong_source() -> Any:
    return 5


class SameAsTheProgram(unittest.TestCase):
    @staticmethod
    def items(path: pathlib.Path) -> List[Dict[str, Any]]:
        done = subprocess.run([os.environ["KMSRULES_BIN"], "events", "--format", "ndjson", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_every_export(self) -> None:
        if "KMSRULES_BIN" not in os.environ:
            self.skipTest("no program")
        read = 0
        for path in sorted(EXPORTS.iterdir()):
            found: List[Dict[str, Any]] = []
            try:
                found.extend(as_item(event) for event in RULES.read_events(path))
            except EventsError:
                pass
            self.assertEqual(found, self.items(path), path)
            read += len(found)
        self.assertGreater(read, 7)


def as_item(event: kmsrules.Event) -> Dict[str, Any]:
    def minutes(time: Optional[timedelta]) -> Optional[int]:
        return None if time is None else time // timedelta(minutes=1)

    def text(time: Optional[datetime]) -> Optional[str]:
        return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")

    return {"file": event.file, "line": event.line, "column": event.column or None, "id": event.id, "result": None if event.result is None else f"0x{event.result:08X}",
            "client": event.client, "client_as_written": event.client_as_written, "cmid": event.cmid, "client_time": text(event.client_time), "logged": text(event.logged_at),
            "computer": event.computer, "record": event.record_id, "minimum": event.minimum, "count": event.count, "activation_minutes": minutes(event.activation_interval),
            "renewal_minutes": minutes(event.renewal_interval), "minutes_left": minutes(event.time_left), "virtual": event.is_virtual, "activated": event.is_activated,
            "license_status": None if event.license_status is None else list(LicenseStatus).index(event.license_status), "activation_id": event.activation_id, "problem": event.problem}


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
