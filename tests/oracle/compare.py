"""Compares the library with the oracle: everything about the built-in rulesets, then everything about many random small ones.

    compare.py --program BUILD/decide-all [--count 2000] [--seed 1] [--builtin windows,windows-2010]
    compare.py --program … --mutate          each mutation of the oracle must be noticed against the program
    compare.py --mutate --without-program    the same against the sound oracle: is the generator sharp enough?

Exit status: 0 all alike, 1 a difference (or a mutation nobody noticed, or too few comparisons), 2 wrong use.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Iterable, Iterator

from mutations import mutations
from oracle import Oracle
from random_rulesets import RandomRuleset
from tables import Tables, read_ruleset
from transcript import CHECKS, Block, MakeOracle, Transcript

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HUGE = 2**63 - 1
RULESETS_PER_RUN = 100
LEAST_PER_RANDOM_RULESET = 200
LEAST_PER_BUILTIN = 50_000
SHOWN = 5


# -- scripts --------------------------------------------------------------------------------------------------------------------------------


class Script:
    """Questions about one ruleset, drawn from a seed."""

    def __init__(self, paths: list[str], tables: Tables, seed: str) -> None:
        self.random = random.Random(seed)
        self.tables = tables
        self.lines = ["rules " + " ".join(paths)]
        self.editions = sorted(tables.editions)
        self.releases = [r for r in sorted(tables.releases) if tables.members_of_release(r, volume_only=False)]
        self.groups = sorted(tables.key_groups)

    def for_random_ruleset(self) -> list[str]:
        self.lines.append("all")
        self.ask_some(12)
        self.search_some(6)
        for _ in range(2):
            self.lines.append("facts " + self.random_facts())
            self.lines.append("all")
            self.ask_some(6)
        self.ask_with_builds(all_hosts=True)
        return self.lines

    def for_builtin(self, variants: int, questions: int) -> list[str]:
        self.lines.append("all")
        self.ask_some(questions)
        self.search_some(40)
        for _ in range(variants):
            self.lines.append("facts " + self.random_facts())
            self.lines.append("all")
            self.ask_some(questions)
        self.ask_with_builds(all_hosts=False)
        return self.lines

    # facts

    def some(self, things: list[str], most: int) -> list[str]:
        return self.random.sample(things, min(len(things), self.random.randint(1, most)))

    def names_of_updates(self) -> list[str]:
        names = [name for update in self.tables.updates.values() for name in [update.id] + update.aliases]
        bare_numbers = [name[2:] for name in names if name.startswith("KB") and name[2:].isdigit()]
        return names + bare_numbers + ["KB99999999"]

    def random_facts(self) -> str:
        parts = []
        if self.random.random() < 0.7:
            parts.append("updates=" + ",".join(self.some(self.names_of_updates(), 4)))
        if self.random.random() < 0.5:
            parts.append("complete")
        if self.random.random() < 0.5:
            parts += self.random_counts()
        return ";".join(parts) or "complete"

    def random_counts(self) -> list[str]:
        minimums = [threshold.minimum for threshold in self.tables.thresholds.values()]
        near = [0, 1, HUGE] + [max(0, minimum + step) for minimum in minimums for step in (-1, 0, 1)]
        return [f"{name}={self.random.choice(near)}" for name in self.some(["clients", "servers", "office"], 3)]

    # questions

    def ask_some(self, count: int) -> None:
        for _ in range(count):
            host = self.random.choice(self.editions + self.releases * 2)
            editions = self.some(self.editions + self.releases, 4)
            self.ask(host, editions)

    def ask(self, host: str, editions: list[str]) -> None:
        keys = self.some(self.groups, 3) if self.groups and self.random.random() < 0.6 else []
        if self.random.random() < 0.8:
            keys = one_per_application(self.tables, keys)
        self.lines.append(f"ask {host} {','.join(keys) or '-'} {','.join(editions)}")

    def search_some(self, count: int) -> None:
        for _ in range(count):
            host = self.random.choice(self.editions)
            edition = self.random.choice(self.editions)
            self.lines.append(f"hosts {edition}")
            self.lines.append(f"editions {host} {self.random.choice(self.groups + ['-'])}")
            self.lines.append(f"keys {host} {self.random.choice([edition, '-'])}")
            if self.groups:
                self.lines.append(f"highest {self.random.choice([host, '-'])} {','.join(self.some(self.groups, 6))}")

    def ask_with_builds(self, all_hosts: bool) -> None:
        """Right builds for everything about the hosts of the line; right and wrong ones for single questions."""
        for line in self.tables.lines.values():
            orders = [update.order for update in self.tables.updates.values() if update.line == line.id]
            if not line.id.isdigit() or not orders:
                continue
            hosts = sorted(line.hosts) if all_hosts else self.some(sorted(line.hosts), 6)
            revision = max(0, self.random.choice(orders) + self.random.choice((-1, 0, 0, 1)))
            before = self.random.choice(("10.0.", ""))
            build = f"build={before}{line.id}{self.random.choice(('', '', '', f'.{revision}')) if not all_hosts else f'.{revision}'}"
            self.lines.append(f"facts {build}{self.random.choice(('', ';complete', ';clients=30'))}")
            self.lines.append("all " + ",".join(hosts))
            self.ask_of_single_hosts(line.id, orders)

    def ask_of_single_hosts(self, line: str, orders: list[int]) -> None:
        for _ in range(3):
            revision = max(0, self.random.choice(orders) + self.random.choice((-1, 0, 1)))
            updates = ",".join(self.some(self.names_of_updates(), 3))
            self.lines.append(f"facts updates={updates};build={line}{self.random.choice(('', f'.{revision}', f'.{revision}'))}")
            for _ in range(2):
                self.ask(self.random.choice(self.editions), self.some(self.editions, 2))


def one_per_application(tables: Tables, keys: list[str]) -> list[str]:
    first: dict[str, str] = {}
    for key in keys:
        first.setdefault(tables.key_groups[key].application, key)
    return list(first.values())


# -- transcripts ----------------------------------------------------------------------------------------------------------------------------


class ProgramFailed(Exception):
    pass


def blocks_of_program(program: str, script: list[str]) -> Iterator[Block]:
    run = subprocess.run([program, "--script"], input="\n".join(script) + "\n", capture_output=True, text=True, cwd=ROOT)
    if run.returncode != 0:
        last = [line for line in run.stdout.splitlines() if line.startswith("> ")][-2:]
        raise ProgramFailed(f"{program} ended with {run.returncode} after {last}: {run.stderr.strip()[-2000:]}")
    command = ""
    lines: list[str] = []
    for line in run.stdout.splitlines():
        if line.startswith("> "):
            if command:
                yield command, lines
            command, lines = line[2:], []
        else:
            lines.append(line)
    yield command, lines


@dataclass
class Difference:
    rules: str
    facts: str
    command: str
    program: str
    oracle: str


class Comparison:
    """Goes through two transcripts of one script, command by command."""

    def __init__(self, make_oracle: MakeOracle = Oracle) -> None:
        self.transcript = Transcript(make_oracle)
        self.differences: list[Difference] = []
        self.compared = 0
        self.rules = self.facts = ""
        self.columns: list[str] = []

    def compare(self, script: list[str], answers: Iterable[Block], enough: int = SHOWN) -> None:
        remaining = iter(answers)
        the_end: Block = ("(the end)", [])
        for question in script:
            command, lines = next(remaining, the_end)
            if question.startswith("rules "):
                self.rules, self.facts = question[6:], "none"
            elif question.startswith("facts "):
                self.facts = question[6:]
            if command != question:
                self.note(question, f"answers {command!r}", "")
                return
            self.compare_block(question, lines)
            if len(self.differences) >= enough:
                return

    def note(self, command: str, program: str, oracle: str) -> None:
        self.differences.append(Difference(self.rules, self.facts, command, program, oracle))

    def compare_block(self, command: str, lines: list[str]) -> None:
        expected = list(self.transcript.lines(*oracle_command(command)))
        if command.startswith("rules "):
            self.columns = sorted(self.transcript.tables.editions)
        if command.startswith("all"):
            self.compared += sum(2 * (line.count(" ") - 3) for line in expected)
        elif not command.startswith("facts"):
            self.compared += max(1, len(expected))
        if command.startswith("ask"):
            self.check_orders(command, lines)
            lines = [line for line in lines if not line.startswith("order ")]
        if not command.startswith(("all", "rules")):
            lines, expected = sorted(lines), sorted(expected)
        if lines != expected:
            self.tell_apart(command, lines, expected)

    def check_orders(self, command: str, lines: list[str]) -> None:
        """Choices come highest first: none stands behind one that is below it."""
        for line in lines:
            if line.startswith("order ") and not line.endswith(" -"):
                groups = line.split()[3].split(",")
                for number, group in enumerate(groups):
                    if any(self.transcript.oracle.is_below(group, later) for later in groups[number + 1 :]):
                        self.note(command, line, f"{group} stands before one that is above it")

    def tell_apart(self, command: str, lines: list[str], expected: list[str]) -> None:
        if not command.startswith("all"):
            only_program = [line for line in lines if line not in expected]
            only_oracle = [line for line in expected if line not in lines]
            self.note(command, "\n".join(only_program or lines[:20]), "\n".join(only_oracle or expected[:20]))
            return
        for line, wanted in itertools.zip_longest(lines, expected, fillvalue="(no row)"):
            if line != wanted and len(self.differences) < SHOWN:
                self.tell_row_apart(command, line, wanted)

    def tell_row_apart(self, command: str, line: str, wanted: str) -> None:
        row, wanted_row = line.split(" "), wanted.split(" ")
        if row[:3] != wanted_row[:3] or len(row) != len(wanted_row):
            self.note(command, line, wanted)
            return
        for number, edition in enumerate(self.columns):
            fast, code = row[3][number : number + 1], row[4 + number]
            wanted_fast, wanted_code = wanted_row[3][number], wanted_row[4 + number]
            if (fast, code) != (wanted_fast, wanted_code):
                self.note(f"host {row[1]}, key group {row[2]}, edition {edition}", in_words(fast, code), in_words(wanted_fast, wanted_code))
                return


def oracle_command(command: str) -> list[str]:
    """The oracle reads the files of a built-in ruleset."""
    name, *arguments = command.split()
    if name == "rules":
        arguments = [builtin_path(argument) for argument in arguments]
    return [name, *arguments]


def builtin_path(name: str) -> str:
    return name if name.endswith(".xml") else os.path.join(ROOT, "rules", name + ".xml")


def in_words(fast: str, code: str) -> str:
    outcomes = {"p": "pass", "k": "unknown", "u": "undocumented", "x": "fail excluded", "l": "fail not-listed", "!": "an odd one"}
    verdicts = {"y": "yes", "c": "conditional", "u": "undocumented", "n": "no"}
    findings = [f"{check} {outcomes[letter]}" for check, letter in zip(CHECKS, code[1:7]) if letter != "."]
    key = f"; key {code[8:]}" if "=" in code else ""
    return f"on ids {verdicts.get(fast, fast)}, recorded {verdicts.get(code[0], code[0])}: {', '.join(findings)}{key}"


def show(difference: Difference, with_tables: bool) -> None:
    print(f"\nDIFFERENCE in {difference.rules}\n  question  {difference.command}\n  facts     {difference.facts}")
    print("  program   " + difference.program.replace("\n", "\n            "))
    print("  oracle    " + difference.oracle.replace("\n", "\n            "))
    if with_tables:
        for path in difference.rules.split():
            for name in sorted(os.listdir(os.path.dirname(path))):
                if name.startswith(os.path.basename(path).removesuffix(".xml")):
                    with open(os.path.join(os.path.dirname(path), name), encoding="utf-8") as file:
                        print(f"--- {name}\n{file.read()}")


# -- runs -----------------------------------------------------------------------------------------------------------------------------------


def random_script(seed: int, folder: str) -> list[str]:
    paths = RandomRuleset(seed).write(folder, f"random-{seed}")
    return Script(paths, read_ruleset(paths), f"questions {seed}").for_random_ruleset()


def compare_builtin(program: str, name: str, seed: int) -> Comparison:
    script = Script([name], read_ruleset([builtin_path(name)]), f"{name} {seed}").for_builtin(variants=3, questions=300)
    comparison = Comparison()
    comparison.compare(script, blocks_of_program(program, script))
    if not comparison.differences and comparison.compared < LEAST_PER_BUILTIN:
        comparison.note(name, f"only {comparison.compared} comparisons", f"at least {LEAST_PER_BUILTIN} expected")
    return comparison


def compare_random(program: str, first: int, count: int, folder: str) -> Comparison:
    comparison = Comparison()
    for start in range(first, first + count, RULESETS_PER_RUN):
        seeds = range(start, min(start + RULESETS_PER_RUN, first + count))
        script = [line for seed in seeds for line in random_script(seed, folder)]
        comparison.compare(script, blocks_of_program(program, script))
        if comparison.differences:
            return comparison
    if comparison.compared < count * LEAST_PER_RANDOM_RULESET:
        comparison.note("random rulesets", f"only {comparison.compared} comparisons", f"{count * LEAST_PER_RANDOM_RULESET} expected")
    return comparison


def report(title: str, comparison: Comparison, started: float, with_tables: bool) -> bool:
    for difference in comparison.differences[:SHOWN]:
        show(difference, with_tables and difference is comparison.differences[0])
    state = "DIFFERENCES" if comparison.differences else "all alike"
    print(f"{title}: {comparison.compared} comparisons, {state} ({time.monotonic() - started:.1f} s)", flush=True)
    return not comparison.differences


def run_comparison(program: str, names: list[str], first: int, count: int) -> bool:
    is_alike = True
    for name in names:
        started = time.monotonic()
        is_alike &= report(name, compare_builtin(program, name, first), started, with_tables=False)
    if count > 0:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="kmsrules-oracle-") as folder:
            is_alike &= report(f"{count} random rulesets from seed {first}", compare_random(program, first, count, folder), started, True)
    return is_alike and (count > 0 or bool(names))


def run_mutations(program: str | None, first: int, count: int) -> bool:
    """Each mutation is told by the first random ruleset that gives it away."""
    with tempfile.TemporaryDirectory(prefix="kmsrules-oracle-") as folder:
        scripts = [random_script(seed, folder) for seed in range(first, first + count)]
        answers = [list(blocks_of_program(program, s) if program else Transcript().blocks(s)) for s in scripts]
        is_sound = not any(noticed(Oracle, script, answer) for script, answer in zip(scripts, answers))
        print(f"sound oracle over {count} random rulesets: {'all alike' if is_sound else 'DIFFERENCES'}")
        unnoticed = 0
        for mutation in mutations():
            at = next((n for n, (script, answer) in enumerate(zip(scripts, answers), 1) if noticed(mutation, script, answer)), None)
            unnoticed += at is None
            print(f"{'NOT NOTICED' if at is None else f'noticed by ruleset {at}':>24}  {mutation.__name__}")
    print(f"{len(mutations())} mutations, {unnoticed} not noticed")
    return is_sound and unnoticed == 0


def noticed(make_oracle: type[Oracle], script: list[str], answers: list[Block]) -> bool:
    comparison = Comparison(make_oracle)
    comparison.compare(script, answers, enough=1)
    return bool(comparison.differences)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares the library with the oracle.")
    parser.add_argument("--program", help="the decide-all program")
    parser.add_argument("--count", type=int, help="random rulesets (2000; with --mutate 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--builtin", default="windows,windows-2010", help="built-in rulesets, with commas; empty for none")
    parser.add_argument("--mutate", action="store_true", help="show that every broken rule would be noticed")
    parser.add_argument("--without-program", action="store_true", help="with --mutate: against the sound oracle")
    options = parser.parse_args()
    if not options.program and not (options.mutate and options.without_program):
        parser.error("--program is needed")
    try:
        if options.mutate:
            program = None if options.without_program else options.program
            is_good = run_mutations(program, options.seed, 300 if options.count is None else options.count)
        else:
            names = [name for name in options.builtin.split(",") if name]
            is_good = run_comparison(options.program, names, options.seed, 2000 if options.count is None else options.count)
    except ProgramFailed as failure:
        print(failure)
        return 1
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
