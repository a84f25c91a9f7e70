"""Compares plans of the library with plans by brute force: random fleets on random rulesets, on windows-2010, and small choices out of windows.

    plan.py --program BUILD/plan-all [--count 300] [--seed 1] [--fleets 2] [--builtin windows,windows-2010]
    plan.py --program … --mutate     each mutation of the oracle must be noticed against the program

What a plan is (include/kmsrules/kmsrules.h, "Plan"), literally: a placement is (host edition, key group, updates installed besides those known) and covers
a product when the verdict on all that the product stands for is yes then. A machine holds one key per application, so that a host edition takes as many
machines as its placements in one application, at most. Best: fewest machines uncovered, then fewest hosts, then fewest updates over all placements, then
least authority (key groups below those chosen, summed up). No placement of a plan can be left out. An update set counts where nothing in it can be left
out or exchanged for an earlier update of its line, all the same products covered. Hosts that are alike for the fleet (the same key
groups cover the same with the same fewest updates) are each a plan of their own; a plan does not mix them.
Exit status: 0 all alike, 1 a difference (or a mutation nobody noticed), 2 wrong use.
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
from dataclasses import dataclass, field
from typing import Iterator

from plan_mutations import mutations
from plan_oracle import Placement, Plan, Planner, Products, Request, Ruleset, TooMany
from random_rulesets import RandomRuleset

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SHOWN_OPTIONS = 16  # "16 at most"

# -- the program's plans --------------------------------------------------------------------------------------------------------------------


@dataclass
class Shown:
    placement: Placement
    covers: dict[str, int]
    machines: int
    because: dict[str, int]
    is_lowest: bool
    thresholds: dict[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass
class Output:
    """What the program says to one request."""

    content: list[str] = field(default_factory=list)
    options: list[list[Shown]] = field(default_factory=list)
    uncovered: list[list[str]] = field(default_factory=list)
    alternatives: list[list[str]] = field(default_factory=list)


def words(text: str) -> list[str]:
    return [] if text == "-" else text.split(",")


def products(text: str) -> dict[str, int]:
    return {word.split("=")[0]: int(word.split("=")[1]) for word in words(text)}


def read_output(lines: list[str]) -> Output:
    output = Output()
    for line in lines:
        what, *rest = line.split(" ")
        if what == "content":
            output.content = rest
        elif what == "option":
            output.options.append([])
        elif what == "placement":
            placement = Placement(rest[0], rest[1], frozenset(words(rest[2])))
            output.options[-1].append(Shown(placement, products(rest[3]), int(rest[4]), products(rest[5]), rest[6] == "lowest"))
        elif what == "threshold":
            output.options[-1][-1].thresholds[rest[0]] = (int(rest[1]), int(rest[2]), int(rest[3]))
        elif what == "uncovered":
            output.uncovered.append(rest)
        else:
            output.alternatives.append(rest)
    return output


def ask_program(program: str, script: list[str]) -> Iterator[tuple[str, list[str]]]:
    run = subprocess.run([program], input="\n".join(script) + "\n", capture_output=True, text=True, cwd=ROOT)
    blocks: list[tuple[str, list[str]]] = []
    for line in run.stdout.splitlines():
        if line.startswith("> "):
            blocks.append((line[2:], []))
        else:
            blocks[-1][1].append(line)
    if run.returncode != 0:
        raise SystemExit(f"{program} ended with {run.returncode} at {blocks[-1][0] if blocks else '?'}: {run.stderr.strip()[-2000:]}")
    yield from blocks


# -- comparing ------------------------------------------------------------------------------------------------------------------------------


class Judge:
    """Says what is wrong with the program's answer to one request."""

    def __init__(self, planner: Planner, output: Output) -> None:
        self.planner, self.output = planner, output
        self.faults: list[str] = []

    def expect(self, what: str, shown: object, expected: object) -> None:
        if shown != expected:
            self.faults.append(f"{what}: program {shown}, oracle {expected}")

    def run(self) -> list[str]:
        best = self.planner.best_plans()
        shown = [frozenset(s.placement for s in option) for option in self.output.options]
        optimal, ties, hosts, machines, covered, unrecognised = self.output.content
        self.expect("optimal", optimal, "optimal")
        self.expect("ties", int(ties), len(best))
        self.expect("options shown", len(shown), min(SHOWN_OPTIONS, len(best)))
        self.expect("options shown twice", len(set(shown)), len(shown))
        self.expect("machines", int(machines), self.planner.machines(self.planner.request.fleet))
        self.expect("unrecognised", unrecognised, "0")
        example = next(iter(best), frozenset())
        self.expect("covered", int(covered), self.planner.machines(self.planner.covered_in(example)))
        self.expect("hosts", int(hosts), self.planner.host_count(example))
        for plan in shown:
            if plan not in best:
                self.expect("a best plan", " ".join(map(str, plan)), " ".join(map(str, example)) + f" costs {self.planner.cost(example)}")
        if not self.faults:
            for option in self.output.options:
                self.judge_option(option)
            self.judge_uncovered(shown[0] if shown else frozenset())
            for alternative in self.output.alternatives:
                self.judge_alternative(alternative)
        return self.faults

    def with_machines(self, found: Products) -> dict[str, int]:
        return {product: self.planner.request.fleet[product] for product in found}

    def judge_option(self, option: list[Shown]) -> None:
        plan = frozenset(shown.placement for shown in option)
        for shown in option:
            placement = shown.placement
            name = str(placement)
            covers = self.planner.covers(placement.host, placement.key, placement.updates)  # asked again
            self.expect(f"{name} covers", shown.covers, self.with_machines(covers))
            self.expect(f"{name} machines", shown.machines, self.planner.machines(covers))
            self.expect(f"{name} because", shown.because, self.with_machines(self.planner.because(plan, placement)))
            self.expect(f"{name} lowest", shown.is_lowest, not any(self.planner.base.is_below(other, placement.key) for other in self.planner.keys))
            self.expect(f"{name} thresholds", shown.thresholds, self.planner.thresholds(plan, placement))

    def judge_uncovered(self, plan: Plan) -> None:
        fleet = self.planner.request.fleet
        self.expect("uncovered", {u[0]: int(u[1]) for u in self.output.uncovered}, self.with_machines(frozenset(fleet) - self.planner.covered_in(plan)))
        for product, _, verdict, obstacle, host, key in self.output.uncovered:
            expected = self.planner.best_verdict(product, self.planner.known, self.planner.hosts, self.planner.keys)
            self.expect(f"verdict on {product}", verdict, expected)
            self.expect(f"obstacle of {product}", obstacle, self.planner.obstacle(product))
            with_everything = self.planner.best_verdict(product, self.planner.tables.updates, [host], [key]) if host != "-" else None
            wanted = {"not-to-choose": "yes", "not-documented": "undocumented"}.get(obstacle)
            if wanted is not None:
                self.expect(f"{host} with {key} for {product}", with_everything, wanted)

    def judge_alternative(self, alternative: list[str]) -> None:
        """One machine with these keys and updates covers what is said. (What is installed for one of its keys may let another one cover more.)"""
        hosts, keys, updates, machines, uncovered = alternative
        said = frozenset(self.planner.request.fleet) - frozenset(products(uncovered))
        self.expect(f"alternative {alternative}: machines", int(machines), self.planner.machines(said))
        for host in words(hosts):
            covered = frozenset(itertools.chain(*(self.planner.covers(host, key, words(updates)) for key in words(keys))))
            is_right = said <= covered if len(words(keys)) > 1 else said == covered
            self.expect(f"alternative {alternative} on {host}", (is_right, sorted(said)), (True, sorted(covered) if not is_right else sorted(said)))
            applications = [self.planner.tables.key_groups[key].application for key in words(keys)]
            self.expect("one key per application", len(set(applications)), len(applications))


