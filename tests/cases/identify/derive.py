#!/usr/bin/python3
"""Writes derived.csv: what must be recognised, worked out from the facts alone (editions.csv, channels.csv), never from the tables or the program.

derive.py FACTS-FOLDER > derived.csv
"""
import csv
import itertools
import pathlib
import sys

# What other sources than editions.csv say exists: name, builds, SKU, EditionID.
WINDOWS_10 = "10240|10586|14393|15063|16299|17134|17763|18362|18363|19041|19042|19043|19044|19045"
WINDOWS_11 = "22000|22621|22631|26100|26200|28000"
MORE = [("Windows 7 Home Basic", "client", "7", "7600|7601", "2", "HomeBasic"), ("Windows XP Professional", "client", "XP", "2600", "", ""),
        ("Windows 10 Enterprise Evaluation", "client", "10", WINDOWS_10, "72", "EnterpriseEval"),
        ("Windows 11 Enterprise Evaluation", "client", "11", WINDOWS_11, "72", "EnterpriseEval"),
        ("Windows 10 Home China", "client", "10", WINDOWS_10, "99", "CoreCountrySpecific"),
        ("Windows 11 Home China", "client", "11", WINDOWS_11, "99", "CoreCountrySpecific")]
# Evaluation images are editions of their own, by fine print 13.
EVALUATIONS = [("2012 R2", "9600"), ("2016", "14393"), ("2019", "17763"), ("2022", "20348"), ("2025", "26100")]
for YEAR, BUILD in EVALUATIONS:
    MORE += [(f"Windows Server {YEAR} Standard Evaluation", "server", YEAR, BUILD, "79", "ServerStandardEval"),
             (f"Windows Server {YEAR} Datacenter Evaluation", "server", YEAR, BUILD, "80", "ServerDatacenterEval")]
CHANNELS = {"VOLUME_KMS_C": "windows-server-2008-group-c windows-server-2008-r2-group-c", "VOLUME_KMS": "windows-vista office-2010 office-2013 office-2016 office-2019",
            "VOLUME_KMS_R2_A": "windows-server-2008-r2-group-a", "VOLUME_KMS_R2_B": "windows-server-2008-r2-group-b", "VOLUME_KMS_R2_C": "windows-server-2008-r2-group-c",
            "VOLUME_KMS_2008R2_B": "windows-server-2008-r2-group-b", "VOLUME_KMS_A": "windows-server-2008-group-a", "VOLUME_KMS_B": "windows-server-2008-group-b",
            "VOLUME_KMS_2012-R2_WIN10": "windows-server-2012-r2-for-windows-10", "VOLUME_KMS_W10": "windows-10", "VOLUME_KMS_W7": "windows-7",
            "VOLUME_KMS_WIN8": "windows-8", "VOLUME_KMS_W8": "windows-8", "VOLUME_KMS_2012": "windows-server-2012", "VOLUME_KMS_2012-R2": "windows-server-2012-r2",
            "VOLUME_KMS_WS16": "windows-server-2016", "VOLUME_KMS_WS19": "windows-server-2019", "VOLUME_KMS_WS22": "windows-server-2022", "VOLUME_KMS_WS25": "windows-server-2025"}
KINDS = ("build", "sku", "edition-id", "product-type")


def id_of(name):
    return "".join(c for c in name.lower() if c not in "():,").replace(" ", "-")


def release_of(name, family, generation):
    if family == "office":
        return id_of(generation)
    if "LTS" in name and "IoT" not in name:
        return id_of(f"windows-{generation}-{name.split()[-2]}-{name.split()[-1]}")
    if "IoT" in name:
        return f"windows-{generation}-iot"
    special = {"SAC": "windows-server-semi-annual-channel", "Annual Channel": "windows-server-annual-channel", "HCI": "azure-stack-hci-21h2"}
    return special.get(generation) or id_of(f"windows-{'server-' if family == 'server' else ''}{generation}")


class Edition:
    def __init__(self, name, family, generation, builds, skus, edition_ids, captions=()):
        self.id, self.release, self.names = id_of(name), release_of(name, family, generation), [name, *captions]
        self.has = {"build": set(filter(None, builds.split("|"))), "sku": set(filter(None, skus.split("|"))),
                    "edition-id": set(filter(None, edition_ids.split("|"))),
                    "product-type": set() if family == "office" else {"server" if family == "server" or "multi-session" in name else "workstation"}}


def read(folder):
    editions, captions = [], []
    for row in csv.DictReader((folder / "editions.csv").open(encoding="utf-8")):
        # Office licenses are strings with commas; builds and captions are lists.
        own = [text for text in row["sample_captions"].split("|") if text]
        evaluation = [text for text in own if "Evaluation" in text or "评估版" in text]
        captions += [(text, id_of(row["canonical_name"]) + "-evaluation") for text in evaluation]
        editions.append(Edition(row["canonical_name"], row["family"], row["generation"], row["build"], row["sku"], row["editionid"],
                                [text for text in own if text not in evaluation]))
    known = {edition.id for edition in editions}
    editions += [Edition(*row) for row in MORE if id_of(row[0]) not in known]
    for text, wanted in captions:
        next(edition for edition in editions if edition.id == wanted).names.append(text)
    return editions


