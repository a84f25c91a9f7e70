"""Files that are read as far as what is in them is asked for: bytes in, items out; no more is kept than the item being read."""
from __future__ import annotations

import os
from itertools import repeat
from typing import Any, BinaryIO, Callable, Generator, Iterable, Iterator, NamedTuple, Optional, Type, TypeVar, Union

from . import _kmsrules as c
from .errors import InventoryError

_PORTION = 1 << 18  # bytes of a file read at once

Path = Union[str, "os.PathLike[str]"]
Source = Union[Path, bytes, bytearray, memoryview, BinaryIO, Iterable[bytes]]
_Item = TypeVar("_Item")
_Itself = TypeVar("_Itself", bound="Reading[Any]")


class Reader(NamedTuple):
    """What the library has for one form of file. It does not copy what it is fed: a portion is kept until there is no item in it any more."""

    feed: Callable[[Any, bytes], Any]
    end: Callable[[Any], Any]
    next: Callable[[Any], Any]
    why: Callable[[Any], c.kmsrules_inventory_fault]
    error: Type[InventoryError]


def is_path(source: object) -> bool:
    return isinstance(source, (str, os.PathLike))


def _bytes_of(argument: str, value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)  # its owner may change it meanwhile
    raise TypeError(f"{argument} must give bytes, not {type(value).__name__}")


def _portions_of_file(file: Any) -> Iterator[bytes]:
    while True:
        portion = _bytes_of("source", file.read(_PORTION))
        if not portion:
            return
        yield portion


def _portions_of(source: object) -> Iterator[bytes]:
    if hasattr(source, "read"):
        return _portions_of_file(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return iter((bytes(source),))
    if isinstance(source, Iterable):
        return map(_bytes_of, repeat("source"), source)
    raise TypeError(f"source must be a path, a binary file, bytes or an iterable of bytes, not {type(source).__name__}")


def _items(reader: Reader, handle: Any, portions: Iterator[bytes], copy: Callable[[Any], _Item], name: Optional[str],
           opened: Optional[BinaryIO]) -> Generator[_Item, None, None]:
    def ready() -> Iterator[_Item]:
        item = reader.next(handle)
        while item is not None:
            yield copy(item)
            item = reader.next(handle)

    try:
        for portion in portions:
            reader.feed(handle, portion)
            yield from ready()
        reader.end(handle)
        yield from ready()
    except c.StatusError:
        fault = reader.why(handle)
        raise reader.error(name, fault.line, fault.column, fault.text) from None
    finally:
        if opened is not None:
            opened.close()


class Reading(Iterator[_Item]):
    """A file that it opened is closed at the end, after an error, when this object is dropped, by close(), or by a with-statement. One thread at a time."""

    _iterator: Optional[Generator[_Item, None, None]] = None
    _opened: Optional[BinaryIO] = None

    def __init__(self, source: Source) -> None:
        self.file: Optional[str] = None
        if isinstance(source, (str, os.PathLike)):
            if isinstance(source, str) and "\0" in source:
                raise ValueError("source must not hold a NUL character")
            self.file = os.fsdecode(source)
            self._opened = open(source, "rb", buffering=0)
        elif isinstance(getattr(source, "name", None), str):
            self.file = getattr(source, "name")
        self._source = source

    def _begin(self, reader: Reader, handle: Any, copy: Callable[[Any], _Item]) -> None:
        portions = _portions_of(self._source if self._opened is None else self._opened)
        self._iterator = _items(reader, handle, portions, copy, self.file, self._opened)

    def close(self) -> None:
        if self._iterator is not None:
            self._iterator.close()
        if self._opened is not None:
            self._opened.close()

    def __next__(self) -> _Item:
        assert self._iterator is not None
        return next(self._iterator)

    def __enter__(self: _Itself) -> _Itself:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._opened is not None:
            self._opened.close()
