"""Names on their way into the library: what is no name is refused with the argument's own name. Private."""
from __future__ import annotations

from typing import Any, Dict, Iterable, Tuple, Union

from . import _kmsrules as c
from .errors import AmbiguousNameError, KmsrulesError, UnknownNameError
from .records import Edition, KeyGroup, Release, Update

PRODUCT = c.KMSRULES_EDITION | c.KMSRULES_RELEASE
KINDS = {Edition: c.KMSRULES_EDITION, Release: c.KMSRULES_RELEASE, KeyGroup: c.KMSRULES_KEY_GROUP, Update: c.KMSRULES_UPDATE}
NO_ID = -1  # no function takes it: OverflowError
_SUGGESTIONS = 3
_REMEMBERED = 65536  # names; more than all tables know, less than what hurts

ProductName = Union[str, Edition, Release]
KeyName = Union[str, KeyGroup]
UpdateName = Union[str, Update]
ONE = (str, Edition, Release, KeyGroup, Update)


def text_of(argument: str, value: object) -> str:
    """A str that C can take."""
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{argument} must not hold a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{argument} must not hold a lone surrogate") from None
    return value


def name_of(argument: str, value: object, kinds: int) -> str:
    """A name as text; a record of the wanted kinds stands for its id."""
    if isinstance(value, (Edition, Release, KeyGroup, Update)) and KINDS[type(value)] & kinds:
        return value.id
    return text_of(argument, value)


def names_of(value: object) -> Tuple[Any, ...]:
    """One name or many; a str is one name and not its letters. What is no name is found out later."""
    return (value,) if isinstance(value, ONE) or isinstance(value, bytes) or not isinstance(value, Iterable) else tuple(value)


def full_name(ruleset: c.kmsrules_ruleset, kind: int, id: int) -> str:
    if kind == c.KMSRULES_EDITION:
        return c.kmsrules_ruleset_edition(ruleset, id).name
    if kind == c.KMSRULES_RELEASE:
        return c.kmsrules_ruleset_release(ruleset, id).name
    if kind == c.KMSRULES_KEY_GROUP:
        return c.kmsrules_ruleset_key_group(ruleset, id).name
    return c.kmsrules_ruleset_update(ruleset, id).id


def identify(ruleset: c.kmsrules_ruleset, kinds: int, text: str) -> c.kmsrules_identity:
    identity = c.kmsrules_identity()
    try:
        c.kmsrules_identify(ruleset, kinds, text, identity)
    except c.StatusError:
        raise refusal(ruleset, kinds, text) from None
    return identity


def refusal(ruleset: c.kmsrules_ruleset, kinds: int, text: str) -> KmsrulesError:
    """Why a text is no name."""
    identity = c.kmsrules_identity()
    try:
        c.kmsrules_identify(ruleset, kinds, text, identity)
    except c.StatusError:
        pass
    if identity.candidate_count > 1:
        return AmbiguousNameError(text, tuple([full_name(ruleset, identity.kind, id) for id in identity.candidates]))
    return UnknownNameError(text, tuple(c.kmsrules_suggest(ruleset, kinds, text, _SUGGESTIONS)))


class Ids(Dict[object, int]):
    """name → id, found out once; NO_ID for a release. Shared by threads: the worst that can happen is finding out twice."""

    def __init__(self, ruleset: c.kmsrules_ruleset, kinds: int, argument: str) -> None:
        super().__init__()
        self._ruleset, self._kinds, self._argument = ruleset, kinds, argument

    def __missing__(self, name: object) -> int:
        if name is None and self._kinds == c.KMSRULES_KEY_GROUP:
            return c.KMSRULES_NONE  # none given
        identity = identify(self._ruleset, self._kinds, name_of(self._argument, name, self._kinds))
        if len(self) >= _REMEMBERED:
            self.clear()
        id = self[name] = NO_ID if identity.kind == c.KMSRULES_RELEASE else identity.id
        return id
