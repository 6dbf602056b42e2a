"""Why a file meets a query or does not: constraint by constraint, with the nearest time that would have met it."""

from __future__ import annotations

from functools import partial

import numpy as np

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.catalogue.evaluation import of_plan
from edexql.catalogue.intervals import ALWAYS, Intervals
from edexql.catalogue.plan import plan, without
from edexql.catalogue.three_valued import known
from edexql.engines.sources import evaluate
from edexql.model.period import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.catalogue.three_valued import Truth
    from edexql.engines.evidence import Evidence
    from edexql.model.answer import File
    from edexql.model.query import Query

# Seconds around a file within which the nearest time is looked for first: an orbit or two, days, a season.
_REACHES = (4 * 3600, 4 * DAY, 128 * DAY)
MATCHED, UNMATCHED, UNKNOWN = "matched", "not matched", "no information"


class Reason(Record):
    """How a constraint, or the whole query for number None, stands to a file.

    `state` is MATCHED, UNMATCHED or UNKNOWN; `matched` and `unknown` are seconds of the file's span.
    `nearest` is the nearest interval `[start, end)` that meets it, where the file has none, and `apart` the
    seconds between it and the file, negative where it lies before. `decisive` says that the file's state
    would be another without the constraint.
    """

    number: int | None
    state: str
    matched: int
    unknown: int
    nearest: tuple[int, int] | None
    apart: int | None
    decisive: bool = False


class Why(Record):
    """The reasons for what became of a file; `remarks` tell what has nothing to do with times."""

    file: File
    whole: Reason
    constraints: tuple[Reason, ...]
    remarks: tuple[str, ...]


class UnknownFileError(EdexqlError, LookupError):
    """The catalogue has no file of this name, or the answer none of this number."""


def why(name: str, query: Query, evidence: Evidence) -> Why:
    """Why a file meets a query or does not. Raises UnknownFileError for a file that is not in the catalogue."""
    named = evidence.file(name)
    if named is None:
        raise UnknownFileError(f"the catalogue has no file {printable(name)}")
    file, newest = named
    remarks = tuple(_remarks(file, query, newest))
    if file.start is None or file.end is None:
        whole = Reason(None, UNKNOWN if query.constraints else MATCHED, 0, 0, None, None)
        return Why(file, whole, (), remarks)
    span = Intervals(np.array([file.start]), np.array([file.end]))
    look_up = evidence.view_of(file, query).look_up()
    tree = plan(query)
    if tree is None:
        return Why(file, Reason(None, MATCHED, span.seconds, 0, None, None), (), remarks)
    whole = _reason(None, _around(span, lambda window: of_plan(tree, look_up, window)), span)
    reasons = []
    for number in sorted(tree.numbers()):
        rest = without(tree, number)
        other = known(span) if rest is None else of_plan(rest, look_up, span)
        decisive = _state(other, span) != whole.state
        answer = _around(span, partial(look_up.when, number))
        reasons.append(_reason(number, answer, span, decisive=decisive))
    return Why(file, whole, tuple(reasons), remarks)


def _around(span: Intervals, when: Callable[[Intervals], Truth]) -> Truth:
    """When something holds in a span, and at the nearest time where it does not: no more of time is looked at.

    What is found within a reach of the span, and ends there, is nearer than all that is beyond.
    """
    start, end = int(span.starts[0]), int(span.ends[0])
    for reach in _REACHES:
        first, last = start - reach, end + reach
        window = Intervals(np.array([first]), np.array([last]))
        answer = when(window).within(window)
        near = _nearest(answer.yes, span)
        if len(answer.yes & span) or (near is not None and first < near[0][0] and near[0][1] < last):
            return answer
    return when(ALWAYS)


def name_of_number(number: int | str, query: Query, evidence: Evidence) -> str:
    """The name of a file by its number in the answer, counted from 1. Raises UnknownFileError, which says why."""
    answer = evaluate(query, evidence)
    count = len(answer)
    if not count:
        raise UnknownFileError(f"the query gives 0 files: {answer.emptiness}")
    # More digits than any answer has files; Python reads no more than some thousands.
    if len(str(number)) > 9 or not 1 <= int(number) <= count:
        raise UnknownFileError(f"there is no file {number}: the query gives {count} file{'s' * (count != 1)}")
    return answer[int(number) - 1].name


def _reason(number: int | None, answer: Truth, span: Intervals, *, decisive: bool = False) -> Reason:
    state = _state(answer, span)
    near = None if state == MATCHED else _nearest(answer.yes, span)
    here = answer.within(span)
    return Reason(
        number, state, here.yes.seconds, here.unknown.seconds, near and near[0], near and near[1], decisive=decisive
    )


def _state(answer: Truth, span: Intervals) -> str:
    if len(answer.yes & span):
        return MATCHED
    return UNKNOWN if len(answer.may & span) else UNMATCHED


def _nearest(times: Intervals, span: Intervals) -> tuple[tuple[int, int], int] | None:
    """The interval of a set that is nearest to a span it does not meet, and how far off it is."""
    start, end = int(span.starts[0]), int(span.ends[0])
    after = int(np.searchsorted(times.starts, end))
    distances = []
    if after < len(times):
        distances.append((int(times.starts[after]) - end, after))
    if after:
        distances.append((int(times.ends[after - 1]) - start, after - 1))
    if not distances:
        return None
    apart, place = min(distances, key=lambda pair: abs(pair[0]))
    return (int(times.starts[place]), int(times.ends[place])), apart


def _remarks(file: File, query: Query, newest: str) -> Iterator[str]:
    if file.start is None:
        yield "its name has no times"
    if query.products and file.product not in query.products:
        of = f"is of product {file.product}" if file.product else "is of no known product"
        yield f"it {of}, the query asks for {', '.join(query.products)}"
    if newest != file.name:
        yield f"there is a newer version of it, {newest}"
