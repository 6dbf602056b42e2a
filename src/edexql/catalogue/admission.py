"""Which kept values the pieces of a range admit, a whole array at once."""

from __future__ import annotations

import numpy as np

from edexql.catalogue.quanta import missing_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.quanta import Piece

    Marks = NDArray[np.bool_]


def bounds_of(pieces: Sequence[Piece], dtype: Any) -> list[tuple[Any, Any]]:
    """First and last admitted value of each piece that the type has values of."""
    least, greatest = missing_value(dtype) + 1, int(np.iinfo(dtype).max)
    found = []
    for piece in pieces:
        first = least if piece.low is None else max(piece.low, least)
        last = greatest if piece.high is None else min(piece.high, greatest)
        if first <= last:
            found.append((dtype.type(first), dtype.type(last)))
    return found


def admitted(low: Any, high: Any, bounds: Sequence[tuple[Any, Any]]) -> Marks:
    """Whether all values from `low` to `high` are in one piece; a missing value is in none."""
    first, last = bounds[0]
    result: Marks = low >= first
    result &= high <= last
    for first, last in bounds[1:]:
        more = low >= first
        more &= high <= last
        result |= more
    return result


def possible(low: Any, high: Any, bounds: Sequence[tuple[Any, Any]]) -> Marks:
    """Whether a value from `low` to `high` may be in a piece."""
    first, last = bounds[0]
    result: Marks = high >= first
    result &= low <= last
    for first, last in bounds[1:]:
        more = high >= first
        more &= low <= last
        result |= more
    return result