# -- random requests ------------------------------------------------------------------------------------------------------------------------


class PlanRuleset(RandomRuleset):
    """Random tables in which much can be covered, if with updates, and little by one key group: plans of several placements."""

    def rows_of_group(self, layer, id: str) -> list[str]:  # type: ignore[no-untyped-def]
        rows = [row for row in super().rows_of_group(layer, id) if "key-group=" not in row or self.maybe(0.5)]
        for what, side in (("fits", "hosts"), ("fits", "hosts"), ("covers", "editions")):
            rows += self.group_row(layer, id, what, side)
        return rows

    def write_rows(self, layer) -> None:  # type: ignore[no-untyped-def]
        super().write_rows(layer)
        for _ in range(self.random.randint(0, 5)):
            self.write_requires(layer)


class Requests:
    """Requests about one ruleset, drawn from a seed; most products are such that something to choose from covers them."""

    def __init__(self, ruleset: Ruleset, seed: str) -> None:
        self.random = random.Random(seed)
        self.ruleset, self.tables = ruleset, ruleset.tables
        self.releases = [release for release in self.tables.releases if self.tables.members_of_release(release, volume_only=False)]
        self.names = list(self.tables.editions) + self.releases * 2
        self.capable = [edition for edition in self.tables.editions if ruleset.base.is_host_capable(edition)]
        self.names_of_updates = [name for update in self.tables.updates.values() for name in [update.id] + update.aliases]

    def some(self, things: list[str], least: int, most: int) -> list[str]:
        return self.random.sample(things, min(len(things), self.random.randint(least, most)))

    def maybe(self, probability: float) -> bool:
        return self.random.random() < probability

    def make(self, host_names: list[str], most_hosts_named: int, always_hosts: bool) -> Request:
        hosts = self.some(host_names, 1, most_hosts_named) if host_names and (always_hosts or self.maybe(0.3)) else []
        owned = self.some(list(self.tables.key_groups), 2, 9) if self.maybe(0.4) else []
        updates = self.some(self.names_of_updates, 1, 2) if self.maybe(0.3) else []
        request = Request(hosts, owned, updates, self.random.choice((None, None, None, 1, 2)), {})
        wanted = self.random.randint(1, 7)
        for name in self.random.sample(self.names, min(len(self.names), 60)):
            if len(request.fleet) < wanted and (self.maybe(0.08) or self.may_be_covered(request, name)):
                request.fleet[name] = self.random.choice((1, 3, 4, 5, 20, 24, 25, 210))
        request.fleet = request.fleet or {self.names[0]: 1}
        return request

    def may_be_covered(self, request: Request, name: str) -> bool:
        hosts = [host for given in request.hosts for host in self.ruleset.base.hosts_meant(given)] or self.capable
        oracle, editions = self.ruleset.oracle(self.tables.updates), self.ruleset.base.editions_meant(name)
        keys = request.owned or self.tables.key_groups
        return any(self.ruleset.base.can_hold(h, k) and oracle.verdict_on_set(h, k, editions) == "yes" for h in hosts for k in keys)


