#!/usr/bin/python3
"""Inventories against a host: answers, formats, statuses, hostile input. KMSRULES_BIN=…/kmsrules test_check.py"""
import csv
import io
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema

from support import BINARY, DATE, ENVIRONMENT, ROOT, Case, run

SAMPLES = ROOT / "tests/samples"
AD = str(SAMPLES / "ad_computer_os_pairs.csv")
HOST = ("--host", "windows-server-2012-r2-standard")
KEY = ("--key", "windows-server-2012-r2-for-windows-10")
UPDATE = ("--update", "KB3172614")
HELD = (*HOST, *KEY)
PATCHED = (*HELD, *UPDATE)
FORMATS = ("text", "json", "ndjson", "csv", "markdown", "junit", "sarif")
VERDICTS = ("yes", "conditional", "undocumented", "no")
SCHEMA = json.loads((ROOT / "docs/schemas/check-1.schema.json").read_text())
FINDING = {**SCHEMA, "$id": "urn:kmsrules:test:finding", "required": [], "properties": {}, "$ref": "#/definitions/finding"}
SARIF = json.loads((ROOT / "tests/cli/sarif-used.schema.json").read_text())


def check(*arguments, **options):
    return run("--as-of", DATE, "check", *arguments, **options)


def validate(document, schema):
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(document)
    return document


def read_json(raw):
    return validate(json.loads(raw), SCHEMA)


def read_ndjson(raw):
    return [validate(json.loads(line), FINDING) for line in raw.decode().splitlines()]


def read_csv(raw):
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


def read_sarif(raw):
    document = validate(json.loads(raw), SARIF)
    for one in document["runs"]:
        rules = {rule["id"] for rule in one["tool"]["driver"]["rules"]}
        for result in one["results"]:
            assert result["ruleId"] in rules, result
    return document["runs"][0]


def read_markdown(raw):
    """Tables as lists of rows; a row has as many cells as its header."""
    tables, inside = [], False
    for line in raw.decode().splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]]
        if not inside:
            tables.append([])
        inside = True
        tables[-1].append(cells)
        assert len(cells) == len(tables[-1][0]), line
    return [[table[0], *table[2:]] for table in tables]


