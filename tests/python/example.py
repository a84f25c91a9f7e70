"""What a program that uses kmsrules looks like; `mypy --strict` reads it, and test_package.py runs it."""
from __future__ import annotations

from pathlib import Path
from typing import List, Optional

import kmsrules

rules = kmsrules.Ruleset()
answer: kmsrules.Answer = rules.explain("Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", key="windows-server-2019")
assert answer.verdict is kmsrules.Verdict.CONDITIONAL
open_checks: List[kmsrules.Check] = [check for check in answer.hosts[0].editions[0].checks if check.outcome is not kmsrules.Outcome.PASS]
needed: Optional[str] = answer.hosts[0].choices[0].needs[0] if answer.hosts[0].choices else None
assert needed == "KB4467695" and open_checks[0].code is kmsrules.CheckCode.HOST_UPDATED

seven: kmsrules.Edition
seven, = [edition for edition in rules.tables.editions if edition.name == "Windows 7 Enterprise"]
assert rules.can(seven, "Windows Server 2008 R2 Enterprise") is kmsrules.Verdict.NO
column: List[kmsrules.Verdict] = rules.can_each("Windows Server 2022 Standard", ["Windows 10 Pro", seven, "Windows 10 Pro"], clients=30)
assert column[0] is column[2]

hosts: List[Optional[str]] = [found.host for found in rules.hosts(["Windows 11 Pro"]) if found.verdict is kmsrules.Verdict.YES]
assert "windows-server-2025-standard" in hosts
machines: List[kmsrules.Machine] = list(rules.read_inventory(b"Name,System\nPC1,Windows 11 Pro\n", columns={"name": "Name", "os": "System"}))
assert machines[0].record is not None and machines[0].status is kmsrules.MachineStatus.RECOGNISED
fleet: List[kmsrules.MachineLike] = [machines[0], "Windows 10 Pro", ("PC2", seven), {"sku": 48, "build": "10.0 (19045)"}]
report: kmsrules.Report = rules.check(fleet, host="Windows Server 2022 Standard", key="windows-server-2022")
assert report.summary.yes == 4 and report.summary.rows == 4 and not report.settling
codes: List[Optional[kmsrules.CheckCode]] = [judged.code for judged in rules.judge(iter(machines), host="Windows 7 Enterprise")]
assert codes == [kmsrules.CheckCode.KEY_COVERS_EDITION]
identity: kmsrules.Identity = rules.identify(build=20348, edition_id="ServerStandard", product_type=kmsrules.Kind.SERVER)
assert identity.record.id == "windows-server-2022-standard" and identity.at is None
try:
    kmsrules.Ruleset(Path("no such file.xml"), limits=kmsrules.Limits(table_size=1 << 24))
except kmsrules.UnreadableError as error:
    assert (error.file, error.line) == ("no such file.xml", 0)
