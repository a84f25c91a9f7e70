"""What goes in: the same as the command line takes, one rule for what is read, and refusals that name the argument, the value and the reason."""
from __future__ import annotations

import dataclasses
import gc
import io
import os
import pathlib
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from datetime import date, datetime, timedelta, timezone
from typing import Any, Callable, Iterator, List, Optional
from uuid import UUID

import kmsrules
from kmsrules import IntervalKind, Kind, LicenseStatus, QuestionError
from support import SMALL

RULES = kmsrules.Ruleset()
TESTS = pathlib.Path(__file__).resolve().parent.parent
LIBRARY = TESTS.parent / "lib"
EXPORT = TESTS / "exports" / "worked-example.txt"
OUTPUT = TESTS / "slmgr" / "dlv_host_2012r2_win10key.txt"
INVENTORY = TESTS / "samples" / "ad_computer_os_pairs.csv"
RECORDS = b"_vlmcs._tcp.contoso.example. 600 IN SRV 0 100 1688 kms01.contoso.example.\n"
FLEET = {"Windows 10 Pro": 30}
HOST, OLD_HOST = "Windows Server 2019 Standard", "Windows Server 2008"
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key
PROGRAM = os.environ.get("KMSRULES_BIN")
UTC = timezone.utc


def printed(*words: str) -> str:
    assert PROGRAM is not None
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True).stdout


class Refusals(unittest.TestCase):
    def refuses(self, error: type, message: str, ask: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        with self.subTest(message), self.assertRaises(error) as caught:
            ask(*arguments, **named)
        self.assertIs(type(caught.exception), error)
        self.assertEqual(str(caught.exception), message)


# ---- Timelines


class Timelines(Refusals):
    @unittest.skipUnless(PROGRAM, "no command line")
    def test_takes_what_the_command_line_takes(self) -> None:
        for edition in ("windows-10", "Windows 10", "Windows 7 Enterprise", "Microsoft Windows 10 Pro", "office-2016-volume-editions", "windows-server-2008"):
            for success in ("2024-01-01", "2024-01-01T12:30:00Z"):
                told = RULES.timeline(edition, success, as_of="2024-06-01")
                self.assertEqual(told.json, printed("--as-of", "2024-06-01", "timeline", edition, "--last-success", success, "--format", "json"))
        for build in ("6000", "6002", "6.0.6002"):
            told = RULES.timeline("Windows Vista Enterprise", "2024-01-01", as_of="2024-06-01", build=build)
            self.assertEqual(told.json, printed("--as-of", "2024-06-01", "timeline", "Windows Vista Enterprise", "--last-success", "2024-01-01", "--build", build, "--format", "json"))

    def test_a_time_in_any_form(self) -> None:
        expected = RULES.timeline("windows-10-pro", "2024-01-01", as_of="2024-06-01")
        self.assertEqual(expected.moments[0].time, datetime(2024, 1, 1, tzinfo=UTC))
        for success in (date(2024, 1, 1), datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), 1704067200, "2024-01-01T00:00Z"):
            self.assertEqual(RULES.timeline("windows-10-pro", success, as_of=date(2024, 6, 1)), expected)
        for build in (None, 0):
            self.assertEqual(RULES.timeline("windows-10-pro", "2024-01-01", as_of="2024-06-01", build=build), expected)
        release = next(release for release in RULES.tables.releases if release.id == "windows-10")
        self.assertEqual(RULES.timeline(release, "2024-01-01", as_of="2024-06-01").edition, "windows-10-pro")
        self.assertIs(RULES.timeline(release, "2024-01-01", as_of="2024-06-01").by_kms, kmsrules.Verdict.YES)
        home = RULES.timeline("windows-10-home", "2024-01-01", as_of="2024-06-01")
        self.assertEqual((home.by_kms, home.moments, home.left_out), (kmsrules.Verdict.NO, (), ()))
        self.assertIn("end", RULES.timeline("windows-10-pro", "9999-12-01", as_of="9999-12-31").left_out)

    def test_refusals(self) -> None:
        later = "last_success must not be later than as_of"
        self.refuses(ValueError, later, RULES.timeline, "windows-10", "2024-06-02", as_of="2024-06-01")
        self.refuses(ValueError, later, RULES.timeline, "windows-10", datetime(2024, 6, 1, 12, tzinfo=UTC), as_of="2024-06-01T11:59:59Z")
        RULES.timeline("windows-10", "2024-06-01T11:59:59Z", as_of="2024-06-01T11:59:59Z")
        years, form = "must be of the years 1970 to 9999", "is no date such as 2026-11-21 or 2026-11-21T12:00:00Z"
        for success in (-1, 10**30, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(-timedelta(hours=5)))):
            self.refuses(ValueError, f"last_success {years}", RULES.timeline, "windows-10", success, as_of="2024-06-01")
        self.refuses(ValueError, f"as_of {years}", RULES.timeline, "windows-10", 0, as_of=datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))))
        self.refuses(ValueError, f"last_success is malformed: '1.1.2024' {form}", RULES.timeline, "windows-10", "1.1.2024", as_of="2024-06-01")
        self.refuses(ValueError, f"as_of is malformed: '' {form}", RULES.timeline, "windows-10", 0, as_of="")
        self.refuses(ValueError, "last_success must have a time zone", RULES.timeline, "windows-10", datetime(2024, 1, 1), as_of="2024-06-01")
        for success in (None, True, float("nan"), b"2024-01-01"):
            name = type(success).__name__
            self.refuses(TypeError, f"last_success must be datetime, date, str or int, not {name}", RULES.timeline, "windows-10", success, as_of="2024-06-01")
        self.refuses(TypeError, "edition must be str, not NoneType", RULES.timeline, None, 0, as_of="2024-06-01")
        for build, error, message in ((-1, ValueError, "build must be at least 1"), (2**40, OverflowError, "build is too large"),
                                      (True, TypeError, "build must be int or str, not bool"), (b"17763", TypeError, "build must be int or str, not bytes"),
                                      ("old", ValueError, "build is malformed: 'old' is no build such as 17763 or 10.0.17763")):
            self.refuses(error, message, RULES.timeline, "windows-10", 0, as_of="2024-06-01", build=build)
        silent = "edition: the tables do not say how long its activation lasts (interval validity); include rules/policy.xml"
        self.refuses(QuestionError, silent, kmsrules.Ruleset.from_tables({"a.xml": SMALL}).timeline, "seven-pro", 0, as_of="2024-06-01")

    def test_the_library_refuses_it_itself(self) -> None:
        from kmsrules import _kmsrules as c
        c.kmsrules_timeline_new(RULES._handle, c.KMSRULES_EDITION, 0, 0, 1000, 1000)
        self.refuses(ValueError, "kmsrules_timeline_new: an argument is not valid", c.kmsrules_timeline_new, RULES._handle, c.KMSRULES_EDITION, 0, 0, 1001, 1000)


