#!/usr/bin/python3
"""Compares what kmsrules prints with the files beside this script.

KMSRULES_BIN=…/kmsrules run.py           compare
KMSRULES_BIN=…/kmsrules run.py --update  write them anew: read the difference before it is committed
"""
import difflib
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

FLEET = ["fleet.csv", "--columns", "name=Name,os=System", "--host", "Rack 1 Large"]

# File: exit status, arguments. Standard output is compared, or standard error where the name ends in .err.txt.
CASES = {
    "yes.txt": (0, ["explain", "Rack 1 Small", "Desk 1 Work"]),
    "no-trap.txt": (1, ["explain", "Rack 1 Large", "Desk 1 Work", "--key", "desk"]),
    "no-host.txt": (1, ["explain", "Rack 1 Cloud", "Desk 1 Home"]),
    "no-update.txt": (1, ["explain", "Rack 1 Large", "Desk 2 Work", "--key", "new-rack", "--host-build", "4711.10"]),
    "no-short.txt": (1, ["explain", "Rack 1 Small", "Desk 1 Work", "--clients", "20", "--servers", "4"]),
    "conditional.txt": (4, ["explain", "Rack 1 Large", "Rack 2 Small"]),
    "conditional-count.txt": (4, ["explain", "Rack 1 Small", "Desk 1 Work", "--clients", "20"]),
    "conditional-prerequisite.txt": (4, ["explain", "desk-1-work", "suite-1", "--update", "KB200002,KB999999"]),
    "conditional-release.txt": (4, ["explain", "Rack 1", "Rack 2 Small"]),
    "undocumented.txt": (4, ["explain", "Rack 1 Small", "Desk 2", "--key", "rack"]),
    "undocumented-volume.txt": (1, ["explain", "Rack 1 Small", "Desk 1 Lab", "--key", "rack"]),
    "applications.txt": (0, ["explain", "Rack 1 Large", "Desk 1", "Rack 1", "Suite 1", "--update", "KB100002"]),
    "color.txt": (4, ["explain", "Rack 1 Large", "Rack 2 Small", "--color", "always"]),
    "yes.json": (0, ["explain", "Rack 1 Small", "Desk 1 Work", "--format", "json"]),
    "conditional.json": (4, ["explain", "Rack 1 Large", "Rack 2 Small", "--update", "KB100001", "--servers", "7", "--format", "json"]),
    "no-update.json": (1, ["explain", "Rack 1 Large", "Desk 2 Work", "--key", "new-rack", "--host-build", "4711.10", "--format", "json"]),
    "no-host.json": (1, ["explain", "Rack 1 Cloud", "Desk 1 Home", "--format", "json"]),
    "editions.txt": (0, ["editions", "Rack 1 Large"]),
    "editions.json": (0, ["editions", "Rack 1 Large", "--key", "rack", "--format", "json"]),
    "hosts.txt": (0, ["hosts", "Desk 2"]),
    "keys.txt": (0, ["keys", "Rack 2 Small"]),
    "keys-editions.txt": (4, ["keys", "Rack 1 Large", "Desk 2"]),
    "highest.txt": (0, ["highest", "desk", "rack", "suite"]),
    "none.txt": (1, ["highest", "desk", "--host", "Rack 1 Small"]),
    "rules-list.txt": (0, ["rules", "list"]),
    "rules-list.json": (0, ["rules", "list", "--format", "json"]),
    "rules-check.json": (0, ["rules", "check", "--format", "json"]),
    "identify.txt": (1, ["--rules", "names.xml", "identify", "desk-1-work", "Desk 1", "RACK® 1 Small edition", "Desk 1 Arbeit", "Desk 1 Work x64", "WorkS", "Desk 3 Work",
                         "Desk 3 Work 19044", "Rack key", "Rack 1 Smal", "Rack? 1 Small", "Desk 1\x1b[31m\u202e", ""]),
    "identify-evidence.txt": (4, ["--rules", "names.xml", "identify", "--build", "17763", "Desk 3 Work", "Desk 3 Work 2021"]),
    "identify.json": (4, ["--rules", "names.xml", "identify", "--format", "json", "Desk 3 Work", "Rack 1 Small"]),
    "check.txt": (3, ["check", *FLEET]),
    "check-key.txt": (3, ["check", *FLEET, "--key", "rack", "--complete"]),
    "check.err.txt": (3, ["check", *FLEET]),
    "check.json": (3, ["check", *FLEET, "--format", "json"]),
    "check.ndjson": (3, ["check", *FLEET, "--format", "ndjson"]),
    "check.csv": (3, ["check", *FLEET, "--format", "csv"]),
    "check.md": (3, ["check", *FLEET, "--format", "markdown"]),
    "check.junit.xml": (3, ["check", *FLEET, "--format", "junit"]),
    "check.sarif": (3, ["check", *FLEET, "--format", "sarif"]),
    "diff.txt": (1, ["--rules", "moves.xml", "diff", "--from", "Rack 1 Small:rack:suite", "--to", "Rack 1 Large:new-rack"]),
    "diff-assumed.txt": (1, ["diff", "--from", "Rack 2 Small", "--to", "Desk 1 Work"]),
    "diff-fleet.txt": (3, ["--rules", "moves.xml", "diff", "--from", "Rack 1 Small:rack", "--to", "Rack 1 Large:new-rack", "--columns", "name=Name,os=System", "fleet.csv"]),
    "diff.json": (3, ["--rules", "moves.xml", "diff", "--from", "Rack 1 Small:rack", "--to", "Rack 1 Large:new-rack", "--columns", "name=Name,os=System", "--format", "json",
                      "fleet.csv"]),
    "plan.txt": (1, ["plan", "--fleet", "20×Desk 1 Work, 6×Rack 2 Small, 3×Suite 1, 2×Desk 1 Home, 4×Desk 2 Work"]),
    "plan-few.txt": (1, ["plan", "--fleet", "20×Desk 1 Work, 6×Rack 2 Small, 3×Suite 1", "--max-hosts", "1", "--own", "rack", "--own", "new-rack", "--host", "Rack 1"]),
    "plan-one.txt": (0, ["plan", "--fleet", "6×Rack 1 Small, 30×Desk 2 Work", "--host", "Rack 1"]),
    "plan.json": (1, ["plan", "--fleet", "30×Desk 2, 6×Rack 1 Small, 2×Desk 1 Home", "--host", "Rack 1", "--format", "json"]),
    "runbook.txt": (4, ["--rules", "steps.xml", "runbook", "Rack 1 Large", "Rack 2 Small", "Suite 1", "--offline", "--no-dns", "--port", "1700", "--host-name", "kms02.a.example"]),
    "runbook.md": (4, ["--rules", "steps.xml", "runbook", "Rack 1 Large", "Rack 2 Small", "Suite 1", "--offline", "--no-dns", "--port", "1700", "--format", "markdown"]),
    "runbook.json": (1, ["--rules", "steps.xml", "runbook", "Rack 1 Large", "Rack 2 Small", "--complete", "--zone", "a.example", "--zone", "b.example", "--format", "json"]),
    "runbook.ps1": (4, ["--rules", "steps.xml", "runbook", "Rack 1 Large", "Rack 2 Small", "Suite 1", "--offline", "--dns", "manual", "--zone", "a.example", "--zone", "b.example", "--port", "1700",
                        "--format", "powershell"]),
    "runbook-none.txt": (1, ["--rules", "steps.xml", "runbook", "Rack 1 Small", "Rack 2 Small"]),
    "slmgr.txt": (1, ["--rules", "output.xml", "slmgr", "printed.txt"]),
    "slmgr.json": (1, ["--rules", "output.xml", "slmgr", "printed.txt", "--format", "json"]),
    "slmgr.err.txt": (3, ["slmgr", "printed.txt"]),
    "dns.txt": (3, ["--rules", "dns.xml", "dns", "answer.txt", "--fleet", "30×Desk 1 Work, 4×Desk 2 Work, 12×Rack 1 Small, 9×Suite 1, 2×Desk 1 Home", "--draws", "200", "--seed", "5"]),
    "dns.err.txt": (3, ["--rules", "dns.xml", "dns", "answer.txt", "--fleet", "5×Rack 1 Small"]),
    "dns-one.txt": (0, ["--rules", "dns.xml", "dns", "one.txt", "--fleet", "40×Desk 1 Work", "--color", "always"]),
    "dns.json": (3, ["--rules", "dns.xml", "dns", "answer.txt", "--fleet", "30×Desk 1 Work, 4×Desk 2 Work, 12×Rack 1 Small", "--format", "json"]),
    "counts.txt": (0, ["--rules", "evidence.xml", "counts", "seen.txt"]),
    "counts.json": (0, ["--rules", "evidence.xml", "counts", "seen.txt", "--format", "json"]),
    "counts.nagios.txt": (1, ["--rules", "evidence.xml", "counts", "seen.txt", "--format", "nagios", "--warn", "30:", "--crit", "25"]),
    "duplicates.txt": (1, ["--rules", "evidence.xml", "duplicates", "seen.txt"]),
    "duplicates.json": (1, ["--rules", "evidence.xml", "duplicates", "seen.txt", "--format", "json"]),
    "forecast.txt": (1, ["--rules", "evidence.xml", "forecast", "seen.txt"]),
    "forecast.json": (1, ["--rules", "evidence.xml", "forecast", "seen.txt", "--format", "json"]),
    "forecast.svg": (1, ["--rules", "evidence.xml", "forecast", "seen.txt", "--format", "svg"]),
    "timeline.txt": (0, ["--rules", "evidence.xml", "timeline", "Desk 1 Work", "--last-success", "2026-11-01T08:00:00Z"]),
    "timeline.json": (0, ["--rules", "evidence.xml", "timeline", "Desk 1 Work", "--last-success", "2026-11-01", "--build", "4712", "--format", "json"]),
    "unknown.err.txt": (2, ["can", "Rack 1 Smal", "Desk 1 Werk", "--key", "rak"]),
}


