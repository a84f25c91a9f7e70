"""Inventories and fleets: what comes in, what comes out, and what is left behind."""
from __future__ import annotations

import copy
import gc
import io
import os
import pathlib
import pickle
import tempfile
import threading
import tracemalloc
import unittest
import warnings
from typing import Any, Iterator, List

import kmsrules
from kmsrules import CheckCode, Kind, Machine, MachineStatus, Verdict
from kmsrules import _kmsrules as c
from support import SMALL

RULES = kmsrules.Ruleset()
SAMPLES = pathlib.Path(__file__).parent.parent / "samples"
AD = SAMPLES / "ad_computer_os_pairs.csv"
HOST, KEY, UPDATE = "Windows Server 2012 R2 Standard", "windows-server-2012-r2-for-windows-10", "KB3172614"
SYSTEMS = ("Windows 10 Pro", "Windows 11 Pro", "Windows Server 2019 Standard", "Windows XP Professional")
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key


def rows(count: int, size: int = 100) -> Iterator[bytes]:
    yield b"Name,OperatingSystem\n"
    for start in range(0, count, size):
        yield "".join([f"PC{number:06d},{SYSTEMS[number % 4]}\n" for number in range(start, start + size)]).encode()


def open_files() -> List[str]:
    return sorted(os.readlink(path) for path in pathlib.Path("/proc/self/fd").iterdir() if path.is_symlink())


def read(source: Any, **options: Any) -> List[Machine]:
    return list(RULES.read_inventory(source, **options))


