"""The comment at the head of a text: what it asks, and what it is to be run on."""

from __future__ import annotations

from edexql.catalogue.sql.schema import DIALECTS, VERSION

_MOST_LINES = 30
_LONGEST = 160


def header(title: str, dialect: str, columns: str) -> str:
    """Comment lines. Nothing of `title` can leave them. Raises ValueError for a dialect that there is not."""
    if dialect not in DIALECTS:
        raise ValueError(f"there is no dialect {dialect}: there are {', '.join(DIALECTS)}")
    lines = [
        f"A query of edexql for {DIALECTS[dialect]}, on tables of schema {VERSION}: see docs/schema.md",
        f"Rows: {columns}",
    ]
    asked = title.splitlines()
    lines += asked[:_MOST_LINES]
    if len(asked) > _MOST_LINES:
        lines.append(f"... and {len(asked) - _MOST_LINES:,} more lines")
    return "".join(f"-- {_harmless(line)}\n" for line in lines)


def _harmless(line: str) -> str:
    """A line that ends where it ends in every engine.

    Spark goes on after a backslash at the end of a comment, and fills in `${name}` in comments as well.
    """
    seen = "".join(c if c.isprintable() else " " for c in line)
    if len(seen) > _LONGEST:
        seen = seen[:_LONGEST] + " ..."
    return seen.replace("${", "$ {").replace("\\", "\\ ")
