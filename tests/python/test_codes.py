"""The pages of codes and the errors of the tables: what tests/cases/errors.csv says, in the tables, the pages and the answers."""
from __future__ import annotations

import csv
import pathlib
import re
import unittest
from typing import Dict, List, Set

import kmsrules
from kmsrules import CheckCode, Outcome

RULES = kmsrules.Ruleset()
CASES = pathlib.Path(__file__).parent.parent / "cases" / "errors.csv"
KEY = "-".join(["ABCDE"] * 5)


def expected() -> Dict[str, Dict[str, str]]:
    with open(CASES, newline="", encoding="utf-8") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def section(page: kmsrules.CodePage, title: str) -> str:
    found = re.search(rf"^## {title}\n\n(.*?)(?=^## |\Z)", page.text, re.M | re.S)
    return found.group(1) if found else ""


class Facts(unittest.TestCase):
    """Each error of the facts with its sources and what predicts it, in both rulesets."""

    def test_errors_are_those_of_the_facts(self) -> None:
        for name in kmsrules.BUILTIN_RULESETS:
            found = {error.id: error for error in kmsrules.Ruleset(name).tables.errors}
            self.assertEqual(set(found), set(expected()))
            for code, row in expected().items():
                with self.subTest(ruleset=name, code=code):
                    self.assertEqual(sorted(scope.value for scope in found[code].scope), sorted(row["scope"].split()))
                    self.assertEqual(sorted(found[code].sources), sorted(row["sources"].split()))

    def test_predictions_are_those_of_the_facts(self) -> None:
        found: Dict[str, Dict[bool, Set[str]]] = {code: {True: set(), False: set()} for code in expected()}
        for prediction in RULES.tables.predictions:
            found[prediction.error][prediction.on_host].add(prediction.check.value)
        for code, row in expected().items():
            with self.subTest(code):
                self.assertEqual(found[code][False], set(row["predicted on the client by"].split()))
                self.assertEqual(found[code][True], set(row["predicted on the host by"].split()))

    def test_every_error_has_a_page_with_its_sources(self) -> None:
        for code, row in expected().items():
            with self.subTest(code):
                page = RULES.explain_code(code)
                self.assertEqual(page.name, {error.id: error.name for error in RULES.tables.errors}[code])
                named = re.findall(r"^\* ([a-z0-9-]+): (.*)$", section(page, "Sources"), re.M)
                self.assertEqual(sorted(id for id, _ in named), sorted(row["sources"].split()))
                titles = {source.id: source.title for source in RULES.tables.sources}
                self.assertEqual([title for _, title in named], [titles[id] for id, _ in named])
                for title in ("What it means", "What decides it", "What to do"):
                    self.assertTrue(section(page, title).strip(), title)


class Links(unittest.TestCase):
    """Checks and errors name each other: in the pages, and in the members of the document."""

    def test_both_ways(self) -> None:
        pairs = {(check, code) for code, row in expected().items() for check in f'{row["predicted on the client by"]} {row["predicted on the host by"]}'.split()}
        for code in kmsrules.CODES:
            with self.subTest(code):
                page = RULES.explain_code(code)
                named = set(re.findall(r"\[(KR\d+|0x[0-9A-F]{8})\]\(\1\.md\)", section(page, "What decides it") + section(page, "Which error is seen")))
                checks = {check for check, error in pairs if error == code}
                errors = {error for check, error in pairs if check == code}
                self.assertEqual({check.value for check in page.checks}, checks)
                self.assertEqual(set(page.errors), errors)
                self.assertEqual({name for name in named if name.startswith("KR")}, checks)
                if code.startswith("KR"):
                    self.assertEqual({name for name in named if name.startswith("0x")}, errors)

    def test_the_pair_everybody_meets(self) -> None:
        self.assertIn("0xC004F042", RULES.explain_code("KR104").text)
        self.assertIn("KR104", RULES.explain_code("0xC004F042").text)
        self.assertEqual(RULES.explain_code("kr104").errors, ("0xC004F042",))
        self.assertEqual(RULES.explain_code("-1073418174").checks, (CheckCode.KEY_COVERS_EDITION,))

    def test_links_lead_to_pages(self) -> None:
        for code in kmsrules.CODES:
            for target in re.findall(r"\]\(([^)]*)\)", RULES.explain_code(code).text):
                self.assertIn(re.sub(r"\.md$", "", target), kmsrules.CODES)


