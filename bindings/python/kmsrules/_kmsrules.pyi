# The extension module that SWIG makes of kmsrules.h: what the package uses of it.
from typing import List, Optional, Sequence, Tuple, Union

class StatusError(Exception): ...

KMSRULES_NONE: int
KMSRULES_CLIENT: int
KMSRULES_SERVER: int
KMSRULES_OFFICE: int
KMSRULES_KIND_COUNT: int
KMSRULES_VOLUME_NO: int
KMSRULES_VOLUME_YES: int
KMSRULES_VOLUME_UNLISTED: int
KMSRULES_EDITION: int
KMSRULES_RELEASE: int
KMSRULES_KEY_GROUP: int
KMSRULES_UPDATE: int
KMSRULES_BY_BUILD: int
KMSRULES_BY_SKU: int
KMSRULES_BY_EDITION_ID: int
KMSRULES_BY_PRODUCT_TYPE: int
KMSRULES_OF_CLIENT: int
KMSRULES_OF_KMS: int
KMSRULES_OF_KMS_CLIENT: int
KMSRULES_OF_KMS_HOST: int
KMSRULES_OF_MAK: int
KMSRULES_NO_VERDICT: int
KMSRULES_SHIFT_COUNT: int
KMSRULES_INTERVAL_COUNT: int
KMSRULES_TRANSITION_COUNT: int
KMSRULES_OK: int
KMSRULES_UNKNOWN_NAME: int
KMSRULES_AMBIGUOUS_NAME: int
KMSRULES_INVALID_ROW: int
KMSRULES_INVALID_TABLE: int
KMSRULES_UNREADABLE: int
KMSRULES_NOT_TRUSTED: int
KMSRULES_SEARCH_EDITIONS: int
KMSRULES_SEARCH_HOSTS: int
KMSRULES_SEARCH_KEYS: int
KMSRULES_SEARCH_HIGHEST: int

class kmsrules_builder: ...
class kmsrules_ruleset: ...
class kmsrules_question: ...
class kmsrules_answer: ...
class kmsrules_list: ...
class kmsrules_facts: ...
class kmsrules_inventory: ...
class kmsrules_events: ...
class kmsrules_fleet: ...
class kmsrules_planner: ...
class kmsrules_plan: ...
class kmsrules_difference: ...

# Values that are tuples; None in them: not given.
_Evidence = Tuple[Optional[str], Optional[str], Optional[int], Optional[int], Optional[int]]  # text, edition_id, build, sku, product_type
_Options = Tuple[Optional[str], Optional[str], Optional[str], bool]  # encoding, columns, separator, is_plain
_EventsOptions = Tuple[Optional[str], int, Optional[int]]  # encoding, date order, minutes east of UTC
_Twin = Optional[Tuple[int, int]]  # file, line

class kmsrules_limits:
    table_size: int
    element_depth: int
    element_count: int
    attribute_count: int
    attribute_size: int
    id_size: int
    name_size: int
    include_depth: int
    problem_count: int
    pair_count: int
    member_count: int

class kmsrules_place:
    file: str
    line: int
    column: int

class kmsrules_problem:
    code: str
    name: str
    text: str
    place: kmsrules_place
    is_error: bool

class kmsrules_revision:
    id: str
    title: Optional[str]
    revision: str
    fingerprint: str

class kmsrules_source:
    id: str
    title: str
    locator: Optional[str]
    date: Optional[str]
    reliability: str

class kmsrules_application:
    id: str
    name: str

class kmsrules_release:
    id: str
    name: str
    kind: int
    application: int
    editions: Tuple[int, ...]
    at: kmsrules_place

class kmsrules_edition:
    id: str
    name: str
    kind: int
    application: int
    release: int
    volume: int
    can_host: bool
    at: kmsrules_place

class kmsrules_key_group:
    id: str
    name: str
    kind: int
    application: int
    at: kmsrules_place

class kmsrules_update:
    id: str
    name: Optional[str]
    date: Optional[str]
    line: Optional[str]
    at: kmsrules_place

class kmsrules_error:
    id: str
    name: str
    note: Optional[str]
    scope: int
    predictions: Tuple[int, ...]
    sources: Tuple[int, ...]
    at: kmsrules_place

