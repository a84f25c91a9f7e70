"""How clients spread over hosts: against exact fractions, against the algorithm of RFC 2782 counted out, against a second method, and the same as the command line says."""
from __future__ import annotations

import copy
import itertools
import os
import pathlib
import pickle
import random
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

import kmsrules
from kmsrules import Discovery, Kind, Selection

RULES = kmsrules.Ruleset()
PROGRAM = os.environ.get("KMSRULES_BIN")
MODERN, OLD, SERVER, OLD_SERVER = "Windows 10 Pro", "Windows Vista Business", "Windows Server 2019 Standard", "Windows Server 2008 Standard"
EXACT = 1e-12  # what the figures promise, and the decimals of JSON
Record = Tuple[str, int, int]  # name, priority, weight


def answer(records: Iterable[Record]) -> bytes:
    return "".join([f"_vlmcs._tcp.contoso.example. 600 IN SRV {priority} {weight} 1688 {name}.contoso.example.\n" for name, priority, weight in records]).encode()


def ask(records: Iterable[Record], fleet: Dict[str, int], **options: int) -> Discovery:
    return RULES.discovery(answer(records), fleet, **options)


def probabilities(discovery: Discovery, kind: Kind) -> Dict[str, float]:
    return {host.target.split(".")[0]: reach.probability for host in discovery.hosts for reach in host.reaches if reach.kind == kind}


# ---- The algorithm of RFC 2782, counted out


def first_choices(records: Sequence[Record], least: int = 0) -> Dict[str, Fraction]:
    """Every order of the list with weight 0 first, every number from `least` to the sum."""
    lowest = min(priority for _, priority, _ in records)
    usable = [record for record in records if record[1] == lowest]
    zeros, others = [r for r in usable if r[2] == 0], [r for r in usable if r[2] > 0]
    orders = [[*a, *b] for a in itertools.permutations(zeros) for b in itertools.permutations(others)]
    total = sum(weight for _, _, weight in usable)
    least = 0 if zeros else least
    chosen: Counter[str] = Counter()
    for order in orders:
        for number in range(least, total + 1):
            running = 0
            for name, _, weight in order:
                running += weight
                if running >= number:
                    chosen[name] += 1
                    break
    whole = sum(chosen.values())
    return {name: Fraction(chosen[name], whole) for name, _, _ in records}


SETS: List[List[Record]] = [
    [("a", 0, 100)],
    [("a", 0, 0)],
    [("a", 0, 0), ("b", 0, 0), ("c", 0, 0)],
    [("a", 0, 100), ("b", 0, 50)],
    [("a", 0, 3), ("b", 0, 0)],
    [("a", 0, 3), ("b", 0, 0), ("c", 0, 0), ("d", 0, 7)],
    [("a", 10, 3), ("b", 0, 1), ("c", 0, 2), ("d", 5, 0)],
    [("a", 7, 0), ("b", 7, 1), ("c", 9, 9)],
]


