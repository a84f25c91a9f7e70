"""Names and evidence on their way into the library: what is none is refused with the argument's own name. Private."""
from __future__ import annotations

from typing import Any, Dict, Iterable, Optional, Tuple, Union

from . import _kmsrules as c
from .errors import AmbiguousNameError, KmsrulesError, UnknownNameError, shown
from .records import Edition, KeyGroup, Kind, Record, Release, Update
from .tables import KINDS as KIND_ORDER, evidence_kinds, identity_text, place_or_none, record

PRODUCT = c.KMSRULES_EDITION | c.KMSRULES_RELEASE
KINDS = {Edition: c.KMSRULES_EDITION, Release: c.KMSRULES_RELEASE, KeyGroup: c.KMSRULES_KEY_GROUP, Update: c.KMSRULES_UPDATE}
NO_ID = -1  # no function takes it: OverflowError
_SUGGESTIONS = 3
_REMEMBERED = 65536  # names; more than all tables know, less than what hurts

ProductName = Union[str, Edition, Release]
KeyName = Union[str, KeyGroup]
UpdateName = Union[str, Update]
ONE = (str, Edition, Release, KeyGroup, Update)
EvidenceTuple = Tuple[Optional[str], Optional[str], Optional[int], Optional[int], Optional[int]]  # text, EditionID, build, SKU, product type


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


# ---- Evidence


def looks_like_key(text: str) -> bool:
    """Whether a text holds what looks like a product key, which no message may show."""
    return c.kmsrules_has_product_key(text.replace("\0", " ").encode(errors="replace").decode())


def malformed(argument: str, value: object, why: str = "") -> ValueError:
    """`why`: what goes on after the value, " is no date …"."""
    if looks_like_key(str(value)):
        return ValueError(f"{argument} looks like a product key, which is not shown")
    return ValueError(f"{argument} is malformed: {shown(value)}{why}")


def _whole(argument: str, value: int, least: int) -> int:
    if value < least:
        raise ValueError(f"{argument} must be at least {least}")
    if value >= c.KMSRULES_NONE:
        raise OverflowError(f"{argument} is too large")
    return value


def _number(argument: str, value: object, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return _whole(argument, value, least)
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be int or str, not {type(value).__name__}")
    text = text_of(argument, value).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise malformed(argument, value, " is no whole number")
    return _whole(argument, int(text), least)


def build_of(value: object) -> int:
    if not isinstance(value, str):
        return _number("build", value, 1)
    try:
        return c.kmsrules_build_number(text_of("build", value))[0]
    except ValueError:
        raise malformed("build", value, " is no build such as 17763 or 10.0.17763") from None


def _product_type(ruleset: c.kmsrules_ruleset, value: object) -> int:
    if isinstance(value, Kind):
        if value is Kind.OFFICE:
            raise ValueError("product_type must be that of a client or a server")
        return KIND_ORDER.index(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError(f"product_type must be Kind, int or str, not {type(value).__name__}")
    try:
        return c.kmsrules_product_type(ruleset, text_of("product_type", str(value)))
    except c.StatusError:
        raise malformed("product_type", value, " is no 1, 2 or 3 and no word such as \"workstation\"") from None


def evidence_of(argument: str, ruleset: c.kmsrules_ruleset, text: object, edition_id: object, build: object, sku: object, product_type: object) -> EvidenceTuple:
    """What C takes for it; None: not given. `argument`: what the text is called."""
    if edition_id is not None and looks_like_key(text_of("edition_id", edition_id)):
        raise malformed("edition_id", edition_id)
    return (None if text is None else name_of(argument, text, PRODUCT),
            None if edition_id is None else text_of("edition_id", edition_id),
            None if build is None else build_of(build),
            None if sku is None else _number("sku", sku, 0),
            None if product_type is None else _product_type(ruleset, product_type))


# ---- Recognising


def recognize(ruleset: c.kmsrules_ruleset, kinds: int, evidence: EvidenceTuple, argument: str) -> c.kmsrules_identity:
    """Raises UnknownNameError, AmbiguousNameError, or ValueError for a product key in the argument that holds the text."""
    identity = c.kmsrules_identity()
    try:
        c.kmsrules_recognize(ruleset, kinds, evidence, identity)
    except ValueError:
        raise ValueError(f"{argument} looks like a product key, which is not shown") from None
    except c.StatusError as error:
        raise _refusal(ruleset, kinds, evidence[0], identity, error.args[0]) from None
    return identity


def _refusal(ruleset: c.kmsrules_ruleset, kinds: int, text: Optional[str], identity: c.kmsrules_identity, status: int) -> KmsrulesError:
    if status != c.KMSRULES_AMBIGUOUS_NAME:
        return UnknownNameError(text, () if text is None else tuple(c.kmsrules_suggest(ruleset, kinds, text, _SUGGESTIONS)))
    records = tuple([record(ruleset, identity.kind, id) for id in identity.candidates])
    return AmbiguousNameError(text, tuple([full_name(each) for each in records]), records, evidence_kinds(identity.decides),
                              identity_text(ruleset, identity), place_or_none(identity.at), identity.candidate_count)


def full_name(of: Record) -> str:
    return of.id if isinstance(of, Update) else of.name


def refusal(ruleset: c.kmsrules_ruleset, kinds: int, text: str, argument: str) -> Exception:
    """Why a text is no name."""
    try:
        recognize(ruleset, kinds, (text, None, None, None, None), argument)
    except (KmsrulesError, ValueError) as error:
        return error
    return UnknownNameError(text, ())


class Ids(Dict[object, int]):
    """name → id, found out once; NO_ID for a release. Shared by threads: the worst that can happen is finding out twice."""

    def __init__(self, ruleset: c.kmsrules_ruleset, kinds: int, argument: str) -> None:
        super().__init__()
        self._ruleset, self._kinds, self._argument = ruleset, kinds, argument

    def __missing__(self, name: object) -> int:
        if name is None and self._kinds == c.KMSRULES_KEY_GROUP:
            return c.KMSRULES_NONE  # none given
        identity = recognize(self._ruleset, self._kinds, (name_of(self._argument, name, self._kinds), None, None, None, None), self._argument)
        if len(self) >= _REMEMBERED:
            self.clear()
        id = self[name] = NO_ID if identity.kind == c.KMSRULES_RELEASE else identity.id
        return id
