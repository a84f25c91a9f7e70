#!/usr/bin/python3
"""Exports of events: forms, statuses, what is said of what cannot be read. KMSRULES_BIN=…/kmsrules test_events.py"""
import csv
import io
import json
import os
import pathlib
import subprocess
import unittest

import jsonschema

from support import BINARY, ENVIRONMENT, ROOT, Case, run, table

SAMPLES = ROOT / "tests/exports"
SCHEMA = json.loads((ROOT / "docs/schemas/events-1.schema.json").read_text())
CMID = "00000000-0000-4000-8000-000000000001"
SKU = "68531fb9-5511-4989-97be-d11a0f55633f"
LINE = f"0x0,25,pc001.contoso.example,{CMID},2024/5/6 7:08,0,1,249120,{SKU}\n"
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key


def events(*arguments, **options):
    return run("events", *arguments, **options)


def document(done):
    read = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(read)
    return read


def item(done):
    (only,) = document(done)["items"]
    return only


def xml(id="12290", data="", system=""):
    return (f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>{id}</EventID>{system}<Computer>kms01.contoso.example</Computer></System>"
            f"<EventData>{data}</EventData></Event>")


DATA = "".join(f"<Data>{field}</Data>" for field in LINE.strip().split(","))


class Samples(Case):
    def test_what_is_read(self):
        for name, status, read, unreadable in (
                ("constructed_12290.xml", 0, 1, 0), ("constructed_winevent.csv", 0, 2, 0), ("event_12288_2008r2_06C.txt", 0, 1, 0),
                ("event_12288_documented_example.txt", 0, 1, 0), ("event_12288_office2010.txt", 3, 0, 1), ("event_12289_documented_example.txt", 3, 0, 0),
                ("event_12289_office2010.txt", 0, 1, 0), ("event_12290_2008r2_06C.txt", 0, 1, 0), ("event_12290_documented_example.txt", 0, 1, 0),
                ("event_12293.txt", 3, 0, 0), ("event_12308_adba.txt", 3, 0, 0), ("event_8229.txt", 3, 0, 0)):
            with self.subTest(name):
                done = events(str(SAMPLES / name), "--format", "json")
                self.assertEqual(done.returncode, status, done.stderr)
                found = document(done)["read"]
                self.assertEqual((found["events"], found["unreadable"]), (read, unreadable))

    def test_an_event(self):
        found = item(self.check(events(str(SAMPLES / "constructed_12290.xml"), "--format", "json"), 0, None, ("XML, UTF-8",)))
        self.assertEqual(found, {
            "file": str(SAMPLES / "constructed_12290.xml"), "line": 1, "column": 1, "id": 12290, "result": "0x00000000", "client": "pc001.contoso.example",
            "client_as_written": "pc001.contoso.example", "cmid": CMID, "client_time": "2024-05-06T07:08:00Z", "logged": "2024-05-06T07:08:09Z",
            "computer": "kms01.contoso.example", "record": None, "minimum": 25, "count": None, "activation_minutes": None, "renewal_minutes": None,
            "minutes_left": 249120, "virtual": False, "activated": None, "license_status": 1, "activation_id": "00000000-0000-0000-0000-000000000000", "problem": None})

    def test_an_order_of_dates(self):
        name = str(SAMPLES / "event_12289_documented_example.txt")
        self.check(events(name), 3, None, (f"{name}:1:1: ", "--date-order dmy or mdy"))
        self.assertEqual(item(events(name, "--date-order", "mdy", "--format", "json"))["client_time"], "2006-01-14T02:30:00Z")
        self.check(events(name, "--date-order", "dmy"), 3, None, (f"{name}:1:1: ", "is no date"))

    def test_a_time_zone(self):
        found = document(events(str(SAMPLES / "constructed_winevent.csv"), "--date-order", "dmy", "--time-zone", "+02:00", "--format", "json"))["items"]
        self.assertEqual([one["logged"] for one in found], ["2024-05-06T07:08:09Z", "2024-05-06T07:11:44Z"])
        self.assertEqual([one["logged"] for one in document(events(str(SAMPLES / "constructed_winevent.csv"), "--format", "json"))["items"]], [None, None])


