"""Compares the library's remedies with brute force: many random small rulesets, every `no` of windows-2010, a sample of windows.

    remedies.py --program BUILD/ask-remedies [--count 1000] [--seed 1] [--builtin windows,windows-2010] [--sample 120]
    remedies.py --program … --mutate         each oracle with one rule broken must be noticed against the program

Compared: the set of change sets, their hosts and key groups, the order by size, updates and host kept, the order within. Then each remedy is put to the
proof: with its changes as facts the answer must be yes, without any one of them it must not.
Exit status: 0 all alike, 1 a difference (or a mutation nobody noticed, or too few comparisons), 2 wrong use.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Iterable, Iterator

from compare import ROOT, ProgramFailed, builtin_path, one_per_application
from oracle import Facts, Oracle, WrongUse
from random_rulesets import RandomRuleset, UpdateHeavyRuleset
from remedy_mutations import remedy_mutations
from remedy_oracle import Change, Changes, Question, Remedy, RemedyOracle, TooLarge
from tables import Tables, read_ruleset
from transcript import KIND_OF_COUNT, parse_facts

QUESTIONS_PER_RULESET = 5
RULESETS_PER_RUN = 100
PROVEN_PER_QUESTION = 3
EDITIONS_PROVEN = 8
SHOWN = 5
NAME_OF_COUNT = {kind: name for name, kind in KIND_OF_COUNT.items()}


# -- questions --------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question as it stands in a script."""

    host: str
    keys: str
    editions: str
    facts: str

    def line(self) -> str:
        return f"ask {self.host} {self.keys} {self.editions} {self.facts}"

    def question(self) -> Question:
        keys = [] if self.keys == "-" else self.keys.split(",")
        return Question(self.host, keys, self.editions.split(","), parse_facts(self.facts))


class Asker:
    """Questions about one ruleset, drawn from a seed: mostly such as changes can help."""

    def __init__(self, tables: Tables, seed: str) -> None:
        self.random = random.Random(seed)
        self.tables = tables
        oracle = Oracle(tables)
        releases = [r for r in tables.releases if tables.members_of_release(r, volume_only=False)]
        self.names = list(tables.editions) + releases
        self.hosts = [name for name in self.names if any(oracle.is_host_capable(host) for host in oracle.hosts_meant(name))]
        self.editions = [name for name in self.names if all(self.is_covered(oracle, edition) for edition in oracle.editions_meant(name))]
        self.line_of_host = {host: line for line in tables.lines.values() if line.id.isdigit() for host in line.hosts}

    def is_covered(self, oracle: Oracle, edition: str) -> bool:
        return any(oracle.key_covers_edition(group, edition) == "pass" for group in self.tables.key_groups)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, likely: list[str]) -> str:
        return self.random.choice(likely if likely and self.chance(0.9) else self.names)

    def draw(self) -> Asked:
        host = self.pick(self.hosts)
        editions = list(dict.fromkeys(self.pick(self.editions) for _ in range(self.random.choice((1, 1, 2, 3)))))
        return Asked(host, ",".join(self.draw_keys()) or "-", ",".join(editions), self.draw_facts(host))

    def draw_keys(self) -> list[str]:
        groups = list(self.tables.key_groups)
        if not groups or self.chance(0.5):
            return []
        return one_per_application(self.tables, self.random.sample(groups, min(len(groups), self.random.randint(1, 2))))

    def draw_facts(self, host: str) -> str:
        parts = []
        updates = list(self.tables.updates)
        if updates and self.chance(0.4):
            names = [self.random.choice(updates) for _ in range(self.random.randint(1, 2))]
            parts.append("updates=" + ",".join([*names, "KB99999999"][: 2 + self.chance(0.1)]))
        if self.chance(0.3):
            parts.append("complete")
        if self.chance(0.25):
            parts += self.draw_build(host)
        if self.chance(0.3):
            parts += self.draw_counts()
        return ";".join(parts) or "none"

    def draw_build(self, host: str) -> list[str]:
        line = self.line_of_host.get(host)
        orders = [update.order for update in self.tables.updates.values() if line is not None and update.line == line.id]
        if line is None or not orders:
            return []
        return [f"build={line.id}.{max(0, self.random.choice(orders) + self.random.choice((-1, 0, 1)))}"]

    def draw_counts(self) -> list[str]:
        near = [0, 1] + [max(0, t.minimum + step) for t in self.tables.thresholds.values() for step in (-20, -1, 0)]
        return [f"{name}={self.random.choice(near)}" for name in self.random.sample(["clients", "servers", "office"], self.random.randint(1, 3))]


