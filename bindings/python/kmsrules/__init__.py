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
from .answer import (Answer, Check, Choice, Counts, EditionAnswer, Fact, Found, HostAnswer, Question, Requirement, RulesetReference,
                     SourceReference)
from .errors import (AmbiguousNameError, InventoryError, KmsrulesError, NotTrustedError, Problem, QuestionError, TableError, UnknownNameError,
                     UnreadableError)
from .fleet import FleetKey, FleetProduct, FleetThreshold, JudgedMachine, Judgement, Need, Report, Rows, Summary, Twin
from .inventory import Inventory, InventoryFormat, Machine, MachineLike, MachineStatus
from .records import (Application, Basis, CheckCode, Edition, Evidence, EvidenceKind, Identity, KeyGroup, Kind, Outcome, Place, Record, Release,
                      Source, TableFile, Tables, Update, Verdict, Volume)
from .runbook import Command, Dns, Runbook, RunbookKey, Step
from .ruleset import BUILTIN_RULESETS, Limits, Ruleset

__version__ = _kmsrules.kmsrules_version()

__all__ = [
    "AmbiguousNameError", "Answer", "Application", "BUILTIN_RULESETS", "Basis", "Check", "CheckCode", "Choice", "Command", "Counts", "Dns", "Edition",
    "EditionAnswer", "Evidence", "EvidenceKind", "Fact", "FleetKey", "FleetProduct", "FleetThreshold", "Found", "HostAnswer", "Identity",
    "Inventory", "InventoryError", "InventoryFormat", "JudgedMachine", "Judgement", "KeyGroup", "Kind", "KmsrulesError", "Limits", "Machine",
    "MachineLike", "MachineStatus", "Need", "NotTrustedError", "Outcome", "Place", "Problem", "Question", "QuestionError", "Record", "Release", "Report",
    "Requirement", "Rows", "Ruleset", "RulesetReference", "Runbook", "RunbookKey", "Source", "SourceReference", "Step", "Summary", "TableError", "TableFile", "Tables", "Twin",
    "UnknownNameError", "UnreadableError", "Update", "Verdict", "Volume", "__version__",
]
