"""The bodies of requests to the workbench: which keys each has, and what stands there."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.server.body import json_object
from edexql.server.errors import Diagnostic, RequestError, http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# Characters of a text: a query of a thousand constraints has a tenth of it.
LONGEST_TEXT = 500_000
# Bytes of a body: a character can have twelve, where JSON escapes it.
LARGEST_BODY = 12 * LONGEST_TEXT + 2**16
# Elements of a list of names.
MOST_NAMES = 100_000
_LARGEST = 2**31


class Kind(Record):
    """What may stand at a key, in words, and whether a value is that."""

    words: str
    holds: Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


TEXT = Kind("a text", _is_text)
COUNT = Kind("a whole number from 0 on", _is_count)
NUMBER = Kind("a whole number from 1 on", lambda value: _is_count(value) and value > 0)
YEAR = Kind("a year from 1900 to 2200", lambda value: _is_count(value) and 1900 <= value <= 2200)
WIDTH = Kind("a width in points from 100 to 4000", lambda value: _is_count(value) and 100 <= value <= 4000)
TRUTH = Kind("true or false", lambda value: isinstance(value, bool))
NAMES = Kind("a list of texts", _are_names)
OBJECT = Kind("an object", lambda value: isinstance(value, dict))


def choice(*words: str) -> Kind:
    """One of some words."""
    listed = ", ".join(f'"{word}"' for word in words)
    return Kind(f"one of {listed}", lambda value: isinstance(value, str) and value in words)


class Form(Record):
    """The keys of a body with their kinds: those that it has, and those that it may have."""

    required: Mapping[str, Kind]
    optional: Mapping[str, Kind] = {}


def values_of(body: bytes, form: Form) -> dict[str, Any]:
    """The values of a body, None for an optional key that is missing. Keys that no form has are ignored.

    Raises RequestError: 400 for what has another form, 413 for a text or a list that is too long.
    """
    return read(json_object(body, help_of(form), 400), form)


def help_of(form: Form) -> str:
    """What to send to an endpoint whose body has a form."""
    keys = ", ".join(f'"{key}": …' for key in form.required)
    return f"send a JSON object, {{{keys}}}, as application/json"


def read(parameters: Mapping[str, Any], form: Form, within: str = "") -> dict[str, Any]:
    """The values of an object, which may stand at a key of the body. Raises as `values_of` does."""
    values: dict[str, Any] = {}
    for key, kind in {**form.required, **form.optional}.items():
        value = parameters.get(key)
        if value is None and key not in form.required:
            values[key] = None
            continue
        name = f"{within}{key}"
        if not kind.holds(value):
            message = f"`{name}` is not {kind.words}" if key in parameters else f"`{name}` is missing: {kind.words}"
            raise RequestError(400, Diagnostic("S400", message, name))
        _check_length(name, value)
        values[key] = value
    return values


def _check_length(name: str, value: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise http_error(413, f"`{name}` has {len(value):,} characters; at most {LONGEST_TEXT:,} are accepted")
    if isinstance(value, list) and len(value) > MOST_NAMES:
        raise http_error(413, f"`{name}` has {len(value):,} elements; at most {MOST_NAMES:,} are accepted")
