"""How clients spread over the hosts of an SRV answer: immutable trees, read from the library's own JSON document. Any thread may use them."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional, Tuple

from . import _kmsrules as c
from .answer import RulesetReference
from .arguments import ask
from .documents import Document, Tree, each
from .errors import QuestionError, in_python
from .reading import Source, content_of, encoding_of, unknown_encoding
from .records import Kind, NoTruth

_MOST_BYTES = 16 << 20  # of an answer of DNS


class Selection(str, Enum):
    """How clients choose among SRV records."""

    PRIORITY_AND_WEIGHT = "priority-and-weight"
    ANY_RECORD = "any-record"


@dataclass(frozen=True)
class RecordProblem:
    """A line that could not be read."""

    line: int
    column: int  # 0: the line as a whole
    text: str


@dataclass(frozen=True)
class Reach(NoTruth):
    """How a threshold fares on one host."""

    application: str
    kind: Kind
    minimum: int
    expected: float  # machines that count for it
    probability: float  # that they are as many as it asks for
    needed: bool  # machines that need it may come here
    at_risk: bool
    drawn: Optional[int]  # draws in which it was reached


@dataclass(frozen=True)
class DiscoveryHost(NoTruth):
    target: str
    port: int
    priority: int
    weight: int
    standby: bool
    honours_weight: float  # the share of clients that honour priority and weight
    ignores_weight: float  # of those that take any record
    expected: float  # machines of all kinds
    drawn: Optional[float]
    reaches: Tuple[Reach, ...]


@dataclass(frozen=True)
class Chance(NoTruth):
    probability: Optional[float]  # None: it takes too many steps, and lies between these
    least: float
    most: float
    drawn: Optional[int]


@dataclass(frozen=True)
class DiscoveryThreshold(NoTruth):
    application: str
    kind: Kind
    minimum: int
    machines: int  # that count for it
    all: Chance  # every host where it is needed reaches it
    any: Chance  # one of these does


@dataclass(frozen=True)
class HostFailure(NoTruth):
    """One host is gone, as if its records were not there: what the others get."""

    target: str
    port: int
    hosts: Tuple[DiscoveryHost, ...]
    thresholds: Tuple[DiscoveryThreshold, ...]


@dataclass(frozen=True)
class Askers(NoTruth):
    by: Selection
    machines: int
    products: Tuple[Tuple[str, int], ...]  # id of an edition or release, machines
    sources: Tuple[str, ...]
    against: Tuple[str, ...]  # sources that say otherwise
    note: Optional[str]
    at: str


@dataclass(frozen=True)
class RecordsRead:
    records: int
    unreadable: int
    duplicates: int
    others: int
    refusals: int
    names: Tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Discovery(Document):
    """Shares, expected counts and exact probabilities of each host, and what becomes of them when one is gone."""

    ruleset: RulesetReference
    read: RecordsRead
    machines: int
    risk: float
    at_risk: bool
    draws: Optional[int]
    seed: Optional[int]
    hosts: Tuple[DiscoveryHost, ...]
    thresholds: Tuple[DiscoveryThreshold, ...]
    failures: Optional[Tuple[HostFailure, ...]]  # None: there are more than 32 hosts
    clients: Tuple[Askers, ...]
    left_out: Tuple[Tuple[str, int], ...]
    problems: Tuple[RecordProblem, ...]  # the first 100
    json: str  # the whole document, kmsrules/discovery/1
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<kmsrules.Discovery {len(self.hosts)} hosts, {self.machines} machines, {'at risk' if self.at_risk else 'without risk'}>"


# ---- Reading


def read_records(ruleset: c.kmsrules_ruleset, source: Source, encoding: Optional[str]) -> Tuple[c.kmsrules_records, Tuple[RecordProblem, ...]]:
    content = content_of("records", source, _MOST_BYTES)
    if len(content) > _MOST_BYTES:
        raise ValueError("records must be 16 MiB at most")
    if c.kmsrules_ruleset_srv_name(ruleset) is None:
        raise QuestionError("the tables name no record that KMS hosts publish; include rules/policy.xml")
    records = ask(c.kmsrules_records_read, ruleset, content, encoding_of(encoding), refused=unknown_encoding(encoding))
    look = c.kmsrules_records_look(records)
    problems = tuple([RecordProblem(problem.line, problem.column, in_python(problem.text)) for problem in look.problems])
    if len(look.records) == 0:
        why = f"; line {problems[0].line}: {problems[0].text}" if problems else "; nslookup -type=srv _vlmcs._tcp.DOMAIN gives them"
        raise QuestionError("records hold no SRV record of a KMS host" + why)
    return records, problems


# ---- From JSON


def _reach(item: Tree) -> Reach:
    return Reach(item["application"], Kind(item["kind"]), item["minimum"], float(item["expected"]), float(item["probability"]), item["needed"],
                 item["at_risk"], item["drawn"])


def _host(item: Tree) -> DiscoveryHost:
    drawn, shares = item["drawn"], item["shares"]
    return DiscoveryHost(item["target"], item["port"], item["priority"], item["weight"], item["standby"], float(shares["honours-weight"]),
                         float(shares["ignores-weight"]), float(item["expected"]), None if drawn is None else float(drawn), each(_reach, item["reaches"]))


def _chance(item: Tree) -> Chance:
    probability = item["probability"]
    return Chance(None if probability is None else float(probability), float(item["least"]), float(item["most"]), item["drawn"])


def _threshold(item: Tree) -> DiscoveryThreshold:
    return DiscoveryThreshold(item["application"], Kind(item["kind"]), item["minimum"], item["machines"], _chance(item["all"]), _chance(item["any"]))


def _failure(item: Tree) -> HostFailure:
    return HostFailure(item["target"], item["port"], each(_host, item["hosts"]), each(_threshold, item["thresholds"]))


def _product(item: Tree) -> Tuple[str, int]:
    return item["id"], item["machines"]


def _askers(item: Tree) -> Askers:
    return Askers(Selection(item["by"]), item["machines"], each(_product, item["products"]), tuple(item["sources"]), tuple(item["against"]),
                  item["note"], item["at"])


def _read(item: Tree) -> RecordsRead:
    return RecordsRead(item["records"], item["unreadable"], item["duplicates"], item["others"], item["refusals"], tuple(item["names"]))


def discovery_of(document: str, plain: str, colored: str, problems: Tuple[RecordProblem, ...]) -> Discovery:
    item = json.loads(document)
    ruleset, failures = item["ruleset"], item["failures"]
    return Discovery(RulesetReference(ruleset["id"], ruleset["revision"], ruleset["fingerprint"]), _read(item["read"]), item["machines"],
                     float(item["risk"]), item["at_risk"], item["draws"], item["seed"], each(_host, item["hosts"]),
                     each(_threshold, item["thresholds"]), None if failures is None else each(_failure, failures), each(_askers, item["clients"]),
                     each(_product, item["left_out"]), problems, document, plain, colored)
