#!/usr/bin/python3
"""A second ledger, as naive as can be, against the library's: ledger.py PROGRAM [HISTORIES]

The model keeps every request ever made and reckons each answer anew from the sentences of the sources; it shares no idea with lib/fleet/ledger.c.
Numbers: facts/counts.csv for the built-in ruleset, the attributes of SMALL for the small one.
"""
import pathlib
import random
import subprocess
import sys
import tempfile

DAY = 86400
SMALL = """<ruleset xmlns="urn:kmsrules:1" id="small" revision="1">
  <source id="s" title="S" reliability="primary"/>
  <application id="windows" name="Windows"/>
  <application id="suite" name="Suite"/>
  <release id="desk" name="Desk" kind="client" application="windows"><edition id="desk-work" name="Desk Work" volume="yes" source="s"/></release>
  <release id="rack" name="Rack" kind="server" application="windows">
    <edition id="rack-old" name="Rack Old" volume="yes" source="s"/><edition id="rack-new" name="Rack New" volume="yes" source="s"/>
  </release>
  <release id="pens" name="Pens" kind="office" application="suite"><edition id="pens-all" name="Pens All" volume="yes" source="s"/></release>
  <key-group id="desk" name="D" kind="client" application="windows" source="s"><covers editions="desk" source="s"/><fits hosts="desk rack" source="s"/></key-group>
  <key-group id="rack" name="R" kind="server" application="windows" source="s"><covers editions="rack" source="s"/><fits hosts="rack" source="s"/></key-group>
  <key-group id="pens" name="P" kind="office" application="suite" source="s"><covers editions="pens" source="s"/><fits hosts="rack" source="s"/></key-group>
  <threshold kind="client" minimum="4" counts="client server" source="s"/>
  <threshold kind="server" minimum="2" counts="server" source="s"/>
  <threshold kind="office" minimum="1" counts="office" source="s"/>
  <interval of="cmid-retention" duration="PT10S" source="s"/>
  <interval of="cmid-retention" duration="PT3S" editions="rack-old" source="s"/>
  <cache factor="2" source="s"/>
  <virtual-machines counts="yes" source="s"/>
  <virtual-machines counts="no" hosts="rack-old" source="s"/>
</ruleset>
"""
CLIENT, SERVER, OFFICE = range(3)


class Tables:
    def __init__(self, minimum, counts, factor, retention, counts_virtual):
        self.minimum, self.counts, self.factor, self.retention, self.counts_virtual = minimum, counts, factor, retention, counts_virtual


BOTH = {CLIENT: {CLIENT, SERVER}, SERVER: {CLIENT, SERVER}, OFFICE: {OFFICE}}
REAL = {CLIENT: 25, SERVER: 5, OFFICE: 5}
TINY, TINY_COUNTS = {CLIENT: 4, SERVER: 2, OFFICE: 1}, {CLIENT: {CLIENT, SERVER}, SERVER: {SERVER}, OFFICE: {OFFICE}}
HOSTS = {
    ("windows", "windows-server-2019-standard"): Tables(REAL, BOTH, 2, 30 * DAY, True),
    ("windows", "windows-server-2008-standard"): Tables(REAL, BOTH, 2, 30 * DAY, False),
    ("windows", "-"): Tables(REAL, BOTH, 2, 30 * DAY, True),
    ("SMALL", "rack-new"): Tables(TINY, TINY_COUNTS, 2, 10, True),
    ("SMALL", "rack-old"): Tables(TINY, TINY_COUNTS, 2, 3, False),
}