class Reading(unittest.TestCase):
    def test_ad_sample(self) -> None:
        inventory = RULES.read_inventory(AD)
        self.assertIsNone(inventory.format)
        machines = list(inventory)
        self.assertEqual([machine.line for machine in machines], list(range(2, 13)))
        first = machines[0]
        self.assertEqual((first.name, first.text, first.column, first.status, first.candidates, first.problem, first.explanation, first.file),
                         ("PC001", "Windows 7 Professional", 1, MachineStatus.RECOGNISED, (), None, "by its full name", str(AD)))
        self.assertEqual(first.record, RULES.identify("Windows 7 Professional").record)
        self.assertEqual(first.evidence, kmsrules.Evidence("Windows 7 Professional", build=7601))
        self.assertEqual(machines[5].record.id, "windows-10-enterprise-ltsc-2019")
        self.assertEqual(inventory.format, kmsrules.InventoryFormat("CSV", "UTF-8", ",", "name from Name, os from OperatingSystem, "
                                                                    "build from OperatingSystemVersion"))

    def test_ansible_samples(self) -> None:
        for file, name, product, build, kind in (("ansible_setup_windows_10pro.json", "PC01", "windows-10-pro", 17763, Kind.CLIENT),
                                                 ("ansible_setup_windows_2022_fields.json", "SRV22", "windows-server-2022-standard", 20348, None)):
            with self.subTest(file):
                inventory = RULES.read_inventory(SAMPLES / file)
                machine, = inventory
                self.assertEqual((machine.name, machine.record.id, machine.evidence.build, machine.evidence.product_type), (name, product, build, kind))
                self.assertEqual(inventory.format, kmsrules.InventoryFormat("JSON", "UTF-8", None, None))

    def test_all_sources_give_the_same(self) -> None:
        data, expected = AD.read_bytes(), [copy.copy(machine) for machine in read(AD)]
        with open(AD, "rb") as file, open(AD, "rb", buffering=0) as raw:
            sources = (str(AD), data, bytearray(data), memoryview(data), io.BytesIO(data), file, raw, [data], (data[:7], b"", data[7:]),
                       (bytes([byte]) for byte in data), [bytearray(data[:100]), memoryview(data)[100:]])
            for source in sources:
                found = [(machine.line, machine.name, machine.record, machine.evidence) for machine in read(source)]
                self.assertEqual(found, [(machine.line, machine.name, machine.record, machine.evidence) for machine in expected])
            self.assertFalse(file.closed or raw.closed)  # they are the caller's
        self.assertEqual(read(io.BytesIO(data))[0].file, None)

    def test_what_is_fed_may_change_afterwards(self) -> None:
        def source() -> Iterator[bytearray]:
            portion = bytearray(b"Name,OperatingSystem\nPC1,Windows 7 Pro")
            yield portion
            portion[:] = b"fessional\nPC2,Windows 11 Pro\n"
            yield portion
            portion.clear()
        self.assertEqual([(machine.name, machine.record.id) for machine in read(source())],
                         [("PC1", "windows-7-professional"), ("PC2", "windows-11-pro")])

    def test_statuses(self) -> None:
        data = ("Name;OperatingSystem;Version\n\"PC;1\";Windows 10 Enterprise LTSC;\nPC2;Solaris;\nPC3;Windows 10 Pro;1,9E+04\n"
                f"PC4;{SECRET};\n{SECRET};Windows 10 Pro;\nPC6;Windows 10 Pro;19045\nPC7;Windows 10 Pro;{SECRET}\n").encode()
        machines = read(data, columns={"name": "Name", "os": "operatingsystem", "build": "Version"}, separator=";")
        self.assertEqual([machine.status.value for machine in machines], ["ambiguous", "unknown", "unreadable", "unreadable", "unreadable", "recognised",
                                                                             "unreadable"])
        ambiguous, unknown, unreadable = machines[:3]
        self.assertEqual((ambiguous.name, ambiguous.record, [each.id for each in ambiguous.candidates]),
                         ("PC;1", None, ["windows-10-enterprise-ltsc-2019", "windows-10-enterprise-ltsc-2021"]))
        self.assertIn("give the build", ambiguous.explanation)
        self.assertEqual((unknown.record, unknown.candidates, unknown.problem, unknown.explanation), (None, (), None, "no product the tables know"))
        self.assertEqual((unreadable.name, unreadable.line, unreadable.explanation), ("PC3", 4, unreadable.problem))
        self.assertIn("spreadsheet", str(unreadable.problem))
        machines += read(f"Name,EditionID,Build\nPC1,{SECRET},20348\n".encode(), columns={"name": "Name", "edition_id": "EditionID", "build": "Build"})
        self.assertIn("EditionID", str(machines[-1].problem))
        self.assertNotIn(SECRET, repr(machines))

    def test_options(self) -> None:
        text = "Maschine\tSystem\nPC-Ä\tWindows 7 Professional\n"
        columns = {"name": "Maschine", "os": "System"}
        for encoding, separator in (("utf-16le", None), ("windows-1252", "\t")):
            inventory = RULES.read_inventory(text.encode(encoding), encoding=encoding, columns=columns, separator=separator)
            machine, = inventory
            self.assertEqual((machine.name, machine.line, inventory.format.separator), ("PC-Ä", 2, "\t"))
        plain = RULES.read_inventory(b"Windows 7 Professional\nWindows 11 Pro\n", plain=True)
        self.assertEqual([machine.record.id for machine in plain], ["windows-7-professional", "windows-11-pro"])
        self.assertEqual(plain.format.format, "plain lines")
        by_id = read(b"a,b\nServerStandard,20348\n", columns={"edition_id": "a", "build": "b"})
        self.assertEqual((by_id[0].text, by_id[0].record.id), ("ServerStandard", "windows-server-2022-standard"))

    def test_wrong_arguments_name_themselves(self) -> None:
        for name, value, error in (("encoding", 8, TypeError), ("encoding", "no-such-code", ValueError), ("encoding", "a\0b", ValueError),
                                   ("separator", "|", ValueError), ("separator", b",", TypeError), ("plain", 1, TypeError), ("columns", "os=a", TypeError),
                                   ("columns", {"os": "a,b"}, ValueError), ("columns", {"os": ""}, ValueError), ("columns", {"system": "a"}, ValueError),
                                   ("columns", {"name": "a"}, ValueError), ("columns", {}, ValueError), ("columns", {"os": 1}, TypeError)):
            with self.subTest(name, value=value), self.assertRaisesRegex(error, f"^{name}"):
                RULES.read_inventory(AD, **{name: value})
        with self.assertRaisesRegex(ValueError, "^plain"):
            RULES.read_inventory(AD, plain=True, separator=",")
        for source in (7, None, 1.5, object()):
            self.assertRaisesRegex(TypeError, "^source must be", RULES.read_inventory, source)
        for source in (["text"], io.StringIO("text"), [7], [[b"a"]]):
            self.assertRaisesRegex(TypeError, "^source must give bytes", read, source)
        self.assertRaisesRegex(ValueError, "^source", RULES.read_inventory, "a\0b")
        self.assertRaises(FileNotFoundError, RULES.read_inventory, "no such file")
        self.assertRaises(IsADirectoryError, RULES.read_inventory, SAMPLES)

    def test_fault_comes_after_the_machines_before_it(self) -> None:
        for line_end in (b"\n", b"\r\n"):
            data = line_end.join([b"Name,OperatingSystem", b"PC1,Windows 7 Professional", b"PC2,Windows 11 Pro", b"PC3,Windows\xff 7"])
            machines = RULES.read_inventory([data[:60], data[60:]])
            self.assertEqual([next(machines).name, next(machines).name], ["PC1", "PC2"])
            with self.assertRaises(kmsrules.InventoryError) as refused:
                next(machines)
            error = refused.exception
            self.assertEqual((error.file, error.line, error.column), (None, 4, 12))
            self.assertRegex(str(error), "^inventory:4:12: byte 0xFF is not UTF-8")
            self.assertEqual(list(machines), [])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "names.csv")
            path.write_bytes(b"Serial,Owner\n1,2\n")
            with self.assertRaises(kmsrules.InventoryError) as refused:
                read(path)
            self.assertEqual(refused.exception.file, str(path))
            self.assertTrue(str(refused.exception).startswith(f"{path}:1:1: no column"), str(refused.exception))
        copied = pickle.loads(pickle.dumps(refused.exception))
        self.assertEqual((str(copied), vars(copied)), (str(refused.exception), vars(refused.exception)))

    def test_a_source_that_raises(self) -> None:
        def source() -> Iterator[bytes]:
            yield b"".join(rows(1000))
            raise LookupError("mine")
        machines = RULES.read_inventory(source())
        self.assertEqual(next(machines).name, "PC000000")
        with self.assertRaisesRegex(LookupError, "mine"):
            for _ in machines:
                pass

    def test_empty(self) -> None:
        for source in (b"", [], io.BytesIO(b""), b"\n\n"):
            try:
                self.assertEqual(read(source), [])
            except kmsrules.InventoryError:
                pass  # what an empty file is, the library says

    def test_read_as_far_as_asked(self) -> None:
        taken = []

        def source() -> Iterator[bytes]:
            for portion in rows(10000):
                taken.append(len(portion))
                yield portion
        machines = RULES.read_inventory(source())
        next(machines)
        self.assertLess(len(taken), 25)  # the head of the text, 4 KiB

    def test_memory_is_constant(self) -> None:
        read(rows(5000))
        tracemalloc.start()
        try:
            count = sum(1 for _ in RULES.read_inventory(rows(200000)))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertEqual(count, 200000)
        self.assertLess(peak, 100000)

    def test_many_different_systems(self) -> None:
        names = [f"no such system {number}" for number in range(6000)]
        machines = read(("OperatingSystem\n" + "\n".join(names)).encode())
        self.assertEqual([machine.text for machine in machines], names)


