#!/usr/bin/python3
"""What slmgr printed: the samples, statuses, encodings, other languages, what must not be shown. KMSRULES_BIN=…/kmsrules test_slmgr.py"""
import json
import os
import subprocess
import unittest

import jsonschema

from support import BINARY, DATE, ENVIRONMENT, ROOT, Case, run, table

SAMPLES = ROOT / "tests/slmgr"
SCHEMA = json.loads((ROOT / "docs/schemas/slmgr-1.schema.json").read_text())
MADE = SAMPLES / "dlv_host_2019_made.txt"
SECRETS = ("4XZ9Q", "7QW8E", "1234567890123456", "06401-00206", "0802019")  # of the made sample
KEY = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key
GERMAN = ("Name: Windows(R), ServerStandard-Edition\nBeschreibung: Windows(R) Operating System, VOLUME_KMSCLIENT channel\nTeil-Product Key: 4XZ9Q\n"
          "Lizenzstatus: Lizenziert\n")


def slmgr(*arguments, **options):
    return run("--as-of", DATE, "slmgr", *map(str, arguments), **options)


def document(done):
    read = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(read)
    return read


def only(read):
    (license,) = read["licenses"]
    return license


class Samples(Case):
    def read(self, name, status, *options):
        return document(self.check(slmgr(SAMPLES / name, "--format", "json", *options), status))

    def test_every_sample_is_in_the_schema(self):
        for path in sorted(SAMPLES.iterdir()):
            with self.subTest(path.name):
                done = slmgr(path, "--format", "json")
                self.assertIn(done.returncode, (0, 1))
                read = document(done)
                self.assertEqual((read["as_of"], read["read"]["not_understood"], read["read"]["lines"]), (DATE, [], read["read"]["understood"]))
                strict = json.loads(json.dumps(SCHEMA).replace('"properties":', '"additionalProperties": false, "properties":'))
                jsonschema.Draft7Validator(strict).validate(read)

    def test_host_with_the_key_for_windows_10(self):
        license = only(self.read("dlv_host_2012r2_win10key.txt", 1))
        self.assertEqual((license["role"], license["keys"], license["status"], license["reason"]), ("host", ["windows-server-2012-r2-for-windows-10"], "licensed", None))
        self.assertEqual(license["editions"], ["windows-server-2012-standard", "windows-server-2012-r2-standard"])
        host = license["host"]
        self.assertEqual((host["count"], host["cap"], host["port"], host["published"], host["low_priority"]), (0, 50, 1688, True, False))
        self.assertEqual([(row["kind"], row["minimum"], row["met"]) for row in host["thresholds"]], [("client", 25, False), ("server", 5, False)])
        self.assertEqual((host["requests"]["total"], host["requests"]["notification"]), (0, 0))
        self.assertEqual([(finding["of"], finding["level"]) for finding in license["findings"]], [("no-requests", "finding")])

    def test_what_it_can_do_is_what_editions_says(self):
        license = only(self.read("dlv_host_2012r2_win10key.txt", 1))
        for can in license["host"]["can"]:
            items = json.loads(run("editions", can["host"], "--key", can["key"], "--format", "json").stdout)["items"]
            for verdict in ("yes", "conditional", "undocumented"):
                self.assertEqual(can[verdict], sum(item["verdict"] == verdict for item in items))

    def test_told_host_and_updates(self):
        license = only(self.read("dlv_host_2012r2_win10key.txt", 1, "--host", "Windows Server 2012 R2 Standard"))
        self.assertEqual((license["editions"], license["told"]), (["windows-server-2012-r2-standard"], True))
        (before,) = license["host"]["can"]
        (after,) = only(self.read("dlv_host_2012r2_win10key.txt", 1, "--host", "Windows Server 2012 R2 Standard", "--update", "KB3172614"))["host"]["can"]
        self.assertGreater(before["conditional"], 0)
        self.assertGreater(after["yes"], before["yes"])

    def test_client(self):
        license = only(self.read("dli_client_win7_enterprise.txt", 0))
        self.assertEqual((license["role"], license["editions"], license["minutes_left"], license["host"]), ("client", ["windows-7-enterprise"], 243720, None))
        self.assertEqual(license["client"], {"cmid": "2ffcfc30-6a6a-49ec-92b8-f6150c7df211", "registered": None, "found": "emeronb10-rc3.sppvltest.net:1688", "address": None,
                                             "lookup_domain": None, "ad_object": None, "activation_minutes": 15, "renewal_minutes": 25, "caching": True})

    def test_notification(self):
        self.check(slmgr(SAMPLES / "dlv_client_win7_nongenuine.txt"), 1)
        self.assertIn("kmsrules explain 0xC004F200", slmgr(SAMPLES / "dlv_client_win7_nongenuine.txt").stdout.decode())
        self.assertEqual(only(self.read("dlv_client_win7_nongenuine.txt", 1))["reason"], "0xC004F200")

    def test_few_clients_of_many_requests(self):
        text = self.check(slmgr(SAMPLES / "dli_host_2008r2_enterprise_groupC.txt"), 1).stdout.decode()
        for words in ("Count         2 of at most 50; clients need 25: not reached; servers need 5: not reached\n", "826 requests, and still few clients", "0xC004F038", f"as of {DATE}"):
            self.assertIn(words, text)

    def test_commands_that_are_named_work(self):
        text = slmgr(SAMPLES / "dli_host_2008r2_enterprise_groupC.txt").stdout.decode()
        commands = [line.split(": kmsrules ")[1].split() for line in text.splitlines() if ": kmsrules editions" in line]
        self.assertEqual(len(commands), 3)
        for command in commands:
            self.assertIn(run(*command).returncode, (0, 4))

    def test_nothing_wrong_is_0(self):
        self.check(slmgr(MADE), 0)

    def test_quiet(self):
        self.check(slmgr("-q", SAMPLES / "dli_host_2003_kms.txt"), 1, "")

    def test_ruleset_of_2010(self):
        done = run("--rules", "windows-2010", "slmgr", str(SAMPLES / "dli_host_2008r2_enterprise_groupC.txt"), "--format", "json")
        license = only(document(done))
        self.assertEqual((license["role"], license["keys"], license["host"]["count"]), ("host", [], 2))