# ---- Counts and ledgers


class Counted(Refusals):
    def setUp(self) -> None:
        self.events = list(RULES.read_events(EXPORT))

    def test_events_or_numbers(self) -> None:
        both = "events and clients, office contradict each other; give one or the other"
        for events in (self.events, iter(self.events), RULES.read_events(EXPORT), iter(())):
            self.refuses(QuestionError, both, RULES.counts, events, as_of="2024-03-16", clients=30, office=0)
        self.refuses(QuestionError, "events, clients, servers or office is missing", RULES.counts, as_of="2024-03-16")
        given = RULES.counts(as_of="2024-03-16", clients=30)
        self.assertEqual(given, RULES.counts((), as_of="2024-03-16", clients=30))
        self.assertEqual(given.pools[0].count, 30)
        self.assertEqual(RULES.counts([], as_of="2024-03-16").pools, ())

    def test_numbers(self) -> None:
        for argument in ("clients", "servers", "office"):
            for value, error, why in ((-1, ValueError, "be at least 0"), (2**63, OverflowError, "be at most 9223372036854775807"), (True, TypeError, "be int, not bool"),
                                      (1.0, TypeError, "be int, not float"), ("5", TypeError, "be int, not str")):
                self.refuses(error, f"{argument} must {why}", RULES.counts, as_of="2024-03-16", **{argument: value})
        self.refuses(OverflowError, f"clients and servers must be at most {2**63 - 1} together", RULES.counts, as_of="2024-03-16", clients=2**63 - 1, servers=1)

    def test_events_of_another_kind(self) -> None:
        for events in (str(EXPORT), EXPORT, b"x", 5):
            message = f"events must be an iterable of Event, such as read_events() gives, not {type(events).__name__}"
            self.refuses(TypeError, message, RULES.counts, events, as_of="2024-03-16")
        self.refuses(TypeError, "events must be Event, not tuple", RULES.duplicates, [()], as_of="2024-03-16")
        for field, value in (("result", -1), ("result", 2**32), ("id", 2**40), ("cmid", "x"), ("cmid", 5), ("client", "a\0b"), ("client", "\ud800"), ("minimum", 2**64),
                             ("logged_at", datetime(2024, 3, 1)), ("license_status", 5), ("record_id", "x"), ("time_left", 5)):
            with self.subTest(field=field, value=value), self.assertRaisesRegex(ValueError, "^events: the one of line 1 is not as read_events"):
                RULES.counts([dataclasses.replace(self.events[0], **{field: value})], as_of="2024-03-16")

    def test_ranges(self) -> None:
        counts, why = RULES.counts(self.events, as_of="2024-03-16"), "is no range such as 30, 30:, 10:60 or @10:20"
        for value in ("x", "", "10:5", "~", "@", ":", "5\0", "\ud800"):
            self.refuses(ValueError, f"warning {why}: {value!r}", counts.nagios, value)
            self.refuses(ValueError, f"critical {why}: {value!r}", counts.nagios, "30:", value)
        self.refuses(TypeError, "critical must be str, not int", counts.nagios, critical=5)
        self.refuses(ValueError, f"warning {why}: (text that looks like a product key)", counts.nagios, SECRET)

    def test_a_release_is_a_host_where_its_editions_count_alike(self) -> None:
        for release, edition in ((OLD_HOST, "Windows Server 2008 Standard"), ("Windows Server 2019", HOST)):
            self.assertEqual(RULES.counts(self.events, as_of="2024-03-16", host=release), RULES.counts(self.events, as_of="2024-03-16", host=edition))
            self.assertEqual(RULES.ledger(release).dumps(), RULES.ledger(edition).dumps().replace(RULES.identify(edition).record.id, RULES.identify(release).record.editions[0]))
        if PROGRAM is not None:
            self.assertEqual(RULES.counts(self.events, as_of="2024-03-16", host=OLD_HOST).json,
                             printed("--as-of", "2024-03-16", "counts", str(EXPORT), "--host", OLD_HOST, "--format", "json"))
        apart = SMALL.replace("</ruleset>", '<cache factor="2" source="s"/><interval of="cmid-retention" duration="P30D" source="s"/>'
                              '<virtual-machines counts="yes" source="s"/><virtual-machines counts="no" hosts="seven-home" source="s"/></ruleset>')
        rules = kmsrules.Ruleset.from_tables({"a.xml": apart})
        self.refuses(QuestionError, "host: the editions of Seven differ in this; name one of them", rules.counts, (), as_of="2024-03-16", host="seven")
        self.refuses(QuestionError, "host: the editions of Seven differ in this; name one of them", rules.ledger, "seven")
        rules.ledger("seven-pro")

    def test_intervals(self) -> None:
        self.assertEqual(RULES.interval(IntervalKind.ACTIVATION, "windows-10"), RULES.interval(IntervalKind.ACTIVATION, "windows-10-pro"))
        for kind in (None, "activation", 0):
            self.refuses(TypeError, f"kind must be IntervalKind, not {type(kind).__name__}", RULES.interval, kind)

    def test_ledgers(self) -> None:
        ledger, id = RULES.ledger(), UUID(int=1)
        for time in (-1, 2**62, 10**30):
            self.refuses(ValueError, "time must be of the years 1970 to 9999", ledger.record, id, Kind.CLIENT, time)
            self.refuses(ValueError, "time must be of the years 1970 to 9999", ledger.count, time)
        for argument in ("virtual", "accepted"):
            self.refuses(TypeError, f"{argument} must be bool, not str", ledger.record, id, Kind.CLIENT, 0, **{argument: "no"})
        self.refuses(ValueError, "application is not one of the tables: 'lunix'", ledger.count, 0, "lunix")
        self.refuses(TypeError, "application must be str, not list", ledger.count, 0, [])
        self.refuses(ValueError, "cmid is malformed: it has 32 hexadecimal digits", ledger.record, "no id", Kind.CLIENT, 0)
        ledger.record(id, Kind.CLIENT, "2024-03-01")
        self.assertEqual((ledger.count(date(2024, 3, 30)), ledger.count(date(2024, 3, 31))), (1, 0))
        self.assertEqual(pickle.loads(pickle.dumps(ledger)).dumps(), ledger.dumps())

    def test_tables_that_say_nothing(self) -> None:
        silent = kmsrules.Ruleset.from_tables({"a.xml": SMALL})
        why = "the tables say nothing of the cache of a host, of cmid-retention or of thresholds; include rules/policy.xml"
        saved = RULES.ledger().dumps()
        for ask in (lambda: silent.counts((), as_of="2024-03-16"), lambda: silent.forecast((), as_of="2024-03-16"), silent.ledger, lambda: silent.ledger(saved=saved)):
            self.refuses(QuestionError, why, ask)