class Closing(unittest.TestCase):
    def setUp(self) -> None:
        self.before = open_files()
        warning = warnings.catch_warnings()
        warning.__enter__()
        self.addCleanup(warning.__exit__, None, None, None)
        warnings.simplefilter("error")

    def check_closed(self) -> None:
        self.assertEqual(open_files(), self.before)

    def test_the_file_is_closed(self) -> None:
        inventory = RULES.read_inventory(AD)
        self.assertNotEqual(open_files(), self.before)
        self.assertEqual(len(list(inventory)), 11)
        self.check_closed()  # at the end
        for started in (0, 1):
            inventory = RULES.read_inventory(AD)
            if started:
                next(inventory)
            del inventory  # without the garbage collector
            self.check_closed()
            inventory = RULES.read_inventory(AD)
            if started:
                next(inventory)
            inventory.close()
            self.check_closed()
            self.assertEqual(list(inventory), [])
            inventory.close()
            with RULES.read_inventory(AD) as inventory:
                if started:
                    next(inventory)
            self.check_closed()

    def test_fault_and_refusal(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"Name,OperatingSystem\nPC1,\xff\n")
            file.flush()
            self.before = open_files()
            inventory = RULES.read_inventory(file.name)
            self.assertRaises(kmsrules.InventoryError, list, inventory)
            self.check_closed()
            self.assertRaises(ValueError, RULES.read_inventory, file.name, encoding="no-such-code")
            self.assertRaises(kmsrules.InventoryError, RULES.check, file.name, host=HOST)
            self.check_closed()

    def test_judge(self) -> None:
        for key in (None, KEY):
            for started in (0, 1):
                judged = RULES.judge(AD, host=HOST, key=key)
                if started:
                    next(judged)
                del judged
                self.check_closed()
            RULES.check(AD, host=HOST, key=key)
            self.check_closed()
            with self.assertRaises(kmsrules.UnknownNameError):
                RULES.judge(AD, host="nonsense", key=key)
            self.check_closed()