class kmsrules_prediction:
    check: int
    error: int
    is_on_host: bool
    editions: Tuple[int, ...]
    updates: Tuple[int, ...]
    note: Optional[str]
    sources: Tuple[int, ...]
    at: kmsrules_place

class kmsrules_code:
    code: str
    name: str
    page: str
class kmsrules_interval:
    kind: int
    seconds: int
    editions: Tuple[int, ...]
    sources: Tuple[int, ...]
    note: Optional[str]
    at: kmsrules_place

class kmsrules_cache:
    factor: int
    sources: Tuple[int, ...]
    note: Optional[str]
    at: kmsrules_place

class kmsrules_transition:
    kind: int
    text: str
    command: Optional[str]
    error: Optional[str]
    intervals: int
    sources: Tuple[int, ...]
    note: Optional[str]
    at: kmsrules_place

class kmsrules_table_file:
    path: str
    data: bytes
    is_layer: bool

class kmsrules_identity:
    kind: int
    id: int
    candidates: Tuple[int, ...]
    candidate_count: int
    how: str
    at: kmsrules_place  # its file may be None
    note: Optional[str]
    narrowed: int
    unknown: int
    decides: int
    is_contradicted: bool

class kmsrules_machine:
    line: int
    column: int
    name: Optional[str]
    text: Optional[str]
    evidence: _Evidence
    status: int
    identity: Optional[kmsrules_identity]
    problem: str  # None unless the row could not be read

class kmsrules_inventory_format:
    format: Optional[str]
    encoding: str
    separator: Optional[str]
    columns: Optional[str]

class kmsrules_inventory_fault:
    line: int
    column: int
    text: str

class kmsrules_event:
    id: int
    line: int
    column: int
    record_id: int
    logged_at: int
    client_time: int
    computer: Optional[str]
    client: Optional[str]
    client_as_written: Optional[str]
    result: int
    minimum: int
    count: int
    activation_minutes: int
    renewal_minutes: int
    minutes_left: int
    is_virtual: int
    is_activated: int
    license_status: int
    has_cmid: bool
    has_activation_id: bool
    cmid: str
    activation_id: str
    status: int
    problem: str  # None unless the event could not be read

class kmsrules_events_format:
    format: Optional[str]
    encoding: str
    separator: Optional[str]
    columns: Optional[str]
    other_lines: int

class kmsrules_requirement:
    any_of: Tuple[int, ...]
    or_later: bool
    is_known_missing: bool

class kmsrules_judgement:
    verdict: int
    code: int
    key_group: int
    reason: str

class kmsrules_fleet_product:
    kind: int
    id: int
    rows: int
    machines: int
    judgement: kmsrules_judgement

class kmsrules_fleet_need:
    requirement: kmsrules_requirement
    rows: int

class kmsrules_fleet_key:
    key_group: int
    is_taken: bool
    rows: Tuple[int, ...]

class kmsrules_fleet_threshold:
    application: int
    kind: int
    minimum: int
    certain: int
    possible: int

class kmsrules_fleet_summary:
    rows: Tuple[int, ...]
    products: Tuple[kmsrules_fleet_product, ...]
    needs: Tuple[kmsrules_fleet_need, ...]
    settling: Tuple[int, ...]
    keys: Tuple[kmsrules_fleet_key, ...]
    thresholds: Tuple[kmsrules_fleet_threshold, ...]
    names_are_incomplete: bool

