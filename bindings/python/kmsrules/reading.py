"""What is read. One rule for all of it: a str or path-like object is the path of a file; bytes, a binary file and an iterable of bytes are the content.

Files of many items are read as far as these are asked for: bytes in, items out; no more is kept than the item being read."""
from __future__ import annotations

import os
from itertools import repeat
from typing import Any, BinaryIO, Callable, Generator, Iterable, Iterator, Mapping, NamedTuple, Optional, Type, TypeVar, Union

from . import _kmsrules as c
from .errors import InventoryError, in_python, shown
from .names import text_of

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


def _open(argument: str, source: object) -> Optional[BinaryIO]:
    """The file that a path names; None of what is no path."""
    if not isinstance(source, (str, os.PathLike)):
        return None
    if isinstance(source, str) and "\n" in source:
        raise ValueError(f"{argument} is a path where it is str; give content as bytes: text.encode()")
    if "\0" in os.fsdecode(source):
        raise ValueError(f"{argument} must not hold a NUL character")
    try:
        return open(source, "rb", buffering=0)
    except UnicodeEncodeError:
        raise ValueError(f"{argument} is a path that this system cannot write: {source!r}") from None


def file_of(source: object) -> Optional[str]:
    """What messages call it; None: it has no name."""
    if isinstance(source, (str, os.PathLike)):
        return os.fsdecode(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else None


def _portions_of_file(argument: str, file: Any) -> Iterator[bytes]:
    while True:
        portion = _bytes_of(argument, file.read(_PORTION))
        if not portion:
            return
        yield portion


def _portions_of(argument: str, source: object) -> Iterator[bytes]:
    if hasattr(source, "read"):
        return _portions_of_file(argument, source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return iter((bytes(source),))
    if isinstance(source, Iterable) and not isinstance(source, Mapping):
        return map(_bytes_of, repeat(argument), source)
    raise TypeError(f"{argument} must be a path, a binary file, bytes or an iterable of bytes, not {type(source).__name__}")


def content_of(argument: str, source: Source, most: int) -> bytes:
    """The whole of it, but of what is longer than `most` no more than a byte more."""
    opened, content = _open(argument, source), bytearray()
    try:
        for portion in _portions_of(argument, source if opened is None else opened):
            content += portion[:most + 1 - len(content)]
            if len(content) > most:
                break
    finally:
        if opened is not None:
            opened.close()
    return bytes(content)


def encoding_of(encoding: Optional[str]) -> Optional[str]:
    return None if encoding is None else text_of("encoding", encoding)


def unknown_encoding(encoding: object) -> ValueError:
    return ValueError(f"encoding is not known: {shown(encoding)}")


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
        raise reader.error(name, fault.line, fault.column, in_python(fault.text)) from None
    finally:
        if opened is not None:
            opened.close()


class Reading(Iterator[_Item]):
    """A file that it opened is closed at the end, after an error, when this object is dropped, by close(), or by a with-statement. One thread at a time."""

    _iterator: Optional[Generator[_Item, None, None]] = None
    _opened: Optional[BinaryIO] = None
    _is_cut = False

    def __init__(self, source: Source, argument: str = "source") -> None:
        self._opened = _open(argument, source)
        self.file: Optional[str] = file_of(source)
        self._source, self._argument = source, argument

    def _begin(self, reader: Reader, handle: Any, copy: Callable[[Any], _Item]) -> None:
        portions = _portions_of(self._argument, self._source if self._opened is None else self._opened)
        self._iterator = _items(reader, handle, portions, copy, self.file, self._opened)

    def close(self) -> None:
        """There is nothing more in it then; whoever asks for the whole of it, such as Ruleset.check(), refuses it."""
        if self._iterator is not None:
            self._is_cut = self._is_cut or self._iterator.gi_frame is not None
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


def refuse_cut(argument: str, items: object) -> None:
    """What was closed before its end would be taken for the whole."""
    if isinstance(items, Reading) and items._is_cut:
        raise ValueError(f"{argument} was closed before its end")