class Checking(unittest.TestCase):
    def test_the_example(self) -> None:
        report = RULES.check(AD, host=HOST, key=KEY, updates=UPDATE)
        self.assertEqual(report.summary, kmsrules.Summary(yes=6, conditional=0, undocumented=2, no=3, unrecognised=0, unreadable=0))
        self.assertEqual((report.summary.rows, report.summary.answered, report.settling, report.needs, report.key_assumed), (11, 11, (), (), False))
        self.assertEqual([(found.line, found.name, found.product, found.verdict, found.code) for found in report.findings],
                         [(7, "PC006", "windows-10-enterprise-ltsc-2019", Verdict.UNDOCUMENTED, CheckCode.KEY_COVERS_EDITION),
                          (9, "PC008", "windows-11-pro", Verdict.UNDOCUMENTED, CheckCode.KEY_COVERS_EDITION),
                          (10, "SRV009", "windows-server-2019-standard", Verdict.NO, CheckCode.KEY_COVERS_EDITION),
                          (11, "SRV010", "windows-server-2022-standard", Verdict.NO, CheckCode.KEY_COVERS_EDITION),
                          (12, "PC011", "windows-xp-professional", Verdict.NO, CheckCode.EDITION_USES_KMS)])
        self.assertEqual(report.findings[1].text, "Windows 11 Pro")
        self.assertIn("Windows 11 Pro", report.findings[1].reason)
        self.assertEqual([(product.record.id, product.rows, product.machines) for product in report.products if product.rows > 1],
                         [("windows-10-pro", 2, 2)])
        self.assertEqual([(key.key, key.rows) for key in report.keys if key.is_taken], [(KEY, kmsrules.Rows(6, 0, 2, 3))])
        self.assertEqual(report.thresholds, (kmsrules.FleetThreshold("windows", Kind.CLIENT, 25, 6, 8),
                                             kmsrules.FleetThreshold("windows", Kind.SERVER, 5, 6, 8)))
        self.assertEqual([threshold.met for threshold in report.thresholds], [False, True])
        self.assertEqual(repr(report), "<kmsrules.Report windows-server-2012-r2-standard, 11 rows: 6 yes, 2 undocumented, 3 no>")
        self.assertEqual((report.host, report.ruleset.fingerprint, report.names_incomplete, report.duplicates),
                         ("windows-server-2012-r2-standard", RULES.fingerprint, False, 0))

    def test_without_the_update(self) -> None:
        report = RULES.check(AD, host=HOST, key=KEY)
        # PC004, PC005 and PC007 run Windows 10; PC006 is an LTSC, of which the sources do not say that the key covers it
        self.assertEqual([found.name for found in report.findings if found.verdict is Verdict.CONDITIONAL], ["PC004", "PC005", "PC007"])
        self.assertEqual(report.summary, kmsrules.Summary(3, 3, 2, 3, 0, 0))
        self.assertEqual(report.settling, (UPDATE,))
        self.assertEqual(report.needs, (kmsrules.Need(kmsrules.Requirement((UPDATE,), True), False, 3),))
        self.assertEqual(RULES.check(AD, host=HOST, key=KEY, updates=report.settling).summary.conditional, 0)
        self.assertEqual(RULES.check(AD, host=HOST, key=KEY, updates_complete=True).summary.no, 6)

    def test_without_a_key(self) -> None:
        report = RULES.check(AD, host=HOST)
        taken, = [key for key in report.keys if key.is_taken]
        # of the eleven only Windows Server 2022 and XP are beyond it: no other group of this host leaves so few
        self.assertEqual((taken.key, taken.application, taken.rows.no, report.key_assumed), ("windows-server-2019", "windows", 2, True))
        self.assertEqual(report.keys[0], taken)
        self.assertEqual({product.judgement.key for product in report.products}, {"windows-server-2019"})
        given = RULES.check(AD, host=HOST, key="windows-server-2019")
        self.assertEqual((report.summary, report.findings, report.products), (given.summary, given.findings, given.products))

    def test_every_kind_of_source(self) -> None:
        for key in (None, KEY):
            expected = RULES.check(AD, host=HOST, key=key)
            for machines in (str(AD), RULES.read_inventory(AD), read(AD), iter(read(AD)), RULES.judge(AD, host=HOST)):
                if not isinstance(machines, (str, list, kmsrules.Inventory)):
                    machines = (judged.machine if isinstance(judged, kmsrules.JudgedMachine) else judged for judged in machines)
                self.assertEqual(RULES.check(machines, host=HOST, key=key), expected)
            with open(AD, "rb") as file:
                self.assertEqual(RULES.check(file, host=HOST, key=key), expected)
            data = AD.read_bytes()
            for source in (data, io.BytesIO(data), RULES.read_inventory(data), RULES.read_inventory([data])):
                self.assertEqual(RULES.check(source, host=HOST, key=key).summary, expected.summary)
            started = RULES.read_inventory(AD)
            next(started)
            self.assertEqual(RULES.check(started, host=HOST, key=key).summary.rows, 10)

    def test_a_pipe_is_read_once(self) -> None:
        expected = RULES.check(AD, host=HOST)
        inner, outer = os.pipe()
        with open(inner, "rb"), open(outer, "wb") as writer:
            writer.write(AD.read_bytes())
            writer.close()
            self.assertEqual(RULES.check(f"/dev/fd/{inner}", host=HOST).summary, expected.summary)

    def test_machines_from_no_file(self) -> None:
        machines = ["Windows 10 Pro", ("PC1", "Windows 11 Pro"), ["PC2", "Windows 7 Professional"], (None, "windows-10"),
                    {"name": "PC3", "os": "Windows 10 Enterprise LTSC", "build": "10.0 (17763)", "sku": ""}, {"sku": "48", "build": 19045},
                    {"edition_id": "ServerStandard", "build": "20348"}, {"os": "Windows 10 Pro", "product_type": "workstation"},
                    RULES.identify("Windows 8.1 Pro").record, ("PC4", RULES.identify("windows-7").record)]
        report = RULES.check(machines, host="Windows Server 2022 Standard", key="windows-server-2022")
        self.assertEqual([(product.record.id, product.rows) for product in report.products],
                         [("windows-7-professional", 1), ("windows-8.1-pro", 1), ("windows-10-pro", 3), ("windows-10-enterprise-ltsc-2019", 1),
                          ("windows-11-pro", 1), ("windows-server-2022-standard", 1), ("windows-7", 1), ("windows-10", 1)])
        judged = list(RULES.judge(machines, host="Windows Server 2022 Standard", key="windows-server-2022"))
        self.assertEqual([each.line for each in judged], list(range(1, 11)))
        self.assertEqual([each.name for each in judged], [None, "PC1", "PC2", None, "PC3", None, None, None, None, "PC4"])
        self.assertEqual([each.text for each in judged][4:8], ["Windows 10 Enterprise LTSC", "48", "ServerStandard", "Windows 10 Pro"])
        self.assertEqual(judged[4].machine.evidence, kmsrules.Evidence("Windows 10 Enterprise LTSC", build=17763))

    def test_what_is_not_recognised_is_counted(self) -> None:
        machines = ["Windows 10 Pro", "nonsense", "Windows 10 Enterprise LTSC", "", {}, {"build": 17763}, {"os": "Windows 10 Pro", "build": "x"},
                    {"sku": -1}, {"sku": 2**32}, {"os": "a\0b"}, SECRET, (SECRET, "Windows 10 Pro"), {"product_type": "none"}, {"edition_id": SECRET}]
        report = RULES.check(machines, host="Windows Server 2022 Standard", key="windows-server-2022")
        self.assertEqual(report.summary, kmsrules.Summary(1, 0, 0, 0, unrecognised=5, unreadable=8))
        self.assertEqual(report.summary.rows, len(machines))
        self.assertEqual([found.line for found in report.findings], list(range(2, 15)))
        self.assertTrue(all(found.verdict is None and found.code is None and found.product is None and found.reason for found in report.findings))
        self.assertRegex(report.findings[5].reason, "^build is malformed")
        self.assertNotIn(SECRET, repr(report.findings))

    def test_wrong_types_name_the_argument(self) -> None:
        for machines in (7, None, object(), {"os": "Windows 10 Pro"}, [7], [None], [b"Windows 10 Pro"], [("a", "b", "c")], [("PC1", 7)], [{"os": 7}],
                         [{"build": 1.5}], [{"build": True}], [{"product_type": 1.5}], [(7, "Windows 10 Pro")], [RULES.tables.key_groups[0]]):
            for key in (None, KEY):
                with self.subTest(repr(machines)), self.assertRaisesRegex(TypeError, "^machines"):
                    RULES.check(machines, host=HOST, key=key)
        self.assertRaisesRegex(ValueError, "^machines", RULES.check, [{"system": "Windows 10 Pro"}], host=HOST)
        for name, value, error in (("host", None, TypeError), ("host", "Windos", kmsrules.UnknownNameError), ("key", 7, TypeError),
                                   ("key", ["windows-10", KEY], kmsrules.QuestionError), ("updates", 7, TypeError), ("host_build", "x", ValueError),
                                   ("host", b"Windows 10", TypeError), ("clients", -1, ValueError), ("updates_complete", 1, TypeError)):
            for ask in (RULES.check, RULES.judge):
                with self.subTest(name, value=value), self.assertRaises(error):
                    ask(AD, **{"host": HOST, "key": KEY, name: value})
        self.assertRaises(TypeError, RULES.check, AD)

    def test_duplicates(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder, name) for name in ("a.csv", "b.csv")]
            paths[0].write_text("Name,OperatingSystem\nPC1,Windows 7 Professional\nPC2,Windows 7 Professional\npc1,Windows 11 Pro\n")
            paths[1].write_text("Name,OperatingSystem\nPC2,nonsense\nPC3,Windows 7 Professional\n")
            machines = [machine for path in paths for machine in RULES.read_inventory(path)]
        for key in (None, "windows-server-2022"):
            judged = list(RULES.judge(machines, host="Windows Server 2022 Standard", key=key))
            self.assertEqual([each.twin for each in judged], [None, None, (str(paths[0]), 2), (str(paths[0]), 3), None])
            report = RULES.check(machines, host="Windows Server 2022 Standard", key=key)
            self.assertEqual([(product.rows, product.machines) for product in report.products], [(3, 1), (1, 1)])
            self.assertEqual((report.duplicates, report.summary.rows), (2, 5))
            self.assertEqual(report.findings[0].twin, kmsrules.Twin(str(paths[0]), 3))

    def test_machines_of_another_ruleset(self) -> None:
        old = kmsrules.Ruleset("windows-2010")
        machines = [machine for machine in read(AD)]
        expected = old.check([("x", machine.record) for machine in machines], host="Windows Server 2008 R2 Enterprise")
        self.assertEqual(old.check(machines, host="Windows Server 2008 R2 Enterprise").summary, expected.summary)
        small = kmsrules.Ruleset.from_tables({"a.xml": SMALL})
        with self.assertRaises(kmsrules.UnknownNameError):
            small.check(machines, host="Seven Pro")

    def test_nothing_at_all(self) -> None:
        for key in (None, KEY):
            report = RULES.check([], host=HOST, key=key)
            self.assertEqual((report.summary.rows, report.products, report.findings, report.needs, report.settling), (0, (), (), (), ()))
        self.assertEqual(repr(report), "<kmsrules.Report windows-server-2012-r2-standard, 0 rows: none>")

    def test_no_truth(self) -> None:
        report = RULES.check(AD, host=HOST)
        for thing in (report, report.findings[0], report.findings[0].judgement, report.products[0], report.keys[0], report.thresholds[0],
                      report.needs[0], MachineStatus.UNKNOWN):
            with self.subTest(type(thing).__name__), self.assertRaisesRegex(TypeError, "compare"):
                bool(thing)

    def test_hosts_given_as_releases(self) -> None:
        report = RULES.check(AD, host="Windows Server 2012 R2")
        self.assertEqual((report.host, report.summary.rows), ("windows-server-2012-r2", 11))

    def test_the_numbers_are_those_of_single_questions(self) -> None:
        machines = read(AD)
        for host in ("Windows Server 2022 Standard", "Windows 10 Pro", "Windows Server 2008 R2 Enterprise", "Windows 7 Home Basic"):
            for facts in ({}, {"updates_complete": True}, {"servers": 1, "clients": 0}):
                for each in RULES.check(RULES.tables.editions, host=host, **facts).products:
                    self.assertIs(each.judgement.verdict, RULES.can(host, each.record, each.judgement.key, **facts), (host, each.record.id, facts))
        self.assertEqual(len(machines), 11)


