"""The table as plain text, a numbered line for each file, and which files numbers and names typed under it mean."""

from __future__ import annotations

import re

from edexql.base.text import printable, shown
from edexql.commands.exits import UsageError
from edexql.repl.table.rows import is_pattern, marks_of, pattern, size_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.repl.table.table import Table

_NUMBERS = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?")


def lines(table: Table) -> Iterator[str]:
    """The rows that are shown, each with its tick, its number from 1, name, size, and what is marked in it."""
    if not table.shown:
        return
    digits = len(str(len(table.shown)))
    wide = max(len(printable(table.rows[position].name)) for position in table.shown)
    for number, position in enumerate(table.shown, 1):
        row = table.rows[position]
        box = "[x]" if table.ticks[position] else "[ ]"
        line = f"{box} {number:{digits}} {printable(row.name):{wide}}  {size_of(row):>10}  {', '.join(marks_of(row))}"
        yield line.rstrip() + "\n"


def names(table: Table, text: str) -> tuple[str, ...]:
    """The names that a list means, of the files that are shown and in their order.

    `text` has numbers `7`, ranges of them `1-3`, names and globs `*_15*`, with commas or blanks between them.
    Raises UsageError for what is none of these or fits no file.
    """
    words = text.replace(",", " ").split()
    if not words:
        raise UsageError("say which files: by number as in 1-3,7 or by name as in *_15*")
    marks = bytearray(len(table.shown))
    for word in dict.fromkeys(words):
        match = _NUMBERS.fullmatch(word)
        if match:
            first, last = _range(match[1], match[2] or match[1], len(table.shown))
            marks[first - 1 : last] = b"\1" * (last - first + 1)
        else:
            _mark(table, word, marks)
    return tuple(
        dict.fromkeys(table.rows[position].name for position, mark in zip(table.shown, marks, strict=True) if mark)
    )


def _range(one: str, other: str, count: int) -> tuple[int, int]:
    first, last = int(one), int(other)
    if first > last:
        raise UsageError(f"{first}-{last} goes backwards: write {last}-{first}")
    if first < 1 or last > count:
        wrong = first if first < 1 else last
        numbers = f"the numbers go from 1 to {count}" if count else "no files are shown"
        raise UsageError(f"there is no file number {wrong}: {numbers}")
    return first, last


def _mark(table: Table, word: str, marks: bytearray) -> None:
    fits = pattern(word) if is_pattern(word) else word.__eq__
    matched = False
    for place, position in enumerate(table.shown):
        if fits(table.rows[position].name):
            marks[place] = matched = True
    if not matched:
        way = "" if is_pattern(word) else f"; for a part of the name write {shown(f'*{word}*')}"
        raise UsageError(f"no file that is shown is named {shown(word)}{way}")