class Answers(Case):
    def test_with_the_update(self):
        document = read_json(self.check(check(AD, *PATCHED, "--format", "json"), 1, stderr=("CSV, UTF-8, separated by commas",)).stdout)
        self.assertEqual(document["summary"], {"yes": 6, "conditional": 0, "undocumented": 2, "no": 3, "unrecognised": 0})
        self.assertEqual(document["read"]["rows"], 11)
        self.assertEqual([(finding["name"], finding["line"], finding["verdict"], finding["code"]) for finding in document["findings"]],
                         [("PC006", 7, "undocumented", "KR104"), ("PC008", 9, "undocumented", "KR104"), ("SRV009", 10, "no", "KR104"),
                          ("SRV010", 11, "no", "KR104"), ("PC011", 12, "no", "KR103")])
        self.assertEqual(document["needs"]["settling"], [])

    def test_without_the_update(self):
        document = read_json(check(AD, *HELD, "--format", "json").stdout)
        self.assertEqual(document["summary"], {"yes": 3, "conditional": 3, "undocumented": 2, "no": 3, "unrecognised": 0})
        self.assertEqual(document["needs"]["settling"], ["KB3172614"])
        self.assertEqual(document["needs"]["updates"], [{"any_of": ["KB3172614"], "or_later": True, "rows": 3}])
        self.assertFalse(document["key_assumed"])
        self.assertTrue(read_json(check(AD, *HOST, "--format", "json").stdout)["key_assumed"])

    def test_samples(self):
        seven, eight, ten = "windows-7-professional", "windows-8.1-pro", "windows-10-pro"
        old, new, xp = "windows-server-2019-standard", "windows-server-2022-standard", "windows-xp-professional"
        for name, expected in (
            ("ansible_setup_windows_10pro.json", [(1, "PC01", ten, "yes")]),
            ("ansible_setup_windows_2022_fields.json", [(1, "SRV22", new, "no")]),
            ("vamt.csv", [(3, "pc001.contoso.example", "windows-7-enterprise", "yes"), (4, "srv002.contoso.example", old, "no")]),
            ("tabs.tsv", [(2, "PC001", ten, "yes"), (3, "SRV002", new, "no")]),
            ("excel_sep.csv", [(3, "PC001", eight, "yes"), (4, "PC002", "windows-11-pro", "undocumented")]),  # F150, F151
            ("utf16le.csv", [(2, "PCé", seven, "yes"), (3, "SRV1", old, "no")]),
            ("machines.ndjson", [(1, "PC001", ten, "yes"), (2, "SRV002", new, "no"), (3, None, None, "unreadable")]),
            ("multi_line.csv", [(2, "PC001", seven, "yes"), (5, "PC002", xp, "no")]),  # F155
            ("ansible_fact_cache.json", [(1, "PC02", "windows-10-enterprise-ltsc-2019", "undocumented")]),
            ("get_computer_info.csv", [(3, "SRV03", new, "no"), (4, "PC03", "windows-11-pro", "undocumented")]),
            ("sccm_caption.csv", [(2, "PC001", seven, "yes"), (3, "PC002", "windows-10-enterprise-ltsb-2016", "no"), (4, "SRV003", old, "no")]),
            ("plain.txt", [(1, None, seven, "yes"), (2, None, old, "no"), (4, None, "windows-10-enterprise", "yes")]),
        ):
            with self.subTest(name):
                rows = read_ndjson(check(str(SAMPLES / name), *PATCHED, "--format", "ndjson").stdout)
                self.assertEqual([(row["line"], row["name"], row["edition"], row["verdict"]) for row in rows], expected)

    def test_a_version_without_a_build_is_not_recognised(self):
        rows = read_ndjson(check(str(SAMPLES / "sccm_operating_system_name_and0_values.csv"), *PATCHED, "--format", "ndjson").stdout)
        self.assertEqual([row["line"] for row in rows if row["verdict"] == "unrecognised"], [6, 7, 10, 16])
        self.assertEqual([row["edition"] for row in rows if row["verdict"] == "no"], ["windows-server-2003"])
        self.assertEqual(len(rows), 15)

    def test_F135_windows_1252_is_never_guessed(self):
        path = str(SAMPLES / "windows-1252.csv")
        self.check(check(path, *PATCHED), 3, "", ("windows-1252.csv:2:3: byte 0xE9 is not UTF-8", "--encoding windows-1252"))
        rows = read_csv(check(path, *PATCHED, "--encoding", "windows-1252", "--format", "csv").stdout)
        self.assertEqual([(row["name"], row["text"], row["verdict"]) for row in rows], [("PCé", "Windows® 7 Professional", "yes")])

    def test_F137_a_mark_contradicts_the_option(self):
        path = self.file("a.csv", b"\xef\xbb\xbfName,OS\na,Windows 7 Professional\n")
        self.check(check(path, *HELD, "--encoding", "utf-16le"), 3, "", ("UTF-8 byte order mark, but --encoding utf-16le was given",))

    def test_F136_F163_what_is_not_known_is_never_no(self):
        path = self.file("a.csv", "Name,OS\na,Windows Server? 2008\nb,\nc,N/A\nd,-\ne,Unknown\n")
        done = check(path, *HELD, "--format", "json", "--fail-on", "unrecognised")
        document = read_json(done.stdout)
        self.assertEqual((done.returncode, document["summary"]["no"]), (4, 0))
        self.assertEqual(document["summary"]["unrecognised"] + document["read"]["unreadable"], 5)
        self.assertIn("a ? may stand where (R) was lost", document["findings"][0]["reason"])

    def test_F160_duplicates(self):
        path = self.file("a.csv", "Name,OS\nPC1,Windows 7 Professional\nPC2,Windows 8.1 Pro\npc1,Windows XP Professional\n")
        document = read_json(check(path, *HELD, "--format", "json").stdout)
        self.assertEqual((document["read"]["rows"], document["read"]["duplicates"]), (3, 1))
        self.assertEqual(document["findings"][-1]["duplicate_of"], {"file": path, "line": 2})
        products = {product["edition"]: (product["rows"], product["machines"]) for product in document["products"]}
        self.assertEqual(products["windows-7-professional"], (1, 0))
        self.assertEqual(products["windows-xp-professional"], (1, 1))
        self.assertEqual(read_csv(check(path, *HELD, "--format", "csv").stdout)[2]["duplicate_of"], f"{path}:2")

    def test_F160_duplicates_across_files_in_every_format(self):
        first, second = self.file("a.csv", "Name,OS\nPC1,Windows 7 Professional\n"), self.file("b\x1b]0;x\x07.csv", "Name,OS\nPC2,Windows 7 Professional\npc1,Windows 8.1 Pro\n")
        raw = {form: check(second, first, *HELD, "--format", form).stdout for form in FORMATS}
        for form in FORMATS:
            self.assertNotIn(b"\x1b", raw[form], form)
        earlier = {"file": second, "line": 3}
        self.assertEqual([finding["duplicate_of"] for finding in read_json(raw["json"])["findings"]], [earlier])
        self.assertEqual([row["duplicate_of"] for row in read_ndjson(raw["ndjson"])], [None, None, earlier])
        self.assertTrue(read_csv(raw["csv"])[2]["duplicate_of"].endswith("b\\x1b]0;x\\x07.csv:3"))
        result, = read_sarif(raw["sarif"])["results"]
        self.assertEqual((result["ruleId"], result["level"]), ("duplicate", "note"))
        self.assertIn("b%1B%5D0%3Bx%07.csv", result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        self.assertEqual([case.findtext("system-out", "")[-6:] for case in ElementTree.fromstring(raw["junit"]).iter("testcase")], ["", "", ".csv:3"])
        self.assertEqual(len(read_markdown(raw["markdown"])[-1]), 2)
        self.assertRegex(raw["text"].decode(), r"a\.csv:2 PC1, also in .*b\\x1b\]0;x\\x07\.csv at line 3\n")

    def test_windows_and_office_on_one_machine_are_no_duplicates(self):
        document = read_json(check(str(SAMPLES / "vamt_products.csv"), "--host", "windows-server-2022-standard", "--format", "json").stdout)
        self.assertEqual((document["summary"]["yes"], document["read"]["duplicates"]), (4, 0))
        self.assertEqual([(count["application"], count["certain"]) for count in document["counts"]], [("windows", 2), ("office-2016", 2)])
        path = self.file("a.csv", "Name,OS\nPC1,Windows 10 Pro\nPC1,Office LTSC 2021\nPC1,Foo\npc1,Windows 7 Professional\nPC1,Office LTSC 2021\n")
        rows = read_ndjson(check(path, *HOST, "--format", "ndjson").stdout)
        self.assertEqual([row["duplicate_of"] and row["duplicate_of"]["line"] for row in rows], [None, None, 2, 4, 3])


class Formats(Case):
    def test_all_agree(self):
        """Each format is read by a reader of its kind; all say the same."""
        bad = self.file("b.csv", "Name,OS\nonly\nX,Foo OS\n")
        for key in (HELD, PATCHED):
            raw = {form: check(AD, bad, *key, "--format", form).stdout for form in FORMATS}
            document = read_json(raw["json"])
            summary = {**document["summary"], "unreadable": document["read"]["unreadable"]}
            self.assertEqual((summary["unrecognised"], summary["unreadable"]), (1, 1))
            places = [(finding["file"], finding["line"]) for finding in document["findings"]]
            lines = {"ndjson": read_ndjson(raw["ndjson"]), "csv": read_csv(raw["csv"])}
            for rows in lines.values():
                self.assertEqual({verdict: sum(row["verdict"] == verdict for row in rows) for verdict in summary}, summary)
                self.assertEqual([(row["file"], int(row["line"])) for row in rows if row["verdict"] != "yes"], places)
            suite = ElementTree.fromstring(raw["junit"])[0]
            cases = suite.findall("testcase")
            self.assertEqual([int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")],
                             [len(cases), summary["no"], 2, summary["conditional"] + summary["undocumented"]])
            for element, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
                self.assertEqual(len(suite.findall(f"testcase/{element}")), int(suite.get(attribute)))
            self.assertEqual(sum(len(case) == 0 for case in cases), summary["yes"])
            tables = read_markdown(raw["markdown"])
            self.assertEqual({verdict: int(count) for verdict, count in tables[0][1:]}, summary)
            self.assertEqual(len(tables[-1]) - 1, len(places))
            results = read_sarif(raw["sarif"])["results"]
            self.assertEqual([result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in results], [line for _, line in places])
            self.assertEqual([result["properties"]["verdict"] for result in results], [finding["verdict"] for finding in document["findings"]])
            self.assertIn(f"{summary['yes']} of 13 machines yes", raw["text"].decode())


class Statuses(Case):
    def test_fail_on(self):
        yes = self.file("yes.csv", "Name,OS\na,Windows 7 Professional\n")
        conditional = self.file("c.csv", "Name,OS\na,Windows 10 Pro\n")
        undocumented = self.file("u.csv", "Name,OS\na,Windows 11 Pro\n")
        unknown = self.file("x.csv", "Name,OS\na,Foo OS\n")
        for words, expected in (
            (None, (0, 0, 0, 0, 1)),
            ("no", (0, 0, 0, 0, 1)),
            ("undocumented", (0, 0, 4, 0, 1)),
            ("conditional", (0, 4, 4, 0, 1)),
            ("unrecognised", (0, 0, 0, 4, 1)),
            ("undocumented,unrecognised", (0, 0, 4, 4, 1)),
            ("undocumented,conditional", (0, 4, 4, 0, 1)),
            ("never", (0, 0, 0, 0, 0)),
            ("never,unrecognised", (0, 0, 0, 4, 0)),
        ):
            option = () if words is None else ("--fail-on", words)
            with self.subTest(words):
                self.assertEqual(tuple(check(path, *HELD, *option).returncode for path in (yes, conditional, undocumented, unknown, AD)), expected)
        for wrong in ("wrong", "", "no,", "No", "never,conditional", "conditional,never", "no,never"):
            self.wrong_use("check", AD, *HELD, "--fail-on", wrong, says="--fail-on")

    def test_wrong_use(self):
        self.wrong_use("check", AD, says="--host HOST is missing")
        self.wrong_use("check", AD, "--host", "nonsense", says='"nonsense"')
        self.wrong_use("check", AD, *HOST, "--key", "windows-server-2016", "--key", "windows-server-2019", says="one key per application")
        self.wrong_use("check", "-", "-", *HELD, says="standard input can be read only once")
        self.wrong_use("check", AD, *HELD, "--separator", "x", says="--separator")
        self.wrong_use("check", AD, *HELD, "--plain", "--columns", "os=x", says="contradict")

    def test_F159_what_a_spreadsheet_changed(self):
        path = self.file("a.csv", "Name,OS,Build\na,Windows 10 Pro,\"1,9E+04\"\nb,Windows 10 Pro,19045\n")
        done = self.check(check(path, *PATCHED, "--format", "csv"), 3, stderr=('a.csv:2:1: build "1,9E+04" was changed by a spreadsheet; export the column as text\n',))
        self.assertEqual([row["verdict"] for row in read_csv(done.stdout)], ["unreadable", "yes"])

    def test_F152_rows_that_cannot_be_read(self):
        path = self.file("a.csv", "Name,OS\na\nb,Windows 7 Professional\nc,d,e\n")
        done = self.check(check(path, *HELD, "--format", "json"), 3, stderr=("a.csv:2: 1 field, header has 2\n", "a.csv:4: 3 fields, header has 2\n"))
        document = read_json(done.stdout)
        self.assertEqual((document["read"]["rows"], document["read"]["unreadable"], document["summary"]["yes"]), (3, 2, 1))

    def test_F138_what_came_before_is_answered(self):
        path = self.file("a.csv", b"Name,OS\na,Windows 7 Professional\nb,\xff\n")
        done = self.check(check(path, *HELD, "--format", "json"), 3, stderr=("a.csv:3:3: byte 0xFF",))
        self.assertEqual(read_json(done.stdout)["summary"]["yes"], 1)

    def test_F145_nothing_to_check(self):
        for text in ("", "Name,OS\n", "\n\n"):
            done = self.check(check(self.file("a.csv", text), *HELD, "--format", "json"), 0, stderr=("kmsrules: no rows: there is nothing to check\n",))
            self.assertEqual(read_json(done.stdout)["read"]["rows"], 0)
        self.check(check(self.file("a.csv", "Name,OS\n"), *HELD, "-q"), 0, "")

    def test_F146_no_column_of_operating_systems(self):
        path = self.file("a.csv", "Name,Owner\na,b\n")
        self.check(check(path, *HELD), 3, "", ("a.csv:1:1: no column for os; found: Name, Owner", "--columns os="))
        self.check(check(self.file("b.csv", "Name,Owner\na,Windows 7 Professional\n"), *HELD, "--columns", "os=Owner"), 0, None, ("os from Owner",))

    def test_F143_files_that_are_none(self):
        for name, content, way_out in (
            ("a.gz", b"\x1f\x8b\x08\x00" + bytes(20), "gunzip"),
            ("a.xlsx", b"PK\x03\x04" + bytes(20), "save the sheet as CSV"),
            ("a.evtx", b"ElfFile\x00" + bytes(20), "export the machines as CSV"),
            ("a.xml", b'<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"/>', "Import-Clixml"),
        ):
            self.check(check(self.file(name, content), *HELD), 3, "", (name + ": this is ", way_out))

    def test_quiet(self):
        self.check(check(AD, *PATCHED, "-q"), 1, "")
        self.check(check(AD, *PATCHED, "-q", "--fail-on", "never"), 0, "")
        for text in ("Name,OS\na\n", "Name,OS\na,\"b\n", "Name,Owner\n", "\x00"):
            for key in (HELD, HOST):
                self.check(check(self.file("a.csv", text), *key, "-q", "--fail-on", "never"), 3, "")
        self.check(check("missing", *HELD, "-q"), 5, "", ("kmsrules: missing: No such file",))

    def test_F207_F176_files_that_cannot_be_read(self):
        self.check(check(str(self.folder), *HELD), 5, "", ("is a directory; name the files in it",))
        self.check(check("missing", *HELD), 5, "", ("missing: No such file",))
        for files in ((AD, "missing", AD), ("missing", AD, AD), (AD, AD, "missing")):
            for key in (HELD, HOST):
                done = self.check(check(*files, *key, "--format", "json"), 5, stderr=("missing: No such file",))
                self.assertEqual(done.stderr.count(b"missing: "), 1)
                read = read_json(done.stdout)["read"]
                self.assertEqual((read["files"], read["files_read"], read["rows"], read["duplicates"]), (3, 2, 22, 11))
        raw = {form: check("missing", AD, *HELD, "--format", form).stdout for form in FORMATS}
        suite = ElementTree.fromstring(raw["junit"])[0]
        self.assertEqual((suite.get("tests"), suite.get("errors"), suite[-1].get("name")), ("12", "1", "files"))
        self.assertFalse(read_sarif(raw["sarif"])["invocations"][0]["executionSuccessful"])
        self.assertIn("\nRead 11 of 11 rows, 1 of 2 files.\n", raw["markdown"].decode())
        self.assertIn("\nRead 11 of 11 rows, 1 of 2 files. Ruleset", raw["text"].decode())

    def test_F221_ten_thousand_files(self):
        path = self.file("a.csv", "Name,OS\nPC1,Windows 7 Professional\n")
        done = self.check(check(*[path] * 5000, "missing", *[path] * 5000, *HELD, "--format", "json"), 5, stderr=("missing: No such file",))
        self.assertEqual(done.stderr.count(b"CSV"), 1)
        read = read_json(done.stdout)["read"]
        self.assertEqual((read["files"], read["files_read"], read["rows"], read["duplicates"]), (10001, 10000, 10000, 9999))

    def test_F233_standard_input_and_pipes(self):
        content = pathlib.Path(AD).read_bytes()
        for key in (HELD, HOST):
            expected = read_json(check(AD, *key, "--format", "json").stdout)
            done = self.check(check("-", *key, "--format", "json", stdin=None, input=content), 1, stderr=("standard input: CSV, UTF-8, separated by commas",))
            self.assertEqual(done.stderr.count(b"CSV"), 1)
            document = read_json(done.stdout)
            self.assertEqual(document["findings"][0]["file"], "standard input")
            self.assertEqual((document["summary"], document["needs"]), (expected["summary"], expected["needs"]))
            fifo = str(self.folder / "fifo")
            os.mkfifo(fifo)
            thread = threading.Thread(target=lambda path=fifo: pathlib.Path(path).write_bytes(content))
            thread.start()
            self.assertEqual(read_json(check(fifo, *key, "--format", "json").stdout)["summary"], expected["summary"])
            thread.join()
            os.unlink(fifo)

    def test_standard_input_is_read_from_where_it_stands(self):
        path = self.file("a.csv", "skipped\nName,OS\na,Windows 7 Professional\n")
        for key in (HELD, HOST):
            with open(path, "rb", buffering=0) as stream:
                stream.seek(8)
                done = self.check(check("-", *key, "--format", "csv", stdin=stream), 0, None, ("standard input: CSV",))
            self.assertEqual([(row["file"], row["line"], row["name"]) for row in read_csv(done.stdout)], [("standard input", "2", "a")])
        folder = os.open(self.folder, os.O_RDONLY)
        self.check(check("-", *HOST, stdin=folder), 5, "", ("standard input: is a directory",))
        os.close(folder)

    def test_a_fault_in_a_pipe_is_the_same_with_and_without_a_key(self):
        content = b"Name,OS\nPC1,Windows 7 Professional\nPC2,\xff\n" + b"PC3,Windows 7 Professional\n" * 100000
        for key in (HELD, HOST):
            done = self.check(check("-", *key, "--format", "json", stdin=None, input=content), 3, stderr=("standard input:3:5: byte 0xFF",))
            self.assertEqual(done.stderr.count(b"0xFF"), 1)
            self.assertEqual((read_json(done.stdout)["read"]["rows"], read_json(done.stdout)["read"]["files_read"]), (1, 0))

    def test_F220_temporary_files(self):
        content = pathlib.Path(AD).read_bytes()
        expected = check(AD, *HOST, "--format", "csv").stdout.replace(AD.encode(), b"standard input")
        for place in ("/nowhere", "/proc", "", str(self.folder), "x" * 5000):
            done = check("-", *HOST, "--format", "csv", env={"TMPDIR": place}, stdin=None, input=content)
            self.assertEqual((done.returncode, done.stdout), (1, expected))
        self.assertEqual(os.listdir(self.folder), [])

    def test_F216_interrupted(self):
        target = self.folder / "out.csv"
        target.write_text("old")
        for number in (signal.SIGINT, signal.SIGTERM):
            command = [BINARY, "check", "-", *HELD, "--format", "csv", "-o", str(target)]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**ENVIRONMENT, "TMPDIR": str(self.folder)}) as process:
                process.stdin.write(b"Name,OS\n" + b"PC1,Windows XP Professional\n" * 20000)
                process.stdin.flush()
                process.stderr.readline()  # the format: it reads
                process.send_signal(number)
                self.assertEqual(process.wait(60), -number)
            self.assertEqual((os.listdir(self.folder), target.read_text()), (["out.csv"], "old"))

    def test_F208_F209_output_files(self):
        target = self.folder / "out.json"
        self.check(check(AD, *HELD, "--format", "json", "-o", str(target)), 1, "", ("CSV",))
        self.assertEqual(read_json(target.read_bytes())["read"]["rows"], 11)
        path = self.file("a.csv", "Name,OS\na,Windows 7 Professional\n")
        os.symlink(path, self.folder / "link")
        os.link(path, self.folder / "hard")
        for output in (path, str(self.folder / "link"), str(self.folder / "hard")):
            self.check(check(path, *HELD, "-o", output), 2, "", ("would overwrite the input",))
            with open(path, "rb") as stream:
                self.check(check("-", *HELD, "-o", output, stdin=stream), 2, "", ("would overwrite the input",))
        self.check(check(self.file("bad.csv", "Name,Owner\n"), *HELD, "-o", str(target)), 3, "", ("no column for os",))
        self.assertEqual(read_json(target.read_bytes())["read"]["rows"], 11)

    def test_F211_dev_full(self):
        for form in FORMATS:
            with open("/dev/full", "wb") as full:
                self.check(check(AD, *HELD, "--format", form, stdout=full), 5, None, ("standard output: No space left on device",))

    def test_F212_closed_standard_output(self):
        self.check(check(AD, *HELD, preexec_fn=lambda: os.close(1)), 5, None, ("standard output: Bad file descriptor",))

    def test_F215_the_reader_goes_away(self):
        path = self.file("a.csv", "Name,OS\n" + "".join(f"PC{i},Windows XP Professional\n" for i in range(200000)))
        command = [BINARY, "check", path, *HELD, "--format", "csv"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN)) as process:
            self.assertTrue(process.stdout.readline().startswith(b"file,line"))
            process.stdout.close()
            errors = process.stderr.read()
            self.assertEqual(process.wait(60), 5, errors)
        self.assertEqual(errors.count(b"Broken pipe"), 1)


