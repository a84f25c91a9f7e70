"""The ruleset: tables in, verdicts and answers out."""
from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from datetime import date, timedelta, timezone
from functools import cached_property
from itertools import count, takewhile
from typing import Callable, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Type, Union

from . import _kmsrules as c
from .answer import Answer, Found, answer_of, found_of
from .arguments import MOST, OWN, Called, Time, ask, date_text, duration, end_of, machines_of, probability, put, seconds_of, truth, whole
from .codes import CodePage, code_page
from .counts import Duplicates, Forecast, HostCounts, Timeline, assume, census_of, counts_of, duplicates_of, forecast_of, numbers_of, timeline_of
from .difference import Difference, difference_of
from .discovery import Discovery, discovery_of, read_records
from .errors import NotTrustedError, Problem, QuestionError, TableError, UnreadableError, shown
from .events import DateOrder, Event, Events
from .fleet import Fleet, JudgedMachine, Machines, Report
from .inventory import Inventory
from .ledger import Ledger, ledger_of
from .names import (KINDS, ONE, PRODUCT, Ids, KeyName, ProductName, UpdateName, build_of, evidence_of, full_name, malformed, name_of, names_of, recognize,
                    refusal, text_of)
from .plan import Plan, plan_of
from .reading import Source
from .records import Edition, Identity, Interval, IntervalKind, KeyGroup, Kind, Record, Release, Tables, Update, Verdict
from .runbook import Dns, Runbook, circumstances_of, runbook_of
from .slmgr import SlmgrOutput, read_output
from .tables import INTERVALS, VERDICTS, Products, all_tables, evidence_kinds, identity_text, interval, place, place_or_none, record

BUILTIN_RULESETS: Tuple[str, ...] = tuple(takewhile(lambda name: name is not None, map(c.kmsrules_builtin_name, count())))

_REFUSALS = {c.KMSRULES_INVALID_TABLE: TableError, c.KMSRULES_UNREADABLE: UnreadableError, c.KMSRULES_NOT_TRUSTED: NotTrustedError}
_DEFAULTS = c.kmsrules_default_limits()
_MOST_LIMIT = sys.maxsize * 2 // 64  # as kmsrules_builder_set_limits()


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