def deciding(candidates, given):
    """Evidence not given of which some two candidates have no value in common; a candidate is a list of editions."""
    found = []
    for kind in KINDS:
        if kind in given:
            continue
        def apart(a, b, kind=kind):
            return all(x.has[kind] and y.has[kind] and not x.has[kind] & y.has[kind] for x in a for y in b)
        if any(apart(a, b) for a, b in itertools.combinations(candidates, 2)):
            found.append(kind)
    return found


class Writer:
    def __init__(self):
        self.out = csv.writer(sys.stdout, lineterminator="\n")
        self.seen = set()

    def line(self, text, given, outcome, kind, ids, decides):
        row = (text, given.get("edition-id", ""), given.get("build", ""), given.get("sku", ""), given.get("product-type", ""), outcome, kind, " ".join(ids), " ".join(decides))
        if row[:5] in self.seen:
            return
        self.seen.add(row[:5])
        self.out.writerow(row)

    def editions(self, text, given, found):
        outcome = "recognised" if len(found) == 1 else "ambiguous"
        self.line(text, given, outcome, "edition", [edition.id for edition in found], deciding([[edition] for edition in found], given) if len(found) > 1 else [])

    def releases(self, text, given, found, editions):
        members = {}
        for edition in found:
            members.setdefault(edition.release, []).append(edition)
        if len(members) == 1 and len(found) == 1 and sum(edition.release == found[0].release for edition in editions) > 1:
            return self.editions(text, given, found)
        outcome = "recognised" if len(members) == 1 else "ambiguous"
        return self.line(text, given, outcome, "release", list(members), deciding(list(members.values()), given) if len(members) > 1 else [])


def fitting(editions, given):
    return [edition for edition in editions if all(value in edition.has[kind] for kind, value in given.items())]


def write_names(writer, editions):
    for text in dict.fromkeys(name for edition in editions for name in edition.names):
        named = [edition for edition in editions if text in edition.names]
        writer.editions(text, {}, named)
        builds = sorted(set().union(*(edition.has["build"] for edition in named)), key=int)
        for build in builds if len(named) > 1 else builds[-1:]:
            writer.editions(text, {"build": build}, fitting(named, {"build": build}))
        for edition in named[:1]:
            for kind in ("sku", "edition-id"):
                for value in sorted(edition.has[kind]):
                    writer.editions(text, {kind: value}, [one for one in named if value in one.has[kind]])


def write_evidence(writer, editions):
    values = {kind: sorted(set().union(*(edition.has[kind] for edition in editions)), key=lambda text: (len(text), text)) for kind in KINDS}
    for build in values["build"]:
        for more in ({}, {"product-type": "workstation"}, {"product-type": "server"}):
            given = {"build": build, **more}
            if found := fitting(editions, given):
                writer.releases("", given, found, editions)
        writer.releases(build, {}, fitting(editions, {"build": build}), editions)
    for kind in ("sku", "edition-id"):
        for value in values[kind]:
            writer.editions("", {kind: value}, fitting(editions, {kind: value}))
            for build in values["build"]:
                given = {kind: value, "build": build}
                if found := fitting(editions, given):
                    writer.editions("", given, found)
                    if kind == "edition-id":
                        writer.editions(f"{value} {build}", {}, found)
    for value in values["product-type"]:
        writer.releases("", {"product-type": value}, fitting(editions, {"product-type": value}), editions)


def write_channels(writer, folder):
    clients = ("VOLUME_KMSCLIENT", "VOLUME_MAK", "VOLUME_MAK_B", "RETAIL", "OEM_SLP", "OEM_COA_NSLP", "OEM_DM", "TIMEBASED_EVAL")
    for row in csv.DictReader((folder / "channels.csv").open(encoding="utf-8")):
        for text in row["string"].replace(" / ", "|").replace(", ", "|").split("|"):
            ids = CHANNELS.get(text, "").split()
            if not ids and text not in clients:
                text = f"Product Key Channel: {text.split(': ')[-1].strip()}"
            for form in (text, text + " channel"):
                writer.line(form, {}, "unknown" if not ids else "recognised" if len(ids) == 1 else "ambiguous", "key-group" if ids else "", ids, [])


def write_slmgr(writer, editions):
    """Names as the scripts print them: with the EditionID, since Windows 8 without a generation; before it with the one of the client."""
    for value in sorted(set().union(*(edition.has["edition-id"] for edition in editions))):
        found = fitting(editions, {"edition-id": value})
        writer.editions(f"Name: Windows(R), {value} edition", {}, found)
        for build in sorted(set().union(*(edition.has["build"] for edition in found)), key=int):
            writer.editions(f"Name: Windows(R), {value} edition", {"build": build}, fitting(found, {"build": build}))
        seven = fitting(found, {"build": "7601", "product-type": "workstation"})
        if seven:
            writer.editions(f"Name: Windows(R) 7, {value} edition", {}, seven)


def main():
    folder = pathlib.Path(sys.argv[1])
    editions, writer = read(folder), Writer()
    print("# Written by derive.py from the facts. Lines: text, EditionID, build, SKU, product type; outcome, kind, ids in any order, what decides among several.")
    for write in (write_names, write_evidence, write_slmgr):
        write(writer, editions)
    write_channels(writer, folder)


if __name__ == "__main__":
    main()
