"""Answers: immutable trees, read from the library's own JSON document. Any thread may use them; they are compared and pickled by content."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Optional, Tuple

from .documents import Document, Tree, each
from .records import Basis, ChangeKind, CheckCode, Kind, NoTruth, Outcome, Verdict



@dataclass(frozen=True)
class SourceReference:
    id: str
    title: str
    locator: Optional[str]
    date: Optional[str]


@dataclass(frozen=True)
class Fact:
    """A table row that decided a check."""

    text: str
    sources: Tuple[SourceReference, ...]
    at: str  # "rules/windows.xml:120:3"


@dataclass(frozen=True)
class Check(NoTruth):
    code: CheckCode
    check: str  # "host-updated"
    outcome: Outcome
    basis: Optional[Basis]
    text: str
    facts: Tuple[Fact, ...]
    errors: Tuple[str, ...]  # that follow where it fails: "0xC004F042"


@dataclass(frozen=True)
class EditionAnswer(NoTruth):
    edition: str
    verdict: Verdict
    checks: Tuple[Check, ...]


@dataclass(frozen=True)
class Requirement(NoTruth):
    """One of these updates; with `or_later` any later one of its line serves as well."""

    any_of: Tuple[str, ...]
    or_later: bool


@dataclass(frozen=True)
class Choice(NoTruth):
    """A key group that the host could hold, with what it would give for the same editions."""

    key: str
    verdict: Verdict
    needs: Tuple[str, ...]
    requirements: Tuple[Requirement, ...]


@dataclass(frozen=True)
class HostAnswer(NoTruth):
    """One host edition and one application."""

    host: str
    application: str
    verdict: Verdict
    key: Optional[str]  # None: the host can hold none
    key_assumed: bool  # no key was given: the best was taken
    editions: Tuple[EditionAnswer, ...]
    choices: Tuple[Choice, ...]  # highest first


@dataclass(frozen=True)
class Change:
    """One change; None, False or empty where a member does not apply."""

    change: ChangeKind
    host: Optional[str]  # of use-host and learn
    key: Optional[str]  # of use-key; of use-host where one application is asked about
    update: Optional[str]  # of install-update
    or_later: bool  # any later update of its line serves as well
    count: Optional[int]  # of add-machines: how many, of any of these kinds
    kinds: Tuple[Kind, ...]


@dataclass(frozen=True)
class Remedy:
    """Changes that together make the answer a yes; no part of them does."""

    text: str
    changes: Tuple[Change, ...]
    host: Optional[str]  # after the changes; None: a release, whichever of its editions it is
    keys: Tuple[str, ...]  # that it then holds, one for each application asked about


@dataclass(frozen=True)
class Counts:
    clients: Optional[int]
    servers: Optional[int]
    office: Optional[int]


@dataclass(frozen=True)
class Question:
    """What was asked; None: not given."""

    host: Optional[str]
    keys: Tuple[str, ...]
    editions: Tuple[str, ...]
    updates: Optional[Tuple[str, ...]]
    updates_complete: bool
    host_build: Optional[str]
    counts: Optional[Counts]


@dataclass(frozen=True)
class RulesetReference:
    id: str
    revision: str
    fingerprint: str


@dataclass(frozen=True)
class Found(NoTruth):
    """An item of a search; None where a member does not apply."""

    host: Optional[str]
    key: Optional[str]
    edition: Optional[str]
    verdict: Verdict
    needs: Tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Answer(Document):
    """The answer to a question, with everything that decided it."""

    ruleset: RulesetReference
    as_of: Optional[str]
    question: Question
    verdict: Verdict
    hosts: Tuple[HostAnswer, ...]
    notes: Tuple[str, ...]
    remedies: Tuple[Remedy, ...]  # fewest changes first; none of a yes, none where nothing helps, as a note says
    remedies_complete: bool  # False: the tables have so many ways that not all were found
    summary: str
    json: str  # the whole document, kmsrules/answer/1
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<kmsrules.Answer {self.verdict.value}: {self.summary}>"


# ---- From JSON


def _fact(item: Tree) -> Fact:
    return Fact(item["text"], each(_source, item["sources"]), item["at"])


def _source(item: Tree) -> SourceReference:
    return SourceReference(item["id"], item["title"], item["locator"], item["date"])


def _check(item: Tree) -> Check:
    basis = None if item["basis"] is None else Basis(item["basis"])
    return Check(CheckCode(item["code"]), item["check"], Outcome(item["outcome"]), basis, item["text"], each(_fact, item["facts"]), tuple(item["errors"]))


def _edition(item: Tree) -> EditionAnswer:
    return EditionAnswer(item["edition"], Verdict(item["verdict"]), each(_check, item["checks"]))


def _requirement(item: Tree) -> Requirement:
    return Requirement(tuple(item["any_of"]), item["or_later"])


def _choice(item: Tree) -> Choice:
    return Choice(item["key"], Verdict(item["verdict"]), tuple(item["needs"]), each(_requirement, item["requirements"]))


def _host(item: Tree) -> HostAnswer:
    return HostAnswer(item["host"], item["application"], Verdict(item["verdict"]), item["key"], item["key_assumed"],
                      each(_edition, item["editions"]), each(_choice, item["choices"]))


def _change(item: Tree) -> Change:
    return Change(ChangeKind(item["change"]), item["host"], item["key"], item["update"], item["or_later"], item.get("count"),
                  tuple([Kind(kind) for kind in item.get("kinds", ())]))


def _remedy(item: Tree) -> Remedy:
    return Remedy(item["text"], each(_change, item["changes"]), item["host"], tuple(item["keys"]))


def _counts(item: Optional[Tree]) -> Optional[Counts]:
    return None if item is None else Counts(item["clients"], item["servers"], item["office"])


def _question(item: Tree) -> Question:
    updates = None if item["updates"] is None else tuple(item["updates"])
    return Question(item["host"], tuple(item["keys"]), tuple(item["editions"]), updates, item["updates_complete"], item["host_build"],
                    _counts(item["counts"]))


def _ruleset(item: Tree) -> RulesetReference:
    return RulesetReference(item["id"], item["revision"], item["fingerprint"])


def answer_of(document: str, summary: str, plain: str, colored: str) -> Answer:
    item = json.loads(document)
    return Answer(_ruleset(item["ruleset"]), item["as_of"], _question(item["question"]), Verdict(item["verdict"]), each(_host, item["hosts"]),
                  tuple(item["notes"]), each(_remedy, item["remedies"]), item["remedies_complete"], summary, document, plain, colored)


def _found(item: Tree) -> Found:
    return Found(item["host"], item["key"], item["edition"], Verdict(item["verdict"]), tuple(item["needs"]))


def found_of(document: str) -> Tuple[Found, ...]:
    return each(_found, json.loads(document)["items"])
