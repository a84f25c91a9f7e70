"""What the package promises to those who import it."""
from __future__ import annotations

import copy
import datetime
import gc
import json
import pathlib
import pickle
import tempfile
import threading
import unittest
from typing import Any, Dict, List, Tuple, Type

import kmsrules
from kmsrules import EvidenceKind, Kind, Outcome, Verdict, Volume
from kmsrules import _kmsrules as c
from support import OPEN, ROWS, SMALL

HOST, EDITION, KEY = "Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", "windows-server-2019"
RULES = kmsrules.Ruleset()


class Enumerations(unittest.TestCase):
    def test_members_are_those_of_the_library(self) -> None:
        for enumeration, text, first in ((Verdict, c.kmsrules_verdict_text, 0), (Outcome, c.kmsrules_outcome_text, 0),
                                         (Kind, c.kmsrules_kind_text, 0), (kmsrules.Basis, c.kmsrules_basis_text, 1)):
            with self.subTest(enumeration.__name__):
                values = [member.value for member in enumeration]
                self.assertEqual(values, [text(first + index) for index in range(len(values))])
                self.assertIsNone(text(first + len(values)))
        checks = [code.name.lower().replace("_", "-") for code in kmsrules.CheckCode]
        self.assertEqual(checks, [c.kmsrules_check_name(int(code.value[2:])) for code in kmsrules.CheckCode])
        self.assertIsNone(c.kmsrules_check_name(101 + len(checks)))

    def test_what_has_no_truth_says_so(self) -> None:
        answer = RULES.explain(HOST, EDITION)
        for thing in (answer, answer.verdict, answer.hosts[0], Outcome.FAIL, Volume.NO, RULES.hosts(EDITION)[0]):
            with self.subTest(type(thing).__name__), self.assertRaisesRegex(TypeError, "compare"):
                bool(thing)


