"""What the tables declare: immutable copies, which do not depend on their ruleset any more. References to other records are their ids."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import NamedTuple, NoReturn, Optional, Tuple, Union


class NoTruth:
    """Its truth value would mislead ("no" is not empty), so it has none."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is neither true nor false; compare, for example: verdict is kmsrules.Verdict.YES")


class Verdict(NoTruth, Enum):
    """Best to worst. A set of editions has the worst verdict of its members, a free choice the best of the choices."""

    YES = "yes"
    CONDITIONAL = "conditional"
    UNDOCUMENTED = "undocumented"
    NO = "no"


class Outcome(NoTruth, Enum):
    """Of one check, best to worst."""

    PASS = "pass"
    UNKNOWN = "unknown"
    UNDOCUMENTED = "undocumented"
    FAIL = "fail"


class Basis(Enum):
    """Why a check fails: a source says no, or the sources list what works and this is not there."""

    EXCLUDED = "excluded"
    NOT_LISTED = "not-listed"


class CheckCode(Enum):
    HOST_RUNS_KMS = "KR101"
    KEY_FITS_HOST = "KR102"
    EDITION_USES_KMS = "KR103"
    KEY_COVERS_EDITION = "KR104"
    HOST_UPDATED = "KR105"
    COUNT_REACHED = "KR106"


class ChangeKind(Enum):
    INSTALL_UPDATE = "install-update"  # or confirm that it is installed
    USE_KEY = "use-key"
    USE_HOST = "use-host"  # of which nothing is known: neither updates nor build nor keys of the old one count
    LEARN = "learn"  # that the host is this edition of the release asked about
    ADD_MACHINES = "add-machines"  # or count those not counted yet


class Kind(Enum):
    CLIENT = "client"
    SERVER = "server"
    OFFICE = "office"


class Volume(NoTruth, Enum):
    """Whether an edition is a KMS client edition; UNLISTED: the sources are silent."""

    NO = "no"
    YES = "yes"
    UNLISTED = "unlisted"


class Place(NamedTuple):
    """Where a table element stands."""

    file: str
    line: int  # from 1
    column: int  # in bytes, from 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Source:
    id: str
    title: str
    locator: Optional[str]
    date: Optional[str]
    reliability: str


@dataclass(frozen=True)
class Application:
    id: str
    name: str


class _Named:
    """A record that may stand where a name is asked for. Its hash is that of its id, as it is looked up often."""

    id: str

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True)
class Release(_Named):
    id: str
    name: str
    kind: Kind
    application: str
    editions: Tuple[str, ...]
    at: Place

    __hash__ = _Named.__hash__


@dataclass(frozen=True)
class Edition(_Named):
    id: str
    name: str
    kind: Kind
    application: str
    release: Optional[str]
    volume: Volume
    can_host: bool  # some key group fits it
    at: Place

    __hash__ = _Named.__hash__


@dataclass(frozen=True)
class KeyGroup(_Named):
    id: str
    name: str
    kind: Kind
    application: str
    at: Place

    __hash__ = _Named.__hash__


@dataclass(frozen=True)
class Update(_Named):
    id: str
    name: Optional[str]
    date: Optional[str]
    line: Optional[str]  # of cumulative updates: any later one of the line serves as well
    at: Place

    __hash__ = _Named.__hash__


class Scope(Enum):
    """What an error is about."""

    CLIENT = "client"  # any Windows that is to be activated
    KMS = "kms"  # which side is not said
    KMS_CLIENT = "kms-client"
    KMS_HOST = "kms-host"
    MAK = "mak"


@dataclass(frozen=True)
class ErrorCode:
    """An error that Windows shows."""

    id: str  # "0xC004F042"
    name: str
    scope: Tuple[Scope, ...]
    checks: Tuple[CheckCode, ...]  # that predict it when they fail
    note: Optional[str]
    sources: Tuple[str, ...]
    at: Place


@dataclass(frozen=True)
class Prediction:
    """A check that fails, and the error that follows."""

    check: CheckCode
    error: str
    on_host: bool  # the KMS host shows it, else the client
    editions: Tuple[str, ...]  # only for these; none: for all
    updates: Tuple[str, ...]  # only where each update that would do is one of these; none: whichever is missing
    note: Optional[str]
    sources: Tuple[str, ...]
    at: Place


@dataclass(frozen=True)
class TableFile:
    path: str
    data: bytes
    is_layer: bool  # the root file of a layer; its includes follow it

    def __repr__(self) -> str:
        return f"TableFile(path={self.path!r}, {len(self.data)} bytes, is_layer={self.is_layer})"


