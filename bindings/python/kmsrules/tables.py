"""Copies of what the library lends of its tables. Private."""
from __future__ import annotations

from datetime import timedelta
from typing import Callable, Dict, Mapping, Optional, Tuple

from . import _kmsrules as c
from .records import (ActivationId, Application, Cache, CheckCode, DiscoveryRule, Edition, ErrorCode, EvidenceKind, Expiry, ExpiryKind, Interval, IntervalKind,
                      KeyGroup, Kind, Place, Prediction, Product, Record, Release, Scope, Source, SrvName, TableFile, Tables, Transition, TransitionKind, Update,
                      Verdict, VirtualMachines, Volume)

KINDS = tuple([Kind(c.kmsrules_kind_text(kind)) for kind in range(c.KMSRULES_KIND_COUNT)])
VERDICTS = tuple([Verdict(c.kmsrules_verdict_text(verdict)) for verdict in range(c.KMSRULES_NO_VERDICT)])
INTERVALS = tuple([IntervalKind(c.kmsrules_interval_text(kind)) for kind in range(c.KMSRULES_INTERVAL_COUNT)])
_TRANSITIONS = tuple([TransitionKind(c.kmsrules_transition_text(kind)) for kind in range(c.KMSRULES_TRANSITION_COUNT)])
_VOLUMES = {c.KMSRULES_VOLUME_NO: Volume.NO, c.KMSRULES_VOLUME_YES: Volume.YES, c.KMSRULES_VOLUME_UNLISTED: Volume.UNLISTED}
_SCOPES = ((c.KMSRULES_OF_CLIENT, Scope.CLIENT), (c.KMSRULES_OF_KMS, Scope.KMS), (c.KMSRULES_OF_KMS_CLIENT, Scope.KMS_CLIENT),
           (c.KMSRULES_OF_KMS_HOST, Scope.KMS_HOST), (c.KMSRULES_OF_MAK, Scope.MAK))
_EVIDENCE = ((c.KMSRULES_BY_BUILD, EvidenceKind.BUILD), (c.KMSRULES_BY_SKU, EvidenceKind.SKU), (c.KMSRULES_BY_EDITION_ID, EvidenceKind.EDITION_ID),
             (c.KMSRULES_BY_PRODUCT_TYPE, EvidenceKind.PRODUCT_TYPE))


def place(at: c.kmsrules_place) -> Place:
    return Place(at.file, at.line, at.column)


def place_or_none(at: c.kmsrules_place) -> Optional[Place]:
    return None if at.file is None else place(at)


def source(ruleset: c.kmsrules_ruleset, id: int) -> Source:
    read = c.kmsrules_ruleset_source(ruleset, id)
    return Source(read.id, read.title, read.locator, read.date, read.reliability)


def application(ruleset: c.kmsrules_ruleset, id: int) -> Application:
    read = c.kmsrules_ruleset_application(ruleset, id)
    return Application(read.id, read.name)


def application_id(ruleset: c.kmsrules_ruleset, id: int) -> str:
    return c.kmsrules_ruleset_application(ruleset, id).id


def release(ruleset: c.kmsrules_ruleset, id: int) -> Release:
    read = c.kmsrules_ruleset_release(ruleset, id)
    return Release(read.id, read.name, KINDS[read.kind], application_id(ruleset, read.application), edition_ids(ruleset, read.editions), place(read.at))


def edition(ruleset: c.kmsrules_ruleset, id: int) -> Edition:
    read = c.kmsrules_ruleset_edition(ruleset, id)
    owner = None if read.release == c.KMSRULES_NONE else c.kmsrules_ruleset_release(ruleset, read.release).id
    return Edition(read.id, read.name, KINDS[read.kind], application_id(ruleset, read.application), owner, _VOLUMES[read.volume], read.can_host,
                   place(read.at))


def key_group(ruleset: c.kmsrules_ruleset, id: int) -> KeyGroup:
    read = c.kmsrules_ruleset_key_group(ruleset, id)
    return KeyGroup(read.id, read.name, KINDS[read.kind], application_id(ruleset, read.application), place(read.at))