class Shares(unittest.TestCase):
    def test_counted_out(self) -> None:
        for records in SETS:
            expected = first_choices(records, least=1)
            for host in ask(records, {MODERN: 1}).hosts:
                name = host.target.split(".")[0]
                self.assertAlmostEqual(host.honours_weight, float(expected[name]), delta=EXACT, msg=f"{records} {name}")
                self.assertAlmostEqual(host.ignores_weight, 1 / len(records), delta=EXACT)
                self.assertEqual(host.standby, dict((n, p) for n, p, _ in records)[name] > min(p for _, p, _ in records))

    def test_the_zero_of_the_rfc_changes_at_most_one_part(self) -> None:
        """Where no record has weight 0, the number 0 is not drawn: what that changes is at most one of sum + 1 parts."""
        for records in SETS:
            literal, taken = first_choices(records), first_choices(records, least=1)
            total = sum(weight for _, priority, weight in records if priority == min(p for _, p, _ in records))
            self.assertTrue(all(abs(literal[name] - taken[name]) <= Fraction(1, total + 1) for name in literal))

    def test_one_that_fails_is_one_left_out(self) -> None:
        """To draw the host that is gone, and then among the others, comes to the same as to draw among the others; but for one of several records of weight 0 beside
        others with weight, where it is up to the small chance of that record more."""
        for records in SETS:
            shares = first_choices(records, least=1)
            for failure in ask(records, {MODERN: 1}).failures or ():
                failed = failure.target.split(".")[0]
                rest = [record for record in records if record[0] != failed]
                if not rest:
                    self.assertEqual(failure.hosts, ())
                    continue
                again = first_choices(rest, least=1)
                alive = [name for name, _, _ in rest]
                for host in failure.hosts:
                    name = host.target.split(".")[0]
                    self.assertIn(name, alive)
                    self.assertAlmostEqual(host.honours_weight, float(again[name]), delta=EXACT)
                    same = [weight for _, priority, weight in records if priority == min(p for _, p, _ in records)]
                    is_one_of_several = dict((n, w) for n, _, w in records)[failed] == 0 and same.count(0) > 1 and max(same) > 0
                    self.assertAlmostEqual(host.honours_weight, float(shares[name] + shares[failed] * again[name]), delta=float(shares[failed]) if is_one_of_several else EXACT)

    def test_the_order_of_records_and_the_case_of_names_change_nothing(self) -> None:
        records = [("kms01", 0, 100), ("kms02", 0, 50), ("kms03", 10, 0), ("kms04", 0, 0)]
        fleet = {MODERN: 60, OLD: 7, SERVER: 3}
        expected = ask(records, fleet)
        for order in itertools.permutations(records):
            self.assertEqual(ask(order, fleet).json, expected.json)
        upper = RULES.discovery(answer(records).replace(b"kms0", b"KMS0").replace(b"_vlmcs", b"_VLMCS"), fleet)
        self.assertEqual(upper.json.lower(), expected.json.lower())

    def test_one_host_in_two_records_has_both_shares(self) -> None:
        whole, parted = ask([("a", 0, 60), ("b", 0, 40)], {MODERN: 50}), ask([("a", 0, 50), ("a", 0, 10), ("b", 0, 40)], {MODERN: 50})
        self.assertEqual([host.honours_weight for host in whole.hosts], [host.honours_weight for host in parted.hosts])
        self.assertEqual([host.reaches for host in whole.hosts], [host.reaches for host in parted.hosts])
        self.assertEqual([host.weight for host in parted.hosts], [60, 40])

    def test_a_factor_of_all_weights_changes_nothing(self) -> None:
        small, large = ask([("a", 0, 2), ("b", 0, 1)], {MODERN: 60}), ask([("a", 3, 60000), ("b", 3, 30000)], {MODERN: 60})
        self.assertEqual([host.honours_weight for host in small.hosts], [host.honours_weight for host in large.hosts])
        self.assertEqual(small.thresholds, large.thresholds)


# ---- Exact counts


def counts_of(machines: int, shares: Sequence[Fraction]) -> Dict[Tuple[int, ...], Fraction]:
    """The exact chances of what each host gets."""
    chances: Dict[Tuple[int, ...], Fraction] = {(): Fraction(1)}
    left = Fraction(1)
    for index, share in enumerate(shares):
        part = share / left if left else Fraction(0)
        grown: Dict[Tuple[int, ...], Fraction] = {}
        for counts, chance in chances.items():
            rest = machines - sum(counts)
            if index == len(shares) - 1:
                grown[(*counts, rest)] = chance
                continue
            for count in range(rest + 1):
                term = comb(rest, count) * part**count * (1 - part) ** (rest - count)
                if term:
                    grown[(*counts, count)] = chance * term
        chances, left = grown, left - share
    return chances


def exactly(records: Sequence[Record], modern: int, old: int, minimum: int) -> Tuple[List[Fraction], Fraction, Fraction]:
    """That each host, all hosts and some host has the minimum, where all of them may be chosen."""
    weighted, alike = first_choices(records, least=1), Fraction(1, len(records))
    first, second = counts_of(modern, [weighted[name] for name, _, _ in records]), counts_of(old, [alike] * len(records))
    hosts, every, some = [Fraction(0)] * len(records), Fraction(0), Fraction(0)
    for a, chance in first.items():
        for b, other in second.items():
            reached = [x + y >= minimum for x, y in zip(a, b)]
            both = chance * other
            hosts = [host + both * is_reached for host, is_reached in zip(hosts, reached)]
            every, some = every + both * all(reached), some + both * any(reached)
    return hosts, every, some


