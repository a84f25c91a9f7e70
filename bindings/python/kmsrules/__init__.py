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
from .answer import (Answer, Change, Check, Choice, Counts, EditionAnswer, Fact, Found, HostAnswer, Question, Remedy, Requirement, RulesetReference,
                     SourceReference)
from .codes import CODES, CodePage
from .counts import (CountedPool, CountThreshold, Duplicate, DuplicatePool, Duplicates, DuplicateUse, Forecast, ForecastPool, ForecastStep, HostCounts,
                     Lapse, Moment, Timeline)
from .difference import ChangeNeed, ChangeSide, ChangeThreshold, Difference, HostKey, HostSide, Meanwhile, ProductChange, Shift
from .discovery import Askers, Chance, Discovery, DiscoveryHost, DiscoveryThreshold, HostFailure, Reach, RecordProblem, RecordsRead, Selection
from .documents import Document
from .errors import (AmbiguousNameError, EventsError, InventoryError, KmsrulesError, LedgerError, NotTrustedError, Problem, QuestionError,
                     SlmgrError, TableError, UnknownNameError, UnreadableError)
from .events import DateOrder, Event, Events, EventsFormat
from .fleet import FleetKey, FleetProduct, FleetThreshold, JudgedMachine, Judgement, Need, Report, Rows, Summary, Twin
from .inventory import Inventory, InventoryFormat, Machine, MachineLike, MachineStatus
from .ledger import Ledger, Reply
from .plan import Advice, Alternative, Placement, Plan, PlanThreshold, Uncovered
from .records import (ActivationId, Application, Basis, Cache, ChangeKind, CheckCode, DiscoveryRule, Edition, ErrorCode, Evidence, EvidenceKind, Expiry, ExpiryKind,
                      Identity, Interval, IntervalKind, KeyGroup, Kind, Outcome, Place, Prediction, Record, Release, Scope, Source, SrvName, TableFile, Tables,
                      Transition, TransitionKind, Update, Verdict, VirtualMachines, Volume)
from .runbook import Command, Dns, Runbook, RunbookKey, Step
from .ruleset import BUILTIN_RULESETS, Limits, Ruleset
from .slmgr import (ClientLicense, HostLicense, License, LicenseFinding, LicenseRequests, LicenseRole, LicenseService, LicenseStatus,
                    LicenseThreshold, SlmgrOutput)

__version__ = _kmsrules.kmsrules_version()

__all__ = [
    "ActivationId", "Advice", "Alternative", "AmbiguousNameError", "Answer", "Application", "Askers", "BUILTIN_RULESETS", "Basis", "CODES", "Cache",
    "Chance", "Change", "ChangeKind", "ChangeNeed", "ChangeSide", "ChangeThreshold", "Check", "CheckCode", "Choice", "ClientLicense", "CodePage",
    "Command", "CountThreshold", "CountedPool", "Counts", "DateOrder", "Difference", "Discovery", "DiscoveryHost", "DiscoveryRule",
    "DiscoveryThreshold", "Dns", "Document", "Duplicate", "DuplicatePool", "DuplicateUse", "Duplicates", "Edition", "EditionAnswer", "ErrorCode",
    "Event", "Events", "EventsError", "EventsFormat", "Evidence", "EvidenceKind", "Expiry", "ExpiryKind", "Fact", "FleetKey", "FleetProduct",
    "FleetThreshold", "Forecast", "ForecastPool", "ForecastStep", "Found", "HostAnswer", "HostCounts", "HostFailure", "HostKey", "HostLicense",
    "HostSide", "Identity", "Interval", "IntervalKind", "Inventory", "InventoryError", "InventoryFormat", "JudgedMachine", "Judgement", "KeyGroup",
    "Kind", "KmsrulesError", "Lapse", "Ledger", "LedgerError", "License", "LicenseFinding", "LicenseRequests", "LicenseRole", "LicenseService",
    "LicenseStatus", "LicenseThreshold", "Limits", "Machine", "MachineLike", "MachineStatus", "Meanwhile", "Moment", "Need", "NotTrustedError",
    "Outcome", "Place", "Placement", "Plan", "PlanThreshold", "Prediction", "Problem", "ProductChange", "Question", "QuestionError", "Reach",
    "Record", "RecordProblem", "RecordsRead", "Release", "Remedy", "Reply", "Report", "Requirement", "Rows", "Ruleset", "RulesetReference", "Runbook",
    "RunbookKey", "Scope", "Selection", "Shift", "SlmgrError", "SlmgrOutput", "Source", "SourceReference", "SrvName", "Step", "Summary", "TableError",
    "TableFile", "Tables", "Timeline", "Transition", "TransitionKind", "Twin", "Uncovered", "UnknownNameError", "UnreadableError", "Update",
    "Verdict", "VirtualMachines", "Volume", "__version__",
]
