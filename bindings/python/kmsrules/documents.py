"""What all trees read from the library's JSON documents share."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Tuple, TypeVar

from .records import NoTruth

Tree = Dict[str, Any]
_T = TypeVar("_T")


class Document(NoTruth):
    """An answer of the library: the tree, as `json` the document it was read from, and what people read."""

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
