#!/usr/bin/python3
"""SRV answers and fleets: statuses, forms, hostile input. KMSRULES_BIN=…/kmsrules test_dns.py"""
import json
import math
import subprocess
import unittest

import jsonschema

from support import BINARY, ENVIRONMENT, ROOT, Case, run, table

SCHEMA = json.loads((ROOT / "docs/schemas/discovery-1.schema.json").read_text())
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key
EQUAL = "SRV 0 100 1688 kms01.contoso.example\nSRV 0 100 1688 kms02.contoso.example\n"
ONE = "SRV 0 100 1688 kms01.contoso.example\n"
READ_ONE = "records of KMS: 1; other records: 0; lines that could not be read: 0"


def document(done):
    read = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(read)
    return read


def xoshiro(seed):
    """xoshiro256** behind splitmix64, as their authors publish them."""
    mask, state = 2**64 - 1, []
    for _ in range(4):
        seed = mixed = seed + 0x9E3779B97F4A7C15 & mask
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
        state.append(mixed ^ mixed >> 31)

    def turn(value, bits):
        return (value << bits | value >> 64 - bits) & mask

    def step():
        result, shifted = turn(state[1] * 5 & mask, 7) * 9 & mask, state[1] << 17 & mask
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = turn(state[3], 45)
        return result

    return step