class Input(Case):
    def test_standard_input(self):
        text = MADE.read_bytes()
        expected = slmgr(MADE).stdout
        for arguments in ((), ("-",)):
            self.assertEqual(self.check(slmgr(*arguments, stdin=None, input=text), 0).stdout, expected)

    def test_encodings(self):
        text = (SAMPLES / "dli_host_2003_kms.txt").read_text()
        expected = slmgr(SAMPLES / "dli_host_2003_kms.txt").stdout
        for data, options in ((text.encode("utf-16"), ()), (b"\xef\xbb\xbf" + text.encode(), ()), (text.encode("utf-16-be"), ("--encoding", "utf-16be")),
                              (text.replace("\n", "\r\n").encode(), ()), (text.encode("cp1252"), ("--encoding", "windows-1252"))):
            self.assertEqual(self.check(slmgr(self.file("out.txt", data), *options), 1).stdout, expected)

    def test_other_languages(self):
        path = self.file("de.txt", GERMAN)
        done = self.check(slmgr(path), 3, "", [f'{path}:2:1: "Beschreibung: Windows(R) Operating System, VOLUME_KMSCLIENT channel" is no line of slmgr in English: output in another language cannot be read; '
                                                    'give the output of an English system'])
        self.assertNotIn(b"4XZ9Q", done.stderr)
        self.check(slmgr(stdin=None, input=GERMAN.encode()), 3, "", ["standard input:2:1: "])

    def test_not_slmgr(self):
        for data, words in (("", "there is nothing in it"), ("hello\n", '"hello" is no line of slmgr'), (b"\xff\x00\x00", ""), (b"PK\x03\x04zip", "zip"), ("a\x1b[31mb\n", "a\\x1b[31mb"),
                            ("Error: product not found.\n", "slmgr reports an error"), ("\n" * (8 << 20) + "\n", "8 MiB")):
            done = slmgr(self.file("x.txt", data))
            self.check(done, 3, "", [words or "x.txt"])
            self.assertNotIn(b"\x1b", done.stderr)

    def test_unreadable(self):
        self.check(slmgr(self.folder / "none.txt"), 5, "", ["none.txt: No such file or directory"])
        self.check(slmgr(self.folder), 5, "", ["is a directory"])
        if os.getuid() != 0:
            path = self.file("secret.txt", "")
            os.chmod(path, 0)
            self.check(slmgr(path), 5, "", ["Permission denied"])

    def test_next_steps(self):
        self.check(slmgr(self.file("x.txt", "Error: 0xC004F074 The Software Licensing Service reported it.\n")), 3, "", ["x.txt:1:1: ", "kmsrules explain 0xC004F074"])
        self.check(run("explain", "0xC004F074"), 0)
        self.check(slmgr(self.file("x.txt", "")), 3, "", ["there is nothing in it: keep what cscript //nologo slmgr.vbs /dlv prints"])
        self.check(slmgr(self.file("x.txt", b"\x1f\x8b\x08")), 3, "", ["x.txt: this is gzip data: unpack it first (gunzip)\n"])
        self.check(slmgr(self.folder), 5, "", ["is a directory; name the files in it"])

    def test_host_that_cannot_be(self):
        text = (SAMPLES / "dlv_host_2019_made.txt").read_text()
        done = slmgr("--host", "windows-server-2008", "--format", "json", stdin=None, input=text.encode())
        read = document(self.check(done, 1))
        self.assertEqual(read["licenses"][0]["editions"], ["windows-server-2019-standard"])
        self.assertFalse(read["licenses"][0]["told"])
        self.assertIn("other-host", [finding["of"] for finding in read["licenses"][0]["findings"]])
        self.check(slmgr("--host", "Windows Server 2019 Standard", stdin=None, input=text.encode()), 0)

    def test_build_of_another_host(self):
        path = SAMPLES / "dlv_host_2012r2_win10key.txt"
        self.wrong_use("slmgr", str(path), "--host", "Windows Server 2012 R2 Standard", "--host-build", "10.0.17763.1", says="--host-build: the host build is not one of this host")
        self.check(slmgr(path, "--host", "Windows Server 2012 R2 Standard", "--host-build", "6.3.9600.20000"), 1)

    def test_service_that_keeps_an_older_build(self):
        text = ("Software licensing service version: 10.0.19041.1\nName: Windows(R), ServerDatacenterACor edition\n"
                "Description: Windows(R) Operating System, VOLUME_KMS_WS19 channel\nCurrent count: 30\n").encode()
        both = ["windows-server-version-2004-datacenter", "windows-server-version-20h2-datacenter"]
        for options, editions in (((), both), (("--host", both[1]), both[1:]), (("--host-build", "10.0.19042.1"), both[1:])):
            license = only(document(self.check(slmgr(*options, "--format", "json", stdin=None, input=text), 0)))
            self.assertEqual((license["editions"], [finding["of"] for finding in license["findings"]]), (editions, ["other-key"]))

    def test_key_that_does_not_fit(self):
        text = ("Software licensing service version: 10.0.22621.1\nName: Windows(R), Enterprise edition\n"
                "Description: Windows(R) Operating System, VOLUME_KMS_W10 channel\nCurrent count: 30\n").encode()
        for options in ((), ("--host", "windows-11-enterprise")):
            page = self.check(slmgr(*options, stdin=None, input=text), 0).stdout.decode()  # the sources may merely be silent
            self.assertIn("Windows 11 Enterprise: KMS host\n", page)
            self.assertIn("- The key and the Windows in the output do not go together", page)
            self.assertNotIn("--host", page)
            self.assertNotIn("host or build that was named", page)

    def test_values_that_cannot_be_read(self):
        text = MADE.read_text()
        count = 1 + text.splitlines().index("    Current count: 50")
        page = self.check(slmgr(stdin=None, input=text.replace("count: 50", "count: fifty").encode()), 1).stdout.decode()
        self.assertIn(f"! Line {count} begins as slmgr prints it, but its value cannot be read", page)
        self.assertIn(f"Not understood: 1 line ({count})", page)
        page = self.check(slmgr(stdin=None, input=text.replace("count: 50", "count: -1").encode()), 1).stdout.decode()
        self.assertIn("! The count is -1: KMS is not enabled on this host, or no client has asked it yet.", page)
        page = self.check(slmgr(stdin=None, input=text.replace("count: 50", "count: 999").encode()), 1).stdout.decode()
        self.assertIn("Count         999 of at most 50\n", page)
        self.check(slmgr(stdin=None, input=text.replace("Licensed: 8000", "Licensed: 8\u00a0000").encode()), 0)
        self.assertIn("requests do not go together", self.check(slmgr(stdin=None, input=text.replace("Licensed: 8000", "Licensed: 8,500").encode()), 1).stdout.decode())

    def test_incomplete(self):
        done = slmgr(stdin=None, input=b"Key Management Service is enabled on this computer\nCurrent count: 5\n")
        self.assertIn("! The lines Name: and Description: are missing", self.check(done, 1).stdout.decode())

    def test_host_of_an_output_without_one(self):
        path = SAMPLES / "dli_client_win7_enterprise.txt"
        self.check(slmgr("--host", "windows-server-2019", path), 0, None, ["--host names the Windows of a KMS host, and no license here is a host's"])
        self.check(slmgr("-q", "--host", "windows-server-2019", path), 0, "")

    def test_wrong_use(self):
        self.wrong_use("slmgr", str(MADE), str(MADE), says="unexpected argument")
        self.wrong_use("slmgr", str(MADE), "--host", "Windows Server 2099", says='unknown edition "Windows Server 2099"; nearest')
        self.wrong_use("slmgr", str(MADE), "--key", "windows-10", says="takes no --key")
        self.wrong_use("slmgr", str(MADE), "--format", "csv", says="csv")
        self.wrong_use("slmgr", str(MADE), "--encoding", "nope", says='"nope" names no encoding')
        self.wrong_use("slmgr", str(MADE), "--as-of", "yesterday", says="--as-of")
        self.wrong_use("slmgr", "--update", "@-", says="standard input can be read only once")
        self.wrong_use("slmgr", str(MADE), "-o", str(MADE), says="overwrite the input")
        self.wrong_use("slmgr", str(MADE), "--host", "Windows Server 2019 Standard", "--host-build", "10.0.14393.1", says="--host-build")

    def test_output_is_delivered(self):
        path = self.folder / "out.json"
        self.check(slmgr(SAMPLES / "dli_host_2003_kms.txt", "--format", "json", "-o", path), 1, "")
        self.assertEqual(json.loads(path.read_text())["schema"], "kmsrules/slmgr/1")
        if os.path.exists("/dev/full"):
            with open("/dev/full", "w") as full:
                self.assertEqual(slmgr(MADE, stdout=full).returncode, 5)

    def test_closed_pipe(self):
        command = f'"{BINARY}" slmgr "{MADE}" | head -c 10'
        done = subprocess.run(["sh", "-c", command], env=ENVIRONMENT, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0)

    def test_help(self):
        text = self.check(run("slmgr", "--help"), 0).stdout.decode()
        for words in ("[FILE]", "--host", "--encoding", "--update", "/dlv All"):
            self.assertIn(words, text)
        self.assertNotIn("--columns", text)


