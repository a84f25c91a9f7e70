#!/usr/bin/python3
"""kmsrules explain CODE, and the examples of the pages: each is run, and what it prints is compared."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import jsonschema

from support import BINARY, ENVIRONMENT, ROOT, Case, run

PAGES = sorted((ROOT / "docs/codes").glob("*.md"))
SCHEMA = json.loads((ROOT / "docs/schemas/code-1.schema.json").read_text())
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
KEY = "-".join(["ABCDE"] * 5)


def pattern_of(expected):
    """A line of one … stands for any lines, another … for any text within its line."""
    lines = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in expected.splitlines()]
    return re.compile("".join(lines) + r"\Z")


class Examples(Case):
    def run_block(self, text):
        """The commands of a block, with what each must print; a line that starts with > belongs to the command before."""
        parts = re.split(r"^\$ ", text, flags=re.M)[1:]
        for part in parts:
            command, _, rest = part.partition("\n")
            while rest.startswith("> "):
                more, _, rest = rest[2:].partition("\n")
                command += "\n" + more
            yield command, rest

    def check_page(self, page):
        count = 0
        folder = self.folder / page.stem
        folder.mkdir()
        (folder / "bin").mkdir()
        (folder / "bin" / "kmsrules").symlink_to(pathlib.Path(BINARY).resolve())
        environment = {**ENVIRONMENT, "PATH": f"{folder / 'bin'}:/usr/bin:/bin", "LC_ALL": "C"}
        for kind, more, text in BLOCK.findall(page.read_text()):
            if kind == "xml":
                (folder / "site.xml").write_text(text)
                continue
            self.assertEqual(kind, "console")
            if "as root" in more and os.geteuid() != 0:
                continue
            shell = subprocess.Popen(["sh"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            commands = list(self.run_block(text))
            script = "".join(f"{command}\nprintf '\\n\\1\\n'\n" for command, _ in commands)
            printed = shell.communicate(script, timeout=60)[0].split("\n\1\n")
            self.assertEqual(len(printed), len(commands) + 1)
            for (command, expected), actual in zip(commands, printed):
                actual = actual if not actual or actual.endswith("\n") else actual + "\n"
                self.assertRegex(actual, pattern_of(expected), command)
                count += bool(expected) and page.stem in actual
        return count

    def test_every_code_of_the_program_has_an_example_that_shows_it(self):
        for page in PAGES:
            with self.subTest(page.stem):
                is_ours = page.stem.startswith("KR")
                root_only = page.stem == "KR922" and os.geteuid() != 0
                self.assertEqual(self.check_page(page), 1 if is_ours and not root_only else 0)

    def test_a_wrong_example_is_noticed(self):
        wrong = self.folder / "KR911.md"
        wrong.write_text((ROOT / "docs/codes/KR911.md").read_text().replace("KR911 unknown-id: key", "KR911 unknown-id: group"))
        with self.assertRaises(AssertionError):
            self.check_page(wrong)


class Pages(Case):
    def test_form(self):
        self.assertGreater(len(PAGES), 70)
        for page in PAGES:
            with self.subTest(page.stem):
                text = page.read_text()
                self.assertRegex(text, rf"\A# {page.stem} \S")
                titles = re.findall(r"^## (.*)$", text, re.M)
                last = ["What to do"] if page.stem.startswith("KR") else ["What to do", "Sources"]
                middle = [title for title in ("Example", "Which error is seen") if title in titles]
                self.assertEqual(titles, ["What it means", "What decides it", *middle, *last])
                self.assertEqual("Example" in titles, page.stem.startswith("KR"))
                self.assertEqual("Which error is seen" in titles, page.stem.startswith("KR1"))
                prose = BLOCK.sub("", text)
                self.assertEqual([line for line in prose.splitlines() if len(line) > 112 or line != line.rstrip()], [])

    def test_printed(self):
        for page in PAGES:
            with self.subTest(page.stem):
                text = page.read_text()
                done = self.check(run("explain", page.stem.lower()), 0)
                self.assertEqual(re.findall(r"`|\]\(|^#", done.stdout.decode(), re.M), [])
                self.assertTrue(done.stdout.decode().startswith(text[2 : text.index("\n") + 1]))
                for _, _, example in BLOCK.findall(text):
                    for line in example.splitlines():
                        self.assertTrue(f"    {line}\n" in done.stdout.decode(), line)
                document = json.loads(self.check(run("explain", page.stem, "--format", "json"), 0).stdout)
                jsonschema.Draft7Validator.check_schema(SCHEMA)
                jsonschema.Draft7Validator(SCHEMA).validate(document)
                self.assertEqual((document["code"], document["text"]), (page.stem, text))

    def test_document(self):
        document = json.loads(run("explain", "kr104", "--format", "json").stdout)
        self.assertEqual(list(document), ["schema", "code", "name", "text", "checks", "errors"])
        self.assertEqual((document["name"], document["checks"], document["errors"]), ("key-covers-edition", [], ["0xC004F042"]))
        document = json.loads(run("explain", "0xC004F050", "--format", "json").stdout)
        self.assertEqual((document["name"], document["checks"], document["errors"]), ("product key invalid", ["KR102", "KR105"], []))
        of_2010 = json.loads(run("--rules", "windows-2010", "explain", "0xC004F050", "--format", "json").stdout)
        self.assertEqual(of_2010["checks"], ["KR102"])

    def test_color(self):
        self.assertIn(b"\x1b[1mKR104 key-covers-edition\x1b[0m\n", run("explain", "KR104", "--color", "always").stdout)
        self.assertNotIn(b"\x1b", run("explain", "KR104").stdout)

    def test_quiet_and_file(self):
        self.check(run("explain", "KR104", "-q"), 0, "")
        path = self.folder / "page.md"
        self.check(run("explain", "KR104", "--format", "markdown", "-o", str(path)), 0, "")
        self.assertEqual(path.read_text(), (ROOT / "docs/codes/KR104.md").read_text())


class Spellings(Case):
    def test_of_an_error(self):
        page = run("explain", "0xC004F042").stdout
        for spelling in ("0xc004f042", "0XC004F042", "C004F042", "c004f042", "-1073418174", "3221549122"):
            with self.subTest(spelling):
                self.check(run("explain", spelling), 0, page.decode())
        self.check(run("explain", "--", "-1073418174"), 0, page.decode())
        self.check(run("explain", "80070005"), 0, run("explain", "0x80070005").stdout.decode())

    def test_unknown(self):
        self.wrong_use("explain", "KR107", says='unknown code "KR107"; nearest: KR10')
        self.wrong_use("explain", "0xC004F043", says="0xC004F042 this KMS cannot be used")
        self.wrong_use("explain", "-1073418173", says=('unknown code "-1073418173"', "0xC004F042 this KMS cannot be used"))
        self.wrong_use("explain", "KR1O4", says='unknown code "KR1O4"; nearest: KR104 key-covers-edition')
        self.wrong_use("explain", "-5", says='kmsrules: unknown code "-5"\n')
        self.wrong_use("explain", "0x" + "F" * 100_000, says=("unknown code", "(100002 bytes)"))
        self.wrong_use("explain", "KR1\x1b[31m", says='unknown code "KR1\\x1b[31m"')

    def test_what_is_no_code_is_a_name(self):
        for word in ("KR", "0x", "Windows 7", "104", "", "C004F0422"):
            with self.subTest(word):
                self.wrong_use("explain", word, says="EDITION is missing")

    def test_two_words_are_a_question(self):
        self.wrong_use("explain", "KR104", "0xC004F042", says=('unknown edition "KR104"', 'unknown edition "0xC004F042"'))

    def test_product_key(self):
        for word in (KEY, f"0xC004F042-{KEY}", f"KR104 {KEY}"):
            with self.subTest(word):
                done = run("explain", word)
                self.check(done, 2, "", ("looks like a product key",))
                self.assertNotIn(b"ABCDE", done.stderr)

    def test_options_of_a_question_are_refused(self):
        for option in (["--key", "windows-7"], ["--update", "KB1"], ["--complete"], ["--host-build", "17763"], ["--servers", "5"], ["--accept", "conditional"]):
            with self.subTest(option):
                self.wrong_use("explain", "KR104", *option, says="explain KR104: a code takes no options of a question")
        self.wrong_use("explain", "Windows 7 Pro", "Windows 7 Pro", "--format", "markdown", says="--format markdown is for the page of a code")
        self.wrong_use("explain", "KR104", "--format", "csv", says="explain has no format csv; it has text, json, markdown")

    def test_rules_are_read(self):
        self.check(run("--rules", self.file("bad.xml", "<a>"), "explain", "KR104"), 3, "", ("bad.xml:1:1: KR905",))


class Manual(Case):
    PAGE = pathlib.Path(BINARY).resolve().parent.parent / "docs/kmsrules-codes.7"

    def test_has_every_code(self):
        text = self.PAGE.read_text()
        self.assertEqual(re.findall(r"^\.SH (KR\d+|0x[0-9A-F]{8})", text, re.M), sorted((page.stem for page in PAGES), key=lambda stem: (stem[0] == "0", stem)))
        self.assertEqual(text.count("\n.nf\n"), text.count("\n.fi\n"))
        self.assertNotIn("`", re.sub(r"^\.nf\n.*?^\.fi$", "", text, flags=re.M | re.S))

    @unittest.skipUnless(shutil.which("groff"), "no groff")
    def test_is_formatted_without_warnings(self):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww", str(self.PAGE)], capture_output=True, env={"PATH": "/usr/bin:/bin"}, check=False)
        # long lines of examples are not to be broken
        warnings = [line for line in done.stderr.decode().splitlines() if "cannot adjust line" not in line and "can't break line" not in line]
        self.assertEqual((done.returncode, warnings), (0, []))
        plain = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout.decode())
        for part in ("KR104 key-covers-edition", "0xC004F042 this KMS cannot be used", "$ kmsrules --rules windows rules check site.xml", "HKLM\\SYSTEM\\CurrentControlSet"):
            self.assertTrue(part in plain, part)


if __name__ == "__main__":
    unittest.main()