# -- what the program says --------------------------------------------------------------------------------------------------------------------


@dataclass
class Shown:
    """One remedy of the program."""

    host: str
    keys: list[str]
    changes: list[Change]

    def updates(self) -> list[str]:
        return [change[1] for change in self.changes if change[0] == "install"]

    def rank(self) -> tuple[int, int, bool]:
        return len(self.changes), len(self.updates()), any(change[0] == "host" for change in self.changes)


@dataclass
class Reply:
    text: str
    verdict: str = ""
    is_whole: bool = False
    remedies: list[Shown] = field(default_factory=list)


def read_reply(lines: list[str]) -> Reply:
    reply = Reply("\n".join(lines))
    for line in lines:
        word, *rest = line.split()
        if word == "verdict":
            reply.verdict, reply.is_whole = rest[0], rest[1] == "all"
        elif word == "remedy":
            keys = [] if rest[1] == "-" else rest[1].split(",")
            reply.remedies.append(Shown(rest[0], keys, [tuple(change.split(":")) for change in rest[2:]]))
    return reply


def replies(program: str, script: list[str]) -> Iterator[Reply]:
    """One for each line of the script; of `rules` an empty one."""
    run = subprocess.run([program], input="\n".join(script) + "\n", capture_output=True, text=True, cwd=ROOT)
    if run.returncode != 0:
        raise ProgramFailed(f"{program} ended with {run.returncode} after {run.stdout.count(chr(10) + '.')} lines of its script: {run.stderr.strip()[-2000:]}")
    lines: list[str] = []
    for line in run.stdout.splitlines():
        if line == ".":
            yield read_reply(lines)
            lines = []
        else:
            lines.append(line)


# -- comparing --------------------------------------------------------------------------------------------------------------------------------


@dataclass
class Difference:
    rules: str
    asked: str
    what: str
    program: str
    oracle: str


