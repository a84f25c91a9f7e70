"""What all documents share: trees read from the library's own JSON."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Tuple, TypeVar

from .records import NoTruth

Tree = Dict[str, Any]
_T = TypeVar("_T")


class Document(NoTruth):
    """An answer of the library as a tree, with every form that the command line prints of it: each whole text is an attribute, `json` of all of them, `markdown` and
    `powershell` of a Runbook, `svg` of a Forecast. What people read on a terminal is text(), as it is to be had in color or without."""

    json: str
    _plain: str
    _colored: str

    def text(self, color: bool = False) -> str:
        """For people to read; its form may change. `color`: with the escapes of a terminal."""
        return self._colored if color else self._plain

    def __str__(self) -> str:
        return self._plain


def each(read: Callable[[Tree], _T], items: Iterable[Tree]) -> Tuple[_T, ...]:
    return tuple([read(item) for item in items])
