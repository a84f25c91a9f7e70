"""The client machine ids that one KMS host remembers: whom it activates, what it shows."""
from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Tuple, Union
from uuid import UUID

from . import _kmsrules as c
from .arguments import MOST, SILENT_TABLES, Time, ask, seconds_of, truth
from .errors import LedgerError, QuestionError
from .names import text_of
from .reading import Source, content_of
from .records import Kind, NoTruth

if TYPE_CHECKING:
    from .ruleset import Ruleset

_KINDS = {kind: index for index, kind in enumerate(Kind)}


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
        time         a datetime with a time zone; seconds since 1970; a date or text such as "2024-05-06T07:08:09Z" or "2024-05-06", which is its first second
        application  its id, as in Ruleset.tables.applications
        virtual      the client runs in a virtual machine, which old hosts do not count
        accepted     False: the host's key does not cover it, so that it does not count
        """
        request = (_cmid_of(cmid).bytes, self._rules.application_index(application), kind_index(kind), self._seconds(time), truth("virtual", virtual),
                   truth("accepted", accepted))
        refused = ValueError(f"kind: the tables have no threshold of {kind.value} machines for {application}")
        return Reply(*ask(c.kmsrules_ledger_record, self._handle, request, refused=refused))

    def count(self, time: Time, application: str = "windows") -> int:
        """What the host shows at a time; one before its latest request is taken for that."""
        return c.kmsrules_ledger_count(self._handle, self._rules.application_index(application), self._seconds(time))

    def capacity(self, application: str = "windows") -> int:
        """How many clients it may remember by now."""
        return c.kmsrules_ledger_capacity(self._handle, self._rules.application_index(application))

    def dumps(self) -> str:
        """The whole ledger as text, for Ruleset.ledger(saved=…)."""
        return c.kmsrules_ledger_save(self._handle)

    def __reduce__(self) -> Tuple[Any, ...]:
        return _loaded, (self._rules, self.dumps())

    def _seconds(self, time: Time) -> int:
        return seconds_of("time", time)

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


def _cmid_of(cmid: object) -> UUID:
    if isinstance(cmid, UUID):
        return cmid
    text = text_of("cmid", cmid)
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("cmid is malformed: it has 32 hexadecimal digits") from None


def _loaded(rules: Ruleset, saved: str) -> Ledger:
    return rules.ledger(saved=saved)


def ledger_of(rules: Ruleset, handle: c.kmsrules_ruleset, host: int, saved: Union[str, Source, None]) -> Ledger:
    data = b"" if saved is None else text_of("saved", saved).encode() if isinstance(saved, str) else content_of("saved", saved, MOST)
    try:
        return Ledger(rules, c.kmsrules_ledger_new(handle, host) if saved is None else c.kmsrules_ledger_load(handle, data))
    except c.StatusError:
        fault = c.ledger_fault(handle, data)
        raise LedgerError(*(fault or (0, 0, "it cannot be read"))) from None
    except ValueError:
        raise QuestionError(SILENT_TABLES) from None
