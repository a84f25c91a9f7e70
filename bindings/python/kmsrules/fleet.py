"""A whole fleet against one host: what it means for every machine, and what it takes. Reports never change and are compared and pickled by content."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union, cast

from . import _kmsrules as c
from .answer import Requirement, RulesetReference
from .errors import InventoryError
from .inventory import Inventory, Machine, MachineLike, MachineStatus, is_inventory, machines_of
from .names import KINDS as KIND_BITS, recognize
from .reading import Source, refuse_cut
from .records import CheckCode, Kind, NoTruth, Product, Verdict
from .tables import KINDS, VERDICTS, Products, application_id

Machines = Union[Source, Iterable[MachineLike]]


class Twin(NamedTuple):
    """Where a machine of the same name was before."""

    file: Optional[str]
    line: int


@dataclass(frozen=True)
class Judgement(NoTruth):
    """What the host means for a product."""

    verdict: Verdict
    code: Optional[CheckCode]  # the first check with the worst outcome; None of a YES
    key: Optional[str]  # the key group that was taken; None: the host can hold none
    reason: str  # one sentence


@dataclass(frozen=True)
class JudgedMachine(NoTruth):
    """A machine with what the host means for it; None where it was not recognised, or its row could not be read."""

    machine: Machine
    judgement: Optional[Judgement]
    twin: Optional[Twin]

    @property
    def line(self) -> int:
        return self.machine.line

    @property
    def name(self) -> Optional[str]:
        return self.machine.name

    @property
    def text(self) -> Optional[str]:
        return self.machine.text

    @property
    def product(self) -> Optional[str]:
        """The id of its edition or release."""
        return None if self.machine.record is None else self.machine.record.id

    @property
    def verdict(self) -> Optional[Verdict]:
        return None if self.judgement is None else self.judgement.verdict

    @property
    def code(self) -> Optional[CheckCode]:
        return None if self.judgement is None else self.judgement.code

    @property
    def reason(self) -> str:
        return self.machine.explanation if self.judgement is None else self.judgement.reason


@dataclass(frozen=True)
class Rows:
    """How many, by verdict."""

    yes: int
    conditional: int
    undocumented: int
    no: int


@dataclass(frozen=True)
class Summary(Rows):
    """Rows of the inventory."""

    unrecognised: int  # ambiguous or unknown
    unreadable: int

    @property
    def answered(self) -> int:
        return self.yes + self.conditional + self.undocumented + self.no

    @property
    def rows(self) -> int:
        return self.answered + self.unrecognised + self.unreadable


@dataclass(frozen=True)
class FleetProduct(NoTruth):
    record: Product
    rows: int
    machines: int  # the same, each name once
    judgement: Judgement


@dataclass(frozen=True)
class Need(NoTruth):
    """An update requirement that is not known to be met."""

    requirement: Requirement
    is_known_missing: bool  # else unknown
    rows: int  # that wait for it


@dataclass(frozen=True)
class FleetKey(NoTruth):
    """A key group that the host can hold."""

    key: str
    application: str
    is_taken: bool  # the one that the judgements are about
    rows: Rows  # of its application, with this group


@dataclass(frozen=True)
class FleetThreshold(NoTruth):
    """The machines of one application against one threshold."""

    application: str
    kind: Kind
    minimum: int
    certain: int  # machines that count for it and are answered YES
    possible: int  # the same with conditional and undocumented ones

    @property
    def met(self) -> Optional[bool]:
        """None: that depends on what is conditional or undocumented."""
        return True if self.certain >= self.minimum else False if self.possible < self.minimum else None


@dataclass(frozen=True, repr=False)
class Report(NoTruth):
    """Everything about a fleet: typed alone, no Document."""

    ruleset: RulesetReference
    host: str
    key_assumed: bool  # no key was given: for each application the one that serves most machines was taken
    summary: Summary
    products: Tuple[FleetProduct, ...]  # in the order of declaration, editions first
    needs: Tuple[Need, ...]  # most rows first
    settling: Tuple[str, ...]  # the fewest updates that make every conditional of the needs a YES; none where no three of them do
    keys: Tuple[FleetKey, ...]  # of each application, best first for this fleet
    thresholds: Tuple[FleetThreshold, ...]
    findings: Tuple[JudgedMachine, ...]  # every machine that is not YES
    duplicates: int  # rows of a name that was before
    names_incomplete: bool  # more names than are remembered: twins among the later ones were not looked for

    def __repr__(self) -> str:
        counts = ", ".join([f"{value} {name}" for name, value in vars(self.summary).items() if value])
        return f"<kmsrules.Report {self.host}, {self.summary.rows} rows: {counts or 'none'}>"


# ---- Reading, as often as it takes


def _held(machines: Iterable[Machine]) -> Tuple[Iterable[Machine], Iterable[Machine]]:
    """For what can be read once only."""
    kept: List[Machine] = []
    errors: List[InventoryError] = []
    try:
        kept.extend(machines)
    except InventoryError as error:
        errors.append(error)

    def again() -> Iterator[Machine]:
        yield from kept
        for error in errors:
            raise error

    return kept, again()


def _once(products: Products, machines: Machines) -> Iterator[Machine]:
    refuse_cut("machines", machines)
    if is_inventory(machines):
        return machines if isinstance(machines, Inventory) else Inventory(products, cast(Source, machines), argument="machines")
    if isinstance(machines, Mapping) or not isinstance(machines, Iterable):
        raise TypeError(f"machines must be an inventory or an iterable of machines, not {type(machines).__name__}")
    return machines_of(products, cast(Iterable[MachineLike], machines))


def _twice(products: Products, machines: Machines) -> Tuple[Iterable[Machine], Iterable[Machine]]:
    """A file is opened twice; what can be read once only is held in memory."""
    once = _once(products, machines)
    again = once._again() if isinstance(once, Inventory) else None
    return _held(once) if again is None else (once, again)


class Fleet:
    """One run over the machines of a fleet; one thread at a time. Private."""

    def __init__(self, products: Products, handle: c.kmsrules_fleet, has_keys: bool) -> None:
        self._products, self._handle, self._has_keys = products, handle, has_keys
        self._unreadable = self._duplicates = 0
        self._known: Dict[Product, _Known] = {}
        self._files: Dict[Optional[str], int] = {}

    def judge(self, machines: Machines) -> Iterator[JudgedMachine]:
        """Where no key is given every machine is read first, to choose the key groups."""
        if self._has_keys:
            return self._judge(None, _once(self._products, machines))
        return self._judge(*_twice(self._products, machines))

    def _judge(self, first: Optional[Iterable[Machine]], machines: Iterable[Machine]) -> Iterator[JudgedMachine]:
        if first is not None:
            try:
                for machine in first:
                    self._add(machine, None)
            except InventoryError:
                pass  # comes again
            c.kmsrules_fleet_settle_keys(self._handle)
            self._unreadable = 0
        paths: List[Optional[str]] = []
        for machine in machines:
            seen = self._add(machine, machine.name)
            self._duplicates += seen is not None
            if len(paths) < len(self._files):
                paths = list(self._files)
            yield JudgedMachine(machine, None if machine.record is None else self._judgement(machine.record),
                                None if seen is None else Twin(paths[seen[0]], seen[1]))

    def _add(self, machine: Machine, name: Optional[str]) -> Optional[Tuple[int, int]]:
        if machine.status is MachineStatus.UNREADABLE:
            self._unreadable += 1
            return None
        file = self._files.setdefault(machine.file, len(self._files))
        kind, id = (0, 0) if machine.record is None else self._find(machine.record)[:2]
        return c.kmsrules_fleet_add(self._handle, name, file, machine.line, kind, id)

    def _find(self, product: Product) -> _Known:
        """By its id, as a machine may come from another ruleset."""
        known = self._known.get(product)
        if known is None:
            identity = recognize(self._products.ruleset, KIND_BITS[type(product)], (product.id, None, None, None, None), "machines")
            known = self._known[product] = _Known(identity.kind, identity.id)
        return known

    def _judgement(self, product: Product) -> Judgement:
        """Found out once: the keys are given or settled."""
        known = self._find(product)
        if known.judgement is None:
            known = self._known[product] = known._replace(judgement=self._copy(c.kmsrules_fleet_judge(self._handle, known.kind, known.id)))
        assert known.judgement is not None
        return known.judgement

    def _key(self, group: int) -> str:
        return c.kmsrules_ruleset_key_group(self._products.ruleset, group).id

    def _copy(self, read: c.kmsrules_judgement) -> Judgement:
        key = None if read.key_group == c.KMSRULES_NONE else self._key(read.key_group)
        verdict = VERDICTS[read.verdict]
        return Judgement(verdict, None if verdict is Verdict.YES else CheckCode(f"KR{read.code}"), key, read.reason)

    def _updates(self, ids: Iterable[int]) -> Tuple[str, ...]:
        return tuple([c.kmsrules_ruleset_update(self._products.ruleset, id).id for id in ids])

    def report(self, machines: Machines, host: str) -> Report:
        ruleset = self._products.ruleset
        findings = tuple([judged for judged in self.judge(machines) if judged.verdict is not Verdict.YES])
        read, revision = c.kmsrules_fleet_sum_up(self._handle), c.kmsrules_ruleset_revision(ruleset)
        return Report(
            RulesetReference(revision.id, revision.revision, revision.fingerprint), host, not self._has_keys, self._summary(read),
            tuple([FleetProduct(self._products[each.kind, each.id], each.rows, each.machines, self._copy(each.judgement)) for each in read.products]),
            tuple([self._need(each) for each in read.needs]), self._updates(read.settling),
            tuple([self._fleet_key(each) for each in read.keys]),
            tuple([FleetThreshold(application_id(ruleset, each.application), KINDS[each.kind], each.minimum, each.certain, each.possible)
                   for each in read.thresholds]),
            findings, self._duplicates, read.names_are_incomplete)

    def add_all(self, machines: Machines, other: Fleet) -> None:
        """Every machine to both fleets. Names tell machines apart in the other one."""
        for machine in _once(self._products, machines):
            self._add(machine, None)
            other._add(machine, machine.name)

    def _summary(self, read: c.kmsrules_fleet_summary) -> Summary:
        yes, conditional, undocumented, no, unrecognised = read.rows
        return Summary(yes, conditional, undocumented, no, unrecognised, self._unreadable)

    def _fleet_key(self, read: c.kmsrules_fleet_key) -> FleetKey:
        group = c.kmsrules_ruleset_key_group(self._products.ruleset, read.key_group)
        return FleetKey(group.id, application_id(self._products.ruleset, group.application), read.is_taken, Rows(*read.rows))

    def _need(self, read: c.kmsrules_fleet_need) -> Need:
        requirement = read.requirement
        return Need(Requirement(self._updates(requirement.any_of), requirement.or_later), requirement.is_known_missing, read.rows)


class _Known(NamedTuple):
    kind: int
    id: int
    judgement: Optional[Judgement] = None