class IntervalKind(Enum):
    """What a duration is the length of; kmsrules.h says each."""

    ACTIVATION = "activation"
    RENEWAL = "renewal"
    RETRY = "retry"
    VALIDITY = "validity"
    CMID_RETENTION = "cmid-retention"
    INITIAL_GRACE = "initial-grace"
    FINAL_GRACE = "final-grace"
    DNS_PUBLICATION = "dns-publication"
    WARNING = "warning"  # before the end of an activation its user is told so


@dataclass(frozen=True)
class Interval:
    kind: IntervalKind
    duration: timedelta
    editions: Tuple[str, ...]  # none: of all that no other row of this kind names
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class Cache:
    """How many clients a host remembers: `factor` times the largest threshold it was asked for."""

    factor: int
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


class TransitionKind(Enum):
    DISCOVERED = "discovered"  # what clients do that find their host by DNS
    CACHED = "cached"  # that keep the host they have found
    BOUND = "bound"  # whose host was set by hand
    COUNT = "count"  # what becomes of the count
    STEP = "step"  # one step of the move


@dataclass(frozen=True)
class Transition:
    """What happens, or is to be done, when clients move from one host to another."""

    kind: TransitionKind
    text: str
    command: Optional[str]  # words in capitals stand for something
    error: Optional[str]  # what is seen meanwhile
    intervals: Tuple[IntervalKind, ...]  # how long it takes
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class DiscoveryRule:
    """How clients choose among the SRV records of a DNS answer."""

    by: str  # "priority-and-weight" or "any-record"
    editions: Tuple[str, ...]  # none: all that no other row names
    sources: Tuple[str, ...]
    against: Tuple[str, ...]  # sources that say otherwise
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class SrvName:
    """The records that KMS hosts publish."""

    name: str  # without the domain
    port: int
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class VirtualMachines:
    """Whether a host counts clients that run in virtual machines."""

    counted: bool
    hosts: Tuple[str, ...]  # none: all that no other row names
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


class ExpiryKind(Enum):
    NOTIFICATION = "notification"
    REDUCED_FUNCTIONALITY = "reduced-functionality"


@dataclass(frozen=True)
class Expiry:
    """What a machine is like once its activation has ended. The rows that name its edition, or else those that name none, say so."""

    kind: ExpiryKind
    text: str
    editions: Tuple[str, ...]  # none: all that no other row names
    builds: Tuple[int, ...]  # only for these; none: for all
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class ActivationId:
    """Which editions ask a host with this activation id."""

    id: str  # as Event.activation_id
    editions: Tuple[str, ...]  # of one application and kind
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Place


@dataclass(frozen=True)
class Tables:
    """All records of a ruleset, in the order of declaration."""

    applications: Tuple[Application, ...]
    releases: Tuple[Release, ...]
    editions: Tuple[Edition, ...]
    key_groups: Tuple[KeyGroup, ...]
    updates: Tuple[Update, ...]
    sources: Tuple[Source, ...]
    files: Tuple[TableFile, ...]
    errors: Tuple[ErrorCode, ...]
    predictions: Tuple[Prediction, ...]
    intervals: Tuple[Interval, ...]
    transitions: Tuple[Transition, ...]
    cache: Optional[Cache]
    discovery_rules: Tuple[DiscoveryRule, ...]
    srv_name: Optional[SrvName]
    virtual_machines: Tuple[VirtualMachines, ...]
    expiries: Tuple[Expiry, ...]
    activation_ids: Tuple[ActivationId, ...]

    def __repr__(self) -> str:
        return "<kmsrules.Tables: " + ", ".join(f"{len(records)} {name}" for name, records in vars(self).items() if isinstance(records, tuple)) + ">"


Record = Union[Edition, Release, KeyGroup, Update]


Product = Union[Edition, Release]


class EvidenceKind(Enum):
    """What tells products apart besides a name."""

    BUILD = "build"
    SKU = "sku"
    EDITION_ID = "edition-id"
    PRODUCT_TYPE = "product-type"


@dataclass(frozen=True)
class Evidence:
    """What is known of a product as installed; None: not given."""

    text: Optional[str] = None  # a name of any form
    edition_id: Optional[str] = None  # "ServerStandard", as in the registry
    build: Optional[int] = None  # 17763
    sku: Optional[int] = None  # 48, as OperatingSystemSKU
    product_type: Optional[Kind] = None


@dataclass(frozen=True)
class Identity:
    """What a text, or all the evidence together, names."""

    record: Record
    how: str  # "id", "name", "spelling", "word", "left-out", "edition-id", "pattern"; without a text "sku", "build" or "product-type"
    at: Optional[Place]  # the row that gives this name; None where the builds, SKUs or EditionIDs of editions decided
    note: Optional[str]  # of that row
    narrowed: Tuple[EvidenceKind, ...]  # the evidence that ruled out some of what the name may stand for
    unknown: Tuple[EvidenceKind, ...]  # evidence that no edition of the tables has, such as a newer build: left out of account
    text: str  # how it was recognised, one clause
