"""Runbooks: immutable, read from the library's own JSON document."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Iterable, Optional, Tuple, Union

from . import _kmsrules as c
from .answer import SourceReference
from .documents import Document, Tree
from .arguments import MOST, truth, whole
from .names import names_of, text_of
from .records import Verdict



class Dns(Enum):
    """How clients find the host."""

    AUTOMATIC = "automatic"  # it publishes itself by dynamic updates
    MANUAL = "manual"  # somebody writes its SRV records
    NONE = "none"  # not at all: each client is pointed to it


@dataclass(frozen=True)
class Command:
    text: str  # as typed at a prompt; what nobody can know stands in angle brackets
    shell: str  # "cmd" or "powershell"
    alternative: bool  # instead of the one before


@dataclass(frozen=True)
class Step:
    number: int
    id: str
    phase: str  # "prepare", "install", "activate", "service", "firewall", "dns", "verify", "client"
    where: str  # "host", "client", "dns-server"
    title: str
    elevated: bool
    commands: Tuple[Command, ...]  # none: done by hand
    check: str
    undo: str
    note: Optional[str]
    sources: Tuple[SourceReference, ...]
    at: str  # "rules/procedures.xml:12:3"


@dataclass(frozen=True)
class RunbookKey:
    application: str
    key: Optional[str]
    key_assumed: bool  # no key was given: the best was taken


@dataclass(frozen=True, repr=False)
class Runbook(Document):
    """The steps that take a host to where it activates what was asked; none where no step would help."""

    verdict: Verdict
    summary: str
    host: Optional[str]
    keys: Tuple[RunbookKey, ...]
    host_name: str
    zones: Tuple[str, ...]
    dns: Dns
    offline: bool
    port: int
    reasons: Tuple[str, ...]  # why the verdict is no better
    steps: Tuple[Step, ...]
    notes: Tuple[str, ...]
    json: str  # the whole document, kmsrules/runbook/1
    markdown: str = field(compare=False)
    powershell: str = field(compare=False)  # a script; it holds no product key
    _plain: str = field(compare=False)
    _colored: str = field(compare=False)

    def __repr__(self) -> str:
        return f"<kmsrules.Runbook {self.verdict.value}, {len(self.steps)} steps: {self.summary}>"


def _step(item: Tree) -> Step:
    commands = tuple([Command(command["text"], command["shell"], command["alternative"]) for command in item["commands"]])
    sources = tuple([SourceReference(source["id"], source["title"], source["locator"], source["date"]) for source in item["sources"]])
    return Step(item["number"], item["id"], item["phase"], item["where"], item["title"], item["elevated"], commands, item["check"], item["undo"], item["note"], sources,
                item["at"])


def runbook_of(handle: c.kmsrules_runbook) -> Runbook:
    document = c.kmsrules_runbook_json(handle)
    item = json.loads(document)
    options = item["options"]
    keys = tuple([RunbookKey(key["application"], key["key"], key["key_assumed"]) for key in item["keys"]])
    return Runbook(Verdict(item["verdict"]), item["summary"], item["host"], keys, options["host_name"], tuple(options["zones"]), Dns(options["dns"]),
                   options["offline"], options["port"], tuple(item["reasons"]), tuple([_step(step) for step in item["steps"]]), tuple(item["notes"]), document,
                   c.kmsrules_runbook_markdown(handle), c.kmsrules_runbook_powershell(handle), c.kmsrules_runbook_print(handle, False),
                   c.kmsrules_runbook_print(handle, True))


Circumstances = Tuple[Optional[str], Tuple[str, ...], int, bool, int]


def circumstances_of(host_name: Optional[str], zones: Union[str, Iterable[str]], dns: Union[Dns, str], offline: bool, port: int) -> Circumstances:
    """As the library takes them. Their types are judged here, their contents there."""
    truth("offline", offline)
    if not 1 <= whole("port", port, -MOST) <= 65535:
        raise ValueError("port must be from 1 to 65535")
    words = [each.value for each in Dns]
    word = dns.value if isinstance(dns, Dns) else text_of("dns", dns)
    if word not in words:
        raise ValueError("dns must be automatic, manual or none")
    return (None if host_name is None else text_of("host_name", host_name), tuple([text_of("zones", name) for name in names_of(zones)]), words.index(word), offline, port)