class Secrets(Case):
    def test_parts_of_keys(self):
        part = "4XT9" + "Q"
        for line in (f"\u90e8\u5206\u4ea7\u54c1\u5bc6\u94a5\uff1a{part}", f"Product key part: {part}.", f"Partial key ({part})", f'Last5:"{part}"', f"x\u00a0{part}", f"x\u3000{part}", f"x {part.lower()}"):
            done = self.check(slmgr(stdin=None, input=(line + "\n").encode()), 3, "", ["standard input:1:1: ", "it is not shown", "give the output of an English system"])
            self.assertNotIn(part.lower(), done.stderr.decode().lower())

    def test_never_shown(self):
        for options in ((), ("--format", "json"), ("--color", "always"), ("--rules", "windows-2010")):
            done = slmgr(MADE, *options)
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), done.stdout + done.stderr)

    def test_mutations(self):
        lines = MADE.read_text().splitlines()
        for number in range(0, len(lines), 3):
            broken = "\n".join(line[number % 7:] for line in lines[number:] + lines[:number])
            for options in ((), ("--format", "json")):
                done = slmgr(*options, stdin=None, input=broken.encode())
                self.assertIn(done.returncode, (0, 1, 3))
                for secret in SECRETS:
                    self.assertNotIn(secret.encode(), done.stdout + done.stderr)

    def test_product_key(self):
        for text in (f"Name: {KEY}\nDescription: x, {KEY} channel\nCurrent count: 7\n", f"Key: {KEY}\n", f"Error: {KEY}\n"):
            for options in ((), ("--format", "json")):
                done = slmgr(*options, stdin=None, input=text.encode())
                self.assertNotIn(KEY.encode(), done.stdout + done.stderr)


