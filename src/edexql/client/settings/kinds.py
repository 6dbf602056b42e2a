"""What a setting may be: read from the values of a TOML file, and from the text of a variable."""

from __future__ import annotations

import os
import re

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.base.units import bytes_of
from edexql.client.credentials import redact
from edexql.language.diagnostics.suppressions import warnings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PLACE = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?")
_LARGEST = 10**18


class Kind(Record):
    """A kind of setting: `value` makes it of what TOML has, `text` makes that of a variable's text.

    Both raise ValueError; the message says what it must be.
    """

    value: Callable[[Any], Any]
    text: Callable[[str], Any]


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # noqa: TRY004  # of one class, for whoever reads a file
    return value


def _address(value: Any) -> str:
    from urllib.parse import urlsplit

    what = "an address that begins with http:// or https://"
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        raise ValueError(what)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(what)
    if parts.query or parts.fragment:
        raise ValueError("an address without ? and #")
    return value.rstrip("/")


def _place(value: Any) -> str:
    if not isinstance(value, str) or not _PLACE.fullmatch(value.lstrip("/")) or ".." in value.split("/"):
        raise ValueError('the last part of an address, such as "api_fetch_data"')
    return value.lstrip("/")


def _header(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value.strip() != value:
        raise ValueError("a text of plain letters, digits and signs in one line")
    return value


def _path(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("the path of a file or folder")
    return os.path.expanduser(value)


def _paths(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of paths")  # noqa: TRY004
    return tuple(_path(one) for one in value)


def _warnings(value: Any) -> tuple[str, ...]:
    what = "a list of codes of warnings"
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise ValueError(what)
    try:
        return tuple(sorted(warnings_of(value)))
    except ValueError as error:
        raise ValueError(f"{what} ({error})") from error


def _check_names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError("a list of names of installed checks")
    return tuple(value)


def _method(value: Any) -> str:
    if not isinstance(value, str) or value.upper() not in ("GET", "POST"):
        raise ValueError('"GET" or "POST"')
    return value.upper()


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < _LARGEST:
        raise ValueError("a number of seconds above 0")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _LARGEST:
        raise ValueError("a whole number above 0")
    return value


def _ratio(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value < _LARGEST:
        raise ValueError("a number of at least 1")
    return float(value)


def _bytes(value: Any) -> int:
    count = bytes_of(value) if isinstance(value, str) else value
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < _LARGEST:
        raise ValueError('a number of bytes, such as 500000 or "64 GiB"')
    return count


def _host(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9._:%-]+", value):
        raise ValueError('the name or address of a machine, such as "127.0.0.1"')
    return value


def _port(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 65536:
        raise ValueError("a whole number from 0 to 65535")
    return value


def _relay(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(("smtp://", "smtps://")) or not value.isprintable():
        raise ValueError("smtp://host:port or smtps://user:password@host:port")
    return value


def _email(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", value) or not value.isprintable():
        raise ValueError("an e-mail address")
    return value


def _days(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 3650:
        raise ValueError("a number of days up to 3650")
    return float(value)


def _number(text: str) -> Any:
    try:
        return int(text) if re.fullmatch("[0-9]{1,18}", text.strip()) else float(text)
    except ValueError:
        return text


def _same(text: str) -> str:
    return text


def _size(text: str) -> Any:
    number = _number(text)
    return text if isinstance(number, float) else number


def _several(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _split(text: str) -> list[str]:
    return [part for part in text.split(os.pathsep) if part]


ADDRESS = Kind(_address, _same)
PLACE = Kind(_place, _same)
HEADER = Kind(_header, _same)
PATH = Kind(_path, _same)
PATHS = Kind(_paths, _split)
WARNINGS = Kind(_warnings, _several)
CHECK_NAMES = Kind(_check_names, _several)
METHOD = Kind(_method, _same)
SECONDS = Kind(_seconds, _number)
COUNT = Kind(_count, _number)
RATIO = Kind(_ratio, _number)
BYTES = Kind(_bytes, _size)
HOST = Kind(_host, _same)
PORT = Kind(_port, _number)
RELAY = Kind(_relay, _same)
EMAIL = Kind(_email, _same)
DAYS = Kind(_days, _number)


def wrong(name: str, value: Any, error: ValueError) -> str:
    """What is said of a value that a setting cannot have."""
    return f"{name} must be {error}, not {shown(redact(value) if isinstance(value, str) else repr(value), 60)}"
