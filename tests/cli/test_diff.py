#!/usr/bin/python3
"""From one host to another: sides, statuses, inventories, hostile input. KMSRULES_BIN=…/kmsrules test_diff.py"""
import json
import os
import subprocess
import unittest

import jsonschema

from support import BINARY, DATE, ENVIRONMENT, HEAD, ROOT, Case, run, table

AD = str(ROOT / "tests/samples/ad_computer_os_pairs.csv")
SCHEMA = json.loads((ROOT / "docs/schemas/diff-1.schema.json").read_text())
OLD, NEW = "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard"
MOVE = ("--from", f"{OLD}:windows-server-2012-r2", "--to", f"{NEW}:windows-server-2022")
SECRET = "-".join(letter * 5 for letter in "ABCDE")  # the shape of a product key
CHANGES = ("gained", "lost", "fallen", "unsettled", "settled", "opened", "denied", "unchanged")


def diff(*arguments, **options):
    return run("--as-of", DATE, "diff", *arguments, **options)


def document(done):
    read = json.loads(done.stdout)
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(read)
    return read


def releases(read, change):
    return {product["release"] for product in read["products"] if product["change"] == change}


class Ruleset(Case):
    def test_the_example(self):
        done = self.check(diff(*MOVE), 0)
        text = done.stdout.decode()
        gained, fallen = text.split("\nGained\n")[1].split("\n\n")[0], text.split("\nFallen to undocumented: not lost, but the sources do not say\n")[1].split("\n\n")[0]
        for name in ("Windows 10 (", "Windows 11 (", "Windows Server 2016 (", "Windows Server 2019 (", "Windows Server 2022 (", "Windows Server Semi-Annual Channel ("):
            self.assertIn(f"\n  {name}", "\n" + gained)
        self.assertEqual([line.split("  ")[1] for line in fallen.splitlines() if line[2] != " "], ["Windows Vista (4 of 7 editions)", "Windows 8 (4 of 5 editions)"])
        self.assertNotIn("\nLost\n", text)
        self.assertIn(", 0 lost, 8 fallen to undocumented, ", text.splitlines()[0])

    def test_what_clients_do(self):
        text = diff(*MOVE).stdout.decode()
        meanwhile, steps = text.split("\nWhat clients do meanwhile\n")[1].split("\nSteps, in this order\n")
        for words in ("renewal: 7 days, retry: 2 hours", "/skms", "never come by themselves", "counts from 0", "0xC004F038"):
            self.assertIn(words, meanwhile)
        numbers = [line.split(".")[0].strip() for line in steps.splitlines() if line[:3].strip(" ").rstrip(".").isdigit()]
        self.assertEqual(numbers, [str(number) for number in range(1, len(numbers) + 1)])
        self.assertGreater(len(numbers), 8)

    def test_document(self):
        read = document(self.check(diff(*MOVE, "--format", "json"), 0))
        self.assertEqual((read["from"]["host"], read["to"]["host"]), ("windows-server-2012-r2-standard", "windows-server-2022-standard"))
        self.assertEqual(read["from"]["keys"], [{"application": "windows", "key": "windows-server-2012-r2", "assumed": False}])
        self.assertEqual((read["inventory"], read["machines"], read["unrecognised"], read["counts"]), (False, None, None, []))
        self.assertLessEqual({"windows-10", "windows-11", "windows-server-2016", "windows-server-2019", "windows-server-2022"}, releases(read, "gained"))
        self.assertEqual(releases(read, "fallen"), {"windows-vista", "windows-8"})
        self.assertEqual(read["summary"], {change: sum(product["change"] == change for product in read["products"]) for change in CHANGES})
        seconds = {interval["of"]: interval["seconds"] for row in read["meanwhile"] for interval in row["intervals"]}
        self.assertEqual((seconds["renewal"], seconds["retry"], seconds["validity"]), (7 * 86400, 7200, 180 * 86400))
        self.assertEqual({row["of"] for row in read["meanwhile"]}, {"discovered", "cached", "bound", "count"})
        self.assertEqual({row["of"] for row in read["steps"]}, {"step"})

    def test_same_verdicts_as_can(self):
        read = document(diff(*MOVE, "--format", "json"))
        for product in read["products"][::9]:
            for side, host, key in (("before", OLD, "windows-server-2012-r2"), ("after", NEW, "windows-server-2022")):
                self.assertEqual(run("can", host, product["id"], "--key", key).stdout.decode().strip(), product[side]["verdict"])

    def test_same_hosts(self):
        read = document(self.check(diff("--from", NEW, "--to", NEW, "--format", "json"), 0))
        self.assertEqual(read["summary"]["unchanged"], len(read["products"]))

    def test_ruleset_of_2010(self):
        read = document(self.check(run("--rules", "windows-2010", "diff", "--from", "Windows 7 Enterprise:client", "--to", "Windows Server 2008 R2 Enterprise:server-group-b", "--format", "json"), 0))
        self.assertEqual(read["ruleset"]["id"], "windows-2010")
        self.assertIn("windows-server-2008-r2-standard", {product["id"] for product in read["products"] if product["change"] == "gained"})

    def test_color(self):
        self.assertIn(b"\x1b[", diff(*MOVE, "--color", "always").stdout)
        self.assertNotIn(b"\x1b", diff(*MOVE).stdout)


