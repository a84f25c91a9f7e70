#!/usr/bin/python3
"""Recognition once more, naively, from the same tables: what include/kmsrules/kmsrules.h says of kmsrules_recognize(), compared with `kmsrules identify`.

KMSRULES_BIN=…/kmsrules identify.py [--seed N] [--count N]    compare; status 1 on a difference
"""
import argparse
import csv
import io
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMESPACE = "{urn:kmsrules:1}"
KINDS = {"editions": "edition", "releases": "release", "key-groups": "key-group"}
ORDER = list(KINDS.values())
EVIDENCE = ("build", "sku", "edition-id", "product-type")
LONGEST, DEEPEST, MOST_CHOICES, MOST_CANDIDATES = 256, 3, 4, 32
ASCII_LOWER = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})
BLANKS = " \t\r\n"


def lower(text):
    return text.translate(ASCII_LOWER)


def words_of(text):
    return [word for word in re.split(f"[{BLANKS}]+", text) if word]


def rows(path, done):
    """The elements of a table and of those it includes, in reading order."""
    if path in done:
        return
    done.add(path)
    for element in ElementTree.parse(path).getroot():
        if element.tag == NAMESPACE + "include":
            yield from rows((path.parent / element.get("href")).resolve(), done)
        else:
            yield element


class Edition:
    def __init__(self, element, release):
        numbers = lambda name: frozenset(int(word) for word in element.get(name, "").split())
        self.id, self.release = element.get("id"), None if release is None else release.get("id")
        kind = element.get("product-type") or (element if release is None else release).get("kind")
        self.has = {"build": numbers("builds"), "sku": numbers("skus"), "edition-id": frozenset(words_of(lower(element.get("edition-ids", "")))), "product-type": frozenset([kind])}


class Tables:
    def __init__(self, path):
        self.folds, self.words, self.ignored, self.versions, self.patterns, self.names, self.editions, self.types = [], {}, {}, {}, [], [], [], {}
        elements = list(rows(path, set()))
        for element in elements:
            self.take(element, element.tag.removeprefix(NAMESPACE))
        self.index = {}
        for kind, text, ids, origin in self.names:
            self.index.setdefault(text, []).append((origin == "spelling", ORDER.index(kind), kind, ids, origin))
            if origin != "id":
                self.index.setdefault(self.fold(text), []).append((origin == "spelling", ORDER.index(kind), kind, ids, origin))
        self.words = {self.fold(text): self.fold(to) for text, to in self.words.items()}
        self.ignored = {self.fold(text): "" for text in self.ignored}
        self.edition_ids = {word for edition in self.editions for word in edition.has["edition-id"]}
        self.folded_ids = {self.fold(word): word for word in self.edition_ids if self.fold(word) not in self.edition_ids}

    def take(self, element, tag):
        get = element.get
        if tag == "release":
            self.names += [("release", get("id"), [get("id")], "id"), ("release", get("name"), [get("id")], "name")]
            for edition in element:
                self.take_edition(edition, element)
        elif tag == "edition":
            self.take_edition(element, None)
        elif tag == "key-group" and get("id"):
            self.names += [("key-group", get("id"), [get("id")], "id"), ("key-group", get("name"), [get("id")], "name")]
        elif tag == "spelling":
            for attribute, kind in KINDS.items():
                if get(attribute):
                    self.names.append((kind, get("text"), get(attribute).split(), "spelling"))
        elif tag == "fold":
            self.folds.append((get("word") is not None, lower(get("word") or get("text")), get("to")))
        elif tag == "word":
            self.words[get("text")] = get("to")
        elif tag == "ignore":
            self.ignored[get("word") or get("text")] = ""
        elif tag == "version":
            self.versions[lower(get("name"))] = frozenset(int(word) for word in get("builds").split())
        elif tag == "product-type":
            self.types[get("text")] = get("kind")
        elif tag == "pattern":
            ids = [(kind, get(attribute).split()) for attribute, kind in KINDS.items() if get(attribute)]
            self.patterns.append((re.compile(get("match").replace("(?<", "(?P<"), re.ASCII | re.DOTALL), *(ids[0] if ids else (None, []))))

    def take_edition(self, element, release):
        self.editions.append(Edition(element, release))
        self.names += [("edition", element.get("id"), [element.get("id")], "id"), ("edition", element.get("name"), [element.get("id")], "name")]

    def fold(self, text):
        text = lower(text)
        for _, start, to in (fold for fold in self.folds if not fold[0]):
            text = text.replace(start, to)
        result = []
        for word in words_of(text):
            for _, start, to in (fold for fold in self.folds if fold[0]):
                word = to if word == start else word
            result.append(word)
        return " ".join(word for word in result if word)


