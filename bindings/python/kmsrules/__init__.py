"""Which KMS host with which key group can activate which editions, and why.

    import kmsrules
    rules = kmsrules.Ruleset()
    answer = rules.explain("Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", key="windows-server-2019")
    print(answer.verdict, answer.text())

    report = rules.check("fleet.csv", host="Windows Server 2012 R2 Standard")
    print(report, report.settling)
    for found in report.findings:
        print(found.line, found.name, found.text, found.verdict, found.reason)

    moved = rules.diff("Windows Server 2012 R2 Standard", "Windows Server 2022 Standard")
    print(moved, moved.of(kmsrules.Shift.FALLEN), moved.text())

A Ruleset and everything it hands out never change and may be used by any number of threads.
"""
from . import _kmsrules
from .answer import (Answer, Check, Choice, Counts, EditionAnswer, Fact, Found, HostAnswer, Question, Requirement, RulesetReference,
                     SourceReference)
from .difference import (Shift, ChangeNeed, ChangeSide, ChangeThreshold, Difference, HostKey, HostSide, Meanwhile, ProductChange)
from .errors import (AmbiguousNameError, InventoryError, KmsrulesError, NotTrustedError, Problem, QuestionError, TableError, UnknownNameError,
                     UnreadableError)
from .fleet import FleetKey, FleetProduct, FleetThreshold, JudgedMachine, Judgement, Need, Report, Rows, Summary, Twin
from .inventory import Inventory, InventoryFormat, Machine, MachineLike, MachineStatus
from .records import (Application, Basis, Cache, CheckCode, Edition, Evidence, EvidenceKind, Identity, Interval, IntervalKind, KeyGroup, Kind, Outcome, Place,
                      Record, Release, Source, TableFile, Tables, Transition, TransitionKind, Update, Verdict, Volume)
from .ruleset import BUILTIN_RULESETS, Limits, Ruleset

__version__ = _kmsrules.kmsrules_version()

__all__ = [
    "AmbiguousNameError", "Answer", "Application", "BUILTIN_RULESETS", "Basis", "Cache", "Shift", "ChangeNeed", "ChangeSide",
    "ChangeThreshold", "Check", "CheckCode", "Choice", "Counts", "Difference", "Edition", "EditionAnswer", "Evidence", "EvidenceKind", "Fact",
    "FleetKey", "FleetProduct", "FleetThreshold", "Found", "HostAnswer", "HostKey", "HostSide", "Identity", "Interval", "IntervalKind",
    "Inventory", "InventoryError", "InventoryFormat", "JudgedMachine", "Judgement", "KeyGroup", "Kind", "KmsrulesError", "Limits", "Machine",
    "MachineLike", "MachineStatus", "Meanwhile", "Need", "NotTrustedError", "Outcome", "Place", "Problem", "ProductChange", "Question",
    "QuestionError", "Record", "Release", "Report", "Requirement", "Rows", "Ruleset", "RulesetReference", "Source", "SourceReference",
    "Summary", "TableError", "TableFile", "Tables", "Transition", "TransitionKind", "Twin", "UnknownNameError", "UnreadableError", "Update",
    "Verdict", "Volume", "__version__",
]