class Rulesets(unittest.TestCase):
    def test_built_in(self) -> None:
        self.assertEqual(kmsrules.BUILTIN_RULESETS[0], RULES.id)
        self.assertEqual(kmsrules.Ruleset(RULES.id).fingerprint, RULES.fingerprint)
        self.assertTrue(RULES.fingerprint.startswith("sha256:"))
        self.assertEqual(kmsrules.Ruleset("windows-2010").id, "windows-2010")

    def test_files_layers_and_paths(self) -> None:
        overlay = OPEN.replace("small", "over") + '<update id="KB9000001" source="s"/></ruleset>'
        with tempfile.TemporaryDirectory() as folder:
            base, over = pathlib.Path(folder, "base.xml"), pathlib.Path(folder, "over.xml")
            base.write_text(SMALL)
            over.write_text(overlay)
            for rules in (kmsrules.Ruleset(base, str(over)), kmsrules.Ruleset.from_tables({"a": SMALL, "b": overlay.encode()}, "a", "b")):
                self.assertEqual((rules.id, rules.title, rules.revision), ("small", "Small", "7"))
                self.assertEqual([update.id for update in rules.tables.updates], ["KB9000001"])

    def test_a_path_is_a_file_and_no_built_in_name(self) -> None:
        with self.assertRaises(kmsrules.UnreadableError):
            kmsrules.Ruleset(pathlib.Path("windows"))

    def test_includes_from_memory(self) -> None:
        tables = {"root.xml": OPEN + '<include href="data/rows.xml"/></ruleset>',
                  "data/rows.xml": '<table xmlns="urn:kmsrules:1">' + ROWS + "</table>"}
        rules = kmsrules.Ruleset.from_tables(tables)
        self.assertEqual([(file.path, file.data.decode(), file.is_layer) for file in rules.tables.files],
                         [("root.xml", tables["root.xml"], True), ("data/rows.xml", tables["data/rows.xml"], False)])
        self.assertEqual(rules.tables.editions[0].at, ("data/rows.xml", 5, 1))

    def test_warnings_do_not_refuse(self) -> None:
        self.assertTrue(RULES.problems)
        for problem in RULES.problems:
            self.assertFalse(problem.is_error)
            self.assertRegex(str(problem), r"^(data|rules)/[a-z]+.xml:\d+:\d+: KR9[5-9]\d [a-z-]+: .")

    def test_no_table(self) -> None:
        with self.assertRaises(kmsrules.QuestionError):
            kmsrules.Ruleset.from_tables({})

    def test_limits(self) -> None:
        with self.assertRaises(kmsrules.TableError) as refused:
            kmsrules.Ruleset(limits=kmsrules.Limits(table_size=1000))
        self.assertEqual(refused.exception.code, "KR904")
        for value, error in ((0, ValueError), (-1, ValueError), (True, TypeError), (2**64, OverflowError), ("1", TypeError)):
            with self.subTest(value), self.assertRaises(error):
                kmsrules.Ruleset(limits=kmsrules.Limits(element_depth=value))  # type: ignore[arg-type]
        for name in kmsrules.Limits.__dataclass_fields__:
            self.assertEqual(getattr(kmsrules.Limits(), name), getattr(c.kmsrules_default_limits(), name))

    def test_records(self) -> None:
        tables = kmsrules.Ruleset.from_tables({"small.xml": SMALL}).tables
        self.assertEqual(tables.editions[0], kmsrules.Edition("seven-pro", "Seven Pro", Kind.CLIENT, "w", "seven", Volume.YES, True,
                                                              kmsrules.Place("small.xml", 6, 1)))
        self.assertEqual(tables.releases[0].editions, ("seven-pro", "seven-home"))
        self.assertEqual(str(tables.key_groups[0].at), "small.xml:10:1")
        self.assertEqual(tables.sources[0], kmsrules.Source("s", "A page", None, None, "primary"))
        self.assertEqual(len({*tables.editions, *copy.deepcopy(tables.editions)}), 2)

    def test_records_outlive_their_ruleset(self) -> None:
        rules = kmsrules.Ruleset()
        editions, answer = rules.tables.editions, rules.explain(HOST, EDITION)
        del rules
        gc.collect()
        self.assertEqual(editions, RULES.tables.editions)
        self.assertEqual(answer, RULES.explain(HOST, EDITION))

    def test_objects_of_the_library_keep_what_they_need(self) -> None:
        question = c.kmsrules_question_new(c.kmsrules_ruleset_default())
        gc.collect()
        c.kmsrules_question_set_host(question, HOST)
        c.kmsrules_question_add_edition(question, EDITION)
        ruleset = c.kmsrules_answer_ruleset(c.kmsrules_ask(question))
        del question
        gc.collect()
        self.assertEqual(c.kmsrules_ruleset_revision(ruleset).fingerprint, RULES.fingerprint)