class Sides(Case):
    def test_colons(self):
        azure = "Windows Server 2022 Datacenter: Azure Edition"
        read = document(diff("--from", azure, "--to", f"{NEW}:windows-server-2022:office-ltsc-2021", "--format", "json"))
        self.assertEqual(read["from"]["host"], "windows-server-2022-datacenter-azure-edition")
        self.assertEqual([key["key"] for key in read["to"]["keys"]], ["windows-server-2022", "office-ltsc-2021"])
        read = document(diff("--from", f"{azure}:windows-server-2022", "--to", f"{NEW}:Volume License for Windows Server 2022", "--format", "json"))
        self.assertEqual((read["from"]["host"], read["from"]["keys"][0]["key"], read["to"]["keys"][0]["key"]),
                         ("windows-server-2022-datacenter-azure-edition", "windows-server-2022", "windows-server-2022"))

    def test_a_group_named_like_a_release(self):
        read = document(diff("--from", "Windows 10 Enterprise:windows-10", "--to", f"{NEW}:windows-server-2022", "--format", "json"))
        self.assertEqual((read["from"]["host"], read["from"]["keys"][0]["key"]), ("windows-10-enterprise", "windows-10"))

    def test_assumed_keys_are_said(self):
        done = diff("--from", OLD, "--to", NEW)
        self.assertIn(b"(assumed as none was given)", done.stdout)
        self.assertTrue(all(key["assumed"] for key in document(diff("--from", OLD, "--to", NEW, "--format", "json"))["from"]["keys"]))

    def test_lost_application(self):
        done = self.check(diff("--from", f"{NEW}:windows-server-2022:office-ltsc-2021", "--to", f"{NEW}:windows-server-2022"), 1)
        self.assertIn(b"what the old host serves of Office LTSC 2021 is lost unless such a key moves, too", done.stdout)

    def test_facts_are_the_new_hosts(self):
        move = ("--from", "Windows Server 2019 Standard:windows-server-2022", "--to", "Windows Server 2019 Standard:windows-server-2022", "--format", "json")
        self.assertEqual(document(diff(*move))["needs"]["updates"][0]["any_of"], ["KB5003646"])
        read = document(diff(*move, "--update", "KB5003646"))
        self.assertEqual((read["summary"]["unchanged"], read["needs"]["updates"]), (read["summary"]["unchanged"], []))
        self.assertGreater(read["summary"]["settled"], 20)
        read = document(self.check(diff(*move, "--complete"), 1))
        self.assertGreater(read["summary"]["lost"], 20)
        self.wrong_use("diff", *move, "--host-build", "10.0.1.1", says="--host-build: ")

    def test_wrong_names(self):
        self.check(diff("--from", "Windows Server 2012 R2 Standrd", "--to", NEW), 2, "", ('unknown edition "Windows Server 2012 R2 Standrd"; nearest: "Windows Server 2012 R2 Standard"',))
        self.check(diff("--from", f"{OLD}:windows-server-2012-r", "--to", f"{NEW}:windows-server-202"), 2, "",
                   ('unknown key group "windows-server-2012-r"; nearest: ', 'unknown key group "windows-server-202"; nearest: '))
        self.check(diff("--from", f"{OLD}:", "--to", NEW), 2, "", ("--from", "names no key group behind its last colon"))
        self.check(diff("--from", "\x1b[2J\u202ehost", "--to", NEW), 2, "", ("\\x1b[2J\\u{202e}host",))
        self.check(diff("--from", ":::", "--to", NEW), 2, "", ("--from",))

    def test_wrong_use(self):
        self.check(diff("--to", NEW), 2, "", ("--from HOST[:GROUP] is missing",))
        self.check(diff("--from", NEW), 2, "", ("--to HOST[:GROUP] is missing",))
        self.check(diff("--from", NEW, "--from", OLD, "--to", NEW), 2, "", ("--from is given twice",))
        self.check(diff("--from", "", "--to", NEW), 2, "", ("--from: the value is empty",))
        self.check(diff("--from", f"{NEW}:windows-server-2022:windows-server-2019", "--to", NEW), 2, "", ("a host holds one key per application",))
        self.check(diff(*MOVE, "--key", "windows-server-2022"), 2, "", ("diff takes no --key",))
        self.check(diff(*MOVE, "--format", "csv"), 2, "", ("diff has no format csv",))
        self.check(diff(*MOVE, "--fail-on", "some"), 2, "", ("--fail-on",))
        self.wrong_use("explain", NEW, "Windows 7 Pro", "--from", NEW, says="explain takes no --from")

    def test_a_product_key_is_not_repeated(self):
        for arguments in (("--from", f"{NEW}:{SECRET}", "--to", NEW), ("--from", NEW, "--to", SECRET), (f"--from={NEW}:{SECRET}", "--to", NEW)):
            done = self.check(diff(*arguments), 2, "", ("looks like a product key",))
            self.assertNotIn(SECRET.encode(), done.stderr)


