#!/usr/bin/python3
"""Counts, forecasts, duplicates and timelines from outside. KMSRULES_BIN=…/kmsrules test_counts.py

Expected values come from facts/counts.csv and the chapter of 2010; forecasts are also held against a simulation, day by day, with the naive ledger of tests/oracle/ledger.py.
"""
import json
import pathlib
import random
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta, timezone

import jsonschema

from support import BINARY, ENVIRONMENT, ROOT, Case, run

sys.path.insert(0, str(ROOT / "tests/oracle"))
import ledger  # noqa: E402

EXAMPLE = str(ROOT / "tests/exports/worked-example.txt")
SERVER, CLIENT = "de32eafd-aaee-4662-9444-c1befb41bde2", "ae2ee509-1b34-41c0-acb7-6d4650168915"
NOBODY = "00000000-0000-0000-0000-000000000000"
START = datetime(2024, 3, 1, 8, tzinfo=timezone.utc)
SILENT = [f"pc{number}.contoso.example" for number in (17, 18, 19, 20)]


def line(number, at, *, name=None, minimum=25, result="0x0", virtual=0, activation=None, status=1, minutes=249120):
    """One event 12290 as raw text."""
    if activation is None:
        activation = CLIENT if minimum == 25 else SERVER
    name = f"pc{number:03d}" if name is None else name
    return (f"{result},{minimum},{name},00000000-0000-4000-8000-{number:012x},{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d},"
            f"{virtual},{status},{minutes},{activation}\n")


