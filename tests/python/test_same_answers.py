"""Python and the command line give the same answers: whole JSON documents, and the verdicts that issue 2 names."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from typing import Any, Dict, List, Tuple

import kmsrules

PROGRAM = os.environ.get("KMSRULES_BIN")
STATUS = {"yes": 0, "no": 1, "conditional": 4, "undocumented": 4}
AS_OF = "2026-11-21"

# ruleset, host, editions, facts of Python, verdict, code of a check that is not passed
SERVER_2012, SERVER_2019, SERVER_2025 = "Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", "Windows Server 2025 Standard"
KEY_2019, KEY_2025 = {"key": "windows-server-2019"}, {"key": "windows-server-2025"}
QUESTIONS: List[Tuple[str, str, List[str], Dict[str, Any], str, str]] = [
    ("windows", "Windows 7 Enterprise", ["Windows Server 2008 R2 Enterprise"], {}, "no", "KR104"),
    ("windows-2010", "Windows Server 2008 R2 Standard", ["Windows 7 Professional"], {"key": "client"}, "no", "KR102"),
    ("windows", SERVER_2012, [SERVER_2019], KEY_2019, "conditional", "KR105"),
    ("windows", SERVER_2012, [SERVER_2019], {**KEY_2019, "updates": ["KB4467695"]}, "yes", ""),
    ("windows", SERVER_2019, [SERVER_2025], KEY_2025, "conditional", "KR105"),
    ("windows", SERVER_2019, [SERVER_2025], {**KEY_2025, "updates": ["KB5036896"]}, "yes", ""),
    ("windows", SERVER_2019, [SERVER_2025], {**KEY_2025, "host_build": "10.0.17763.5329"}, "no", "KR105"),
    ("windows", SERVER_2019, [SERVER_2025], {**KEY_2025, "updates": ["KB7654321"]}, "conditional", "KR105"),
    ("windows", "Windows Server 2019", ["Windows 11 Pro"], KEY_2019, "undocumented", "KR104"),
    ("windows", "Windows Server 2022 Datacenter: Azure Edition", ["Windows 10 Pro"], {}, "no", "KR101"),
    ("windows", "Windows Server 2022 Standard", ["Windows 10 Pro", "windows-7", "Office LTSC 2021"],
     {"clients": 3, "servers": 0, "office": 9, "updates": ["5036896", "KB4467695"], "updates_complete": True}, "", ""),
]
SAMPLES = pathlib.Path(__file__).parent.parent / "samples"
MESSY = "Name;OperatingSystem;OperatingSystemVersion\n" + "\n".join([
    "PC1;Windows 10 Pro;10.0 (19045)", "PC2;Windows 10 Enterprise LTSC;", "pc1;Windows 11 Pro;22631", "PC3;Solaris;", ";windows-7;", "PC4;Windows 10 Pro;1,9E+04",
    '"PC;5";"Windows Server 2022\tStandard";20348', "PC1;nonsense;", "PC6;;17763", "PC7;Office LTSC 2021;", "PC2;Windows 10 Pro;"]) + "\n"
# file, options of the command line and of Python
INVENTORIES: List[Tuple[str, List[str], Dict[str, Any]]] = [
    ("windows-1252.csv", ["--encoding", "windows-1252"], {"encoding": "windows-1252"}), ("plain.txt", ["--plain"], {"plain": True})]
FLEETS: List[Tuple[str, Dict[str, Any]]] = [
    ("Windows Server 2012 R2 Standard", {"key": "windows-server-2012-r2-for-windows-10", "updates": ["KB3172614"]}),
    ("Windows Server 2012 R2 Standard", {"key": "windows-server-2012-r2-for-windows-10"}), ("Windows Server 2012 R2 Standard", {}),
    ("Windows Server 2022", {"clients": 3, "updates_complete": True}), ("Windows 7 Home Basic", {}), ("Windows Server 2019 Standard", {"host_build": "17763.1"})]
OPTIONS = {"key": "--key", "updates": "--update", "host_build": "--host-build", "clients": "--clients", "servers": "--servers", "office": "--office"}


def options(facts: Dict[str, Any]) -> List[str]:
    words = ["--complete"] if facts.get("updates_complete") else []
    for name, option in OPTIONS.items():
        for value in facts[name] if name == "updates" and name in facts else [facts[name]] if name in facts else []:
            words += [option, str(value)]
    return words


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    assert PROGRAM is not None
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True)


def identity_item(rules: kmsrules.Ruleset, question: Dict[str, Any], kinds: Any) -> Dict[str, Any]:
    try:
        found = rules.identify(kinds=kinds, **question)
    except kmsrules.AmbiguousNameError as error:
        return {"outcome": "ambiguous", "id": None, "candidates": [record.id for record in error.records], "how": error.text, "at": error.at and str(error.at),
                "decides": [kind.value for kind in error.decides]}
    except kmsrules.UnknownNameError:
        return {"outcome": "unknown", "id": None, "candidates": [], "how": "no product the tables know", "at": None, "decides": []}
    return {"outcome": "recognised", "id": found.record.id, "candidates": [found.record.id], "how": found.text, "at": found.at and str(found.at), "decides": []}


def finding_item(finding: kmsrules.JudgedMachine) -> Dict[str, Any]:
    verdict = "unreadable" if finding.machine.status is kmsrules.MachineStatus.UNREADABLE else "unrecognised" if finding.verdict is None else finding.verdict.value
    return {"file": finding.machine.file, "line": finding.line, "column": finding.machine.column or None, "name": finding.name or None, "text": finding.text or None,
            "edition": finding.product, "verdict": verdict, "code": finding.code and finding.code.value,
            "reason": None if verdict == "unrecognised" else finding.reason,
            "duplicate_of": None if finding.twin is None else {"file": finding.twin.file, "line": finding.twin.line}}


def plain(finding: Dict[str, Any]) -> Dict[str, Any]:
    """Why a machine was not recognised the command line says in words of its own."""
    return {**finding, "reason": None if finding["verdict"] == "unrecognised" else finding["reason"]}


@unittest.skipUnless(PROGRAM, "KMSRULES_BIN names no program")
class SameAnswers(unittest.TestCase):
    def test_explain_and_can(self) -> None:
        rulesets = {name: kmsrules.Ruleset(name) for name in kmsrules.BUILTIN_RULESETS}
        for ruleset, host, editions, facts, verdict, code in QUESTIONS:
            with self.subTest(host=host, editions=editions, **facts):
                answer = rulesets[ruleset].explain(host, editions, as_of=AS_OF, **facts)
                shared = ["--rules", ruleset, "--as-of", AS_OF]
                done = run("explain", *shared, "--format", "json", host, *editions, *options(facts))
                self.assertEqual((done.stdout, done.stderr), (answer.json, ""))
                self.assertEqual(run("explain", *shared, "--color", "never", host, *editions, *options(facts)).stdout, answer.text())
                self.assertEqual(run("explain", *shared, "--color", "always", host, *editions, *options(facts)).stdout, answer.text(color=True))
                self.assertEqual(done.returncode, STATUS[answer.verdict.value])
                self.assertIs(rulesets[ruleset].can(host, editions, **facts), answer.verdict)
                self.assertEqual(run("can", *shared, host, *editions, *options(facts)).stdout.strip(), answer.verdict.value)
                if verdict:
                    self.assertEqual(answer.verdict.value, verdict)
                failed = {check.code.value for each in answer.hosts for edition in each.editions for check in edition.checks
                          if check.outcome is not kmsrules.Outcome.PASS}
                self.assertIn(code or None, failed | {None})

    def test_what_the_answers_say(self) -> None:
        azure = kmsrules.Ruleset().explain("Windows Server 2022 Datacenter: Azure Edition", "Windows 10 Pro")
        self.assertIs(azure.hosts[0].editions[0].checks[0].basis, kmsrules.Basis.EXCLUDED)
        old = kmsrules.Ruleset("windows-2010").explain("Windows Server 2008 R2 Standard", "Windows 7 Professional", key="client")
        self.assertIn(kmsrules.Verdict.YES, [choice.verdict for choice in old.hosts[0].choices])

    def test_runbooks(self) -> None:
        circumstances: List[Tuple[List[str], Dict[str, Any]]] = [
            ([], {}), (["--offline", "--no-dns", "--host-name", "kms02.corp.contoso.example"], {"offline": True, "dns": kmsrules.Dns.NONE, "host_name": "kms02.corp.contoso.example"}),
            (["--dns", "manual", "--zone", "a.example", "--zone", "b.example", "--port", "1700"], {"dns": "manual", "zones": ["a.example", "b.example"], "port": 1700}),
            (["--zone", "a.example"], {"zones": "a.example"})]
        rulesets = {name: kmsrules.Ruleset(name) for name in kmsrules.BUILTIN_RULESETS}
        for ruleset, host, editions, facts, verdict, _ in QUESTIONS:
            for words, given in circumstances:
                with self.subTest(host=host, words=words, **facts):
                    book = rulesets[ruleset].runbook(host, editions, as_of=AS_OF, **facts, **given)
                    shared = ["--rules", ruleset, "--as-of", AS_OF, "runbook", host, *editions, *options(facts), *words]
                    done = run(*shared, "--format", "json")
                    self.assertEqual(done.stdout, book.json)
                    self.assertEqual(done.returncode, STATUS[book.verdict.value])
                    self.assertEqual(run(*shared).stdout, book.text())
                    self.assertEqual(run(*shared, "--color", "always").stdout, book.text(color=True))
                    self.assertEqual(run(*shared, "--format", "markdown").stdout, book.markdown)
                    self.assertEqual(run(*shared, "--format", "powershell").stdout, book.powershell)
                    self.assertEqual([step.number for step in book.steps], list(range(1, len(book.steps) + 1)))
                    if verdict:
                        self.assertEqual(book.verdict.value, verdict)
                    for step in book.steps:
                        self.assertTrue(step.check and step.undo and step.sources and step.at.startswith("rules/procedures.xml:"))

    def test_unknown_names(self) -> None:
        done = run("explain", "Windows Sever 2012", "Windows 7 Pro")
        self.assertEqual(done.returncode, 2)
        with self.assertRaises(kmsrules.UnknownNameError) as refused:
            kmsrules.Ruleset().explain("Windows Sever 2012", "Windows 7 Pro")
        for name in refused.exception.suggestions:
            self.assertIn(name, done.stderr)

    def test_searches(self) -> None:
        rules = kmsrules.Ruleset()
        for words, found in ((["editions", "Windows 7 Enterprise"], rules.editions("Windows 7 Enterprise")),
                             (["editions", SERVER_2019, "--key", "windows-server-2019", "--update", "KB5036896"],
                              rules.editions(SERVER_2019, "windows-server-2019", updates="KB5036896")),
                             (["hosts", "Windows 11 Pro", SERVER_2025], rules.hosts(["Windows 11 Pro", SERVER_2025])),
                             (["keys"], rules.keys()), (["keys", "Windows Server 2019"], rules.keys("Windows Server 2019")),
                             (["keys", SERVER_2019, "Windows 11 Pro"], rules.keys(SERVER_2019, "Windows 11 Pro")),
                             (["highest", "windows-server-2019", "windows-server-2022", "--host", SERVER_2019],
                              rules.highest(["windows-server-2019", "windows-server-2022"], SERVER_2019))):
            with self.subTest(" ".join(words)):
                done = run(*words, "--format", "json")
                self.assertEqual(done.stderr, "")
                self.assertEqual(json.loads(done.stdout)["items"],
                                 [{"host": item.host, "key": item.key, "edition": item.edition, "verdict": item.verdict.value,
                                   "needs": list(item.needs)} for item in found])

    def test_identify(self) -> None:
        rules = kmsrules.Ruleset()
        kinds = (kmsrules.Edition, kmsrules.Release, kmsrules.KeyGroup)
        questions: List[Dict[str, Any]] = [{"text": text} for text in (
            "Windows Server 2019", "Microsoft Windows 10 Enterprise LTSC", "foo", "client", "Windows 7 Professionnel", "ServerStandard", "", "Windows 10 x64 Pro",
            *[record.name for record in rules.tables.editions[::9]], *[record.id for record in rules.tables.key_groups[::5]])]
        questions += [{"build": 17763}, {"build": "10.0 (17763)", "sku": 48}, {"text": "Windows 10 Enterprise LTSC", "build": "10.0.17763.1"}, {"sku": 9999},
                      {"text": "Windows 10 Pro", "build": 22631}, {"edition_id": "ServerStandard", "build": 20348}, {"product_type": "workstation"},
                      {"text": "Windows 10 Pro", "build": 99999}]
        for question in questions:
            with self.subTest(**question):
                words = [word for name, value in question.items() if name != "text" for word in ("--" + name.replace("_", "-"), str(value))]
                item, = json.loads(run("identify", "--format", "json", *words, *[question[name] for name in ("text",) if name in question]).stdout)["items"]
                self.assertEqual(identity_item(rules, question, kinds), {name: item[name] for name in ("outcome", "id", "candidates", "how", "at", "decides")})

    def test_check(self) -> None:
        rules = kmsrules.Ruleset()
        with tempfile.TemporaryDirectory() as folder:
            messy = pathlib.Path(folder, "messy.csv")
            messy.write_text(MESSY, encoding="utf-8")
            special = {name for name, _, _ in INVENTORIES}
            inventories: List[Tuple[pathlib.Path, List[str], Dict[str, Any]]] = [(SAMPLES / name, words, reading) for name, words, reading in INVENTORIES]
            inventories += [(path, [], {}) for path in sorted(SAMPLES.iterdir()) if path.name not in special] + [(messy, [], {})]
            self.assertGreater(len(inventories), 5)
            for path, words, reading in inventories:
                for host, facts in FLEETS:
                    with self.subTest(path.name, host=host, **facts):
                        done = run("check", str(path), "--host", host, *options(facts), *words, "--format", "json")
                        report = rules.check(rules.read_inventory(path, **reading), host=host, **facts)
                        self.compare(json.loads(done.stdout), report)

    def compare(self, document: Dict[str, Any], report: kmsrules.Report) -> None:
        summary = report.summary
        self.assertEqual(document["read"], {"files": 1, "files_read": 1, "rows": summary.rows, "answered": summary.answered, "unreadable": summary.unreadable,
                                            "duplicates": report.duplicates, "duplicates_complete": not report.names_incomplete})
        self.assertEqual(document["summary"], {name: getattr(summary, name) for name in ("yes", "conditional", "undocumented", "no", "unrecognised")})
        self.assertEqual((document["host"], document["key_assumed"]), (report.host, report.key_assumed))
        self.assertEqual(document["products"], [
            {"edition": product.record.id, "rows": product.rows, "machines": product.machines, "verdict": product.judgement.verdict.value,
             "code": product.judgement.code and product.judgement.code.value, "key": product.judgement.key, "reason": product.judgement.reason}
            for product in report.products])
        self.assertEqual(document["needs"]["updates"], [
            {"any_of": list(need.requirement.any_of), "or_later": need.requirement.or_later, "rows": need.rows} for need in report.needs])
        self.assertEqual(document["needs"]["settling"], list(report.settling))
        self.assertEqual(document["needs"]["keys"], [{"key": key.key, "application": key.application, "taken": key.is_taken, **vars(key.rows)} for key in report.keys])
        self.assertEqual(document["counts"], [
            {"application": threshold.application, "kind": threshold.kind.value, "minimum": threshold.minimum, "certain": threshold.certain,
             "possible": threshold.possible, "met": threshold.met} for threshold in report.thresholds])
        self.assertEqual([plain(finding) for finding in document["findings"] if finding["verdict"] != "yes"], [finding_item(finding) for finding in report.findings])

    def test_refused_tables(self) -> None:
        done = run("rules", "check", __file__)
        self.assertEqual(done.returncode, 3)
        with self.assertRaises(kmsrules.TableError) as refused:
            kmsrules.Ruleset(__file__)
        for error in refused.exception.errors:
            self.assertIn(str(error), done.stdout + done.stderr)

    def test_inventories(self) -> None:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "samples", "ad_computer_os_pairs.csv")
        host = "Windows Server 2012 R2 Standard"
        for key in (None, "windows-server-2012-r2-for-windows-10"):
            words = () if key is None else ("--key", key)
            with self.subTest(key=key):
                report = kmsrules.Ruleset().check(path, host=host, key=key)
                document = json.loads(run("check", path, "--host", host, "--format", "json", *words).stdout)
                self.assertEqual({name: getattr(report.summary, name) for name in document["summary"]}, document["summary"])
                self.assertEqual([(found.line, found.name) for found in report.findings], [(found["line"], found["name"]) for found in document["findings"]])
                self.assertEqual(list(report.settling), document["needs"]["settling"])


if __name__ == "__main__":
    unittest.main()
