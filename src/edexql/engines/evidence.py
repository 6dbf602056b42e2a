"""What every verb is written over: the files of an engine, when constraints hold, and what that rests on.

A catalogue gives it from its own arrays, the tables of an export by statements of SQL.
"""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.answer import Answer
    from edexql.model.query import Query


class Evidence(Protocol):
    """What is known to an engine, read with one vocabulary."""

    def answer(self, query: Query) -> Answer:
        """The files of a query, its times within those that the files cover, and notes; not why there are none."""
        ...

    def holding(self, query: Query) -> Answer:
        """The times of a query, whatever files there are, and notes."""
        ...