# What other methods call the arguments of explain().
_PLAN: Called = {"key": "own"}
_HIGHEST: Called = {"key": "keys"}
_AFTER: Called = {"host": "after", "key": "after_key"}
_BEFORE: Called = {"host": "before", "key": "before_key", "updates": "before_updates", "updates_complete": "before_updates_complete",
                   "host_build": "before_host_build"}


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
        if not isinstance(tables, Mapping):
            raise TypeError(f"tables must be a mapping, not {type(tables).__name__}")
        builder = c.kmsrules_builder_new()
        if limits is not None:
            c.kmsrules_builder_set_limits(builder, _c_limits(limits))
        for path, data in tables.items():
            c.kmsrules_builder_provide(builder, text_of("tables", path), _table_bytes(data))
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
        for kind in names_of(kinds):
            if not isinstance(kind, type) or kind not in KINDS:
                raise TypeError(f"kinds must hold Edition, Release, KeyGroup or Update, not {kind!r}")
            wanted |= KINDS[kind]
        if wanted == 0:
            raise ValueError("kinds must not be empty")
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
        answer = ask(c.kmsrules_ask, self._question(host, names, key, facts))
        return VERDICTS[c.kmsrules_answer_verdict(answer)]

    def can_each(self, host: ProductName, editions: Iterable[ProductName], key: Union[KeyName, Iterable[KeyName], None] = None, *,
                 updates: Union[UpdateName, Iterable[UpdateName]] = (), updates_complete: bool = False, host_build: Optional[str] = None,
                 clients: Optional[int] = None, servers: Optional[int] = None, office: Optional[int] = None) -> List[Verdict]:
        """The verdict on each edition by itself, in their order: for the rows of an inventory. A name met twice is decided once."""
        if isinstance(editions, (*ONE, bytes)) or not isinstance(editions, Iterable):
            raise TypeError("editions must be many; for one there is can()")
        rows = list(editions)
        try:
            names = dict.fromkeys(rows)
        except TypeError:
            raise TypeError("editions must hold str, Edition or Release") from None
        keys = key if key is None or isinstance(key, ONE) else names_of(key)
        installed = names_of(updates)
        verdicts = {name: self.can(host, name, keys, updates=installed, updates_complete=updates_complete, host_build=host_build, clients=clients,
                                   servers=servers, office=office) for name in names}
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
        self._set_date(question, as_of)
        c.kmsrules_question_set_remedies(question, True)
        answer = ask(c.kmsrules_ask, question)
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
        self._set_date(question, as_of)
        circumstances = circumstances_of(host_name, zones, dns, offline, port)
        refused = ValueError("host_name must be a DNS or NetBIOS name or an IPv4 address (with dns=\"manual\" a name), zones DNS zones, each once")
        return runbook_of(ask(c.kmsrules_runbook_new, question, circumstances, refused=refused))

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
        date_order  of dates that do not begin with the year: without it an export that has them is not read
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
        return Fleet(self._products, ask(c.kmsrules_fleet_new, self._question(host, (), keys, facts)), len(keys) > 0)

    # ---- Ledgers, and what events of hosts tell

    def ledger(self, host: Optional[ProductName] = None, *, saved: Union[str, Source, None] = None) -> Ledger:
        """The clients that one KMS host remembers, empty or as it was saved (then its host is that of the saved one). Raises LedgerError.

        host   an edition, or a release whose editions count alike, which tells whether virtual machines count; without any, as on hosts of today
        saved  the text that Ledger.dumps() gave; of what Ledger.save() wrote the pathlib.Path, a binary file or the bytes. A str is the text and no path here
        """
        return ledger_of(self, self._handle, self._counting_host(host), saved)

    def counts(self, events: Optional[Iterable[Event]] = None, *, as_of: Union[str, date], host: Optional[ProductName] = None, clients: Optional[int] = None,
               servers: Optional[int] = None, office: Optional[int] = None) -> HostCounts:
        """What KMS hosts count by their events (read_events()), or by numbers of machines; QuestionError for both or neither.

        as_of  a date without a time means its end
        host   as in ledger()
        """
        numbers = numbers_of(events, {"clients": clients, "servers": servers, "office": office})
        census = self._census(() if events is None else events, as_of, host)
        assume(census, numbers)
        return counts_of(census)

    def duplicates(self, events: Iterable[Event], *, as_of: Union[str, date], host: Optional[ProductName] = None) -> Duplicates:
        """One CMID under several names, one name with several CMIDs, and the count without them."""
        return duplicates_of(self._census(events, as_of, host))

    def forecast(self, events: Iterable[Event], *, as_of: Union[str, date], host: Optional[ProductName] = None, silent_after: timedelta = timedelta(days=7),
                 horizon: Optional[timedelta] = None) -> Forecast:
        """When counts fall and activations end if machines that have not asked for `silent_after` stay away."""
        return forecast_of(self._census(events, as_of, host), duration("silent_after", silent_after), 2**64 - 1 if horizon is None else duration("horizon", horizon))

    def timeline(self, edition: ProductName, last_success: Time, *, as_of: Union[str, date], build: Union[int, str, None] = None) -> Timeline:
        """What happens to a machine that was activated or renewed at `last_success` and has asked in vain since.

        edition       of a release its first edition that KMS activates, as `Timeline.edition` says
        last_success  not later than as_of; as the time of Ledger.record(), so that a date without a time means its start
        as_of         a date without a time means its end
        build         6000, "10.0.17763"; None or 0: every build is told of
        """
        (kind, id), success, now = self._product("edition", edition), seconds_of("last_success", last_success), end_of(as_of)
        number = 0 if build is None or isinstance(build, int) and build == 0 else build_of(build)
        if success > now:
            raise ValueError("last_success must not be later than as_of")
        refused = QuestionError("edition: the tables do not say how long its activation lasts (interval validity); include rules/policy.xml")
        return timeline_of(ask(c.kmsrules_timeline_new, self._handle, kind, id, number, success, now, refused=refused))

    def application_index(self, application: str) -> int:
        """Of use with the C library. ValueError where the tables have no such application."""
        index = self._applications.get(text_of("application", application))
        if index is None:
            raise ValueError(f"application is not one of the tables: {shown(application)}")
        return index

    @cached_property
    def _applications(self) -> Mapping[str, int]:
        return {c.kmsrules_ruleset_application(self._handle, index).id: index for index in range(c.kmsrules_ruleset_application_count(self._handle))}

    def _edition(self, argument: str, name: ProductName, ruling: Callable[[int], object]) -> int:
        """The edition that a name stands for; the first one of a release whose editions are ruled alike."""
        kind, id = self._product(argument, name)
        members = (id,) if kind == c.KMSRULES_EDITION else c.kmsrules_ruleset_release(self._handle, id).editions
        if len({ruling(member) for member in members}) > 1:
            raise QuestionError(f"{argument}: the editions of {full_name(self._products[kind, id])} differ in this; name one of them")
        return members[0]

    def _counting_host(self, host: Optional[ProductName]) -> int:
        def ruling(edition: int) -> object:
            rows = (c.kmsrules_ruleset_find_virtual_machines(self._handle, edition),
                    c.kmsrules_ruleset_find_interval(self._handle, INTERVALS.index(IntervalKind.CMID_RETENTION), edition))
            return tuple([None if row is None else place(row.at) for row in rows])

        return c.KMSRULES_NONE if host is None else self._edition("host", host, ruling)

    def _census(self, events: Iterable[Event], as_of: Union[str, date], host: Optional[ProductName]) -> c.kmsrules_census:
        return census_of(self._handle, self._counting_host(host), end_of(as_of), events)

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
        question = self._question(None, (), own, _Facts(updates), c.KMSRULES_SEARCH_HIGHEST, _PLAN)
        self._set_date(question, as_of)
        planner = c.kmsrules_planner_new(question)
        for host in names_of(hosts):
            self._planner_name(planner, host)
        for name, machines in machines_of(fleet):
            kind, id = (0, 0) if name is None else self._product("fleet", name)
            ask(c.kmsrules_planner_add_machines, planner, kind, id, machines, refused=OverflowError(f"fleet must have at most {MOST} machines"))
        if max_hosts is not None:
            c.kmsrules_planner_set_most_hosts(planner, whole("max_hosts", max_hosts, 1, c.KMSRULES_NONE))
        plan = ask(c.kmsrules_planner_plan, planner, called=_PLAN, nothing="fleet holds no machine")
        return plan_of(c.kmsrules_plan_json(plan), c.kmsrules_plan_print(plan, False), c.kmsrules_plan_print(plan, True))

    def _planner_name(self, planner: c.kmsrules_planner, host: object) -> None:
        text = name_of("hosts", host, PRODUCT)
        try:
            c.kmsrules_planner_add_host(planner, text)
        except c.StatusError:
            raise refusal(self._handle, PRODUCT, text, "hosts") from None
        except ValueError:
            raise malformed("hosts", text) from None

    def _product(self, argument: str, name: object) -> Tuple[int, int]:
        asked = recognize(self._handle, PRODUCT, (name_of(argument, name, PRODUCT), None, None, None, None), argument)
        return asked.kind, asked.id

    # ---- Finding a host

    def discovery(self, records: Source, fleet: Union[str, Mapping[ProductName, int]], *, risk: float = 0.95, draws: int = 0, seed: int = 0,
                  encoding: Optional[str] = None) -> Discovery:
        """How the machines of a fleet spread over the hosts of an SRV answer, and which thresholds that puts at risk.

        records   a path, a binary file, bytes, or an iterable of bytes: what nslookup, dig, host or Resolve-DnsName say of _vlmcs._tcp, or lines of a zone file
        fleet     as in plan(), without None; at most 1000000000 machines
        risk      a threshold reached with less is at risk
        draws     so many beside the exact figures, from `seed` on; times the machines at most 1000000000
        encoding  as in read_inventory()
        """
        probable, drawn, start = probability("risk", risk), whole("draws", draws), whole("seed", seed, 0, 2**64 - 1)
        if start > 0 and drawn == 0:
            raise ValueError("seed says where draws start; it needs draws")
        read, problems = read_records(self._handle, records, encoding)
        discovery = c.kmsrules_discovery_new(self._handle, read)
        for name, machines in machines_of(fleet):  # type: ignore[arg-type]
            self._add_askers(discovery, name, machines)
        c.kmsrules_discovery_set_risk(discovery, probable)
        c.kmsrules_discovery_set_draws(discovery, drawn, start)
        document = ask(c.kmsrules_discovery_json, discovery, nothing="fleet holds no machine that finds a KMS host by DNS",
                       refused=ValueError("draws times the machines of fleet must be at most 1000000000"))
        return discovery_of(document, c.kmsrules_discovery_print(discovery, False), c.kmsrules_discovery_print(discovery, True), problems)

    def _add_askers(self, discovery: c.kmsrules_discovery, name: object, machines: int) -> None:
        kind, id = self._product("fleet", name)
        try:
            c.kmsrules_discovery_add_machines(discovery, kind, id, machines)
        except c.StatusError:
            raise QuestionError(f"fleet: the editions of {full_name(self._products[kind, id])} choose their host in different ways; name editions") from None
        except ValueError:
            raise ValueError("fleet must have at most 1000000000 machines") from None

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
        questions = (self._question(before, (), before_key, _Facts(before_updates, before_updates_complete, before_host_build), called=_BEFORE),
                     self._question(after, (), after_key, _Facts(updates, updates_complete, host_build), called=_AFTER))
        self._set_date(questions[1], as_of)
        fleets = [ask(c.kmsrules_fleet_new, question, called=called) for question, called in zip(questions, (_BEFORE, _AFTER))]  # refuses what contradicts itself
        if machines is None:
            handle = ask(c.kmsrules_compare, *questions)
        else:
            Fleet(self._products, fleets[0], True).add_all(machines, Fleet(self._products, fleets[1], True))
            handle = ask(c.kmsrules_fleet_compare, *fleets)
        return difference_of(c.kmsrules_difference_json(handle), c.kmsrules_difference_print(handle, False), c.kmsrules_difference_print(handle, True))

    # ---- Output of slmgr

    def read_slmgr(self, output: Source, *, host: Optional[ProductName] = None, updates: Union[UpdateName, Iterable[UpdateName]] = (),
                   updates_complete: bool = False, host_build: Optional[str] = None, encoding: Optional[str] = None,
                   as_of: Union[str, date, None] = None) -> SlmgrOutput:
        """What slmgr.vbs /dli or /dlv printed, in English, of one license or several: what a host holds, counts and can do, what a client knows of its
        host, and what is wrong. Raises SlmgrError for anything else.

        output    a path, a binary file, bytes, or an iterable of bytes; of text text.encode()
        host      the Windows of the host, where the output leaves it open, as that of an Office host
        updates, updates_complete, host_build  what is known of the host; the build must be one of `host`
        encoding  as in read_inventory()
        """
        question = self._question(host, (), None, _Facts(updates, updates_complete, host_build), c.KMSRULES_SEARCH_KEYS)
        self._set_date(question, as_of)
        return read_output(question, output, encoding)

    # ---- Times

    def interval(self, kind: IntervalKind, edition: Optional[ProductName] = None) -> Optional[Interval]:
        """The interval that rules an edition, or a release whose editions have the same (None: any that no row names); None where the tables do not say."""
        if not isinstance(kind, IntervalKind):
            raise TypeError(f"kind must be IntervalKind, not {type(kind).__name__}")
        index = INTERVALS.index(kind)

        def ruling(edition: int) -> object:
            row = c.kmsrules_ruleset_find_interval(self._handle, index, edition)
            return None if row is None else place(row.at)

        id = c.KMSRULES_NONE if edition is None else self._edition("edition", edition, ruling)
        read = c.kmsrules_ruleset_find_interval(self._handle, index, id)
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
        return self._find(c.KMSRULES_SEARCH_HIGHEST, host, (), keys, _NO_FACTS, _HIGHEST)

    def _find(self, search: int, host: Optional[ProductName], editions: Union[ProductName, Iterable[ProductName]],
              key: Union[KeyName, Iterable[KeyName], None], facts: _Facts, called: Called = OWN) -> Tuple[Found, ...]:
        question = self._question(host, editions, key, facts, search, called)
        nothing = "keys must name one at least" if search == c.KMSRULES_SEARCH_HIGHEST else "editions must name one at least"
        return found_of(c.kmsrules_list_json(ask(c.kmsrules_find, question, search, called=called, nothing=nothing)))

    def _question(self, host: Optional[ProductName], editions: object, key: Union[KeyName, Iterable[KeyName], None], facts: _Facts,
                  search: Optional[int] = None, called: Called = OWN) -> c.kmsrules_question:
        question = c.kmsrules_question_new(self._handle)
        may_lack_host = search in (c.KMSRULES_SEARCH_HOSTS, c.KMSRULES_SEARCH_KEYS, c.KMSRULES_SEARCH_HIGHEST)
        if host is not None or not may_lack_host:
            self._name(called.get("host", "host"), c.kmsrules_question_set_host, question, host, PRODUCT)
        for edition in names_of(editions):
            self._name("editions", c.kmsrules_question_add_edition, question, edition, PRODUCT)
        for group in names_of(key) if key is not None else ():
            self._name(called.get("key", "key"), c.kmsrules_question_add_key, question, group, c.KMSRULES_KEY_GROUP)
        for update in names_of(facts.updates):
            self._name(called.get("updates", "updates"), c.kmsrules_question_add_update, question, update, c.KMSRULES_UPDATE)
        c.kmsrules_question_set_updates_complete(question, truth(called.get("updates_complete", "updates_complete"), facts.updates_complete))
        if facts.host_build is not None:
            argument = called.get("host_build", "host_build")
            put(argument, c.kmsrules_question_set_host_build, question, text_of(argument, facts.host_build))
        for kind, argument in ((c.KMSRULES_CLIENT, "clients"), (c.KMSRULES_SERVER, "servers"), (c.KMSRULES_OFFICE, "office")):
            machines = getattr(facts, argument)
            if machines is not None:
                c.kmsrules_question_set_count(question, kind, whole(argument, machines))
        return question

    def _name(self, argument: str, set_name: Callable[[c.kmsrules_question, str], None], question: c.kmsrules_question, name: object,
              kinds: int) -> None:
        text = name_of(argument, name, kinds)
        try:
            set_name(question, text)
        except c.StatusError:
            raise refusal(self._handle, kinds, text, argument) from None
        except ValueError:
            raise malformed(argument, text) from None

    def _set_date(self, question: c.kmsrules_question, as_of: Union[str, date, None]) -> None:
        if as_of is not None:
            put("as_of", c.kmsrules_question_set_date, question, date_text(as_of))

    # ---- As a Python object

    def __repr__(self) -> str:
        return f"<kmsrules.Ruleset {self.id} revision {self.revision}, {self.fingerprint[:19]}…>"

    def __copy__(self) -> Ruleset:
        return self

    def __deepcopy__(self, memo: object) -> Ruleset:
        return self

    def __reduce__(self) -> Tuple[Callable[..., Ruleset], Tuple[object, ...]]:
        files = self.tables.files
        return _from_files, (type(self), {file.path: file.data for file in files}, [file.path for file in files if file.is_layer], self._limits)


