"""Which KMS host with which key group can activate which editions, and why.

    import kmsrules
    rules = kmsrules.Ruleset()
    answer = rules.explain("Windows Server 2012 R2 Datacenter", "Windows Server 2019 Standard", key="windows-server-2019")
    print(answer.verdict, answer.text())

    report = rules.check("fleet.csv", host="Windows Server 2012 R2 Standard")
    print(report, report.settling)
    for found in report.findings:
        print(found.line, found.name, found.text, found.verdict, found.reason)

A Ruleset and everything it hands out never change and may be used by any number of threads.
"""
from . import _kmsrules
from .answer import (Answer, Change, Check, Choice, Counts, EditionAnswer, Fact, Found, HostAnswer, Question, Remedy, Requirement, RulesetReference,
                     SourceReference)
from .codes import CODES, CodePage
from .errors import (AmbiguousNameError, InventoryError, KmsrulesError, NotTrustedError, Problem, QuestionError, TableError, UnknownNameError,
                     UnreadableError)
from .fleet import FleetKey, FleetProduct, FleetThreshold, JudgedMachine, Judgement, Need, Report, Rows, Summary, Twin
from .inventory import Inventory, InventoryFormat, Machine, MachineLike, MachineStatus
from .plan import Advice, Alternative, Placement, Plan, PlanThreshold, Uncovered
from .records import (Application, Basis, ChangeKind, CheckCode, Edition, ErrorCode, Evidence, EvidenceKind, Identity, KeyGroup, Kind, Outcome,
                      Place, Prediction, Record, Release, Scope, Source, TableFile, Tables, Update, Verdict, Volume)
from .ruleset import BUILTIN_RULESETS, Limits, Ruleset

__version__ = _kmsrules.kmsrules_version()

__all__ = [
    "Advice", "Alternative", "AmbiguousNameError", "Answer", "Application", "BUILTIN_RULESETS", "Basis", "CODES", "Change", "ChangeKind", "Check",
    "CheckCode", "Choice", "CodePage", "Counts", "Edition", "EditionAnswer", "ErrorCode", "Evidence", "EvidenceKind", "Fact", "FleetKey",
    "FleetProduct", "FleetThreshold", "Found", "HostAnswer", "Identity", "Inventory", "InventoryError", "InventoryFormat", "JudgedMachine",
    "Judgement", "KeyGroup", "Kind", "KmsrulesError", "Limits", "Machine", "MachineLike", "MachineStatus", "Need", "NotTrustedError", "Outcome",
    "Place", "Placement", "Plan", "PlanThreshold", "Prediction", "Problem", "Question", "QuestionError", "Record", "Release", "Remedy", "Report",
    "Requirement", "Rows", "Ruleset", "RulesetReference", "Scope", "Source", "SourceReference", "Summary", "TableError", "TableFile", "Tables",
    "Twin", "Uncovered", "UnknownNameError", "UnreadableError", "Update", "Verdict", "Volume", "__version__",
]