class Forms(Case):
    def test_text(self):
        name = self.file("a.txt", LINE + LINE.replace("0x0", "0xC004F038"))
        done = self.check(events(name), 0, None, (f"kmsrules: {name}: text, UTF-8",))
        self.assertEqual(done.stdout.decode().splitlines()[2:], ["", "12290  0x00000000  1", "12290  0xC004F038  1", "read 2 of 2 events, 1 of 1 files"])

    def test_csv_and_ndjson_say_the_same(self):
        name = self.file("a.txt", LINE + "0x0,25,=cmd|x," + CMID + ",2024/5/6 7:08\n0x0,25,a,b,2024/5/6 7:08\n")
        rows = list(csv.DictReader(io.StringIO(events(name, "--format", "csv").stdout.decode(), newline="")))
        lines = [json.loads(line) for line in events(name, "--format", "ndjson").stdout.splitlines()]
        self.assertEqual(lines, document(events(name, "--format", "json"))["items"])
        self.assertEqual([row["line"] for row in rows], ["1", "2", "3"])
        self.assertEqual(rows[1]["client"], "'=cmd|x")  # no formula
        self.assertEqual(rows[2]["problem"], 'cmid "b" is no client machine id (field 4 of event 12290)')
        self.assertEqual([(row["cmid"], row["minutes_left"]) for row in rows], [(CMID, "249120"), (CMID, ""), ("", "")])

    def test_standard_input_and_several_files(self):
        name = self.file("a.xml", xml(data=DATA))
        done = subprocess.run([BINARY, "events", "-", name, "--format", "json"], input=LINE.encode(), env=ENVIRONMENT, capture_output=True, check=False)
        read = document(done)
        self.assertEqual(([one["file"] for one in read["items"]], read["read"]["files_read"]), (["standard input", name], 2))

    def test_what_is_not_of_kms_is_counted(self):
        name = self.file("a.xml", xml("4624") * 3 + xml("4634") * 2)
        self.check(events(name), 0, "read 0 of 0 events, 1 of 1 files\n", ("no activation events (12288, 12289, 12290) among 5 events; ids seen: 4624, 4634",))

    def test_lines_without_an_event_are_noted(self):
        self.check(events(self.file("a.txt", "Info:\n" + LINE)), 0, None, ("a.txt: line 1 holds no event",))

    def test_nothing(self):
        self.check(events(self.file("a.txt", "")), 0, "read 0 of 0 events, 1 of 1 files\n", ("text, UTF-8",))


class Unreadable(Case):
    def test_events_are_said_with_their_place(self):
        name = self.file("a.xml", f"<Events>\n{xml(data=DATA)}\n{xml(data='<Data>x</Data>')}\n  <Event/>\n</Events>")
        done = self.check(events(name), 3, None, (f'{name}:3:1: result "x" is no result', f"{name}:4:3: an <Event> without <EventID>"))
        self.assertTrue(done.stdout.endswith(b"read 1 of 3 events, 1 of 1 files\n"), done.stdout)

    def test_a_hundred_and_no_more(self):
        name = self.file("a.xml", "<Event/>\n" * 250)
        done = self.check(events(name), 3, None, ("150 more events that cannot be read",))
        self.assertEqual(done.stderr.count(b"without <EventID>"), 100)

    def test_a_file_that_breaks_off(self):
        name = self.file("a.xml", f"<Events>\n{xml(data=DATA)}\n<Event><System>")
        done = self.check(events(name), 3, None, (f"{name}:3:1: the file ends within this <Event>",))
        self.assertTrue(done.stdout.endswith(b"read 1 of 1 events, 0 of 1 files\n"), done.stdout)

    def test_a_doctype(self):
        bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        self.check(events(self.file("a.xml", bomb + xml(data="<Data>&b;</Data>"))), 3, None, ("a.xml:1:1: DOCTYPE is not allowed",))

    def test_other_files(self):
        for text, says in ((b"#< CLIXML\r\n<Objs/>", "this is CliXml"), (b"ElfFile\0\0", "event log (.evtx)"), (b"PK\x03\x04" + b"\0" * 60, "workbook"),
                           (b"TimeCreated : x\nId          : 12290\n", "Format-List"), (b"\x1f\x8b\x08", "gunzip"), (b"Id,Message\n\xff", "--encoding windows-1252")):
            self.check(events(self.file("a", text)), 3, None, (says,))

    def test_quiet(self):
        name = self.file("a.xml", xml(data=DATA) + "<Event/>")
        self.check(events("-q", name), 3, "")

    def test_hostile_text(self):
        name = self.file("a.txt", f"0x0,25,pc\x1b[31m\u202e,{CMID},2024/5/6 7:08\n0x0,25,{SECRET},{CMID},2024/5/6 7:08\n")
        done = events(name)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        self.assertNotIn("\u202e".encode(), done.stdout + done.stderr)
        self.assertNotIn(SECRET.encode(), done.stdout + done.stderr)
        self.assertEqual(done.returncode, 3)


