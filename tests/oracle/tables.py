"""Reads a ruleset's XML into plain sets, by Python's own parser. In: paths of the layers. Out: `Tables`, every list expanded to edition ids.

Knows nothing of verdicts. Follows docs/rule-tables.md and nothing else; assumes a legal ruleset and fails with `Illegal` where it notices otherwise.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from typing import Iterable, Iterator

NAMESPACE = "{urn:kmsrules:1}"


class Illegal(Exception):
    """The tables are not a legal ruleset."""


@dataclass
class Edition:
    id: str
    kind: str
    application: str
    release: str | None
    volume: str
    layer: int


@dataclass
class KeyGroup:
    id: str
    kind: str
    application: str
    directly_above: list[str]
    layer: int


@dataclass
class GroupRow:
    """One row of a key group: about editions, or about hosts, or (covers) about another group."""

    key_group: str
    what: str  # covers, fits, excludes, undocumented
    layer: int
    edition_list: str | None
    host_list: str | None
    covered_group: str | None
    editions: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)


@dataclass
class EditionRow:
    """no-host or no-client."""

    what: str
    layer: int
    edition_list: str
    editions: set[str] = field(default_factory=set)


@dataclass
class ServingRow:
    """requires or cannot-serve; None: all."""

    what: str
    layer: int
    host_list: str
    edition_list: str | None
    key_groups: set[str] | None
    any_of: list[str]
    hosts: set[str] = field(default_factory=set)
    editions: set[str] | None = None


@dataclass
class Line:
    id: str
    host_list: str
    hosts: set[str] = field(default_factory=set)


@dataclass
class Update:
    id: str
    aliases: list[str]
    line: str | None
    order: int  # revision in a line of builds, else position
    after_any_of: list[str]


@dataclass
class Threshold:
    kind: str
    minimum: int
    counts: list[str]


class Tables:
    """All layers together. The dicts are in order of declaration; an element that replaces another stands where it is written."""

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.applications: dict[str, int] = {}
        self.releases: dict[str, int] = {}
        self.editions: dict[str, Edition] = {}
        self.sets: dict[str, str] = {}
        self.key_groups: dict[str, KeyGroup] = {}
        self.group_rows: list[GroupRow] = []
        self.edition_rows: list[EditionRow] = []
        self.serving_rows: list[ServingRow] = []
        self.lines: dict[str, Line] = {}
        self.updates: dict[str, Update] = {}
        self.thresholds: dict[str, Threshold] = {}

    # -- lists ------------------------------------------------------------------------------------------------------------------------------

    def members_of_release(self, release: str, volume_only: bool) -> set[str]:
        return {e.id for e in self.editions.values() if e.release == release and (e.volume == "yes" or not volume_only)}

    def expand_one(self, word: str, volume_only: bool) -> set[str]:
        if word in self.editions:
            return {word}
        if word in self.releases:
            return self.members_of_release(word, volume_only)
        if word in self.sets:
            return self.expand(self.sets[word], volume_only)
        raise Illegal(f"no edition, release or set {word!r}")

    def expand(self, words: str, volume_only: bool) -> set[str]:
        """What is named, less everything that is taken away, wherever it stands."""
        named: set[str] = set()
        taken: set[str] = set()
        for word in words.split():
            if word.startswith("-"):
                taken |= self.expand_one(word[1:], volume_only=False)
            else:
                named |= self.expand_one(word, volume_only)
        return named - taken

    def expand_row_list(self, words: str, volume_only: bool) -> set[str]:
        found = self.expand(words, volume_only)
        if not found:
            raise Illegal(f"the list {words!r} comes out empty")
        return found

    def expand_all(self) -> None:
        for row in self.group_rows:
            volume_only = row.what in ("fits", "covers", "undocumented")
            if row.edition_list is not None:
                row.editions = self.expand_row_list(row.edition_list, volume_only)
            if row.host_list is not None:
                row.hosts = self.expand_row_list(row.host_list, volume_only)
        for edition_row in self.edition_rows:
            edition_row.editions = self.expand_row_list(edition_row.edition_list, False)
        for serving_row in self.serving_rows:
            serving_row.hosts = self.expand_row_list(serving_row.host_list, False)
            if serving_row.edition_list is not None:
                serving_row.editions = self.expand_row_list(serving_row.edition_list, False)
        for line in self.lines.values():
            line.hosts = self.expand_row_list(line.host_list, False)


class Reader:
    """Adds files to `tables`; a file is read once."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.files_read: set[str] = set()
        self.layer = 0

    def read_layer(self, path: str) -> None:
        self.read_file(path)
        self.layer += 1

    def read_file(self, path: str) -> None:
        real_path = os.path.realpath(path)
        if real_path in self.files_read:
            return
        self.files_read.add(real_path)
        for element in ElementTree.parse(path).getroot():
            self.read_element(element, path)

    def read_element(self, element: ElementTree.Element, path: str) -> None:
        name = plain_name(element)
        if name == "include":
            self.read_file(os.path.join(os.path.dirname(path), element.attrib["href"]))
        elif name in ("fold", "spelling", "word", "ignore", "version", "pattern", "column", "product-type", "error", "predicts", "second-host",
                      "without-threshold", "interval", "cache", "transition", "step", "slmgr-line", "slmgr-channel", "slmgr-build", "observation", "discovery", "srv-record",
                      "virtual-machines", "expiry", "activation-id", "event-fields", "event-column", "license-word", "event-provider"):
            pass  # names, advice and output of slmgr and events decide nothing, errors follow from what is decided, times, moves and steps come after it
        else:
            read = {
                "source": self.read_source,
                "application": self.read_application,
                "release": self.read_release,
                "edition": self.read_lone_edition,
                "set": self.read_set,
                "key-group": self.read_key_group,
                "no-host": self.read_edition_row,
                "no-client": self.read_edition_row,
                "requires": self.read_serving_row,
                "cannot-serve": self.read_serving_row,
                "line": self.read_line,
                "update": self.read_update,
                "threshold": self.read_threshold,
            }
            if name not in read:
                raise Illegal(f"{path}: element {name}")
            read[name](element)

    def make_room(self, known: dict, id: str, element: ElementTree.Element) -> None:
        """An id given twice is an error unless the second one says that it replaces."""
        if element.get("replace") == "yes":
            known.pop(id, None)
        if id in known:
            raise Illegal(f"{plain_name(element)} {id} twice")

    def read_source(self, element: ElementTree.Element) -> None:
        self.make_room(self.tables.sources, element.attrib["id"], element)
        self.tables.sources[element.attrib["id"]] = self.layer

    def read_application(self, element: ElementTree.Element) -> None:
        self.make_room(self.tables.applications, element.attrib["id"], element)
        self.tables.applications[element.attrib["id"]] = self.layer

    def read_release(self, element: ElementTree.Element) -> None:
        release = element.attrib["id"]
        if element.get("replace") == "yes":
            for member in self.tables.members_of_release(release, volume_only=False):
                if self.tables.editions[member].layer < self.layer:
                    del self.tables.editions[member]
        self.make_room(self.tables.releases, release, element)
        self.tables.releases[release] = self.layer
        for child in element:
            self.read_edition(child, release, element.attrib["kind"], element.attrib["application"])

    def read_lone_edition(self, element: ElementTree.Element) -> None:
        self.read_edition(element, None, element.attrib["kind"], element.attrib["application"])

    def read_edition(self, element: ElementTree.Element, release: str | None, kind: str, application: str) -> None:
        id = element.attrib["id"]
        self.make_room(self.tables.editions, id, element)
        self.tables.editions[id] = Edition(id, kind, application, release, element.attrib["volume"], self.layer)

    def read_set(self, element: ElementTree.Element) -> None:
        self.make_room(self.tables.sets, element.attrib["id"], element)
        self.tables.sets[element.attrib["id"]] = element.attrib["editions"]

    def read_key_group(self, element: ElementTree.Element) -> None:
        if "ref" in element.attrib:
            id = element.attrib["ref"]
        else:
            id = element.attrib["id"]
            self.declare_key_group(id, element)
        for child in element:
            self.tables.group_rows.append(
                GroupRow(id, plain_name(child), self.layer, child.get("editions"), child.get("hosts"), child.get("key-group"))
            )

    def declare_key_group(self, id: str, element: ElementTree.Element) -> None:
        self.make_room(self.tables.key_groups, id, element)
        if element.get("replace") == "yes":
            self.tables.group_rows = [r for r in self.tables.group_rows if r.key_group != id or r.layer == self.layer]
        above = element.get("above", "").split()
        self.tables.key_groups[id] = KeyGroup(id, element.attrib["kind"], element.attrib["application"], above, self.layer)

    def read_edition_row(self, element: ElementTree.Element) -> None:
        self.tables.edition_rows.append(EditionRow(plain_name(element), self.layer, element.attrib["editions"]))

    def read_serving_row(self, element: ElementTree.Element) -> None:
        groups = element.get("key-groups")
        self.tables.serving_rows.append(
            ServingRow(
                plain_name(element),
                self.layer,
                element.attrib["hosts"],
                element.get("editions"),
                None if groups is None else set(groups.split()),
                element.get("any-of", "").split(),
            )
        )

    def read_line(self, element: ElementTree.Element) -> None:
        self.make_room(self.tables.lines, element.attrib["id"], element)
        self.tables.lines[element.attrib["id"]] = Line(element.attrib["id"], element.attrib["hosts"])

    def read_update(self, element: ElementTree.Element) -> None:
        id = element.attrib["id"]
        self.make_room(self.tables.updates, id, element)
        order = int(element.get("position", "0"))
        if "build" in element.attrib:
            order = int(element.attrib["build"].split(".")[1])
        self.tables.updates[id] = Update(
            id, element.get("alias", "").split(), element.get("line"), order, element.get("after-any-of", "").split()
        )

    def read_threshold(self, element: ElementTree.Element) -> None:
        kind = element.attrib["kind"]
        self.make_room(self.tables.thresholds, kind, element)
        self.tables.thresholds[kind] = Threshold(kind, int(element.attrib["minimum"]), element.attrib["counts"].split())


def plain_name(element: ElementTree.Element) -> str:
    if not element.tag.startswith(NAMESPACE):
        raise Illegal(f"element {element.tag} of another namespace")
    return element.tag[len(NAMESPACE) :]


def read_ruleset(paths: Iterable[str]) -> Tables:
    """The ruleset of these layers, the first one at the bottom."""
    reader = Reader()
    for path in paths:
        reader.read_layer(path)
    reader.tables.expand_all()
    return reader.tables


def contradictions(tables: Tables) -> Iterator[str]:
    """Pairs for which one layer holds two direct rows of different kinds."""
    said: dict[tuple[str, str, str, int], str] = {}
    for row in tables.group_rows:
        pairs = [("host", host) for host in row.hosts] + [("edition", edition) for edition in row.editions]
        for side, id in pairs:
            key = (side, row.key_group, id, row.layer)
            if said.setdefault(key, row.what) != row.what:
                yield f"layer {row.layer}: {row.key_group} says {said[key]} and {row.what} of {side} {id}"