class Reading:
    def __init__(self, kind="edition", ids=(), how=None):
        self.kind, self.ids, self.how = kind, list(ids), how
        self.filter = {}  # evidence out of the text: sets of values, any of which will do

    def says_something(self):
        return bool(self.ids or self.filter)


def may_stand(edge, neighbour):
    """Whether a word that has `edge` at one end may have `neighbour` beside it: where another script begins, a word ends as well."""
    return neighbour in ("", " ") or (ord(edge) >= 0x80 > ord(neighbour))


class Reader:
    def __init__(self, tables):
        self.tables = tables

    def find(self, text):
        return min(self.tables.index.get(text, []), default=None, key=lambda name: name[:2])

    def phrases(self, phrases, text):
        """(start, end, replacement), leftmost and there longest."""
        found, at = [], 0
        while at < len(text):
            fits = [phrase for phrase in phrases if phrase and text.startswith(phrase, at) and may_stand(phrase[0], text[at - 1:at] if at else "") and
                    may_stand(phrase[-1], text[at + len(phrase):at + len(phrase) + 1])]
            if fits:
                longest = max(fits, key=lambda phrase: len(phrase.encode()))
                found.append((at, at + len(longest), phrases[longest]))
                at += len(longest)
            else:
                at += 1
        return found

    @staticmethod
    def replace(text, found):
        for start, end, to in reversed(found):
            text = f"{text[:start]} {to} {text[end:]}"
        return " ".join(word for word in text.split(" ") if word)

    def named(self, text, how=None):
        name = self.find(text)
        return None if name is None else Reading(name[2], name[3], how or name[4])

    def read(self, text):
        text = text.strip(" ")
        if (reading := self.named(text)) is not None:
            return reading
        folded = self.tables.fold(text)
        return self.read_folded(folded, 1) if len(folded.encode()) <= LONGEST else None

    def read_folded(self, text, depth):
        reading = self.named(text)
        if reading is None and (found := self.phrases(self.tables.words, text)):
            text = self.replace(text, found)
            reading = self.named(text, "word")
        if reading is not None:
            return reading
        found, left = self.phrases(self.tables.ignored, text), text
        if found:
            for count in range(1, len(found)) if len(found) <= MOST_CHOICES else ():
                chosen = sorted(itertools.combinations(range(len(found)), count), key=lambda which: sum(1 << i for i in which))
                for which in chosen:
                    if (reading := self.named(self.replace(text, [found[i] for i in which]), "left-out")) is not None:
                        return reading
            left = self.replace(text, found)
            if (reading := self.named(left, "left-out")) is not None:
                return reading
        if (edition_id := self.edition_id(left)) is not None:
            reading = Reading(how="edition-id")
            reading.filter["edition-id"] = {edition_id}
            return reading
        return self.read_patterns(left, depth) if left else None

    def edition_id(self, folded):
        word = self.tables.folded_ids.get(folded, folded)
        return word if word in self.tables.edition_ids else None

    def read_patterns(self, text, depth):
        for pattern, kind, ids in self.tables.patterns:
            match = pattern.fullmatch(text)
            reading = None if match is None else self.read_match({part: value for part, value in match.groupdict().items() if value is not None}, kind, ids, depth)
            if reading is not None:
                return reading
        return None

    def read_match(self, parts, kind, ids, depth):
        reading = Reading(kind or "edition", ids)
        if "name" in parts:
            reading = self.read_folded(parts["name"], depth + 1) if depth < DEEPEST else None
            if reading is None:
                return None
        if "edition_id" in parts:
            word = self.edition_id(parts["edition_id"])
            fits = reading.ids and any(is_named(reading, edition) and word in edition.has["edition-id"] for edition in self.tables.editions)
            if word is None or reading.filter.get("edition-id", {word}) != {word} or (reading.ids and not fits):
                return None
            reading.filter["edition-id"] = {word}
        for part in ("build", "sku"):
            if part in parts:
                reading.filter[part] = {int(parts[part])}
        if "version" in parts:
            if parts["version"] not in self.tables.versions:
                return None
            reading.filter["version"] = set(self.tables.versions[parts["version"]])
        reading.how = "pattern"
        return reading if reading.says_something() else None


def is_named(reading, edition):
    return not reading.ids or (edition.release if reading.kind == "release" else edition.id) in reading.ids


def passes(edition, evidence, by_name):
    """Evidence is a list of (kind, values). What is not known of an edition does not rule it out where it was named."""
    for kind, values in evidence:
        has = edition.has["build" if kind == "version" else kind]
        if not has & values and not (by_name and not has):
            return False
    return True


def unique(items):
    return list(dict.fromkeys(items))


