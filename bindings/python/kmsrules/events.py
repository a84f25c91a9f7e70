"""Exports of activation events: bytes in, events out, one after another; no more is kept than the event being read."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, Dict, Optional

from . import _kmsrules as c
from .arguments import ask
from .errors import EventsError, in_python
from .reading import Reader, Reading, Source, encoding_of, unknown_encoding
from .slmgr import LicenseStatus

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NO_TIME = -(1 << 63)


class DateOrder(Enum):
    """Which of the first two numbers of "1/2/2006" is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class Event:
    """What an activation event says; None: not given. Of one that cannot be read only its place is sure, and its id where that was read."""

    id: Optional[int]  # 12288: request sent, 12289: response received, 12290: request processed by the host
    line: int  # where it starts, from 1
    column: int  # in bytes of UTF-8, from 1; 0: the whole row
    result: Optional[int]  # HRESULT; 0: success
    client: Optional[str]  # 12290: without a trailing dot and a port; 12288: host:port that was asked
    client_as_written: Optional[str]
    cmid: Optional[str]  # client machine id
    activation_id: Optional[str]
    client_time: Optional[datetime]  # by the clock of the client
    logged_at: Optional[datetime]  # by the clock of the machine that logged it
    computer: Optional[str]  # that logged it
    record_id: Optional[int]
    minimum: Optional[int]  # the count that the client needs
    count: Optional[int]  # 12289: of the host
    activation_interval: Optional[timedelta]  # 12289
    renewal_interval: Optional[timedelta]  # 12289
    time_left: Optional[timedelta]  # to the end of the activation or grace
    is_virtual: Optional[bool]
    is_activated: Optional[bool]  # 12289
    license_status: Optional[LicenseStatus]  # in JSON its number
    problem: Optional[str]  # of one that cannot be read: why
    file: Optional[str] = None


@dataclass(frozen=True)
class EventsFormat:
    """What an export was found to be."""

    format: str  # "XML", "CSV", "text"
    encoding: str  # "UTF-8", "UTF-16LE" …
    separator: Optional[str]  # of CSV
    columns: Optional[str]  # the columns taken, for people
    other_lines: int  # of text, so far: lines that hold no event
    first_other_line: Optional[int]  # the number of the first of them
    foreign: int  # so far: events with the number of an activation event, which another provider logged: left out
    unzoned_times: int  # so far: times in a column left out, because neither they nor `time_zone` say in which time zone they are


def _time(seconds: int) -> Optional[datetime]:
    if seconds == _NO_TIME:
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _number(number: int) -> Optional[int]:
    return None if number < 0 else number


def _minutes(number: int) -> Optional[timedelta]:
    try:
        return None if number < 0 else timedelta(minutes=number)
    except OverflowError:
        return None


def _truth(number: int) -> Optional[bool]:
    return None if number < 0 else bool(number)


def _event(event: c.kmsrules_event, file: Optional[str]) -> Event:
    problem = in_python(event.problem) if event.status != c.KMSRULES_OK else None
    return Event(event.id or None, event.line, event.column, event.result if problem is None else None, event.client, event.client_as_written,
                 event.cmid if event.has_cmid else None, event.activation_id if event.has_activation_id else None, _time(event.client_time),
                 _time(event.logged_at), event.computer, _number(event.record_id), _number(event.minimum), _number(event.count),
                 _minutes(event.activation_minutes), _minutes(event.renewal_minutes), _minutes(event.minutes_left), _truth(event.is_virtual),
                 _truth(event.is_activated), None if event.license_status < 0 else LicenseStatus(c.kmsrules_license_status_text(event.license_status)), problem, file)


def _new_reader(ruleset: c.kmsrules_ruleset, encoding: Optional[str], date_order: Optional[DateOrder], time_zone: Optional[timezone]) -> c.kmsrules_events:
    order, minutes = 0, None
    if date_order is not None:
        if not isinstance(date_order, DateOrder):
            raise TypeError(f"date_order must be DateOrder, not {type(date_order).__name__}")
        order = 1 if date_order is DateOrder.DAY_FIRST else 2
    if time_zone is not None:
        if not isinstance(time_zone, timezone):
            raise TypeError(f"time_zone must be datetime.timezone, not {type(time_zone).__name__}")
        minutes, rest = divmod(time_zone.utcoffset(None), timedelta(minutes=1))
        if rest or abs(minutes) > 14 * 60:
            raise ValueError("time_zone must be whole minutes, at most 14 hours")
    return ask(c.kmsrules_events_new, ruleset, (encoding_of(encoding), order, minutes), refused=unknown_encoding(encoding))


_READER = Reader(c.kmsrules_events_feed, c.kmsrules_events_end, c.kmsrules_events_next, c.kmsrules_events_why, EventsError)


class Events(Reading[Event]):
    """The activation events of one export, which is read as far as they are asked for. An EventsError comes after all events before it.

    A file that it opened is closed at the end, after an error, when this object is dropped, by close(), or by a with-statement. One thread at a time.
    """

    def __init__(self, ruleset: c.kmsrules_ruleset, source: Source, *options: Any) -> None:
        """`options`: encoding, date_order, time_zone."""
        self._reader = _new_reader(ruleset, *options)
        super().__init__(source)
        file = self.file  # not self, which would keep the file open after it is dropped
        self._begin(_READER, self._reader, lambda event: _event(event, file))

    @property
    def format(self) -> Optional[EventsFormat]:
        """What the export was found to be: known from the first event on; None where nothing was read yet."""
        what = c.kmsrules_events_what(self._reader)
        return None if what.format is None else EventsFormat(what.format, what.encoding, what.separator, what.columns or None, what.other_lines,
                                                            what.first_other_line or None, what.foreign, what.unzoned_times)

    @property
    def seen(self) -> Dict[int, int]:
        """How many events of each id were read so far, also of other logs."""
        return dict(c.kmsrules_events_seen(self._reader))
