"""What each kind of constraint means: the times at which it holds, does not, or there is no information."""

from __future__ import annotations

from math import inf

import numpy as np

from edexql.catalogue import intervals, scan
from edexql.catalogue.intervals import BEGINNING, END, NEVER, Intervals
from edexql.catalogue.quanta import circle_of, overlaps, pieces
from edexql.catalogue.three_valued import NOBODY_KNOWS, Truth, known, logged
from edexql.model.logic import OR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.quanta import Piece
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.field import Field
    from edexql.model.period import Period
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

# What finding the times of a constraint costs, in the order in which they are looked up.
DATE, LOG, INDEX, SCAN, ORBIT = range(5)


def cost(constraint: Constraint, catalogue: Catalogue, vocabulary: Vocabulary) -> int:
    """How expensive a constraint is to evaluate."""
    if constraint.kind == "date":
        return DATE
    if constraint.kind != "range":
        return LOG
    field = vocabulary.field(constraint.key)
    substitutes = field.substitutes if field else ()
    series = list(catalogue.series_with(constraint.key))
    if not series and not any(True for name in substitutes for _ in catalogue.series_with(name)):
        return ORBIT
    return SCAN if "ephemeris" in series else INDEX


def effort(constraints: Sequence[Constraint], operator: int, catalogue: Catalogue, vocabulary: Vocabulary) -> float:
    """The effort to find when ranges of one field hold, any of them (operator OR) or all, as in `scan.effort`."""
    field = vocabulary.field(constraints[0].key)
    series = next(iter(catalogue.series_with(field.name)), None) if field else None
    if field is None or series is None:
        return inf
    return scan.effort(catalogue.segments[series], field.name, _pieces(constraints, operator, field))


def of_dates(periods: Sequence[Period]) -> Truth:
    """The times of any of some periods."""
    try:
        starts = np.array([period.start for period in periods], np.int64)
        ends = np.array([period.end for period in periods], np.int64)
    except TypeError:  # one is open
        starts = np.array([BEGINNING if period.start is None else period.start for period in periods], np.int64)
        ends = np.array([END if period.end is None else period.end for period in periods], np.int64)
    return known(intervals.of_spans(starts, ends))


def when(constraint: Constraint, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals) -> Truth:
    """When a constraint holds, as far as a window goes."""
    if constraint.kind == "date":
        return of_dates([constraint.value])  # type: ignore[list-item]
    if constraint.kind == "word":
        return _logged(constraint.key, str(constraint.value), catalogue)
    if constraint.kind == "experiment":
        tag = constraint.value
        return _logged("experiment", f"{tag.group} > {tag.name}", catalogue)  # type: ignore[union-attr]
    if constraint.kind == "range":
        return when_ranges([constraint], OR, catalogue, vocabulary, window)
    # What eDEx makes of a raw value is not known here.
    return NOBODY_KNOWS


def _logged(key: str, word: str, catalogue: Catalogue) -> Truth:
    if catalogue.array(f"yes:{key}:{word}") is not None:
        return Truth(catalogue.times(f"yes:{key}:{word}"), catalogue.times(f"may:{key}:{word}"))
    return logged(NEVER, catalogue.times(f"covered:{key}"))


def when_ranges(
    constraints: Sequence[Constraint], operator: int, catalogue: Catalogue, vocabulary: Vocabulary, window: Intervals
) -> Truth:
    """When any of some ranges of one field holds (operator OR), or all of them (AND), as far as a window goes."""
    field = vocabulary.field(constraints[0].key)
    if field is None:
        return NOBODY_KNOWS
    admitted = _pieces(constraints, operator, field)
    yes, unknown = NEVER, window
    is_known = False
    for name in (field.name, *field.substitutes):
        source = vocabulary.field(name)
        circle = circle_of(source) if source else None
        for series in catalogue.series_with(name):
            if len(unknown):
                times, without = scan.when(catalogue.segments[series], name, circle, admitted, unknown)
                yes, unknown = (yes | (times & unknown), unknown & without) if is_known else (times, window & without)
            is_known = True
        if catalogue.orbit is not None and name in catalogue.orbit.fields:
            if len(unknown):
                truth = catalogue.orbit.when(name, admitted, unknown)
                yes, unknown = yes | (truth.yes & unknown), unknown & truth.unknown
            is_known = True
    if not is_known:
        return NOBODY_KNOWS
    return Truth(yes, yes | unknown) if len(unknown) else known(yes)


def _pieces(constraints: Sequence[Constraint], operator: int, field: Field) -> tuple[Piece, ...]:
    """The kept values of a field that any of some ranges of it admit (operator OR), or all of them."""
    each = [pieces(constraint.value, field) for constraint in constraints]  # type: ignore[arg-type]
    admitted = each[0]
    for more in each[1:]:
        admitted = admitted + more if operator == OR else overlaps(admitted, more)
    return admitted