def run(name: str, arguments: list[str]) -> tuple[int, str]:
    environment = {"PATH": os.environ.get("PATH", ""), "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
    command = [os.environ["KMSRULES_BIN"], "--rules", "rules.xml", "--as-of", "2026-11-21", *arguments]
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, timeout=60, check=False)
    return done.returncode, (done.stderr if ".err." in name else done.stdout).decode()


def check(name: str, is_update: bool) -> bool:
    status, arguments = CASES[name]
    actual_status, actual = run(name, arguments)
    path = HERE / name
    if is_update:
        path.write_bytes(actual.encode())
    expected = path.read_bytes().decode() if path.exists() else ""
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True), f"tests/golden/{name}", "now"))
    if actual_status != status:
        print(f"tests/golden/{name}: status {actual_status}, expected {status}")
    return actual == expected and actual_status == status


def main() -> int:
    if sys.argv[1:] not in ([], ["--update"]):
        print(__doc__, file=sys.stderr)
        return 2
    results = [check(name, sys.argv[1:] == ["--update"]) for name in CASES]
    strays = {path.name for path in HERE.iterdir()} - set(CASES) - {"run.py", "rules.xml", "names.xml", "moves.xml", "steps.xml", "fleet.csv", "CMakeLists.txt", "output.xml", "printed.txt", "dns.xml", "answer.txt", "one.txt", "evidence.xml", "seen.txt"}
    if strays:
        print("no case prints", ", ".join(sorted(strays)))
    print(f"{sum(results)} of {len(CASES)} as expected")
    return 0 if all(results) and not strays else 1


if __name__ == "__main__":
    sys.exit(main())
