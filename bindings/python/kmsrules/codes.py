"""The pages of codes: checks, table problems, and errors that Windows shows."""
from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count, takewhile
from typing import Tuple

from . import _kmsrules as c
from .errors import UnknownNameError
from .names import looks_like_key, text_of
from .records import CheckCode

_SUGGESTIONS = 3

CODES: Tuple[str, ...] = tuple([code.code for code in takewhile(lambda code: code is not None, map(c.kmsrules_code_get, count()))])


@dataclass(frozen=True)
class CodePage:
    """What `kmsrules explain CODE` prints."""

    code: str  # "KR104", "0xC004F042"
    name: str  # "key-covers-edition", "this KMS cannot be used"
    text: str  # the page, Markdown
    checks: Tuple[CheckCode, ...]  # of an error: those that predict it when they fail
    errors: Tuple[str, ...]  # of a check: those that may follow when it fails

    def __str__(self) -> str:
        return self.text


def code_page(ruleset: c.kmsrules_ruleset, code: object) -> CodePage:
    text = text_of("code", code)
    found = c.kmsrules_code_find(text)
    if found is None and looks_like_key(text):
        raise ValueError("code looks like a product key, which is not shown")
    if found is None:
        raise UnknownNameError(text, tuple([near.code for near in c.kmsrules_code_suggest(text, _SUGGESTIONS)]))
    item = json.loads(c.kmsrules_code_json(ruleset, found))
    return CodePage(item["code"], item["name"], item["text"], tuple(map(CheckCode, item["checks"])), tuple(item["errors"]))
