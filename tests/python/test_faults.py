"""The rows F291 to F299 of the catalogue of faults (category python), each under its id."""
from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
import time
import unittest
import warnings

import kmsrules
from support import OPEN, SMALL

HOST, EDITION = "Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard"
RULES = kmsrules.Ruleset()

OUT_OF_MEMORY = r"""
import os, sys, tempfile
import _testcapi, kmsrules
rules = kmsrules.Ruleset()
answer, name = rules.explain(sys.argv[1], sys.argv[2]), sys.argv[1]
files = {file.path: file.data for file in rules.tables.files}
inventory = b"Name,OperatingSystem,Version\nPC1,Windows 10 Pro,19045\nPC2,Solaris,\nPC3,Windows 10 Enterprise LTSC,\nPC4,Windows 10 Pro,x\nPC1,XP,\n"
machines = list(rules.read_inventory(inventory))
report = rules.check(inventory, host=name)
file = tempfile.NamedTemporaryFile()
file.write(inventory)
file.flush()
opened = len(os.listdir("/proc/self/fd"))

def ambiguous():
    try:
        rules.identify(build=17763)
    except kmsrules.AmbiguousNameError as error:
        return str(error)

operations = {
    "evidence": lambda: rules.identify("Windows 10 Enterprise LTSC", build="10.0.17763", product_type="workstation"), "ambiguous": ambiguous,
    "read": lambda: list(rules.read_inventory([inventory[:50], bytearray(inventory[50:])], columns={"os": "OperatingSystem"})),
    "file": lambda: rules.check(file.name, host=name),
    "fault": lambda: list(rules.read_inventory(b"OperatingSystem\n\xff")), "check": lambda: rules.check(inventory, host=name),
    "judge": lambda: list(rules.judge(["XP", ("PC1", "Windows 10 Pro"), {"sku": "48", "build": 19045}], host=name, key="windows-server-2019")),
    "can": lambda: rules.can(name, sys.argv[2]), "updates": lambda: rules.can(name, sys.argv[2], updates="KB4467695"),
    "set": lambda: rules.can(name, [sys.argv[2]] * 40), "explain": lambda: rules.explain(name, sys.argv[2]),
    "identify": lambda: rules.identify(name), "keys": lambda: rules.keys(name),
    "load": lambda: kmsrules.Ruleset.from_tables(files, "rules/windows.xml"), "record": lambda: kmsrules.tables.release(rules._handle, 3),
    "refuse": lambda: kmsrules.Ruleset.from_tables({"a.xml": "<x/>"}), "unknown": lambda: rules.explain("Windos", "Windows 7 Pro")}
remove, failed = _testcapi.remove_mem_hooks, 0
for label, operation in operations.items():
    for window in (1, 3):  # allocations that fail in a row; without an end CPython itself hangs
        for first in range(700):
            try:
                try:
                    _testcapi.set_nomemory(first, first + window)
                    operation()
                finally:
                    remove()
            except MemoryError:
                failed += 1
            except (kmsrules.TableError, kmsrules.UnknownNameError, kmsrules.InventoryError):
                assert label in ("refuse", "unknown", "fault")
            except SystemError as error:  # CPython 3.11 forgets the exception where it has no room for the frame of a Python function
                text = str(error)
                is_of_python = text in ("", "error return without exception set") or text.startswith("<function ") and text.endswith("without setting an exception")
                assert label != "record" and is_of_python, (label, first, error)
assert failed > 500, failed
assert rules.explain(name, sys.argv[2]) == answer
assert len(os.listdir("/proc/self/fd")) == opened
assert list(rules.read_inventory(inventory)) == machines and rules.check(inventory, host=name) == report
"""