def _from_files(kind: Type[Ruleset], tables: Mapping[str, bytes], layers: Sequence[str], limits: Optional[Limits]) -> Ruleset:
    return kind.from_tables(tables, *layers, limits=limits)


# ---- Arguments


def _layer_of(file: Union[str, "os.PathLike[str]"]) -> str:
    path = text_of("files", os.fspath(file) if isinstance(file, os.PathLike) else file)
    return os.path.join(".", path) if path in BUILTIN_RULESETS and isinstance(file, os.PathLike) else path


def _table_bytes(data: object) -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if not isinstance(data, str):
        raise TypeError(f"tables must hold str or bytes, not {type(data).__name__}")
    try:
        return data.encode()
    except UnicodeEncodeError:
        raise ValueError("tables must not hold a lone surrogate") from None


def _c_limits(limits: Limits) -> c.kmsrules_limits:
    if not isinstance(limits, Limits):
        raise TypeError(f"limits must be Limits, not {type(limits).__name__}")
    filled = c.kmsrules_limits()
    for name, value in asdict(limits).items():
        setattr(filled, name, whole(name, value, 1, _MOST_LIMIT))
    return filled


# ---- Records


def _problems(builder: c.kmsrules_builder) -> Tuple[Problem, ...]:
    problems = map(c.kmsrules_builder_problem, [builder] * c.kmsrules_builder_problem_count(builder), count())
    return tuple([Problem(problem.code, problem.name, problem.text, *place(problem.place), problem.is_error) for problem in problems])


def _refusal(builder: c.kmsrules_builder, error: c.StatusError) -> Exception:
    errors = tuple([problem for problem in _problems(builder) if problem.is_error])
    refusal = _REFUSALS.get(error.args[0])
    return QuestionError("no table to read") if refusal is None else refusal(errors)
