"""Plans: immutable trees, read from the library's own JSON document. Any thread may use them; they are compared and pickled by content."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Optional, Tuple

from .answer import RulesetReference
from .documents import Document, Tree, each
from .records import Kind, NoTruth, Verdict



@dataclass(frozen=True)
class PlanThreshold(NoTruth):
    """Machines of one placement against one threshold."""

    kind: Kind
    minimum: int
    certain: int  # machines that count for it and that no other placement covers
    possible: int  # the same with those that another one covers, too
    met: bool


@dataclass(frozen=True)
class Placement(NoTruth):
    """A host that holds a key group. Placements of one plan and host are one machine unless they are of one application."""

    host: str
    key: str
    updates: Tuple[str, ...]  # to install, in this order, besides those known
    covers: Tuple[str, ...]  # ids of editions and releases of the fleet
    machines: int
    thresholds: Tuple[PlanThreshold, ...]
    because: str


@dataclass(frozen=True)
class Uncovered(NoTruth):
    edition: str  # or a release
    machines: int
    verdict: Verdict  # the best that the hosts and key groups to choose from have for it
    host: Optional[str]  # with `key`: what the reason speaks of
    key: Optional[str]
    reason: str


@dataclass(frozen=True)
class Alternative(NoTruth):
    """One host, any of these, with a key group for each application."""

    hosts: Tuple[str, ...]
    keys: Tuple[str, ...]
    updates: Tuple[str, ...]
    machines: int  # that it would cover
    uncovered: Tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    advice: str  # "second-host", "without-threshold"
    text: str
    sources: Tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Plan(Document):
    """The best sets of placements for a fleet: fewest machines uncovered, then fewest hosts, then fewest updates, then the least authority."""

    ruleset: RulesetReference
    as_of: Optional[str]
    optimal: bool  # False: the search was given up, there may be a better plan
    machines: int
    covered: int
    unrecognised: int
    hosts: int
    ties: int  # of equally good plans; `plans` holds the first of them
    plans: Tuple[Tuple[Placement, ...], ...]
    uncovered: Tuple[Uncovered, ...]
    alternatives: Tuple[Alternative, ...]  # where one host suffices
    advice: Tuple[Advice, ...]
    json: str  # the whole document, kmsrules/plan/1
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<kmsrules.Plan {self.hosts} hosts cover {self.covered} of {self.machines} machines>"


# ---- From JSON


def _threshold(item: Tree) -> PlanThreshold:
    return PlanThreshold(Kind(item["kind"]), item["minimum"], item["certain"], item["possible"], item["met"])


def _placement(item: Tree) -> Placement:
    return Placement(item["host"], item["key"], tuple(item["updates"]), tuple(item["covers"]), item["machines"],
                     each(_threshold, item["thresholds"]), item["because"])


def _placements(item: Tree) -> Tuple[Placement, ...]:
    return each(_placement, item["placements"])


def _uncovered(item: Tree) -> Uncovered:
    return Uncovered(item["edition"], item["machines"], Verdict(item["verdict"]), item["host"], item["key"], item["reason"])


def _alternative(item: Tree) -> Alternative:
    return Alternative(tuple(item["hosts"]), tuple(item["keys"]), tuple(item["updates"]), item["machines"], tuple(item["uncovered"]))


def _advice(item: Tree) -> Advice:
    return Advice(item["advice"], item["text"], tuple(item["sources"]))


def plan_of(document: str, plain: str, colored: str) -> Plan:
    item = json.loads(document)
    ruleset = item["ruleset"]
    return Plan(RulesetReference(ruleset["id"], ruleset["revision"], ruleset["fingerprint"]), item["as_of"], item["optimal"], item["machines"],
                item["covered"], item["unrecognised"], item["hosts"], item["ties"], each(_placements, item["plans"]),
                each(_uncovered, item["uncovered"]), each(_alternative, item["alternatives"]), each(_advice, item["advice"]), document, plain,
                colored)