class Overlay(Case):
    """What is said of an output is a row: a site may say it otherwise, or that it is no finding."""

    OVERLAY = """<ruleset xmlns="urn:kmsrules:1" id="site" revision="1">
  <source id="us" title="Our rules" reliability="primary"/>
  <observation of="no-clients" level="remark" text="Nobody yet: % clients." source="us"/>
  <slmgr-line text="Aktuelle Anzahl" holds="count" source="us"/>
</ruleset>
"""

    def test_later_layer_rules(self):
        path = self.file("site.xml", self.OVERLAY)
        done = run("--rules", "windows", "--rules", path, "slmgr", str(SAMPLES / "dli_host_2003_kms.txt"))
        self.assertIn("Nobody yet: 0 clients.", self.check(done, 0).stdout.decode())
        text = (SAMPLES / "dli_host_2003_kms.txt").read_text().replace("Current count", "Aktuelle Anzahl")
        done = run("--rules", "windows", "--rules", path, "slmgr", stdin=None, input=text.encode())
        self.assertIn("Count         0", done.stdout.decode())

    def test_tables_without_such_rows(self):
        self.check(run("--rules", self.file("t.xml", table()), "slmgr", str(MADE)), 3, "", ["is no line of slmgr"])


if __name__ == "__main__":
    unittest.main()