class HostileText(Case):
    NAMES = ("a\x1b]0;title\x07", "b\u009b31m", "=cmd|' /C calc'!A0", "+1", "-1", "@x", " =1", "c\u202ed\u2066\u200b", "</script>\u2028\\", "]]>&<b>", "p|q`r`", "\ufeffx", "\ue000\U000f0000")

    def inventory(self):
        machines = [{"name": name, "os": "Windows XP " + name} for name in self.NAMES]
        machines += [{"name": name + " known", "os": "Windows XP Professional"} for name in self.NAMES]
        return self.file("a.json", json.dumps(machines))

    def test_F142_F314_F316_F319_F321_F322_no_format_lets_them_through(self):
        path = self.inventory()
        for form in FORMATS:
            with self.subTest(form):
                done = check(path, *HELD, "--format", form)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertNotRegex((done.stdout + done.stderr).decode(), "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u2066\u200b\u2028\ue000\U000f0000]")
        findings = read_json(check(path, *HELD, "--format", "json").stdout)["findings"]
        self.assertEqual([finding["name"] for finding in findings], [*self.NAMES, *(name + " known" for name in self.NAMES)])
        self.assertEqual([finding["name"] for finding in read_ndjson(check(path, *HELD, "--format", "ndjson").stdout)], [finding["name"] for finding in findings])
        ElementTree.fromstring(check(path, *HELD, "--format", "junit").stdout)
        self.assertEqual(len(read_markdown(check(path, *HELD, "--format", "markdown").stdout)[-1]), 1 + len(findings))
        self.assertEqual(len(read_sarif(check(path, *HELD, "--format", "sarif").stdout)["results"]), len(findings))

    def test_F317_formulas_in_spreadsheets(self):
        rows = read_csv(check(self.inventory(), *HELD, "--format", "csv").stdout)
        for row in rows:
            for cell in row.values():
                self.assertNotRegex(cell, r"^\s*[=+\-@]")
        self.assertEqual(rows[2]["name"], "'=cmd|' /C calc'!A0")
        path = self.file("b.csv", "Name,OS\na;=cmd;@b,Windows XP Professional\n\uff1dcmd,Windows XP Professional\n\"a;\n +b\",Windows XP Professional\n")
        rows = read_csv(check(path, *HELD, "--format", "csv").stdout)
        self.assertEqual([row["name"] for row in rows], ["a;'=cmd;'@b", "'\uff1dcmd", "a;'\\x0a +b"])

    def test_F223_product_keys_are_echoed_nowhere(self):
        secret = "-".join(letter * 5 for letter in "BCDFG")
        path = self.file("a.csv", f"Name,OS\n{secret},Windows XP Professional\nPC1,{secret}\nPC2,Windows 7 {secret}\n{secret},x {secret}\nPC3,\"a\n")
        for form in FORMATS:
            done = check(path, *HELD, "--format", form)
            self.assertNotIn(secret.encode(), done.stdout + done.stderr, form)
        for text in (f"Name,{secret}\na,b\n", f"Name,{secret},OS,{secret},OS\na,b,c,d,e\n", f"Name,EditionID\na,{secret}\n", f"Name,EditionID,Build,SKU\na,,{secret},\nb,,,{secret}\n",
                     f"{secret}\n", json.dumps([{"name": "a", "os": {"x": secret}}, {secret: {"os": "Windows 7"}}]), json.dumps({secret: {"os": "x"}})):
            path = self.file("b.csv", text)
            for options in ((), ("--plain",), ("--columns", "os=#2")):
                done = check(path, *HELD, "--format", "csv", *options)
                self.assertNotIn(secret.encode(), done.stdout + done.stderr, (text, options))

    def test_nearest_names_are_looked_for_within_reason(self):
        path = self.file("a.csv", "Name,OS\n" + "".join(f"PC{i},serial number {i:040d}\n" for i in range(4000)))
        rows = read_csv(check(path, *HELD, "--format", "csv").stdout)
        self.assertIn("nearest", rows[0]["reason"])
        self.assertEqual(rows[-1]["reason"], "no product the tables know")


