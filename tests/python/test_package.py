"""The package as a thing: complete, typed, without leaks."""
from __future__ import annotations

import ast
import doctest
import io
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

import kmsrules
from kmsrules import _kmsrules as c
from support import SMALL

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(kmsrules.__file__).parent


INSTALLED = """
import kmsrules
print(kmsrules.Ruleset().can("Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard").value)
print(kmsrules.__file__)
print(*sorted({line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if "kmsrules" in line}), sep="\\n")
"""


INVENTORY = b"Name,OperatingSystem,Version\nPC1,Windows 10 Pro,19045\nPC2,Solaris,\nPC3,Windows 10 Enterprise LTSC,\nPC4,Windows 10 Pro,x\n"


def symbols(kind: str, file: str) -> set[str]:
    lines = subprocess.run(["nm", "-D", kind, file], check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if "kmsrules_" in line}


class Complete(unittest.TestCase):
    def test_every_exported_symbol_is_used(self) -> None:
        exported = symbols("--defined-only", os.environ["KMSRULES_LIBRARY"])
        self.assertGreater(len(exported), 60)
        self.assertEqual(exported - symbols("--undefined-only", c.__file__), set())

    def test_the_stub_tells_no_lies(self) -> None:
        for node in ast.parse((PACKAGE / "_kmsrules.pyi").read_text()).body:
            names = [node.name] if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else []
            names += [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
            for name in names:
                self.assertTrue(hasattr(c, name), name)
            for member in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                    self.assertTrue(hasattr(getattr(c, node.name), member.target.id), f"{node.name}.{member.target.id}")

    def test_all_is_there(self) -> None:
        for name in kmsrules.__all__:
            self.assertTrue(hasattr(kmsrules, name), name)
        self.assertTrue((PACKAGE / "py.typed").exists())
        self.assertEqual(kmsrules.__version__, c.KMSRULES_VERSION)


class Typed(unittest.TestCase):
    @unittest.skipUnless(os.environ.get("KMSRULES_MYPY"), "no mypy")
    def test_mypy_strict(self) -> None:
        cache = os.environ.get("KMSRULES_MYPY_CACHE", os.devnull)
        command = [os.environ["KMSRULES_MYPY"], "--strict", "--python-version", "3.8", "--cache-dir", cache]
        environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
        for checked in (["-p", "kmsrules"], [str(HERE / "example.py")]):
            done = subprocess.run(command + checked, capture_output=True, text=True, cwd=PACKAGE.parent, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_example_runs(self) -> None:
        subprocess.run([sys.executable, "-W", "error", str(HERE / "example.py")], check=True)


class Documented(unittest.TestCase):
    def test_the_readme_says_what_comes_out(self) -> None:
        readme = (PACKAGE / "__init__.py").resolve().parent.parent / "README.md"
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "fleet.csv").write_bytes((HERE.parent / "samples" / "ad_computer_os_pairs.csv").read_bytes())
            before = os.getcwd()
            os.chdir(folder)
            try:
                text = readme.read_text(encoding="utf-8").replace("```", "")
                example = doctest.DocTestParser().get_doctest(text, {}, "README.md", str(readme), 0)
                said = io.StringIO()
                self.assertEqual(doctest.DocTestRunner(verbose=False).run(example, out=said.write).failed, 0, said.getvalue())
                self.assertGreater(len(example.examples), 10)
            finally:
                os.chdir(before)


@unittest.skipUnless(os.environ.get("KMSRULES_BUILD"), "KMSRULES_BUILD names no build tree")
class Installed(unittest.TestCase):
    def test_the_moved_install_tree_uses_its_own_library(self) -> None:
        build = pathlib.Path(os.environ["KMSRULES_BUILD"])
        environment = {name: value for name, value in os.environ.items() if name != "DESTDIR"}
        with tempfile.TemporaryDirectory() as folder:
            first, tree = pathlib.Path(folder, "first"), pathlib.Path(folder, "moved tree")
            subprocess.run([os.environ["CMAKE"], "--install", str(build), "--prefix", str(first)], check=True, capture_output=True, env=environment)
            first.rename(tree)
            environment["PYTHONPATH"] = str(tree / os.environ["KMSRULES_PYTHON_DIR"])
            done = subprocess.run([sys.executable, "-B", "-c", INSTALLED], check=True, capture_output=True, text=True, env=environment)
            self.assertEqual(done.stdout.splitlines()[0], "conditional")
            for path in done.stdout.splitlines()[1:]:
                self.assertTrue(path.startswith(str(tree)), path)


class Leaks(unittest.TestCase):
    def test_memory_stays(self) -> None:
        rules = kmsrules.Ruleset()

        def work() -> None:
            for _ in range(40):
                kmsrules.Ruleset.from_tables({"a.xml": SMALL})
                rules.explain("Windows Server 2019", ["Windows 11 Pro", "windows-10"], clients=3, updates=["KB5036896"])
                rules.keys("Windows Server 2019 Standard")
                for host in ("no such host", b"bytes", None):
                    try:
                        rules.can(host, ["Windows 11 Pro"] * 30, updates="KB5036896")  # type: ignore[arg-type]
                    except (kmsrules.KmsrulesError, TypeError):
                        pass
                rules.check(INVENTORY, host="Windows Server 2019 Standard", clients=3)
                next(rules.judge([INVENTORY.decode()] * 3, host="Windows Server 2019 Standard", key="windows-server-2019"))
                next(rules.read_inventory([INVENTORY[:30], INVENTORY[30:]]))
                for evidence in ({"build": 17763}, {"sku": 9999}, {"build": "x"}):
                    try:
                        rules.identify(**evidence)
                    except (kmsrules.KmsrulesError, ValueError):
                        pass
                try:
                    list(rules.read_inventory(INVENTORY + b"\xff"))
                except kmsrules.InventoryError:
                    pass
                try:
                    kmsrules.Ruleset.from_tables({"a.xml": "<x/>" * 2})
                except kmsrules.TableError:
                    pass
            for _ in range(3):
                kmsrules.Ruleset().tables

        for _ in range(5):
            work()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(15):
            work()
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 2048, "KiB")

    def test_references_stay(self) -> None:
        rules, host, edition, ids = kmsrules.Ruleset(), "Windows Server 2019 Standard", "Windows 11 Pro", [1000001]
        rules.can(host, edition)
        evidence, portion = (edition, None, 22631, None, None), b"OperatingSystem\nWindows 11 Pro\n" * 3
        things = (rules, rules._handle, host, edition, ids, evidence, portion, None, kmsrules.Verdict.YES)
        before = [sys.getrefcount(thing) for thing in things]
        for _ in range(1000):
            rules.can(host, edition)
            c.kmsrules_identify(rules._handle, 15, host, c.kmsrules_identity())
            c.kmsrules_suggest(rules._handle, 15, edition, 3)
            c.kmsrules_can(rules._handle, 0, c.KMSRULES_NONE, ids, None)
            question = c.kmsrules_question_new(rules._handle)
            c.kmsrules_question_set_host(question, host)
            c.kmsrules_recognize(rules._handle, 3, evidence, c.kmsrules_identity())
            c.kmsrules_build_number("10.0 (17763)")
            c.kmsrules_product_type(rules._handle, "workstation")
            inventory, fleet = c.kmsrules_inventory_new(rules._handle, (None, None, None, False)), c.kmsrules_fleet_new(question)
            c.kmsrules_inventory_feed(inventory, portion)
            c.kmsrules_inventory_end(inventory)
            machine = c.kmsrules_inventory_next(inventory)
            for name in (edition, edition, None):
                c.kmsrules_fleet_add(fleet, name, 0, 1, machine.identity.kind, machine.identity.id)
            self.assertEqual((machine.evidence[0], c.kmsrules_fleet_sum_up(fleet).products[0].rows), (edition, 3))
        for thing, count in zip(things, before):
            self.assertAlmostEqual(sys.getrefcount(thing), count, delta=20, msg=repr(thing))


if __name__ == "__main__":
    unittest.main()