class Inventories(Case):
    def test_sample(self):
        read = document(self.check(diff(*MOVE, "--format", "json", AD), 0, stderr=("read 11 of 11 rows, 1 of 1 files",)))
        changes = {product["id"]: product["change"] for product in read["products"]}
        self.assertEqual(changes["windows-7-professional"], "unchanged")
        self.assertEqual(changes["windows-11-pro"], "gained")
        self.assertEqual(changes["windows-xp-professional"], "unchanged")
        self.assertEqual(read["no_before_and_after"], 1)
        self.assertEqual(sum(read["summary"].values()), 11)
        self.assertEqual([(count["kind"], count["minimum"], count["certain"], count["met"]) for count in read["counts"]], [("client", 25, 10, False), ("server", 5, 10, True)])

    def test_thresholds_and_days(self):
        text = diff(*MOVE, AD).stdout.decode()
        self.assertIn("Windows, client: will not be reached, 10 of 25; until it is machines get 0xC004F038\n", text)
        self.assertIn("Windows, server: will be reached, 10 of 5; before that machines get 0xC004F038\n", text)
        self.assertIn("has asked it 7 days after the old host has stopped answering", text)

    def test_machines_count_once(self):
        path = self.file("fleet.csv", "Name,OperatingSystem\nA,Windows 10 Pro\na,Windows 10 Pro\nB,Windows 10 Pro\n,Solaris\n")
        read = document(self.check(diff(*MOVE, "--format", "json", path), 0, stderr=("read 4 of 4 rows",)))
        self.assertEqual((read["summary"]["gained"], read["machines"]["gained"], read["unrecognised"]), (3, 2, 1))
        self.check(diff(*MOVE, "--fail-on", "unrecognised", path), 4, stderr=("read 4",))

    def test_the_only_change_is_in_the_fleet(self):
        """Vista falls, but this fleet has none."""
        path = self.file("fleet.txt", "Windows 7 Enterprise\nWindows Server 2012 R2 Standard\n")
        self.check(diff(*MOVE, "--plain", "--fail-on", "undocumented", path), 0, stderr=("read 2",))
        self.check(diff(*MOVE, "--fail-on", "undocumented"), 4)

    def test_standard_input_and_several_files(self):
        path = self.file("fleet.txt", "Windows 7 Enterprise\n")
        done = self.check(diff(*MOVE, "--plain", "--format", "json", path, "-", input=b"Windows 8 Pro\n", stdin=None), 0, stderr=("2 of 2 files",))
        self.assertEqual(document(done)["summary"]["fallen"], 1)

    def test_rows_and_files_that_cannot_be_read(self):
        path = self.file("fleet.csv", b'Name,OperatingSystem\nA,Windows 10 Pro\nB,"Windows \xff 7"\nC,Windows 7 Enterprise\n')
        done = diff(*MOVE, "--format", "json", path)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"fleet.csv:3", done.stderr)
        self.check(diff(*MOVE, str(self.folder / "nowhere.csv")), 5, "", ("nowhere.csv: No such file",))
        self.check(diff(*MOVE, str(self.folder)), 5, "", ("is a directory",))
        done = self.check(diff(*MOVE, "--format", "json", AD, str(self.folder / "nowhere.csv")), 5, stderr=("1 of 2 files",))
        self.assertEqual(sum(document(done)["summary"].values()), 11)

    def test_empty_file(self):
        done = diff(*MOVE, "--format", "json", self.file("empty.csv", ""))
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.assertTrue(done.stderr)

    def test_output_is_not_the_input(self):
        path = self.file("fleet.txt", "Windows 7 Enterprise\n")
        self.check(diff(*MOVE, "--plain", path, "-o", path), 2, "", ("the output would overwrite the input",))


