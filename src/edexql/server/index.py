"""The page of a folder, plain as web servers write them: how those of the real archive look is not known."""

from __future__ import annotations

import time
from html import escape
from urllib.parse import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.server.folder import Entry

_COLUMN = 60
_LAST_SECOND = 253_402_300_799


def page(path: str, entries: Iterable[Entry]) -> str:
    """The page of the folder at a path, which begins and ends with a slash: names, times in UTC, sizes in bytes."""
    title = f"Index of {escape(path)}"
    lines = [
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>\n<h1>{title}</h1><hr><pre>",
        *(['<a href="../">../</a>'] if path != "/" else []),
        *map(_line, entries),
        "</pre><hr></body></html>\n",
    ]
    return "\n".join(lines)


def _line(entry: Entry) -> str:
    name = f"{entry.name}/" if entry.folder else entry.name
    size = "-" if entry.folder else str(entry.size)
    blanks = " " * max(_COLUMN - len(name), 1)
    return f'<a href="{quote(name)}">{escape(name)}</a>{blanks}{_minute(entry.modified)} {size:>12}'


def _minute(seconds: float) -> str:
    moment = time.gmtime(min(max(seconds, 0), _LAST_SECOND))
    return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02} {moment.tm_hour:02}:{moment.tm_min:02}"