class Faults(unittest.TestCase):
    def test_F291_bad_table(self) -> None:
        table = OPEN + '<application id="w" name="W"/>\n<key-group id="k" name="K" kind="client" application="x" source="s"/>\n<bogus/></ruleset>'
        with self.assertRaises(kmsrules.TableError) as refused:
            kmsrules.Ruleset.from_tables({"rules/bad.xml": table})
        error = refused.exception
        self.assertIs(type(error), kmsrules.TableError)
        self.assertGreaterEqual(len(error.errors), 3)
        first = error.errors[0]
        self.assertEqual((error.file, error.line, error.column, error.code, error.name, error.text),
                         (first.file, first.line, first.column, first.code, first.name, first.text))
        self.assertEqual((error.file, error.line), ("rules/bad.xml", 3))  # the text also says what to do: there is no .help besides it
        self.assertEqual([(each.file, each.is_error) for each in error.errors], [("rules/bad.xml", True)] * len(error.errors))
        self.assertRegex(str(error), r"^rules/bad.xml:3:\d+: KR9\d\d [a-z-]+: .+\n")

    def test_F291_errors_of_all_layers(self) -> None:
        with self.assertRaises(kmsrules.UnreadableError) as refused:
            kmsrules.Ruleset.from_tables({"a.xml": SMALL.replace('source="s"', 'source="t"')}, "a.xml", "no-such-file.xml")
        self.assertEqual({error.file for error in refused.exception.errors}, {"a.xml", "no-such-file.xml"})

    # F292 use after close, double close, with-statement: does not apply. Nothing is closed; objects live as long as something refers to them.

    def test_F295_wrong_values_name_the_argument(self) -> None:
        for value, error in (("\ud800", ValueError), ("a\0b", ValueError), (b"Windows 7", TypeError), (None, TypeError), (7, TypeError),
                             (pathlib.Path("Windows 7"), TypeError), ([[]], TypeError)):
            for argument in ("host", "editions", "key", "updates", "host_build", "as_of"):
                if value is None and argument in ("key", "host_build", "as_of"):
                    continue  # not given
                for ask in (RULES.explain,) if argument == "as_of" else (RULES.explain, RULES.can):
                    with self.subTest(ask=ask.__name__, argument=argument, value=value), self.assertRaisesRegex(error, f"^{argument} "):
                        ask(**{"host": HOST, "editions": EDITION, argument: value})
        for value, error in (("\ud800", ValueError), ("a\0b", ValueError), (b"windows", TypeError), (None, TypeError), (7, TypeError)):
            with self.subTest(value=value):
                self.assertRaisesRegex(error, "^files ", kmsrules.Ruleset, value)
                self.assertRaisesRegex(error, "^tables ", kmsrules.Ruleset.from_tables, {value: SMALL}, "windows")
                self.assertRaisesRegex(error, "^text ", RULES.identify, value)

    def test_F295_numbers(self) -> None:
        for argument in ("clients", "servers", "office"):
            for value, error in ((2**63, OverflowError), (-1, ValueError), (1.5, TypeError), ("1", TypeError)):
                with self.subTest(argument=argument, value=value), self.assertRaisesRegex(error, "^" + argument + " "):
                    RULES.can(HOST, EDITION, **{argument: value})
            RULES.can(HOST, EDITION, **{argument: 2**63 - 1})
        with self.assertRaisesRegex(TypeError, "^updates_complete "):
            RULES.explain(HOST, EDITION, updates_complete=1)  # type: ignore[arg-type]

    def test_F295_malformed(self) -> None:
        for argument, value in (("host_build", "10"), ("host_build", ""), ("as_of", "21.11.2026"), ("as_of", "2026-02-30")):
            with self.subTest(value), self.assertRaisesRegex(ValueError, f"^{argument} is malformed"):
                RULES.explain(HOST, EDITION, **{argument: value})

    def test_F295_none_at_the_border_of_C(self) -> None:
        from kmsrules import _kmsrules as c
        rules = RULES._handle
        for call, *arguments in ((c.kmsrules_builder_add, None, "windows"), (c.kmsrules_ruleset_edition_count, None), (c.kmsrules_ask, None),
                                 (c.kmsrules_identify, rules, 1, None, c.kmsrules_identity()), (c.kmsrules_identify, rules, 1, "a", None),
                                 (c.kmsrules_can, rules, 0, 0, None, None), (c.kmsrules_builder_provide, c.kmsrules_builder_new(), "a", None)):
            self.assertRaises(TypeError, call, *arguments)
        inventory, fleet = c.kmsrules_inventory_new(rules, None), RULES._fleet(HOST, None, kmsrules.ruleset._NO_FACTS)._handle
        for call, *arguments in ((c.kmsrules_inventory_new, None, None), (c.kmsrules_inventory_feed, inventory, None), (c.kmsrules_inventory_next, None),
                                 (c.kmsrules_inventory_what, None), (c.kmsrules_inventory_why, None), (c.kmsrules_recognize, rules, 1, None, None),
                                 (c.kmsrules_fleet_new, None), (c.kmsrules_fleet_judge, None, 1, 0), (c.kmsrules_fleet_sum_up, None),
                                 (c.kmsrules_fleet_add, fleet, "a", None, 1, 0, 0), (c.kmsrules_build_number, None)):
            self.assertRaises(TypeError, call, *arguments)
        self.assertRaises(OverflowError, c.kmsrules_can, RULES._handle, 2**32, 0, [0], None)
        self.assertRaises(OverflowError, c.kmsrules_can, RULES._handle, 0, 0, [2**32], None)
        self.assertEqual(c.kmsrules_can(RULES._handle, 2**31, 0, [0], None), c.KMSRULES_NO_VERDICT)

    def test_F296_keyboard_interrupt(self) -> None:
        loaded = 0
        sent = time.monotonic() + 0.3
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        try:
            with self.assertRaises(KeyboardInterrupt):
                while True:
                    kmsrules.Ruleset()
                    loaded += 1
            self.assertLess(time.monotonic() - sent, 0.1)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertGreater(loaded, 0)
        self.assertEqual(RULES.explain(HOST, EDITION), kmsrules.Ruleset().explain(HOST, EDITION))

    # F297 exception inside a Python callback: does not apply, the library calls nobody back. What comes nearest is an iterable that raises:
    def test_F297_iterable_that_raises(self) -> None:
        def names() -> object:
            yield EDITION
            raise LookupError("mine")
        for ask in (RULES.can, RULES.explain, RULES.can_each):
            self.assertRaisesRegex(LookupError, "mine", ask, HOST, names())

    def test_F298_out_of_memory(self) -> None:
        try:
            import _testcapi  # noqa: F401
        except ImportError:
            self.skipTest("this Python comes without _testcapi")
        done = subprocess.run([sys.executable, "-W", "error", "-c", OUT_OF_MEMORY, HOST, EDITION], capture_output=True, text=True)
        # Where there is no memory to run a destructor, CPython says so and goes on: a file is then closed by its own, with a warning.
        said = {line.split(":")[0] for line in done.stderr.splitlines() if line and not line.startswith(" ")}
        said -= {"Exception ignored in", "Exception ignored on building sys.unraisablehook arguments", "Traceback (most recent call last)", "MemoryError", "ResourceWarning"}
        self.assertEqual((done.returncode, said), (0, set()), done.stderr[-2000:])

    def test_F299_no_open_files(self) -> None:
        """Tables are read and closed within one call."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            before = sorted(path.name for path in pathlib.Path("/proc/self/fd").iterdir())
            for name in ("no such file", "/", __file__):
                self.assertRaises(kmsrules.TableError, kmsrules.Ruleset, name)
            self.assertEqual(sorted(path.name for path in pathlib.Path("/proc/self/fd").iterdir()), before)

    def test_F299_abandoned_generators(self) -> None:
        """Python reports what goes wrong in a destructor by sys.unraisablehook."""
        inventory, unraisable = pathlib.Path(__file__).parent.parent / "samples" / "ad_computer_os_pairs.csv", []
        hook, sys.unraisablehook = sys.unraisablehook, unraisable.append
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                before = sorted(path.name for path in pathlib.Path("/proc/self/fd").iterdir())
                for read in (lambda: RULES.read_inventory(inventory), lambda: RULES.judge(inventory, host=HOST),
                             lambda: RULES.judge(inventory, host=HOST, key="windows-server-2019"),
                             lambda: RULES.judge(RULES.read_inventory(inventory), host=HOST)):
                    for taken in (0, 1, 5, 11):
                        machines = read()
                        for _ in range(taken):
                            next(machines)
                        del machines
                        self.assertEqual(sorted(path.name for path in pathlib.Path("/proc/self/fd").iterdir()), before)
        finally:
            sys.unraisablehook = hook
        self.assertEqual(unraisable, [])


if __name__ == "__main__":
    unittest.main()
