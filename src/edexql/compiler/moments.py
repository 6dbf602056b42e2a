"""The times that options and arguments name, as `date` takes them."""

from __future__ import annotations

from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from edexql.model.vocabulary import Vocabulary


def first_second(text: str, today: date | None = None, vocabulary: Vocabulary | None = None) -> int:
    """The first second (UTC, since 1970) of a day, month, year or time: of `2019-05` that of 1 May.

    Raises QueryError for what is none, and ValueError for more than one, and for an open period.
    """
    return _period(text, today, vocabulary)[0]


def end_second(text: str, today: date | None = None, vocabulary: Vocabulary | None = None) -> int:
    """The second at which a day, month or year is over; of a time to the second, that second.

    Raises what `first_second` does.
    """
    start, end = _period(text, today, vocabulary)
    return start if end == start + 1 else end


def _period(text: str, today: date | None, vocabulary: Vocabulary | None) -> tuple[int, int]:
    query = query_of(Source(f"date {text}", "<time>"), Setting(vocabulary, today))
    values = [constraint.value for constraint in query.constraints]
    if len(values) != 1 or query.products or query.logic or query.email or query.extras:
        raise ValueError("write one day or time, as in 2019-05-01 or 2019-05-01T15:00")
    (value,) = values
    if not isinstance(value, Period) or value.start is None or value.end is None:
        raise ValueError("write a day or time, not an open period, as in 2019-05-01 or 2019-05-01T15:00")
    return value.start, value.end
