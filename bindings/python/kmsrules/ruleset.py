"""The ruleset: tables in, verdicts and answers out."""
from __future__ import annotations

import os
import pathlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from itertools import count, takewhile
from typing import Any, Callable, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type, TypeVar, Union

from . import _kmsrules as c
from .answer import Answer, Found, answer_of, found_of
from .codes import CodePage, code_page
from .counts import Duplicates, Forecast, HostCounts, Timeline, add_event, counts_of, duplicates_of, forecast_of, timeline_of
from .difference import Difference, difference_of
from .discovery import Discovery, RecordProblem, discovery_of
from .errors import NotTrustedError, Problem, QuestionError, SlmgrError, TableError, UnreadableError
from .events import DateOrder, Event, Events
from .fleet import Fleet, JudgedMachine, Machines, Report
from .inventory import Inventory
from .ledger import Ledger, Time, kind_index, ledger_of, seconds_of
from .names import (KINDS, ONE, PRODUCT, Ids, KeyName, ProductName, UpdateName, evidence_of, malformed, name_of, names_of, recognize, refusal,
                    text_of)
from .plan import Plan, plan_of
from .reading import Source
from .records import Edition, Identity, Interval, IntervalKind, KeyGroup, Kind, Record, Release, Tables, Update, Verdict
from .runbook import Dns, Runbook, circumstances_of, runbook_of
from .slmgr import SlmgrOutput, slmgr_of
from .tables import INTERVALS, VERDICTS, Products, all_tables, evidence_kinds, identity_text, interval, place, place_or_none, record

_T = TypeVar("_T")

BUILTIN_RULESETS: Tuple[str, ...] = tuple(takewhile(lambda name: name is not None, map(c.kmsrules_builtin_name, count())))

_REFUSALS = {c.KMSRULES_INVALID_TABLE: TableError, c.KMSRULES_UNREADABLE: UnreadableError, c.KMSRULES_NOT_TRUSTED: NotTrustedError}
_DEFAULTS = c.kmsrules_default_limits()


@dataclass(frozen=True)
class Limits:
    """What tables may ask of the machine; kmsrules.h says what each number means."""

    table_size: int = _DEFAULTS.table_size
    element_depth: int = _DEFAULTS.element_depth
    element_count: int = _DEFAULTS.element_count
    attribute_count: int = _DEFAULTS.attribute_count
    attribute_size: int = _DEFAULTS.attribute_size
    id_size: int = _DEFAULTS.id_size
    name_size: int = _DEFAULTS.name_size
    include_depth: int = _DEFAULTS.include_depth
    problem_count: int = _DEFAULTS.problem_count
    pair_count: int = _DEFAULTS.pair_count
    member_count: int = _DEFAULTS.member_count


class _Facts(NamedTuple):
    """What is known about a host besides its edition."""

    updates: Union[UpdateName, Iterable[UpdateName]] = ()
    updates_complete: bool = False
    host_build: Optional[str] = None
    clients: Optional[int] = None
    servers: Optional[int] = None
    office: Optional[int] = None


_NO_FACTS = _Facts()


