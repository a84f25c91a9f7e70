"""What slmgr.vbs printed and what it means: immutable trees, read from the library's own JSON document; compared and pickled by content."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Optional, Tuple

from . import _kmsrules as c
from .answer import RulesetReference
from .arguments import ask
from .documents import Document, Tree
from .errors import SlmgrError, in_python
from .reading import Source, content_of, encoding_of, file_of, unknown_encoding
from .records import Kind, NoTruth

_MOST_BYTES = 8 << 20  # of an output; the library says so of longer ones


class LicenseRole(Enum):
    """Whose license it is, as its channel says."""

    OTHER = "other"
    CLIENT = "client"
    HOST = "host"


class LicenseStatus(Enum):
    """What slmgr prints as a word and events as a number, 0 to 6 in this order. So do the documents: `value` is in the JSON of slmgr, `number` in that of events."""

    UNLICENSED = "unlicensed"
    LICENSED = "licensed"
    INITIAL_GRACE = "initial-grace"
    OUT_OF_TOLERANCE = "out-of-tolerance"
    NON_GENUINE = "non-genuine"
    NOTIFICATION = "notification"
    EXTENDED_GRACE = "extended-grace"

    @property
    def number(self) -> int:
        return _NUMBERS[self]


_NUMBERS = {status: number for number, status in enumerate(LicenseStatus)}


@dataclass(frozen=True)
class LicenseThreshold(NoTruth):
    """A threshold of what a host's key covers, against the host's count."""

    kind: Kind
    minimum: int
    met: bool


@dataclass(frozen=True)
class LicenseRequests:
    """What a host was asked, by the state of those that asked. None: not in the output."""

    total: Optional[int]
    failed: Optional[int]
    unlicensed: Optional[int]
    licensed: Optional[int]
    initial_grace: Optional[int]
    expired: Optional[int]  # or hardware out of tolerance
    non_genuine: Optional[int]
    notification: Optional[int]


@dataclass(frozen=True)
class LicenseService:
    """What a host, if it is this edition and holds this key group, can activate: editions by verdict, whatever its count."""

    host: str
    key: str
    yes: int
    conditional: int
    undocumented: int


@dataclass(frozen=True)
class HostLicense(NoTruth):
    """What the license of a KMS host says besides. None: not in the output."""

    count: Optional[int]
    cap: Optional[int]  # the most that the count can be; None: not known
    thresholds: Tuple[LicenseThreshold, ...]
    port: Optional[int]
    published: Optional[bool]  # in DNS
    low_priority: Optional[bool]
    requests: LicenseRequests
    can: Tuple[LicenseService, ...]  # of each pair of edition and key group that fit; empty where there are more than 16


@dataclass(frozen=True)
class ClientLicense(NoTruth):
    """What the license of a KMS client says besides. None: not in the output."""

    cmid: Optional[str]
    registered: Optional[str]  # HOST:PORT that was set by hand
    found: Optional[str]  # in DNS
    address: Optional[str]
    lookup_domain: Optional[str]
    ad_object: Optional[str]  # of Active Directory, that activated it
    activation_minutes: Optional[int]
    renewal_minutes: Optional[int]
    caching: Optional[bool]


@dataclass(frozen=True)
class LicenseFinding(NoTruth):
    """What shows in a license, as a row of the tables has it."""

    of: str  # "no-requests"
    is_finding: bool  # something is wrong; else it is worth knowing
    number: Optional[int]
    text: str
    command: Optional[str]
    error: Optional[str]  # what is seen meanwhile, "0xC004F038"
    sources: Tuple[str, ...]
    note: Optional[str]
    at: str


@dataclass(frozen=True)
class License(NoTruth):
    """One license. No part of a key, installation id or product id is in it."""

    line: int  # on which it starts
    role: LicenseRole
    name: Optional[str]
    description: Optional[str]
    channel: Optional[str]
    version: Optional[str]  # of the licensing service
    activation_id: Optional[str]
    in_use: bool
    editions: Tuple[str, ...]  # of a host: what it may run on; else what is licensed. Empty: not recognised
    told: bool  # which of them was told
    keys: Tuple[str, ...]  # of a host: key groups that its key may be of
    status: Optional[LicenseStatus]
    reason: Optional[str]  # of a notification, "0xC004F200"
    minutes_left: Optional[int]
    host: Optional[HostLicense]  # of a host
    client: Optional[ClientLicense]  # of a client
    findings: Tuple[LicenseFinding, ...]


@dataclass(frozen=True, repr=False)
class SlmgrOutput(Document):
    ruleset: RulesetReference
    as_of: Optional[str]
    lines: int  # with something in them; those that begin with # do not count
    understood: int
    not_understood: Tuple[int, ...]  # numbers of the others, 100 at most
    licenses: Tuple[License, ...]
    json: str  # the whole document, kmsrules/slmgr/1
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    @property
    def findings(self) -> Tuple[LicenseFinding, ...]:
        """What is wrong, of all licenses; remarks are left out."""
        return tuple([finding for license in self.licenses for finding in license.findings if finding.is_finding])

    def __repr__(self) -> str:
        return f"<kmsrules.SlmgrOutput {len(self.licenses)} licenses, {len(self.findings)} findings>"


# ---- From JSON


def _service(item: Tree) -> LicenseService:
    return LicenseService(item["host"], item["key"], item["yes"], item["conditional"], item["undocumented"])


def _host(item: Tree) -> HostLicense:
    thresholds = tuple([LicenseThreshold(Kind(threshold["kind"]), threshold["minimum"], threshold["met"]) for threshold in item["thresholds"]])
    return HostLicense(item["count"], item["cap"], thresholds, item["port"], item["published"], item["low_priority"], LicenseRequests(**item["requests"]),
                       tuple([_service(service) for service in item["can"]]))


def _finding(item: Tree) -> LicenseFinding:
    return LicenseFinding(item["of"], item["level"] == "finding", item["number"], item["text"], item["command"], item["error"], tuple(item["sources"]), item["note"],
                          item["at"])


def _license(item: Tree) -> License:
    return License(item["line"], LicenseRole(item["role"]), item["name"], item["description"], item["channel"], item["version"], item["activation_id"], item["in_use"],
                   tuple(item["editions"]), item["told"], tuple(item["keys"]), item["status"] and LicenseStatus(item["status"]), item["reason"], item["minutes_left"],
                   item["host"] and _host(item["host"]), item["client"] and ClientLicense(**item["client"]), tuple([_finding(finding) for finding in item["findings"]]))


def slmgr_of(document: str, plain: str, colored: str) -> SlmgrOutput:
    item = json.loads(document)
    revision, read = item["ruleset"], item["read"]
    return SlmgrOutput(RulesetReference(revision["id"], revision["revision"], revision["fingerprint"]), item["as_of"], read["lines"], read["understood"],
                       tuple(read["not_understood"]), tuple([_license(license) for license in item["licenses"]]), document, plain, colored)


def read_output(question: c.kmsrules_question, output: Source, encoding: Optional[str]) -> SlmgrOutput:
    content = content_of("output", output, _MOST_BYTES)
    slmgr = ask(c.kmsrules_slmgr_read, question, encoding_of(encoding) or "", content, refused=unknown_encoding(encoding))
    fault = c.kmsrules_slmgr_why(slmgr)
    if fault is not None:
        raise SlmgrError(fault.line, fault.column, in_python(fault.text), file_of(output))
    return slmgr_of(c.kmsrules_slmgr_json(slmgr), c.kmsrules_slmgr_print(slmgr, False), c.kmsrules_slmgr_print(slmgr, True))