# ---- Discovery, plans and questions


class Asked(Refusals):
    def test_discovery(self) -> None:
        for records, why in ((b"", "nslookup -type=srv _vlmcs._tcp.DOMAIN gives them"),
                             (b"\xe4" + RECORDS, "line 1: byte 0xE4 is not UTF-8; looks like windows-1252: say encoding windows-1252")):
            self.refuses(QuestionError, f"records hold no SRV record of a KMS host; {why}", RULES.discovery, records, FLEET)
        for fleet in ({}, "", {"Windows 10 Home": 5}, {"Windows 10 Pro": 0}):
            self.refuses(QuestionError, "fleet holds no machine that finds a KMS host by DNS", RULES.discovery, RECORDS, fleet)
        self.refuses(ValueError, "fleet must have at most 1000000000 machines", RULES.discovery, RECORDS, {"Windows 10 Pro": 10**9, "Windows 11 Pro": 1})
        form = "fleet is not of the form 210×Windows 11 Pro, 14×Windows Server 2022 Standard"
        self.refuses(ValueError, form, RULES.discovery, RECORDS, "Windows 11 Pro")
        for risk in (float("nan"), float("inf"), -0.1, 2, 10**400):
            self.refuses(ValueError, "risk must be a probability, from 0 to 1", RULES.discovery, RECORDS, FLEET, risk=risk)
        for risk in (None, "0.5", True):
            self.refuses(TypeError, f"risk must be float, not {type(risk).__name__}", RULES.discovery, RECORDS, FLEET, risk=risk)
        for argument, most in (("draws", 2**63 - 1), ("seed", 2**64 - 1)):
            named = {"draws": 1, argument: -1}
            self.refuses(ValueError, f"{argument} must be at least 0", RULES.discovery, RECORDS, FLEET, **named)
            self.refuses(OverflowError, f"{argument} must be at most {most}", RULES.discovery, RECORDS, FLEET, **{**named, argument: most + 1})
            self.refuses(TypeError, f"{argument} must be int, not float", RULES.discovery, RECORDS, FLEET, **{**named, argument: 1.5})
        self.refuses(ValueError, "draws times the machines of fleet must be at most 1000000000", RULES.discovery, RECORDS, FLEET, draws=10**9)
        self.refuses(ValueError, "seed says where draws start; it needs draws", RULES.discovery, RECORDS, FLEET, seed=1)
        self.refuses(ValueError, "encoding is not known: 'no-such'", RULES.discovery, RECORDS, FLEET, encoding="no-such")
        self.refuses(QuestionError, "the tables name no record that KMS hosts publish; include rules/policy.xml",
                     kmsrules.Ruleset.from_tables({"a.xml": SMALL}).discovery, RECORDS, {"seven-pro": 5})

    def test_plans(self) -> None:
        for fleet in (None, ["windows-10-pro"], 5):
            for ask in (RULES.plan, lambda fleet: RULES.discovery(RECORDS, fleet)):
                self.refuses(TypeError, f"fleet must be a mapping or str, not {type(fleet).__name__}", ask, fleet)
        for machines, error, why in ((-1, ValueError, "be at least 0"), (True, TypeError, "be int, not bool"), (float("nan"), TypeError, "be int, not float")):
            self.refuses(error, f"fleet: machines must {why}", RULES.plan, {"windows-10-pro": machines})
        self.refuses(OverflowError, f"fleet must have at most {2**63 - 1} machines", RULES.plan, {"windows-10-pro": 2**63 - 1, "windows-11-pro": 1})
        self.refuses(QuestionError, "fleet holds no machine", RULES.plan, {})
        for most, error, why in ((0, ValueError, "be at least 1"), (-1, ValueError, "be at least 1"), (2**32, OverflowError, f"be at most {2**32 - 1}"),
                                 ("1", TypeError, "be int, not str"), (True, TypeError, "be int, not bool")):
            self.refuses(error, f"max_hosts must {why}", RULES.plan, FLEET, max_hosts=most)
        self.refuses(TypeError, "own must be str, not int", RULES.plan, FLEET, own=5)

    def test_questions(self) -> None:
        keys = ["windows-server-2019", "windows-server-2016"]
        self.refuses(QuestionError, "key: a host holds one key per application", RULES.explain, HOST, "windows-10-pro", keys)
        self.refuses(QuestionError, "host_build: the host build is not one of this host", RULES.explain, HOST, "windows-10-pro", host_build="10.0.14393.1")
        for ask in (RULES.explain, RULES.can, RULES.runbook):
            self.refuses(QuestionError, "editions must name one at least", ask, HOST, ())
        self.refuses(QuestionError, "editions must name one at least", RULES.hosts, ())
        self.refuses(QuestionError, "keys must name one at least", RULES.highest, ())
        self.refuses(TypeError, "keys must be str, not int", RULES.highest, 5)
        self.refuses(TypeError, "editions must hold str, Edition or Release", RULES.can_each, HOST, [[]])
        self.refuses(TypeError, "editions must be many; for one there is can()", RULES.can_each, HOST, 5)
        self.refuses(TypeError, "zones must be str, not NoneType", RULES.runbook, HOST, "windows-10-pro", zones=None)
        self.refuses(ValueError, "kinds must not be empty", RULES.identify, "x", kinds=())
        for kind in (5, []):
            self.refuses(TypeError, f"kinds must hold Edition, Release, KeyGroup or Update, not {kind}", RULES.identify, "x", kinds=[kind])

    def test_moves(self) -> None:
        new, keys = "Windows Server 2022 Standard", ["windows-server-2019", "windows-server-2016"]
        self.refuses(TypeError, "before must be str, not NoneType", RULES.diff, None, new)
        self.refuses(TypeError, "after must be str, not NoneType", RULES.diff, HOST, None)
        for machines in (None, ["windows-10-pro"]):
            self.refuses(QuestionError, "before_key: a host holds one key per application", RULES.diff, HOST, new, machines, before_key=keys)
            self.refuses(QuestionError, "after_key: a host holds one key per application", RULES.diff, HOST, new, machines, after_key=keys)
            self.refuses(QuestionError, "before_host_build: the host build is not one of this host", RULES.diff, HOST, new, machines, before_host_build="10.0.14393.1")
            self.refuses(QuestionError, "host_build: the host build is not one of this host", RULES.diff, HOST, new, machines, host_build="10.0.14393.1")
        build = " is no build such as 10.0.17763.5329"
        self.refuses(ValueError, f"before_host_build is malformed: '10'{build}", RULES.diff, HOST, new, before_host_build="10")
        self.refuses(TypeError, "before_updates must be str, not int", RULES.diff, HOST, new, before_updates=5)

    def test_tables_and_limits(self) -> None:
        for value, error, why in ((0, ValueError, "be at least 1"), (-1, ValueError, "be at least 1"), (2**80, OverflowError, f"be at most {2**58 - 1}"),
                                  (True, TypeError, "be int, not bool"), (None, TypeError, "be int, not NoneType")):
            self.refuses(error, f"name_size must {why}", kmsrules.Ruleset, limits=kmsrules.Limits(name_size=value))  # type: ignore[arg-type]
        self.refuses(TypeError, "limits must be Limits, not dict", kmsrules.Ruleset, limits={})
        self.refuses(TypeError, "tables must be a mapping, not list", kmsrules.Ruleset.from_tables, [])
        self.refuses(TypeError, "tables must hold str or bytes, not NoneType", kmsrules.Ruleset.from_tables, {"a.xml": None})
        self.refuses(ValueError, "tables must not hold a lone surrogate", kmsrules.Ruleset.from_tables, {"a.xml": "\ud800"})

    def test_long_names_are_shown_in_part(self) -> None:
        with self.assertRaises(kmsrules.UnknownNameError) as caught:
            RULES.identify("x" * 10**6)
        self.assertLess(len(str(caught.exception)), 400)
        self.assertIn("(1000002 characters)", str(caught.exception))