class Names(unittest.TestCase):
    def test_identify(self) -> None:
        edition = RULES.identify("Microsoft® Windows Server® 2019 Standard").record
        self.assertEqual((edition.id, type(edition)), ("windows-server-2019-standard", kmsrules.Edition))
        self.assertIsInstance(RULES.identify("Windows Server 2019").record, kmsrules.Release)
        self.assertIsInstance(RULES.identify("windows-server-2019", [kmsrules.KeyGroup]).record, kmsrules.KeyGroup)
        self.assertEqual(RULES.identify("KB4467695").record.id, "KB4467695")

    def test_evidence(self) -> None:
        BUILD, SKU, TYPE, EDITION_ID = EvidenceKind.BUILD, EvidenceKind.SKU, EvidenceKind.PRODUCT_TYPE, EvidenceKind.EDITION_ID
        for build in (17763, "17763", "10.0.17763.5329", "10.0 (17763)", "Build 17763"):
            found = RULES.identify("Windows 10 Enterprise LTSC", build=build)
            self.assertEqual((found.record.id, found.how, found.narrowed, found.unknown), ("windows-10-enterprise-ltsc-2019", "spelling", (BUILD,), ()))
            self.assertIn("2019 (17763)", found.note)
            self.assertEqual(found.text, "by a listed spelling, told apart by its build")
        for facts, product, narrowed in (({"build": 20348, "edition_id": "ServerStandard"}, "windows-server-2022-standard", (BUILD, EDITION_ID)),
                                         ({"build": 19045, "sku": 48}, "windows-10-pro", (BUILD, SKU)), ({"build": 19045, "sku": "48"}, "windows-10-pro", (BUILD, SKU)),
                                         ({"build": 17763, "sku": 7, "product_type": 3}, "windows-server-2019-standard", (BUILD, SKU, TYPE))):
            found = RULES.identify(**facts)
            self.assertEqual((found.record.id, found.at, found.narrowed), (product, None, narrowed))
        found = RULES.identify("Windows 10 Pro", build=99999)
        self.assertEqual((found.record.id, found.narrowed, found.unknown), ("windows-10-pro", (), (BUILD,)))
        for product_type in (Kind.SERVER, 3, 2, "server", "3", "ServerNT"):
            self.assertEqual(RULES.identify(build=17763, sku=7, product_type=product_type).record.id, "windows-server-2019-standard")

    def test_all_names(self) -> None:
        for record in (*RULES.tables.editions, *RULES.tables.releases, *RULES.tables.key_groups, *RULES.tables.updates):
            for name in {record.id, record.id if isinstance(record, kmsrules.Update) else record.name}:
                identity = c.kmsrules_identity()
                c.kmsrules_identify(RULES._handle, 15, name, identity)
                found = RULES.identify(name)
                self.assertEqual((found.how, found.at[1]), (identity.how, identity.at.line))
            self.assertEqual(RULES.identify(record.id, [type(record)]).record, record)

    def test_wrong_evidence_names_the_argument(self) -> None:
        for argument, value, error in (("build", 0, ValueError), ("build", -1, ValueError), ("build", 2**32, OverflowError), ("build", 1.5, TypeError),
                                       ("build", "10", ValueError), ("build", True, TypeError), ("build", b"17763", TypeError), ("build", "1\0", ValueError),
                                       ("sku", -1, ValueError), ("sku", 2**32 - 1, OverflowError), ("sku", "4x", ValueError), ("sku", "", ValueError),
                                       ("sku", 1.5, TypeError), ("edition_id", 7, TypeError), ("edition_id", "\ud800", ValueError),
                                       ("product_type", 9, ValueError), ("product_type", "x", ValueError), ("product_type", Kind.OFFICE, ValueError),
                                       ("product_type", 1.5, TypeError), ("product_type", True, TypeError), ("kinds", [str], TypeError)):
            with self.subTest(argument, value=value), self.assertRaisesRegex(error, f"^{argument} "):
                RULES.identify("Windows 10 Pro", **{argument: value})
        self.assertRaisesRegex(TypeError, "^text must be str, or", RULES.identify)

    def test_product_keys_are_shown_nowhere(self) -> None:
        secret = "-".join(letter * 5 for letter in "ABCDE")
        for argument in ("text", "build", "sku", "edition_id", "product_type"):
            with self.subTest(argument), self.assertRaisesRegex(ValueError, f"^{argument} looks like a product key, which is not shown$"):
                RULES.identify(**{argument: f"x {secret}"})
        for argument in ("host", "editions", "key", "updates", "host_build", "as_of"):
            for ask in (RULES.explain, RULES.can):
                if argument == "as_of" and ask == RULES.can:
                    continue
                with self.subTest(argument), self.assertRaisesRegex(ValueError, f"^{argument} looks like a product key, which is not shown$"):
                    ask(**{"host": HOST, "editions": EDITION, argument: secret})

    def test_product_keys_in_disguise(self) -> None:
        """The same rule as that of the library: see docs/codes/KR918.md."""
        groups = ("2B7QX", "GG4HJ", "KMN3P", "TVW6Y", "98RDC")
        for key in ("-".join(groups), "\u2013".join(groups), " ".join(groups), "_".join(groups), "".join(groups), "x" + "-".join(groups), "-".join(groups).lower(), "-".join(groups) + "\0"):
            for argument in ("edition_id", "build", "sku", "product_type"):
                with self.subTest(argument, key=key), self.assertRaises(ValueError) as raised:
                    RULES.identify(**{argument: key})
                self.assertNotIn("GG4HJ", str(raised.exception).upper())
            with self.subTest(key=key), self.assertRaises(ValueError) as raised:
                RULES.identify(key)
            self.assertNotIn("GG4HJ", str(raised.exception).upper())
        for name in ("7dc26449db214e09ba3728f2958506a6", "xn--bcher-kva.xn--contoso-jua.example"):
            self.assertRaises(kmsrules.UnknownNameError, RULES.identify, name)

    def test_runbook(self) -> None:
        book = RULES.runbook(HOST, EDITION, KEY, host_name="kms02.contoso.example", zones=("a.example", "b.example"), dns=kmsrules.Dns.MANUAL)
        self.assertIs(book.verdict, kmsrules.Verdict.CONDITIONAL)
        self.assertEqual(book.steps[0].id, "confirm-update")
        self.assertEqual((book.host_name, book.zones, book.dns, book.offline, book.port), ("kms02.contoso.example", ("a.example", "b.example"), kmsrules.Dns.MANUAL, False, 1688))
        records = [step.commands[0].text for step in book.steps if step.id == "create-record"]
        self.assertEqual(len(records), 2)
        self.assertIn("-ZoneName b.example -DomainName kms02.contoso.example", records[1])
        self.assertEqual(book, pickle.loads(pickle.dumps(book)))
        self.assertEqual(str(book), book.text())
        self.assertTrue(repr(book).startswith(f"<kmsrules.Runbook conditional, {len(book.steps)} steps: Conditional: "), repr(book))
        self.assertRaises(TypeError, bool, book)
        self.assertEqual(RULES.runbook("Windows 7 Enterprise", EDITION).steps, ())
        self.assertEqual(len(RULES.runbook(HOST, EDITION, zones=[f"z{number}.example" for number in range(40)], dns="manual").zones), 40)

    def test_runbooks_refuse_what_is_no_name(self) -> None:
        secret = "-".join(letter * 5 for letter in "ABCDE")
        wrong: List[Tuple[Type[Exception], Dict[str, Any]]] = [
            (ValueError, {"host_name": "a b"}), (ValueError, {"host_name": "fe80::1"}), (ValueError, {"host_name": secret}), (ValueError, {"zones": [secret]}), (ValueError, {"zones": "a;b"}),
            (ValueError, {"zones": ["a", "A"]}), (ValueError, {"zones": ["a"] * 40}), (ValueError, {"dns": secret}), (ValueError, {"port": 0}), (ValueError, {"port": 65536}), (ValueError, {"host_name": "a\0"}),
            (ValueError, {"host_name": "192.0.2.1", "dns": "manual"}), (TypeError, {"port": True}), (TypeError, {"port": "1688"}), (TypeError, {"offline": 1}), (TypeError, {"zones": [1]}),
            (TypeError, {"zones": 1}), (TypeError, {"host_name": b"kms01"}), (TypeError, {"dns": None})]
        for error, given in wrong:
            with self.subTest(**given), self.assertRaises(error) as refused:
                RULES.runbook(HOST, EDITION, **given)
            self.assertNotIn(secret, str(refused.exception))
        self.assertRaises(kmsrules.QuestionError, RULES.runbook, HOST, [])
        self.assertRaises(kmsrules.UnknownNameError, RULES.runbook, HOST, "Windows 12")

    def test_ambiguous_and_unknown_evidence(self) -> None:
        with self.assertRaises(kmsrules.AmbiguousNameError) as refused:
            RULES.identify("Windows 10 Enterprise LTSC")
        error = refused.exception
        self.assertEqual([record.id for record in error.records], ["windows-10-enterprise-ltsc-2019", "windows-10-enterprise-ltsc-2021"])
        self.assertEqual((error.candidates, error.decides, error.count), (tuple(record.name for record in error.records), (EvidenceKind.BUILD,), 2))
        self.assertEqual(error.text, "no year: the build tells 2019 (17763) from 2021 (19044); to tell them apart give the build")
        self.assertEqual(error.at.file, "data/vocabulary.xml")
        self.assertEqual(str(error), f"ambiguous name 'Windows 10 Enterprise LTSC': \"{error.candidates[0]}\" or \"{error.candidates[1]}\": {error.text}")
        with self.assertRaises(kmsrules.AmbiguousNameError) as refused:
            RULES.identify(product_type="workstation")
        self.assertRegex(str(refused.exception), r"^ambiguous: .+ or \d+ more: several products fit; ")
        with self.assertRaises(kmsrules.AmbiguousNameError) as refused:
            RULES.identify("Windows 10 Pro", build=22631)
        self.assertEqual([record.id for record in refused.exception.records], ["windows-10-pro", "windows-11-pro"])
        with self.assertRaises(kmsrules.UnknownNameError) as refused:
            RULES.identify(sku=9999)
        self.assertEqual((refused.exception.name, refused.exception.suggestions, str(refused.exception)), (None, (), "nothing in the tables fits what is given"))

    def test_unknown(self) -> None:
        for ask in (RULES.explain, RULES.can):
            with self.assertRaises(kmsrules.UnknownNameError) as refused:
                ask("Windows Sever 2012", "Windows 7 Pro")
            self.assertEqual((refused.exception.name, refused.exception.suggestions[0]), ("Windows Sever 2012", "Windows Server 2012"))
            self.assertIn("Windows Server 2012", str(refused.exception))
        with self.assertRaises(kmsrules.UnknownNameError):
            RULES.explain(HOST, EDITION, updates="KB1")

    def test_ambiguous(self) -> None:
        rules = kmsrules.Ruleset.from_tables({"small.xml": SMALL})
        with self.assertRaises(kmsrules.AmbiguousNameError) as refused:
            rules.can("Both", "Seven Pro")
        self.assertEqual(refused.exception.candidates, ("Seven Pro", "Seven Home"))

    def test_records_stand_for_names(self) -> None:
        edition, group = RULES.identify(EDITION).record, RULES.identify(KEY, [kmsrules.KeyGroup]).record
        self.assertEqual(RULES.explain(HOST, edition, group), RULES.explain(HOST, EDITION, KEY))
        self.assertEqual(RULES.can(HOST, edition, group), RULES.can(HOST, EDITION, KEY))
        for wrong in (group, RULES.tables.updates[0]):
            with self.assertRaisesRegex(TypeError, "^host "):
                RULES.can(wrong, EDITION)
        self.assertEqual(kmsrules.Ruleset("windows-2010").can(RULES.identify("Windows 7 Enterprise").record, "Windows 7 Professional"), Verdict.YES)

    def test_what_is_remembered_is_bounded(self) -> None:
        rules, names = kmsrules.Ruleset(), kmsrules.names
        limit, names._REMEMBERED = names._REMEMBERED, 10
        try:
            for count in range(100):
                rules.can(HOST + " " * count, EDITION)
            self.assertLessEqual(len(rules._hosts), 10)
        finally:
            names._REMEMBERED = limit


