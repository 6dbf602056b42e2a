"""Vocabulary files: read, checked for their form, and put in place of the entries of another vocabulary."""

from __future__ import annotations

import json
import re
from datetime import datetime

from edexql.base.errors import EdexqlError
from edexql.model.field import OTHER_QUANTA
from edexql.model.number import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    # Whether a value may stand under a key, and what would.
    Form = tuple[Callable[[Any], bool], str]


class VocabularyError(EdexqlError, ValueError):
    """A vocabulary file that cannot be used; the message says what is wrong with it."""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0


def _distance(value: Any) -> bool:
    if _number(value):
        return bool(value > 0)
    return isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,5}/[1-9]\d{0,5}", value) is not None


def _launch(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return len(value) >= len("2013-09-29")


def _pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (TypeError, re.error):
        return False
    return isinstance(value, str)


def _one_of(*words: str) -> Form:
    return (lambda value: value in words), " or ".join(words)


def _or_null(form: Form) -> Form:
    return (lambda value: value is None or form[0](value)), f"{form[1]} or null"


_TEXT: Form = (_text, "a text")
_WORD: Form = (_word, "a text that is not empty")
_NUMBER: Form = (_number, "a number")
_POSITIVE: Form = ((lambda value: _number(value) and value > 0), "a number above 0")
_DISTANCE: Form = (_distance, 'a number above 0, or a text such as "1/3"')
_WHOLE: Form = (
    (lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0),
    "a whole number above 0",
)
_FLAG: Form = ((lambda value: isinstance(value, bool)), "true or false")
_TEXTS: Form = ((lambda value: isinstance(value, list) and all(map(_word, value))), "a list of texts")
_PAIR: Form = (
    (lambda value: isinstance(value, list) and len(value) == 2 and all(map(_number, value))),
    "a list of two numbers",
)
_FACTORS: Form = (
    (lambda value: isinstance(value, dict) and all(map(_number, value.values()))),
    "an object of units and factors",
)
_PATTERN: Form = (_pattern, "a regular expression")
_LIST: Form = ((lambda value: isinstance(value, list)), "a list of entries")

_ENTRY = {"name": _WORD, "wire": _WORD, "title": _TEXT, "source": _TEXT, "confirmed": _FLAG, "aliases": _TEXTS}
_FORMS: dict[str, dict[str, Form]] = {
    "products": {**_ENTRY, "instrument": _or_null(_TEXT), "names": _PATTERN, "satellite": _or_null(_WORD)},
    "instruments": {**_ENTRY, "values": _LIST},
    "fields": {
        **_ENTRY,
        "tab": _one_of("geophysical", "spacecraft"),
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
    "values": _ENTRY,
    "groups": {**_ENTRY, "tags": _LIST},
    "tags": _ENTRY,
    "experiments": {**_ENTRY, "shape": _one_of("pair", "word"), "groups": _LIST},
    "date": {**_ENTRY, "shape": _one_of("days"), "synonyms": _TEXTS},
    "satellites": {
        "name": _WORD,
        "title": _TEXT,
        "norad": _or_null(_WHOLE),
        "cospar": _or_null(_WORD),
        "sp3": _or_null(_WORD),
        "prefix": _or_null(_WORD),
        "source": _TEXT,
    },
    "mission": {"launch": (_launch, "an ISO 8601 time"), "source": _TEXT},
    "authorities": dict.fromkeys(("products", "instruments", "geophysical", "spacecraft", "experiments"), _TEXT),
}
_LISTS = ("products", "instruments", "fields", "satellites")
_OBJECTS = ("experiments", "date", "mission", "authorities", "about")
_NESTED = ("values", "groups", "tags")
_DEFAULTS: dict[str, dict[str, Any]] = {
    "fields": {"tab": "spacecraft", "shape": "pair"},
    "instruments": {"values": []},
    "products": {},
    "satellites": {},
    "groups": {"tags": []},
}


def read(path: str) -> Any:
    """The JSON of a file. Raises VocabularyError."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except OSError as error:
        raise VocabularyError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise VocabularyError(f"{path}: not JSON: {error}") from error


def merged(data: Mapping[str, Any], other: Any, name: str) -> dict[str, Any]:
    """A vocabulary's data with the entries of another, from the file `name`, in their place. Raises VocabularyError."""
    if not isinstance(other, dict):
        raise VocabularyError(f"{name}: a vocabulary is a JSON object")
    result = dict(data)
    for section, value in other.items():
        if section in _LISTS:
            result[section] = _replaced(data[section], _entries(value, section, name), section)
        elif section in _OBJECTS:
            _check(value, section, name, section)
            result[section] = {**data.get(section, {}), **value}
            if section == "experiments":
                groups = _replaced(data[section]["groups"], value.get("groups", []), "groups")
                result[section]["groups"] = groups
        else:
            raise VocabularyError(
                f"{name}: unknown section {section!r}; the sections are {', '.join(_LISTS + _OBJECTS)}"
            )
    kept = {entry["name"]: entry for entry in data["fields"]}
    for entry in result["fields"]:
        _check_field(entry, kept.get(entry["name"], {}), name)
    return result


def _check_field(entry: Mapping[str, Any], kept: Mapping[str, Any], name: str) -> None:
    """Raise VocabularyError where the facts of a field do not fit each other, or what catalogues are written in."""
    low, high, period = (entry.get(key) for key in ("low", "high", "period"))
    where = f"{name}: the field {entry['name']}"
    if low is not None and high is not None:
        if low > high:
            raise VocabularyError(f"{where}: low is greater than high")
        if period is not None and exact(high) - exact(low) != exact(period):
            raise VocabularyError(f"{where}: a circle goes from low to high once: high - low must be its period")
    for key, default in (("quantum", 1 / OTHER_QUANTA), ("wide", False)):
        fixed = kept.get(key, default)
        if entry.get(key, fixed) != fixed:
            raise VocabularyError(f"{where}: {key} must be {json.dumps(fixed)}, in which catalogues keep the field")


def _entries(value: Any, section: str, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise VocabularyError(f"{name}: {section} must be a list of entries")
    for number, entry in enumerate(value, 1):
        where = f"{section}, entry {number}"
        _check(entry, section, name, where)
        if "name" not in entry:
            raise VocabularyError(f'{name}: {where}: "name" is missing')
    return value


def _check(entry: Any, section: str, name: str, where: str) -> None:
    """Raise VocabularyError where an entry has a key or a value that it cannot have."""
    if not isinstance(entry, dict):
        raise VocabularyError(f"{name}: {where} must be an object")
    forms = _FORMS.get(section)
    if forms is None:
        return
    for key, value in entry.items():
        if key not in forms:
            raise VocabularyError(f"{name}: {where}: unknown key {key!r}; the keys are {', '.join(forms)}")
        fits, what = forms[key]
        if not fits(value):
            raise VocabularyError(f"{name}: {where}: {key} must be {what}")
        if key in _NESTED and section != "authorities":
            _entries(value, key, name)


def _replaced(old: Iterable[dict[str, Any]], new: list[dict[str, Any]], section: str) -> list[dict[str, Any]]:
    entries = {entry["name"]: entry for entry in old}
    for entry in new:
        name = entry["name"]
        base = entries.get(
            name, _DEFAULTS[section] if section == "satellites" else {"wire": name, **_DEFAULTS[section]}
        )
        entries[name] = {**base, **entry}
    return list(entries.values())