class Model:
    """One application of one host: a list of [time, number, cmid, kind], worked through by hand each time."""

    def __init__(self, tables):
        self.tables, self.known, self.present, self.asked, self.number = tables, [], -1, 0, 0

    def alive(self, now):
        return [entry for entry in self.known if now - entry[0] < self.tables.retention]

    def record(self, cmid, kind, time, is_virtual, is_accepted):
        tables = self.tables
        is_late = time < self.present
        self.present = max(self.present, time)
        if is_accepted:
            self.asked = max(self.asked, tables.minimum[kind])
        self.known = self.alive(self.present)
        self.number += 1
        is_counted = has_dropped = False
        if is_accepted and not (is_virtual and not tables.counts_virtual):
            mine = [entry for entry in self.known if entry[2] == cmid]
            if mine and time >= mine[0][0]:
                self.known.remove(mine[0])
                self.known.append([time, self.number, cmid, kind])
            elif not mine and self.present - time < tables.retention:
                self.known.append([time, self.number, cmid, kind])
            self.known.sort()
            if len(self.known) > tables.factor * self.asked:
                gone = self.known.pop(0)
                has_dropped = gone[2] != cmid
            is_counted = cmid in [entry[2] for entry in self.known]
        count = len([entry for entry in self.known if entry[3] in tables.counts[kind]])
        minimum = tables.minimum[kind]
        return [count, minimum, int(is_accepted and count >= minimum), int(is_counted), int(is_late), int(has_dropped)]

    def count(self, time):
        return [len(self.alive(max(time, self.present))), self.tables.factor * self.asked]


def history(source, tables, path, host):
    """Lines for the program, and the answers of the model."""
    yield f"new {path} {host}\n", None
    models = {}
    span = tables.retention * source.choice((1, 2, 6))
    cmids = source.choice((3, 9, 30, 70))
    kinds = source.choice(([SERVER], [CLIENT], [OFFICE], [CLIENT, SERVER], [SERVER, SERVER, SERVER, CLIENT, OFFICE]))
    now = source.choice((0, 1_700_000_000))
    for _ in range(source.randint(1, 60)):
        now += source.choice((0, 1, source.randint(0, max(1, span // 20)), tables.retention if source.random() < 0.1 else 1))
        what = source.random()
        kind = source.choice(kinds)
        application = 1 if kind == OFFICE else 0
        model = models.setdefault(application, Model(tables))
        if what < 0.85:
            late = source.choice((0, 0, 0, 1, source.randint(0, tables.retention + 2)))
            time, is_virtual, is_accepted = max(0, now - late), source.random() < 0.2, source.random() < 0.9
            cmid = source.randrange(cmids)
            yield (f"record {cmid} {application} {kind} {time} {int(is_virtual)} {int(is_accepted)}\n", model.record(cmid, kind, time, is_virtual, is_accepted))
        elif what < 0.95:
            time = now + source.choice((0, -1, tables.retention - 1, tables.retention, tables.retention + 1, -tables.retention))
            yield f"count {application} {max(0, time)}\n", model.count(max(0, time))
        else:
            yield "reload\n", None


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    source = random.Random(20100602)
    lines, expected = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "small.xml"
        path.write_text(SMALL)
        for number in range(count):
            (rules, host), tables = list(HOSTS.items())[number * len(HOSTS) // count]  # in a row: a ruleset is loaded once
            for line, answer in history(source, tables, path if rules == "SMALL" else rules, host):
                lines.append(line)
                if answer is not None:
                    expected.append((number, line, answer))
        done = subprocess.run([program], input="".join(lines), capture_output=True, text=True, check=False)
    answers = done.stdout.splitlines()
    if done.returncode != 0 or len(answers) != len(expected):
        print(f"status {done.returncode}, {len(answers)} answers of {len(expected)}: {done.stderr}")
        return 1
    wrong = 0
    for (number, line, answer), actual in zip(expected, answers):
        if [int(word) for word in actual.split()] != answer:
            wrong += 1
            if wrong <= 5:
                print(f"history {number}: {line.strip()}: model {answer}, library {actual}")
    seen = [tuple(answer[3:]) for _, _, answer in expected if len(answer) == 6]
    print(f"{count} histories, {len(expected)} answers, {wrong} differ; late {sum(a[1] for a in seen)}, dropped {sum(a[2] for a in seen)}")
    return 1 if wrong or not any(a[2] for a in seen) or not any(a[1] for a in seen) else 0


if __name__ == "__main__":
    sys.exit(main())