class RemedyComparison:
    def __init__(self, make_oracle: type[RemedyOracle] = RemedyOracle) -> None:
        self.make_oracle = make_oracle
        self.differences: list[Difference] = []
        self.questions = self.remedies = self.with_remedies = self.too_large = self.proven = 0
        self.rules = ""
        self.largest = 0

    def begin(self, rules: str, tables: Tables) -> None:
        self.rules, self.tables = rules, tables
        self.lasting: dict[str, dict] = {}

    def note(self, asked: str, what: str, program: str, oracle: str) -> None:
        self.differences.append(Difference(self.rules, asked, what, program, oracle))

    def compare(self, asked: Asked, reply: Reply) -> None:
        """Against the oracle; what cannot be asked must be refused."""
        oracle = self.make_oracle(self.tables, asked.question(), self.lasting)
        try:
            verdict = Oracle(self.tables, oracle.question.facts).answer(asked.host, oracle.question.keys, oracle.question.editions)
            expected = oracle.remedies() if verdict != "yes" else []
        except WrongUse:
            if not reply.text.startswith("status"):
                self.note(asked.line(), "not refused", reply.text, "wrong use")
            return
        except TooLarge:
            self.too_large += 1
            return
        self.questions += 1
        self.remedies += len(expected)
        self.with_remedies += bool(expected)
        self.largest = max(self.largest, len(expected))
        if reply.verdict != verdict or not reply.is_whole:
            self.note(asked.line(), "verdict", reply.text, verdict)
        self.compare_sets(asked, reply, expected)
        self.compare_orders(asked, reply, expected, oracle)

    def compare_sets(self, asked: Asked, reply: Reply, expected: list[Remedy]) -> None:
        shown = sorted(self.in_words(frozenset(remedy.changes), remedy.host, remedy.keys) for remedy in reply.remedies)
        wanted = sorted(self.in_words(r.changes, r.host or "-", list(r.keys.values()) if r.keys is not None else []) for r in expected)
        if shown != wanted:
            only_shown, only_wanted = [s for s in shown if s not in wanted], [w for w in wanted if w not in shown]
            self.note(asked.line(), "remedies", "\n".join(only_shown) or "(one twice)", "\n".join(only_wanted) or "(one twice)")

    def in_words(self, changes: Changes, host: str, keys: list[str]) -> str:
        return f"{' '.join(':'.join(change) for change in sorted(changes))} | {host} | {','.join(sorted(keys)) or '-'}"

    def compare_orders(self, asked: Asked, reply: Reply, expected: list[Remedy], oracle: RemedyOracle) -> None:
        ranks = [remedy.rank() for remedy in reply.remedies]
        if ranks != sorted(ranks):
            self.note(asked.line(), "order of remedies", reply.text, "fewest changes, fewest updates, on the same host")
        by_changes = {remedy.changes: remedy for remedy in expected}
        for shown in reply.remedies:
            remedy = by_changes.get(frozenset(shown.changes))
            if remedy is not None and not oracle.can_be_installed(remedy, shown.updates()):
                self.note(asked.line(), "order of updates", " ".join(shown.updates()), "each after one that it must come after")

    # -- the proof ----------------------------------------------------------------------------------------------------------------------------

    def proofs(self, asked: Asked, reply: Reply, chance: random.Random) -> Iterator[tuple[Asked, bool]]:
        """Questions with a remedy's changes as facts, and whether the answer must be yes."""
        for shown in chance.sample(reply.remedies, min(PROVEN_PER_QUESTION, len(reply.remedies))):
            yield self.changed(asked, shown.changes, []), True
            yield self.changed(asked, shown.changes, shown.keys), True
            for number, change in enumerate(shown.changes):
                if change[0] != "add" or sum(other[0] == "add" for other in shown.changes) == 1:
                    yield self.changed(asked, shown.changes[:number] + shown.changes[number + 1 :], []), False

    def changed(self, asked: Asked, changes: Iterable[Change], keys: list[str]) -> Asked:
        """`keys`: what the host then holds; none: what was given, or what the changes say."""
        host, given, facts = asked.host, [] if asked.keys == "-" else asked.keys.split(","), parse_facts(asked.facts)
        for change in changes:
            if change[0] == "host":
                host, given, facts = change[1], [], Facts(counts=facts.counts)
            elif change[0] == "learn":
                host = change[1]
        for change in changes:
            if change[0] == "install":
                facts.updates.append(change[1])
            elif change[0] == "key":
                application = self.tables.key_groups[change[1]].application
                given = [key for key in given if self.tables.key_groups[key].application != application] + [change[1]]
            elif change[0] == "add":
                counted = next(kind for kind in change[2].split(",") if kind in facts.counts)
                facts.counts[counted] += int(change[1])
        return Asked(host, ",".join(keys or given) or "-", asked.editions, self.facts_in_words(facts))

    def facts_in_words(self, facts: Facts) -> str:
        """A build is that of the latest update of its line."""
        parts = ["updates=" + ",".join(facts.updates)] if facts.updates else []
        parts += ["complete"] if facts.updates_complete else []
        if facts.build is not None:
            known = [self.tables.updates[name] for name in facts.updates if name in self.tables.updates]
            orders = [update.order for update in known if update.line == str(facts.build)]
            parts.append(f"build={facts.build}.{max([facts.revision or 0, *orders])}")
        parts += [f"{NAME_OF_COUNT[kind]}={number}" for kind, number in facts.counts.items()]
        return ";".join(parts) or "none"

    def prove(self, asked: Asked, must_be_yes: bool, reply: Reply) -> None:
        self.proven += 1
        if (reply.verdict == "yes") != must_be_yes:
            self.note(asked.line(), "proof", reply.text.splitlines()[0], "yes" if must_be_yes else "anything but yes: a change was left out")