class Ruleset:
    """Tables, checked and compiled: Ruleset() is the built-in one, Ruleset("windows-2010", "ours.xml") a layer upon another.

    A layer is the name of a built-in ruleset (BUILTIN_RULESETS) or the path of a table file; a pathlib.Path is always a file.
    Tables that are refused raise a TableError that holds all the reasons; warnings are in `problems`.
    A ruleset never changes, any number of threads may use it at once, and it is pickled as its table files.
    """

    def __init__(self, *files: Union[str, "os.PathLike[str]"], limits: Optional[Limits] = None) -> None:
        self._build({}, [_layer_of(file) for file in files] or [BUILTIN_RULESETS[0]], limits)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Union[str, bytes]], *layers: str, limits: Optional[Limits] = None) -> Ruleset:
        """Tables from memory, by the path under which they are included and named in problems. Without `layers`, the first one is the ruleset;
        else they are layers as for Ruleset(), looked up in `tables` first."""
        ruleset = cls.__new__(cls)
        ruleset._build(tables, [text_of("layers", layer) for layer in layers or list(tables)[:1]], limits)
        return ruleset

    def _build(self, tables: Mapping[str, Union[str, bytes]], layers: Sequence[str], limits: Optional[Limits]) -> None:
        builder = c.kmsrules_builder_new()
        if limits is not None:
            c.kmsrules_builder_set_limits(builder, _c_limits(limits))
        for path, data in tables.items():
            c.kmsrules_builder_provide(builder, text_of("tables", path), data.encode() if isinstance(data, str) else data)
        for layer in layers:
            try:
                c.kmsrules_builder_add(builder, layer)
            except c.StatusError:
                pass  # said again by the build, with the problems of all layers
        try:
            self._handle = c.kmsrules_builder_build(builder)
        except c.StatusError as error:
            raise _refusal(builder, error) from None
        self.problems: Tuple[Problem, ...] = _problems(builder)
        self._limits = limits
        self._products = Products(self._handle)
        self._hosts = Ids(self._handle, PRODUCT, "host")
        self._editions = Ids(self._handle, PRODUCT, "editions")
        self._keys = Ids(self._handle, c.KMSRULES_KEY_GROUP, "key")

    # ---- What it is

    @property
    def id(self) -> str:
        return c.kmsrules_ruleset_revision(self._handle).id

    @property
    def title(self) -> Optional[str]:
        return c.kmsrules_ruleset_revision(self._handle).title

    @property
    def revision(self) -> str:
        return c.kmsrules_ruleset_revision(self._handle).revision

    @property
    def fingerprint(self) -> str:
        """"sha256:" and 64 digits over all table files."""
        return c.kmsrules_ruleset_revision(self._handle).fingerprint

    @cached_property
    def tables(self) -> Tables:
        """All records."""
        return all_tables(self._handle)

    def identify(self, text: Optional[str] = None, kinds: Iterable[Type[Record]] = (Edition, Release, KeyGroup, Update), *,
                 build: Union[int, str, None] = None, sku: Union[int, str, None] = None, edition_id: Optional[str] = None,
                 product_type: Union[Kind, int, str, None] = None) -> Identity:
        """What a text names, or what is known of a product as installed. Raises UnknownNameError or AmbiguousNameError.

        text          an id, a full name, a caption, in any of the spellings and languages that the tables know
        build         17763, "10.0.17763.5329", "10.0 (17763)"
        sku           the number that Windows calls OperatingSystemSKU
        edition_id    "ServerStandard", as in the registry
        product_type  Kind.CLIENT or Kind.SERVER, the number of Windows, or a word such as "workstation"
        """
        wanted = 0
        for kind in kinds:
            if kind not in KINDS:
                raise TypeError(f"kinds must hold Edition, Release, KeyGroup or Update, not {kind!r}")
            wanted |= KINDS[kind]
        evidence = evidence_of("text", self._handle, text, edition_id, build, sku, product_type)
        if evidence == (None, None, None, None, None):
            raise TypeError("text must be str, or build, sku, edition_id or product_type be given")
        found = recognize(self._handle, wanted, evidence, "text")
        return Identity(record(self._handle, found.kind, found.id), found.how, place_or_none(found.at), found.note,
                        evidence_kinds(found.narrowed), evidence_kinds(found.unknown), identity_text(self._handle, found))

    # ---- Deciding

    def can(self, host: ProductName, editions: Union[ProductName, Iterable[ProductName]], key: Union[KeyName, Iterable[KeyName], None] = None, *,
            updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
            clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> Verdict:
        """The verdict alone, of the same checks as explain(). Quick for editions without updates, build and counts."""
        names = (editions,) if isinstance(editions, ONE) else names_of(editions)
        if updates == () and not updates_complete and host_build is None and clients is None and servers is None and office is None:
            try:
                ids = (self._editions[names[0]],) if len(names) == 1 else [self._editions[name] for name in names]
                return VERDICTS[c.kmsrules_can(self._handle, self._hosts[host], self._keys[key], ids, None)]
            except (TypeError, OverflowError, IndexError):
                pass  # several keys, a release, no editions, or what is no name at all
        facts = _Facts(updates, updates_complete, host_build, clients, servers, office)
        answer = _call(c.kmsrules_ask, self._question(host, names, key, facts))
        return VERDICTS[c.kmsrules_answer_verdict(answer)]

    def can_each(self, host: ProductName, editions: Iterable[ProductName], key: Union[KeyName, Iterable[KeyName], None] = None, *,
                 updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
                 clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> List[Verdict]:
        """The verdict on each edition by itself, in their order: for the rows of an inventory. A name met twice is decided once."""
        if isinstance(editions, (*ONE, bytes)):
            raise TypeError("editions must be many; for one there is can()")
        rows = list(editions)
        keys = key if key is None or isinstance(key, ONE) else names_of(key)
        installed = names_of(updates)
        verdicts = {name: self.can(host, name, keys, updates=installed, updates_complete=updates_complete, host_build=host_build, clients=clients,
                                   servers=servers, office=office) for name in dict.fromkeys(rows)}
        return [verdicts[name] for name in rows]

    def explain(self, host: ProductName, editions: Union[ProductName, Iterable[ProductName]], key: Union[KeyName, Iterable[KeyName], None] = None, *,
                updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
                clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None,
                as_of: Union[str, date, None] = None) -> Answer:
        """The verdict with every check, every fact behind it, every key group that the host could hold, and the least that would make it a yes.

        host      an edition, or a release for "one of its editions, I do not say which"
        editions  one or several to activate; a release stands for its volume editions
        key       the key groups that the host holds, at most one an application; without any, the best is taken
        updates   known to be installed ("KB5036896"); with updates_complete nothing else is
        host_build  "10.0.17763.5329"
        clients, servers, office  how many machines of a kind the host has counted
        as_of     today's date, printed in the answer; the library has no clock of its own
        """
        question = self._question(host, editions, key, _Facts(updates, updates_complete, host_build, clients, servers, office))
        if as_of is not None:
            self._set("as_of", c.kmsrules_question_set_date, question, _date_text(as_of))
        c.kmsrules_question_set_remedies(question, True)
        answer = _call(c.kmsrules_ask, question)
        length, _ = c.kmsrules_answer_summary(answer, 0)
        return answer_of(c.kmsrules_answer_json(answer), c.kmsrules_answer_summary(answer, length + 1)[1], c.kmsrules_answer_print(answer, False),
                         c.kmsrules_answer_print(answer, True))

    def explain_code(self, code: str) -> CodePage:
        """The page of a check (KR104), a table problem (KR911) or an error that Windows shows ("0xC004F042", "C004F042", "-1073418174").
        CODES lists them all. Raises UnknownNameError with the nearest ones."""
        return code_page(self._handle, code)

    # ---- Runbooks

    def runbook(self, host: ProductName, editions: Union[ProductName, Iterable[ProductName]], key: Union[KeyName, Iterable[KeyName], None] = None, *,
                updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
                clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None, as_of: Union[str, date, None] = None,
                host_name: Optional[str] = None, zones: Union[str, Iterable[str]] = (), dns: Union[Dns, str] = Dns.AUTOMATIC, offline: bool = False,
                port: int = 1688) -> Runbook:
        """The ordered steps that take the host to where it activates the editions, each with its check and its undo; the facts are those of explain().

        host_name  the host's name in DNS, its NetBIOS name or its IPv4 address; else an example's
        zones      DNS zones in which clients look; else the one of the host's name
        dns        how clients find the host
        offline    it has no way to the activation servers
        """
        question = self._question(host, editions, key, _Facts(updates, updates_complete, host_build, clients, servers, office))
        if as_of is not None:
            self._set("as_of", c.kmsrules_question_set_date, question, _date_text(as_of))
        circumstances = circumstances_of(host_name, zones, dns, offline, port)
        try:
            return runbook_of(_call(c.kmsrules_runbook_new, question, circumstances))
        except ValueError as error:
            if isinstance(error, QuestionError):
                raise
            raise ValueError("host_name must be a DNS or NetBIOS name or an IPv4 address (with dns=\"manual\" a name), zones DNS zones, each once") from None

    # ---- Inventories and fleets

    def read_inventory(self, source: Source, *, encoding: Optional[str] = None, columns: Optional[Mapping[str, str]] = None,
                       separator: Optional[str] = None, plain: bool = False) -> Inventory:
        """The machines of an inventory, one after another: CSV with a header, JSON, or lines of names; what it is, is found by its content.

        source     a path, a binary file, bytes, or an iterable of bytes
        encoding   "utf-16le", "windows-1252"; else UTF-8, or what the byte order mark says
        columns    which column holds what: {"name": "Computer", "os": "OS Name", "build": …, "sku": …, "edition_id": …, "product_type": …}
        separator  a comma, a semicolon or a tab; else found in the header
        plain      every line is one name, without a header
        """
        return Inventory(self._products, source, encoding, columns, separator, plain)

    def read_events(self, source: Source, *, encoding: Optional[str] = None, date_order: Optional[DateOrder] = None,
                    time_zone: Optional[timezone] = None) -> Events:
        """The activation events of an export, one after another: XML, CSV, or text with their fields; what it is, is found by its content.

        source      a path, a binary file, bytes, or an iterable of bytes
        encoding    "utf-16le", "windows-1252"; else UTF-8, or what the byte order mark says
        date_order  of dates that do not begin with the year, and of 12-hour clocks: without it an export that has them is not read
        time_zone   of the times in a column, a datetime.timezone; without it they are not known
        """
        return Events(self._handle, source, encoding, date_order, time_zone)

    def judge(self, machines: Machines, *, host: ProductName, key: Union[KeyName, Iterable[KeyName], None] = None,
              updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
              clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> Iterator[JudgedMachine]:
        """Each machine with what the host means for it, one after another.

        machines  the path of an inventory, its bytes or file, or what read_inventory() gives; or an iterable of Machine, text, (name, text), or
                  mappings with "os", "build", "sku", "edition_id", "product_type" and "name"
        key       as in explain(). Without any, each application's is the one that serves most machines; to find it a file is read twice, and
                  machines that come from no file are held in memory
        """
        return self._fleet(host, key, _Facts(updates, updates_complete, host_build, clients, servers, office)).judge(machines)

    def check(self, machines: Machines, *, host: ProductName, key: Union[KeyName, Iterable[KeyName], None] = None,
              updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
              clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> Report:
        """Everything about a fleet; the arguments are those of judge(). Raises InventoryError when an inventory cannot be read to its end."""
        fleet = self._fleet(host, key, _Facts(updates, updates_complete, host_build, clients, servers, office))
        asked = recognize(self._handle, PRODUCT, (name_of("host", host, PRODUCT), None, None, None, None), "host")
        return fleet.report(machines, self._products[asked.kind, asked.id].id)

    def _fleet(self, host: ProductName, key: Union[KeyName, Iterable[KeyName], None], facts: _Facts) -> Fleet:
        keys = () if key is None else names_of(key)
        return Fleet(self._products, _call(c.kmsrules_fleet_new, self._question(host, (), keys, facts)), len(keys) > 0)

    # ---- Ledgers, and what events of hosts tell

    def ledger(self, host: Optional[ProductName] = None, *, saved: Optional[str] = None) -> Ledger:
        """The clients that one KMS host remembers, empty or as Ledger.dumps() has saved it (then its host is that of the saved one). Raises LedgerError.

        host  an edition, which tells whether virtual machines count; without any, as on hosts of today
        """
        return ledger_of(self, self._handle, self._host_id(host), saved)

    def counts(self, events: Iterable[Event], *, as_of: Union[str, date], host: Optional[ProductName] = None, clients: Optional[int] = None,
               servers: Optional[int] = None, office: Optional[int] = None) -> HostCounts:
        """What KMS hosts count by their events (read_events()), or by numbers of machines; a date without a time means its end."""
        census = self._census(events, as_of, host)
        for argument, kind, machines in (("clients", Kind.CLIENT, clients), ("servers", Kind.SERVER, servers), ("office", Kind.OFFICE, office)):
            if machines is not None:
                c.kmsrules_census_assume(census, kind_index(kind), _machines(argument, machines))
        return counts_of(census)

    def duplicates(self, events: Iterable[Event], *, as_of: Union[str, date], host: Optional[ProductName] = None) -> Duplicates:
        """One CMID under several names, one name with several CMIDs, and the count without them."""
        return duplicates_of(self._census(events, as_of, host))

    def forecast(self, events: Iterable[Event], *, as_of: Union[str, date], host: Optional[ProductName] = None, silent_after: timedelta = timedelta(days=7),
                 horizon: Optional[timedelta] = None) -> Forecast:
        """When counts fall and activations end if machines that have not asked for `silent_after` stay away."""
        return forecast_of(self._census(events, as_of, host), _whole_seconds("silent_after", silent_after),
                           2**64 - 1 if horizon is None else _whole_seconds("horizon", horizon))

    def timeline(self, edition: ProductName, last_success: Time, *, as_of: Union[str, date], build: int = 0) -> Timeline:
        """What happens to a machine that was activated or renewed at `last_success` and has asked in vain since."""
        id = self._editions[edition]
        return timeline_of(c.kmsrules_timeline_new(self._handle, id, build, seconds_of("last_success", last_success), self._end_of(as_of)))

    def application_index(self, application: str) -> int:
        """Of use with the C library. ValueError where the tables have no such application."""
        if application not in self._applications:
            raise ValueError(f"no such application: {application!r}")
        return self._applications[application]

    @cached_property
    def _applications(self) -> Mapping[str, int]:
        return {c.kmsrules_ruleset_application(self._handle, index).id: index for index in range(c.kmsrules_ruleset_application_count(self._handle))}

    def _host_id(self, host: Optional[ProductName]) -> int:
        return c.KMSRULES_NONE if host is None else self._hosts[host]

    def _end_of(self, as_of: Union[str, date]) -> int:
        text = _date_text(as_of)
        try:
            return c.kmsrules_time_read(text, True)
        except ValueError:
            raise malformed(self._handle, "as_of", text) from None

    def _census(self, events: Iterable[Event], as_of: Union[str, date], host: Optional[ProductName]) -> c.kmsrules_census:
        census = c.kmsrules_census_new(self._handle, self._host_id(host), self._end_of(as_of))
        for event in events:
            add_event(census, event)
        return census

    # ---- Plans

    def plan(self, fleet: Union[str, Mapping[Optional[ProductName], int]], *, hosts: Union[ProductName, Iterable[ProductName]] = (),
             own: Union[KeyName, Iterable[KeyName]] = (), updates: Union[UpdateName, Iterable[UpdateName]] = (), max_hosts: Optional[int] = None,
             as_of: Union[str, date, None] = None) -> Plan:
        """The hosts and key groups that cover a fleet: the fewest hosts, then the fewest updates, then the least authority that suffices.

        fleet      machines by edition or release, such as Counter(machine.id for machine in read_inventory(…)), where None counts what was not
                   recognised; or a text such as "210×Windows 11 Pro, 14×Windows Server 2022 Standard"
        hosts      to choose from; without any, all hosts of the tables
        own        the key groups that are owned; without any, all
        updates    known to be installed on the hosts
        max_hosts  at most so many, which then cover as many machines as they can
        """
        question = self._question(None, (), own, _Facts(updates), c.KMSRULES_SEARCH_HIGHEST)
        if as_of is not None:
            self._set("as_of", c.kmsrules_question_set_date, question, _date_text(as_of))
        planner = c.kmsrules_planner_new(question)
        for host in names_of(hosts):
            self._planner_name(planner, host)
        for name, machines in _machines_of(fleet):
            kind, id = (0, 0) if name is None else self._product("fleet", name)
            c.kmsrules_planner_add_machines(planner, kind, id, _machines("fleet", machines))
        if max_hosts is not None:
            c.kmsrules_planner_set_most_hosts(planner, max_hosts)
        plan = _call(c.kmsrules_planner_plan, planner)
        return plan_of(c.kmsrules_plan_json(plan), c.kmsrules_plan_print(plan, False), c.kmsrules_plan_print(plan, True))

    def _planner_name(self, planner: c.kmsrules_planner, host: object) -> None:
        text = name_of("hosts", host, PRODUCT)
        try:
            c.kmsrules_planner_add_host(planner, text)
        except c.StatusError:
            raise refusal(self._handle, PRODUCT, text, "hosts") from None
        except ValueError:
            raise malformed(self._handle, "hosts", text) from None

    def _product(self, argument: str, name: object) -> Tuple[int, int]:
        asked = recognize(self._handle, PRODUCT, (name_of(argument, name, PRODUCT), None, None, None, None), argument)
        return asked.kind, asked.id

    # ---- Finding a host

    def discovery(self, records: Union[str, bytes, "os.PathLike[str]"], fleet: Union[str, Mapping[ProductName, int]], *, risk: float = 0.95,
                  draws: int = 0, seed: int = 0, encoding: Optional[str] = None) -> Discovery:
        """How the machines of a fleet spread over the hosts of an SRV answer, and which thresholds that puts at risk.

        records  a file, or its bytes: what nslookup, dig, host or Resolve-DnsName say of _vlmcs._tcp, or lines of a zone file
        fleet    as in plan(), without None
        risk     a threshold reached with less is at risk
        draws    so many beside the exact figures, from `seed` on
        """
        content = records if isinstance(records, bytes) else pathlib.Path(records).read_bytes()
        read = c.kmsrules_records_read(self._handle, content, encoding)
        problems = tuple([RecordProblem(problem.line, problem.column, problem.text) for problem in c.kmsrules_records_look(read).problems])
        discovery = c.kmsrules_discovery_new(self._handle, read)
        for name, machines in _machines_of(fleet):  # type: ignore[arg-type]
            kind, id = self._product("fleet", name)
            try:
                c.kmsrules_discovery_add_machines(discovery, kind, id, _machines("fleet", machines))
            except c.StatusError:
                raise QuestionError(f"the editions of {name} choose their host in different ways; name editions") from None
        c.kmsrules_discovery_set_risk(discovery, risk)
        c.kmsrules_discovery_set_draws(discovery, draws, seed)
        document = _call(c.kmsrules_discovery_json, discovery)
        return discovery_of(document, c.kmsrules_discovery_print(discovery, False), c.kmsrules_discovery_print(discovery, True), problems)

    # ---- Moving a host

    def diff(self, before: ProductName, after: ProductName, machines: Optional[Machines] = None, *,
             before_key: Union[KeyName, Iterable[KeyName], None] = None, after_key: Union[KeyName, Iterable[KeyName], None] = None,
             updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
             before_updates: Union[UpdateName, Iterable[UpdateName]] = (), before_updates_complete: bool = False, before_host_build: Optional[str] = None,
             as_of: Union[str, date, None] = None) -> Difference:
        """What is gained and lost by moving from one host to another, for every edition or for the machines of a fleet, and what clients do meanwhile.

        before, after          the hosts, each an edition or a release
        machines               as in check(); None: every edition of the ruleset
        before_key, after_key  the key groups that each holds, at most one an application; without any, those that leave the fewest no are assumed
        updates, updates_complete, host_build  what is known of the new host; with before_ of the old one
        """
        questions = (self._question(before, (), before_key, _Facts(before_updates, before_updates_complete, before_host_build)),
                     self._question(after, (), after_key, _Facts(updates, updates_complete, host_build)))
        if as_of is not None:
            self._set("as_of", c.kmsrules_question_set_date, questions[1], _date_text(as_of))
        if machines is None:
            handle = _call(c.kmsrules_compare, *questions)
        else:
            handles = [_call(c.kmsrules_fleet_new, question) for question in questions]
            Fleet(self._products, handles[0], True).add_all(machines, Fleet(self._products, handles[1], True))
            handle = _call(c.kmsrules_fleet_compare, *handles)
        return difference_of(c.kmsrules_difference_json(handle), c.kmsrules_difference_print(handle, False), c.kmsrules_difference_print(handle, True))

    # ---- Output of slmgr

    def read_slmgr(self, output: Union[str, bytes], *, host: Optional[ProductName] = None, updates: Union[UpdateName, Iterable[UpdateName]] = (),
                   updates_complete: bool = False, host_build: Optional[str] = None, encoding: Optional[str] = None,
                   as_of: Union[str, date, None] = None) -> SlmgrOutput:
        """What slmgr.vbs /dli or /dlv printed, in English, of one license or several: what a host holds, counts and can do, what a client knows of its
        host, and what is wrong. Raises SlmgrError for anything else.

        output    text, or bytes in UTF-8 or with a byte order mark, or in `encoding`
        host      the Windows of the host, where the output leaves it open, as that of an Office host
        updates, updates_complete, host_build  what is known of the host
        """
        question = self._question(host, (), None, _Facts(updates, updates_complete, host_build), c.KMSRULES_SEARCH_KEYS)
        if as_of is not None:
            self._set("as_of", c.kmsrules_question_set_date, question, _date_text(as_of))
        if not isinstance(output, (str, bytes)):
            raise TypeError(f"output must be str or bytes, not {type(output).__name__}")
        if isinstance(output, str) and encoding is not None:
            raise ValueError("encoding is about bytes")
        data = output.encode("utf-8", "surrogatepass") if isinstance(output, str) else output
        try:
            slmgr = _call(c.kmsrules_slmgr_read, question, "" if encoding is None else text_of("encoding", encoding), data)
        except QuestionError:
            raise
        except ValueError:
            raise ValueError(f"no encoding is called {encoding!r}") from None
        fault = c.kmsrules_slmgr_why(slmgr)
        if fault is not None:
            raise SlmgrError(fault.line, fault.column, fault.text)
        return slmgr_of(c.kmsrules_slmgr_json(slmgr), c.kmsrules_slmgr_print(slmgr, False), c.kmsrules_slmgr_print(slmgr, True))

    # ---- Times

    def interval(self, kind: IntervalKind, edition: Optional[ProductName] = None) -> Optional[Interval]:
        """The interval that rules an edition (None: any that no row names); None where the tables do not say."""
        id = c.KMSRULES_NONE if edition is None else self._editions[edition]
        read = c.kmsrules_ruleset_find_interval(self._handle, INTERVALS.index(kind), id)
        return None if read is None else interval(self._handle, read)

    # ---- The inverse questions

    def editions(self, host: ProductName, key: Union[KeyName, Iterable[KeyName], None] = None, *,
                 updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
                 clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> Tuple[Found, ...]:
        """What this host (with these keys) can activate."""
        return self._find(c.KMSRULES_SEARCH_EDITIONS, host, (), key, _Facts(updates, updates_complete, host_build, clients, servers, office))

    def hosts(self, editions: Union[ProductName, Iterable[ProductName]]) -> Tuple[Found, ...]:
        """Which hosts with which key groups can activate all these editions: the best first."""
        return self._find(c.KMSRULES_SEARCH_HOSTS, None, editions, None, _NO_FACTS)

    def keys(self, host: Optional[ProductName] = None, editions: Union[ProductName, Iterable[ProductName]] = (), *,
             updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
             clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> Tuple[Found, ...]:
        """Which key groups this host can hold, with their verdict on the editions; without host: which groups cover these editions."""
        return self._find(c.KMSRULES_SEARCH_KEYS, host, editions, None, _Facts(updates, updates_complete, host_build, clients, servers, office))

    def highest(self, keys: Union[KeyName, Iterable[KeyName]], host: Optional[ProductName] = None) -> Tuple[Found, ...]:
        """The highest authority among these key groups (that fit the host)."""
        return self._find(c.KMSRULES_SEARCH_HIGHEST, host, (), keys, _NO_FACTS)

    def _find(self, search: int, host: Optional[ProductName], editions: Union[ProductName, Iterable[ProductName]],
              key: Union[KeyName, Iterable[KeyName], None], facts: _Facts) -> Tuple[Found, ...]:
        return found_of(c.kmsrules_list_json(_call(c.kmsrules_find, self._question(host, editions, key, facts, search), search)))

    def _question(self, host: Optional[ProductName], editions: object,
                  key: Union[KeyName, Iterable[KeyName], None], facts: _Facts, search: Optional[int] = None) -> c.kmsrules_question:
        question = c.kmsrules_question_new(self._handle)
        may_lack_host = search in (c.KMSRULES_SEARCH_HOSTS, c.KMSRULES_SEARCH_KEYS, c.KMSRULES_SEARCH_HIGHEST)
        if host is not None or not may_lack_host:
            self._name("host", c.kmsrules_question_set_host, question, host, PRODUCT)
        for edition in names_of(editions):
            self._name("editions", c.kmsrules_question_add_edition, question, edition, PRODUCT)
        for group in names_of(key) if key is not None else ():
            self._name("key", c.kmsrules_question_add_key, question, group, c.KMSRULES_KEY_GROUP)
        for update in names_of(facts.updates):
            self._name("updates", c.kmsrules_question_add_update, question, update, c.KMSRULES_UPDATE)
        if not isinstance(facts.updates_complete, bool):
            raise TypeError(f"updates_complete must be bool, not {type(facts.updates_complete).__name__}")
        c.kmsrules_question_set_updates_complete(question, facts.updates_complete)
        if facts.host_build is not None:
            self._set("host_build", c.kmsrules_question_set_host_build, question, text_of("host_build", facts.host_build))
        for argument, kind, machines in (("clients", c.KMSRULES_CLIENT, facts.clients), ("servers", c.KMSRULES_SERVER, facts.servers),
                                         ("office", c.KMSRULES_OFFICE, facts.office)):
            if machines is not None:
                c.kmsrules_question_set_count(question, kind, _machines(argument, machines))
        return question

    def _name(self, argument: str, put: Callable[[c.kmsrules_question, str], None], question: c.kmsrules_question, name: object,
              kinds: int) -> None:
        text = name_of(argument, name, kinds)
        try:
            put(question, text)
        except c.StatusError:
            raise refusal(self._handle, kinds, text, argument) from None
        except ValueError:
            raise malformed(self._handle, argument, text) from None

    def _set(self, argument: str, put: Callable[[c.kmsrules_question, str], None], question: c.kmsrules_question, text: str) -> None:
        try:
            put(question, text)
        except ValueError:
            raise malformed(self._handle, argument, text) from None

    # ---- As a Python object

    def __repr__(self) -> str:
        return f"<kmsrules.Ruleset {self.id} revision {self.revision}, {self.fingerprint[:19]}…>"

    def __copy__(self) -> Ruleset:
        return self

    def __deepcopy__(self, memo: object) -> Ruleset:
        return self

    def __reduce__(self) -> Tuple[Callable[..., Ruleset], Tuple[object, ...]]:
        files = self.tables.files
        return _from_files, ({file.path: file.data for file in files}, [file.path for file in files if file.is_layer], self._limits)


def _from_files(tables: Mapping[str, bytes], layers: Sequence[str], limits: Optional[Limits]) -> Ruleset:
    return Ruleset.from_tables(tables, *layers, limits=limits)


# ---- Arguments


def _layer_of(file: Union[str, "os.PathLike[str]"]) -> str:
    path = text_of("files", os.fspath(file) if isinstance(file, os.PathLike) else file)
    return os.path.join(".", path) if path in BUILTIN_RULESETS and isinstance(file, os.PathLike) else path


def _c_limits(limits: Limits) -> c.kmsrules_limits:
    filled = c.kmsrules_limits()
    for name, value in asdict(limits).items():
        if not isinstance(value, int):
            raise TypeError(f"{name} must be int, not {type(value).__name__}")
        setattr(filled, name, value)
    return filled


def _machines(argument: str, machines: int) -> int:
    if not isinstance(machines, int):
        raise TypeError(f"{argument} must be int, not {type(machines).__name__}")
    if machines < 0:
        raise ValueError(f"{argument} must not be negative")
    if machines > 2**63 - 1:
        raise OverflowError(f"{argument} is too large")
    return machines


def _machines_of(fleet: Union[str, Mapping[Optional[ProductName], int]]) -> Iterator[Tuple[Optional[ProductName], int]]:
    if not isinstance(fleet, str):
        yield from fleet.items()
        return
    offset = 0
    while True:
        try:
            offset, machines, name = c.kmsrules_next_machines(fleet, offset)
        except ValueError:
            raise ValueError("fleet is not of the form 210×Windows 11 Pro, 14×Windows Server 2022 Standard") from None
        if name is None:
            return
        yield name, machines


def _whole_seconds(argument: str, time: timedelta) -> int:
    if not isinstance(time, timedelta):
        raise TypeError(f"{argument} must be timedelta, not {type(time).__name__}")
    if time < timedelta(0):
        raise ValueError(f"{argument} must not be negative")
    return time // timedelta(seconds=1)


def _date_text(as_of: Union[str, date]) -> str:
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            raise ValueError("as_of must have a time zone")
        return as_of.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return as_of.isoformat() if isinstance(as_of, date) else text_of("as_of", as_of)


def _call(ask: Callable[..., _T], *values: Any) -> _T:
    try:
        return ask(*values)
    except c.StatusError as error:
        raise QuestionError(error.args[1]) from None


# ---- Records


def _problems(builder: c.kmsrules_builder) -> Tuple[Problem, ...]:
    problems = map(c.kmsrules_builder_problem, [builder] * c.kmsrules_builder_problem_count(builder), count())
    return tuple([Problem(problem.code, problem.name, problem.text, *place(problem.place), problem.is_error) for problem in problems])


def _refusal(builder: c.kmsrules_builder, error: c.StatusError) -> Exception:
    errors = tuple([problem for problem in _problems(builder) if problem.is_error])
    refusal = _REFUSALS.get(error.args[0])
    return QuestionError("no table to read") if refusal is None else refusal(errors)
