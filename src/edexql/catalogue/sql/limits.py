"""How large a query may be to be written as one SQL text."""

from __future__ import annotations

from edexql.base.errors import EdexqlError

# Each unit is a column or two of the sweep, and engines take a limited number of them.
MOST_UNITS = 100
# Two bits of a number each.
MOST_SAMPLED = 30
MOST_CONDITIONS = 200
MOST_PERIODS = 100_000
# Brackets in brackets: engines read them by recursion.
DEEPEST = 20


class SqlError(EdexqlError, ValueError):
    """A query that cannot be written as SQL; the message says why and what to do."""

    __module__ = "edexql"


def check(what: str, count: int, most: int) -> None:
    if count > most:
        raise SqlError(
            f"this query has {count:,} {what}, and SQL is written for at most {most:,}; ask the catalogue itself"
        )