class Recognizer:
    def __init__(self, tables):
        self.tables, self.reader = tables, Reader(tables)
        self.releases = {edition.release: [one for one in tables.editions if one.release == edition.release] for edition in tables.editions if edition.release}

    def recognize(self, text, given):
        reading = self.reader.read(text) if text is not None and len(text.encode()) <= LONGEST else None
        if reading is None:
            if text is not None and not ({"edition-id", "sku"} & set(given)):
                return UNKNOWN
            reading = Reading()
        if reading.kind == "key-group":
            return self.answer(reading.kind, reading.ids, reading.how, [])
        # What is given takes the place of what the text says, but both EditionIDs hold.
        evidence = [(kind, values) for kind, values in reading.filter.items() if kind not in given or kind == "edition-id"]
        evidence += [(kind, {value}) for kind, value in given.items()]
        evidence = [(kind, values) for kind, values in evidence if kind in ("version", "product-type") or any(edition.has[kind] & values for edition in self.tables.editions)]
        return self.conclude(reading, evidence)

    def conclude(self, reading, evidence):
        if not evidence:
            return self.answer(reading.kind, reading.ids, reading.how, []) if reading.ids else UNKNOWN
        kinds = {"build" if kind == "version" else kind for kind, _ in evidence}
        how = reading.how or next(kind for kind in ("edition-id", "sku", "build", "product-type") if kind in kinds)
        left = [edition for edition in self.tables.editions if is_named(reading, edition) and passes(edition, evidence, bool(reading.ids))]
        as_releases = not (reading.ids and reading.kind == "edition") and not kinds & {"sku", "edition-id"}
        if as_releases:
            releases = unique(edition.release for edition in left if edition.release)
            inside = [edition for edition in left if edition.release == releases[0]] if len(releases) == 1 else []
            if len(inside) == 1 and len(self.releases[releases[0]]) > 1:
                return self.answer("edition", [inside[0].id], how, evidence)
            if releases:
                return self.answer("release", releases, how, evidence)
        elif left:
            return self.answer("edition", [edition.id for edition in left], how, evidence)
        return self.contradiction(reading, [(kind, values) for kind, values in evidence if values is not reading.filter.get("edition-id")], how) if reading.ids else UNKNOWN

    def contradiction(self, reading, evidence, how):
        named = [edition for edition in self.tables.editions if is_named(reading, edition)]
        akin = lambda a, b: a.has["edition-id"] & b.has["edition-id"] or a.has["sku"] & b.has["sku"] or (a.release and a.release == b.release)
        others = [edition for edition in self.tables.editions if passes(edition, evidence, False) and any(akin(edition, one) for one in named)]
        ids = unique(reading.ids + [edition.id if reading.kind == "edition" else edition.release for edition in others])
        return {"outcome": "ambiguous", "kind": reading.kind, "candidates": set(i for i in ids if i), "step": how, "contradicted": True, "decides": set()}

    def answer(self, kind, ids, how, evidence):
        ids = unique(ids)
        answer = {"outcome": "recognised" if len(ids) == 1 else "ambiguous", "kind": kind, "candidates": set(ids), "step": how, "contradicted": False, "decides": set()}
        if len(ids) == 1 or kind == "key-group":
            return answer
        members = [[edition for edition in self.tables.editions if (edition.id if kind == "edition" else edition.release) == one and passes(edition, evidence, True)] for one in ids]
        known = {"build" if by == "version" else by for by, _ in evidence}
        for by in set(EVIDENCE) - known:
            apart = lambda a, b, by=by: all(x.has[by] and y.has[by] and not x.has[by] & y.has[by] for x, y in itertools.product(a, b))
            if any(a and b and apart(a, b) for a, b in itertools.combinations(members, 2)):
                answer["decides"].add(by)
        return answer


UNKNOWN = {"outcome": "unknown", "kind": None, "candidates": set(), "step": None, "contradicted": False, "decides": set()}

# ---- Questions


def captions(tables):
    for path in ("captions.csv", "identify/derived.csv", "identify/localised.csv"):
        for row in csv.reader((ROOT / "tests/cases" / path).open(encoding="utf-8")):
            if row and not row[0].startswith("#") and row[0] and len(row[0]) < 200:
                yield row[0]
    yield from (text for _, text, _, _ in tables.names)


MARKS = ["®", "(R)", "™", "(TM)", "\u00a0", "\u3000", ",", ":", "(", ")", "  ", "-", "\u2011", "[", "]", "\u200b", "\u00ad"]
BEFORE = ["Name: ", "Description: ", "OS Name: ", "Microsoft ", "Microsoft® ", "Windows(R) Operating System, ", "Майкрософт ", "AO name = "]
EDITION_IDS = ["Business", "ServerStandard", "Enterprise", "EnterpriseS", "Core", "Professional", "ServerDatacenterACor", "HomeBasic"]
BEHIND = [" x64", " SP1", " Service Pack 2", " edition", " Evaluation", " 64-bit", " - ", " channel", " N", " LTSC", " Professional", " Enterprise", " ServerStandard", " Professionnel", " 专业版"]


