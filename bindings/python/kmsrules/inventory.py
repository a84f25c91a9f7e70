"""Inventories: bytes in, machines out, one after another; no more is kept than the row being read."""
from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import Enum
from itertools import count, repeat
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union

from . import _kmsrules as c
from .arguments import ask, truth
from .errors import InventoryError, in_python
from .names import PRODUCT, EvidenceTuple, evidence_of, looks_like_key, text_of
from .reading import Reader, Reading, Source, encoding_of, is_path, unknown_encoding
from .records import Edition, Evidence, NoTruth, Product, Release
from .tables import KINDS, Products, identity_text

_REMEMBERED = 4096  # different operating systems
_PARTS = ("name", "os", "build", "sku", "edition_id", "product_type")

MachineLike = Union["Machine", str, Edition, Release, Tuple[Optional[str], Union[str, Edition, Release]], Mapping[str, Any]]


class MachineStatus(NoTruth, Enum):
    RECOGNISED = "recognised"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"  # the row: the file is read further


@dataclass(frozen=True)
class Machine:
    """What a row of an inventory says."""

    name: Optional[str]
    text: Optional[str]  # what says its operating system: the caption, else its EditionID, SKU or build
    line: int  # of the file, on which the row starts, from 1; the number of the machine where it comes from no file
    column: int  # in bytes of UTF-8, from 1; 0: the whole row
    status: MachineStatus
    record: Optional[Product]  # of RECOGNISED
    candidates: Tuple[Product, ...]  # of AMBIGUOUS
    problem: Optional[str]  # of UNREADABLE
    evidence: Evidence
    explanation: str  # how it was recognised, or why not
    file: Optional[str] = None


@dataclass(frozen=True)
class InventoryFormat:
    """What a file was found to be."""

    format: str  # "JSON", "plain lines" …
    encoding: str  # "UTF-8", "UTF-16LE" …
    separator: Optional[str]  # of CSV
    columns: Optional[str]  # the columns taken, for people: "os from OperatingSystem, build from OperatingSystemVersion"


# ---- What evidence means


class _Meaning(NamedTuple):
    evidence: Evidence
    status: MachineStatus
    record: Optional[Product]
    candidates: Tuple[Product, ...]
    explanation: str


_STATUSES = {c.KMSRULES_OK: MachineStatus.RECOGNISED, c.KMSRULES_AMBIGUOUS_NAME: MachineStatus.AMBIGUOUS, c.KMSRULES_UNKNOWN_NAME: MachineStatus.UNKNOWN}


def _evidence(given: EvidenceTuple) -> Evidence:
    text, edition_id, build, sku, product_type = given
    return Evidence(text, edition_id, build, sku, None if product_type is None else KINDS[product_type])


class Meanings(Dict[EvidenceTuple, _Meaning]):
    """Evidence → what it means, copied once. One reader's own."""

    def __init__(self, products: Products) -> None:
        super().__init__()
        self.products = products

    def add(self, given: EvidenceTuple, status: int, identity: Optional[c.kmsrules_identity]) -> _Meaning:
        if len(self) >= _REMEMBERED:
            self.clear()
        listed: List[Product] = []
        explanation = "no product the tables know"
        if identity is not None:
            listed += [self.products[identity.kind, id] for id in identity.candidates]
            explanation = identity_text(self.products.ruleset, identity)
        record, candidates = (listed[0], ()) if status == c.KMSRULES_OK else (None, tuple(listed))
        made = self[given] = _Meaning(_evidence(given), _STATUSES[status], record, candidates, explanation)
        return made

    def __missing__(self, given: EvidenceTuple) -> _Meaning:
        """Of what comes from no file. ValueError: a product key."""
        identity, status = c.kmsrules_identity(), c.KMSRULES_OK
        try:
            c.kmsrules_recognize(self.products.ruleset, PRODUCT, given, identity)
        except ValueError:
            raise ValueError("os looks like a product key, which is not shown") from None
        except c.StatusError as error:
            status = error.args[0]
        return self.add(given, status, None if status == c.KMSRULES_UNKNOWN_NAME else identity)


# ---- Files


def is_inventory(source: object) -> bool:
    """Whether it holds an inventory as a whole, and is not an iterable of machines."""
    return is_path(source) or isinstance(source, (bytes, bytearray, memoryview, Inventory)) or hasattr(source, "read")


def _columns_text(columns: Mapping[str, str]) -> str:
    if not isinstance(columns, Mapping):
        raise TypeError(f"columns must be a mapping, not {type(columns).__name__}")
    for part, name in columns.items():
        if part not in _PARTS:
            raise ValueError(f"columns must have the keys {', '.join(_PARTS)}, not {part!r}")
        if not text_of("columns", name) or "," in name:
            raise ValueError(f"columns: the name of a column must not be empty or hold a comma: {name!r}")
    if set(columns) <= {"name"}:
        raise ValueError("columns must say where the operating system stands")
    return ",".join([f"{part.replace('_', '-')}={name}" for part, name in columns.items()])