class Questions(unittest.TestCase):
    def test_can_is_the_verdict_of_explain(self) -> None:
        for host in RULES.tables.editions:
            for edition in RULES.tables.editions[::7]:
                self.assertIs(RULES.can(host, edition), Verdict(c.kmsrules_verdict_text(c.kmsrules_answer_verdict(c.kmsrules_ask(
                    RULES._question(host, edition, None, kmsrules.ruleset._NO_FACTS))))))

    def test_sets_releases_keys_and_iterators(self) -> None:
        editions = ["Windows 10 Pro", "Windows Server 2019 Standard", "windows-7"]
        for ask in (lambda editions, key: RULES.can(HOST, editions, key), lambda editions, key: RULES.explain(HOST, editions, key).verdict):
            self.assertEqual(ask(editions, KEY), ask(iter(editions), iter([KEY])))
            self.assertEqual(ask(editions, None), ask(tuple(editions), ()))
            with self.assertRaises(kmsrules.QuestionError):
                ask(editions, ["windows-server-2019", "windows-server-2016"])
            with self.assertRaises(kmsrules.QuestionError):
                ask([], None)
        self.assertEqual(RULES.can(HOST, ["Windows 10 Pro"] * 100), RULES.can(HOST, "Windows 10 Pro"))
        self.assertIs(RULES.can("Windows Server 2019", "Windows 11 Pro", KEY), Verdict.UNDOCUMENTED)

    def test_facts(self) -> None:
        host, edition, key = "Windows Server 2019 Standard", "Windows Server 2025 Standard", "windows-server-2025"
        for facts, verdict in (({}, "conditional"), ({"updates": "KB5036896"}, "yes"), ({"updates": ["KB1234567"]}, "conditional"),
                               ({"updates_complete": True}, "no"), ({"host_build": "10.0.17763.5329"}, "no"),
                               ({"updates": (kmsrules.Ruleset().identify("KB5036896").record,), "clients": 0, "servers": 4}, "no"),
                               ({"updates": iter(["KB5036896"]), "servers": 5}, "yes")):
            with self.subTest(str(facts)):
                facts = {name: list(value) if hasattr(value, "__next__") else value for name, value in facts.items()}
                self.assertEqual(RULES.can(host, edition, key, **facts).value, verdict)
                self.assertEqual(RULES.explain(host, edition, key, **facts).verdict.value, verdict)
                self.assertEqual([verdict.value for verdict in RULES.can_each(host, iter([edition] * 3), key, **facts)], [verdict] * 3)

    def test_contradicting_facts(self) -> None:
        for facts in ({"host_build": "14393"}, {"host_build": "17763.1", "updates": "KB5036896"}):
            with self.subTest(str(facts)), self.assertRaises(kmsrules.QuestionError) as refused:
                RULES.can("Windows Server 2019 Standard", EDITION, **facts)
            self.assertIsInstance(refused.exception, ValueError)

    def test_a_column_takes_many(self) -> None:
        with self.assertRaisesRegex(TypeError, "many"):
            RULES.can_each(HOST, EDITION)
        self.assertEqual(RULES.can_each(HOST, []), [])

    def test_dates(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=2))
        for as_of, text in (("2026-11-21", "2026-11-21"), (datetime.date(2026, 11, 21), "2026-11-21"),
                            (datetime.datetime(2026, 11, 21, 1, 2, 3, tzinfo=zone), "2026-11-20T23:02:03Z"), (None, None)):
            self.assertEqual(RULES.explain(HOST, EDITION, as_of=as_of).as_of, text)
        with self.assertRaisesRegex(ValueError, "time zone"):
            RULES.explain(HOST, EDITION, as_of=datetime.datetime(2026, 11, 21))

    def test_searches(self) -> None:
        self.assertIn("windows-7-professional", [found.edition for found in RULES.editions("Windows 7 Enterprise", key="windows-7")])
        best = RULES.hosts(["Windows 11 Pro", "Windows Server 2025 Standard"])[0]
        self.assertEqual((best.verdict, best.key, best.edition), (Verdict.YES, "windows-server-2025", None))
        self.assertIs(RULES.can(best.host, ["Windows 11 Pro", "Windows Server 2025 Standard"], best.key), best.verdict)
        self.assertEqual([found.key for found in RULES.highest(["windows-server-2019", "windows-server-2022"])], ["windows-server-2022"])
        self.assertEqual([found.key for found in RULES.highest(["windows-server-2019", "windows-server-2022"], HOST)], ["windows-server-2019"])
        self.assertGreater(len(RULES.keys()), len(RULES.keys(HOST)))
        self.assertTrue(all(found.verdict is not Verdict.YES for found in RULES.keys(HOST, EDITION)))
        self.assertIn(Verdict.YES, [found.verdict for found in RULES.keys(HOST, EDITION, updates="KB4467695")])
        with self.assertRaises(kmsrules.QuestionError):
            RULES.hosts([])


