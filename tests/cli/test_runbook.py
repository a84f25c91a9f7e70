#!/usr/bin/python3
"""Runbooks seen from outside: statuses, forms read by real readers, names that would be code. KMSRULES_BIN=…/kmsrules test_runbook.py"""
import json
import re
import unittest
from xml.sax.saxutils import escape, quoteattr

import jsonschema

import powershell
from support import HEAD, ROOT, Case, run, table

HOST, EDITION = "Windows Server 2022 Standard", "Windows 11 Pro"
FORMS = ("text", "json", "markdown", "powershell")
KEY = "-".join(letter * 5 for letter in "BCDFG")

# What somebody might give as a name, or an overlay might write into a step.
HOSTILE = ("'; Remove-Item C:\\ -Recurse; '", "$(Get-Date)", "`n", "a`", '"; calc; "', "\u2018; calc; \u2018", "\u2019; calc #", "\u201b", "\u201c$x\u201d", "@'", "#>", "<#", "%PATH%", "&& calc",
           "| calc", "\u0412\u2013x", "\u202etxt", "\U0001f600", "it's ''quoted''", "\\'", "$env:PATH")


def runbook(*arguments, status=0):
    done = run("runbook", *arguments)
    assert done.returncode == status, (done.returncode, done.stderr)
    return done.stdout.decode()


