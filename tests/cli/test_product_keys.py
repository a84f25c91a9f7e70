#!/usr/bin/python3
"""What looks like a product key comes in nowhere and goes out nowhere: every command and option, every file that is read. KMSRULES_BIN=…/kmsrules test_product_keys.py"""
import json
import os
import re
import unittest

from support import HEAD, Case, run, table

KEY = "-".join(letter * 5 for letter in "BCDFG")
CODED = KEY.replace("-", "&#45;")  # what only an XML parser sees as one
FORMS = (KEY, KEY.lower(), f"x {KEY} y", f"{KEY},KB1", f"a={KEY}", f"@{KEY}", f"./{KEY}.xml")
HOST = "Windows Server 2022 Standard"
SHOWN = re.compile(b"B{5}-C{5}-D{5}|b{5}-c{5}-d{5}")


def commands():
    """Each command with the options that its help names: (words, [(option, whether it takes a value)])."""
    general = run("--help").stdout.decode()
    for name in re.findall(r"^  ((?:rules )?[a-z]+)(?: .*)?\n {10}", general.split("Options:")[0], re.MULTILINE):
        text = run(*name.split(), "--help").stdout.decode()
        yield name.split(), sorted(set(re.findall(r"^ {2}(?: {4}|-., )(--[a-z-]+)( [A-Z@a-z])?", text, re.MULTILINE)))


class ProductKeys(Case):
    def unseen(self, done, statuses):
        self.assertIn(done.returncode, statuses, done.stderr)
        self.assertIsNone(SHOWN.search((done.stdout or b"") + (done.stderr or b"")), (done.args[1:], done.stdout, done.stderr))
        return done

    def test_every_command_and_option(self):
        found = list(commands())
        general = set.intersection(*[set(options) for _, options in found])
        self.assertGreaterEqual({option for option, _ in general}, {"--rules", "--format", "--output", "--as-of"})
        self.assertGreaterEqual({" ".join(words) for words, _ in found},
                                {"explain", "can", "editions", "hosts", "keys", "highest", "identify", "check", "runbook", "rules list", "rules check"})
        count = 0
        for words, options in found:
            self.assertGreater(len(options), 5)
            forms = FORMS if words == ["explain"] else FORMS[:1]  # the words of all commands take one way
            for form in forms:
                self.unseen(run(*words, form), (2,))
                self.unseen(run(*words, HOST, form), (2,))
                self.unseen(run(*words, HOST, "Windows 10 Pro", "--", form), (2,))
            for option, value in options if words == ["explain"] else [each for each in options if each not in general]:
                for form in forms if value else FORMS[:1]:
                    self.unseen(run(*words, HOST, "Windows 10 Pro", option, form), (2,))
                    self.unseen(run(*words, HOST, f"{option}={form}"), (2,))
                    count += 1
            self.unseen(run(f"--{KEY}", *words), (2,))
            self.unseen(run(*words, f"-o{KEY}"), (2,))
        self.assertGreater(count, 120)
        self.unseen(run(KEY), (2,))
        self.unseen(run("rules", KEY), (2,))

    def test_lists_of_updates(self):
        for text in (KEY, f"KB5034768\n{KEY.lower()}\n", f"# {KEY}\n", f"x{KEY[1:]}", "\ufeff" + KEY, f"KB1-{KEY}"):
            for encoding in ("utf-8", "utf-16"):
                path = self.file("u.txt", text.encode(encoding))
                for words in (("can", HOST, "Windows 10 Pro"), ("runbook", HOST, "Windows 10 Pro"), ("keys", HOST)):
                    self.unseen(run(*words, "--update", "@" + path), (3, 0) if text.startswith("#") else (3,))

    def test_standard_input_of_identify(self):
        for arguments in ((), ("--plain",), ("--columns", "os=#1"), ("--columns", "os=OS"), ("--format", "json"), ("--format", "csv")):
            for text in (f"{KEY}\n", f"OS\nWindows 7 {KEY}\nWindows 10 Pro\n", f"{KEY},OS\na,b\n", json.dumps([{"os": KEY}]), f'OS\n"{KEY}'):
                reading = os.open(self.file("in", text), os.O_RDONLY)
                done = self.unseen(run("identify", *arguments, stdin=reading), (0, 1, 2, 3, 4))
                os.close(reading)
                self.assertGreater(len(done.stdout + done.stderr), 0)

    def test_an_audit_goes_on_behind_a_key(self):
        path = self.file("a.csv", f"Name,OS\nPC1,Windows 10 Pro\nPC2,{KEY}\n{KEY},Windows 10 Pro\nPC4,Windows 7 {KEY.lower()}\nPC5,Windows 10 Pro\n")
        for form in ("text", "json", "ndjson", "csv", "markdown", "junit", "sarif"):
            done = self.unseen(run("check", path, "--host", HOST, "--format", form), (3,))
        read = json.loads(run("check", path, "--host", HOST, "--format", "json").stdout)["read"]
        self.assertEqual((read["rows"], read["answered"] + read["unreadable"]), (5, 5))
        self.assertGreaterEqual(read["answered"], 2)
        self.assertGreaterEqual(read["unreadable"], 2)

    def test_tables(self):
        """In each place of a table: values, ids, names of elements and attributes, text, comments, instructions."""
        sound = table(extra='<update id="KB1" source="book"/><step id="a" phase="dns" where="host" source="book" title="t" check="c" undo="u"><command text="x"/></step>')
        values = dict.fromkeys(re.findall(r'"([^"]+)"', sound.split("\n", 1)[1]))
        inside = (f"<{KEY}/>", f"<x {KEY}='1'/>", KEY, f"<!-- {KEY} -->", f"<?x {KEY}?>", f"<set id='s' {KEY}='x' editions='{KEY}'/>", f"<include href='{KEY}.xml'/>", f"<{KEY}",
                  f"</{KEY}>", f"&{KEY};", f"<set xmlns:k='{KEY}' k:a='1' id='s' editions='desk-1'/>", f"<set id='s' colour='{CODED}' editions='{CODED.lower()}'/>")
        cases = [sound.replace(f'"{value}"', f'"{form}"', 1) for value in values for form in (KEY, CODED, CODED.lower(), f"a {CODED}")]
        cases += [sound.replace("</ruleset>", f"{text}</ruleset>") for text in inside]
        cases += [sound.replace("urn:kmsrules:1", CODED), sound.replace("urn:kmsrules:1", KEY), sound.replace('id="site"', f'id="{KEY.lower()}"'), f"<!DOCTYPE {KEY}>\n" + sound, KEY,
                  HEAD.replace("ruleset", KEY) + "</x>"]
        self.assertGreater(len(cases), 60)
        for text in cases:
            path = self.file("t.xml", text)
            for words in (("rules", "check", path), ("--rules", path, "runbook", "desk-1-work", "desk-1-work", "--format", "powershell")):
                self.unseen(run(*words), (0, 2, 3) if "<!-- " in text or "<?x" in text else (3,))


if __name__ == "__main__":
    unittest.main()
