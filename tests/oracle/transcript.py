"""Answers a script of questions with the oracle, in the very words of decide_all.c, so that the two transcripts can be compared line by line.

A script has one command per line; what is printed for it follows its echo:

    rules FILE…                 the layers that all further questions are put to
    facts SPEC                  what is known of the host: none, or updates=A,B;complete;build=17763.5329;clients=1;servers=2;office=3
    all [HOSTS]                 every (host, key group or -, edition): row HOST KEY FAST CODE…, editions in order of their ids
    ask HOST KEYS EDITIONS      one question, all of it: lists with commas, - for none
    hosts EDITION               the searches
    editions HOST KEY
    keys HOST EDITION
    highest HOST KEYS

FAST is one letter per edition (y c u n), by kmsrules_can(). CODE is the recorded form: the verdict's letter, then a letter for each of KR101 to KR106
(p pass, k unknown, u undocumented, x fail excluded, l fail not-listed, . not checked), then =KEY where the key group was left open.
"""

from __future__ import annotations

from typing import Callable, Iterable, Iterator

from oracle import EXCLUDED, KR101, KR102, KR103, KR104, KR105, KR106, NOT_LISTED, PASS, SEVERITY, UNDOCUMENTED, UNKNOWN, Facts, Oracle, WrongUse
from tables import Tables, read_ruleset

CHECKS = (KR101, KR102, KR103, KR104, KR105, KR106)
LETTERS = {PASS: "p", UNKNOWN: "k", UNDOCUMENTED: "u", EXCLUDED: "x", NOT_LISTED: "l", None: "."}
VERDICT_LETTERS = "ycun"
KIND_OF_COUNT = {"clients": "client", "servers": "server", "office": "office"}

MakeOracle = Callable[[Tables, Facts], Oracle]
Block = tuple[str, list[str]]  # a command and its lines


def parse_facts(spec: str) -> Facts:
    facts = Facts()
    for part in spec.split(";"):
        name, _, value = part.partition("=")
        if name == "updates":
            facts.updates = value.split(",")
        elif name == "complete":
            facts.updates_complete = True
        elif name == "build":
            numbers = value.removeprefix("10.0.").split(".")
            facts.build = int(numbers[0])
            facts.revision = int(numbers[1]) if len(numbers) > 1 else None
        elif name in KIND_OF_COUNT:
            facts.counts[KIND_OF_COUNT[name]] = int(value)
        elif name not in ("", "none"):
            raise ValueError(f"facts {spec!r}")
    return facts


def words(text: str) -> list[str]:
    return [] if text == "-" else text.split(",")


def joined(ids: Iterable[str]) -> str:
    return ",".join(sorted(ids)) or "-"