def document(done, name):
    schema = json.loads((ROOT / f"docs/schemas/{name}-1.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    read = json.loads(done.stdout)
    jsonschema.Draft7Validator(schema).validate(read)
    return read


class Events(Case):
    def ask(self, command, text, *options, as_of="2024-03-02", status=None):
        """The document of a command on events."""
        done = run("--as-of", as_of, command, self.file("events.txt", text), "--format", "json", *options)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stderr)
        return document(done, command)


class Counts(Events):
    def test_the_worked_example(self):
        for date, count, status in (("2024-03-01", 26, 0), ("2024-03-30", 26, 0), ("2024-03-31T07:00:00Z", 26, 0), ("2024-03-31", 22, 1), ("2024-04-20", 22, 1)):
            done = run("--as-of", date, "counts", EXAMPLE, "--format", "json")
            self.assertEqual(done.returncode, status, date)
            pool, = document(done, "counts")["pools"]
            self.assertEqual((pool["application"], pool["count"], pool["shown"], pool["cap"]), ("windows", count, count, 50), date)
            self.assertEqual([(t["kind"], t["minimum"], t["met"]) for t in pool["thresholds"]], [("client", 25, count >= 25), ("server", 5, True)])

    def test_25_are_enough(self):
        for clients, met in ((18, False), (19, True), (20, True)):
            text = "".join(line(number, START, minimum=5 if number < 6 else 25) for number in range(6 + clients))
            pool, = self.ask("counts", text, status=0 if met else 1)["pools"]
            self.assertEqual((pool["count"], pool["thresholds"][0]["met"], pool["thresholds"][1]["met"]), (6 + clients, met, True))

    def test_clones_count_once(self):
        text = "".join(line(7, START, name=f"clone{number:02d}") for number in range(30))
        pool, = self.ask("counts", text)["pools"]
        self.assertEqual((pool["count"], pool["shown"], pool["kinds"]["client"]), (1, 1, 1))

    def test_servers_alone_show_ten(self):
        for servers, shown in ((9, 9), (10, 10), (11, 10), (40, 10)):
            text = "".join(line(number, START, minimum=5) for number in range(servers))
            pool, = self.ask("counts", text, status=0)["pools"]
            self.assertEqual((pool["count"], pool["shown"], pool["cap"]), (servers, shown, 10))
            self.assertEqual([t["asked"] for t in pool["thresholds"]], [False, True])
        pool, = self.ask("counts", text + line(99, START))["pools"]
        self.assertEqual((pool["count"], pool["shown"], pool["cap"]), (41, 41, 50))

    def test_refused_requests_do_not_count(self):
        read = self.ask("counts", line(1, START) + line(2, START, result="0xC004F06C") + line(3, START, result="0xC004F06C") + line(4, START, result="0x80000001"))
        self.assertEqual(read["pools"][0]["count"], 1)
        self.assertEqual([(r["result"], r["requests"]) for r in read["requests"]["results"]], [("0x00000000", 1), ("0x80000001", 1), ("0xC004F06C", 2)])
        self.assertIsNotNone(read["requests"]["results"][2]["name"])
        self.assertIsNone(read["requests"]["results"][0]["name"])

    def test_virtual_machines(self):
        text = "".join(line(number, START, virtual=number % 2) for number in range(30))
        for host, count in (("Windows Server 2008 Standard", 15), ("Windows Server 2008", 15), ("Windows Vista Enterprise", 15), ("Windows Server 2008 R2 Standard", 30), (None, 30)):
            pool, = self.ask("counts", text, *(() if host is None else ("--host", host)))["pools"]
            self.assertEqual((pool["count"], pool["uncounted"]), (count, 30 - count), host)

    def test_what_an_activation_id_is_of(self):
        text = "".join(line(number, START, minimum=5, activation=NOBODY) for number in range(4))
        read = self.ask("counts", text)
        self.assertEqual((read["pools"][0]["application"], read["pools"][0]["kinds"]["server"], read["requests"]["assumed"]), ("windows", 4, 4))
        site = self.file("site.xml", f'<ruleset xmlns="urn:kmsrules:1" id="site" revision="1"><source id="own" title="Ours" reliability="primary"/>'
                                     f'<activation-id id="{NOBODY.upper()}" editions="office-2016-volume-editions" source="own"/></ruleset>')
        read = document(run("--rules", "windows", "--rules", site, "--as-of", "2024-03-02", "counts", self.file("events.txt", text), "--format", "json"), "counts")
        self.assertEqual((read["pools"][0]["application"], read["pools"][0]["kinds"]["office"], read["requests"]["assumed"]), ("office-2016", 4, 0))

    def test_what_cannot_be_counted_is_said(self):
        read = self.ask("counts", line(1, START) + line(2, START, minimum=7, activation=NOBODY) + line(3, START + timedelta(days=3)))
        self.assertEqual((read["requests"]["total"], read["requests"]["incomplete"], read["requests"]["later"], read["pools"][0]["count"]), (2, 1, 1, 1))

    def test_order_and_repetition_change_nothing(self):
        lines = pathlib.Path(EXAMPLE).read_text().splitlines(True)
        random.Random(1).shuffle(lines)
        whole = json.loads(run("--as-of", "2024-03-31", "counts", EXAMPLE, "--format", "json").stdout)
        self.assertEqual(self.ask("counts", "".join(lines), as_of="2024-03-31"), whole)
        self.assertEqual(self.ask("counts", "".join(lines + lines), as_of="2024-03-31")["pools"], whole["pools"])

    def test_records_are_taken_once_and_hosts_apart(self):
        def event(host, record, number):
            return (f'<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>12290</EventID>'
                    f'<TimeCreated SystemTime="2024-03-01T08:00:00Z"/><EventRecordID>{record}</EventRecordID><Channel>Key Management Service</Channel><Computer>{host}</Computer></System>'
                    f'<EventData><Data>{line(number, START).strip()}</Data></EventData></Event>\n')
        text = event("kms01.contoso.example", 1, 1) + event("KMS01.contoso.example", 1, 1) + event("kms02.contoso.example", 1, 1) + event("kms01.contoso.example", 2, 3)
        read = self.ask("counts", text)
        self.assertEqual([(pool["host"], pool["count"]) for pool in read["pools"]], [("kms01.contoso.example", 2), ("kms02.contoso.example", 1)])
        self.assertEqual((read["requests"]["total"], read["requests"]["repeated"]), (3, 1))
        anew = event("kms01.contoso.example", 1, 1) + event("kms01.contoso.example", 1, 2)  # the numbers begin anew with a log
        read = self.ask("counts", anew)
        self.assertEqual((read["pools"][0]["count"], read["requests"]["repeated"]), (2, 0))

    def test_numbers(self):
        done = run("--as-of", "2024-03-02", "counts", "--clients", "20", "--servers", "6", "--office", "4", "--format", "json")
        self.assertEqual(done.returncode, 1)  # Office
        read = document(done, "counts")
        self.assertEqual([(pool["application"], pool["count"], pool["shown"], pool["cap"]) for pool in read["pools"]], [("windows", 26, 26, 50), ("office", 4, 4, 10)])
        self.assertTrue(read["given"])
        self.assertEqual(run("counts", "--clients", "20", "--servers", "4", "-q").returncode, 1)
        self.assertEqual(run("counts", "--servers", "4", "-q").returncode, 1)
        self.assertEqual(run("counts", "--servers", "5", "-q").returncode, 0)
        self.assertEqual(run("counts", "--clients", "9223372036854775807", "--servers", "1", "-q").returncode, 2)

    def test_wrong_use(self):
        self.wrong_use("counts", says="EVENTS, --clients, --servers or --office is missing")
        self.wrong_use("counts", EXAMPLE, "--clients", "3", says="contradict each other")
        self.wrong_use("counts", EXAMPLE, "--warn", "3", says="--format nagios")
        self.wrong_use("counts", EXAMPLE, "--host", "Windows Server 2O19", says=("unknown host", "nearest"))
        self.wrong_use("--as-of", "yesterday", "counts", EXAMPLE, says="--as-of")
        self.assertEqual(run("counts", "/nonexistent").returncode, 5)
        done = run("counts", self.file("empty", ""), "--format", "json")
        self.assertEqual((done.returncode, document(done, "counts")["pools"]), (4, []))  # nothing can be said
        self.assertEqual(run("forecast", self.file("empty", "")).returncode, 4)


class Assumed(Events):
    """A minimum of 5 without an activation id that is known: a Windows server, or Office (facts/counts.csv has 5 for both)."""

    UNKNOWN = "6f327760-8c5c-417c-9b61-836a98287e0c"

    def office(self, number, at, **options):
        return line(number, at, minimum=5, activation=self.UNKNOWN, **options)

    def test_office_of_a_client_makes_no_server_of_it(self):
        """The worked example, where each client asks for its Office a minute later: all is as before, whichever comes first."""
        lines = pathlib.Path(EXAMPLE).read_text().splitlines(True)
        office = [text.replace(",25,", ",5,").replace(CLIENT, self.UNKNOWN) for text in lines if ",25," in text]
        before = json.loads(run("--as-of", "2024-03-16", "forecast", EXAMPLE, "--format", "json").stdout)["pools"]
        for both in (lines + office, office + lines):
            self.assertEqual(self.ask("forecast", "".join(both), as_of="2024-03-16", status=1)["pools"], before)
            pool, = self.ask("counts", "".join(both), as_of="2024-03-16", status=0)["pools"]
            self.assertEqual((pool["kinds"]["client"], pool["kinds"]["server"], pool["assumed"]), (20, 6, 0))

    def test_what_is_assumed_is_told_and_doubted(self):
        text = "".join(line(number, START) for number in range(20)) + "".join(self.office(number, START) for number in range(100, 112))
        pool, = self.ask("counts", text, status=0)["pools"]
        self.assertEqual((pool["count"], pool["assumed"]), (32, 12))
        self.assertEqual([(threshold["kind"], threshold["count"], threshold["sure"], threshold["met"]) for threshold in pool["thresholds"]], [("client", 32, 20, True), ("server", 32, 20, True)])
        self.assertIn(b"  client: reached, 32 of 25, 20 without those by the minimum alone\n  server: reached, 32 of 5\n", run("--as-of", "2024-03-02", "counts", self.file("events.txt", text)).stdout)
        pool, = self.ask("forecast", text)["pools"]
        self.assertEqual((pool["count"], pool["assumed"]), (32, 12))
        path = self.file("office.txt", text)
        doubt = "; 12 servers by the minimum alone, which Office has too|'windows'=32;;25:;0;50\n"
        for more, state, words in (("", 3, "KMS UNKNOWN - windows 32 of 25"), ("".join(line(number, START) for number in range(20, 26)), 0, "KMS OK - windows 38 of 25")):
            done = run("--as-of", "2024-03-02", "counts", self.file("more.txt", text + more), "--format", "nagios")
            self.assertEqual((done.returncode, done.stdout.decode().split(";")[0]), (state, words))
        self.assertTrue(run("--as-of", "2024-03-02", "counts", path, "--format", "nagios").stdout.decode().endswith(doubt))
        self.assertIn(b"\n  12 servers by the minimum alone, which Office has too\n", run("--as-of", "2024-03-02", "forecast", path).stdout)


class Plugin(Events):
    def nagios(self, *arguments, status, starts):
        done = run("--as-of", "2024-03-30", "counts", *arguments, "--format", "nagios")
        self.assertEqual((done.returncode, done.stdout.decode().split(" - ")[0]), (status, starts), done.stderr)
        return done.stdout.decode()

    def test_states(self):
        self.assertEqual(self.nagios(EXAMPLE, status=0, starts="KMS OK"), "KMS OK - windows 26 of 25|'windows'=26;;25:;0;50\n")
        self.assertEqual(self.nagios(EXAMPLE, "--warn", "30", "--crit", "25:", status=1, starts="KMS WARNING"), "KMS WARNING - windows 26 of 25|'windows'=26;30:;25:;0;50\n")
        self.nagios(EXAMPLE, "--warn", "26", status=0, starts="KMS OK")
        self.nagios(EXAMPLE, "--warn", "27", status=1, starts="KMS WARNING")
        self.nagios(EXAMPLE, "--crit", "27", status=2, starts="KMS CRITICAL")
        self.nagios(EXAMPLE, "--crit", "10:25", status=2, starts="KMS CRITICAL")
        self.nagios(EXAMPLE, "--crit", "10:26", status=0, starts="KMS OK")
        self.nagios(EXAMPLE, "--crit", "@26:30", status=2, starts="KMS CRITICAL")
        self.nagios(EXAMPLE, "--crit", "@27:30", status=0, starts="KMS OK")
        self.nagios(EXAMPLE, "--crit", "~:26", status=0, starts="KMS OK")
        self.nagios(EXAMPLE, "--crit", "~:25", status=2, starts="KMS CRITICAL")
        self.nagios("--clients", "24", status=2, starts="KMS CRITICAL")
        self.nagios("--clients", "0", status=0, starts="KMS OK")

    def test_unknown(self):
        self.nagios(self.file("none.txt", line(1, START, result="0xC004F06C")), status=3, starts="KMS UNKNOWN")
        for arguments in (["/nonexistent"], [EXAMPLE, "--warn", "x"], [EXAMPLE, "--warn", "30:10"], [EXAMPLE, "--crit", "~"], [EXAMPLE, "--crit", "@"], [EXAMPLE, "--silly"], [EXAMPLE, "--host", "nothing"]):
            self.assertEqual(run("counts", *arguments, "--format", "nagios").returncode, 3, arguments)


    def test_gaps_agree_in_line_and_status(self):
        """What could not be read may count too: a count that is too low is critical all the same, but nothing else is sure."""
        broken = self.file("broken.txt", pathlib.Path(EXAMPLE).read_text() + "0xZZ,25,pc99,00000000-0000-4000-8000-00000000ffff,2024/3/29 8:00,0,1,1\n")
        self.assertEqual(self.nagios(broken, status=3, starts="KMS UNKNOWN"), "KMS UNKNOWN - windows 26 of 25; 1 event could not be read|'windows'=26;;25:;0;50\n")
        self.assertEqual(self.nagios(broken, "--warn", "30", status=3, starts="KMS UNKNOWN"), "KMS UNKNOWN - windows 26 of 25; 1 event could not be read|'windows'=26;30:;25:;0;50\n")
        self.assertEqual(self.nagios(broken, "--crit", "27", status=2, starts="KMS CRITICAL"), "KMS CRITICAL - windows 26 of 25; 1 event could not be read|'windows'=26;;27:;0;50\n")
        self.assertEqual(self.nagios(EXAMPLE, "/nonexistent", status=3, starts="KMS UNKNOWN"),
                         "KMS UNKNOWN - windows 26 of 25; 1 export could not be read, or not to the end|'windows'=26;;25:;0;50\n")

    def test_reasons_of_unknown(self):
        for arguments, reason in (([EXAMPLE, "--warn", "x"], '--warn "x" is no range such as 30, 30:, 10:60 or @10:20'), ([EXAMPLE, "--crit", "30:10"], '--crit "30:10" is no range'),
                                  (["/nonexistent"], "/nonexistent: No such file or directory"), ([EXAMPLE, "--silly"], 'unknown option "--silly"'), ([], "EVENTS, --clients"),
                                  ([EXAMPLE, "--warn", "a|b"], '--warn "a/b" is no range'), ([EXAMPLE, "--host", "nothing"], "standard error says why")):
            self.assertIn(reason, self.nagios(*arguments, status=3, starts="KMS UNKNOWN"))


class Gaps(Events):
    """What could not be read is missing from every report, which says so."""

    FORMS = {"unreadable": (line(1, START) + "0xZZ,25,pc02,00000000-0000-4000-8000-000000000002,2024/3/1 8:00,0,1,1\n", 1, 0),
             "cut short": ("<Events><Event><System><EventID>12290</EventID><Computer>kms01.contoso.example</Computer></System><EventData><Data>0x0</Data><Data>25</Data><Data>pc01</Data>"
                           "<Data>00000000-0000-4000-8000-000000000001</Data><Data>2024/3/1 8:00</Data></EventData></Event><Event><System><EventID>122", 0, 1)}

    def test_of_every_command(self):
        for form, (text, unreadable, cut_short) in self.FORMS.items():
            for command in ("counts", "duplicates", "forecast"):
                with self.subTest(form=form, command=command):
                    read = self.ask(command, text, status=3)
                    self.assertEqual((read["unreadable"], read["cut_short"], read["complete"]), (unreadable, cut_short, False))
                    done = run("--as-of", "2024-03-02", command, self.file("events.txt", text))
                    self.assertEqual(done.returncode, 3)
                    self.assertIn(b"\nNot complete\n  1 e" + (b"vent could not be read\n" if unreadable else b"xport could not be read, or not to the end\n"), done.stdout)
            self.assertIn(b"Not complete: ", run("--as-of", "2024-03-02", "forecast", self.file("events.txt", text), "--format", "svg").stdout)
        for command in ("counts", "duplicates", "forecast"):
            read = self.ask(command, line(1, START))
            self.assertEqual((read["unreadable"], read["cut_short"], read["complete"]), (0, 0, True))

    def test_dates_without_events_are_said(self):
        for as_of, part in (("2024-06-01", b"the last accepted request is of 2024-03-01, and nothing is counted any more; --as-of 2024-03-01 tells"), ("2024-02-01", b"all accepted requests are later than --as-of"),
                            ("2024-03-31T07:59:59Z", None)):
            errors = run("--as-of", as_of, "forecast", self.file("events.txt", line(1, START))).stderr
            self.assertEqual(part is None or part in errors, True, errors)
            self.assertEqual(part is None, b"as-of" not in errors, errors)
        self.assertIn(b"the file is empty: no events", run("counts", self.file("empty", "")).stderr)


class Names(Events):
    def test_requests_at_one_time_have_no_order(self):
        """Whole minutes: a physical and a virtual machine of one CMID, on a host that counts no virtual ones."""
        lines = [line(1, START, name="pc1", virtual=1), line(1, START, name="pc2", virtual=0, status=0), line(1, START, name="pc3", virtual=0, minutes=5)]
        told = [[self.ask(command, "".join(order), "--host", "windows-server-2008-standard") for command in ("counts", "duplicates", "forecast")] for order in (lines, lines[::-1], lines[1:] + lines[:1])]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0], told[2])
        self.assertEqual(told[0][0]["pools"][0]["count"], 1)

    def test_a_machine_installed_anew_is_no_silent_one(self):
        text = line(1, START, name="pc1") + line(2, START + timedelta(days=8), name="PC1") + line(3, START, name="pc3") + "".join(line(1, START, name=f"clone{number}") for number in range(3))
        read = self.ask("forecast", text, as_of="2024-03-12")
        step, = read["pools"][0]["steps"]
        self.assertEqual((step["silent"], step["replaced"]), (["clone0", "pc3"], []))
        read = self.ask("forecast", line(1, START, name="pc1") + line(2, START + timedelta(days=8), name="PC1") + line(3, START, name="pc3"), as_of="2024-03-12")
        step, = read["pools"][0]["steps"]
        self.assertEqual((step["silent"], step["replaced"]), (["pc1", "pc3"], ["pc1"]))
        done = run("--as-of", "2024-03-12", "forecast", self.file("events.txt", line(1, START, name="pc1") + line(2, START + timedelta(days=8), name="PC1")))
        self.assertIn(b"without pc1 (an old CMID: the name asks with another)\n", done.stdout)

    def test_what_forecasts_rest_on_is_said(self):
        text = "".join(line(1, START + timedelta(days=day), result="0x0" if day == 0 else "0xC004F06C") for day in range(8)) + "".join(line(2, START, name=f"clone{number}") for number in range(5))
        read = self.ask("forecast", text, "--horizon", "10d", as_of="2024-03-12")
        self.assertEqual((read["refused"], read["until"]), (7, "2024-03-22T23:59:59Z"))
        told = run("--as-of", "2024-03-12", "forecast", self.file("events.txt", text)).stdout.decode()
        self.assertIn("7 requests that the host refused: a machine that asks in vain is silent here.", told)
        self.assertIn("clone0 and 4 other names", told)
        self.assertIsNone(self.ask("forecast", text, as_of="2024-03-12")["until"])


