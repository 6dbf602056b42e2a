"""Parts of the standard library without the start-up time of their packages.

CPython's `json` does its work in `_json`, which is used here as it is used there; importing `json` compiles patterns,
and `_json` itself is loaded only for what is no plain text, whole number or empty list. `date` and `timedelta` are in
`_datetime`; until 3.11, `datetime` reads in a second implementation in Python first and throws it away. Where these
modules are missing, the packages do the work. JSON from outside is read with `json`, which says where it is wrong.
"""

from __future__ import annotations

from types import SimpleNamespace

__all__ = ["date", "indented_json", "json_line", "read_json", "readable_json", "timedelta"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, timedelta
    from typing import Any
else:
    try:
        from _datetime import date, timedelta
    except ImportError:
        from datetime import date, timedelta


# How the package's decoder has its scanner read.
_READING: Any = SimpleNamespace(
    strict=True,
    object_hook=None,
    object_pairs_hook=None,
    parse_float=float,
    parse_int=int,
    parse_constant=float,
)


def read_json(text: str) -> Any:
    """The value of a text that this program wrote, or that comes with it."""
    try:
        import _json
    except ImportError:
        import json

        return json.loads(text)
    value, _end = _json.make_scanner(_READING)(text, 0)
    return value


def json_line(value: object) -> str:
    """A value on one line, as `json.dumps(value)` writes it."""
    if type(value) is int:
        return str(value)
    if value in ([], ()):
        return "[]"
    if type(value) is str and value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    try:
        import _json
    except ImportError:
        import json

        return json.dumps(value)
    return _encoded(value, _json.encode_basestring_ascii)


def readable_json(value: object) -> str:
    """The same with letters of all scripts as they are, as `json.dumps(value, ensure_ascii=False)` writes it."""
    try:
        import _json
    except ImportError:
        import json

        return json.dumps(value, ensure_ascii=False)
    return _encoded(value, _json.encode_basestring)


def _encoded(value: object, text: Any) -> str:
    import _json

    # In turn: containers that are open, what to do with other values, texts, indent, the marks between keys, values
    # and elements, keys sorted, keys skipped, infinities allowed.
    encode = _json.make_encoder({}, _refuse, text, None, ": ", ", ", False, False, True)  # noqa: FBT003
    return "".join(encode(value, 0))


def _refuse(value: object) -> Any:
    raise TypeError(f"{type(value).__name__} is no JSON")


def indented_json(value: object) -> str:
    """A value with an element a line, as `json.dumps(value, indent=2)` writes it. Keys are texts."""
    parts: list[str] = []
    # What is still to be written, the first last: values with the margin they stand at, and finished text.
    rest: list[tuple[Any, str | None]] = [(value, "\n")]
    while rest:
        item, margin = rest.pop()
        if margin is None:
            parts.append(item)
        elif isinstance(item, dict) and item:
            inner = f"{margin}  "
            rest.append((f"{margin}}}", None))
            for key, element in reversed(item.items()):
                rest += ((element, inner), (f",{inner}{json_line(key)}: ", None))
            rest[-1] = (f"{{{rest[-1][0][1:]}", None)
        elif isinstance(item, (list, tuple)) and item:
            inner = f"{margin}  "
            rest.append((f"{margin}]", None))
            for element in reversed(item):
                rest += ((element, inner), (f",{inner}", None))
            rest[-1] = (f"[{inner}", None)
        else:
            parts.append(json_line(item))
    return "".join(parts)
