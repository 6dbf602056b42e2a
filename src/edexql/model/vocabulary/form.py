"""The form of a vocabulary file: its sections, the keys of their entries, and what may stand under each.

The same stands in edexql/schemas/vocabulary.json, for editors; a test holds the two equal.
"""

from __future__ import annotations

import re
from datetime import datetime

from edexql.base.errors import EdexqlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    # Whether a value may stand under a key, and what would.
    Form = tuple[Callable[[Any], bool], str]


class VocabularyError(EdexqlError, ValueError):
    """A vocabulary file that cannot be used; the message says what is wrong with it."""


NAME = r"[a-z_][a-z0-9_-]*"
# Queries can write a product in quotes.
PRODUCT = r'[^\s"\\A-Z\x00-\x1f\x7f]([^"\\A-Z\x00-\x1f\x7f]*[^\s"\\A-Z\x00-\x1f\x7f])?'
ADDRESS = r"https?://[^\s/?#]+[^\s?#]*"
LAUNCH = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
STEP = r"[1-9][0-9]{0,5}/[1-9][0-9]{0,5}"
KEPT = r"(products|instruments|fields|groups)(/[^/\s]+)?"
# The group that a pattern of the times in file names has to have.
DAY_GROUP = "(?P<day>"


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _like(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _distance(value: Any) -> bool:
    return bool(value > 0) if _number(value) else _like(STEP)(value)


def is_time(value: Any) -> bool:
    """Whether a value is a day, or a day and a time, as ISO 8601 writes them."""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return _like(LAUNCH)(value)


def is_pattern(value: Any) -> bool:
    """Whether a value is a regular expression."""
    try:
        re.compile(value)
    except (TypeError, re.error, RecursionError, OverflowError):
        return False
    return isinstance(value, str)


def _list_of(one: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(one, value))


def _one_of(*words: str) -> Form:
    return (lambda value: isinstance(value, str) and value in words), " or ".join(words)


def _or_null(form: Form) -> Form:
    return (lambda value: value is None or form[0](value)), f"{form[1]} or null"


_TEXT: Form = (_text, "a text")
_WORD: Form = (_word, "a text that is not empty")
_NAME: Form = (_like(NAME), "a name as queries have it: small letters, digits, - and _, with no digit first")
_PRODUCT: Form = (_like(PRODUCT), "a name as queries have it: no capital letters, quotes or backslashes")
_ADDRESS: Form = (_like(ADDRESS), "an address that begins with https:// or http://")
_NUMBER: Form = (_number, "a number")
_POSITIVE: Form = ((lambda value: _number(value) and value > 0), "a number above 0")
_DISTANCE: Form = (_distance, 'a number above 0, or a text such as "1/3"')
_WHOLE: Form = (_whole, "a whole number above 0")
_FLAG: Form = ((lambda value: isinstance(value, bool)), "true or false")
_TEXTS: Form = (_list_of(_word), "a list of texts")
_PRODUCTS: Form = (_list_of(_PRODUCT[0]), "a list of names of products as queries have them")
_NAMES: Form = (_list_of(_NAME[0]), "a list of names as queries have them")
_PAIR: Form = ((lambda value: _list_of(_number)(value) and len(value) == 2), "a list of two numbers")
_FACTORS: Form = (
    (lambda value: isinstance(value, dict) and all(map(_number, value.values()))),
    "an object of units and factors",
)
_PATTERN: Form = (is_pattern, "a regular expression")
_TIMES: Form = (
    _list_of(lambda one: is_pattern(one) and DAY_GROUP in one),
    f"a list of regular expressions that have {DAY_GROUP}...)",
)
_KEEP: Form = (
    _list_of(_like(KEPT)),
    "a list of sections and entries of the package, such as fields or fields/kp",
)
_LIST: Form = ((lambda value: isinstance(value, list)), "a list of entries")

_SOURCE = {"source": _TEXT}
_WORDS = {"name": _WORD, "wire": _WORD, "title": _TEXT, "confirmed": _FLAG, "aliases": _TEXTS, **_SOURCE}
_NAMED = {**_WORDS, "name": _NAME, "aliases": _NAMES}
# What a file says of itself.
OF_FILE: dict[str, Form] = {"$schema": _TEXT, "replace": _FLAG, "keep": _KEEP}
FORMS: dict[str, dict[str, Form]] = {
    "products": {
        **_WORDS,
        "name": _PRODUCT,
        "aliases": _PRODUCTS,
        "instrument": _or_null(_TEXT),
        "names": _PATTERN,
        "satellite": _or_null(_WORD),
    },
    "instruments": {**_NAMED, "values": _LIST},
    "fields": {
        **_NAMED,
        "tab": _one_of("geophysical", "spacecraft"),
        "group": _WORD,
        "shape": _one_of("pair", "object", "word"),
        "unit": _or_null(_TEXT),
        "units": _FACTORS,
        "low": _or_null(_NUMBER),
        "high": _or_null(_NUMBER),
        "period": _or_null(_POSITIVE),
        "integer": _FLAG,
        "step": _or_null(_DISTANCE),
        "values": _LIST,
        "quantum": _DISTANCE,
        "wide": _FLAG,
        "spoken": _WORD,
        "substitutes": _TEXTS,
        "example": _PAIR,
        "cadence": _WHOLE,
        "synonyms": _TEXTS,
    },
    "values": _NAMED,
    "groups": {**_WORDS, "tags": _LIST},
    "tags": _WORDS,
    "experiments": {**_WORDS, "shape": _one_of("pair", "word"), "groups": _LIST},
    "date": {**_WORDS, "shape": _one_of("days"), "synonyms": _TEXTS},
    "satellites": {
        "name": _NAME,
        "title": _TEXT,
        "norad": _or_null(_WHOLE),
        "cospar": _or_null(_WORD),
        "sp3": _or_null(_WORD),
        "prefix": _or_null(_WORD),
        **_SOURCE,
    },
    "mission": {"name": _WORD, "title": _WORD, "launch": (is_time, "an ISO 8601 time"), **_SOURCE},
    "service": {"listing": _or_null(_ADDRESS), "delivery": _or_null(_ADDRESS), **_SOURCE},
    "archive": {"address": _or_null(_ADDRESS), "availability": _or_null(_PATTERN), **_SOURCE},
    "files": {"times": _TIMES, "version": _or_null(_PATTERN), **_SOURCE},
    "authorities": dict.fromkeys(("products", "instruments", "geophysical", "spacecraft", "experiments"), _TEXT),
}
LISTS = ("products", "instruments", "fields", "satellites")
OBJECTS = ("experiments", "date", "mission", "service", "archive", "files", "authorities", "about")
# Lists of entries inside entries and objects.
_NESTED = ("values", "groups", "tags")
# Lists of which a file may take entries out.
REMOVABLE = (*LISTS, "groups")


def check(data: Any, name: str) -> None:
    """Raise VocabularyError where what the file `name` says is not of the form of a vocabulary."""
    if not isinstance(data, dict):
        raise VocabularyError(f"{name}: a vocabulary is a JSON object")
    for section, value in data.items():
        if section in OF_FILE:
            fits, what = OF_FILE[section]
            if not fits(value):
                raise VocabularyError(f"{name}: {section} must be {what}")
        elif section in LISTS:
            _check_list(value, section, name, section)
        elif section in OBJECTS:
            _check_entry(value, section, name, section)
        else:
            raise VocabularyError(f"{name}: unknown section {section!r}; the sections are {', '.join(LISTS + OBJECTS)}")
    if "keep" in data and not data.get("replace"):
        raise VocabularyError(f'{name}: keep needs "replace": true')


def _check_list(value: Any, section: str, name: str, where: str) -> None:
    if not isinstance(value, list):
        raise VocabularyError(f"{name}: {where} must be a list of entries")
    for number, entry in enumerate(value, 1):
        place = f"{where}, entry {number}"
        if isinstance(entry, dict) and "removed" in entry and section in REMOVABLE:
            _check_removal(entry, name, place)
        else:
            _check_entry(entry, section, name, place)
            if "name" not in entry:
                raise VocabularyError(f'{name}: {place}: "name" is missing')


def _check_removal(entry: dict[str, Any], name: str, where: str) -> None:
    if entry.keys() != {"name", "removed"} or not _word(entry["name"]) or entry["removed"] is not True:
        raise VocabularyError(f'{name}: {where}: an entry is taken out by its name and "removed": true alone')


def _check_entry(entry: Any, section: str, name: str, where: str) -> None:
    """Raise VocabularyError where an entry has a key or a value that it cannot have."""
    if not isinstance(entry, dict):
        raise VocabularyError(f"{name}: {where} must be an object")
    forms = FORMS.get(section)
    if forms is None:
        return
    for key, value in entry.items():
        if key not in forms:
            raise VocabularyError(f"{name}: {where}: unknown key {key!r}; the keys are {', '.join(forms)}")
        fits, what = forms[key]
        if not fits(value):
            raise VocabularyError(f"{name}: {where}: {key} must be {what}")
        if key in _NESTED:
            _check_list(value, key, name, f"{where}, {key}")