class Use(Case):
    def test_wrong_use(self):
        self.wrong_use("events", says="EXPORT")
        self.wrong_use("events", "a", "--date-order", "myd", says="ymd, dmy or mdy")
        for zone in ("2", "+2", "+25:00", "+02:60", "CET", "+02:0x", "+0200000", ""):
            self.wrong_use("events", "a", "--time-zone", zone, says="--time-zone")
        self.wrong_use("events", str(SAMPLES / "constructed_12290.xml"), "--encoding", "no-such", says="names no encoding")
        self.wrong_use("events", "a", "--columns", "os=A", says="--columns")
        self.wrong_use("check", "a", "--host", "b", "--date-order", "dmy", says="--date-order")

    def test_files_that_are_not_there(self):
        self.check(events("/no/such/file"), 5, None, ("/no/such/file: ",))
        self.check(events(str(self.folder)), 5, None, ("is a directory",))
        name = self.file("a.txt", LINE)
        done = events("/no/such/file", name)
        self.assertTrue(done.stdout.endswith(b"read 1 of 1 events, 1 of 2 files\n"))

    def test_the_output_is_no_input(self):
        name = self.file("a.txt", LINE)
        self.wrong_use("events", name, "-o", name, says="overwrite the input")

    def test_a_closed_pipe_and_a_full_disk(self):
        name = self.file("a.txt", LINE * 5000)
        with open("/dev/full", "wb") as full:
            self.check(events(name, stdout=full), 5, None, ("No space left",))
        reader, writer = os.pipe()
        os.close(reader)
        self.check(events(name, stdout=writer), 5, None, ("kmsrules: ",))
        os.close(writer)

    def test_tables_of_ones_own(self):
        """The order of fields is a row: other tables, other fields."""
        extra = '<event-fields id="12290" minimum="5" holds="result minimum cmid client client-time" source="book"/>'
        rules = self.file("rules.xml", table(extra=extra))
        name = self.file("a.txt", f"0x0,25,{CMID},pc001,2024/5/6 7:08\n")
        self.assertEqual(item(run("--rules", rules, "events", name, "--format", "json"))["client"], "pc001")
        self.check(events(name), 3, None, ("is no client machine id",))


class Large(Case):
    def test_memory_stays(self):
        """However large an export is."""
        part = (xml(data=DATA, system="<EventRecordID>1</EventRecordID>") + "\n").encode() * 1000
        name = self.folder / "a.xml"
        with open(name, "wb") as out:
            out.write(b"<Events>\n")
            for _ in range(40_000_000 // len(part)):
                out.write(part)
            out.write(b"</Events>\n")
        done = subprocess.run(["/usr/bin/python3", "-c", "import resource,subprocess,sys; s = subprocess.call(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(s)",
                               BINARY, "events", "-q", str(name)], env=ENVIRONMENT, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        program = pathlib.Path(BINARY).read_bytes()
        if b"__asan_init" not in program and b"__tsan_init" not in program:  # sanitizers keep what was freed
            self.assertLess(int(done.stdout.split()[-1]), 32 * 1024)


if __name__ == "__main__":
    unittest.main()