class Answers(unittest.TestCase):
    """What a failed check says of the errors that follow."""

    def errors(self, answer: kmsrules.Answer) -> Dict[str, List[str]]:
        found: Dict[str, List[str]] = {}
        for host in answer.hosts:
            for edition in host.editions:
                for check in edition.checks:
                    if check.outcome is not Outcome.FAIL:
                        self.assertEqual(check.errors, ())
                    elif check.errors:
                        found.setdefault(f"{edition.edition} {check.code.value}", []).extend(check.errors)
        return found

    def test_key_does_not_cover(self) -> None:
        answer = RULES.explain("Windows 7 Enterprise", "Windows Server 2008 R2 Enterprise", key="windows-7")
        self.assertEqual(self.errors(answer), {"windows-server-2008-r2-enterprise KR104": ["0xC004F042"]})
        self.assertIn("the client shows 0xC004F042: this KMS cannot be used (kmsrules explain 0xC004F042)", answer.text())

    def test_key_does_not_fit(self) -> None:
        answer = RULES.explain("Windows Server 2022 Standard", "Windows Server 2012 R2 Standard", key="windows-server-2012-r2")
        self.assertEqual(self.errors(answer), {"windows-server-2012-r2-standard KR102": ["0xC004F050"]})
        self.assertIn("the KMS host shows 0xC004F050: product key invalid", answer.text())

    def test_count_is_short(self) -> None:
        answer = RULES.explain("Windows Server 2019 Standard", "Windows 10 Enterprise", key="windows-server-2019", clients=20, servers=4)
        self.assertEqual(self.errors(answer), {"windows-10-enterprise KR106": ["0xC004F038"]})

    def test_updates_of_the_windows_7_years(self) -> None:
        """sup-074 is about clients with Windows 7 and Server 2008 R2; Vista asks the same host, and only the key is refused."""
        answer = RULES.explain("Windows Server 2008 Standard", ["Windows 7 Enterprise", "Windows Vista Business"], key="windows-server-2008-r2-group-a",
                               updates_complete=True)
        self.assertEqual(self.errors(answer), {"windows-7-enterprise KR105": ["0xC004F050", "0xC004F074", "0xC004F06C"],
                                               "windows-vista-business KR105": ["0xC004F050"]})
        self.assertEqual(answer.text().count("the client shows 0xC004F074"), 1)
        self.assertIn("\nWindows Vista Business: no\n", answer.text())

    def test_updates_of_2003(self) -> None:
        """kb948003: without KMS 1.1 the key for Server 2008 is refused. Without any KMS there is nothing that could refuse it."""
        plain = next(edition for edition in RULES.tables.editions if edition.release == "windows-server-2003" and edition.can_host)
        first = RULES.explain(plain, "Windows Server 2008 Standard", key="windows-server-2008-group-b", updates=["kms-1.0"], updates_complete=True)
        self.assertEqual(self.errors(first), {"windows-server-2008-standard KR105": ["0xC004F050"]})
        self.assertEqual(self.errors(RULES.explain(plain, "Windows Vista Business", key="windows-vista", updates_complete=True)), {})

    def test_no_source_no_error(self) -> None:
        """Of later updates, and of hosts and editions that KMS is not for, nobody says which error is seen."""
        later = RULES.explain("Windows Server 2019 Standard", "Windows Server 2025 Standard", key="windows-server-2025", updates_complete=True)
        self.assertEqual((later.verdict, self.errors(later)), (kmsrules.Verdict.NO, {}))
        unknown = RULES.explain("Windows Server 2008 Standard", "Windows 7 Enterprise", key="windows-server-2008-r2-group-a")
        self.assertEqual((unknown.verdict, self.errors(unknown)), (kmsrules.Verdict.CONDITIONAL, {}))
        self.assertEqual(self.errors(RULES.explain("Windows 11 Home", "Windows 11 Pro")), {})

    def test_literal_table_of_2010(self) -> None:
        answer = kmsrules.Ruleset("windows-2010").explain("Windows Server 2008 R2 Standard", "Windows 7 Professional", key="client")
        self.assertEqual(self.errors(answer), {"windows-7-professional KR102": ["0xC004F050"]})


class Wrong(unittest.TestCase):
    def test_unknown(self) -> None:
        with self.assertRaises(kmsrules.UnknownNameError) as caught:
            RULES.explain_code("0xC004F043")
        self.assertIn("0xC004F042", caught.exception.suggestions)
        for text in ("", "x" * 1_000_000, "KR", "0x", "-", "KR104 ", "٣"):
            with self.assertRaises(kmsrules.UnknownNameError):
                RULES.explain_code(text)

    def test_refused(self) -> None:
        with self.assertRaises(ValueError) as caught:
            RULES.explain_code(KEY)
        self.assertNotIn("ABCDE", str(caught.exception))
        for wrong, error in ((None, TypeError), (104, TypeError), (b"KR104", TypeError), ("KR\x00104", ValueError), ("\ud800", ValueError)):
            with self.assertRaises(error):
                RULES.explain_code(wrong)  # type: ignore[arg-type]

    def test_overlay(self) -> None:
        """A site may name an error of its own, and replace one of ours; a page it has not."""
        site = """<ruleset xmlns="urn:kmsrules:1" id="site" revision="1">
          <error id="0xC004F042" name="ask the other host" scope="kms-client" source="unverified" replace="yes"/>
          <error id="0x8BADF00D" name="ours" scope="kms-host" source="unverified" note="a note"/>
          <predicts check="KR104" error="0x8BADF00D" on="host" editions="windows-server-2008-r2" source="unverified"/>
        </ruleset>"""
        rules = kmsrules.Ruleset.from_tables({"site.xml": site}, "windows", "site.xml")
        answer = rules.explain("Windows 7 Enterprise", "Windows Server 2008 R2 Enterprise", key="windows-7")
        self.assertIn("the client shows 0xC004F042: ask the other host (kmsrules explain 0xC004F042)\n", answer.text())
        self.assertIn("the KMS host shows 0x8BADF00D: ours\n", answer.text())
        ours = rules.tables.errors[-1]
        self.assertEqual((ours.id, ours.note, ours.checks), ("0x8BADF00D", "a note", (CheckCode.KEY_COVERS_EDITION,)))
        self.assertEqual(rules.explain_code("KR104").errors, ("0xC004F042", "0x8BADF00D"))


if __name__ == "__main__":
    unittest.main()