class Statuses(Case):
    def move(self, old, new, *more):
        return diff("--from", f"{NEW}:{old}", "--to", f"{NEW}:{new}", *more).returncode

    def test_fail_on(self):
        self.assertEqual(diff(*MOVE).returncode, 0)
        self.assertEqual(diff(*MOVE, "--fail-on", "undocumented").returncode, 4)
        self.assertEqual(diff(*MOVE, "--fail-on", "conditional").returncode, 4)
        self.assertEqual(diff(*MOVE, "--fail-on", "never").returncode, 0)
        back = ("--from", MOVE[3], "--to", MOVE[1])
        self.assertEqual(diff(*back).returncode, 1)
        self.assertEqual(diff(*back, "--fail-on", "never").returncode, 0)
        worse = ("--from", f"{NEW}:windows-server-2022", "--to", f"{NEW}:windows-server-2025")
        self.assertEqual(diff(*worse).returncode, 0)
        self.assertEqual(diff(*worse, "--fail-on", "conditional").returncode, 4)
        self.assertEqual(diff(*worse, "--fail-on", "undocumented").returncode, 0)

    def test_quiet(self):
        self.check(diff("-q", "--from", MOVE[3], "--to", MOVE[1], AD), 1, "")

    def test_pipe_that_closes(self):
        process = subprocess.Popen([BINARY, "diff", *MOVE, "-o", "/dev/stdout"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        process.stdout.close()
        self.assertEqual(process.wait(60), 5)
        process.stderr.close()
        self.assertEqual(diff(*MOVE, "-o", "/dev/full").returncode, 5)

    def test_overlay(self):
        rules = self.file("site.xml", f'{HEAD}<source id="own" title="Ours" reliability="primary"/><interval of="renewal" duration="P1D" source="own"/>'
                                      '<transition of="step" text="Tell \u202eus." source="own"/></ruleset>')
        done = self.check(run("--rules", "windows", "--rules", rules, "diff", *MOVE), 0)
        self.assertIn("renewal: 1 day, retry: 2 hours", done.stdout.decode())
        self.assertIn(" 12. Tell \\u{202e}us.", done.stdout.decode())

    def test_tables_without_transitions(self):
        rules = self.file("small.xml", table())
        done = self.check(run("--rules", rules, "diff", "--from", "Desk", "--to", "Desk:desk"), 0)
        self.assertIn(b"The tables do not say what clients do meanwhile.", done.stdout)


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