class Answers(unittest.TestCase):
    def setUp(self) -> None:
        self.answer = RULES.explain(HOST, EDITION, KEY, updates=["KB1234567"], clients=1, as_of="2026-11-21")

    def test_the_tree_is_the_document(self) -> None:
        document, answer = json.loads(self.answer.json), self.answer
        self.assertEqual(document["schema"], "kmsrules/answer/1")
        self.assertEqual(answer.question, kmsrules.Question("windows-server-2012-r2-datacenter", (KEY,), ("windows-server-2019-standard",),
                                                            ("KB1234567",), False, None, kmsrules.Counts(1, None, None)))
        self.assertEqual((answer.ruleset.id, answer.ruleset.fingerprint), (RULES.id, RULES.fingerprint))
        texts = [fact.text for check in answer.hosts[0].editions[0].checks for fact in check.facts]
        self.assertEqual(texts, [fact["text"] for check in document["hosts"][0]["editions"][0]["checks"] for fact in check["facts"]])
        self.assertEqual(list(answer.notes), document["notes"])

    def test_texts(self) -> None:
        self.assertIn("KB4467695", self.answer.summary)
        self.assertEqual(str(self.answer), self.answer.text())
        self.assertNotIn("\x1b", self.answer.text())
        self.assertIn("\x1b", self.answer.text(color=True))

    def test_immutable(self) -> None:
        with self.assertRaises(AttributeError):
            self.answer.verdict = Verdict.YES  # type: ignore[misc]

    def test_repr(self) -> None:
        for thing in (RULES, RULES.tables, RULES.tables.files[0], self.answer, self.answer.hosts[0].choices[0], RULES.problems):
            self.assertNotRegex(repr(thing), r"object at 0x")
        self.assertRegex(repr(RULES), "^<kmsrules.Ruleset windows revision ")
        self.assertRegex(repr(self.answer), "^<kmsrules.Answer conditional: ")


