#!/usr/bin/python3
"""Plans from the command line: statuses, documents, inventories, hostile input. KMSRULES_BIN=…/kmsrules test_plan.py"""
import json
import os
import signal
import subprocess
import unittest

import jsonschema

from support import BINARY, DATE, ENVIRONMENT, ROOT, Case, run

SCHEMA = json.loads((ROOT / "docs/schemas/plan-1.schema.json").read_text())
FLEET = "210×Windows 11 Pro, 14×Windows Server 2022 Standard"
KEY = "-".join(letter * 5 for letter in "ABCDE")  # shaped like a product key
JSON = ("--format", "json")


def plan(*arguments, **options):
    return run("--as-of", DATE, "plan", *arguments, **options)


def read_json(done):
    document = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    return document


class Documents(Case):
    def test_json_of_the_example(self):
        document = read_json(self.check(plan("--fleet", FLEET, *JSON), 0))
        self.assertEqual((document["machines"], document["covered"], document["hosts"], document["ties"], document["optimal"]), (224, 224, 1, 2, True))
        self.assertEqual(document["as_of"], DATE)
        self.assertEqual(document["uncovered"], [])
        (placement,) = document["plans"][0]["placements"]
        self.assertEqual(placement["key"], "windows-server-2022")
        self.assertIn(placement["host"], ("windows-server-2022-standard", "windows-server-2022-datacenter"))
        self.assertEqual((placement["updates"], placement["machines"]), ([], 224))
        self.assertEqual(placement["covers"], ["windows-11-pro", "windows-server-2022-standard"])
        self.assertEqual([(t["kind"], t["minimum"], t["certain"], t["met"]) for t in placement["thresholds"]],
                         [("client", 25, 224, True), ("server", 5, 224, True)])  # fmt: skip

    def test_json_of_all_sorts(self):
        """Uncovered products, updates, several hosts, Office, nothing at all: as the schema says."""
        for status, arguments in (
            (0, ["--fleet", "10×Windows Vista Business, 30×Windows 11 Pro, 4×Office LTSC 2021"]),
            (1, ["--fleet", "10×Windows Vista Business, 30×Windows 11 Pro", "--max-hosts", "1"]),
            (1, ["--fleet", "3×Windows 7 Ultimate"]),
            (1, ["--fleet", "3×Windows 11, 2×Windows 7", "--host", "Windows Server 2008 R2"]),
            (0, ["--fleet", "3×Windows Server 2022 Standard", "--host", "Windows Server 2019"]),
            (0, ["--fleet", "3×Windows Server 2022 Standard", "--host", "Windows Server 2019", "--update", "KB5003646", "--own", "windows-server-2022"]),
            (1, ["--fleet", "9223372036854775807×Windows 11 Pro", "--own", "windows-7"]),
        ):
            with self.subTest(arguments=arguments):
                read_json(self.check(plan(*arguments, *JSON), status))

    def test_updates_that_are_known(self):
        asked = ("--fleet", "3×Windows Server 2022 Standard", "--host", "Windows Server 2019", "--own", "windows-server-2022", *JSON)
        needed = read_json(plan(*asked))["plans"][0]["placements"][0]["updates"]
        self.assertEqual(needed, ["KB5003646"])
        self.assertEqual(read_json(plan(*asked, "--update", needed[0]))["plans"][0]["placements"][0]["updates"], [])

    def test_schema_refuses_others(self):
        document = read_json(plan("--fleet", FLEET, *JSON))
        for member in SCHEMA["required"]:
            broken = {name: value for name, value in document.items() if name != member}
            self.assertFalse(jsonschema.Draft7Validator(SCHEMA).is_valid(broken), member)

    def test_output_file(self):
        path = self.folder / "plan.json"
        self.check(plan("--fleet", FLEET, *JSON, "-o", str(path)), 0, "")
        self.assertEqual(json.loads(path.read_text())["covered"], 224)
        self.check(plan("--fleet", "3×Windows Nine", "-o", str(path)), 2, "", ("Windows Nine",))
        self.assertEqual(json.loads(path.read_text())["covered"], 224)  # the old file stays

    def test_quiet(self):
        self.check(plan("-q", "--fleet", FLEET), 0, "")
        self.check(plan("-q", "--fleet", "3×Windows 7 Ultimate"), 1, "")

    def test_output_not_delivered(self):
        with open("/dev/full", "w") as full:
            self.assertEqual(plan("--fleet", FLEET, stdout=full).returncode, 5)

    def test_closed_pipe(self):
        """`| head -1`: one line arrives, and the program ends quietly."""
        process = subprocess.Popen([BINARY, "plan", "--fleet", FLEET], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        self.assertIn(process.wait(timeout=60), (0, 5, -signal.SIGPIPE))
        self.assertNotIn(b"internal", errors)


class WrongUse(Case):
    def test_typos(self):
        self.wrong_use("plan", "--fleet", "3×Windows Elefen Pro", says=("unknown edition", "nearest"))
        self.wrong_use("plan", "--fleet", FLEET, "--own", "windows-servr-2022", says=("unknown key group", "nearest"))
        self.wrong_use("plan", "--fleet", FLEET, "--host", "Windows Servr 2022", says=("unknown edition", "nearest"))
        self.wrong_use("plan", "--fleet", FLEET, "--hosts", "1", says="--hosts")

    def test_malformed_fleets(self):
        for fleet in ("Windows 11 Pro", "210 Windows 11 Pro", "×Windows 11 Pro", "-1×Windows 11 Pro", "99999999999999999999×Windows 11 Pro", "3×", "1×Windows 7, 2×"):
            with self.subTest(fleet=fleet):
                self.wrong_use("plan", "--fleet", fleet, says="--fleet")

    def test_too_many_machines(self):
        self.wrong_use("plan", "--fleet", "9223372036854775807×Windows 7, 1×Windows 8", says="more machines than can be counted")

    def test_numbers_of_hosts(self):
        for number in ("0", "-1", "x", "1.5", "", "99999999999999999999"):
            with self.subTest(number=number):
                self.wrong_use("plan", "--fleet", FLEET, "--max-hosts", number, says="--max-hosts")

    def test_nothing_to_plan(self):
        self.wrong_use("plan", says="INVENTORY")
        self.wrong_use("plan", "--fleet", "", says="--fleet: the value is empty")
        self.wrong_use("plan", "--fleet", "0×Windows 7", says="no machines")

    def test_product_keys_are_refused_and_not_echoed(self):
        for fleet in (KEY, f"3×{KEY}", f"3x{KEY}", f"3 x Windows 7, 2*{KEY}", f"3×Windows {KEY}"):
            with self.subTest(fleet=fleet):
                done = self.wrong_use("plan", "--fleet", fleet, says="looks like a product key")
                self.assertNotIn(KEY.encode(), done.stderr)

    def test_hostile_names(self):
        done = self.wrong_use("plan", "--fleet", "3×Windows\x1b[31m\u202e", says="unknown edition")
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertNotIn("\u202e".encode(), done.stderr)

    def test_host_that_holds_no_key(self):
        done = self.check(plan("--fleet", "3×Windows 7 Professional", "--host", "Windows 7 Home Premium", *JSON), 1, None, ("left out",))
        document = read_json(done)
        self.assertEqual((document["plans"], document["uncovered"][0]["edition"]), ([], "windows-7-professional"))


class Inventories(Case):
    def test_machines_by_name(self):
        """A machine listed twice, whatever the letters of its name, is one; the last row says what it is."""
        path = self.file("fleet.csv", "Name,OperatingSystem\nPC1,Windows 7 Professional\npc1,Windows 11 Pro\nPC2,Windows 11 Pro\n")
        document = read_json(self.check(plan(path, *JSON), 0, None, ("fleet.csv",)))
        self.assertEqual((document["machines"], document["plans"][0]["placements"][0]["covers"]), (2, ["windows-11-pro"]))

    def test_beside_a_fleet(self):
        path = self.file("fleet.csv", "Name,OperatingSystem\nPC1,Windows 11 Pro\n")
        self.assertEqual(read_json(plan(path, "--fleet", FLEET, *JSON))["machines"], 225)

    def test_standard_input(self):
        rows = b"Name,OperatingSystem\nPC1,Windows 11 Pro\n"
        done = subprocess.run([BINARY, "plan", "-", *JSON], env=ENVIRONMENT, input=rows, capture_output=True, check=False)
        self.assertEqual((done.returncode, read_json(done)["covered"]), (0, 1))

    def test_what_is_not_recognised_is_uncovered(self):
        path = self.file("fleet.csv", "Name,OperatingSystem\nPC1,Windows 11 Pro\nPC2,BeOS 5\n")
        document = read_json(self.check(plan(path, *JSON), 1, None, ("1 rows name no product",)))
        self.assertEqual((document["machines"], document["covered"], document["unrecognised"]), (2, 1, 1))

    def test_unreadable_row(self):
        """It is said with its place, the others count, and the status is 3."""
        path = self.file("fleet.csv", 'Name,OperatingSystem\nPC1,Windows 11 Pro\nPC2,"Windows" 11 Pro\nPC3,Windows 11 Pro\n')
        document = read_json(self.check(plan(path, *JSON), 3, None, ("fleet.csv:3:",)))
        self.assertEqual(document["covered"], 2)

    def test_missing_file(self):
        done = self.check(plan(str(self.folder / "none.csv")), 5, "", ("none.csv",))
        self.assertNotIn(b"no machines", done.stderr)

    def test_file_without_permission(self):
        path = self.file("fleet.csv", "Name,OperatingSystem\nPC1,Windows 11 Pro\n")
        os.chmod(path, 0)
        if os.access(path, os.R_OK):
            self.skipTest("root reads everything")
        self.check(plan(path), 5, "", ("fleet.csv",))

    def test_empty_file(self):
        self.check(plan(self.file("fleet.csv", "")), 0, "", ("no machines",))

    def test_million_rows(self):
        """In a time and a memory that do not grow with the rows."""
        systems = ("Windows 11 Pro", "Windows 10 Enterprise", "Windows Server 2022 Standard", "Windows Server 2019 Datacenter")
        rows = "".join(f"PC{number},{systems[number % 4]}\n" for number in range(1_000_000))
        path = self.file("fleet.csv", "Name,OperatingSystem\n" + rows)
        document = read_json(self.check(plan(path, *JSON), 0, None, ("fleet.csv",)))
        self.assertEqual((document["machines"], document["covered"], document["hosts"]), (1_000_000, 1_000_000, 1))
        self.assertEqual(document["plans"][0]["placements"][0]["key"], "windows-server-2022")


if __name__ == "__main__":
    unittest.main()