def update(ruleset: c.kmsrules_ruleset, id: int) -> Update:
    read = c.kmsrules_ruleset_update(ruleset, id)
    return Update(read.id, read.name, read.date, read.line, place(read.at))


def file(ruleset: c.kmsrules_ruleset, index: int) -> TableFile:
    read = c.kmsrules_ruleset_file(ruleset, index)
    return TableFile(read.path, read.data, read.is_layer)


def source_ids(ruleset: c.kmsrules_ruleset, ids: Tuple[int, ...]) -> Tuple[str, ...]:
    return tuple([c.kmsrules_ruleset_source(ruleset, id).id for id in ids])


def edition_ids(ruleset: c.kmsrules_ruleset, ids: Tuple[int, ...]) -> Tuple[str, ...]:
    return tuple([c.kmsrules_ruleset_edition(ruleset, id).id for id in ids])


def error_code(ruleset: c.kmsrules_ruleset, id: int) -> ErrorCode:
    read = c.kmsrules_ruleset_error(ruleset, id)
    checks = sorted({c.kmsrules_ruleset_prediction(ruleset, index).check for index in read.predictions})
    return ErrorCode(read.id, read.name, tuple([scope for bit, scope in _SCOPES if read.scope & bit]), tuple([CheckCode(f"KR{check}") for check in checks]), read.note,
                     source_ids(ruleset, read.sources), place(read.at))


def prediction(ruleset: c.kmsrules_ruleset, id: int) -> Prediction:
    read = c.kmsrules_ruleset_prediction(ruleset, id)
    updates = tuple([c.kmsrules_ruleset_update(ruleset, member).id for member in read.updates])
    return Prediction(CheckCode(f"KR{read.check}"), c.kmsrules_ruleset_error(ruleset, read.error).id, read.is_on_host, edition_ids(ruleset, read.editions), updates, read.note,
                      source_ids(ruleset, read.sources), place(read.at))


def interval(ruleset: c.kmsrules_ruleset, read: c.kmsrules_interval) -> Interval:
    return Interval(INTERVALS[read.kind], timedelta(seconds=read.seconds), edition_ids(ruleset, read.editions), source_ids(ruleset, read.sources), read.note,
                    place(read.at))


def transition(ruleset: c.kmsrules_ruleset, index: int) -> Transition:
    read = c.kmsrules_ruleset_transition(ruleset, index)
    intervals = tuple([kind for bit, kind in enumerate(INTERVALS) if read.intervals >> bit & 1])
    return Transition(_TRANSITIONS[read.kind], read.text, read.command, read.error, intervals, source_ids(ruleset, read.sources), read.note, place(read.at))


def _cache(ruleset: c.kmsrules_ruleset) -> Optional[Cache]:
    read = c.kmsrules_ruleset_cache(ruleset)
    return None if read is None else Cache(read.factor, source_ids(ruleset, read.sources), read.note, place(read.at))


def discovery_rule(ruleset: c.kmsrules_ruleset, index: int) -> DiscoveryRule:
    read = c.kmsrules_ruleset_discovery_rule(ruleset, index)
    return DiscoveryRule(c.kmsrules_selection_text(read.selection), edition_ids(ruleset, read.editions), source_ids(ruleset, read.sources),
                         source_ids(ruleset, read.against), read.note, place(read.at))


def _srv_name(ruleset: c.kmsrules_ruleset) -> Optional[SrvName]:
    read = c.kmsrules_ruleset_srv_name(ruleset)
    return None if read is None else SrvName(read.name, read.port, source_ids(ruleset, read.sources), read.note, place(read.at))


def virtual_machines(ruleset: c.kmsrules_ruleset, index: int) -> VirtualMachines:
    read = c.kmsrules_ruleset_virtual_machines(ruleset, index)
    return VirtualMachines(read.are_counted, edition_ids(ruleset, read.hosts), source_ids(ruleset, read.sources), read.note, place(read.at))


