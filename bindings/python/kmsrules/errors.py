"""What can go wrong. Besides these: ValueError for a malformed argument, TypeError for one of the wrong type, OverflowError for a number that is
too large, MemoryError when there is no memory. All of them can be pickled."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


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
    """Nothing of the wanted kind has this name. `suggestions` are the nearest full names, best first."""

    def __init__(self, name: str, suggestions: Tuple[str, ...]) -> None:
        super().__init__(name, suggestions)
        self.name, self.suggestions = name, suggestions

    def __str__(self) -> str:
        nearest = "; did you mean " + " or ".join(f'"{name}"' for name in self.suggestions) + "?" if self.suggestions else ""
        return f"unknown name {self.name!r}{nearest}"


class AmbiguousNameError(KmsrulesError):
    """The name stands for several things. `candidates` are their full names."""

    def __init__(self, name: str, candidates: Tuple[str, ...]) -> None:
        super().__init__(name, candidates)
        self.name, self.candidates = name, candidates

    def __str__(self) -> str:
        return f"ambiguous name {self.name!r}: " + " or ".join(f'"{name}"' for name in self.candidates)


class QuestionError(KmsrulesError, ValueError):
    """The facts of a question contradict each other, or it lacks its host or its editions."""
