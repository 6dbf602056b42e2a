"""The text of a query that was made of values, so that it can be compiled, checked and explained as others are."""

from __future__ import annotations

from edexql.compiler.canonical import canonical
from edexql.compiler.query_parts import QueryValueError, checked
from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.vocabulary import Vocabulary


def source_of_query(query: Query, name: str, vocabulary: Vocabulary | None) -> Source:
    """The text that stands for a query in diagnostics, as a source. Raises TypeError for what is no Query."""
    if not isinstance(query, Query):
        raise TypeError(f"a query is a text, bytes or a Query, not {type(query).__name__}")
    return Source(to_text(query, vocabulary=vocabulary), name)


def to_text(query: Query, *, vocabulary: Vocabulary | None = None) -> str:
    """The canonical text of a query: read again with the same vocabulary, it gives an equal query.

    Raises QueryValueError where a part of the query is not of its type, or would be read as something else, and
    QueryError where the text has errors, such as names that the vocabulary does not have.

    >>> import edexql
    >>> print(edexql.to_text(edexql.query("FAI has-data; date 2019-05-01..2019-05-31; logic 1 & !2")), end="")
    fai has-data
    date 2019-05
    logic 1 AND NOT 2
    """
    text = canonical(checked(query), vocabulary)
    again = query_of(Source(text, "<query>"), Setting(vocabulary))
    if again != query:
        raise QueryValueError(f"{_difference(query, again)} would be read as something else")
    return text


def _difference(query: Query, again: Query) -> str:
    """The first part of a query that is another one in `again`."""
    for number, (constraint, other) in enumerate(zip(query.constraints, again.constraints, strict=False), 1):
        if constraint != other:
            return f"constraint {number}, {constraint},"
    parts = ("products", "logic", "email", "extras")
    return next((part for part in parts if getattr(query, part) != getattr(again, part)), "the list of constraints")
