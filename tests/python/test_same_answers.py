"""Python and the command line give the same answers: the whole JSON documents, and the verdicts that issue 2 names."""
from __future__ import annotations

import json
import os
import subprocess
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
