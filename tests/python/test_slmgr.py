"""What slmgr printed: the same as the command line says, and what of it is typed."""
from __future__ import annotations

import copy
import io
import json
import os
import pathlib
import pickle
import subprocess
import unittest

import kmsrules
from kmsrules import Kind, LicenseRole, LicenseStatus
from support import SMALL

RULES = kmsrules.Ruleset()
SAMPLES = pathlib.Path(__file__).parent.parent / "slmgr"
PROGRAM = os.environ.get("KMSRULES_BIN")
HOST = "dlv_host_2012r2_win10key.txt"
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def printed(name: str, *words: str) -> str:
    assert PROGRAM is not None
    return subprocess.run([PROGRAM, "--as-of", "2026-11-21", "slmgr", str(SAMPLES / name), *words], capture_output=True, text=True).stdout


class SlmgrOutputs(unittest.TestCase):
    @unittest.skipUnless(PROGRAM, "no command line")
    def test_same_as_the_command_line(self) -> None:
        for path in sorted(SAMPLES.iterdir()):
            output = RULES.read_slmgr(path.read_bytes(), as_of="2026-11-21")
            self.assertEqual(output.json, printed(path.name, "--format", "json"))
            self.assertEqual(output.text(), printed(path.name))
            self.assertEqual(output.text(color=True), printed(path.name, "--color", "always"))
        output = RULES.read_slmgr(sample(HOST), host="Windows Server 2012 R2 Standard", updates="KB3172614", as_of="2026-11-21")
        self.assertEqual(output.json, printed(HOST, "--host", "Windows Server 2012 R2 Standard", "--update", "KB3172614", "--format", "json"))

    def test_host(self) -> None:
        output = RULES.read_slmgr(sample(HOST))
        (license,) = output.licenses
        self.assertEqual((license.role, license.keys, license.status, license.line), (LicenseRole.HOST, ("windows-server-2012-r2-for-windows-10",), LicenseStatus.LICENSED, 2))
        assert license.host is not None
        self.assertIsNone(license.client)
        self.assertEqual((license.host.count, license.host.cap, license.host.port, license.host.published, license.host.requests.total), (0, 50, 1688, True, 0))
        self.assertEqual([(threshold.kind, threshold.minimum, threshold.met) for threshold in license.host.thresholds], [(Kind.CLIENT, 25, False), (Kind.SERVER, 5, False)])
        (finding,) = output.findings
        self.assertEqual((finding.of, finding.is_finding, finding.number), ("no-requests", True, 0))
        for can in license.host.can:
            found = RULES.editions(can.host, can.key)
            self.assertEqual(can.yes, sum(item.verdict is kmsrules.Verdict.YES for item in found))

    def test_client(self) -> None:
        (license,) = RULES.read_slmgr(sample("dli_client_win7_enterprise.txt")).licenses
        assert license.client is not None
        self.assertEqual((license.role, license.editions, license.minutes_left), (LicenseRole.CLIENT, ("windows-7-enterprise",), 243720))
        self.assertEqual((license.client.renewal_minutes, license.client.caching, license.client.registered), (25, True, None))

    def test_other_languages(self) -> None:
        with self.assertRaises(kmsrules.SlmgrError) as caught:
            RULES.read_slmgr(b"Name: Windows(R), ServerStandard-Edition\nBeschreibung: x\nTeil-Product Key: 4XZ9Q\nLizenzstatus: Lizenziert\n")
        self.assertEqual((caught.exception.line, caught.exception.column), (2, 1))
        self.assertIn('"Beschreibung: x"', str(caught.exception))
        self.assertEqual(str(pickle.loads(pickle.dumps(caught.exception))), str(caught.exception))

    def test_wrong_use(self) -> None:
        for output in (None, 5, ["Name: x"], io.StringIO("Name: x")):
            with self.assertRaises(TypeError):
                RULES.read_slmgr(output)  # type: ignore[arg-type]
        with self.assertRaises(ValueError):
            RULES.read_slmgr(b"Name: x", encoding="nope")
        with self.assertRaisesRegex(ValueError, "^output is a path where it is str; give content as bytes"):
            RULES.read_slmgr("Name: x\nDescription: y\n")
        with self.assertRaises(kmsrules.UnknownNameError):
            RULES.read_slmgr(sample(HOST), host="Windows Server 2099")
        with self.assertRaises(kmsrules.QuestionError):
            RULES.read_slmgr(sample(HOST), host="Windows Server 2019 Standard", host_build="10.0.14393.1")
        for content in (b"", b"hello", b"\x00", b"\xed\xa0\x80: x"):
            with self.assertRaises(kmsrules.SlmgrError):
                RULES.read_slmgr(content)

    def test_build_of_another_host(self) -> None:
        with self.assertRaisesRegex(ValueError, "host_build"):
            RULES.read_slmgr(sample(HOST), host="Windows Server 2012 R2 Standard", host_build="10.0.17763.1")

    def test_what_does_not_go_together(self) -> None:
        text = (b"Software licensing service version: 10.0.19041.1\nName: Windows(R), ServerDatacenterACor edition\n"
                b"Description: Windows(R) Operating System, VOLUME_KMS_WS19 channel\nCurrent count: fifty\n")
        (license,) = RULES.read_slmgr(text, host="windows-server-version-20h2-datacenter").licenses
        self.assertEqual(license.editions, ("windows-server-version-20h2-datacenter",))
        self.assertEqual([(finding.of, finding.number) for finding in license.findings], [("unread-value", 4), ("other-key", None)])

    def test_encodings(self) -> None:
        text = sample(HOST).decode()
        expected = RULES.read_slmgr(text.encode())
        for read in (RULES.read_slmgr(text.encode("utf-16")), RULES.read_slmgr(text.encode("utf-16-be"), encoding="utf-16be"),
                     RULES.read_slmgr(text.replace("\n", "\r\n").encode())):
            self.assertEqual(read.licenses, expected.licenses)

    def test_nothing_of_keys(self) -> None:
        output = RULES.read_slmgr(sample("dlv_host_2019_made.txt"))
        for shown in (output.json, output.text(), repr(output), repr(output.licenses)):
            for secret in ("4XZ9Q", "7QW8E", "1234567890123456", "06401-00206"):
                self.assertNotIn(secret, shown)
        with self.assertRaises(kmsrules.SlmgrError) as caught:
            RULES.read_slmgr(f"Key: {SECRET}\n".encode())
        self.assertNotIn(SECRET, str(caught.exception))

    def test_as_values(self) -> None:
        output = RULES.read_slmgr(sample(HOST), as_of="2026-11-21")
        self.assertEqual(output.as_of, "2026-11-21")
        self.assertEqual(pickle.loads(pickle.dumps(output)), output)
        self.assertEqual(copy.deepcopy(output), output)
        self.assertEqual(json.loads(output.json)["schema"], "kmsrules/slmgr/1")
        with self.assertRaises(TypeError):
            bool(output)
        self.assertIn("1 findings", repr(output))

    def test_without_rows(self) -> None:
        with self.assertRaises(kmsrules.SlmgrError):
            kmsrules.Ruleset.from_tables({"small.xml": SMALL}).read_slmgr(sample(HOST))


if __name__ == "__main__":
    unittest.main()