def changed(text, pick, builds):
    kind = pick.randrange(13)
    at = pick.randrange(len(text) + 1)
    if kind == 0:
        return text[:at] + pick.choice(MARKS) + text[at:]
    if kind == 1:
        return pick.choice(BEFORE) + text
    if kind == 2:
        return text + pick.choice(BEHIND)
    if kind == 3:
        return pick.choice([text.upper, text.lower, text.swapcase])() if text.isascii() else text
    if kind == 4:
        return text[:at] + text[at + 1:]
    if kind == 5:
        words = text.split(" ")
        pick.shuffle(words)
        return " ".join(words)
    if kind in (6, 7, 8):
        build = pick.choice(builds)
        return text + pick.choice([" {}", " 10.0.{}", " (10.0.{}.123)", ", build {}", " 10.0 ({})", " (OS Build {}.1)", " version {}", " - {}"]).format(build)
    if kind == 9:
        return f"{text} {pick.choice(['22H2', '1809', 'version 21H2', 'v1607', '24H2', '1909 18363'])}"
    if kind == 10:
        return f"{text} {pick.choice(EDITION_IDS)}"
    return text


def questions(tables, pick, count):
    texts = sorted(set(captions(tables)))
    values = {kind: sorted({value for edition in tables.editions for value in edition.has[kind]}) for kind in ("build", "sku", "edition-id")}
    values["build"].append(99999)
    values["sku"].append(999)
    values["edition-id"].append("nothing")
    values["product-type"] = sorted(tables.types)
    for _ in range(count):
        text = pick.choice(texts) if pick.random() < 0.9 else ""
        for _ in range(pick.choice([0, 0, 1, 1, 2, 3])):
            text = changed(text, pick, values["build"]) if text else text
        given = {}
        if pick.random() < 0.4 and (fitting := [edition for edition in tables.editions if edition.has["build"]]):
            edition = pick.choice(fitting)  # evidence that goes together
            given = {kind: pick.choice(sorted(edition.has[kind])) for kind in ("build", "sku", "edition-id") if edition.has[kind] and pick.random() < 0.5}
        else:
            given = {kind: pick.choice(values[kind]) for kind in values if pick.random() < 0.2}
        if '"' not in text and "\0" not in text and not text.startswith("#"):
            yield text, given


def ask(program, asked):
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["T", "B", "S", "E", "P"])
    for text, given in asked:
        writer.writerow([text, *(given.get(kind, "") for kind in EVIDENCE)])
    command = [program, "identify", "--format", "ndjson", "--separator", ",", "--columns", "os=T,build=B,sku=S,edition-id=E,product-type=P"]
    done = subprocess.run(command, input=table.getvalue().encode(), capture_output=True, check=False, timeout=600)
    if done.stderr or done.returncode not in (0, 1, 4):
        sys.exit(f"status {done.returncode}: {done.stderr.decode(errors='replace')[:2000]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=6000)
    options = parser.parse_args()
    tables = Tables(ROOT / "rules/windows.xml")
    recognizer, asked = Recognizer(tables), list(questions(tables, random.Random(options.seed), options.count))
    answers, differences, outcomes = ask(os.environ["KMSRULES_BIN"], asked), 0, {}
    if len(answers) != len(asked):
        sys.exit(f"{len(asked)} rows asked, {len(answers)} answered")
    for (text, given), said in zip(asked, answers):
        own = {kind: tables.types[value] if kind == "product-type" else value for kind, value in given.items()}
        wanted = recognizer.recognize(text.strip(BLANKS) or (None if given else ""), own)
        found = {member: set(said[member]) if isinstance(said[member], list) else said[member] for member in wanted}
        if len(wanted["candidates"]) > MOST_CANDIDATES:
            found["candidates"] = wanted["candidates"]  # not all are listed
        outcomes[wanted["outcome"]] = outcomes.get(wanted["outcome"], 0) + 1
        if found != wanted:
            differences += 1
            if differences <= 20:
                print(f"DIFFERENCE {text!r} {given}\n  program {found}\n  oracle  {wanted}")
    print(f"{len(asked)} questions from seed {options.seed}: {outcomes}, {differences or 'no'} differences")
    return 1 if differences or min(outcomes.get(outcome, 0) for outcome in ("recognised", "ambiguous", "unknown")) < len(asked) // 20 else 0


if __name__ == "__main__":
    sys.exit(main())
