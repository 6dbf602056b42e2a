"""Fields that follow from the positions of an orbit, second by second, as a query finds them."""

from __future__ import annotations

import numpy as np

from edexql.base.extras import MissingExtra
from edexql.catalogue import intervals
from edexql.catalogue.quanta import kept, kept_circle, unit_values
from edexql.catalogue.sql.columns import on_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.orbit.knots import Knots
    from edexql.catalogue.store.catalogue import Catalogue

    Floats = NDArray[np.float64]
    Seconds = NDArray[np.int64]

_PARTS = ("latitude", "longitude", "mlt")


def computed(catalogue: Catalogue, fields: Sequence[str], start: int, end: int) -> dict[str, Floats]:
    """The computed values of fields in the seconds of `[start, end)`, NaN where there is none.

    A field that does not follow from positions is left out, as is one whose package is not installed.
    """
    from edexql.catalogue.store.orbits import EXACT_FIELDS, LINEAR_FIELDS

    if catalogue.orbit is None:
        return {}
    found: dict[str, Floats] = {}
    for knots, times in catalogue.orbit.positions(intervals.of([(start, end)])):
        seconds = _seconds(times)
        values = [
            *_at_once([field for field in fields if field in EXACT_FIELDS], knots, seconds),
            *_on_lines([field for field in fields if field in LINEAR_FIELDS], knots, seconds),
        ]
        for field, stored in values:
            found.setdefault(field, np.full(end - start, np.nan))[seconds - start] = unit_values(field, stored)
    return found


def not_computed(catalogue: Catalogue, fields: Sequence[str]) -> list[str]:
    """The fields that would follow from positions if their package were installed."""
    from edexql.catalogue.orbit.knots import NO_KNOTS
    from edexql.catalogue.store.orbits import LINEAR_FIELDS

    if catalogue.orbit is None:
        return []
    asked = [field for field in fields if field in LINEAR_FIELDS]
    nothing = np.empty(0, np.int64)
    done = {field for field, _ in _on_lines(asked, NO_KNOTS, nothing)}
    return [field for field in asked if field not in done]


def _seconds(times: Intervals) -> Seconds:
    return np.concatenate([np.arange(start, end) for start, end in times])


def _at_once(fields: Sequence[str], knots: Knots, seconds: Seconds) -> Iterator[tuple[str, NDArray[Any]]]:
    """Kept values of fields that are worked out for each second."""
    from edexql.catalogue.orbit.fields import values_of
    from edexql.catalogue.orbit.interpolation import positions_at

    places = positions_at(knots, seconds) if fields else np.empty((0, 3))
    for field in fields:
        yield field, kept(field, values_of(field, seconds, places))


def _on_lines(fields: Sequence[str], knots: Knots, seconds: Seconds) -> Iterator[tuple[str, NDArray[Any]]]:
    """Kept values of fields that are worked out every few seconds; those of a package that is missing are not."""
    from edexql.catalogue.geometry import frames
    from edexql.catalogue.orbit.interpolation import positions_at
    from edexql.catalogue.orbit.nodes import SPACING

    steps, phases = np.divmod(seconds, SPACING)
    nodes = np.unique(np.concatenate((steps, steps + 1)))
    x, y, z = (np.ascontiguousarray(axis) for axis in positions_at(knots, nodes * SPACING).T)
    place = frames.latitude(x, y, z), frames.longitude(x, y), frames.altitude(x, y, z)
    for system in dict.fromkeys(field.partition("-")[0] for field in fields):
        try:
            values = _magnetic(system, nodes * SPACING, place)
        except MissingExtra:
            continue
        for part, of_nodes in zip(_PARTS, values, strict=True):
            field = f"{system}-{part}"
            if field in fields:
                samples = kept(field, of_nodes)
                # Where a node is left out, nothing is asked of the line to it.
                yield field, on_lines(samples, np.searchsorted(nodes, steps), phases / SPACING, kept_circle(field))


def _magnetic(system: str, times: Seconds, place: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats, Floats]:
    if system == "qd":
        from edexql.catalogue.geometry.quasi_dipole import quasi_dipole

        return quasi_dipole(times, *place)
    from edexql.catalogue.geometry.aacgm import aacgm

    return aacgm(times, *place)
