#!/usr/bin/python3
"""The command line seen from outside: answers, statuses, options, documents. KMSRULES_BIN=…/kmsrules test_cli.py"""
import json
import re
import shlex
import subprocess
import unittest

import jsonschema

from support import BINARY, DATE, ENVIRONMENT, ROOT, Case, run, table


def validate(document):
    name = document["schema"].split("/")
    schema = json.loads((ROOT / f"docs/schemas/{name[1]}-{name[2]}.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(document)
    return document


class MustHold(Case):
    """The examples that the program was ordered with."""

    def explain(self, status, *arguments):
        return self.check(run("explain", *arguments), status).stdout.decode()

    def checks(self, status, *arguments):
        answer = validate(json.loads(self.explain(status, *arguments, "--format", "json")))
        return answer, {check["code"]: check for host in answer["hosts"] for edition in host["editions"] for check in edition["checks"]}

    def test_a_client_host_does_not_activate_a_server(self):
        asked = ("Windows 7 Enterprise", "Windows Server 2008 R2 Enterprise")
        self.check(run("can", *asked), 1, "no\n")
        _, checks = self.checks(1, *asked)
        self.assertEqual(checks["KR104"]["outcome"], "fail")

    def test_the_2010_trap(self):
        asked = ("--rules", "windows-2010", "Windows Server 2008 R2 Standard", "Windows 7 Professional", "--key", "client")
        answer, checks = self.checks(1, *asked)
        self.assertEqual(checks["KR102"]["outcome"], "fail")
        self.assertIn({"key": "server-group-b", "verdict": "yes", "needs": [], "requirements": []}, answer["hosts"][0]["choices"])
        self.assertTrue(any("Server Group B" in note and "covers" in note for note in answer["notes"]), answer["notes"])
        self.assertIn("Server Group B", self.explain(1, *asked))

    def test_a_rollup_is_needed(self):
        asked = ("Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", "--key", "windows-server-2019")
        text = self.explain(4, *asked)
        self.assertTrue(text.startswith("Conditional: "))
        self.assertIn("KB4467695 or any later", text.splitlines()[0])
        self.assertTrue(self.explain(0, *asked, "--update", "KB4467695").startswith("Yes: "))

    def test_any_later_update_of_the_line(self):
        asked = ("Windows Server 2019 Standard", "Windows Server 2025 Standard", "--key", "windows-server-2025")
        self.assertIn("KB5034768", self.explain(4, *asked))
        self.explain(0, *asked, "--update", "KB5036896")
        _, checks = self.checks(1, *asked, "--host-build", "10.0.17763.5329")
        self.assertEqual(checks["KR105"]["outcome"], "fail")
        self.assertIn("KB9999999", self.explain(4, *asked, "--update", "KB9999999"))

    def test_both_sides_of_a_silence(self):
        _, checks = self.checks(4, "Windows Server 2019", "Windows 11 Pro", "--key", "windows-server-2019")
        self.assertEqual(checks["KR104"]["outcome"], "undocumented")
        sources = {source["id"] for fact in checks["KR104"]["facts"] for source in fact["sources"]}
        self.assertGreaterEqual(len(sources), 2)

    def test_azure_edition_hosts_nothing(self):
        asked = ("Windows Server 2022 Datacenter: Azure Edition", "Windows 10 Pro")
        self.check(run("can", *asked), 1, "no\n")
        _, checks = self.checks(1, *asked)
        self.assertEqual((checks["KR101"]["outcome"], checks["KR101"]["basis"]), ("fail", "excluded"))

    def test_misspelt_host(self):
        self.wrong_use("explain", "Windows Sever 2012", "Windows 7 Pro", says='kmsrules: unknown edition "Windows Sever 2012"; nearest: "Windows Server 2012", ')

    def test_broken_tables_are_reported_together(self):
        self.file("a.xml", '<table xmlns="urn:kmsrules:1">\n <include href="b.xml"/>\n <application id="a" name="A"/>\n</table>')
        self.file("b.xml", '<table xmlns="urn:kmsrules:1">\n <include href="a.xml"/>\n</table>')
        self.file("c.xml", '<!DOCTYPE table><table xmlns="urn:kmsrules:1"/>')
        extra = ('<include href="a.xml"/>\n<include href="c.xml"/>\n<source id="book" title="again" reliability="primary"/>\n'
                 '<no-host editions="dekst-1" source="book"/>\n<no-client editions="desk-1"/>')
        root = self.file("root.xml", table(extra=extra))
        done = self.check(run("--rules", root, "can", "Desk", "Desk"), 3, "", ("",))
        found = set(re.findall(r"(\w+\.xml:\d+:\d+): (KR9\d\d) [a-z-]+: ", done.stderr.decode()))
        expected = {("b.xml:2:2", "KR913"), ("c.xml:1:1", "KR903"), ("root.xml:14:13", "KR910"), ("root.xml:15:20", "KR911"), ("root.xml:16:1", "KR914"),
                    ("root.xml:16:1", "KR915")}
        self.assertEqual(found, expected, done.stderr.decode())


class Overlays(Case):
    def test_only_its_own_warnings_are_counted(self):
        site = self.file("site.xml", '<ruleset xmlns="urn:kmsrules:1" id="site" revision="1">\n'
                         ' <source id="policy-7" title="Our policy" reliability="primary"/>\n</ruleset>')
        done = self.check(run("--rules", "windows", "rules", "check", "--fail-on", "warning", site), 0, f"{site}: no problems\n", ("",))
        self.assertEqual(done.stderr, b"")
        self.check(run("rules", "check", "--fail-on", "warning", "windows"), 1, "windows: 0 errors, 4 warnings\n", ("",))


class Statuses(Case):
    QUESTION = ("windows-server-2019-standard", "windows-server-2025-standard", "--key", "windows-server-2025")

    def test_every_status_of_a_question(self):
        self.check(run("can", *self.QUESTION, "--update", "KB5036896"), 0, "yes\n")
        self.check(run("can", *self.QUESTION, "--complete"), 1, "no\n")
        self.check(run("can", *self.QUESTION), 4, "conditional\n")
        self.check(run("can", "windows-server-2019-standard", "windows-11-pro", "--key", "windows-server-2019"), 4, "undocumented\n")
        self.wrong_use("can", says="HOST")
        self.check(run("--rules", self.file("t.xml", "<x/>"), "can", *self.QUESTION), 3, "", (":1:1: KR",))
        self.check(run("--rules", "/nowhere/t.xml", "can", *self.QUESTION), 5, "", ("No such file or directory",))

    def test_accept(self):
        self.check(run("can", *self.QUESTION, "--accept", "conditional"), 0, "conditional\n")
        self.check(run("can", *self.QUESTION, "--accept", "undocumented"), 4, "conditional\n")
        self.check(run("can", *self.QUESTION, "--accept", "undocumented,conditional"), 0)
        self.check(run("can", *self.QUESTION, "--complete", "--accept", "conditional,undocumented"), 1)
        for value in ("no", "conditional,", ",", "conditional undocumented"):
            self.wrong_use("can", *self.QUESTION, "--accept", value, says="--accept")

    def test_lists(self):
        self.check(run("-q", "hosts", "windows-10"), 0, "")
        self.check(run("-q", "keys", "windows-server-2019-standard", "windows-11-pro"), 4, "")
        self.check(run("-q", "keys", "windows-server-2019-standard", "windows-11-pro", "--accept", "undocumented"), 0, "")
        self.check(run("-q", "hosts", "windows-xp-professional"), 1, "")
        self.check(run("highest", "windows-7", "--host", "windows-server-2022-standard"), 1, "none\n")

    def test_rules_check(self):
        good, warned = self.file("good.xml", table()), self.file("warned.xml", table(extra='<update id="KB123456" source="book"/>'))
        self.check(run("rules", "check", good), 0, f"{good}: no problems\n")
        done = run("rules", "check", good, warned)
        self.check(done, 0, f"{good}: no problems\n{warned}: 0 errors, 1 warning\n", ("KR953 unused-update: ",))
        self.check(run("-q", "rules", "check", warned, "--fail-on", "warning"), 1, "")
        bad = self.file("bad.xml", table().replace('source="book"/>\n  </release>', 'source="boek"/>\n  </release>'))
        self.check(run("rules", "check", warned, bad, "--fail-on", "warning"), 3, None, (f"{bad}:5:", "KR911 unknown-id: "))
        self.check(run("rules", "check", "windows", "windows-2010"), 0, None, ("KR9",))

    def test_rules_check_of_an_overlay(self):
        base = self.file("base.xml", table())
        overlay = self.file("over.xml", '<ruleset xmlns="urn:kmsrules:1" id="over" revision="1"><key-group ref="desk"><excludes editions="desk-1" source="book"/></key-group></ruleset>')
        self.check(run("--rules", base, "rules", "check", overlay), 0, None, ("",))
        self.check(run("--rules", base, "--rules", overlay, "can", "Desk", "Desk"), 1, "no\n")
        self.check(run("--rules", base, "can", "Desk", "Desk"), 0, "yes\n")

    def test_F224_precedence(self):
        self.check(run("--rules", "/nowhere/t.xml", "--rules", self.file("t.xml", "<x/>"), "can", "a", "b"), 5, "", ("/nowhere/t.xml: ", "t.xml:1:1: KR"))
        lists = self.file("updates.txt", "KB5036896 nonsense")
        self.check(run("can", *self.QUESTION, "Windows 12", "--update", "@" + lists), 3, "", ("updates.txt:1:11: ", "Windows 12"))
        self.check(run("can", *self.QUESTION, "Windows 12", "--update", "@/nowhere"), 5, "", ("/nowhere: No such file", "Windows 12"))
        with open("/dev/full", "wb") as full:
            self.check(run("can", *self.QUESTION, stdout=full), 5, None, ("No space left",))

    def test_the_table_is_the_same_in_help_and_manual(self):
        shown = run("--help").stdout.decode().split("Exit status:\n")[1].splitlines()
        rows = {int(row[:4]): row[6:] for row in shown if re.match(r" *\d", row)}
        self.assertEqual(sorted(rows), [0, 1, 2, 3, 4, 5, 6, 70])
        manual = (ROOT / "docs/kmsrules.1").read_text().replace("\\-", "-")
        self.assertEqual(rows, {int(number): text for number, text in re.findall(r"^(\d+)\|T\{\n(.*)\nT\}$", manual, re.MULTILINE)})
        self.assertIn("Where several apply: " + shown[-1].split(": ")[1], manual)


class Options(Case):
    QUESTION = ("Windows Server 2019 Standard", "Windows 10 Pro")

    def test_F195_no_arguments(self):
        self.wrong_use(says=("usage: kmsrules", "kmsrules --help"))

    def test_F196_unknown_option_or_command(self):
        for arguments in (("--nonsense",), ("-x",), ("can", "a", "b", "--rulez", "x"), ("explane", "a"), ("rules", "lists"), ("rules",)):
            self.wrong_use(*arguments, says="kmsrules --help")

    def test_what_was_meant(self):
        for arguments, meant in ((("forcast", "x"), "forecast"), (("cuonts",), "counts"), (("explane", "a"), "explain"), (("identi",), "identify"), (("rules", "lst"), "list"),
                                 (("can", "--hosts", "x"), "--host"), (("--versoin",), "--version"), (("can", "--formt=json"), "--format"), (("can", "-format", "json"), "--format"),
                                 (("timeline", "--last", "x"), "--last-success")):
            self.wrong_use(*arguments, says=(f"; did you mean {meant}? See kmsrules --help\n",))
        for arguments in (("xyzzy",), ("--foo",), ("-x",), ("rules", "everything"), ("",), ("--" + "a" * 5000,)):
            self.assertNotIn("did you mean", self.wrong_use(*arguments, says="see kmsrules --help").stderr.decode())

    def test_formats_are_those_of_the_command(self):
        self.wrong_use("counts", "x", "--format", "nagio", says="counts has no format nagio; it has text, json, nagios; did you mean nagios?\n")
        self.wrong_use("--format", "cvs", "identify", "x", says="identify has no format cvs; it has text, json, ndjson, csv; did you mean csv?\n")
        self.wrong_use("can", *self.QUESTION, "--format", "nagios", says="can has no format nagios; it has text, json\n")
        self.wrong_use("--version", "--format", "yaml", says="has no format yaml")
        self.wrong_use("forecast", "x", "--format", "nagios", says="forecast has no format nagios; it has text, json, svg\n")
        self.wrong_use("forecast", "counts", "--format=nagios", says="forecast has no format nagios")

    def test_help_tells_of_the_host_of_each_command(self):
        told = {command: re.search(r"--host HOST\n +(.*)\n", run(command, "--help").stdout.decode())[1] for command in ("check", "highest", "plan", "slmgr", "counts", "forecast", "duplicates")}
        self.assertIn("to choose from", told.pop("plan"))
        self.assertIn("the Windows", told.pop("slmgr"))
        for command in ("counts", "forecast", "duplicates"):
            self.assertIn("virtual machines", told.pop(command))
        self.assertEqual(set(told.values()), {"the edition that is the host, or its release"})

    def test_F197_options_are_not_abbreviated(self):
        self.wrong_use("--vers", says='unknown option "--vers"')
        self.wrong_use("can", *self.QUESTION, "--form", "json", says='unknown option "--form"')

    def test_F198_values(self):
        self.wrong_use("can", *self.QUESTION, "--key", says="--key")
        self.wrong_use("can", *self.QUESTION, "--host-build=", says="--host-build")
        self.wrong_use("can", *self.QUESTION, "--update", "", says="--update")
        self.wrong_use("--format", "json", "can", *self.QUESTION, "--format=text", says="--format")
        self.wrong_use("can", *self.QUESTION, "--complete=yes", says="--complete")
        self.check(run("--format", "text", "can", *self.QUESTION, "--format=text"), 0, "yes\n")

    def test_F199_numbers(self):
        for value in ("10x", "-1", "1e3", "99999999999999999999", " 5", "0x10", "+1", "1.0", "٣"):
            self.wrong_use("can", *self.QUESTION, "--clients", value, says=("--clients", "is not a whole number"))
        self.check(run("can", *self.QUESTION, "--clients", "9223372036854775807", "--servers", "9223372036854775807"), 0, "yes\n")
        self.check(run("can", *self.QUESTION, "--clients", "20", "--servers", "4"), 1, "no\n")

    def test_F200_contradictions(self):
        self.wrong_use("-q", "-o", str(self.folder / "x"), "can", *self.QUESTION, says=("--quiet", "--output"))
        self.wrong_use("can", *self.QUESTION, "--key", "windows-server-2019", "--key", "windows-server-2022", says="--key")
        self.wrong_use("can", *self.QUESTION, "--host-build", "10.0.20348.1", says="--host-build")
        self.wrong_use("can", *self.QUESTION, "--update", "KB5036896", "--host-build", "10.0.17763.1", says="--host-build")
        self.wrong_use("rules", "list", "--key", "x", says="--key")
        self.wrong_use("hosts", "windows-10", "--fail-on", "warning", says="--fail-on")

    def test_F201_end_of_options(self):
        self.wrong_use("can", "--", "--key", "-q", says=('unknown edition "--key"', 'unknown edition "-q"'))
        self.check(run("--", "can", *self.QUESTION), 0, "yes\n")

    def test_F202_every_unknown_name_is_reported(self):
        done = run("can", "Windows Server 2k8", "Windows 7 Pro", "Widnows 8 Pro", "--key", "windows-sever-2012")
        self.check(done, 2, "", ('"Windows Server 2k8"; nearest: "', '"Widnows 8 Pro"; nearest: "Windows 8 Pro"', 'unknown key group "windows-sever-2012"; nearest: "'))
        self.assertEqual(done.stderr.count(b"nearest"), 3)
        self.wrong_use("can", "KR104", "0xC004F042", says=('"KR104"', '"0xC004F042"'))
        self.wrong_use("explain", "KMS104", says=('"KMS104"', "EDITION is missing"))

    def test_F203_ambiguous_name(self):
        says = ('ambiguous edition "Windows 10 Enterprise LTSC"', '"Windows 10 Enterprise LTSC 2019"', '"Windows 10 Enterprise LTSC 2021"')
        self.wrong_use("can", "windows-server-2022-standard", "Windows 10 Enterprise LTSC", says=says)

    def test_F204_strange_file_names(self):
        for name in (b"-t.xml", b"two words.xml", b"new\nline.xml", b"esc\x1b[31m.xml", b"bad\xff.xml"):
            path = bytes(self.folder) + b"/" + name
            with open(path, "wb") as file:
                file.write(table().encode())
            self.check(run("--rules", name, "can", "Desk", "Desk", cwd=self.folder), 0, "yes\n")
            with open(path, "wb") as file:
                file.write(b"<x/>")
            done = self.check(run("rules", "check", "--", name, cwd=self.folder), 3, None, (".xml:1:1: KR",))
            self.assertNotRegex((done.stderr + done.stdout).decode(), "[\x00-\x09\x0b-\x1f\x7f-\x9f]")

    def test_F205_standard_input_twice(self):
        self.wrong_use("can", *self.QUESTION, "--update", "@-", "--update", "@-", says="only once")

    def test_F221_long_and_many_arguments(self):
        long = "x" * (127 * 1024)
        done = self.wrong_use("can", long, "Windows 10 Pro", says=f"({len(long)} bytes)")
        self.assertLess(len(done.stderr), 2000)
        self.check(run("can", "windows-server-2022-standard", *["windows-10-pro"] * 10000), 0, "yes\n")
        self.check(run("can", "windows-server-2022-standard", "windows-10-pro", "--update", ",".join(f"KB{number}" for number in range(4000000, 4012000))), 0, "yes\n")

    def test_F223_product_keys_are_refused_and_never_shown(self):
        key = "ABCDE-12345-FGHIJ-67890-KLMNO"
        for arguments in (("can", key, "x"), ("can", "x", "y", "--key", key), ("--rules=" + key,), ("can", "x", "y", "--update", "KB1," + key.lower()),
                          (key,), ("--", key), ("--help", key), ("-o" + key, "rules", "list")):
            done = self.wrong_use(*arguments, says=("product key", "history"))
            self.assertNotIn(b"12345", done.stderr)
        done = self.check(run("can", *self.QUESTION, "--update", "@" + self.file("u.txt", key)), 3, "", ("u.txt:1:1: ", "product key"))
        self.assertNotIn(b"12345", done.stderr)

    def test_rulesets(self):
        self.wrong_use("--rules", "windws", "can", "a", "b", says=('"windws"', '"windows", "windows-2010"'))
        self.wrong_use("rules", "check", "windws", "windoze", says=('"windws"', '"windoze"'))
        self.check(run("can", "--rules", "windows-2010", *("Windows Server 2008 R2 Standard", "Windows 7 Professional")), 0, "yes\n")
        self.file("plain", table())
        self.check(run("--rules", "plain", "can", "Desk", "Desk", cwd=self.folder), 0, "yes\n")

    def test_F207_a_folder_is_no_table(self):
        self.check(run("--rules", str(self.folder), "can", "a", "b"), 5, "", (f"{self.folder}: ", "irectory"))

    def test_F243_missing_table(self):
        self.check(run("rules", "check", "nowhere.xml"), 5, None, ("nowhere.xml: KR921 unreadable: No such file or directory",))

    def test_updates(self):
        asked = ("can", "windows-server-2019-standard", "windows-server-2025-standard", "--key", "windows-server-2025")
        for value in ("KB5036896", "5036896", "kb5036896", "KB4467695,KB5036896", "KB4467695, KB5036896;"):
            self.check(run(*asked, "--update", value), 0, "yes\n")
        self.wrong_use(*asked, "--update", "KB5036896,KBx", "--update", "nothing", says=('"KBx"', '"nothing"'))

    def test_lists_of_updates(self):
        asked = ("can", "windows-server-2019-standard", "windows-server-2025-standard", "--key", "windows-server-2025", "--update")
        text = "# known\r\nKB4467695 ; comes first\r\n\tKB5036896, 4467695 # and more\r\n".replace("; comes first", "")
        for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
            self.check(run(*asked, "@" + self.file("updates.txt", data)), 0, "yes\n")
        self.check(run(*asked, "@-", input=text.encode(), stdin=None), 0, "yes\n")
        self.check(run(*asked, "@" + self.file("empty.txt", "")), 4, "conditional\n")
        says = ("u.txt:2:3: ", '"bad"', "u.txt:3:1: ", '"KB\\xff"')
        self.check(run(*asked, "@" + self.file("u.txt", b"KB5036896\n\t bad\nKB\xff")), 3, "", says)
        self.check(run(*asked, "@" + self.file("z.txt", b"KB5036896\0x")), 3, "", ("z.txt:1:1: ",))

    def test_dates(self):
        for date in ("2026-11-21", "2026-11-21T12:00:00Z"):
            self.assertEqual(json.loads(run("explain", *self.QUESTION, "--as-of", date, "--format", "json").stdout)["as_of"], date)
        for date in ("today", "2026-02-30", "2026-11-21T25:00:00Z", "21.11.2026", "2026-11-21 ", "x" * 300):
            self.wrong_use("explain", *self.QUESTION, "--as-of", date, says="--as-of")
        self.assertRegex(json.loads(run("explain", *self.QUESTION, "--format", "json").stdout)["as_of"], r"^20\d\d-\d\d-\d\d$")

    def test_help_and_version(self):
        whole = self.check(run("--help"), 0).stdout.decode()
        for command in ("explain", "can", "editions", "hosts", "keys", "highest", "rules list", "rules check"):
            self.assertIn(f"\n  {command}", whole)
            self.assertIn(f"] {command}".replace("] ", "]… "), self.check(run(*command.split(), "--help"), 0).stdout.decode())
        self.check(run("--version"), 0, "kmsrules 0.1.0\n")

    def test_every_option_is_in_the_manual(self):
        manual = (ROOT / "docs/kmsrules.1").read_text().replace("\\-", "-")
        commands = (("explain",), ("can",), ("editions",), ("hosts",), ("keys",), ("highest",), ("rules", "list"), ("rules", "check"))
        for command in commands:
            for option in re.findall(r"^ {2}.{4}(--[a-z-]+)", run(*command, "--help").stdout.decode(), re.MULTILINE):
                self.assertIn(option, manual)

    def test_inverse_questions(self):
        first = run("hosts", "Windows 11 Pro").stdout.decode().splitlines()[0]
        self.assertRegex(first, r"^yes +Windows Server 2025 Standard +")
        self.assertIn("Windows 7 Professional", run("editions", "Windows 7 Enterprise").stdout.decode())
        self.assertIn("KB5034768", run("keys", "Windows Server 2019 Standard", "windows-server-2025").stdout.decode())
        self.check(run("--rules", "windows-2010", "highest", "client", "server-group-a", "server-group-b", "--host", "Windows Server 2008 R2 Enterprise"), 0,
                   "yes           server-group-b  Server Group B\n")
        self.wrong_use("editions", "a", "b", says='"b"')


class Documents(Case):
    def document(self, *arguments):
        done = run("--as-of", DATE, *arguments, "--format", "json")
        self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)
        self.assertTrue(done.stdout.endswith(b"}\n"))
        return validate(json.loads(done.stdout))

    def test_schemas(self):
        for arguments in (
            ("explain", "windows-server-2012-r2", "windows-10", "office-2016", "--clients", "4"),
            ("explain", "windows-server-2022-datacenter-azure-edition", "windows-xp-professional"),
            ("explain", "windows-server-2003", "windows-7", "--update", "KB968915", "--complete"),
            ("can", "windows-server-2019", "windows-11", "--host-build", "17763", "--office", "0"),
            ("editions", "windows-server-2012-standard"),
            ("editions", "windows-7-enterprise", "--key", "windows-7"),
            ("hosts", "windows-server-2025"),
            ("hosts", "windows-xp-professional"),
            ("keys",),
            ("keys", "windows-server-2019"),
            ("keys", "windows-server-2019-standard", "windows-11-pro"),
            ("highest", "windows-7", "windows-server-2022", "--host", "windows-server-2022-standard"),
            ("rules", "list"),
            ("rules", "check"),
            ("rules", "check", self.file("bad.xml", "<a>"), self.file("good.xml", table())),
        ):
            with self.subTest(arguments):
                self.document(*arguments)

    def test_members_of_an_answer(self):
        answer = self.document("explain", "Windows Server 2012 R2 Standard", "Windows 10 Enterprise", "--servers", "3")
        self.assertEqual(list(answer), ["schema", "ruleset", "as_of", "question", "verdict", "hosts", "notes", "remedies", "remedies_complete"])
        self.assertEqual(answer["question"], {"host": "windows-server-2012-r2-standard", "keys": [], "editions": ["windows-10-enterprise"], "updates": None,
                                              "updates_complete": False, "host_build": None, "counts": {"clients": None, "servers": 3, "office": None}})
        host = answer["hosts"][0]
        self.assertEqual(list(host), ["host", "application", "verdict", "key", "key_assumed", "editions", "choices"])
        self.assertEqual(list(host["editions"][0]["checks"][0]), ["code", "check", "outcome", "basis", "text", "facts", "errors"])
        self.assertIn({"key": "windows-server-2019", "verdict": "conditional", "needs": ["KB4467695"], "requirements": [{"any_of": ["KB4467695"], "or_later": True}]},
                      host["choices"])
        self.assertEqual([choice["key"] for choice in host["choices"]][0], "windows-server-2019")

    def test_a_release_stays_a_release_in_the_question(self):
        answer = self.document("explain", "windows-server-2022", "windows-10", "--update", "KB1234567")
        self.assertEqual((answer["question"]["host"], answer["question"]["editions"]), ("windows-server-2022", ["windows-10"]))
        self.assertEqual(answer["question"]["updates"], ["KB1234567"])
        self.assertGreater(len(answer["hosts"]), 1)

    def test_the_verdict_is_the_worst_outcome(self):
        order = ["pass", "unknown", "undocumented", "fail"]
        verdicts = ["yes", "conditional", "undocumented", "no"]
        answer = self.document("explain", "windows-server-2012-r2", "windows-10", "windows-11", "office-2019", "windows-7-ultimate")
        for host in answer["hosts"]:
            for edition in host["editions"]:
                self.assertEqual(edition["verdict"], verdicts[max(order.index(check["outcome"]) for check in edition["checks"])])

    def test_can_and_explain_agree(self):
        for edition in ("windows-7", "windows-10", "windows-11", "windows-server-2025", "office-2013", "windows-7-ultimate"):
            for host in ("windows-7-enterprise", "windows-server-2012-r2", "windows-server-2022-standard"):
                word, explained = run("can", host, edition), run("explain", host, edition)
                self.assertEqual(word.returncode, explained.returncode)
                self.assertEqual(explained.stdout.decode().split(":")[0].lower(), word.stdout.decode().strip())

    def test_problems_hold_their_place(self):
        bad = self.file("bad.xml", table().replace('hosts="desk-1"', 'hosts="dsek-1"'))
        found = self.document("rules", "check", bad)["rulesets"][0]
        self.assertEqual([(p["code"], p["severity"], p["line"]) for p in found["problems"] if p["severity"] == "error"], [("KR911", "error", 9)])
        missing = json.loads(run("rules", "check", "/nowhere.xml", "--format", "json").stdout)
        self.assertIsNone(validate(missing)["rulesets"][0]["problems"][0]["line"])

    def test_wrong_use_is_plain_text_on_stderr(self):
        self.wrong_use("explain", "nonsense", "Windows 10 Pro", "--format", "json", says='kmsrules: unknown edition "nonsense"')


class Hostile(Case):
    NAMES = {"F314": "&#x9b;31m&#x7f;", "F316": "&#x202e;&#x2066;&#x200b;&#xfeff;", "F319": "&lt;/script&gt;&#x2028;&quot;\\&amp;", "F326": "日本語 e&#x301;"}

    def shown(self, name):
        rules = self.file("hostile.xml", table(name=f"Desk {name}", title=f"Book {name}", note=f"note {name}"))
        asked = ("--rules", rules, "explain", "desk-1-work", "desk-1-work")
        text = self.check(run(*asked), 0).stdout.decode()
        document = validate(json.loads(self.check(run(*asked, "--format", "json"), 0).stdout))
        return text, document, run(*asked, "--format", "json").stdout.decode()

    def title(self, document):
        return document["hosts"][0]["editions"][0]["checks"][3]["facts"][0]["sources"][0]["title"]

    def test_F314_controls_never_reach_a_terminal(self):
        text, document, raw = self.shown(self.NAMES["F314"])
        self.assertNotRegex(text + raw, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")
        self.assertIn("\\u{9b}31m\\x7f", text)
        self.assertEqual(self.title(document), "Book \x9b31m\x7f")

    def test_F316_bidirectional_and_invisible_characters(self):
        text, document, raw = self.shown(self.NAMES["F316"])
        self.assertNotRegex(text + raw, "[\u202e\u2066\u200b\ufeff]")
        self.assertIn("\\u{202e}\\u{2066}\\u{200b}\\u{feff}", text)
        self.assertEqual(self.title(document), "Book \u202e\u2066\u200b\ufeff")

    def test_F319_quotes_and_separators_in_json(self):
        _, document, raw = self.shown(self.NAMES["F319"])
        self.assertNotIn("\u2028", raw)
        self.assertEqual(self.title(document), 'Book </script>\u2028"\\&')

    def test_F326_characters_stay_whole(self):
        text, document, _ = self.shown(self.NAMES["F326"])
        self.assertIn("Desk 日本語 e\u0301", text)
        self.assertEqual(self.title(document), "Book 日本語 e\u0301")

    def test_names_in_lists_and_messages(self):
        rules = self.file("hostile.xml", table(name="Desk &#x9b;31m"))
        for arguments in (("hosts", "desk-1-work"), ("editions", "desk-1-work"), ("can", "Desk 31m", "\x1b[31m\u202e")):
            done = run("--rules", rules, *arguments)
            self.assertNotRegex((done.stdout + done.stderr).decode(), "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        self.check(run("can", b"\xff\xfe", "Windows 10 Pro"), 2, "", ('"\\xff\\xfe"',))

    def test_F324_color(self):
        asked = ("explain", "windows-server-2022-standard", "windows-10-pro")
        self.assertNotIn(b"\x1b", run(*asked).stdout)
        self.assertIn(b"\x1b[", run(*asked, "--color", "always", env={"NO_COLOR": "1", "TERM": "dumb"}).stdout)
        script = ["script", "-qec", shlex.join([BINARY, *asked]), "/dev/null"]
        for environment, is_colored in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({}, False),
                                        ({"TERM": "xterm", "NO_COLOR": ""}, True)):
            try:
                done = subprocess.run(script, env={**ENVIRONMENT, "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", **environment}, capture_output=True, check=False, timeout=60)
            except FileNotFoundError:
                self.skipTest("no script(1) to make a terminal with")
            self.assertEqual(b"\x1b[" in done.stdout, is_colored, environment)

    def test_F219_F327_the_environment_changes_nothing(self):
        for asked in (("explain", "windows-server-2012-r2", "windows-10", "office-2016"), ("hosts", "windows-11", "--format", "json"), ("can", "WINDOWS 7 ENTERPRISE", "x")):
            expected = run("--as-of", DATE, *asked)
            for environment in ({"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "nonsense"}, {"LC_ALL": "C"},
                                {"TZ": "Pacific/Kiritimati"}, {"COLUMNS": "20"}, {"PATH": "", "TMPDIR": "/nowhere"}):
                done = run("--as-of", DATE, *asked, env=environment)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (expected.returncode, expected.stdout, expected.stderr))


if __name__ == "__main__":
    unittest.main()