def kmsrules_version() -> str: ...
def kmsrules_kind_text(kind: int) -> str: ...
def kmsrules_verdict_text(verdict: int) -> str: ...
def kmsrules_builtin_name(index: int) -> str: ...
def kmsrules_default_limits() -> kmsrules_limits: ...
def kmsrules_builder_new() -> kmsrules_builder: ...
def kmsrules_builder_set_limits(builder: kmsrules_builder, limits: kmsrules_limits) -> None: ...
def kmsrules_builder_provide(builder: kmsrules_builder, path: str, data: bytes) -> None: ...
def kmsrules_builder_add(builder: kmsrules_builder, file_or_name: str) -> None: ...
def kmsrules_builder_build(builder: kmsrules_builder) -> kmsrules_ruleset: ...
def kmsrules_builder_problem_count(builder: kmsrules_builder) -> int: ...
def kmsrules_builder_problem(builder: kmsrules_builder, index: int) -> kmsrules_problem: ...
def kmsrules_ruleset_revision(ruleset: kmsrules_ruleset) -> kmsrules_revision: ...
def kmsrules_ruleset_source_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_source(ruleset: kmsrules_ruleset, id: int) -> kmsrules_source: ...
def kmsrules_ruleset_application_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_application(ruleset: kmsrules_ruleset, id: int) -> kmsrules_application: ...
def kmsrules_ruleset_release_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_release(ruleset: kmsrules_ruleset, id: int) -> kmsrules_release: ...
def kmsrules_ruleset_edition_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_edition(ruleset: kmsrules_ruleset, id: int) -> kmsrules_edition: ...
def kmsrules_ruleset_key_group_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_key_group(ruleset: kmsrules_ruleset, id: int) -> kmsrules_key_group: ...
def kmsrules_ruleset_update_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_update(ruleset: kmsrules_ruleset, id: int) -> kmsrules_update: ...
def kmsrules_ruleset_error_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_error(ruleset: kmsrules_ruleset, id: int) -> kmsrules_error: ...
def kmsrules_ruleset_prediction_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_prediction(ruleset: kmsrules_ruleset, id: int) -> kmsrules_prediction: ...
def kmsrules_code_count() -> int: ...
def kmsrules_code_get(index: int) -> kmsrules_code: ...
def kmsrules_code_find(text: str) -> Optional[kmsrules_code]: ...
def kmsrules_code_is_like(text: str) -> bool: ...
def kmsrules_code_suggest(text: str, capacity: int) -> List[kmsrules_code]: ...
def kmsrules_code_json(ruleset: kmsrules_ruleset, code: kmsrules_code) -> str: ...
def kmsrules_code_print(code: kmsrules_code, color: bool) -> str: ...
def kmsrules_interval_text(kind: int) -> str: ...
def kmsrules_transition_text(kind: int) -> str: ...
def kmsrules_ruleset_interval_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_interval(ruleset: kmsrules_ruleset, index: int) -> kmsrules_interval: ...
def kmsrules_ruleset_find_interval(ruleset: kmsrules_ruleset, kind: int, edition: int) -> Optional[kmsrules_interval]: ...
def kmsrules_ruleset_transition_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_transition(ruleset: kmsrules_ruleset, index: int) -> kmsrules_transition: ...
def kmsrules_ruleset_cache(ruleset: kmsrules_ruleset) -> Optional[kmsrules_cache]: ...
def kmsrules_ruleset_file_count(ruleset: kmsrules_ruleset) -> int: ...
def kmsrules_ruleset_file(ruleset: kmsrules_ruleset, index: int) -> kmsrules_table_file: ...
def kmsrules_identify(ruleset: kmsrules_ruleset, kinds: int, text: str, identity: kmsrules_identity) -> None: ...
def kmsrules_recognize(ruleset: kmsrules_ruleset, kinds: int, evidence: _Evidence, identity: kmsrules_identity) -> None: ...
def kmsrules_identity_text(ruleset: kmsrules_ruleset, identity: kmsrules_identity, size: int) -> Tuple[int, str]: ...
def kmsrules_build_number(text: str) -> Tuple[int, Optional[int]]: ...
def kmsrules_product_type(ruleset: kmsrules_ruleset, text: str) -> int: ...
def kmsrules_suggest(ruleset: kmsrules_ruleset, kinds: int, text: str, capacity: int) -> List[str]: ...
def kmsrules_can(ruleset: kmsrules_ruleset, host: int, key_group: int, editions: Sequence[int], facts: Optional[kmsrules_facts]) -> int: ...
def kmsrules_question_new(ruleset: kmsrules_ruleset) -> kmsrules_question: ...
def kmsrules_question_set_host(question: kmsrules_question, name: str) -> None: ...
def kmsrules_question_add_key(question: kmsrules_question, name: str) -> None: ...
def kmsrules_question_add_edition(question: kmsrules_question, name: str) -> None: ...
def kmsrules_question_add_update(question: kmsrules_question, name: str) -> None: ...
def kmsrules_question_set_remedies(question: kmsrules_question, wanted: bool) -> None: ...
def kmsrules_question_set_updates_complete(question: kmsrules_question, complete: bool) -> None: ...
def kmsrules_question_set_host_build(question: kmsrules_question, build: str) -> None: ...
def kmsrules_question_set_count(question: kmsrules_question, kind: int, machines: int) -> None: ...
def kmsrules_question_set_date(question: kmsrules_question, date: str) -> None: ...
def kmsrules_ask(question: kmsrules_question) -> kmsrules_answer: ...
def kmsrules_find(question: kmsrules_question, search: int) -> kmsrules_list: ...
def kmsrules_answer_verdict(answer: kmsrules_answer) -> int: ...
def kmsrules_answer_summary(answer: kmsrules_answer, size: int) -> Tuple[int, str]: ...
def kmsrules_answer_json(answer: kmsrules_answer) -> str: ...
def kmsrules_answer_print(answer: kmsrules_answer, color: bool) -> str: ...
def kmsrules_list_json(list: kmsrules_list) -> str: ...
def kmsrules_next_machines(text: str, offset: int) -> Tuple[int, int, Optional[str]]: ...
def kmsrules_planner_new(question: kmsrules_question) -> kmsrules_planner: ...
def kmsrules_planner_add_machines(planner: kmsrules_planner, kind: int, id: int, machines: int) -> None: ...
def kmsrules_planner_add_host(planner: kmsrules_planner, name: str) -> None: ...
def kmsrules_planner_set_most_hosts(planner: kmsrules_planner, count: int) -> None: ...
def kmsrules_planner_plan(planner: kmsrules_planner) -> kmsrules_plan: ...
def kmsrules_plan_json(plan: kmsrules_plan) -> str: ...
def kmsrules_plan_print(plan: kmsrules_plan, color: bool) -> str: ...
def kmsrules_inventory_new(ruleset: kmsrules_ruleset, options: Optional[_Options]) -> kmsrules_inventory: ...
def kmsrules_inventory_feed(inventory: kmsrules_inventory, data: bytes) -> None: ...
def kmsrules_inventory_end(inventory: kmsrules_inventory) -> None: ...
def kmsrules_inventory_next(inventory: kmsrules_inventory) -> Optional[kmsrules_machine]: ...
def kmsrules_inventory_what(inventory: kmsrules_inventory) -> kmsrules_inventory_format: ...
def kmsrules_inventory_why(inventory: kmsrules_inventory) -> kmsrules_inventory_fault: ...
def kmsrules_events_new(ruleset: kmsrules_ruleset, options: Optional[_EventsOptions]) -> kmsrules_events: ...
def kmsrules_events_feed(events: kmsrules_events, data: bytes) -> None: ...
def kmsrules_events_end(events: kmsrules_events) -> None: ...
def kmsrules_events_next(events: kmsrules_events) -> Optional[kmsrules_event]: ...
def kmsrules_events_what(events: kmsrules_events) -> kmsrules_events_format: ...
def kmsrules_events_why(events: kmsrules_events) -> kmsrules_inventory_fault: ...
def kmsrules_events_seen(events: kmsrules_events) -> List[Tuple[int, int]]: ...
def kmsrules_fleet_new(question: kmsrules_question) -> kmsrules_fleet: ...
def kmsrules_fleet_add(fleet: kmsrules_fleet, name: Optional[str], file: int, line: int, kind: int, id: int) -> _Twin: ...
def kmsrules_fleet_judge(fleet: kmsrules_fleet, kind: int, id: int) -> kmsrules_judgement: ...
def kmsrules_fleet_settle_keys(fleet: kmsrules_fleet) -> None: ...
def kmsrules_fleet_sum_up(fleet: kmsrules_fleet) -> kmsrules_fleet_summary: ...
def kmsrules_shift_text(change: int) -> str: ...
def kmsrules_shift_of(before: int, after: int) -> int: ...
def kmsrules_compare(from_: kmsrules_question, to: kmsrules_question) -> kmsrules_difference: ...
def kmsrules_fleet_compare(from_: kmsrules_fleet, to: kmsrules_fleet) -> kmsrules_difference: ...
def kmsrules_difference_json(difference: kmsrules_difference) -> str: ...
def kmsrules_difference_print(difference: kmsrules_difference, color: bool) -> str: ...
