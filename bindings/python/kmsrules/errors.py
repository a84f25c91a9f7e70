"""What can go wrong. Besides these: ValueError for a malformed argument, TypeError for one of the wrong type, OverflowError for a number that is
too large, MemoryError when there is no memory. All of them can be pickled."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Tuple

from .records import EvidenceKind, Place, Record

_SHOWN = 6  # candidates in a message
_SHOWN_CHARACTERS = 256  # of a text that is quoted


_KEY = re.compile("[0-9A-Za-z]{5}(?:[-_\u2010-\u2015\u2212][0-9A-Za-z]{5}){4}")


def shown(value: object) -> str:
    """A value quoted, no longer than helps, and none that has the shape of a product key."""
    text = repr(value)
    if _KEY.search(text):
        return "(text that looks like a product key)"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}… ({len(text)} characters)"


# What the library's messages advise, in the words of the command line and of Python.
_ADVICE = (
    ("name it with --columns os=COLUMN,…", 'name it with columns={"os": COLUMN}'), ("or say --plain where", "or say plain=True where"),
    ("say --date-order dmy or mdy", "say date_order=DateOrder.DAY_FIRST or DateOrder.MONTH_FIRST"), ("say --separator", "say separator"),
    ("say --encoding ", "say encoding "), ("but --encoding ", "but encoding "))


def in_python(text: str) -> str:
    """A message of the library, naming arguments instead of options."""
    for option, argument in _ADVICE:
        text = text.replace(option, argument)
    return text


@dataclass(frozen=True)
class Problem:
    """Something found in a table: an error refuses the ruleset, a warning does not."""

    code: str  # "KR911"
    name: str  # "unknown-id"
    text: str  # what is wrong and what to do about it
    file: str
    line: int  # from 1; 0: the file as a whole
    column: int  # in bytes, from 1
    is_error: bool

    def __str__(self) -> str:
        position = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{position}: {self.code} {self.name}: {self.text}"


class KmsrulesError(Exception):
    """The base of the errors that are kmsrules' own."""


class TableError(KmsrulesError):
    """The tables were refused. `errors` holds all the reasons; file, line, column, code, name and text are those of the first."""

    def __init__(self, errors: Tuple[Problem, ...]) -> None:
        super().__init__(errors)
        first = errors[0]
        self.errors = errors
        self.file, self.line, self.column = first.file, first.line, first.column
        self.code, self.name, self.text = first.code, first.name, first.text

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class UnreadableError(TableError):
    """A table cannot be opened or read."""


class NotTrustedError(TableError):
    """This process is privileged, and others can write a table."""


class UnknownNameError(KmsrulesError):
    """Nothing of the wanted kind has this name, or fits the evidence where `name` is None. `suggestions` are the nearest full names, best first."""

    def __init__(self, name: Optional[str], suggestions: Tuple[str, ...]) -> None:
        super().__init__(name, suggestions)
        self.name, self.suggestions = name, suggestions

    def __str__(self) -> str:
        if self.name is None:
            return "nothing in the tables fits what is given"
        nearest = "; did you mean " + " or ".join(f'"{name}"' for name in self.suggestions) + "?" if self.suggestions else ""
        return f"unknown name {shown(self.name)}{nearest}"


class AmbiguousNameError(KmsrulesError):
    """The name, or the evidence where `name` is None, stands for several things.

    candidates  their full names; the first ones where there are very many, which `count` says
    records     the same as records
    decides     evidence not given that tells some of them apart
    text        why they were not told apart and what would decide it, one clause
    at          the row that gives this name, or None
    """

    def __init__(self, name: Optional[str], candidates: Tuple[str, ...], records: Tuple[Record, ...] = (), decides: Tuple[EvidenceKind, ...] = (),
                 text: str = "several products fit", at: Optional[Place] = None, count: int = 0) -> None:
        super().__init__(name, candidates, records, decides, text, at, count)
        self.name, self.candidates, self.records = name, candidates, records
        self.decides, self.text, self.at, self.count = decides, text, at, max(count, len(candidates))

    def __str__(self) -> str:
        what = "ambiguous" if self.name is None else f"ambiguous name {shown(self.name)}"
        names = " or ".join([f'"{name}"' for name in self.candidates[:_SHOWN]])
        more = f" or {self.count - _SHOWN} more" if self.count > _SHOWN else ""
        return f"{what}: {names}{more}{': ' if names else ''}{self.text}"


class InventoryError(KmsrulesError):
    """An inventory cannot be read further; the machines before were read. `file`: its path, None: bytes that have none."""

    noun = "inventory"

    def __init__(self, file: Optional[str], line: int, column: int, text: str) -> None:
        super().__init__(file, line, column, text)
        self.file, self.text = file, text
        self.line = line  # 0: the file as a whole
        self.column = column  # in bytes of UTF-8, from 1; 0: the line as a whole

    def __str__(self) -> str:
        place = [str(part) for part in (self.file if self.file is not None else self.noun, self.line, self.column) if part]
        return ":".join(place) + ": " + self.text


class SlmgrError(KmsrulesError):
    """A text is no output of slmgr in English; `text` says why, with the line that was not understood unless it may hold part of a key. `file`: its path."""

    def __init__(self, line: int, column: int, text: str, file: Optional[str] = None) -> None:
        super().__init__(line, column, text, file)
        self.file, self.text = file, text
        self.line = line  # 0: the text as a whole
        self.column = column  # in bytes of UTF-8, from 1; 0: the line as a whole

    def __str__(self) -> str:
        place = [str(part) for part in (self.file or "slmgr output", self.line, self.column) if part]
        return ":".join(place) + ": " + self.text


class EventsError(InventoryError):
    """An export of events cannot be read further; the events before were read."""

    noun = "events"


class LedgerError(KmsrulesError):
    """A saved ledger cannot be read."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(line, column, text)
        self.line, self.column, self.text = line, column, text  # from 1, the column in bytes

    def __str__(self) -> str:
        return f"ledger:{self.line}:{self.column}: {self.text}"


class QuestionError(KmsrulesError, ValueError):
    """What is asked contradicts itself, or lacks what it is about: no editions, no machines, two keys of one application, events besides numbers."""
