"""kmsrules identify from outside: the document, lines, tables on standard input, statuses, hostile text."""
import csv
import io
import json
import os
import resource
import subprocess
import tempfile
import unittest

import jsonschema

PROGRAM = os.environ["KMSRULES_BIN"]
SCHEMA = json.load(open(os.path.join(os.path.dirname(__file__), "../../docs/schemas/identity-1.schema.json"), encoding="utf-8"))


def run(*arguments, text=None, **options):
    return subprocess.run([PROGRAM, "identify", *arguments], input=b"" if text is None else text, capture_output=True, check=False, **options)


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

    def test_an_empty_field_alone_is_a_row(self):
        done = run("--format", "csv", "--columns", "id", "Windows 7 Pro", "Ubuntu")
        self.assertEqual(done.stdout, b'id\r\nwindows-7-professional\r\n""\r\n')

    def test_every_column(self):
        columns = ["at", "how", "candidates", "id", "kind", "outcome", "sku", "build", "text"]
        done = run("--format", "csv", "--columns", ",".join(columns), "--build", "17763", "--sku", "125", "Windows 10 Enterprise LTSC")
        header, row = csv.reader(io.StringIO(done.stdout.decode(), newline=""))
        self.assertEqual(header, columns)
        self.assertRegex(row[0], r"^data/vocabulary\.xml:\d+:\d+$")
        self.assertEqual(row[2:], [*["windows-10-enterprise-ltsc-2019"] * 2, "edition", "recognised", "125", "17763", "Windows 10 Enterprise LTSC"])

    def test_evidence_beside_lines(self):
        text = b"Windows 10 Enterprise LTSC\n"
        self.assertIsNone(items("--build", "17763", text=text)[1][0]["text"])  # by itself: standard input is not read
        for option in (["--plain"], ["--encoding", "windows-1252"]):
            self.assertEqual(items("--build", "17763", *option, text=text)[1][0]["id"], "windows-10-enterprise-ltsc-2019", option)
        table = b"System,Build\nWindows 10 Enterprise LTSC,19044\nWindows 10 Enterprise LTSC,\n"
        found = items("--build", "17763", "--columns", "os=System,build=Build", text=table)[1]
        self.assertEqual([item["id"] for item in found], ["windows-10-enterprise-ltsc-2021", "windows-10-enterprise-ltsc-2019"])
        done = run("--format", "csv", "--columns", "text,id", "--build", "25398", text=text)
        self.assertEqual(done.stdout, b"text,id\r\n,windows-server-annual-channel\r\n")

    def test_no_input(self):
        self.assertEqual([run(text=b"").returncode, run(text=b"").stdout], [0, b""])
        self.assertEqual(run("--format", "csv", text=b"").stdout.count(b"\r\n"), 1)
        done = subprocess.run([PROGRAM, "identify"], capture_output=True, check=False, preexec_fn=lambda: os.close(0))
        self.assertEqual((done.returncode, done.stdout), (5, b""))
        self.assertIn(b"standard input", done.stderr)

    def test_F135_another_encoding_only_when_it_is_said(self):
        text = "Windows Server® 2008 Standard\nMicrosoft Windows 10 Éducation\n".encode("cp1252")
        done = run(text=text)
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assertIn(b"standard input:1:15: byte 0xAE is not UTF-8", done.stderr)
        self.assertEqual([item["id"] for item in items("--encoding", "windows-1252", text=text)[1]], ["windows-server-2008-standard", "windows-10-education"])

    def test_a_bad_row_is_no_silence(self):
        status, found = items("--columns", "os=System,build=Build", text=b"System,Build\nWindows 7 Pro,abc\nWindows 7 Pro,7601\n")
        self.assertEqual((status, [item["id"] for item in found]), (3, ["windows-7-professional"]))

    def test_F214_the_reader_goes_away(self):
        with subprocess.Popen([PROGRAM, "identify"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
            program.stdout.close()
            program.stdin.write(b"Microsoft Windows 10 Pro\n" * 200000)
            program.stdin.close()
            errors = program.stderr.read()
        self.assertEqual((program.returncode, errors), (5, b"kmsrules: standard output: Broken pipe\n"))

    def test_output_and_quiet(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.json")
            done = run("--format", "json", "--output", path, "Windows 7 Pro", "VOLUME_KMS")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (4, b"", b""))
            with open(path, encoding="utf-8") as file:
                jsonschema.validate(json.load(file), SCHEMA)
        for texts, status in ((["Windows 7 Pro"], 0), (["Windows 7 Pro", "VOLUME_KMS"], 4), (["VOLUME_KMS", "Ubuntu"], 1)):
            done = run("-q", *texts)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (status, b"", b""))

    def test_F200_options_of_an_input_that_is_not_read(self):
        for option in (["--plain"], ["--encoding", "windows-1252"], ["--separator", ";"], ["--columns", "os=System"]):
            done = run(*option, "Windows 7 Pro")
            self.assertEqual((done.returncode, done.stdout), (2, b""), option)
            self.assertIn(option[0].encode(), done.stderr)
        done = run("--plain", "--columns", "os=System", text=b"System\nWindows 7\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (2, b"", b"kmsrules: --plain and --columns contradict each other\n"))

    def test_wrong_use(self):
        for arguments in (["--build", "x", "a"], ["--sku", "x", "a"], ["--product-type", "toaster", "a"], ["--format", "csv", "--columns", "nothing", "a"], ["--columns", "id", "a"],
                          ["--format", "junit", "a"], ["--build", "10", "a"], ["--sku", "-1", "a"], ["--sku", "99999999999", "a"], ["--format", "csv", "--columns", "id,,text", "a"],
                          ["--columns", "os=", "a"], ["--key", "windows-10", "a"], ["--build", "17763", "--build", "19045", "a"], ["--encoding", "no-such-encoding"]):
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

    def test_F317_F319_formulas_and_quotes(self):
        texts = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "  =1+1", 'a,"b";c', "</script>\u2028\\", "Ünï"]
        rows = list(csv.reader(io.StringIO(run("--format", "csv", "--columns", "text,id", "--", *texts).stdout.decode(), newline="")))
        self.assertEqual([row[0] for row in rows[1:]], [*["'" + text for text in texts[:5]], texts[5], "</script>\\u{2028}\\", "Ünï"])
        found = items("--", *texts)[1]
        self.assertEqual([item["text"] for item in found], texts)

    def test_F223_a_product_key_is_never_shown(self):
        key = "-".join(["ABCDE"] * 5)
        for arguments, text, status in (([key], None, 2), ([], f"Windows 7 {key}\nWindows 7\n".encode(), 3)):
            done = run("--format", "json", *arguments, text=text)
            self.assertEqual(done.returncode, status)
            self.assertNotIn(b"ABCDE", done.stdout + done.stderr)

    def test_many_unknown_lines_take_little_memory(self):
        text = "".join(f"windows server unknown thing {i} {i * 7919:x}\n" for i in range(5000)).encode()
        limit = 512 << 20
        limited = None if os.environ.get("ASAN_OPTIONS") else lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        done = run("--format", "ndjson", text=text, preexec_fn=limited, timeout=120)
        self.assertEqual((done.returncode, done.stdout.count(b'"outcome":"unknown"'), done.stderr), (1, 5000, b""))


if __name__ == "__main__":
    unittest.main()