class Transcript:
    def __init__(self, make_oracle: MakeOracle = Oracle) -> None:
        self.make_oracle = make_oracle
        self.tables = Tables()
        self.oracle = make_oracle(self.tables, Facts())

    def blocks(self, script: Iterable[str]) -> Iterator[Block]:
        for command in script:
            yield command, list(self.lines(*command.split()))

    def lines(self, command: str, *arguments: str) -> Iterable[str]:
        if command == "rules":
            return self.open_rules(arguments)
        if command == "facts":
            self.oracle = self.make_oracle(self.tables, parse_facts(arguments[0]))
            return []
        answer: dict[str, Callable[..., Iterable[str]]] = {
            "all": self.all,
            "ask": self.ask,
            "hosts": self.hosts,
            "editions": self.editions,
            "keys": self.keys,
            "highest": self.highest,
        }
        return answer[command](*arguments)

    # -- the tables as read -----------------------------------------------------------------------------------------------------------------

    def open_rules(self, paths: tuple[str, ...]) -> Iterator[str]:
        self.tables = read_ruleset(paths)
        self.oracle = self.make_oracle(self.tables, Facts())
        for id in sorted(self.tables.editions):
            edition = self.tables.editions[id]
            can_host = "host" if self.oracle.is_host_capable(id) else "-"
            yield f"edition {id} {edition.kind} {edition.application} {edition.release or '-'} {edition.volume} {can_host}"
        for id in sorted(self.tables.key_groups):
            group = self.tables.key_groups[id]
            yield f"key-group {id} {group.kind} {group.application}"

    # -- everything -------------------------------------------------------------------------------------------------------------------------

    def all(self, hosts: str = "") -> Iterator[str]:
        editions = sorted(self.tables.editions)
        for host in hosts.split(",") if hosts else editions:
            codes = [self.open_code(host, edition) for edition in editions]
            yield self.row(host, "-", codes)
            for key_group in sorted(self.tables.key_groups):
                yield self.row(host, key_group, [self.code(host, key_group, edition) for edition in editions])

    def row(self, host: str, key_group: str, codes: list[str]) -> str:
        fast = "".join(code[0] for code in codes)
        return f"row {host} {key_group} {fast} {' '.join(codes)}"

    def open_code(self, host: str, edition: str) -> str:
        application = self.tables.editions[edition].application
        key_group = self.oracle.assumed_key(host, application, [edition])
        return f"{self.code(host, key_group, edition)}={key_group or '-'}"

    def code(self, host: str, key_group: str | None, edition: str) -> str:
        findings = self.oracle.checks(host, key_group, edition)
        verdict = VERDICT_LETTERS[max(SEVERITY[finding] for finding in findings.values())]
        return verdict + "".join([LETTERS[findings.get(check)] for check in CHECKS])

    # -- one question -----------------------------------------------------------------------------------------------------------------------

    def ask(self, host: str, keys: str, editions: str) -> list[str]:
        try:
            verdict = self.oracle.answer(host, words(keys), words(editions))
        except WrongUse as refusal:
            return [f"status {refusal}"]
        lines = ["status ok", f"verdict {verdict}"]
        for host_edition in self.oracle.hosts_meant(host):
            lines += self.host_lines(host_edition, words(keys), self.oracle.all_editions_meant(words(editions)))
        return sorted(lines)

    def host_lines(self, host: str, keys: list[str], editions: list[str]) -> Iterator[str]:
        if len(keys) < 2:
            yield f"fast {host} {self.oracle.verdict_of_host(host, keys, editions)}"
        for application, part in self.oracle.by_application(editions).items():
            key_group = self.oracle.key_for(host, keys, application, part)
            how = "-" if key_group is None else "given" if keys else "assumed"
            yield f"host {host} {application} {self.oracle.verdict_on_set(host, key_group, part)} {key_group or '-'} {how}"
            for edition in part:
                yield f"edition {host} {edition} {self.code(host, key_group, edition)}"
                if key_group is not None:
                    for state, any_of in self.oracle.open_requirements(host, key_group, edition):
                        yield f"open {host} {edition} {state} {joined(any_of)}"
            for choice in self.oracle.holdable(host, application):
                needs = self.oracle.needs(host, choice, part)
                yield f"choice {host} {application} {choice} {self.oracle.verdict_on_set(host, choice, part)} {joined(needs)}"

    # -- searches ---------------------------------------------------------------------------------------------------------------------------

    def hosts(self, edition: str) -> list[str]:
        found = []
        for host in self.tables.editions:
            for key_group in self.tables.key_groups:
                found += self.found(f"{host} {key_group}", host, key_group, edition)
        return sorted(found)

    def editions(self, host: str, key: str) -> list[str]:
        found = []
        for edition in self.tables.editions:
            application = self.tables.editions[edition].application
            key_group = self.oracle.key_for(host, words(key), application, [edition])
            found += self.found(edition, host, key_group, edition)
        return sorted(found)

    def found(self, what: str, host: str, key_group: str | None, edition: str) -> list[str]:
        verdict = self.oracle.verdict(host, key_group, edition)
        if verdict == "no" or key_group is None:
            return []
        return [f"found {what} {verdict} {joined(self.oracle.needs(host, key_group, [edition]))}"]

    def keys(self, host: str, edition: str) -> list[str]:
        if edition == "-":
            return sorted(f"found {group}" for group in self.tables.key_groups if self.oracle.can_hold(host, group))
        choices = self.oracle.holdable(host, self.tables.editions[edition].application)
        return sorted(
            f"found {group} {self.oracle.verdict(host, group, edition)} {joined(self.oracle.needs(host, group, [edition]))}" for group in choices
        )

    def highest(self, host: str, keys: str) -> list[str]:
        return sorted(f"found {group}" for group in self.oracle.highest(words(keys), None if host == "-" else host))
