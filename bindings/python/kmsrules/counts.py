"""What events of KMS hosts tell: counts, duplicates, forecasts; and the course of one machine. Immutable trees, read from the library's own JSON documents."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, Iterable, Mapping, Optional, Sized, Tuple
from uuid import UUID

from . import _kmsrules as c
from .arguments import MOST, SILENT_TABLES, ask, whole
from .documents import Document, Tree, each
from .errors import QuestionError, shown
from .events import Event
from .names import text_of
from .reading import is_path, refuse_cut
from .records import Kind, NoTruth, Verdict
from .tables import KINDS

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NO_TIME = -(1 << 63)


@dataclass(frozen=True, repr=False)
class _Report(Document):
    as_of: datetime
    json: str  # the whole document, as its schema says
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<kmsrules.{type(self).__name__} as of {self.as_of:%Y-%m-%dT%H:%M:%SZ}>"


# ---- Counts


@dataclass(frozen=True)
class CountThreshold(NoTruth):
    kind: Kind
    minimum: int
    count: int  # of those that count for it, as the host shows it
    sure: int  # the same without what is assumed
    met: bool
    asked: bool  # some machine of this kind has asked


@dataclass(frozen=True)
class CountedPool(NoTruth):
    """One application of one host."""

    host: Optional[str]  # that logged, in lower case
    application: str  # or "office": a generation that was not said
    count: int  # CMIDs that asked within the retention
    shown: int  # what the host shows
    cap: int  # what its cache holds
    kinds: Dict[Kind, int] = field(hash=False)  # of `count`
    assumed: int  # of kinds[Kind.SERVER]: by their minimum alone, which Office has too
    uncounted: int  # virtual machines that this host does not count
    past: int  # CMIDs that asked longer ago
    thresholds: Tuple[CountThreshold, ...]


@dataclass(frozen=True, repr=False)
class HostCounts(_Report):
    pools: Tuple[CountedPool, ...]
    results: Dict[int, int] = field(hash=False)  # requests by HRESULT, 0: accepted
    requests: int
    assumed: int  # with the minimum of servers, and no activation id that is known
    incomplete: int
    repeated: int
    later: int
    unreadable: int  # events that could not be read
    complete: bool  # False: some were not, or a limit was exceeded
    _handle: c.kmsrules_counts = field(compare=False)

    def nagios(self, warning: Optional[str] = None, critical: Optional[str] = None) -> Tuple[int, str]:
        """The state (0 to 3) and the line of a monitoring plugin. The ranges are of counts that are well: "30", "30:", "10:60", "@10:20"."""
        for argument, given in (("warning", warning), ("critical", critical)):
            try:
                if given is not None:
                    c.kmsrules_range_check(text_of(argument, given))
            except ValueError:
                raise ValueError(f"{argument} is no range such as 30, 30:, 10:60 or @10:20: {shown(given)}") from None
        return c.kmsrules_counts_nagios(self._handle, warning, critical)

    def __reduce__(self) -> Any:
        raise TypeError("HostCounts cannot be pickled; keep its json")


# ---- Duplicates


@dataclass(frozen=True)
class DuplicateUse(NoTruth):
    name: str
    cmid: UUID
    last: datetime
    counted: bool


@dataclass(frozen=True)
class Duplicate(NoTruth):
    clone: bool  # one CMID under several names; else one name with several CMIDs
    host: Optional[str]
    application: str
    uses: Tuple[DuplicateUse, ...]  # the latest first


@dataclass(frozen=True)
class DuplicatePool(NoTruth):
    host: Optional[str]
    application: str
    count: int
    without: int  # with one CMID for each name


@dataclass(frozen=True, repr=False)
class Duplicates(_Report):
    pools: Tuple[DuplicatePool, ...]
    items: Tuple[Duplicate, ...]
    unreadable: int
    complete: bool


# ---- Forecast


@dataclass(frozen=True)
class ForecastStep(NoTruth):
    time: datetime  # of the last machine that falls out on this day
    count: int  # after it
    lost: Tuple[Kind, ...]  # thresholds not met from now on
    silent: Tuple[str, ...]  # names, or CMIDs of those without
    replaced: Tuple[str, ...]  # those of them whose name asks with another CMID since


@dataclass(frozen=True)
class Lapse(NoTruth):
    name: Optional[str]
    cmid: UUID
    kind: Kind
    time: datetime
    silent: bool  # it stays away itself; else the count is too low to renew it
    last: datetime
    names: int  # under which it asked: several are clones, or it was renamed
    replaced: bool  # its name asks with another CMID since


@dataclass(frozen=True)
class ForecastPool(NoTruth):
    host: Optional[str]
    application: str
    count: int
    cap: int
    assumed: int  # of `count`: servers by their minimum alone, which Office has too
    silent: int
    steps: Tuple[ForecastStep, ...]
    lapses: Tuple[Lapse, ...]
    lapsed: int
    avoid_machines: int  # as many silent machines must ask again; 0: none is needed
    avoid_before: Optional[str]  # a date; None: nothing is lost, or it is lost already


@dataclass(frozen=True, repr=False)
class Forecast(_Report):
    """What becomes of the counts if silent machines stay away and all others go on renewing."""

    silent_after: timedelta
    until: Optional[datetime]  # nothing later is told; None: no horizon was given
    refused: int  # requests that the host refused: a machine that asks in vain is silent here
    pools: Tuple[ForecastPool, ...]
    unreadable: int
    complete: bool
    svg: str = field(compare=False)  # the counts over time, drawn


# ---- Timeline


@dataclass(frozen=True)
class Moment(NoTruth):
    what: str  # "success", "renewal", "retry", "forgotten", "warning", "end", "expired"
    time: datetime
    past: bool
    every: Optional[timedelta]  # it goes on so
    expiry: Optional[str]  # "notification", "reduced-functionality"
    text: Optional[str]
    builds: Tuple[int, ...]  # only for these; none: for all
    sources: Tuple[str, ...]
    note: Optional[str]
    at: Optional[str]


@dataclass(frozen=True, repr=False)
class Timeline(_Report):
    edition: str
    by_kms: Verdict  # whether KMS activates the edition; NO: there are no moments
    moments: Tuple[Moment, ...]
    left_out: Tuple[str, ...]  # Moment.what of those later than the year 9999


# ---- Gathering


def _seconds(event: Event) -> int:
    time = event.client_time if event.logged_at is None else event.logged_at
    return _NO_TIME if time is None else (time - _EPOCH) // timedelta(seconds=1)


def _id(text: Optional[str]) -> Optional[bytes]:
    return None if text is None else UUID(text).bytes


def _number(value: Optional[int]) -> int:
    return -1 if value is None else int(value)


def _fields_of(event: Event) -> c._Event:
    minutes = -1 if event.time_left is None else event.time_left // timedelta(minutes=1)
    status = -1 if event.license_status is None else event.license_status.number
    return (event.id or 0, event.computer, _number(event.record_id), _seconds(event), event.client, _id(event.cmid), _id(event.activation_id), _number(event.minimum),
            event.result or 0, _number(event.is_virtual), minutes, status, event.problem is None)


def _add(census: c.kmsrules_census, event: Event) -> None:
    if not isinstance(event, Event):
        raise TypeError(f"events must be Event, not {type(event).__name__}")
    try:
        c.kmsrules_census_add(census, _fields_of(event))
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"events: the one of line {event.line} is not as read_events() gives it: {error}") from None


def census_of(ruleset: c.kmsrules_ruleset, host: int, as_of: int, events: Iterable[Event]) -> c.kmsrules_census:
    if is_path(events) or isinstance(events, bytes) or not isinstance(events, Iterable):
        raise TypeError(f"events must be an iterable of Event, such as read_events() gives, not {type(events).__name__}")
    refuse_cut("events", events)
    census = ask(c.kmsrules_census_new, ruleset, host, as_of, refused=QuestionError(SILENT_TABLES))
    for event in events:
        _add(census, event)
    return census


def numbers_of(events: Optional[Iterable[Event]], numbers: Mapping[str, Optional[int]]) -> Dict[str, int]:
    """The numbers that were given: without events, and not too many."""
    given = {argument: whole(argument, machines) for argument, machines in numbers.items() if machines is not None}
    has_events = events is not None and not (isinstance(events, Sized) and len(events) == 0)
    if given and has_events:
        raise QuestionError(f"events and {', '.join(given)} contradict each other; give one or the other")
    if not given and events is None:
        raise QuestionError("events, clients, servers or office is missing")
    if sum(given.values()) > MOST:
        raise OverflowError(f"{' and '.join(given)} must be at most {MOST} together")
    return given


def assume(census: c.kmsrules_census, numbers: Mapping[str, int]) -> None:
    for kind, argument in enumerate(("clients", "servers", "office")):
        if argument in numbers:
            refused = QuestionError(f"{argument}: the tables have no threshold of {KINDS[kind].value} machines")
            ask(c.kmsrules_census_assume, census, kind, numbers[argument], refused=refused)


# ---- From JSON


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def _threshold(item: Tree) -> CountThreshold:
    return CountThreshold(Kind(item["kind"]), item["minimum"], item["count"], item["sure"], item["met"], item["asked"])


def _pool(item: Tree) -> CountedPool:
    return CountedPool(item["host"], item["application"], item["count"], item["shown"], item["cap"], {Kind(kind): count for kind, count in item["kinds"].items()},
                       item["assumed"], item["uncounted"], item["past"], each(_threshold, item["thresholds"]))


def counts_of(census: c.kmsrules_census) -> HostCounts:
    handle = c.kmsrules_census_counts(census)
    document = c.kmsrules_counts_json(handle)
    item = json.loads(document)
    requests = item["requests"]
    return HostCounts(_time(item["as_of"]), document, c.kmsrules_counts_print(handle, False), c.kmsrules_counts_print(handle, True), each(_pool, item["pools"]),
                      {int(result["result"], 16): result["requests"] for result in requests["results"]}, requests["total"], requests["assumed"], requests["incomplete"],
                      requests["repeated"], requests["later"], item["unreadable"], item["complete"], handle)


def _use(item: Tree) -> DuplicateUse:
    return DuplicateUse(item["name"], UUID(item["cmid"]), _time(item["last"]), item["counted"])


def _duplicate(item: Tree) -> Duplicate:
    return Duplicate(item["what"] == "one-cmid", item["host"], item["application"], each(_use, item["uses"]))


def _duplicate_pool(item: Tree) -> DuplicatePool:
    return DuplicatePool(item["host"], item["application"], item["count"], item["without"])


def duplicates_of(census: c.kmsrules_census) -> Duplicates:
    handle = c.kmsrules_census_duplicates(census)
    document = c.kmsrules_duplicates_json(handle)
    item = json.loads(document)
    return Duplicates(_time(item["as_of"]), document, c.kmsrules_duplicates_print(handle, False), c.kmsrules_duplicates_print(handle, True),
                      each(_duplicate_pool, item["pools"]), each(_duplicate, item["duplicates"]), item["unreadable"], item["complete"])


def _step(item: Tree) -> ForecastStep:
    return ForecastStep(_time(item["time"]), item["count"], tuple(map(Kind, item["lost"])), tuple(item["silent"]), tuple(item["replaced"]))


def _lapse(item: Tree) -> Lapse:
    return Lapse(item["name"], UUID(item["cmid"]), Kind(item["kind"]), _time(item["time"]), item["silent"], _time(item["last"]), item["names"], item["replaced"])


def _forecast_pool(item: Tree) -> ForecastPool:
    avoid = item["avoid"] or {"machines": 0, "before": None}
    return ForecastPool(item["host"], item["application"], item["count"], item["cap"], item["assumed"], item["silent"], each(_step, item["steps"]), each(_lapse, item["lapses"]), item["lapsed"],
                        avoid["machines"], avoid["before"])


def forecast_of(census: c.kmsrules_census, silent_after: int, horizon: int) -> Forecast:
    handle = c.kmsrules_census_forecast(census, silent_after, horizon)
    document = c.kmsrules_forecast_json(handle)
    item = json.loads(document)
    return Forecast(_time(item["as_of"]), document, c.kmsrules_forecast_print(handle, False), c.kmsrules_forecast_print(handle, True), timedelta(seconds=item["silent_after"]),
                    None if item["until"] is None else _time(item["until"]), item["refused"],
                    each(_forecast_pool, item["pools"]), item["unreadable"], item["complete"], c.kmsrules_forecast_draw(handle))


def _moment(item: Tree) -> Moment:
    every = None if item["every"] is None else timedelta(seconds=item["every"])
    return Moment(item["what"], _time(item["time"]), item["past"], every, item["expiry"], item["text"], tuple(item["builds"]), tuple(item["sources"]), item["note"], item["at"])


def timeline_of(handle: c.kmsrules_timeline) -> Timeline:
    document = c.kmsrules_timeline_json(handle)
    item = json.loads(document)
    return Timeline(_time(item["as_of"]), document, c.kmsrules_timeline_print(handle, False), c.kmsrules_timeline_print(handle, True), item["edition"],
                    Verdict(item["by_kms"]["verdict"]), each(_moment, item["moments"]), tuple(item["left_out"]))
