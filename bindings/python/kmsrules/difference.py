"""From one host to another: what is gained and lost. Read from the library's own JSON document; compared and pickled by content."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Mapping, Optional, Tuple

from .answer import Requirement, RulesetReference
from .documents import Document, Tree
from .records import Basis, CheckCode, IntervalKind, Kind, NoTruth, TransitionKind, Verdict



class Shift(Enum):
    """What becomes of a product. Each pair of verdicts has one."""

    GAINED = "gained"  # no or undocumented before, yes or conditional after
    LOST = "lost"  # yes or conditional before, no after
    FALLEN = "fallen"  # yes or conditional before, undocumented after
    UNSETTLED = "unsettled"  # yes before, conditional after
    SETTLED = "settled"  # conditional before, yes after
    OPENED = "opened"  # no before, undocumented after
    DENIED = "denied"  # undocumented before, no after
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class ChangeSide(NoTruth):
    """What one of the hosts means for a product."""

    verdict: Verdict
    code: Optional[CheckCode]  # the first check with the worst outcome; None of a YES
    basis: Optional[Basis]
    key: Optional[str]
    reason: str


@dataclass(frozen=True)
class ProductChange(NoTruth):
    kind: str  # "edition" or, of an inventory, "release"
    id: str
    release: Optional[str]
    change: Shift
    before: ChangeSide
    after: ChangeSide
    rows: Optional[int]  # of the inventory
    machines: Optional[int]  # the same, each name once


@dataclass(frozen=True)
class HostKey(NoTruth):
    application: str
    key: Optional[str]  # None: none is held, or fits
    assumed: bool


@dataclass(frozen=True)
class HostSide(NoTruth):
    host: str
    keys: Tuple[HostKey, ...]


@dataclass(frozen=True)
class ChangeNeed(NoTruth):
    """What the new host is not known to have."""

    requirement: Requirement
    is_known_missing: bool
    rows: int  # or editions that wait for it


@dataclass(frozen=True)
class ChangeThreshold(NoTruth):
    """A threshold of the new host, by the machines of the inventory alone."""

    application: str
    kind: Kind
    minimum: int
    certain: int
    possible: int
    met: Optional[bool]


@dataclass(frozen=True)
class Meanwhile(NoTruth):
    """What clients do while they move, or a step of the move."""

    kind: TransitionKind
    text: str
    command: Optional[str]
    error: Optional[str]
    intervals: Tuple[Tuple[IntervalKind, timedelta], ...]
    sources: Tuple[str, ...]
    note: Optional[str]
    at: str


@dataclass(frozen=True, repr=False)
class Difference(Document):
    ruleset: RulesetReference
    as_of: Optional[str]
    before: HostSide
    after: HostSide
    is_fleet: bool
    summary: Mapping[Shift, int] = field(hash=False)  # editions or rows
    machines: Optional[Mapping[Shift, int]] = field(hash=False)
    no_before_and_after: int  # of a ruleset left out of `products`, of a fleet among the unchanged
    unrecognised: Optional[int]
    products: Tuple[ProductChange, ...]
    needs: Tuple[ChangeNeed, ...]
    settling: Tuple[str, ...]
    thresholds: Tuple[ChangeThreshold, ...]
    meanwhile: Tuple[Meanwhile, ...]
    steps: Tuple[Meanwhile, ...]
    json: str  # the whole document, kmsrules/diff/1
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def of(self, change: Shift) -> Tuple[ProductChange, ...]:
        """The products that change so."""
        return tuple([product for product in self.products if product.change is change])

    def __repr__(self) -> str:
        counts = ", ".join([f"{number} {change.value}" for change, number in self.summary.items() if number])
        return f"<kmsrules.Difference {self.before.host} -> {self.after.host}: {counts or 'nothing'}>"


def _side(item: Tree) -> HostSide:
    return HostSide(item["host"], tuple([HostKey(key["application"], key["key"], key["assumed"]) for key in item["keys"]]))


def _judgement(item: Tree) -> ChangeSide:
    return ChangeSide(Verdict(item["verdict"]), item["code"] and CheckCode(item["code"]), item["basis"] and Basis(item["basis"]), item["key"], item["reason"])


def _product(item: Tree) -> ProductChange:
    return ProductChange(item["kind"], item["id"], item["release"], Shift(item["change"]), _judgement(item["before"]), _judgement(item["after"]), item["rows"],
                         item["machines"])


def _changes(item: Tree) -> Mapping[Shift, int]:
    return {Shift(name): number for name, number in item.items()}


def _need(item: Tree) -> ChangeNeed:
    return ChangeNeed(Requirement(tuple(item["any_of"]), item["or_later"]), item["known_missing"], item["rows"])


def _threshold(item: Tree) -> ChangeThreshold:
    return ChangeThreshold(item["application"], Kind(item["kind"]), item["minimum"], item["certain"], item["possible"], item["met"])


def _meanwhile(item: Tree) -> Meanwhile:
    intervals = tuple([(IntervalKind(interval["of"]), timedelta(seconds=interval["seconds"])) for interval in item["intervals"]])
    return Meanwhile(TransitionKind(item["of"]), item["text"], item["command"], item["error"], intervals, tuple(item["sources"]), item["note"], item["at"])


def difference_of(document: str, plain: str, colored: str) -> Difference:
    item = json.loads(document)
    revision, needs = item["ruleset"], item["needs"]
    return Difference(
        RulesetReference(revision["id"], revision["revision"], revision["fingerprint"]), item["as_of"], _side(item["from"]), _side(item["to"]), item["inventory"],
        _changes(item["summary"]), None if item["machines"] is None else _changes(item["machines"]), item["no_before_and_after"], item["unrecognised"],
        tuple([_product(product) for product in item["products"]]), tuple([_need(need) for need in needs["updates"]]), tuple(needs["settling"]),
        tuple([_threshold(threshold) for threshold in item["counts"]]), tuple([_meanwhile(row) for row in item["meanwhile"]]),
        tuple([_meanwhile(row) for row in item["steps"]]), document, plain, colored)