class Limits(Events):
    def test_a_log_that_no_host_has_ends_in_time_and_says_so(self):
        """A threshold that is met for a second every six days for centuries, and thousands of virtual machines that asked at the ends of them."""
        first, end = datetime(1970, 2, 1, tzinfo=timezone.utc), datetime(2170, 1, 1, tzinfo=timezone.utc)
        lines, number = [line(number, at) for number in range(19) for at in (first, end)], 19
        for chain in range(5):
            at = first + timedelta(days=6 * chain)
            while at < end - timedelta(days=40):
                lines.append(f"0x0,25,,00000000-0000-4000-8000-{number:012x},{at:%Y/%m/%d %H:%M:%S},0,1,259200,{CLIENT}\n")
                at, number = at + timedelta(days=30, seconds=-1), number + 1
        lines += [line(number + machine, at, virtual=1) for machine in range(3000) for at in (first + timedelta(hours=5), end + timedelta(hours=13))]
        read = self.ask("forecast", "".join(lines), "--host", "windows-server-2008-standard", as_of="2171-01-01")
        self.assertFalse(read["complete"])


class Duplicates(Events):
    def test_clones(self):
        text = "".join(line(7, START + timedelta(minutes=number), name=f"clone{number:02d}") for number in range(30)) + line(8, START)
        read = self.ask("duplicates", text, status=1)
        self.assertEqual([(pool["count"], pool["without"]) for pool in read["pools"]], [(2, 31)])
        item, = read["duplicates"]
        self.assertEqual((item["what"], len(item["uses"]), item["uses"][0]["name"], {use["cmid"] for use in item["uses"]}),
                         ("one-cmid", 30, "clone29", {"00000000-0000-4000-8000-000000000007"}))

    def test_more_names_than_machines_have(self):
        text = "".join(line(7, START, name=f"clone{number:05d}") for number in range(12_000))
        read = self.ask("duplicates", text + text, status=1)
        self.assertEqual((read["complete"], read["pools"][0]["count"], read["pools"][0]["without"], len(read["duplicates"][0]["uses"])), (True, 1, 12_000, 12_000))

    def test_one_name(self):
        text = line(1, START - timedelta(days=40), name="PC1") + line(2, START - timedelta(days=3), name="pc1.") + line(3, START, name="pc1") + line(4, START, name="pc2")
        read = self.ask("duplicates", text, status=1)
        self.assertEqual([(pool["count"], pool["without"]) for pool in read["pools"]], [(3, 2)])
        item, = read["duplicates"]
        self.assertEqual((item["what"], [use["cmid"][-1] for use in item["uses"]], [use["counted"] for use in item["uses"]]), ("one-name", ["3", "2", "1"], [True, True, False]))

    def test_a_name_of_long_ago(self):
        """It asked under no name since: a machine all the same."""
        pool, = self.ask("duplicates", line(1, START - timedelta(days=40), name="old") + line(1, START, name="") + line(2, START), status=0)["pools"]
        self.assertEqual((pool["count"], pool["without"]), (2, 2))

    def test_none(self):
        self.assertEqual(self.ask("duplicates", line(1, START) + line(1, START) + line(2, START), status=0)["duplicates"], [])