class Judging(unittest.TestCase):
    def test_every_machine_once(self) -> None:
        for key in (None, KEY):
            report = RULES.check(AD, host=HOST, key=key)
            judged = list(RULES.judge(AD, host=HOST, key=key))
            self.assertEqual([each.machine for each in judged], read(AD))
            self.assertEqual(tuple(each for each in judged if each.verdict is not Verdict.YES), report.findings)
        yes = judged[0]
        self.assertEqual((yes.verdict, yes.code, yes.judgement.key), (Verdict.YES, None, KEY))
        self.assertTrue(yes.reason.startswith("Yes: "))

    def test_memory_is_constant(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.writelines(rows(200000))
            file.flush()
            for key in ("windows-server-2022", None):
                for _ in RULES.judge(rows_of(1000), host="Windows Server 2022 Standard", key=key):
                    pass
                tracemalloc.start()
                try:
                    count = sum(1 for each in RULES.judge(file.name, host="Windows Server 2022 Standard", key=key) if each.verdict is Verdict.YES)
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertEqual(count, 150000)
                self.assertLess(peak, 1000000)  # a portion of the file, twice

    def test_fault_comes_after_the_machines_before_it(self) -> None:
        data = b"Name,OperatingSystem\nPC1,Windows 7 Professional\nPC2,\xff\n"
        for source in (data, [data]):
            for key in (None, "windows-server-2022"):
                judged = RULES.judge(RULES.read_inventory(source), host="Windows Server 2022 Standard", key=key)
                self.assertEqual(next(judged).name, "PC1")
                self.assertRaises(kmsrules.InventoryError, next, judged)
                self.assertRaises(kmsrules.InventoryError, RULES.check, RULES.read_inventory(source), host="Windows Server 2022 Standard", key=key)


def rows_of(count: int) -> Iterator[Machine]:
    return RULES.read_inventory(rows(count))


class Copies(unittest.TestCase):
    def test_reports(self) -> None:
        report = RULES.check(AD, host=HOST)
        for copied in (pickle.loads(pickle.dumps(report)), copy.deepcopy(report), kmsrules.Ruleset().check(AD, host=HOST)):
            self.assertEqual(copied, report)
            self.assertEqual((hash(copied), repr(copied)), (hash(report), repr(report)))
        self.assertNotEqual(report, RULES.check(AD, host=HOST, key=KEY))
        self.assertIs(pickle.loads(pickle.dumps(report)).findings[0].verdict, report.findings[0].verdict)
        with self.assertRaises(AttributeError):
            report.host = "x"  # type: ignore[misc]

    def test_machines_and_errors(self) -> None:
        for machine in read(AD):
            self.assertEqual(pickle.loads(pickle.dumps(machine)), machine)
        for ask in (lambda: RULES.identify("Windows 10 Enterprise LTSC"), lambda: RULES.identify(build=17763), lambda: RULES.identify(sku=9999)):
            with self.assertRaises(kmsrules.KmsrulesError) as refused:
                ask()
            copied = pickle.loads(pickle.dumps(refused.exception))
            self.assertEqual((type(copied), str(copied), vars(copied)), (type(refused.exception), str(refused.exception), vars(refused.exception)))

    def test_they_outlive_the_ruleset(self) -> None:
        rules = kmsrules.Ruleset()
        inventory = rules.read_inventory(rows(100))
        judged = rules.judge(AD, host=HOST)
        first = next(inventory)
        del rules
        gc.collect()
        self.assertEqual(len(list(inventory)), 99)
        self.assertEqual(len(list(judged)), 11)
        self.assertEqual(first.record.id, "windows-10-pro")


class Threads(unittest.TestCase):
    def test_one_ruleset(self) -> None:
        rules, expected, wrong = kmsrules.Ruleset(), RULES.check(AD, host=HOST), []

        def ask() -> None:
            for _ in range(20):
                if rules.check(AD, host=HOST) != expected or len(list(rules.read_inventory(rows(1000)))) != 1000:
                    wrong.append(1)

        run([ask] * 4)
        self.assertEqual(wrong, [])

    def test_one_inventory_in_two_threads_is_refused_or_shared_but_never_garbled(self) -> None:
        inventory, names, errors = RULES.read_inventory(rows(20000)), [], []

        def take() -> None:
            while True:
                try:
                    names.append(next(inventory).name)
                except ValueError as error:  # generator already executing
                    errors.append(str(error))
                except StopIteration:
                    return

        run([take] * 2)
        self.assertEqual(sorted(names), [f"PC{number:06d}" for number in range(20000)])
        self.assertLessEqual(set(errors), {"generator already executing"})


def run(works: List[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Border(unittest.TestCase):
    """Tuples in the place of small structures."""

    def test_wrong_values(self) -> None:
        rules, none = RULES._handle, (None,) * 5
        for evidence, error in ((None, TypeError), ([], TypeError), ((), TypeError), ((*none, None), TypeError), ((7, *none[1:]), TypeError),
                                ((b"a", *none[1:]), TypeError), (("a\0", *none[1:]), ValueError), ((None, None, -1, None, None), OverflowError),
                                ((None, None, 2**32, None, None), OverflowError), ((None, None, None, "1", None), TypeError),
                                ((None, None, None, None, 1.5), TypeError), ((None, "\ud800", None, None, None), UnicodeEncodeError),
                                (none, c.StatusError), ((None, None, None, None, 99), c.StatusError)):
            self.assertRaises(error, c.kmsrules_recognize, rules, 3, evidence, c.kmsrules_identity())
        for options, error in (([], TypeError), ((), TypeError), ((7, None, None, False), TypeError), ((None, None, 7, False), TypeError),
                               ((None, "nonsense", None, False), ValueError), ((None, None, "x", False), ValueError), (("", None, None, False), None)):
            if error is not None:
                self.assertRaises(error, c.kmsrules_inventory_new, rules, options)
        inventory = c.kmsrules_inventory_new(rules, None)
        self.assertIsNone(c.kmsrules_inventory_why(inventory))
        self.assertIsNone(c.kmsrules_inventory_next(inventory))
        self.assertRaises(TypeError, c.kmsrules_inventory_feed, inventory, None)
        self.assertRaises(TypeError, c.kmsrules_inventory_feed, inventory, "text")
        c.kmsrules_inventory_end(inventory)
        self.assertRaises(ValueError, c.kmsrules_inventory_feed, inventory, b"more")
        self.assertRaises(TypeError, c.kmsrules_inventory_next, None)

    def test_fleet(self) -> None:
        question = c.kmsrules_question_new(RULES._handle)
        self.assertRaises(c.StatusError, c.kmsrules_fleet_new, question)
        c.kmsrules_question_set_host(question, HOST)
        fleet = c.kmsrules_fleet_new(question)
        del question
        gc.collect()
        self.assertIsNone(c.kmsrules_fleet_add(fleet, None, 0, 1, c.KMSRULES_EDITION, 3))
        self.assertIsNone(c.kmsrules_fleet_add(fleet, "a", 7, 2**32 - 1, 0, 0))
        self.assertEqual(c.kmsrules_fleet_add(fleet, "A", 8, 2, c.KMSRULES_RELEASE, 0), (7, 2**32 - 1))
        for wrong in ((fleet, "b", 0, 1, c.KMSRULES_EDITION, 2**32 - 1), (fleet, "b", 0, 1, c.KMSRULES_KEY_GROUP, 0)):
            self.assertRaises(ValueError, c.kmsrules_fleet_add, *wrong)
        self.assertRaises(OverflowError, c.kmsrules_fleet_add, fleet, "b", 0, 2**64, 0, 0)
        self.assertRaises(TypeError, c.kmsrules_fleet_add, fleet, b"b", 0, 1, 0, 0)
        summary = c.kmsrules_fleet_sum_up(fleet)
        self.assertEqual((summary.rows[4], len(summary.products), sum(summary.rows)), (1, 2, 3))

    def test_build_numbers(self) -> None:
        self.assertEqual(c.kmsrules_build_number("10.0.17763.5329"), (17763, 5329))
        self.assertEqual(c.kmsrules_build_number("10.0 (17763)"), (17763, None))
        self.assertRaises(ValueError, c.kmsrules_build_number, "10")
        self.assertEqual(c.kmsrules_product_type(RULES._handle, "ServerNT"), c.KMSRULES_SERVER)


if __name__ == "__main__":
    unittest.main()