@dataclass
class Case:
    paths: list[str]  # for the program: paths or a name
    ruleset: Ruleset
    requests: list[Request]


def random_case(seed: int, folder: str, fleets: int) -> Case:
    paths = PlanRuleset(seed).write(folder, f"plan-{seed}")
    ruleset = Ruleset(paths)
    maker = Requests(ruleset, f"fleets {seed}")
    return Case(paths, ruleset, [maker.make(maker.names, 6, always_hosts=False) for _ in range(fleets)])


def builtin_case(name: str, seed: int, count: int) -> Case:
    """A few hosts at a time."""
    ruleset = Ruleset([os.path.join(ROOT, "rules", name + ".xml")])
    maker = Requests(ruleset, f"{name} {seed}")
    return Case([name], ruleset, [maker.make(maker.capable, 7, always_hosts=True) for _ in range(count)])


@dataclass
class Tally:
    compared: int = 0
    left_out: int = 0
    covered: int = 0
    several_placements: int = 0
    several_hosts: int = 0
    with_updates: int = 0
    several_ties: int = 0

    def add(self, output: Output) -> None:
        self.compared += 1
        options = output.options
        self.covered += bool(options)
        self.several_placements += any(len(option) > 1 for option in options)
        self.several_hosts += int(output.content[2]) > 1
        self.with_updates += any(shown.placement.updates for option in options for shown in option)
        self.several_ties += int(output.content[1]) > 1

    def __str__(self) -> str:
        return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in vars(self).items())


def compare(program: str, cases: list[Case], tally: Tally, planner_class: type[Planner] = Planner, most_faults: int = 3) -> list[str]:
    script = [line for case in cases for line in ["rules " + " ".join(case.paths)] + [request.line() for request in case.requests]]
    answers = ask_program(program, script)
    faults: list[str] = []
    for case in cases:
        next(answers)
        for request in case.requests:
            command, lines = next(answers)
            output = read_output(lines)
            try:
                found = Judge(planner_class(case.ruleset, request), output).run()
            except TooMany:
                tally.left_out += 1
                continue
            tally.add(output)
            if found:
                faults.append("\n    ".join([f"rules {' '.join(case.paths)}; {command}"] + found))
                if len(faults) >= most_faults:
                    return faults
    return faults


def mutate(program: str, cases: list[Case]) -> int:
    unnoticed = [kind.__name__ for kind in mutations() if not compare(program, cases, Tally(), kind, most_faults=1)]
    for name in unnoticed:
        print(f"nobody noticed {name}")
    print(f"{len(mutations()) - len(unnoticed)} of {len(mutations())} mutations noticed")
    return 1 if unnoticed else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--count", type=int, default=300, help="random rulesets")
    parser.add_argument("--fleets", type=int, default=2, help="fleets for each of them")
    parser.add_argument("--builtin-fleets", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--builtin", default="windows-2010,windows")
    parser.add_argument("--mutate", action="store_true")
    parser.add_argument("--faults", type=int, default=3)
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="plan-oracle-") as folder:
        cases = [random_case(seed, folder, arguments.fleets) for seed in range(arguments.seed, arguments.seed + arguments.count)]
        builtin = [name for name in arguments.builtin.split(",") if name]
        cases += [builtin_case(name, arguments.seed, arguments.builtin_fleets) for name in builtin]
        if arguments.mutate:
            return mutate(arguments.program, cases)
        tally = Tally()
        faults = compare(arguments.program, cases, tally, most_faults=arguments.faults)
        for fault in faults:
            print("DIFFERENCE " + fault)
            show_tables(fault)
    print(f"{tally}; {time.monotonic() - started:.1f} s")
    if not faults and tally.compared < arguments.count * arguments.fleets * 0.95:
        print("too few fleets were compared")
        return 1
    return 1 if faults else 0


def show_tables(fault: str) -> None:
    for path in fault.split(";")[0].split()[1:]:
        if path.endswith(".xml"):
            for name in sorted(os.listdir(os.path.dirname(path))):
                if name.startswith(os.path.basename(path).removesuffix(".xml")):
                    with open(os.path.join(os.path.dirname(path), name), encoding="utf-8") as file:
                        print(f"--- {name}\n{file.read()}")


if __name__ == "__main__":
    sys.exit(main())