# -- runs -------------------------------------------------------------------------------------------------------------------------------------

Batch = list[tuple[str, Tables, list[Asked]]]  # rules, what they say, questions


def run_batch(program: str, batch: Batch, comparison: RemedyComparison, proves: bool) -> None:
    script = [line for rules, _, asked in batch for line in ["rules " + rules, *[one.line() for one in asked]]]
    answers = replies(program, script)
    proofs: list[tuple[str, Tables, list[tuple[Asked, bool]]]] = []
    for rules, tables, questions in batch:
        next(answers)
        comparison.begin(rules, tables)
        wanted: list[tuple[Asked, bool]] = []
        for asked, reply in zip(questions, answers):
            comparison.compare(asked, reply)
            if proves:
                wanted += comparison.proofs(asked, reply, random.Random(asked.line()))
        proofs.append((rules, tables, wanted))
        if len(comparison.differences) >= SHOWN:
            return
    if proves:
        run_proofs(program, proofs, comparison)


def run_proofs(program: str, proofs: list[tuple[str, Tables, list[tuple[Asked, bool]]]], comparison: RemedyComparison) -> None:
    answers = replies(program, [line for rules, _, asked in proofs for line in ["rules " + rules, *[one.line() for one, _ in asked]]])
    for rules, tables, wanted in proofs:
        next(answers)
        comparison.begin(rules, tables)
        for (asked, must_be_yes), reply in zip(wanted, answers):
            comparison.prove(asked, must_be_yes, reply)


def random_batch(seeds: Iterable[int], folder: str) -> Batch:
    batch = []
    for seed in seeds:
        make = RandomRuleset if seed % 4 == 0 else UpdateHeavyRuleset
        paths = make(seed).write(folder, f"random-{seed}")
        tables = read_ruleset(paths)
        asker = Asker(tables, f"remedies {seed}")
        batch.append((" ".join(paths), tables, [asker.draw() for _ in range(QUESTIONS_PER_RULESET)]))
    return batch


def compare_random(program: str, first: int, count: int, comparison: RemedyComparison) -> None:
    with tempfile.TemporaryDirectory(prefix="kmsrules-remedies-") as folder:
        for start in range(first, first + count, RULESETS_PER_RUN):
            run_batch(program, random_batch(range(start, min(start + RULESETS_PER_RUN, first + count)), folder), comparison, proves=True)
            if comparison.differences:
                return
    if comparison.with_remedies < count * 3 // 2:
        comparison.note("", "too little", f"{comparison.with_remedies} questions with remedies", f"{count * 3 // 2} expected")


def all_of_2010(tables: Tables) -> list[Asked]:
    """Every host with every key group and with none, about every edition that any group covers; about the others, every host without a key."""
    oracle = Oracle(tables)
    covered = [e for e in tables.editions if any(oracle.key_covers_edition(group, e) == "pass" for group in tables.key_groups)]
    asked = [Asked(host, key, edition, "none") for host in tables.editions for key in ["-", *tables.key_groups] for edition in covered]
    return asked + [Asked(host, "-", edition, "none") for host in tables.editions for edition in tables.editions if edition not in covered]


def sample_of(tables: Tables, seed: int, count: int) -> list[Asked]:
    asker = Asker(tables, f"sample {seed}")
    return [asker.draw() for _ in range(count)]


def prove_builtin(program: str, name: str, seed: int, edition_count: int, comparison: RemedyComparison) -> None:
    """Every host with some of the editions that are covered."""
    tables = read_ruleset([builtin_path(name)])
    asker = Asker(tables, f"proof {seed}")
    editions = asker.random.sample(asker.editions, min(edition_count, len(asker.editions)))
    questions = [Asked(host, "-", edition, "none") for host in asker.names for edition in editions]
    answers = replies(program, ["rules " + name, *[asked.line() for asked in questions]])
    next(answers)
    comparison.begin(name, tables)
    wanted = [proof for asked, reply in zip(questions, answers) for proof in comparison.proofs(asked, reply, random.Random(asked.line()))]
    run_proofs(program, [(name, tables, wanted)], comparison)


