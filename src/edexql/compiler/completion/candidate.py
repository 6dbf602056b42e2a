"""What completion gives: texts that could stand at a place of a query."""

from __future__ import annotations

from edexql.base.record import record


@record(frozen=True, slots=True)
class Candidate:
    """A text that could stand at a place.

    `text` is what is inserted, in place of the stretch of the query from `start` to `end`. `kind` is one of
    statement, product, value, field, instrument, period, range, unit, group, tag, number, label, operator and
    parameter. `detail` describes it in a few words: its title, its unit and range, or the constraint that it
    stands for. `confirmed` tells whether a source confirms that eDEx spells it so; None where that is no question.
    """

    text: str
    start: int
    end: int
    kind: str
    detail: str = ""
    confirmed: bool | None = None
