"""Lines of values that go round: cut where they pass the end of the circle, and where a value is missing."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.pictures.model import Points


def unbroken(points: Iterable[tuple[float, float]]) -> tuple[Points, ...]:
    """The parts of a line without the points of which a coordinate is NaN; single points are left out."""
    parts: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if isnan(point[0]) or isnan(point[1]):
            parts.append([])
        else:
            parts[-1].append(point)
    return tuple(tuple(part) for part in parts if len(part) > 1)


def round_across(points: Points, low: float, high: float) -> tuple[Points, ...]:
    """The parts of a line whose first coordinate goes round from `high` to `low`; each runs to the edge.

    The way from point to point is the short one.
    """
    parts: list[list[tuple[float, float]]] = [[points[0]]] if points else []
    turn = high - low
    for (a, b), (c, d) in pairwise(points):
        if abs(c - a) > turn / 2:
            edge, other = (high, low) if a > c else (low, high)
            way = c + (turn if a > c else -turn) - a
            part = (edge - a) / way if way else 0.0
            parts[-1].append((edge, b + (d - b) * part))
            parts.append([(other, b + (d - b) * part)])
        parts[-1].append((c, d))
    return tuple(tuple(part) for part in parts)


def round_up(points: Points, low: float, high: float) -> tuple[Points, ...]:
    """The same where the second coordinate goes round."""
    turned = round_across(tuple((y, x) for x, y in points), low, high)
    return tuple(tuple((x, y) for y, x in part) for part in turned)


def above(points: Points, least: float) -> tuple[Points, ...]:
    """The parts of a line whose first coordinate is at least `least`, each from the bound on; the second is an angle
    in hours, of which the short way counts."""
    parts: list[list[tuple[float, float]]] = [[points[0]] if points and points[0][0] >= least else []]
    for (a, b), (c, d) in pairwise(points):
        if (a >= least) != (c >= least):
            part = (least - a) / (c - a)
            crossing = (least, (b + ((d - b + 12) % 24 - 12) * part) % 24)
            if a < least:
                parts.append([crossing])
            else:
                parts[-1].append(crossing)
        if c >= least:
            parts[-1].append((c, d))
    return tuple(tuple(part) for part in parts if len(part) > 1)