class Forecast(Events):
    def test_the_worked_example(self):
        done = run("--as-of", "2024-03-16", "forecast", EXAMPLE, "--format", "json")
        self.assertEqual(done.returncode, 1)
        pool, = document(done, "forecast")["pools"]
        step, = pool["steps"]
        self.assertEqual((step["date"], step["count"], step["lost"], step["silent"]), ("2024-03-31", 22, ["client"], SILENT))
        self.assertEqual(pool["avoid"], {"machines": 3, "before": "2024-03-31", "kind": "client"})
        silent = [lapse for lapse in pool["lapses"] if lapse["silent"]]
        self.assertEqual([(lapse["name"], lapse["date"]) for lapse in silent], [(name, "2024-08-28") for name in SILENT])  # 2024-03-01 and 180 days
        others = [lapse for lapse in pool["lapses"] if not lapse["silent"]]
        self.assertEqual((len(others), {lapse["kind"] for lapse in others}, {lapse["date"] for lapse in others}), (16, {"client"}, {"2024-09-25"}))  # renewed last on 2024-03-29
        text = run("--as-of", "2024-03-16", "forecast", EXAMPLE).stdout.decode()
        self.assertIn("any 3 of these machines must ask again before 2024-03-31", text)

    def test_25_left_stay_activated(self):
        lines = [line(number, START + timedelta(days=7 * week), minimum=5 if number < 6 else 25) for week in range(3) for number in range(26) if week == 0 or number != 25]
        pool, = self.ask("forecast", "".join(lines), as_of="2024-03-16", status=0)["pools"]
        self.assertEqual([(step["count"], step["lost"]) for step in pool["steps"]], [(25, [])])
        self.assertIsNone(pool["avoid"])
        self.assertEqual([lapse["name"] for lapse in pool["lapses"]], ["pc025"])

    def test_options(self):
        pool, = self.ask("forecast", pathlib.Path(EXAMPLE).read_text(), "--silent-after", "60d", as_of="2024-03-16", status=0)["pools"]
        self.assertEqual((pool["steps"], pool["lapses"], pool["silent"]), ([], [], 0))
        pool, = self.ask("forecast", pathlib.Path(EXAMPLE).read_text(), "--horizon", "P100D", as_of="2024-03-16", status=1)["pools"]
        self.assertEqual((len(pool["steps"]), pool["lapses"]), (1, []))
        pool, = self.ask("forecast", pathlib.Path(EXAMPLE).read_text(), "--horizon", "10d", as_of="2024-03-16", status=0)["pools"]
        self.assertEqual((pool["steps"], pool["avoid"]), ([], None))
        self.wrong_use("forecast", EXAMPLE, "--silent-after", "soon", says="--silent-after")
        self.wrong_use("forecast", EXAMPLE, "--horizon", "7", says="--horizon")

    def test_too_low_already(self):
        pool, = self.ask("forecast", pathlib.Path(EXAMPLE).read_text(), as_of="2024-04-01", status=1)["pools"]
        self.assertEqual((pool["steps"], pool["avoid"]), ([], {"machines": 3, "before": None, "kind": "client"}))
        self.assertEqual(sorted({lapse["date"] for lapse in pool["lapses"]}), ["2024-08-28", "2024-09-25"])

    def test_time_left_is_taken_where_renewal_failed(self):
        lines = [line(number, START) for number in range(25)]
        lines += [line(number, START + timedelta(days=35), minutes=145 * 1440) for number in range(3)]
        pool, = self.ask("forecast", "".join(lines), as_of="2024-04-06", status=1)["pools"]
        self.assertEqual({lapse["date"] for lapse in pool["lapses"] if not lapse["silent"]}, {"2024-08-28"})  # 2024-04-05 and 145 days

    def test_met_again_is_not_met_then(self):
        """25 clients, of which 10 fall silent: 99 asks among the 15 that are left; that there are 26 by now gives it nothing."""
        others = "".join(line(number, START + timedelta(days=7 * week)) for number in range(25) for week in range(12) if number < 15 or week == 0)
        others += "".join(line(number, START + timedelta(days=80)) for number in range(30, 40))
        for status, minutes, lapses in ((0, 0, []), (5, 0, []), (1, 100 * 1440, [("pc099", "2024-07-19")])):
            pool, = self.ask("forecast", others + line(99, START + timedelta(days=40), status=status, minutes=minutes), as_of="2024-05-20", status=0)["pools"]
            self.assertEqual((pool["count"], pool["lapsed"]), (25, 0))
            self.assertEqual([(lapse["name"], lapse["date"]) for lapse in pool["lapses"] if lapse["name"] == "pc099"], lapses)

    def test_a_first_request_activates(self):
        """Clients fall silent, the threshold is lost on 2024-03-31; client 99 asked first two days before, and again in vain."""
        again = line(99, START + timedelta(days=33)).rsplit(",", 3)[0] + "\n"  # does not say how long it has left
        lines = [line(number, START) for number in range(25)] + [line(number, START + timedelta(days=33)) for number in range(20)]
        pool, = self.ask("forecast", "".join(lines) + line(99, START + timedelta(days=28)) + again, as_of="2024-04-04", status=1)["pools"]
        self.assertEqual([(lapse["date"], lapse["silent"]) for lapse in pool["lapses"] if lapse["name"] == "pc099"], [("2024-09-25", False)])  # 2024-03-29 and 180 days

    def test_against_a_simulation_day_by_day(self):
        source = random.Random(25)
        losses = 0
        for _ in range(60):
            losses += self.simulate(source)
        self.assertGreater(losses, 5)

    def simulate(self, source):
        tables = ledger.HOSTS["windows", "-"]
        as_of = START + timedelta(days=40)
        machines = source.randint(3, 45)
        requests = []
        for number in range(machines):
            at, kind = START + timedelta(minutes=source.randrange(14 * 1440)), source.choice((ledger.SERVER, ledger.CLIENT, ledger.CLIENT))
            until = as_of if source.random() < 0.5 else at + timedelta(days=source.randrange(40))
            while at <= min(until, as_of):
                requests.append((at, number, kind))
                at += timedelta(days=7)
        requests.sort()
        text = "".join(line(number, at, minimum=5 if kind == ledger.SERVER else 25) for at, number, kind in requests)
        pool, = self.ask("forecast", text, as_of=as_of.strftime("%Y-%m-%dT%H:%M:%SZ"))["pools"]
        last = {number: (at, kind) for at, number, kind in requests}
        future = [(at + timedelta(days=7 * week), number, kind) for number, (at, kind) in last.items() if as_of - at <= timedelta(days=7) for week in range(1, 8)]
        model, days, step_of = ledger.Model(tables), 0, {step["date"]: step for step in pool["steps"]}
        queue = sorted(requests + future)
        before = None
        for day in range(75):  # the end of each
            end = datetime(2024, 3, 1, 23, 59, 59, tzinfo=timezone.utc) + timedelta(days=day)
            while queue and queue[0][0] <= end:
                at, number, kind = queue.pop(0)
                model.record(number, kind, int(at.timestamp()), False, True)
            count = model.count(int(end.timestamp()))[0]
            date = end.strftime("%Y-%m-%d")
            if end > as_of and date in step_of:
                days += 1
                self.assertEqual(step_of[date]["count"], count, (date, text))
                asked = {kind for _, _, kind in requests}
                lost = [name for name, kind, minimum in (("client", ledger.CLIENT, 25), ("server", ledger.SERVER, 5)) if kind in asked and before >= minimum > count]
                self.assertEqual(step_of[date]["lost"], lost, (date, text))
            elif end > as_of and before is not None and end - as_of > timedelta(days=1):
                self.assertEqual(count, before, (date, text))
            before = count
        self.assertEqual(days, len(step_of))
        return any(step["lost"] for step in pool["steps"])

    def test_the_least_is_the_least(self):
        """So many of the silent machines ask again the second before: the threshold holds; with one less it is lost."""
        lines = [line(number, START + timedelta(days=7 * week, hours=number)) for number in range(31) for week in range(6) if number < 20 or week < 2]
        pool, = self.ask("forecast", "".join(lines), as_of="2024-04-05", status=1)["pools"]
        needed, before = pool["avoid"]["machines"], datetime.strptime(pool["avoid"]["before"], "%Y-%m-%d").replace(tzinfo=timezone.utc)
        self.assertEqual(needed, 5)
        for back, holds in ((needed, True), (needed - 1, False)):
            again = [line(30 - number, before - timedelta(minutes=1)) for number in range(back)]
            later = self.ask("forecast", "".join(lines + [line(number, before - timedelta(hours=1)) for number in range(20)] + again), as_of=(before - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
            self.assertEqual(later["pools"][0]["avoid"] is None, holds)

    def test_drawing(self):
        hostile = "<script>&\"'\u202e"
        text = "".join(line(number, START, name=f"pc{number}") for number in range(30)) + line(99, START, name="<b>")
        drawn = run("--as-of", "2024-03-16", "forecast", self.file("events.txt", text), "--format", "svg").stdout.decode()
        root = ElementTree.fromstring(drawn)
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertNotIn("href", drawn)
        shown = " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))
        for words in ("clients activate from 25 on", "2024-03-16: 31", "2024-03-31: 0", "KMS count, Windows"):
            self.assertIn(words, shown)
        event = (f'<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>12290</EventID>'
                 f'<TimeCreated SystemTime="2024-03-01T08:00:00Z"/><EventRecordID>1</EventRecordID><Computer>{hostile.replace("&", "&amp;").replace("<", "&lt;")}</Computer></System>'
                 f'<EventData><Data>{line(1, START).strip()}</Data></EventData></Event>')
        drawn = run("--as-of", "2024-03-16", "forecast", self.file("host.xml", event), "--format", "svg").stdout.decode()
        shown = " ".join("".join(element.itertext()) for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text"))
        self.assertIn("on <script>&\"'\\u{202e}", shown)
        self.assertNotIn("<script", drawn)
        self.assertNotIn("\u202e", drawn)
        ElementTree.fromstring(run("forecast", self.file("none.txt", line(1, START, result="0xC004F06C")), "--format", "svg").stdout.decode())

    def test_into_a_closed_pipe(self):
        done = subprocess.run(["sh", "-c", '"$1" forecast "$2" --as-of 2024-03-16 | head -1', "sh", BINARY, EXAMPLE], capture_output=True, env={**ENVIRONMENT, "PATH": "/usr/bin:/bin"}, check=False)
        self.assertEqual(done.stdout.count(b"\n"), 1)
        with open("/dev/full", "wb") as full:
            self.assertEqual(run("forecast", EXAMPLE, stdout=full).returncode, 5)


class Timeline(Events):
    def moments(self, edition, *options, status=0):
        done = run("--as-of", "2024-06-01", "timeline", edition, "--last-success", "2024-03-01", "--format", "json", *options)
        self.assertEqual(done.returncode, status, done.stderr)
        return [(moment["what"], moment["date"], moment["expiry"]) for moment in document(done, "timeline")["moments"]]

    def test_generations(self):
        start = [("success", "2024-03-01", None), ("renewal", "2024-03-08", None), ("retry", "2024-03-08", None), ("forgotten", "2024-03-31", None)]
        self.assertEqual(self.moments("Windows 7 Enterprise"), start + [("end", "2024-08-28", None), ("expired", "2024-09-27", "notification")])
        self.assertEqual(self.moments("Windows 10 Enterprise"), start + [("warning", "2024-07-29", None), ("end", "2024-08-28", None), ("expired", "2024-09-27", "notification")])
        self.assertEqual(self.moments("office-2016-volume-editions"), start + [("end", "2024-08-28", None), ("expired", "2024-09-27", "notification")])

    def test_reduced_functionality_on_vista_without_a_service_pack_alone(self):
        self.assertEqual([moment[2] for moment in self.moments("Windows Vista Enterprise")[-2:]], ["reduced-functionality", "notification"])
        self.assertEqual([moment[2] for moment in self.moments("Windows Vista Enterprise", "--build", "6000")[-2:]], [None, "reduced-functionality"])
        self.assertEqual([moment[2] for moment in self.moments("Windows Vista Enterprise", "--build", "6002")[-2:]], [None, "notification"])
        for edition in ("Windows Server 2008 Standard", "Windows 8 Enterprise", "Windows 11 Enterprise", "Windows Server 2025 Standard"):
            self.assertNotIn("reduced-functionality", [moment[2] for moment in self.moments(edition)])

    def test_not_by_kms(self):
        """facts/editions.csv: Home and Ultimate have no volume license; an evaluation image is converted first."""
        for edition, says in (("Windows 10 Home", "is not there"), ("Windows 7 Ultimate", "is not there"), ("Windows Server 2019 Standard Evaluation", "a source says that KMS does not activate")):
            asked = ("--as-of", "2024-06-01", "timeline", edition, "--last-success", "2024-03-01")
            read = document(self.check(run(*asked, "--format", "json"), 1), "timeline")
            self.assertEqual((read["moments"], read["left_out"], read["by_kms"]["verdict"]), ([], [], "no"))
            self.assertTrue(read["by_kms"]["sources"])
            self.assertIn(says, read["by_kms"]["text"])
            text = self.check(run(*asked), 1).stdout.decode()
            self.assertIn(f"{edition}: KMS never activates it", text)
            self.assertIn(read["by_kms"]["text"], text)
            self.assertIn("source: ", text)
            self.assertNotIn("renews", text)
            self.assertEqual(run(*asked, "-q").returncode, 1)

    def test_of_a_release_an_edition_that_KMS_activates(self):
        done = run("--as-of", "2024-06-01", "timeline", "windows-10", "--last-success", "2024-03-01", "--format", "json")
        read = document(self.check(done, 0, None, ('"Windows 10 Pro" is told, the first edition of the release that KMS activates',)), "timeline")
        self.assertEqual((read["edition"], read["by_kms"]["verdict"], len(read["moments"])), ("windows-10-pro", "yes", 7))
        done = run("--as-of", "2024-06-01", "timeline", "azure-stack-hci-21h2", "--last-success", "2024-03-01")
        self.check(done, 1, None, ("KMS activates none of them",))

    def test_the_last_of_all_times(self):
        asked = ("--as-of", "9999-12-31", "timeline", "Windows 10 Pro", "--last-success", "9999-12-01T00:00:00Z")
        read = document(self.check(run(*asked, "--format", "json"), 0), "timeline")
        self.assertEqual([moment["what"] for moment in read["moments"]], ["success", "renewal", "retry", "forgotten"])
        self.assertEqual((read["moments"][-1]["date"], read["left_out"]), ("9999-12-31", ["warning", "end", "expired"]))
        self.assertIn("Left out, as later than 9999-12-31T23:59:59Z: warning, end, expired\n", self.check(run(*asked), 0).stdout.decode())
        read = document(run("--as-of", "9999-12-31T23:59:59Z", "timeline", "Windows 10 Pro", "--last-success", "9999-12-31T23:59:59Z", "--format", "json"), "timeline")
        self.assertEqual(([moment["what"] for moment in read["moments"]], read["left_out"]), (["success"], ["renewal", "retry", "forgotten", "warning", "end", "expired"]))
        self.assertEqual(document(run("--as-of", "2024-06-01", "timeline", "Windows 10 Pro", "--last-success", "2024-03-01", "--format", "json"), "timeline")["left_out"], [])

    def test_statuses(self):
        self.assertEqual(run("--as-of", "2024-08-27", "timeline", "Windows 7 Enterprise", "--last-success", "2024-03-01", "-q").returncode, 0)
        self.assertEqual(run("--as-of", "2024-08-28", "timeline", "Windows 7 Enterprise", "--last-success", "2024-03-01", "-q").returncode, 1)
        self.wrong_use("timeline", "Windows 7 Enterprise", says="--last-success DATE is missing")
        self.wrong_use("timeline", "Windows 7 Enterprise", "--last-success", "2024-02-30", says="--last-success")
        self.wrong_use("timeline", "Windows 77", "--last-success", "2024-02-01", says="unknown edition")
        self.wrong_use("--as-of", "2024-01-01", "timeline", "Windows 7 Enterprise", "--last-success", "2024-02-01", says="later than --as-of")
        self.wrong_use("timeline", "Windows 7 Enterprise", "--last-success", "2024-02-01", "--build", "old", says="--build")


if __name__ == "__main__":
    unittest.main()
