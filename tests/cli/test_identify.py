"""kmsrules identify from outside: the document, lines, tables on standard input, statuses, hostile text."""
import csv
import io
import json
import os
import subprocess
import unittest

import jsonschema

PROGRAM = os.environ["KMSRULES_BIN"]
SCHEMA = json.load(open(os.path.join(os.path.dirname(__file__), "../../docs/schemas/identity-1.schema.json"), encoding="utf-8"))


def run(*arguments, text=None):
    return subprocess.run([PROGRAM, "identify", *arguments], input=b"" if text is None else text, capture_output=True, check=False)


def items(*arguments, text=None):
    done = run("--format", "json", *arguments, text=text)
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    return done.returncode, document["items"]


class Recognition(unittest.TestCase):
    def test_the_examples(self):
        status, found = items("Microsoft Windows Server 2019 Datacenter ", "Windows Server® 2008 Standard", "Microsoft Windows 10 Entreprise", "Майкрософт Windows 10 Корпоративная")
        self.assertEqual([item["id"] for item in found],
                         ["windows-server-2019-datacenter", "windows-server-2008-standard", "windows-10-enterprise", "windows-10-enterprise"])
        self.assertEqual(status, 0)
        self.assertEqual([item["step"] for item in found], ["name", "name", "word", "word"])
        self.assertRegex(found[2]["at"], r"^data/vocabulary\.xml:\d+:\d+$")

    def test_a_build_decides(self):
        status, [item] = items("--build", "17763", "Windows 10 Enterprise LTSC")
        self.assertEqual((status, item["id"]), (0, "windows-10-enterprise-ltsc-2019"))
        status, [item] = items("Windows 10 Enterprise LTSC")
        self.assertEqual((status, item["outcome"], item["id"]), (4, "ambiguous", None))
        self.assertEqual(item["candidates"], ["windows-10-enterprise-ltsc-2019", "windows-10-enterprise-ltsc-2021"])
        self.assertIn("build", item["decides"])

    def test_a_build_alone(self):
        status, [item] = items("17763")
        self.assertEqual((status, item["kind"]), (4, "release"))
        self.assertLessEqual({"windows-10", "windows-10-ltsc-2019", "windows-server-2019"}, set(item["candidates"]))
        self.assertEqual(items("--build", "7601", "--product-type", "1")[1][0]["id"], "windows-7")
        self.assertEqual(items("--build", "7601")[0], 4)

    def test_numbers_and_ids(self):
        for arguments in (["--sku", "48", "--build", "10.0.19045.3803"], ["--edition-id", "Professional", "--build", "19045"], ["SKU 48, build 19045"], ["Professional 19045"]):
            self.assertEqual(items(*arguments)[1][0]["id"], "windows-10-pro", arguments)

    def test_a_contradiction_is_no_guess(self):
        status, [item] = items("--build", "22631", "Windows 10 Pro")
        self.assertEqual((status, item["contradicted"], item["candidates"]), (4, True, ["windows-10-pro", "windows-11-pro"]))

    def test_channels(self):
        status, found = items("VOLUME_KMS_R2_B", "VOLUME_KMS_2012-R2_WIN10", "VOLUME_KMS")
        self.assertEqual([item["id"] for item in found], ["windows-server-2008-r2-group-b", "windows-server-2012-r2-for-windows-10", None])
        self.assertEqual((status, found[2]["outcome"], found[2]["kind"]), (4, "ambiguous", "key-group"))

    def test_unknown(self):
        status, [item] = items("Ubuntu 22.04")
        self.assertEqual((status, item["outcome"], item["kind"], len(item["nearest"])), (1, "unknown", None, 3))
        self.assertEqual(items("Ubuntu", "VOLUME_KMS", "Windows 7")[0], 1)


class Input(unittest.TestCase):
    def test_lines(self):
        for text in ("Windows 7 Pro\r\n\r\nWindows 11 Pro\r\n".encode(), "\ufeffWindows 7 Pro\nWindows 11 Pro".encode("utf-16-le")):
            done = run("--format", "ndjson", text=text)
            found = [json.loads(line) for line in done.stdout.splitlines()]
            for item in found:
                jsonschema.validate({"schema": "kmsrules/identity/1", "items": [item]}, SCHEMA)
            self.assertEqual([item["id"] for item in found], ["windows-7-professional", "windows-11-pro"])
        self.assertEqual(items(text=b"")[1], [])

    def test_a_table(self):
        status, found = items("--columns", "os=System,build=Build", text=b"System;Build\nWindows 10 Enterprise LTSC;19044\n")
        self.assertEqual((status, [item["id"] for item in found]), (0, ["windows-10-enterprise-ltsc-2021"]))

    def test_csv_columns(self):
        done = run("--format", "csv", "--columns", "id,text", "Windows 7 Pro", "=cmd|x")
        self.assertEqual(list(csv.reader(io.StringIO(done.stdout.decode(), newline=""))), [["id", "text"], ["windows-7-professional", "Windows 7 Pro"], ["", "'=cmd|x"]])

    def test_wrong_use(self):
        for arguments in (["--build", "x", "a"], ["--sku", "x", "a"], ["--product-type", "toaster", "a"], ["--format", "csv", "--columns", "nothing", "a"], ["--columns", "id", "a"],
                          ["--format", "junit", "a"], ["--encoding", "no-such-encoding"]):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, b""), arguments)
            self.assertTrue(done.stderr.startswith(b"kmsrules: "), done.stderr)


class Hostile(unittest.TestCase):
    def test_controls_reach_no_terminal(self):
        text = "\x1b]0;x\x07 \x9b31m \u202eWindows 10 Pro"
        for form in ("text", "csv", "json", "ndjson"):
            shown = run("--format", form, text).stdout.decode()
            self.assertFalse([c for c in shown if (ord(c) < 0x20 and c not in "\r\n") or 0x7F <= ord(c) < 0xA0 or c == "\u202e"], form)
        self.assertEqual(items(text)[1][0]["text"], text)


if __name__ == "__main__":
    unittest.main()