class Dns(Case):
    def dns(self, text, fleet, *words, **options):
        return run("dns", self.file("answer.txt", text), "--fleet", fleet, *words, **options)

    def test_two_equal_hosts(self):
        """40 clients leave both below 25: 20 are expected on each, and both never have 25."""
        done = self.check(self.dns(EQUAL, "40×Windows 7 Enterprise", "--format", "json"), 1, stderr=("records of KMS: 2;",))
        read = document(done)
        self.assertEqual([host["expected"] for host in read["hosts"]], [20, 20])
        self.assertEqual(read["thresholds"][0]["all"], {"probability": 0, "least": 0, "most": 0, "drawn": None})
        chance = sum(math.comb(40, k) for k in range(25, 41)) / 2**40
        for host in read["hosts"]:
            self.assertAlmostEqual(host["reaches"][0]["probability"], chance, delta=1e-12)
        self.assertTrue(read["at_risk"])
        text = self.dns(EQUAL, "40×Windows 7 Enterprise").stdout.decode()
        self.assertIn("reached on every host where it is needed: 0%", text)
        self.assertEqual(text.count("at risk"), 3)

    def test_statuses(self):
        self.check(self.dns(ONE, "40×Windows 7 Enterprise"), 0, stderr=(READ_ONE,))
        self.check(self.dns(ONE, "40×Windows 7 Enterprise", "-q"), 0, "")
        self.check(self.dns(ONE, "24×Windows 7 Enterprise", "-q"), 1, "")
        self.check(self.dns(ONE, "20x Windows 7 Enterprise, 5 * Windows Server 2019 Standard", "-q"), 0, "")
        self.check(self.dns(EQUAL, "40×Windows 7 Enterprise", "-q", "--risk", "0.07"), 0, "")
        self.check(self.dns(EQUAL, "40×Windows 7 Enterprise", "-q", "--risk", "0.08"), 1, "")
        self.check(self.dns(EQUAL, "40×Windows 7 Enterprise", "-q", "--risk", "0"), 0, "")

    def test_unreadable_lines(self):
        done = self.check(self.dns(ONE + "SRV 0 70000 1688 kms02\nwhat is this\n", "40×Windows 7 Enterprise"), 3,
                          stderr=('answer.txt:2:7: weight "70000" is no number from 0 to 65535', 'answer.txt:3:1: "what is this" is no record of a known form', "lines that could not be read: 2"))
        self.assertIn(b"could not be read: 2 lines", done.stdout)  # the rest is answered
        self.check(self.dns("", "40×Windows 7 Enterprise"), 3, "", ("answer.txt: is empty; nslookup -type=srv",))
        self.check(self.dns(" \n\n", "40×Windows 7 Enterprise"), 3, "", ("holds no SRV record of a KMS host",))
        self.check(self.dns("_vlmcs._udp.contoso.example. SRV 0 0 1688 kms01.\n", "40×Windows 7 Enterprise"), 3, "", ('answer.txt:1: no client asks for "_vlmcs._udp.contoso.example"',))
        self.check(self.dns(";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n", "40×Windows 7 Enterprise"), 3, "", ('answer.txt:1:40: the answer holds no record: its status is "NXDOMAIN"',))
        self.check(self.dns(ONE + "SRV 0 0 1688 192.0.2.1\n", "40×Windows 7 Enterprise"), 3, stderr=('answer.txt:2:14: "192.0.2.1" is an address',))
        self.check(self.dns("_ldap._tcp.contoso.example. SRV 0 0 389 dc01.\n", "40×Windows 7 Enterprise"), 3, "", ("holds no SRV record of a KMS host",))
        self.check(self.dns(b"\xff\xfe\x00", "40×Windows 7 Enterprise"), 3, "", ("holds no SRV record",))

    def test_records_that_say_there_is_no_host(self):
        """RFC 2782: a target of "." means that the service is decidedly not available at this domain."""
        nothing = "_vlmcs._tcp.contoso.example. SRV 0 0 0 .\n"
        self.check(self.dns(nothing, "40×Windows 7 Enterprise"), 3, "", ('which says that there is no KMS host (RFC 2782): 1\n', "answer.txt: says that there is no KMS host"))
        done = self.check(self.dns(ONE + nothing, "40×Windows 7 Enterprise", "--format", "json"), 0, stderr=('which says that there is no KMS host (RFC 2782): 1\n',))
        self.assertEqual(document(done)["read"]["refusals"], 1)
        self.assertNotIn(b"RFC 2782", self.dns(ONE, "40×Windows 7 Enterprise").stderr)

    def test_much_of_the_same(self):
        """Files of 16 MB: records said again and again, and one record under a hundred thousand names."""
        records = "".join(f"SRV 0 0 1688 h{i}.x\n" for i in range(4096)) + "SRV 0 0 1688 H4095.X.\n" * 600000
        read = document(self.check(self.dns(records, "40×Windows 11 Pro", "--format", "json", timeout=20), 1, stderr=("records of KMS: 4096;",)))
        self.assertEqual(read["read"]["duplicates"], 600000)
        read = document(self.check(self.dns("".join(f"_vlmcs._tcp.d{i}.x. SRV 0 0 1688 a\n" for i in range(200000)), "40×Windows 11 Pro", "--format", "json", timeout=20), 0, stderr=("records of KMS: 1;",)))
        self.assertEqual((read["read"]["duplicates"], len(read["read"]["names"])), (199999, 200000))

    def test_wrong_use(self):
        path = self.file("answer.txt", ONE)
        self.wrong_use("dns", says="RECORDS is missing")
        self.wrong_use("dns", path, says="--fleet N×NAME,… is missing")
        self.wrong_use("dns", "--fleet", "5×Windows 11 Pro", says="RECORDS is missing")
        self.wrong_use("dns", path, path, "--fleet", "5×Windows 11 Pro", says="unexpected argument")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Prro", says=('unknown edition "Windows 11 Prro"', '"Windows 11 Pro"'))
        self.wrong_use("dns", path, "--fleet", "five Windows 11 Pro", says="is not of the form")
        self.wrong_use("dns", path, "--fleet", "5×Windows 10 Home", says="KMS activates none of these editions, or nothing is said of them")
        self.wrong_use("dns", path, "--fleet", "5×Windows 10 Home, 0×Windows 11 Pro", says="KMS activates none of these editions")
        self.wrong_use("dns", path, "--fleet", "0×Windows 11 Pro, 0×Windows 10 Home", says="--fleet: no machines: each number is 0")
        self.wrong_use("dns", path, "--fleet", "1000000001×Windows 11 Pro", says="more than 1000000000 machines")
        self.wrong_use("dns", path, "--fleet", "1000×Windows 11 Pro", "--draws", "1000001", says="draws × (machines + hosts × thresholds) are more than 1000000000")
        self.wrong_use("dns", path, "--fleet", "1×Windows 11 Pro", "--draws", "500000001", says="ask for fewer draws")
        for risk in ("", "1.1", "2", "-1", "0,9", "95%", ".5", "1.", "nan", "0x1", "0.1234567890123", "1e-3", " 1"):
            self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", f"--risk={risk}", says="--risk")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "--draws", "0", says="--draws")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "--seed", "1", says="it needs --draws")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "--encoding", "no-such", says="--encoding names no encoding")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "--host", "Windows Server 2022 Standard", says="dns takes no --host")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "--format", "csv", says="dns has no format csv")
        self.wrong_use("dns", path, "--fleet", f"5×{SECRET}", says="looks like a product key")
        self.wrong_use("dns", path, "--fleet", "5×Windows 11 Pro", "-o", path, says="the output would overwrite the input")
        for command in ("plan", "check", "can"):
            self.wrong_use(command, path, "--risk", "0.5", says=f"{command} takes no --risk")

    def test_files(self):
        self.check(run("dns", str(self.folder / "no such"), "--fleet", "5×Windows 11 Pro"), 5, "", ("No such file",))
        self.check(run("dns", str(self.folder), "--fleet", "5×Windows 11 Pro"), 5, "", ("is a directory; name the files in it",))
        self.check(self.dns(b" " * (17 << 20), "5×Windows 11 Pro"), 3, "", ("larger than 16 MiB",))
        self.check(self.dns(b" " * 70000, "5×Windows 11 Pro"), 3, "", ("longer than 64 KiB",))
        done = subprocess.run([BINARY, "dns", "-", "--fleet", "40×Windows 11 Pro"], input=ONE.encode(), capture_output=True, env=ENVIRONMENT)
        self.check(done, 0, stderr=(READ_ONE,))
        done = subprocess.run([BINARY, "dns", "-", "--fleet", "40×Windows 11 Pro"], input=b"SRV 0 x 0 a\n", capture_output=True, env=ENVIRONMENT)
        self.check(done, 3, "", ("standard input:1:7: weight",))
        with open("/dev/full", "w") as full:
            self.check(run("dns", self.file("a.txt", ONE), "--fleet", "40×Windows 11 Pro", stdout=full), 5, stderr=("No space left",))

    def test_utf_16(self):
        self.check(self.dns(("\ufeff" + EQUAL.replace("\n", "\r\n")).encode("utf-16-le"), "100×Windows 11 Pro"), 0, stderr=("records of KMS: 2;",))
        self.check(self.dns(EQUAL.encode("utf-16-be"), "100×Windows 11 Pro", "--encoding", "utf-16be"), 0, stderr=("records of KMS: 2;",))

    def test_nothing_hostile_reaches_a_terminal(self):
        evil = "SRV 0 0 1688 kms\u202e\u009b31m.example\nSRV 0 0 1688 a\x1b[31mb\nhello \x1b]0;x\x07\n"
        for words in ((), ("--format", "json"), ("--color", "always")):
            done = self.dns(evil, "40×Windows 11 Pro", *words)
            output = (done.stdout + done.stderr).decode()
            for bad in ("\u202e", "\u009b", "\x1b]", "\x07", "\x1b[31mb"):
                self.assertNotIn(bad, output)
        self.assertIn("\\u{202e}", self.dns(evil, "40×Windows 11 Pro").stdout.decode())

    def test_a_product_key_is_not_shown(self):
        done = self.check(self.dns(ONE + f"SRV 0 0 1688 {SECRET}\n", "40×Windows 11 Pro"), 3, stderr=("looks like a product key",))
        self.assertNotIn(SECRET, (done.stdout + done.stderr).decode())

    def test_other_rules(self):
        """The shares follow the rows: a site may say otherwise; without the name of the records there is nothing to look for."""
        site = ('<ruleset xmlns="urn:kmsrules:1" id="site" revision="1"><source id="t" title="Site" reliability="primary"/>'
                '<discovery by="any-record" editions="windows-7-enterprise" source="t"/></ruleset>')
        records = "SRV 0 3 1688 a.example\nSRV 0 1 1688 b.example\n"
        first = document(self.dns(records, "40×Windows 7 Enterprise", "--format", "json"))
        second = document(self.dns(records, "40×Windows 7 Enterprise", "--format", "json", "--rules", "windows", "--rules", self.file("site.xml", site)))
        self.assertEqual([host["expected"] for host in first["hosts"]], [30, 10])
        self.assertEqual([host["expected"] for host in second["hosts"]], [20, 20])
        self.assertEqual(second["clients"][0]["by"], "any-record")
        both = self.dns(records, "40×Windows 7", "--rules", "windows", "--rules", self.file("site.xml", site))
        self.check(both, 2, "", ("choose their host in different ways",))
        self.check(self.dns(ONE, "40×desk-1-work", "--rules", self.file("t.xml", table())), 2, "", ("the tables name no record",))

    def test_time(self):
        """100 000 machines of both kinds on eight hosts, with what becomes of them when each is gone."""
        records = "".join(f"SRV 0 {10 * i} 1688 kms{i:02}.contoso.example\n" for i in range(1, 9))
        done = self.dns(records, "99000×Windows 11 Pro, 500×Windows Vista Business, 500×Windows Server 2019 Standard", "--format", "json", timeout=20)
        read = document(self.check(done, 0, stderr=("records of KMS: 8;",)))
        self.assertEqual(len(read["failures"]), 8)
        self.assertAlmostEqual(sum(host["expected"] for host in read["hosts"]), 100000, delta=1e-4)

    def test_many_hosts(self):
        done = self.dns("".join(f"SRV {i % 2} {i} 1688 kms{i}.contoso.example\n" for i in range(4096)), "9000×Windows 11 Pro", "--format", "json")
        read = document(self.check(done, 1, stderr=("records of KMS: 4096;",)))
        self.assertIsNone(read["failures"])
        self.assertEqual(len(read["hosts"]), 4096)

    def test_draws_of_many_hosts(self):
        """What the limit lets through ends soon: a draw looks at every host, however few machines there are. One in ten of the most it allows."""
        path = self.file("answer.txt", "".join(f"SRV 0 {i * 7919 % 65536} 1688 kms{i}.contoso.example\n" for i in range(4096)))
        for fleet, most in (("1×Windows 11 Pro", 10**9 // 4097), ("100000×Windows 11 Pro", 10**9 // 104096)):
            self.wrong_use("dns", path, "--fleet", fleet, "--draws", str(most + 1), says="ask for fewer draws")
            read = document(self.check(run("dns", path, "--fleet", fleet, "--draws", str(most // 10), "--format", "json", timeout=60), 1, stderr=("records of KMS: 4096;",)))
            self.assertAlmostEqual(sum(host["drawn"] for host in read["hosts"]), read["machines"], delta=1e-3)

    def test_draws_are_the_same_for_a_seed(self):
        """Worked out by an independent xoshiro256** and the text of the RFC, one number for each machine and a second for which of the records of weight 0."""
        records = [("a", 3), ("b", 0), ("c", 65535), ("d", 1), ("e", 0), ("f", 40000)]
        read = document(self.check(self.dns("".join(f"SRV 0 {weight} 1688 {name}\n" for name, weight in records), "60×Windows 11 Pro", "--draws", "500", "--seed", "7", "--format", "json"), 1, stderr=("records of KMS: 6;",)))
        next_number = xoshiro(7)

        def below(bound):
            while (number := next_number()) < 2**64 % bound:
                pass
            return number % bound

        ordered = [name for name, weight in records if weight == 0]
        weighted = [(name, weight) for name, weight in records if weight > 0]
        counts = dict.fromkeys([name for name, _ in records], 0)
        for _ in range(500 * 60):
            number = below(sum(weight for _, weight in weighted) + 1)
            if number == 0:
                counts[ordered[below(len(ordered))]] += 1
                continue
            for name, weight in weighted:
                number -= weight
                if number <= 0:
                    counts[name] += 1
                    break
        for host in read["hosts"]:
            self.assertAlmostEqual(host["drawn"], counts[host["target"]] / 500, delta=1e-9)


if __name__ == "__main__":
    unittest.main()
