"""The client machine ids that one KMS host remembers: whom it activates, what it shows."""
from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Optional, Union
from uuid import UUID

from . import _kmsrules as c
from .errors import LedgerError
from .names import text_of
from .records import Kind, NoTruth

if TYPE_CHECKING:
    from .ruleset import Ruleset

Time = Union[int, datetime]
_KINDS = {kind: index for index, kind in enumerate(Kind)}


def seconds_of(argument: str, time: Time) -> int:
    """Seconds since 1970 in UTC, of a number of them or a datetime with its zone."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ValueError(f"{argument} must have a time zone")
        return int((time - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() // 1)
    if not isinstance(time, int):
        raise TypeError(f"{argument} must be datetime or int, not {type(time).__name__}")
    return time


def kind_index(kind: Kind) -> int:
    if not isinstance(kind, Kind):
        raise TypeError(f"kind must be Kind, not {type(kind).__name__}")
    return _KINDS[kind]


@dataclass(frozen=True)
class Reply(NoTruth):
    """What a host answers, after it has recorded the request."""

    count: int  # of those that count for this kind
    minimum: int  # the threshold of this kind
    activated: bool  # accepted, and the count has reached the minimum
    counted: bool  # the host now remembers the client
    late: bool  # earlier than a request recorded before
    dropped: bool  # the cache was full: the client that asked longest ago was dropped


class Ledger:
    """One host's memory, made by Ruleset.ledger(). It has no clock: times are given, and need not be in order. One thread at a time."""

    def __init__(self, rules: Ruleset, handle: c.kmsrules_ledger) -> None:
        self._rules, self._handle = rules, handle

    def record(self, cmid: Union[str, UUID], kind: Kind, time: Time, *, application: str = "windows", virtual: bool = False, accepted: bool = True) -> Reply:
        """Records a request, then answers it.

        kind         whose threshold the client asks for
        time         a datetime with a time zone, or seconds since 1970
        application  its id, as in Ruleset.tables.applications
        virtual      the client runs in a virtual machine, which old hosts do not count
        accepted     False: the host's key does not cover it, so that it does not count
        """
        id = cmid if isinstance(cmid, UUID) else UUID(text_of("cmid", cmid))
        request = (id.bytes, self._rules.application_index(application), kind_index(kind), seconds_of("time", time), bool(virtual), bool(accepted))
        return Reply(*c.kmsrules_ledger_record(self._handle, request))

    def count(self, time: Time, application: str = "windows") -> int:
        """What the host shows at a time; one before its latest request is taken for that."""
        return c.kmsrules_ledger_count(self._handle, self._rules.application_index(application), seconds_of("time", time))

    def capacity(self, application: str = "windows") -> int:
        """How many clients it may remember by now."""
        return c.kmsrules_ledger_capacity(self._handle, self._rules.application_index(application))

    def dumps(self) -> str:
        """The whole ledger as text, for Ruleset.ledger(saved=…)."""
        return c.kmsrules_ledger_save(self._handle)

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """The same in a file, which is replaced as a whole or not at all."""
        folder, name = os.path.split(os.path.abspath(path))
        descriptor, beside = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(self.dumps())
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            os.unlink(beside)
            raise


def ledger_of(rules: Ruleset, handle: c.kmsrules_ruleset, host: int, saved: Optional[str]) -> Ledger:
    if saved is None:
        return Ledger(rules, c.kmsrules_ledger_new(handle, host))
    data = text_of("saved", saved).encode()
    try:
        return Ledger(rules, c.kmsrules_ledger_load(handle, data))
    except c.StatusError:
        fault = c.ledger_fault(handle, data)
        raise LedgerError(*(fault or (0, 0, "it cannot be read"))) from None