# ---- What is read


def events_of(source: Any, **options: Any) -> Any:
    return list(RULES.read_events(source, **options))


def machines_of(source: Any, **options: Any) -> Any:
    return list(RULES.read_inventory(source, **options))


def records_of(source: Any, **options: Any) -> Any:
    return RULES.discovery(source, FLEET, **options)


def without_file(items: Any) -> Any:
    return [dataclasses.replace(item, file=None) for item in items] if isinstance(items, list) else items


class Sources(Refusals):
    """A str or path-like object is a path; bytes, a binary file and an iterable of bytes are the content."""

    def test_one_rule(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            records = pathlib.Path(folder) / "answer.txt"
            records.write_bytes(RECORDS)
            for read, path in ((events_of, EXPORT), (machines_of, INVENTORY), (records_of, records), (RULES.read_slmgr, OUTPUT)):
                whole = path.read_bytes()
                expected = without_file(read(whole))  # type: ignore[operator]
                with open(path, "rb") as file:
                    for source in (str(path), path, bytearray(whole), memoryview(whole), io.BytesIO(whole), file, [whole[:50], bytearray(whole[50:])],
                                   iter([whole])):
                        with self.subTest(read=read, source=type(source)):
                            self.assertEqual(without_file(read(source)), expected)  # type: ignore[operator]

    def test_refusals(self) -> None:
        for read, argument in ((events_of, "source"), (machines_of, "source"), (records_of, "records"), (RULES.read_slmgr, "output"),
                               (lambda machines: RULES.check(machines, host=HOST), "machines")):
            self.refuses(ValueError, f"{argument} is a path where it is str; give content as bytes: text.encode()", read, "Name\nWindows 10 Pro\n")
            self.refuses(ValueError, f"{argument} must not hold a NUL character", read, "a\0b")
            self.refuses(ValueError, f"{argument} must not hold a NUL character", read, pathlib.Path("a\0b"))
            self.refuses(ValueError, f"{argument} is a path that this system cannot write: '\\ud800'", read, "\ud800")
            self.refuses(TypeError, f"{argument} must give bytes, not str", read, io.StringIO("x"))
            self.refuses(FileNotFoundError, "[Errno 2] No such file or directory: 'no such file'", read, "no such file")
            self.refuses(IsADirectoryError, "[Errno 21] Is a directory: '/'", read, "/")
            if argument == "machines":
                continue
            for source in (None, 5, {b"x": 1}, object()):
                self.refuses(TypeError, f"{argument} must be a path, a binary file, bytes or an iterable of bytes, not {type(source).__name__}", read, source)
            self.refuses(TypeError, f"{argument} must give bytes, not int", read, [b"x", 5])

    def test_encodings(self) -> None:
        for read in (events_of, machines_of, records_of, RULES.read_slmgr):
            self.refuses(ValueError, "encoding is not known: 'no-such'", read, b"x", encoding="no-such")
            self.refuses(ValueError, "encoding is not known: (text that looks like a product key)", read, b"x", encoding=SECRET)
            self.refuses(TypeError, "encoding must be str, not int", read, b"x", encoding=5)
            self.refuses(ValueError, "encoding must not hold a NUL character", read, b"x", encoding="a\0")

    def test_endless_files(self) -> None:
        self.refuses(ValueError, "records must be 16 MiB at most", RULES.discovery, "/dev/zero", FLEET)
        with self.assertRaisesRegex(kmsrules.SlmgrError, "^/dev/zero: more than 8 MiB"):
            RULES.read_slmgr("/dev/zero")

    def test_errors_name_the_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bad.txt"
            path.write_bytes(b"hello\n")
            with self.assertRaises(kmsrules.SlmgrError) as caught:
                RULES.read_slmgr(path)
            self.assertEqual(caught.exception.file, str(path))
            self.assertTrue(str(caught.exception).startswith(f"{path}:1:1: "))
            self.assertEqual(str(pickle.loads(pickle.dumps(caught.exception))), str(caught.exception))

    def test_saved_ledgers(self) -> None:
        """A str is what dumps() gave."""
        ledger = RULES.ledger(OLD_HOST)
        ledger.record(UUID(int=1), Kind.SERVER, 0)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "ledger"
            ledger.save(path)
            for saved in (path, path.read_bytes(), io.BytesIO(path.read_bytes()), path.read_text()):
                self.assertEqual(RULES.ledger(saved=saved).dumps(), ledger.dumps())
            self.refuses(FileNotFoundError, f"[Errno 2] No such file or directory: '{folder}/other'", RULES.ledger, saved=path.with_name("other"))
        self.assertRaises(kmsrules.LedgerError, RULES.ledger, saved="ledger")

    def test_what_was_closed_is_not_the_whole(self) -> None:
        for source in (INVENTORY, INVENTORY.read_bytes()):
            for taken in (0, 1):
                inventory = RULES.read_inventory(source)
                for _ in range(taken):
                    next(inventory)
                inventory.close()
                inventory.close()
                for ask in (lambda: RULES.check(inventory, host=HOST), lambda: RULES.diff(HOST, HOST, inventory),
                            lambda: RULES.judge(inventory, host=HOST, key="windows-server-2019")):
                    self.refuses(ValueError, "machines was closed before its end", ask)
        with RULES.read_events(EXPORT) as events:
            next(events)
        self.refuses(ValueError, "events was closed before its end", RULES.counts, events, as_of="2024-03-16")
        with RULES.read_inventory(INVENTORY) as inventory:
            self.assertEqual(len(list(inventory)), 11)
        self.assertEqual(RULES.check(inventory, host=HOST).summary.rows, 0)  # read to its end, nothing is left


class Advice(unittest.TestCase):
    """What messages of the library advise is said in Python's own words."""

    def advice(self, read: Callable[[], Any], expected: str) -> None:
        with self.subTest(expected), self.assertRaises(kmsrules.KmsrulesError) as caught:
            read()
        self.assertTrue(str(caught.exception).endswith(expected), str(caught.exception))
        self.assertNotIn("--", str(caught.exception))

    def test_every_option(self) -> None:
        dated = b"0x0,25,pc001.contoso.example,00000000-0000-4000-8000-000000000001,1/2/2006 7:08,1,5,60\n"
        utf16 = "Name: x".encode("utf-16-le")
        for read in (RULES.read_slmgr, machines_of, events_of):
            self.advice(lambda: read(utf16), "looks like UTF-16LE without a byte order mark: say encoding utf-16le")  # type: ignore[operator]
            self.advice(lambda: read(b"\xff\xfe" + utf16, encoding="cp850"), "byte order mark, but encoding cp850 was given")  # type: ignore[operator]
        self.advice(lambda: machines_of(b"OperatingSystem\nWindows 10 \xe4\n"), "looks like windows-1252: say encoding windows-1252")
        self.advice(lambda: machines_of(b"OperatingSystem\nWindows 10 \x81\n"), "looks like the encoding of a console: say encoding cp850 or cp437")
        self.advice(lambda: machines_of(b"Machine,Owner\nPC1,x\n"), 'name it with columns={"os": COLUMN}, or say plain=True where every line is a name')
        self.advice(lambda: machines_of(b"OS,Name;Build\n"), "may both separate the columns: say separator")
        self.advice(lambda: events_of(dated), "say date_order=DateOrder.DAY_FIRST or DateOrder.MONTH_FIRST")

    def test_no_other_option_is_advised(self) -> None:
        """What the library's readers say holds no option that errors.py does not know."""
        from kmsrules.errors import in_python
        found: List[str] = []
        for path in sorted((LIBRARY / "fleet").glob("*.c")):
            for literal in re.findall(r'"((?:[^"\\\n]|\\.)*--[a-z](?:[^"\\\n]|\\.)*)"', path.read_text(encoding="utf-8")):
                if "iconv --list" in literal:
                    continue
                found.append(literal)
                self.assertNotIn("--", in_python(literal), path.name)
        self.assertGreater(len(found), 5)


# ---- What comes out


class Documents(unittest.TestCase):
    def test_one_shape(self) -> None:
        """Whole texts are attributes; text() is a method, as it takes `color`."""
        answers: List[Any] = [
            RULES.explain(HOST, "windows-10-pro"), RULES.runbook(HOST, "windows-10-pro"), RULES.plan(FLEET), RULES.diff(HOST, "Windows Server 2022 Standard"),
            RULES.discovery(RECORDS, FLEET), RULES.read_slmgr(OUTPUT), RULES.counts(as_of="2024-03-16", clients=30), RULES.duplicates((), as_of="2024-03-16"),
            RULES.forecast((), as_of="2024-03-16"), RULES.timeline("windows-10", 0, as_of="2024-03-16")]

        def kinds(of: type) -> Iterator[type]:
            for kind in of.__subclasses__():
                yield kind
                yield from kinds(kind)

        self.assertEqual({type(answer) for answer in answers}, {kind for kind in kinds(kmsrules.Document) if not kind.__name__.startswith("_")})
        others = {kmsrules.Runbook: {"markdown", "powershell"}, kmsrules.Forecast: {"svg"}}
        for answer in answers:
            with self.subTest(type(answer).__name__):
                for name in {"json"} | others.get(type(answer), set()):
                    self.assertIs(type(getattr(answer, name)), str)
                for name in {"markdown", "powershell", "svg"} - others.get(type(answer), set()):
                    self.assertFalse(hasattr(answer, name))
                self.assertEqual((answer.text(), str(answer)), (answer.text(color=False), answer.text()))
                self.assertEqual(re.sub("\x1b\\[[0-9;]*m", "", answer.text(color=True)), answer.text())

    def test_license_statuses(self) -> None:
        """The JSON of slmgr has the word, that of events the number."""
        self.assertEqual([status.number for status in LicenseStatus], list(range(7)))
        self.assertEqual((LicenseStatus.LICENSED.number, LicenseStatus.NOTIFICATION.number, LicenseStatus("notification")), (1, 5, LicenseStatus.NOTIFICATION))


class Rows(unittest.TestCase):
    def test_virtual_machines(self) -> None:
        rows = RULES.tables.virtual_machines
        self.assertEqual([(row.counted, row.hosts == ()) for row in rows], [(True, True), (False, False)])
        self.assertIn("windows-server-2008-standard", rows[1].hosts)
        self.assertNotIn("windows-server-2008-r2-standard", rows[1].hosts)
        self.assertEqual((rows[0].sources, rows[0].at.file), (("tn-und", "itp-cli", "sup-038"), "rules/policy.xml"))

    def test_expiries(self) -> None:
        rows = RULES.tables.expiries
        self.assertEqual([(row.kind.value, row.builds) for row in rows if "windows-vista-enterprise" in row.editions],
                         [("reduced-functionality", (6000,)), ("notification", (6001, 6002))])
        (for_all,) = [row for row in rows if not row.editions]
        self.assertIs(for_all.kind, kmsrules.ExpiryKind.NOTIFICATION)
        self.assertTrue(for_all.text.startswith("Notifications") and for_all.note)

    def test_activation_ids(self) -> None:
        rows = {row.id: row for row in RULES.tables.activation_ids}
        row = rows["ae2ee509-1b34-41c0-acb7-6d4650168915"]
        self.assertEqual((row.editions, row.sources, row.note, row.at.file), (("windows-7-enterprise",), ("sup-ng",), None, "data/editions.xml"))
        self.assertEqual(len(rows), len(RULES.tables.activation_ids))
        self.assertIn(f"{len(rows)} activation_ids", repr(RULES.tables))


# ---- Abuse


class Abuse(unittest.TestCase):
    def test_iterables_that_raise(self) -> None:
        def raising(*items: Any) -> Iterator[Any]:
            yield from items
            raise LookupError("mine")

        events = list(RULES.read_events(EXPORT))[:2]
        for ask in (lambda: RULES.counts(raising(*events), as_of="2024-03-16"), lambda: RULES.discovery(raising(RECORDS), FLEET),
                    lambda: RULES.read_slmgr(raising(b"Name: x\n")), lambda: events_of(raising(b"x\n")), lambda: machines_of(raising(b"Name\n")),
                    lambda: RULES.check(raising("Windows 10 Pro"), host=HOST), lambda: RULES.diff(HOST, HOST, raising("Windows 10 Pro"))):
            self.assertRaisesRegex(LookupError, "mine", ask)

    def test_readers_that_are_used_within_themselves(self) -> None:
        inventory: Optional[kmsrules.Inventory] = None

        def portions() -> Iterator[bytes]:
            yield b"OperatingSystem\nWindows 10 Pro\n"
            assert inventory is not None
            next(inventory)

        inventory = RULES.read_inventory(portions())
        with self.assertRaisesRegex(ValueError, "already executing"):
            list(inventory)

    def test_subclasses(self) -> None:
        class Mine(kmsrules.Ruleset):
            pass

        global Pickled
        Pickled = Mine
        Mine.__qualname__ = "Pickled"
        self.assertIs(type(pickle.loads(pickle.dumps(Mine("windows-2010")))), Mine)

        class Name(str):
            pass

        self.assertEqual(RULES.can(Name(HOST), Name("windows-10-pro")), RULES.can(HOST, "windows-10-pro"))

    def test_threads_that_share_a_ruleset(self) -> None:
        rules, failed = kmsrules.Ruleset(), []
        tables, events = rules.tables, EXPORT.read_bytes()
        expected = [rules.counts(rules.read_events(events), as_of="2024-03-16").json, rules.timeline("windows-10", 0, as_of="2024-03-16").json,
                    rules.discovery(RECORDS, FLEET).json, rules.read_slmgr(OUTPUT).json, rules.check(INVENTORY, host=HOST)]

        def work() -> None:
            try:
                for _ in range(5):
                    found = [rules.counts(rules.read_events(events), as_of="2024-03-16").json, rules.timeline("windows-10", 0, as_of="2024-03-16").json,
                             rules.discovery(RECORDS, FLEET).json, rules.read_slmgr(OUTPUT).json, rules.check(INVENTORY, host=HOST)]
                    assert found == expected and rules.tables == tables
                    for name in ("no such", b"x", None):
                        try:
                            rules.can(name, "windows-10-pro")  # type: ignore[arg-type]
                        except (kmsrules.UnknownNameError, TypeError):
                            pass
            except BaseException as error:
                failed.append(error)

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        self.assertEqual(failed, [])

    def test_no_file_stays_open(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            before = os.listdir("/proc/self/fd")
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "x"
                path.write_bytes(b"\xff\n")
                for ask in (lambda: RULES.discovery(path, FLEET), lambda: RULES.read_slmgr(path), lambda: RULES.ledger(saved=path), lambda: machines_of(path),
                            lambda: events_of(path), lambda: RULES.discovery("/dev/zero", FLEET), lambda: RULES.read_inventory(path, encoding="no-such")):
                    self.assertRaises((kmsrules.KmsrulesError, ValueError), ask)
                    gc.collect()
            self.assertEqual(os.listdir("/proc/self/fd"), before)


if __name__ == "__main__":
    unittest.main()