def document(*arguments, status=0):
    read = json.loads(runbook(*arguments, "--format", "json", status=status))
    schema = json.loads((ROOT / "docs/schemas/runbook-1.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(read)
    return read


def ids(read):
    return [step["id"] for step in read["steps"]]


class Verdicts(Case):
    def test_the_status_is_the_verdict(self):
        self.assertEqual(document(HOST, EDITION)["verdict"], "yes")
        asked = ("Windows Server 2019 Standard", "Windows Server 2022 Standard", "--key", "windows-server-2022")
        self.assertEqual(ids(document(*asked, status=4))[0], "confirm-update")
        self.assertEqual(ids(document(*asked, "--accept", "conditional"))[0], "confirm-update")
        self.assertNotIn("confirm-update", ids(document(*asked, "--update", "KB5003646")))
        self.assertNotIn("confirm-update", ids(document(*asked, "--host-build", "10.0.17763.9999")))
        self.assertEqual(ids(document(*asked, "--complete", status=1))[0], "install-update")
        self.assertEqual(ids(document(*asked, "--host-build", "10.0.17763.1", status=1))[0], "install-update")
        self.assertEqual(document("Windows Server 2016 Standard", EDITION, "--key", "windows-server-2016", status=4)["verdict"], "undocumented")

    def test_a_question_without_a_way_has_no_runbook(self):
        asked = ("Windows 7 Enterprise", "Windows Server 2008 R2 Enterprise")
        read = document(*asked, status=1)
        self.assertEqual((read["verdict"], read["steps"]), ("no", []))
        self.assertIn("covers, and Windows Server 2008 R2 Enterprise is not there", read["reasons"][0])
        text = runbook(*asked, status=1)
        self.assertIn("There is no runbook", text)
        self.assertIn("explain", text)
        powershell.check(runbook(*asked, "--format", "powershell", status=1))
        self.assertIn("\nthrow '", runbook(*asked, "--format", "powershell", status=1))
        self.assertIn("There is no runbook", runbook(*asked, "--format", "markdown", status=1))

    def test_a_host_that_is_a_release_without_a_host(self):
        self.assertEqual(document("Windows XP", EDITION, status=1)["steps"], [])

    def test_low_counts_are_no_dead_end(self):
        read = document(HOST, EDITION, "--clients", "3", "--servers", "2", status=1)
        self.assertIn("watch-count", ids(read))
        self.assertIn("25", read["reasons"][0])

    def test_warnings_come_first(self):
        text = runbook("Windows Server 2016 Standard", EDITION, "--key", "windows-server-2016", status=4)
        self.assertLess(text.index("No source says that this works"), text.index("Prepare"))

    def test_wrong_use(self):
        self.wrong_use("runbook", HOST, says="EDITION is missing")
        self.wrong_use("runbook", "Windows Sever 2022", EDITION, says="nearest")
        self.wrong_use("runbook", HOST, EDITION, "--format", "csv", says="it has text, json, markdown, powershell")
        self.wrong_use("explain", HOST, EDITION, "--offline", says="--offline")
        self.wrong_use("runbook", HOST, EDITION, "--dns", "maybe", says="automatic, manual or none")
        self.wrong_use("runbook", HOST, EDITION, "--dns", "manual", "--no-dns", says="--no-dns")
        self.assertEqual(document(HOST, EDITION, "--dns", "none", "--no-dns")["options"]["dns"], "none")
        for port in ("0", "65536", "99999999999999999999", "x", "-1", " 1"):
            self.wrong_use("runbook", HOST, EDITION, "--port=" + port, says="a port from 1 to 65535")
        self.assertEqual(document(HOST, EDITION, "--port", "65535")["options"]["port"], 65535)
        self.wrong_use("runbook", HOST, EDITION, "--host-name", "fe80::1", says="IPv6")
        self.wrong_use("runbook", HOST, EDITION, "--host-name", "192.0.2.1", "--dns", "manual", says="SRV records")
        self.wrong_use("runbook", HOST, EDITION, "--zone", "a.example", "--zone", "A.example", says="twice")
        self.wrong_use("runbook", HOST, EDITION, "--zone", "a.example", "--zone", "b c", says='"b c"')

    def test_quiet_and_into_a_file(self):
        self.check(run("runbook", HOST, EDITION, "-q"), 0, "")
        path = str(self.folder / "kms.ps1")
        self.check(run("runbook", HOST, EDITION, "--format", "powershell", "-o", path), 0, "")
        powershell.check((self.folder / "kms.ps1").read_text())


class Names(Case):
    def test_what_is_no_name_is_refused(self):
        for name in HOSTILE:
            for option in ("--host-name", "--zone"):
                self.check(run("runbook", HOST, EDITION, option, name, "--format", "powershell"), 2, "", ("kmsrules: ",))

    def test_names_stand_where_they_belong(self):
        script = runbook(HOST, EDITION, "--host-name", "kms-02.corp.contoso.example", "--zone", "a.example", "--zone", "b.example", "--format", "powershell")
        self.assertIn("$HostName = 'kms-02.corp.contoso.example'", script)
        self.assertIn("$Zone = @('a.example', 'b.example')", script)
        self.assertNotIn("kms01", script)


class PowerShell(Case):
    def scripts(self):
        for host, edition in ((HOST, EDITION), (HOST, "Office LTSC 2021"), ("Windows Server 2003 Standard", "Windows Server 2008 R2 Standard"), ("Windows Server 2008 Standard", "Windows 7 Enterprise"),
                              ("Windows 7 Enterprise", "Windows 7 Professional"), ("Windows Server 2012 R2 Standard", "Windows Server 2019 Standard")):
            for options in ((), ("--offline", "--no-dns"), ("--dns", "manual", "--zone", "a.example", "--zone", "b.example"), ("--port", "1700", "--zone", "a.example", "--zone", "b.example")):
                yield run("runbook", host, edition, *options, "--format", "powershell", "--accept", "conditional,undocumented")

    def test_every_script_is_as_it_should_be(self):
        count = 0
        for done in self.scripts():
            self.assertEqual(done.returncode, 0)
            script = done.stdout.decode("ascii")
            powershell.check(script)
            self.assertLess(script.index("IsInRole"), script.index("if ($From -le 1)"))  # refuses to run unelevated before its first step
            self.assertIn("SupportsShouldProcess = $true", script)
            self.assertEqual(script.count("if ($From -le "), int(re.search(r"ValidateRange\(1, (\d+)\)\] \[int\] \$From", script).group(1)))
            for line in script.splitlines():  # nothing runs but behind ShouldProcess, and no key is a literal
                self.assertTrue(not line.lstrip().startswith("& ") or line.startswith("        & "), line)
                if "'/ipk'" in line:
                    self.assertTrue(line.endswith("'/ipk' $HostKey"), line)
            count += 1
        self.assertEqual(count, 24)

    def test_what_is_done_by_hand_stops_the_script(self):
        script = runbook(HOST, EDITION, "--offline", "--format", "powershell")
        step = script[script.index("Call, give each installation id"):]
        self.assertRegex(step, r"Write-Warning 'This is done by hand\. Do it, then run the script again with -From \d+\.'\n    if \(-not \$WhatIfPreference\) \{ return \}")

    def test_texts_of_tables_stay_texts(self):
        for text in HOSTILE:
            steps = f"""<step id="a" phase="prepare" where="host" source="book" title={quoteattr(text + " {fqdn}")} check={quoteattr(text)} undo={quoteattr("u" + text)} note={quoteattr(text)}>
              <command text={quoteattr("tool " + text + " {fqdn} x" + text.replace(" ", ""))}/></step>
              <step id="b" phase="dns" where="dns-server" each="zone" source="book" title="{{zone}}" check="c" undo="u"><command shell="powershell" text={quoteattr("Get-It -Name " + text)}/></step>"""
            path = self.file("t.xml", table(name=escape(text, {'"': "&quot;"}), extra=steps))
            script = runbook("--rules", path, "desk-1-work", "desk-1-work", "--format", "powershell")
            powershell.check(script)
            for line in script.splitlines():
                self.assertFalse("calc" in re.sub(r"'(?:[^']|'')*'", "", line) and not line.startswith("#"), line)
            for form in ("text", "markdown"):
                shown = runbook("--rules", path, "desk-1-work", "desk-1-work", "--format", form)
                self.assertNotIn("\u202e", shown)
            document("--rules", path, "desk-1-work", "desk-1-work")

    def test_the_checker_finds_faults(self):
        good = "if ($From -le 1) {\n    & 'tool' '/a' $Port\n}\n"
        powershell.check(good)
        for bad in ("& tool", "& 'a'b'", "'a", "Write-Output \"a\"", "Write-Output $(x)", "Write-Output 'a' 'b'", "{", "}", "(]", "Remove-Item 'x'", "`", "Write-Output 'a\u2019'", "@'\nx\n'@", "'a'; 'b'", "$x | y"):
            with self.assertRaises(ValueError, msg=bad):
                powershell.check(bad)

    def test_strings_are_what_was_meant(self):
        path = self.file("t.xml", table(extra='<step id="a" phase="prepare" where="host" source="book" title="it\'s {port} &#233;" check="c" undo="u"/>'))
        self.assertIn("it's ", " ".join(powershell.strings(runbook("--rules", path, "desk-1-work", "desk-1-work", "--format", "powershell"))))
        self.assertIn("[char]0xe9", runbook("--rules", path, "desk-1-work", "desk-1-work", "--format", "powershell"))


class Markdown(Case):
    def test_texts_are_escaped_and_commands_stand_apart(self):
        steps = """<step id="a" phase="prepare" where="host" source="book" title="*a* &lt;b&gt; [c](d) `e` | # f" check="_x_" undo="~u~"><command text="```"/><command text="&lt;b>" alternative="yes"/></step>"""
        shown = runbook("--rules", self.file("t.xml", table(extra=steps)), "desk-1-work", "desk-1-work", "--format", "markdown")
        self.assertIn("### 1. \\*a\\* \\<b\\> \\[c\\](d) \\`e\\` \\| \\# f\n", shown)
        self.assertIn("\n    ```\n\nor\n\n    <b>\n\n", shown)
        self.assertIn("- Check: \\_x\\_\n- Undo: \\~u\\~\n", shown)


class Tables(Case):
    STEP = '<step id="a" phase="dns" where="host" source="book" title="t" check="c" undo="u"{}/>'

    def says(self, step, *codes):
        done = run("rules", "check", self.file("t.xml", table(extra=step)))
        found = re.findall(r"(KR\d+)", done.stdout.decode() + done.stderr.decode())
        self.assertEqual([code for code in found if code < "KR950"], list(codes), done.stderr)

    def test_steps_are_checked(self):
        self.says(self.STEP.format(""))
        for attributes, *codes in ((' hosts="nowhere"', "KR911"), (' applications="desk-1"', "KR912"), (' editions="desk"', "KR912"), (' when="sometimes"', "KR908"), (' each="day"', "KR908"),
                                   (' note="{what}"', "KR908"), (' note="a } b"', "KR908"), (' note="{zone"', "KR908"), (' elevated="maybe"', "KR908"), (' colour="red"', "KR906"),
                                   (f' note="{KEY}"', "KR918"), (' note=""', "KR908"), (' hosts="desk-1 -desk-1-work"', "KR919"), (' replace="yes"', "KR911"), (f' note="{"x" * 1025}"', "KR904")):
            self.says(self.STEP.format(attributes), *codes)
        self.says(self.STEP.format("") * 2, "KR910")
        self.says('<command text="x"/>', "KR905")
        self.says(self.STEP.format("").replace(' source="book"', ""), "KR915")
        self.says(self.STEP.format("").replace(' undo="u"', ""), "KR907")
        self.says(self.STEP.format("").replace(' phase="dns"', ' phase="lunch"'), "KR908")

    def test_an_overlay_adds_and_replaces_steps(self):
        path = self.file("site.xml", HEAD + """<source id="site" title="Site" reliability="primary"/>
          <step id="own" phase="prepare" where="host" source="site" title="Open a ticket" check="it has a number" undo="close it"/>
          <step id="install-role" replace="yes" phase="prepare" where="host" source="site" title="The role is in our image" check="c" undo="u"/></ruleset>""")
        done = json.loads(run("--rules", "windows", "--rules", path, "runbook", HOST, EDITION, "--format", "json").stdout)
        titles = [step["title"] for step in done["steps"]]
        self.assertIn("Open a ticket", titles)
        self.assertIn("The role is in our image", titles)
        self.assertNotIn("Install the Volume Activation Services role", titles)
        self.assertLess(titles.index("Open a ticket"), [step["phase"] for step in done["steps"]].index("install"))


if __name__ == "__main__":
    unittest.main()
