"""Numbers, times and other arguments that are no names, on their way into the library: what is wrong is said with the argument's own name. Private."""
from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple, TypeVar, Union

from . import _kmsrules as c
from .errors import QuestionError
from .names import ProductName, malformed, text_of

Time = Union[int, str, date]
_T = TypeVar("_T")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST_TIME = 253402300799  # 9999-12-31T23:59:59Z
_A_DATE = " is no date such as 2026-11-21"
_A_TIME = " is no date such as 2026-11-21 or 2026-11-21T12:00:00Z"
MOST = 2**63 - 1
SILENT_TABLES = "the tables say nothing of the cache of a host, of cmid-retention or of thresholds; include rules/policy.xml"


# ---- Numbers


def truth(argument: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{argument} must be bool, not {type(value).__name__}")
    return value


def whole(argument: str, value: object, least: int = 0, most: int = MOST) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{argument} must be int, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"{argument} must be at least {least}")
    if value > most:
        raise OverflowError(f"{argument} must be at most {most}")
    return value


def probability(argument: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{argument} must be float, not {type(value).__name__}")
    if not 0 <= value <= 1:  # so is no NaN
        raise ValueError(f"{argument} must be a probability, from 0 to 1")
    return float(value)


def machines_of(fleet: Union[str, Mapping[Optional[ProductName], int]]) -> Iterator[Tuple[Optional[ProductName], int]]:
    """The products of a fleet and their numbers, from a mapping or from "210×Windows 11 Pro, …"."""
    if isinstance(fleet, Mapping):
        for product, machines in fleet.items():
            yield product, whole("fleet: machines", machines)
        return
    if not isinstance(fleet, str):
        raise TypeError(f"fleet must be a mapping or str, not {type(fleet).__name__}")
    text, offset = text_of("fleet", fleet), 0
    while True:
        try:
            offset, machines, name = c.kmsrules_next_machines(text, offset)
        except ValueError:
            raise ValueError("fleet is not of the form 210×Windows 11 Pro, 14×Windows Server 2022 Standard") from None
        if name is None:
            return
        yield name, machines


# ---- Times


def duration(argument: str, time: object) -> int:
    """Whole seconds."""
    if not isinstance(time, timedelta):
        raise TypeError(f"{argument} must be timedelta, not {type(time).__name__}")
    if time < timedelta(0):
        raise ValueError(f"{argument} must not be negative")
    return time // timedelta(seconds=1)


def _in_range(argument: str, seconds: int) -> int:
    if not 0 <= seconds <= _LAST_TIME:
        raise ValueError(f"{argument} must be of the years 1970 to 9999")
    return seconds


def _seconds(argument: str, time: datetime) -> int:
    if time.tzinfo is None:
        raise ValueError(f"{argument} must have a time zone")
    return (time - _EPOCH) // timedelta(seconds=1)


def _read(argument: str, text: str, is_end: bool) -> int:
    try:
        return c.kmsrules_time_read(text_of(argument, text), is_end)
    except ValueError:
        raise malformed(argument, text, _A_TIME) from None


def seconds_of(argument: str, time: object) -> int:
    """Seconds since 1970 in UTC; of a date without a time its start."""
    if isinstance(time, datetime):
        return _in_range(argument, _seconds(argument, time))
    if isinstance(time, (str, date)):
        return _read(argument, time.isoformat() if isinstance(time, date) else text_of(argument, time), False)
    if isinstance(time, bool) or not isinstance(time, int):
        raise TypeError(f"{argument} must be datetime, date, str or int, not {type(time).__name__}")
    return _in_range(argument, time)


def end_of(as_of: object) -> int:
    """Likewise; of a date without a time its end."""
    if isinstance(as_of, datetime):
        return _in_range("as_of", _seconds("as_of", as_of))
    return _read("as_of", date_text(as_of), True)


def date_text(as_of: object) -> str:
    if isinstance(as_of, datetime):
        return (_EPOCH + timedelta(seconds=end_of(as_of))).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(as_of, date):
        return as_of.isoformat()
    if not isinstance(as_of, str):
        raise TypeError(f"as_of must be str, date or datetime, not {type(as_of).__name__}")
    return text_of("as_of", as_of)


# ---- What the library refuses

Called = Mapping[str, str]  # argument of explain() → what the caller's is called
OWN: Called = {}
_ABOUT: Dict[int, str] = {c.KMSRULES_TWO_KEYS: "key", c.KMSRULES_WRONG_LINE: "host_build", c.KMSRULES_BELOW_UPDATE: "host_build"}


def ask(function: Callable[..., _T], *values: Any, called: Called = OWN, nothing: str = "editions must name one at least",
        refused: Optional[Exception] = None) -> _T:
    """`nothing`: what is said where nothing is asked; `refused`: where an argument is not valid."""
    try:
        return function(*values)
    except c.StatusError as error:
        status, text = error.args
    except ValueError:
        if refused is None:
            raise
        raise refused from None
    if status == c.KMSRULES_NOTHING_ASKED:
        raise QuestionError(nothing)
    about = _ABOUT.get(status)
    raise QuestionError(text if about is None else f"{called.get(about, about)}: {text}")


def put(argument: str, function: Callable[[c.kmsrules_question, str], None], question: c.kmsrules_question, text: str) -> None:
    """Sets a build or a date."""
    why = _A_DATE if argument == "as_of" else " is no build such as 10.0.17763.5329"
    ask(function, question, text, refused=malformed(argument, text, why))