class Large(Case):
    def feed(self, process, rows, pause=0.0):
        with process.stdin as stream:
            stream.write(b"Name,OS\n")
            for start in range(0, rows, 20000):
                stream.write(b"".join(b"PC%07d,Windows 10 Pro\n" % i for i in range(start, start + 20000)))
                stream.flush()
                time.sleep(pause)

    def test_progress_on_a_terminal_after_one_second(self):
        for key in (PATCHED, HOST):
            self.check_progress(key)
        self.assertNotIn(b"rows/s", check(AD, *PATCHED).stderr)

    def check_progress(self, key):
        ours, theirs = pty.openpty()
        with subprocess.Popen([BINARY, "check", "-", *key], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs, env=ENVIRONMENT) as process:
            os.close(theirs)
            process.stdin.write(b"Name,OS\nPC1,Windows 10 Pro\n")
            process.stdin.flush()
            time.sleep(1.5)
            self.feed(process, 40000, 0.3)  # its first line is a row, too
            self.assertEqual(process.wait(60), 0)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        self.assertRegex(said, rb"\r\x1b\[K\d+ rows, \d+ rows/s")
        self.assertTrue(said.rstrip(b"\r\n").rsplit(b"rows/s", 1)[1].startswith(b"\r\x1b[K"))  # wiped

    @unittest.skipIf(b"__asan_init" in pathlib.Path(BINARY).read_bytes() or b"__tsan_init" in pathlib.Path(BINARY).read_bytes(), "sanitizers have memory of their own")
    def test_memory_does_not_grow_with_rows(self):
        for rows in (300000, 3000000):
            with subprocess.Popen([BINARY, "check", "-", *PATCHED, "-q"], stdin=subprocess.PIPE, env=ENVIRONMENT) as process:
                self.feed(process, rows)
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            self.assertLess(usage.ru_maxrss, 64 * 1024)


if __name__ == "__main__":
    unittest.main()