def _new_reader(ruleset: c.kmsrules_ruleset, encoding: Optional[str], columns: Optional[Mapping[str, str]], separator: Optional[str],
                plain: bool) -> c.kmsrules_inventory:
    if truth("plain", plain) and (columns is not None or separator is not None):
        raise ValueError("plain must not be given together with columns or separator")
    if separator is not None and text_of("separator", separator) not in (",", ";", "\t"):
        raise ValueError(f"separator must be a comma, a semicolon or a tab, not {separator!r}")
    named = None if columns is None else _columns_text(columns)
    return ask(c.kmsrules_inventory_new, ruleset, (encoding_of(encoding), named, separator, plain), refused=unknown_encoding(encoding))


_READER = Reader(c.kmsrules_inventory_feed, c.kmsrules_inventory_end, c.kmsrules_inventory_next, c.kmsrules_inventory_why, InventoryError)


class Inventory(Reading[Machine]):
    """The machines of one inventory, which is read as far as they are asked for. An InventoryError comes after all machines before it.

    A file that it opened is closed at the end, after an error, when this object is dropped, by close(), or by a with-statement. One thread at a time.
    """

    def __init__(self, products: Products, source: Source, *options: Any, argument: str = "source") -> None:
        """`options`: encoding, columns, separator, plain."""
        self._products, self._options = products, options or (None, None, None, False)
        self._reader = _new_reader(products.ruleset, *self._options)
        super().__init__(source, argument)
        self._is_started = False
        self._begin(_READER, self._reader, _copier(Meanings(products), self.file))

    @property
    def format(self) -> Optional[InventoryFormat]:
        """What the file was found to be: known from the first machine on; None where nothing was read yet."""
        what = c.kmsrules_inventory_what(self._reader)
        return None if what.format is None else InventoryFormat(what.format, what.encoding, what.separator, what.columns or None)

    def _again(self) -> Optional[Inventory]:
        """The same once more from its start; None where that cannot be had."""
        if self._opened is None:
            is_there = isinstance(self._source, bytes)
        else:
            is_there = not self._opened.closed and stat.S_ISREG(os.fstat(self._opened.fileno()).st_mode)
        return Inventory(self._products, self._source, *self._options, argument=self._argument) if is_there and not self._is_started else None

    def __next__(self) -> Machine:
        self._is_started = True
        return super().__next__()


def _copier(meanings: Meanings, file: Optional[str]) -> Callable[[c.kmsrules_machine], Machine]:
    def copy(machine: c.kmsrules_machine) -> Machine:
        given, status = machine.evidence, machine.status
        if status == c.KMSRULES_INVALID_ROW:
            problem = in_python(machine.problem)
            return Machine(machine.name, machine.text, machine.line, machine.column, MachineStatus.UNREADABLE, None, (), problem, _evidence(given),
                           problem, file)
        meaning = meanings.get(given) or meanings.add(given, status, machine.identity)
        return Machine(machine.name, machine.text, machine.line, machine.column, meaning.status, meaning.record, meaning.candidates, None,
                       meaning.evidence, meaning.explanation, file)

    return copy


# ---- Machines from no file


def _parts_of(item: object) -> Mapping[str, Any]:
    if isinstance(item, (str, Edition, Release)):
        return {"os": item}
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return {"name": item[0], "os": item[1]}
    if not isinstance(item, Mapping):
        raise TypeError(f"machines must hold Machine, str, (name, text) or mappings, not {type(item).__name__}")
    for part in item:
        if part not in _PARTS:
            raise ValueError(f"machines: a mapping must have the keys {', '.join(_PARTS)}, not {part!r}")
    return {part: None if isinstance(value, str) and not value.strip() else value for part, value in item.items()}


def machines_of(products: Products, items: Iterable[MachineLike]) -> Iterator[Machine]:
    return map(_machine_of, repeat(Meanings(products)), count(1), items)


def _machine_of(meanings: Meanings, number: int, item: object) -> Machine:
    """A machine as a row of an inventory would give it; what is malformed is an unreadable row, too."""
    if isinstance(item, Machine):
        return item
    parts, ruleset, name = _parts_of(item), meanings.products.ruleset, None
    try:
        try:
            if parts.get("name") is not None:
                name = text_of("name", parts["name"])
                if looks_like_key(name):
                    name = None
                    raise ValueError("name looks like a product key, which is not shown")
            given = evidence_of("os", ruleset, *[parts.get(part) for part in ("os", "edition_id", "build", "sku", "product_type")])
            meaning = meanings[given]
        except TypeError as error:
            raise TypeError(f"machines: {error}") from None
    except (ValueError, OverflowError) as error:
        return Machine(name, None, number, 0, MachineStatus.UNREADABLE, None, (), str(error), Evidence(), str(error))
    texts = [str(part) for part in (given[0], given[1], given[3], given[2]) if part is not None]
    return Machine(name, texts[0] if texts else None, number, 0, meaning.status, meaning.record, meaning.candidates, None, meaning.evidence, meaning.explanation)