def tail(machines: int, share: Fraction, minimum: int) -> Fraction:
    return sum((comb(machines, k) * share**k * (1 - share) ** (machines - k) for k in range(minimum, machines + 1)), Fraction(0))


class Exactness(unittest.TestCase):
    def test_two_equal_hosts_and_40_clients(self) -> None:
        discovery = ask([("a", 0, 100), ("b", 0, 100)], {"Windows 7 Enterprise": 40})
        self.assertEqual([host.expected for host in discovery.hosts], [20, 20])
        self.assertEqual(discovery.thresholds[0].all.probability, 0)
        chance = float(tail(40, Fraction(1, 2), 25))
        self.assertEqual(len(discovery.hosts), 2)
        for host in discovery.hosts:
            self.assertAlmostEqual(host.reaches[0].probability, chance, delta=EXACT)
            self.assertTrue(host.reaches[0].at_risk)
        self.assertAlmostEqual(discovery.thresholds[0].any.least, 2 * chance, delta=EXACT)  # never both
        self.assertTrue(discovery.at_risk)

    def test_weights_of_100_and_50_and_60_clients(self) -> None:
        discovery = ask([("a", 0, 100), ("b", 0, 50)], {MODERN: 60})
        self.assertEqual([host.expected for host in discovery.hosts], [40, 20])
        found = [host.reaches[0].probability for host in discovery.hosts]
        self.assertAlmostEqual(found[0], float(tail(60, Fraction(2, 3), 25)), delta=EXACT)
        self.assertAlmostEqual(found[1], float(tail(60, Fraction(1, 3), 25)), delta=EXACT)
        both = float(sum(comb(60, k) * Fraction(2, 3) ** k * Fraction(1, 3) ** (60 - k) for k in range(25, 36)))
        self.assertAlmostEqual(discovery.thresholds[0].all.least, both, delta=EXACT)
        self.assertEqual(discovery.thresholds[0].any.probability, 1)  # one of two has 30 at least
        self.assertEqual([failure.hosts[0].expected for failure in discovery.failures or ()], [60, 60])

    def test_small_fleets(self) -> None:
        """Servers need 5 and clients 25; both kinds count."""
        cases: List[Tuple[List[Record], int, int]] = [
            (SETS[3], 12, 0), (SETS[3], 0, 12), (SETS[3], 9, 8), (SETS[4], 14, 3), (SETS[2], 15, 4), ([("a", 0, 5), ("b", 0, 3), ("c", 0, 2)], 16, 3),
            ([("a", 0, 1), ("b", 0, 1), ("c", 0, 1), ("d", 0, 1)], 20, 0), ([("a", 0, 1), ("b", 0, 1), ("c", 0, 1), ("d", 0, 1)], 21, 0),
            ([("a", 0, 1), ("b", 0, 1), ("c", 0, 1)], 14, 0), ([("a", 0, 1), ("b", 0, 2)], 4, 0), ([("a", 0, 1), ("b", 0, 2)], 5, 0)]
        for records, modern, old in cases:
            discovery = ask(records, {SERVER: modern, OLD_SERVER: old})
            hosts, every, some = exactly(records, modern, old, 5)
            by_name = probabilities(discovery, Kind.SERVER)
            for (name, _, _), chance in zip(records, hosts):
                self.assertAlmostEqual(by_name[name], float(chance), delta=EXACT, msg=f"{records} {modern} {old} {name}")
            threshold = discovery.thresholds[0]
            self.assertIsNotNone(threshold.all.probability)
            self.assertAlmostEqual(threshold.all.least, float(every), delta=EXACT, msg=f"{records} {modern} {old}")
            self.assertAlmostEqual(threshold.any.least, float(some), delta=EXACT, msg=f"{records} {modern} {old}")
            if every == 0 or every == 1:
                self.assertEqual(threshold.all.probability, every)

    def test_whose_threshold_it_is(self) -> None:
        """Only old servers come to the standby host: what clients need there does not matter, and does not enter what is said of all hosts."""
        discovery = ask([("a", 0, 1), ("b", 10, 1)], {MODERN: 100, OLD_SERVER: 40})
        standby = discovery.hosts[1]
        self.assertTrue(standby.standby)
        self.assertEqual([(reach.kind, reach.needed) for reach in standby.reaches], [(Kind.CLIENT, False), (Kind.SERVER, True)])
        self.assertEqual(standby.expected, 20)
        client, server = discovery.thresholds
        self.assertEqual(client.all.probability, discovery.hosts[0].reaches[0].probability)
        self.assertAlmostEqual(server.all.least, float(tail(40, Fraction(1, 2), 5)), delta=EXACT)
        self.assertFalse(standby.reaches[0].at_risk)

    def test_office_counts_by_itself(self) -> None:
        discovery = ask([("a", 0, 1), ("b", 0, 1)], {MODERN: 60, "Office LTSC 2021 volume editions": 9, "Office 2016": 30})
        self.assertEqual([(threshold.application, threshold.machines) for threshold in discovery.thresholds],
                         [("windows", 60), ("office-2016", 30), ("office-ltsc-2021", 9)])
        self.assertEqual(discovery.hosts[0].expected, 49.5)
        reached = {reach.application: reach.probability for reach in discovery.hosts[0].reaches}
        self.assertAlmostEqual(reached["office-ltsc-2021"], float(tail(9, Fraction(1, 2), 5)), delta=EXACT)
        self.assertEqual(discovery.thresholds[2].all.probability, 0)

    def test_large_fleets_by_a_second_method(self) -> None:
        """Sixty digits, term by term from the first."""
        getcontext().prec = 60
        for machines, weight, rest in ((100000, 25, 99975), (100000, 1, 3999), (100000, 30, 65535), (50000, 1, 1999), (99999, 7, 20000)):
            share = Decimal(weight) / Decimal(weight + rest)
            records = [("a", 0, weight), *[(f"b{i}", 0, min(65535, rest - 65535 * i)) for i in range((rest + 65534) // 65535)]]
            term, below = (1 - share) ** machines, Decimal(0)
            for count in range(25):
                below += term
                term = term * (machines - count) / (count + 1) * share / (1 - share)
            started = time.process_time()
            discovery = ask(records, {MODERN: machines})
            self.assertLess(time.process_time() - started, 1)
            self.assertAlmostEqual(probabilities(discovery, Kind.CLIENT)["a"], float(1 - below), delta=EXACT, msg=f"{machines} {weight}/{weight + rest}")

    def test_together_by_inclusion_and_exclusion(self) -> None:
        """Three equal hosts, up to 100 000 machines: what all of them have, from what one and two of them lack."""
        getcontext().prec = 60
        for machines, minimum in ((90, 25), (200, 25)):
            term = Decimal(1) / Decimal(3) ** machines
            factorial = [Decimal(1)]
            for number in range(1, machines + 1):
                factorial.append(factorial[-1] * number)

            def chance(counts: Sequence[int], remaining: int) -> Decimal:
                rest = machines - sum(counts)
                value = factorial[machines] / factorial[rest] * term * Decimal(remaining) ** rest
                for count in counts:
                    value /= factorial[count]
                return value

            one = sum((chance([x], 2) for x in range(minimum)), Decimal(0))
            two = sum((chance([x, y], 1) for x in range(minimum) for y in range(minimum)), Decimal(0))
            three = sum((chance([x, y], 1) for x in range(minimum) for y in range(minimum) if machines - x - y < minimum), Decimal(0))
            discovery = ask([("a", 0, 1), ("b", 0, 1), ("c", 0, 1)], {MODERN: machines})
            self.assertAlmostEqual(discovery.thresholds[0].all.least, float(1 - 3 * one + 3 * two - three), delta=EXACT)

    def test_bounds_where_it_is_too_much(self) -> None:
        """Many hosts and two ways to choose: bounds are said, and hold for what draws show."""
        records = [(f"k{i:02}", 0, 1 + i % 2) for i in range(30)]
        discovery = ask(records, {MODERN: 900, OLD: 120}, draws=2000, seed=3)
        both = discovery.thresholds[0].all
        self.assertIsNone(both.probability)
        self.assertLess(both.least, both.most)
        drawn = (both.drawn or 0) / 2000
        self.assertLessEqual(both.least - 0.05, drawn)
        self.assertGreaterEqual(both.most + 0.05, drawn)

    def test_alike_records_make_one_crowd_of_all(self) -> None:
        records = [(f"k{i:02}", 0, 5) for i in range(30)]
        mixed, modern = ask(records, {MODERN: 900, OLD: 120}), ask(records, {MODERN: 1020})
        self.assertIsNotNone(mixed.thresholds[0].all.probability)
        self.assertEqual(mixed.thresholds, modern.thresholds)

    def test_draws_are_near_and_the_same_again(self) -> None:
        for records in SETS:
            discovery = ask(records, {SERVER: 20, OLD_SERVER: 6}, draws=4000, seed=7)
            self.assertEqual(discovery.json, ask(records, {SERVER: 20, OLD_SERVER: 6}, draws=4000, seed=7).json)
            for host in discovery.hosts:
                self.assertAlmostEqual(host.drawn or 0, host.expected, delta=0.25)
                self.assertAlmostEqual((host.reaches[0].drawn or 0) / 4000, host.reaches[0].probability, delta=0.05)
        first, second = (ask(SETS[3], {MODERN: 60}, draws=100, seed=seed) for seed in (1, 2))
        self.assertNotEqual(first.hosts[0].drawn, second.hosts[0].drawn)
        self.assertEqual(first.hosts[0].reaches[0].probability, second.hosts[0].reaches[0].probability)

    def test_other_fleets_at_random(self) -> None:
        generator = random.Random(20261125)
        for _ in range(40):
            records = [(name, 0, generator.choice((0, 1, 2, 5, 100))) for name in "abc"[: generator.randint(1, 3)]]
            modern, old = generator.randint(0, 12), generator.randint(1, 6)
            hosts, every, some = exactly(records, modern, old, 5)
            discovery = ask(records, {SERVER: modern, OLD_SERVER: old})
            for (name, _, _), chance in zip(records, hosts):
                self.assertAlmostEqual(probabilities(discovery, Kind.SERVER)[name], float(chance), delta=EXACT, msg=f"{records} {modern} {old}")
            self.assertAlmostEqual(discovery.thresholds[0].all.least, float(every), delta=EXACT, msg=f"{records} {modern} {old}")
            self.assertAlmostEqual(discovery.thresholds[0].any.least, float(some), delta=EXACT, msg=f"{records} {modern} {old}")


class Package(unittest.TestCase):
    def test_rules(self) -> None:
        tables = RULES.tables
        assert tables.srv_name is not None
        self.assertEqual((tables.srv_name.name, tables.srv_name.port), ("_vlmcs._tcp", 1688))
        self.assertEqual([rule.by for rule in tables.discovery_rules], [Selection.PRIORITY_AND_WEIGHT, Selection.ANY_RECORD])
        self.assertEqual(tables.discovery_rules[0].against, ("wsd-dns",))
        self.assertEqual(tables.discovery_rules[0].editions, ())
        old = set(tables.discovery_rules[1].editions)
        self.assertLessEqual({"windows-vista-business", "windows-server-2008-standard", "windows-server-2008-datacenter-without-hyper-v"}, old)
        self.assertTrue(all(edition.startswith(("windows-vista-", "windows-server-2008-", "windows-web-server-2008", "windows-storage-server-2008-")) and "-r2" not in edition for edition in old), old)

    def test_who_chooses_how(self) -> None:
        fleet = {MODERN: 3, "Windows 7 Professional": 1, "Windows Server 2008 R2 Standard": 1, OLD: 2, "windows-server-2008": 4, "Windows 10 Home": 9}
        discovery = ask(SETS[3], fleet)
        self.assertEqual([(askers.by, askers.machines) for askers in discovery.clients], [(Selection.PRIORITY_AND_WEIGHT, 5), (Selection.ANY_RECORD, 6)])
        self.assertEqual(discovery.left_out, (("windows-10-home", 9),))
        self.assertEqual(discovery.machines, 11)

    def test_values(self) -> None:
        discovery = ask(SETS[3], {MODERN: 60})
        self.assertEqual(pickle.loads(pickle.dumps(discovery)), discovery)
        self.assertEqual(copy.deepcopy(discovery), discovery)
        self.assertEqual(repr(discovery), "<kmsrules.Discovery 2 hosts, 60 machines, at risk>")
        self.assertEqual(repr(ask(SETS[0], {MODERN: 60})), "<kmsrules.Discovery 1 hosts, 60 machines, without risk>")
        self.assertIsNone(discovery.draws)

    def test_more_hosts_than_failures_are_reckoned_for(self) -> None:
        self.assertEqual(len(ask([(f"k{i}", 0, 1) for i in range(32)], {SERVER: 5}).failures or ()), 32)
        self.assertIsNone(ask([(f"k{i}", 0, 1) for i in range(33)], {SERVER: 5}).failures)

    def test_refusals(self) -> None:
        for records, fleet, options, error in (
            (SETS[3], {MODERN: 0}, {}, kmsrules.QuestionError),
            (SETS[3], {"Windows 10 Home": 5}, {}, kmsrules.QuestionError),
            ([], {MODERN: 5}, {}, kmsrules.QuestionError),
            (SETS[3], {"Windows 12": 5}, {}, kmsrules.UnknownNameError),
            (SETS[3], {MODERN: -1}, {}, ValueError),
            (SETS[3], {MODERN: 1000000001}, {}, ValueError),
            (SETS[3], {MODERN: 5}, {"risk": 1.5}, ValueError),
            (SETS[3], {MODERN: 5}, {"risk": float("nan")}, ValueError),
            (SETS[3], {MODERN: 1000}, {"draws": 1000001}, ValueError),
            (SETS[3], {MODERN: 5}, {"encoding": "no such"}, ValueError),
        ):
            with self.subTest(fleet=fleet, options=options), self.assertRaises(error):
                RULES.discovery(answer(records), fleet, **options)  # type: ignore[arg-type]
        with self.assertRaises(FileNotFoundError):
            RULES.discovery("no such file", {MODERN: 5})

    def test_problems(self) -> None:
        discovery = RULES.discovery(answer(SETS[3]) + b"SRV 0 70000 1688 kms03.contoso.example\n", {MODERN: 5})
        self.assertEqual([(problem.line, problem.column, problem.text) for problem in discovery.problems],
                         [(3, 7, 'weight "70000" is no number from 0 to 65535')])
        self.assertEqual(discovery.read.unreadable, 1)


@unittest.skipUnless(PROGRAM, "no command line")
class SameAsTheCommandLine(unittest.TestCase):
    def check(self, records: Sequence[Record], fleet: str, *words: str, **options: float) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "answer.txt"
            path.write_bytes(answer(records))
            discovery = RULES.discovery(path, fleet, **options)  # type: ignore[arg-type]

            def printed(*more: str) -> str:
                assert PROGRAM is not None
                return subprocess.run([PROGRAM, "dns", str(path), "--fleet", fleet, *words, *more], capture_output=True, text=True).stdout

            self.assertEqual(discovery.json, printed("--format", "json"))
            self.assertEqual(discovery.text(), printed())
            self.assertEqual(discovery.text(color=True), printed("--color", "always"))

    def test_all(self) -> None:
        self.check(SETS[3], "60×Windows 10 Pro")
        self.check(SETS[6], "60×Windows 10 Pro, 5×Windows Server 2008 Standard", "--risk", "0.5", "--draws", "50", "--seed", "9", risk=0.5, draws=50, seed=9)
        self.check(SETS[5], "5×Office 2019, 3×Windows 10 Home, 30×Windows 11 Enterprise")


if __name__ == "__main__":
    unittest.main()
