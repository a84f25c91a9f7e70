"""Small random rulesets, legal ones, as XML files. The same seed gives the same files.

    random_rulesets.py SEED [FOLDER]      writes the files of one ruleset and prints their paths, bottom layer first
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from tables import Edition, KeyGroup, Tables

BUILD_LINES = ("17763", "20348")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(tag: str, content: str = "", /, **attributes: str | None) -> str:
    """`_` in an attribute's name stands for `-`; one that is None is left out."""
    given = "".join(f" {key.replace('_', '-')}={quoteattr(value)}" for key, value in attributes.items() if value is not None)
    return f"<{tag}{given}/>" if not content else f"<{tag}{given}>{content}</{tag}>"


@dataclass
class Layer:
    number: int
    elements: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)  # editions and releases: may go into an included file
    yes_hosts: set[str] = field(default_factory=set)  # named by a fits or an undocumented
    yes_editions: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        return f"source-{self.number}"


class RandomRuleset:
    """Declares what exists first, for all layers, so that the rows can be checked against the final state."""

    volumes: tuple[str, ...] = ("yes", "yes", "yes", "no", "unlisted")

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tables = Tables()
        self.layers = [Layer(0)]
        if self.maybe(0.4):
            self.layers.append(Layer(1))
        self.said: dict[tuple[str, str, str, int], str] = {}  # what a layer says directly about a pair
        self.line_of_update: dict[str, str] = {}
        self.places_taken: set[tuple[str, int]] = set()
        self.declare()
        for layer in self.layers:
            self.write_rows(layer)

    def maybe(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, things: list[str], least: int, most: int) -> list[str]:
        count = min(len(things), self.random.randint(least, most))
        return self.random.sample(things, count)

    # -- what exists ------------------------------------------------------------------------------------------------------------------------

    def declare(self) -> None:
        self.applications = [f"app-{number}" for number in range(self.random.randint(1, 3))]
        self.declare_editions(self.layers[0])
        self.declare_sets(self.layers[0])
        self.declare_key_groups(self.layers[0])
        if len(self.layers) > 1:
            self.declare_overlay(self.layers[1])
        self.declare_thresholds()
        self.declare_lines()
        self.declare_updates()
        for layer in self.layers:
            layer.elements.append(element("source", id=layer.source, title=f"Source {layer.number}", reliability="primary"))
        for application in self.applications:
            self.layers[0].declared.append(element("application", id=application, name=f"Application {application[-1]}"))

    def kind_for(self, application: str) -> str:
        return self.random.choice(("client", "server") if application == "app-0" else ("office", "office", "client", "server"))

    def declare_editions(self, layer: Layer) -> None:
        wanted = self.random.randint(3, 9)
        for number in range(self.random.randint(1, 4)):
            room = wanted - len(self.tables.editions)
            if room > 0:
                self.declare_release(layer, f"release-{number}", min(room, self.random.randint(1, 4)))
        for _ in range(max(self.random.randint(0, 2), 3 - len(self.tables.editions))):
            self.declare_lone_edition(layer, f"edition-{len(self.tables.editions)}", None)

    def declare_release(self, layer: Layer, id: str, edition_count: int) -> None:
        application = self.random.choice(self.applications)
        names = [f"edition-{len(self.tables.editions) + number}" for number in range(edition_count)]
        self.write_release(layer, id, application, names, None)

    def write_release(self, layer: Layer, id: str, application: str, names: list[str], replace: str | None) -> None:
        kind = self.kind_for(application)
        inner = "".join(self.edition(layer, name, kind, application, id) for name in names)
        self.tables.releases[id] = layer.number
        layer.declared.append(
            element("release", inner, id=id, name=f"Generation {id[-1]}", kind=kind, application=application, replace=replace)
        )

    def edition(self, layer: Layer, id: str, kind: str, application: str, release: str | None, replace: str | None = None) -> str:
        volume = self.random.choice(self.volumes)
        self.tables.editions[id] = Edition(id, kind, application, release, volume, layer.number)
        outside = {} if release is not None else {"kind": kind, "application": application}
        return element("edition", id=id, name=f"Product {id[8:]}", volume=volume, source=layer.source, replace=replace, **outside)

    def declare_lone_edition(self, layer: Layer, id: str, replace: str | None) -> None:
        application = self.random.choice(self.applications)
        layer.declared.append(self.edition(layer, id, self.kind_for(application), application, None, replace))

    def declare_sets(self, layer: Layer) -> None:
        for number in range(self.random.randint(0, 2)):
            self.write_set(layer, f"set-{number}", None)

    def write_set(self, layer: Layer, id: str, replace: str | None) -> None:
        known = list(self.tables.editions) + list(self.tables.releases)
        words = self.some(known, 1, 3)
        if self.maybe(0.2):
            words.append("-" + self.random.choice([word for word in known if word not in words] or ["edition-0"]))
        if f"-{words[0]}" in words or not self.tables.expand(" ".join(words), volume_only=True):
            words = [self.random.choice(list(self.tables.editions))]
        self.tables.sets[id] = " ".join(words)
        layer.elements.append(element("set", id=id, editions=" ".join(words), replace=replace))

    def declare_key_groups(self, layer: Layer) -> None:
        self.group_order: list[str] = []
        self.group_elements: dict[tuple[int, str], dict[str, str | None]] = {}
        names = [f"key-{number}" for number in range(self.random.randint(1, 6))]
        if self.maybe(0.3):
            names[0] = "release-0"  # a release and a key group may share an id
        for name in names:
            self.declare_key_group(layer, name, None)

    def declare_key_group(self, layer: Layer, id: str, replace: str | None) -> None:
        """Above only such as come before it in `group_order`: no cycles."""
        application = self.tables.key_groups[id].application if replace else self.random.choice(self.applications[:2])
        if replace is None:
            self.group_order.append(id)
        above = self.some(self.groups_before(id, application), 0, 2)
        kind = self.random.choice(("client", "server", "office"))
        self.tables.key_groups[id] = KeyGroup(id, kind, application, above, layer.number)
        name = f"Keys {id[-1]}{'' if id.startswith('key') else ' r'}"
        self.group_elements[layer.number, id] = {
            "id": id, "name": name, "kind": kind, "application": application, "source": layer.source,
            "above": " ".join(above) or None, "replace": replace,
        }  # fmt: skip

    def groups_before(self, id: str, application: str) -> list[str]:
        before = self.group_order[: self.group_order.index(id)]
        return [group for group in before if self.tables.key_groups[group].application == application]

    def declare_overlay(self, layer: Layer) -> None:
        lone = [edition.id for edition in self.tables.editions.values() if edition.release is None]
        for id in lone:
            if self.maybe(0.3):
                self.declare_lone_edition(layer, id, "yes")
        for release in list(self.tables.releases):
            if self.maybe(0.2):
                members = sorted(self.tables.members_of_release(release, volume_only=False))
                self.write_release(layer, release, self.tables.editions[members[0]].application, members, "yes")
        for id in list(self.tables.sets):
            if self.maybe(0.2):
                self.write_set(layer, id, "yes")
        for id in list(self.tables.key_groups):
            if self.maybe(0.15):
                self.declare_key_group(layer, id, "yes")
        if self.maybe(0.3):
            self.declare_lone_edition(layer, "edition-new", None)
        if self.maybe(0.3):
            self.declare_key_group(layer, "key-new", None)

    def declare_thresholds(self) -> None:
        for kind in ("client", "server", "office"):
            self.write_threshold(self.layers[0], kind, None)
            if len(self.layers) > 1 and self.maybe(0.2):
                self.write_threshold(self.layers[1], kind, "yes")

    def write_threshold(self, layer: Layer, kind: str, replace: str | None) -> None:
        others = [other for other in ("client", "server", "office") if other != kind]
        counts = " ".join([kind] + self.some(others, 0, 2))
        minimum = str(self.random.choice((1, 5, 25, 1000)))
        layer.elements.append(element("threshold", kind=kind, minimum=minimum, counts=counts, source=layer.source, replace=replace))

    # -- updates ----------------------------------------------------------------------------------------------------------------------------

    def declare_lines(self) -> None:
        """No host receives two lines of builds."""
        self.lines: list[str] = []
        free_hosts = set(self.tables.editions)
        for id in self.some(list(BUILD_LINES), 0, 2):
            hosts = self.list_for("line", self.layers[0])
            if hosts is not None and self.tables.expand(hosts, False) <= free_hosts:
                free_hosts -= self.tables.expand(hosts, False)
                self.write_line(id, hosts)
        if self.maybe(0.3):
            hosts = self.list_for("line", self.layers[0])
            if hosts is not None:
                self.write_line("rollups", hosts)

    def write_line(self, id: str, hosts: str) -> None:
        self.lines.append(id)
        self.layers[0].elements.append(element("line", id=id, name=f"Line {id}", hosts=hosts, source=self.layers[0].source))

    def declare_updates(self) -> None:
        self.updates: list[str] = []
        for number in range(self.random.randint(2, 7)):
            id = self.random.choice((f"KB{4000 + number}", f"update-{number}"))
            self.write_update(self.layers[0], id, self.random.choice([None, *self.lines, *self.lines]), list(self.updates), None)
            self.updates.append(id)
        for number, id in enumerate(self.updates):
            if len(self.layers) > 1 and self.maybe(0.15):
                self.write_update(self.layers[1], id, self.line_of_update.get(id), self.updates[:number], "yes")

    def write_update(self, layer: Layer, id: str, line: str | None, before: list[str], replace: str | None) -> None:
        build = position = None
        if line is not None:
            self.line_of_update[id] = line
            place = self.free_place(line)
            build, position = (None, str(place)) if line == "rollups" else (f"{line}.{place}", None)
        alias = f"KB{7000 + layer.number * 100 + len(self.updates)}" if self.maybe(0.3) and replace is None else None
        after = " ".join(self.some(before, 1, 2)) if before and self.maybe(0.35) else None
        restart = self.random.choice((None, "yes", "no"))
        layer.elements.append(
            element("update", id=id, source=layer.source, alias=alias, line=line, build=build, position=position, after_any_of=after,
                    restart=restart, replace=replace)  # fmt: skip
        )

    def free_place(self, line: str) -> int:
        while True:
            place = self.random.randint(1, 9) * 100 + self.random.choice((0, 1))
            if (line, place) not in self.places_taken:
                self.places_taken.add((line, place))
                return place

    # -- rows -------------------------------------------------------------------------------------------------------------------------------

    def list_for(self, what: str, layer: Layer, application: str | None = None) -> str | None:
        """A list that does not come out empty; None if chance finds none. A lower layer does not name what only a later one declares.
        With an application: of its editions only."""
        volume_only = what in ("fits", "covers", "undocumented")
        wanted = {e.id for e in self.tables.editions.values() if application in (None, e.application)}
        known = [id for id in self.tables.editions if id != "edition-new" or layer.number > 0]
        known += list(self.tables.releases) * 2 + list(self.tables.sets)
        known = [word for word in known if self.tables.expand(word, volume_only=False) <= wanted]
        for _ in range(10):
            words = list(dict.fromkeys(self.some(known, 1, 3)))
            if words and self.maybe(0.3):
                words.insert(self.random.randint(0, len(words)), "-" + self.random.choice(known))
            clean = not any("-" + word in words for word in words)
            if words and clean and self.tables.expand(" ".join(words), volume_only):
                return " ".join(words)
        return None

    def write_rows(self, layer: Layer) -> None:
        for id in self.group_order:
            if layer.number == 0 and id == "key-new":
                continue
            self.write_key_group(layer, id)
        for what, probability in (("no-host", 0.6), ("no-client", 0.6)):
            if self.maybe(probability):
                self.write_edition_row(layer, what)
        for _ in range(self.random.randint(0, 4) if layer.number == 0 else self.random.randint(0, 1)):
            self.write_requires(layer)
        for _ in range(self.random.choice((0, 0, 1, 2)) if layer.number == 0 else self.random.choice((0, 0, 1))):
            self.write_cannot_serve(layer)

    def write_key_group(self, layer: Layer, id: str) -> None:
        """Its rows in one element, or in two, the second by ref; a group of an earlier layer only by ref."""
        rows = self.rows_of_group(layer, id)
        attributes = self.group_elements.get((layer.number, id))
        if attributes is None:
            rows = rows[: self.random.choice((0, 1, 1, 2))]
        cut = len(rows)
        if attributes is not None:
            cut = self.random.randint(0, len(rows)) if self.maybe(0.2) else cut
            layer.elements.append(element("key-group", "".join(rows[:cut]), **attributes))
            rows = rows[cut:]
        if rows:
            layer.elements.append(element("key-group", "".join(rows), ref=id))

    def rows_of_group(self, layer: Layer, id: str) -> list[str]:
        rows = []
        for what, side in (("fits", "hosts"), ("covers", "editions"), ("fits", "hosts"), ("covers", "editions"), ("excludes", "hosts"),
                           ("excludes", "editions"), ("undocumented", "hosts"), ("undocumented", "editions")):  # fmt: skip
            if self.maybe(0.5 if what in ("fits", "covers") else 0.3):
                rows += self.group_row(layer, id, what, side)
        for below in self.groups_before(id, self.tables.key_groups[id].application):
            if self.maybe(0.45):
                rows.append(element("covers", key_group=below, source=layer.source))
        self.random.shuffle(rows)
        return rows

    def group_row(self, layer: Layer, id: str, what: str, side: str) -> list[str]:
        """No row where the layer would say two things about one pair."""
        words = self.list_for(what, layer, self.tables.key_groups[id].application if side == "editions" else None)
        if words is None:
            return []
        members = self.tables.expand(words, what != "excludes")
        keys = [(side, id, member, layer.number) for member in members]
        if any(self.said.get(key, what) != what for key in keys):
            return []
        self.said.update((key, what) for key in keys)
        if what != "excludes":
            (layer.yes_hosts if side == "hosts" else layer.yes_editions).update(members)
        note = "one says so, another does not" if what == "undocumented" else None
        return [element(what, source=layer.source, note=note, **{side: words})]

    def write_edition_row(self, layer: Layer, what: str) -> None:
        """Not beside a row of the same layer that says the opposite."""
        words = self.list_for(what, layer)
        if words is None:
            return
        members = self.tables.expand(words, volume_only=False)
        if what == "no-host":
            opposed = layer.yes_hosts
        else:
            here = {e.id for e in self.tables.editions.values() if e.layer == layer.number and e.volume == "yes"}
            opposed = layer.yes_editions | here
        if not members & opposed:
            layer.elements.append(element(what, editions=words, source=layer.source))

    def write_requires(self, layer: Layer) -> None:
        hosts = self.list_for("requires", layer)
        editions = self.list_for("requires", layer) if self.maybe(0.4) else None
        known = [group for group in self.group_order if group != "key-new" or layer.number > 0]
        groups = " ".join(self.some(known, 1, 3)) if self.maybe(0.4) else None
        for _ in range(self.requirements_of_pair() if hosts is not None else 0):
            any_of = " ".join(self.some(self.updates, 1, 3))
            layer.elements.append(
                element("requires", hosts=hosts, editions=editions, key_groups=groups, any_of=any_of, source=layer.source)
            )

    def requirements_of_pair(self) -> int:
        return 1

    def write_cannot_serve(self, layer: Layer) -> None:
        hosts, editions = self.list_for("cannot-serve", layer), self.list_for("cannot-serve", layer)
        if hosts is not None and editions is not None:
            layer.elements.append(element("cannot-serve", hosts=hosts, editions=editions, source=layer.source))

    # -- files ------------------------------------------------------------------------------------------------------------------------------

    def write(self, folder: str, name: str) -> list[str]:
        """Paths of the layers' root files."""
        return [self.write_layer(layer, folder, name) for layer in self.layers]

    def write_layer(self, layer: Layer, folder: str, name: str) -> str:
        elements = layer.declared + layer.elements
        if self.maybe(0.2):
            included = f"{name}-{layer.number}-data.xml"
            write_file(os.path.join(folder, included), element("table", "\n" + "\n".join(layer.declared) + "\n", xmlns="urn:kmsrules:1"))
            elements = [element("include", href=included)] + layer.elements
        if self.maybe(0.5):
            self.random.shuffle(elements)
        path = os.path.join(folder, f"{name}-{layer.number}.xml")
        body = "\n" + "\n".join(elements) + "\n"
        write_file(path, element("ruleset", body, xmlns="urn:kmsrules:1", id=name, revision="1"))
        return path


class UpdateHeavyRuleset(RandomRuleset):
    """Where remedies have something to find: most editions are volume editions and most hosts are asked for updates, some for one or the other of two,
    several rows ask the same pair, updates stand in lines and after each other."""

    volumes = ("yes",) * 8 + ("no", "unlisted")

    def declare_lines(self) -> None:
        for _ in range(4):
            super().declare_lines()
            if self.lines:
                return

    def write_rows(self, layer: Layer) -> None:
        super().write_rows(layer)
        for _ in range(self.random.randint(1, 3)):
            self.write_requires(layer)

    def requirements_of_pair(self) -> int:
        return self.random.choice((1, 1, 1, 2, 3))


def write_file(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + text + "\n")


def main() -> None:
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="random-ruleset-")
    for path in RandomRuleset(int(sys.argv[1])).write(folder, f"random-{sys.argv[1]}"):
        print(path)


if __name__ == "__main__":
    main()