def compare_builtin(program: str, name: str, seed: int, sample: int, comparison: RemedyComparison) -> None:
    tables = read_ruleset([builtin_path(name)])
    questions = all_of_2010(tables) if name == "windows-2010" else sample_of(tables, seed, sample)
    run_batch(program, [(name, tables, questions)], comparison, proves=name != "windows-2010")
    prove_builtin(program, name, seed, EDITIONS_PROVEN, comparison)


def report(title: str, comparison: RemedyComparison, started: float) -> bool:
    for difference in comparison.differences[:SHOWN]:
        print(f"\nDIFFERENCE in {difference.rules}\n  question  {difference.asked}\n  about     {difference.what}")
        print("  program   " + difference.program.replace("\n", "\n            "))
        print("  oracle    " + difference.oracle.replace("\n", "\n            "))
    state = "DIFFERENCES" if comparison.differences else "all alike"
    print(f"{title}: {comparison.questions} questions, {comparison.with_remedies} of them with {comparison.remedies} remedies (at most {comparison.largest}), "
          f"{comparison.proven} proofs, {comparison.too_large} too large, {state} ({time.monotonic() - started:.1f} s)", flush=True)  # fmt: skip
    return not comparison.differences


def run_mutations(program: str, first: int, count: int) -> bool:
    """Each mutation is told by the first random ruleset that gives it away."""
    with tempfile.TemporaryDirectory(prefix="kmsrules-remedies-") as folder:
        batch = random_batch(range(first, first + count), folder)
        answers = [list(replies(program, ["rules " + rules, *[one.line() for one in asked]]))[1:] for rules, _, asked in batch]
    is_sound = not any(noticed(RemedyOracle, *one) for one in zip(batch, answers))
    print(f"sound oracle over {count} random rulesets: {'all alike' if is_sound else 'DIFFERENCES'}")
    unnoticed = 0
    for mutation in remedy_mutations():
        at = next((number for number, one in enumerate(zip(batch, answers), 1) if noticed(mutation, *one)), None)
        unnoticed += at is None
        print(f"{'NOT NOTICED' if at is None else f'noticed by ruleset {at}':>24}  {mutation.__name__}", flush=True)
    print(f"{len(remedy_mutations())} mutations, {unnoticed} not noticed")
    return is_sound and unnoticed == 0


def noticed(make_oracle: type[RemedyOracle], rules: tuple[str, Tables, list[Asked]], answers: list[Reply]) -> bool:
    comparison = RemedyComparison(make_oracle)
    comparison.begin(rules[0], rules[1])
    for asked, reply in zip(rules[2], answers):
        comparison.compare(asked, reply)
        if comparison.differences:
            return True
    return False


def run_comparison(options: argparse.Namespace) -> bool:
    is_alike = True
    for name in [name for name in options.builtin.split(",") if name]:
        started, comparison = time.monotonic(), RemedyComparison()
        compare_builtin(options.program, name, options.seed, options.sample, comparison)
        is_alike &= report(name, comparison, started)
    if options.count > 0:
        started, comparison = time.monotonic(), RemedyComparison()
        compare_random(options.program, options.seed, options.count, comparison)
        is_alike &= report(f"{options.count} random rulesets from seed {options.seed}", comparison, started)
    return is_alike


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares the library's remedies with brute force.")
    parser.add_argument("--program", required=True, help="the ask-remedies program")
    parser.add_argument("--count", type=int, default=1000, help="random rulesets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--builtin", default="windows,windows-2010", help="built-in rulesets, with commas; empty for none")
    parser.add_argument("--sample", type=int, default=120, help="questions to windows")
    parser.add_argument("--mutate", action="store_true", help="show that every broken rule would be noticed")
    options = parser.parse_args()
    try:
        return 0 if (run_mutations(options.program, options.seed, options.count) if options.mutate else run_comparison(options)) else 1
    except ProgramFailed as failure:
        print(failure)
        return 1


if __name__ == "__main__":
    sys.exit(main())
