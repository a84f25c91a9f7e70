#!/usr/bin/python3
"""Counts, duplicates and forecasts once more, naively, from the sentences of include/kmsrules/kmsrules.h and facts/counts.csv, on random fleets.

KMSRULES_BIN=…/kmsrules counts.py [--seed N] [--count N]    compare with the program; status 1 on a difference

A fleet is a list of requests. Some are written as the text of one host's events, the others as hosts of one XML export, fifty at a time. The model keeps every request and asks the
whole list again for each answer. The least that avoids a loss is tried out: every choice of so many silent machines that come back avoids it, and no choice of one less does.
"""
import argparse
import datetime
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

DAY = 86400
RETENTION, VALIDITY, RENEWAL, FACTOR = 30 * DAY, 180 * DAY, 7 * DAY, 2
MINIMUM = {"client": 25, "server": 5, "office": 5}
TOGETHER = {"client": ("client", "server"), "server": ("client", "server"), "office": ("office",)}
SUITE = "00000000-0000-4000-9000-000000000001"  # of OVERLAY
IDS = {"client": "ae2ee509-1b34-41c0-acb7-6d4650168915", "server": "de32eafd-aaee-4662-9444-c1befb41bde2", "office": SUITE}
OVERLAY = f"""<ruleset xmlns="urn:kmsrules:1" id="made-up" revision="1"><source id="made-up" title="Made up" reliability="primary"/>
  <activation-id id="{SUITE}" editions="office-2016-volume-editions" source="made-up"/></ruleset>"""
FOREVER = float("inf")
NOW = 1_710_633_599  # 2024-03-16T23:59:59Z
HOSTS = {None: True, "windows-server-2008-r2-standard": True, "windows-server-2008-standard": False}  # whether they count virtual machines


