"""Times `kmsrules check` on a generated CSV of an Active Directory beside the same job as a Python script with csv and dict, and as SQLite's .import and JOIN: one run, one file.

inventory.py KMSRULES [ROWS]. The job: how many machines of each verdict, for one host with a key. The verdicts of the products are given to the rivals as a table, so that
they only count; both name a system by its exact text, which kmsrules does not need. Each figure is the best of several runs of a whole process, in CPU seconds.
"""
from __future__ import annotations

import csv
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile

HOST, KEY = "windows-server-2022-standard", "windows-server-2022"
SYSTEMS = [  # (OperatingSystem, OperatingSystemVersion, weight)
    ("Windows 10 Pro", "10.0 (19045)", 30), ("Windows 10 Enterprise", "10.0 (19045)", 20), ("Windows 11 Pro", "10.0 (22631)", 20), ("Windows 11 Enterprise", "10.0 (26100)", 10),
    ("Windows Server 2019 Standard", "10.0 (17763)", 6), ("Windows Server 2022 Standard", "10.0 (20348)", 5), ("Windows Server 2012 R2 Standard", "6.3 (9600)", 2),
    ("Windows 7 Professional", "6.1 (7601)", 3), ("Windows 10 Enterprise LTSC", "10.0 (17763)", 2), ("Windows XP Professional", "5.1 (2600)", 1), ("Windows Server 2025 Standard", "10.0 (26100)", 1),
]
PYTHON_JOB = """
import csv, sys
verdicts = {(row[0], row[1]): row[2] for row in csv.reader(open(sys.argv[2], newline="", encoding="utf-8"))}
counts = {}
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    reader = csv.reader(file)
    header = next(reader)
    system, version = header.index("OperatingSystem"), header.index("OperatingSystemVersion")
    for row in reader:
        verdict = verdicts.get((row[system], row[version]), "unrecognised")
        counts[verdict] = counts.get(verdict, 0) + 1
print(counts)
"""
SQLITE_JOB = """.mode csv
.import {inventory} fleet
CREATE TABLE verdicts(system TEXT, version TEXT, verdict TEXT, PRIMARY KEY(system, version)) WITHOUT ROWID;
.import {verdicts} verdicts
SELECT coalesce(verdict, 'unrecognised'), count(*) FROM fleet LEFT JOIN verdicts ON system = OperatingSystem AND version = OperatingSystemVersion GROUP BY 1;
"""


def write_inventory(path: str, rows: int) -> None:
    choose = random.Random(968912).choices
    weights = [weight for _, _, weight in SYSTEMS]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write('"Name","OperatingSystem","OperatingSystemVersion","LastLogonDate"\r\n')
        for start in range(0, rows, 10000):
            lines = [f'"PC{start + i:07}","{system}","{version}","2024-01-09 08:12:00"\r\n'
                     for i, (system, version, _) in enumerate(choose(SYSTEMS, weights, k=min(10000, rows - start)))]
            file.write("".join(lines))


def check(program: str, path: str, *options: str) -> list[str]:
    return [program, "check", path, "--host", HOST, "--key", KEY, *options]


def write_verdicts(program: str, path: str) -> None:
    """By the program itself: the rivals are given what they cannot know."""
    text = io.StringIO()
    csv.writer(text).writerows([["OperatingSystem", "OperatingSystemVersion"], *[row[:2] for row in SYSTEMS]])
    done = subprocess.run(check(program, "-", "--format", "ndjson", "--fail-on", "never"), input=text.getvalue(), capture_output=True, text=True, check=True)
    rows = [[system, version, json.loads(line)["verdict"]] for (system, version, _), line in zip(SYSTEMS, done.stdout.splitlines())]
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def best_of(count: int, command: list[str], text: str | None = None) -> tuple[float, int]:
    """CPU seconds of the fastest run, and the most memory in KiB."""
    best, memory = float("inf"), 0
    for _ in range(count):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(command, stdin=subprocess.PIPE if text else subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if text:
            process.stdin.write(text.encode())
            process.stdin.close()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        memory = max(memory, usage.ru_maxrss)
    return best, memory


def main() -> None:
    program, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2_000_000
    with tempfile.TemporaryDirectory() as folder:
        inventory, verdicts, job = (os.path.join(folder, name) for name in ("inventory.csv", "verdicts.csv", "job.py"))
        write_inventory(inventory, rows)
        write_verdicts(program, verdicts)
        with open(job, "w", encoding="utf-8") as file:
            file.write(PYTHON_JOB)
        contenders = [("kmsrules check --key", check(program, inventory), None, 5), ("kmsrules check, key chosen (read twice)", check(program, inventory)[:-2], None, 3),
                      ("kmsrules check --format ndjson, every machine", check(program, inventory, "--format", "ndjson"), None, 2),
                      ("Python: csv, dict", [sys.executable, job, inventory, verdicts], None, 2)]
        if shutil.which("sqlite3"):
            contenders.append(("SQLite: .import, JOIN", ["sqlite3", ":memory:"], SQLITE_JOB.format(inventory=inventory, verdicts=verdicts), 2))
        print(f"inventory of {rows} rows, {os.path.getsize(inventory) / 1e6:.0f} MB, as whole processes, CPU time")
        floor = None
        for name, command, text, runs in contenders:
            seconds, memory = best_of(runs, command, text)
            floor = floor or seconds
            print(f"  {name:46} {seconds:7.2f} s  {rows / seconds / 1e6:6.2f} M rows/s  {seconds / floor:6.1f} ×  {memory / 1024:7.1f} MB")


main()