class Copies(unittest.TestCase):
    def test_ruleset(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            base = pathlib.Path(folder, "base.xml")
            base.write_text(OPEN + '<include href="sub/../rows.xml"/></ruleset>')
            pathlib.Path(folder, "rows.xml").write_text('<table xmlns="urn:kmsrules:1">' + ROWS + "</table>")
            rules = kmsrules.Ruleset(base)
            pickled = pickle.dumps(rules)
        copied = pickle.loads(pickled)  # the files are gone
        self.assertEqual((copied.fingerprint, copied.tables, copied.problems), (rules.fingerprint, rules.tables, rules.problems))
        for rules in (RULES, kmsrules.Ruleset("windows-2010"), kmsrules.Ruleset(limits=kmsrules.Limits(table_size=1 << 24))):
            copied = pickle.loads(pickle.dumps(rules))
            self.assertEqual((copied.fingerprint, copied.tables, copied._limits), (rules.fingerprint, rules.tables, rules._limits))
        self.assertIs(copy.deepcopy(RULES), RULES)
        self.assertIs(copy.copy(RULES), RULES)

    def test_layers(self) -> None:
        overlay = OPEN.replace("small", "over") + '<update id="KB9000001" source="wsd-plan24"/></ruleset>'
        rules = kmsrules.Ruleset.from_tables({"over.xml": overlay}, "windows", "over.xml")
        copied = pickle.loads(pickle.dumps(rules))
        self.assertEqual((copied.id, copied.fingerprint, copied.tables), (rules.id, rules.fingerprint, rules.tables))

    def test_answer(self) -> None:
        answer = RULES.explain(HOST, EDITION)
        for copied in (pickle.loads(pickle.dumps(answer)), copy.deepcopy(answer), kmsrules.Ruleset().explain(HOST, EDITION)):
            self.assertEqual(copied, answer)
            self.assertEqual((hash(copied), copied.text(True), repr(copied)), (hash(answer), answer.text(True), repr(answer)))
        self.assertNotEqual(answer, RULES.explain(HOST, "Windows 7 Professional"))
        self.assertIs(pickle.loads(pickle.dumps(answer)).verdict, Verdict.CONDITIONAL)

    def test_errors(self) -> None:
        problem = kmsrules.Problem("KR911", "unknown-id", "text", "a.xml", 1, 2, True)
        for error in (kmsrules.TableError((problem,)), kmsrules.UnknownNameError("a", ("b",)), kmsrules.AmbiguousNameError("a", ("b", "c")),
                      kmsrules.InventoryError("a.csv", 1, 2, "text")):
            copied = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copied), str(copied), vars(copied)), (type(error), str(error), vars(error)))


class Threads(unittest.TestCase):
    def test_one_ruleset_in_many_threads(self) -> None:
        rules, expected, wrong = kmsrules.Ruleset(), RULES.explain(HOST, EDITION), []

        def ask() -> None:
            for _ in range(50):
                if rules.explain(HOST, EDITION) != expected or rules.can(HOST, EDITION) is not expected.verdict:
                    wrong.append(1)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