def stamp(time):
    return datetime.datetime.fromtimestamp(time, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def cmid_text(number):
    return f"00000000-0000-4000-8000-{number:012x}"


# ---- Fleets ----


def request(source, kind, cmid, name, time):
    return {"kind": kind, "cmid": cmid, "name": name, "time": time, "result": 0 if source.random() < 0.95 else 0xC004F06C, "virtual": int(source.random() < 0.1),
            "status": source.choice((1, 1, 1, 1, 0, 5) if kind == "office" else (1, 1, 1, 0, 5, None)), "minutes": source.choice((0, 1440, 249120, 259200))}


def fleet(source):
    """Requests at full minutes, no two of a CMID at one time: what of several is the last is never a matter of order."""
    requests, taken = [], set()
    kinds = source.choice((["client"], ["server"], ["client", "client", "client", "server"], ["client", "server"], ["office"], ["client", "server", "office"]))
    machines = source.choice((1, 4, 5, 6, 8, 12, 24, 25, 26, 27, 30, 55))
    for number in range(machines):
        kind, cmid = source.choice(kinds), number if source.random() < 0.92 else source.randrange(machines)
        name = "" if source.random() < 0.05 else f"pc{number if source.random() < 0.92 else source.randrange(machines)}.example"
        time = NOW - source.randrange(source.choice((3, 10, 45, 100, 250)) * DAY)
        until = NOW + 2 * DAY if source.random() < 0.5 else time + source.randrange(80 * DAY)
        while time <= until:
            minute = time // 60 * 60
            if (cmid, minute) not in taken:
                taken.add((cmid, minute))
                requests.append(request(source, kind if source.random() < 0.98 else source.choice(kinds), cmid, source.choice((name, name, name.upper(), name + "." if name else "")), minute))
            time += RENEWAL if source.random() < 0.8 else source.randrange(60, 40 * DAY)
    source.shuffle(requests)
    return requests


def is_assumed(asked):
    """A server by the minimum alone, which Office has too."""
    return asked["kind"] == "server" and asked["status"] is None


def fields(asked):
    at = datetime.datetime.fromtimestamp(asked["time"], datetime.timezone.utc)
    rest = () if asked["status"] is None else (asked["status"], asked["minutes"], IDS[asked["kind"]])  # the last fields may be missing
    return (f"0x{asked['result']:X}", MINIMUM[asked["kind"]], asked["name"], cmid_text(asked["cmid"]), f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}", asked["virtual"], *rest)


def as_text(requests):
    return "".join(",".join(str(field) for field in fields(asked)) + "\n" for asked in requests)


def as_events(source, host, requests):
    """Of a host, some of them twice."""
    lines = []
    for number, asked in enumerate(requests):
        data = "".join(f"<Data>{field}</Data>" for field in fields(asked))
        line = (f'<Event><System><EventID>12290</EventID><EventRecordID>{number}</EventRecordID><TimeCreated SystemTime="{stamp(asked["time"])}"/>'
                f"<Computer>{host}</Computer></System><EventData><Data></Data>{data}</EventData></Event>\n")
        lines += [line] * source.choice((1, 1, 1, 2))
    return "".join(lines)


# ---- The model ----


class Machine:
    """A CMID and its accepted requests in order of time. Those of a client that ask with the minimum of servers, and do not say more, are of its Office."""

    def __init__(self, model, requests):
        every = sorted(requests, key=lambda asked: asked["time"])
        is_client, sure = any(asked["kind"] == "client" for asked in every), [asked for asked in every if not is_assumed(asked)]
        self.model, self.requests = model, [asked for asked in every if not (is_client and is_assumed(asked))]
        self.cmid, self.first, self.last = every[0]["cmid"], self.requests[0]["time"], self.requests[-1]["time"]
        self.kind, self.name = (sure or every)[-1]["kind"], next((asked["name"] for asked in reversed(every) if asked["name"]), None)
        self.is_assumed, self.names = all(map(is_assumed, every)), len({asked["name"] for asked in every if asked["name"]})
        self.is_uncounted = bool(self.requests[-1]["virtual"]) and not model.counts_virtual
        self.is_silent = NOW - self.last >= RETENTION or NOW - self.last > model.silent_after

    def is_counted(self, time, returned=()):
        """At this time; those that come back do so before they would be lost."""
        stays = not self.is_silent or self in returned
        return not self.is_uncounted and self.first <= time and (stays or time < self.last + RETENTION)


class Model:
    """One pool."""

    def __init__(self, requests, counts_virtual, silent_after, horizon):
        self.counts_virtual, self.silent_after, self.end = counts_virtual, silent_after, NOW + horizon
        self.requests = [dict(asked, name=asked["name"].lower().rstrip(".")) for asked in requests if asked["time"] <= NOW and asked["result"] == 0]
        by_cmid = {}
        for asked in self.requests:
            by_cmid.setdefault(asked["cmid"], []).append(asked)
        self.machines = [Machine(self, requests) for requests in by_cmid.values()]
        self.asked = {asked["kind"] for machine in self.machines for asked in machine.requests}
        self.cap = FACTOR * max(MINIMUM[kind] for kind in self.asked)
        self.falls = sorted({machine.last + RETENTION for machine in self.machines if machine.is_silent and not machine.is_uncounted})

    def count(self, time, returned=()):
        return sum(machine.is_counted(time, returned) for machine in self.machines)

    def is_met(self, kind, time, returned=()):
        return min(self.count(time, returned), self.cap) >= MINIMUM[kind]

    def was_met(self, kind, time):
        """Also before it was first met: the events need not be the first ones."""
        return self.is_met(kind, time) or any(self.is_met(kind, m.first) for m in self.machines) and not any(self.is_met(kind, m.first) for m in self.machines if m.first <= time)

    def counts(self):
        here = [machine for machine in self.machines if NOW - machine.last < RETENTION]
        kinds = {kind: sum(machine.kind == kind and not machine.is_uncounted for machine in here) for kind in MINIMUM}
        count = sum(kinds.values())
        office = self.asked == {"office"}
        assumed = sum(machine.is_assumed and not machine.is_uncounted for machine in here)
        return {"count": count, "shown": min(count, self.cap), "cap": self.cap, "kinds": kinds, "assumed": assumed, "uncounted": sum(machine.is_uncounted for machine in here), "past": len(self.machines) - len(here),
                "thresholds": [{"kind": kind, "minimum": MINIMUM[kind], "count": min(count, self.cap), "sure": min(count - assumed, self.cap), "met": min(count, self.cap) >= MINIMUM[kind], "asked": kind in self.asked}
                               for kind in MINIMUM if (kind == "office") == office]}

    # duplicates

    def uses(self):
        last, counted = {}, {machine.cmid: not machine.is_uncounted and NOW - machine.last < RETENTION for machine in self.machines}
        for asked in self.requests:
            if asked["name"]:
                last[asked["cmid"], asked["name"]] = max(asked["time"], last.get((asked["cmid"], asked["name"]), 0))
        return [{"name": name, "cmid": cmid_text(cmid), "last": stamp(time), "counted": NOW - time < RETENTION and counted[cmid]} for (cmid, name), time in last.items()]

    def duplicates(self):
        found, uses = [], self.uses()
        for what, same in (("one-cmid", "cmid"), ("one-name", "name")):
            for value in sorted({use[same] for use in uses}):
                group = [use for use in uses if use[same] == value]
                group.sort(key=lambda use: (use["name"], use["cmid"]))
                group.sort(key=lambda use: use["last"], reverse=True)
                if len(group) > 1:
                    found.append({"what": what, "uses": group})
        return found

    def without(self):
        """Each name that asked is a machine, and each CMID that did under no name."""
        named = [use for use in self.uses() if use["counted"]]
        nameless = [machine for machine in self.machines if machine.is_counted(NOW, self.machines) and NOW - machine.last < RETENTION and cmid_text(machine.cmid) not in {use["cmid"] for use in named}]
        return len({use["name"] for use in named}) + len(nameless)

    # forecast

    def is_replaced(self, machine):
        later = [other for other in self.machines if other.name == machine.name and other.first > machine.last and other.is_assumed == machine.is_assumed]
        return machine.is_silent and machine.name is not None and bool(later)

    def steps(self):
        days = {}
        for time in self.falls:
            if NOW < time <= self.end:
                days.setdefault(time // DAY, []).append(time)
        for times in days.values():
            gone = sorted((machine for machine in self.machines if machine.is_silent and not machine.is_uncounted and machine.last + RETENTION in times), key=lambda m: (m.last, m.cmid))
            yield {"date": stamp(times[-1])[:10], "time": stamp(times[-1]), "count": self.count(times[-1]), "silent": [machine.name or cmid_text(machine.cmid) for machine in gone], "replaced": [machine.name for machine in gone if self.is_replaced(machine)],
                   "lost": [kind for kind in MINIMUM if kind in self.asked and self.is_met(kind, times[0] - 1) and not self.is_met(kind, times[-1])]}

    def last_success(self, machine):
        """Of the times it asked: every seven days before and after its last request, back to its first, none after its last one if it is silent. None: no time; FOREVER: it goes on."""
        time = machine.last
        while not machine.is_silent and time < NOW + 60 * DAY:  # whoever is silent is gone by then
            time += RENEWAL
        if not machine.is_silent and self.was_met(machine.kind, time):
            return FOREVER
        while time > machine.first and not self.was_met(machine.kind, time):
            time -= RENEWAL
        time = max(time, machine.first)
        return time if self.was_met(machine.kind, time) else None

    def lapse(self, machine):
        """When its activation ends, None: not, or there is none. A last request in vain tells how long it has left."""
        success, asked = self.last_success(machine), machine.requests[-1]
        if success is FOREVER:
            return None
        if success is not None and (success >= machine.last or asked["status"] is None):
            return success + VALIDITY
        return machine.last + min(asked["minutes"] * 60, VALIDITY) if asked["status"] == 1 else None

    def lapses(self):
        ends = [(self.lapse(machine), machine) for machine in self.machines]
        told = sorted(((end, machine) for end, machine in ends if end is not None and NOW < end <= self.end), key=lambda pair: (pair[0], pair[1].cmid))
        return sum(end is not None and end <= NOW for end, _ in ends), [
            {"name": m.name, "cmid": cmid_text(m.cmid), "date": stamp(end)[:10], "time": stamp(end), "kind": m.kind, "silent": m.is_silent, "last": stamp(m.last),
             "names": m.names, "replaced": self.is_replaced(m)} for end, m in told]

    def loss(self, kind, returned=()):
        """When a threshold that is met by now is lost."""
        return next((time for time in self.falls if time > NOW and not self.is_met(kind, time, returned)), None)

    def check_avoid(self, avoid):
        """None, or what is wrong with it."""
        silent = [machine for machine in self.machines if machine.is_silent and machine.is_counted(NOW)]
        short = [kind for kind in MINIMUM if kind in self.asked and not self.is_met(kind, NOW)]
        losses = {kind: self.loss(kind) for kind in self.asked if kind not in short and self.loss(kind) is not None and self.loss(kind) <= self.end}
        if not short and not losses:
            return None if avoid is None else "nothing is lost"
        if avoid is None:
            return "something is lost"
        if short:
            kind = max(short, key=lambda kind: MINIMUM[kind])
            needed = MINIMUM[kind] - self.count(NOW + 400 * DAY)  # once the silent ones are gone
            return None if (avoid["before"], avoid["machines"], avoid["kind"]) == (None, needed, kind) else f"{needed} {kind} more are needed"
        first = min(losses.values())
        kind = max((kind for kind in losses if losses[kind] == first), key=lambda kind: MINIMUM[kind])
        if (avoid["before"], avoid["kind"]) != (stamp(first)[:10], kind):
            return f"{kind} is lost first, {stamp(first)}"
        for number, avoids in ((avoid["machines"], True), (avoid["machines"] - 1, False)):
            for returned in itertools.islice(itertools.combinations(silent, number), 200):
                if all(self.loss(kind, returned) is None for kind in losses) != avoids:
                    return f"{number} that come back {'do not avoid' if avoids else 'avoid'} it"
        return None if avoid["machines"] <= len(silent) else "there are not so many"


# ---- Comparing ----


class Comparing:
    def __init__(self, program, folder):
        self.program, self.folder, self.wrong, self.seen = program, folder, 0, {"pools": 0, "steps": 0, "lost": 0, "lapses": 0, "avoid": 0, "one-cmid": 0, "one-name": 0}
        (folder / "overlay.xml").write_text(OVERLAY)

    def ask(self, command, path, *options):
        done = subprocess.run([self.program, "--rules", "windows", "--rules", str(self.folder / "overlay.xml"), "--as-of", stamp(NOW), command, str(path), "--format", "json", *options],
                              capture_output=True, check=False, text=True)
        if done.returncode > 1:
            raise SystemExit(f"{command}: status {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def same(self, where, what, mine, theirs, requests):
        if mine == theirs:
            return
        self.wrong += 1
        if self.wrong <= 5:
            print(f"{where}: {what}\n  model   {mine}\n  program {theirs}\n{as_text(sorted(requests, key=lambda asked: asked['time'])) if len(requests) < 60 else ''}")

    def compare(self, where, fleets, path, host, silent_after, horizon):
        """`fleets`: by name of the host that logged, or None."""
        options = () if host is None else ("--host", host)
        counts, duplicates = self.ask("counts", path, *options), self.ask("duplicates", path, *options)
        forecast = self.ask("forecast", path, "--silent-after", f"{silent_after // DAY}d", "--horizon", f"{horizon // DAY}d", *options)
        models = {}
        for name, requests in fleets.items():
            for application, kinds in (("windows", ("client", "server")), ("office-2016", ("office",))):
                mine = [asked for asked in requests if asked["kind"] in kinds]
                if any(asked["time"] <= NOW and asked["result"] == 0 for asked in mine):
                    models[name, application] = (Model(mine, HOSTS[host], silent_after, horizon), mine)
        self.pools(where, models, counts, duplicates, forecast)
        every = [asked for requests in fleets.values() for asked in requests]
        results = {}
        for asked in every:
            if asked["time"] <= NOW:
                results[f"0x{asked['result']:08X}"] = results.get(f"0x{asked['result']:08X}", 0) + 1
        self.same(where, "results", sorted(results.items()), [(row["result"], row["requests"]) for row in counts["requests"]["results"]], [])

    def pools(self, where, models, counts, duplicates, forecast):
        key_of = lambda pool: (pool["host"], pool["application"])
        for document in (counts, duplicates, forecast):
            self.same(where, "pools", sorted(models, key=str), sorted((key_of(pool) for pool in document["pools"]), key=str), [])
        for counted, doubled, foretold in zip(counts["pools"], duplicates["pools"], forecast["pools"]):
            key = key_of(counted)
            model, requests = models[key]
            place = f"{where} {key}"
            self.same(place, "counts", model.counts(), {name: value for name, value in counted.items() if name not in ("host", "application")}, requests)
            self.same(place, "count and without", (model.counts()["count"], model.without()), (doubled["count"], doubled["without"]), requests)
            mine = [{"what": item["what"], "uses": item["uses"]} for item in duplicates["duplicates"] if key_of(item) == key]
            self.same(place, "duplicates", model.duplicates(), mine, requests)
            self.forecast(place, model, foretold, requests, model.duplicates())

    def forecast(self, place, model, foretold, requests, duplicates):
        lapsed, lapses = model.lapses()
        steps = list(model.steps())
        numbers = model.counts()["count"], model.cap, model.counts()["assumed"], sum(m.is_silent and m.is_counted(NOW) for m in model.machines)
        self.same(place, "count, cap, assumed, silent", numbers, (foretold["count"], foretold["cap"], foretold["assumed"], foretold["silent"]), requests)
        self.same(place, "steps", steps, foretold["steps"], requests)
        self.same(place, "lapses", lapses, foretold["lapses"], requests)
        self.same(place, "lapsed", lapsed, foretold["lapsed"], requests)
        self.same(place, "avoid", None, model.check_avoid(foretold["avoid"]), requests)
        for name, number in (("pools", 1), ("steps", len(steps)), ("lost", sum(bool(step["lost"]) for step in steps)), ("lapses", len(lapses)), ("avoid", foretold["avoid"] is not None)):
            self.seen[name] += number
        for item in duplicates:
            self.seen[item["what"]] += 1


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seed", type=int, default=12290)
    options.add_argument("--count", type=int, default=500)
    arguments = options.parse_args()
    source, fleets = random.Random(arguments.seed), 0
    with tempfile.TemporaryDirectory() as name:
        comparing = Comparing(os.environ["KMSRULES_BIN"], pathlib.Path(name))
        while fleets < arguments.count:
            host, silent_after, horizon = source.choice(list(HOSTS)), source.choice((0, DAY, RENEWAL, RENEWAL, 20 * DAY, 40 * DAY)), source.choice((10 * DAY, 100 * DAY, 400 * DAY))
            path = comparing.folder / "events"
            if source.random() < 0.7:
                made = {None: fleet(source)}
                path.write_text(as_text(made[None]))
            else:
                made = {f"kms{number}.example": fleet(source) for number in range(50)}
                path.write_text("".join(as_events(source, source.choice((name, name.upper())), requests) for name, requests in made.items()))
            comparing.compare(f"fleet {fleets}", made, path, host, silent_after, horizon)
            fleets += len(made)
    print(f"{fleets} fleets, {comparing.wrong} differences; " + ", ".join(f"{name} {number}" for name, number in comparing.seen.items()))
    return 1 if comparing.wrong or not all(comparing.seen.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