def expiry(ruleset: c.kmsrules_ruleset, index: int) -> Expiry:
    read = c.kmsrules_ruleset_expiry(ruleset, index)
    return Expiry(ExpiryKind(c.kmsrules_expiry_text(read.kind)), read.text, edition_ids(ruleset, read.editions), read.builds, source_ids(ruleset, read.sources),
                  read.note, place(read.at))


def activation_id(ruleset: c.kmsrules_ruleset, index: int) -> ActivationId:
    read = c.kmsrules_ruleset_activation_id(ruleset, index)
    return ActivationId(read.id, edition_ids(ruleset, read.editions), source_ids(ruleset, read.sources), read.note, place(read.at))


_RECORDS: Mapping[int, Callable[[c.kmsrules_ruleset, int], Record]] = {
    c.KMSRULES_EDITION: edition, c.KMSRULES_RELEASE: release, c.KMSRULES_KEY_GROUP: key_group, c.KMSRULES_UPDATE: update}


def record(ruleset: c.kmsrules_ruleset, kind: int, id: int) -> Record:
    return _RECORDS[kind](ruleset, id)


def all_tables(ruleset: c.kmsrules_ruleset) -> Tables:
    return Tables(
        tuple([application(ruleset, id) for id in range(c.kmsrules_ruleset_application_count(ruleset))]),
        tuple([release(ruleset, id) for id in range(c.kmsrules_ruleset_release_count(ruleset))]),
        tuple([edition(ruleset, id) for id in range(c.kmsrules_ruleset_edition_count(ruleset))]),
        tuple([key_group(ruleset, id) for id in range(c.kmsrules_ruleset_key_group_count(ruleset))]),
        tuple([update(ruleset, id) for id in range(c.kmsrules_ruleset_update_count(ruleset))]),
        tuple([source(ruleset, id) for id in range(c.kmsrules_ruleset_source_count(ruleset))]),
        tuple([file(ruleset, index) for index in range(c.kmsrules_ruleset_file_count(ruleset))]),
        tuple([error_code(ruleset, id) for id in range(c.kmsrules_ruleset_error_count(ruleset))]),
        tuple([prediction(ruleset, id) for id in range(c.kmsrules_ruleset_prediction_count(ruleset))]),
        tuple([interval(ruleset, c.kmsrules_ruleset_interval(ruleset, index)) for index in range(c.kmsrules_ruleset_interval_count(ruleset))]),
        tuple([transition(ruleset, index) for index in range(c.kmsrules_ruleset_transition_count(ruleset))]), _cache(ruleset),
        tuple([discovery_rule(ruleset, index) for index in range(c.kmsrules_ruleset_discovery_rule_count(ruleset))]), _srv_name(ruleset),
        tuple([virtual_machines(ruleset, index) for index in range(c.kmsrules_ruleset_virtual_machines_count(ruleset))]),
        tuple([expiry(ruleset, index) for index in range(c.kmsrules_ruleset_expiry_count(ruleset))]),
        tuple([activation_id(ruleset, index) for index in range(c.kmsrules_ruleset_activation_id_count(ruleset))]))


def evidence_kinds(bits: int) -> Tuple[EvidenceKind, ...]:
    return tuple([kind for bit, kind in _EVIDENCE if bits & bit])


_USUAL = 512  # bytes that most clauses fit into


def identity_text(ruleset: c.kmsrules_ruleset, identity: c.kmsrules_identity) -> str:
    length, text = c.kmsrules_identity_text(ruleset, identity, _USUAL)
    return text if length < _USUAL else c.kmsrules_identity_text(ruleset, identity, length + 1)[1]


class Products(Dict[Tuple[int, int], Product]):
    """(kind, id) → edition or release, copied once. Shared by threads: the worst that can happen is copying twice."""

    def __init__(self, ruleset: c.kmsrules_ruleset) -> None:
        super().__init__()
        self.ruleset = ruleset

    def __missing__(self, key: Tuple[int, int]) -> Product:
        kind, id = key
        made = self[key] = edition(self.ruleset, id) if kind == c.KMSRULES_EDITION else release(self.ruleset, id)
        return made
