"""What answers of the tables of an export rest on: the sources of fields, from the rows of `origin`."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.notes import SYNTHETIC, Source, labelled
from edexql.catalogue.store.orbits import OF_ELEMENTS, described, greatest_age

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.catalogue.intervals import Intervals

ORBIT, POSITIONS = "orbit", "positions"


class Origins(Record):
    """The sources of one satellite: those of series, in the order in which a query looks, each with its fields; and
    what positions were computed from, at which times."""

    series: tuple[tuple[frozenset[str], Source], ...]
    orbit: frozenset[str]
    exact: Intervals
    elements: Intervals
    epochs: tuple[tuple[int, int, int], ...]
    synthetic_elements: bool
    synthetic_positions: Intervals

    def sources(self, field: str) -> Iterator[Source]:
        """Where there are values of a field from, in the order in which a query looks."""
        for fields, source in self.series:
            if field in fields:
                yield source
        if field in self.orbit:
            yield Source(self.exact | self.elements, self._label)

    def _label(self, here: Intervals) -> str:
        rest = here & self.elements
        age = greatest_age(self.epochs, rest) if len(rest) else None
        synthetic = self.synthetic_elements or len(self.synthetic_positions & here) > 0
        return SYNTHETIC * synthetic + described(age, exact=len(self.exact & here) > 0)


def origins(rows: Any) -> Origins:
    """The sources of a satellite from its rows of `origin`, with all of its columns."""
    names = ("series", "label", "fields", "step", "epoch_second", "start_second", "end_second")
    columns = [rows.column(name).to_pylist() for name in names]
    spans: dict[tuple[bool, int, str, str], list[tuple[int, int]]] = {}
    fields_of: dict[str, frozenset[str]] = {}
    kinds: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    epochs: list[tuple[int, int, int]] = []
    labels = set()
    for series, label, fields, step, epoch, start, end in zip(*columns, strict=True):
        if series not in fields_of:
            fields_of[series] = frozenset(fields.split())
        if series == ORBIT:
            kinds[label.endswith(OF_ELEMENTS)].append((start, end))
            labels.add(label)
            if epoch is not None:
                epochs.append((start, end, epoch))
        else:
            spans.setdefault((series != "ephemeris", step, series, label), []).append((start, end))
    return Origins(
        tuple((fields_of[key[2]], labelled(key[3], _joined(spans[key]), key[1])) for key in sorted(spans)),
        fields_of.get(ORBIT, frozenset()),
        _joined(kinds[False]),
        _joined(kinds[True]),
        tuple(epochs),
        any(label.startswith(SYNTHETIC) for label in labels),
        intervals.union(
            [
                _joined(there)
                for (_, _, series, label), there in spans.items()
                if series.startswith(POSITIONS) and label.startswith(SYNTHETIC.rstrip(", "))
            ]
        ),
    )


def _joined(spans: list[tuple[int, int]]) -> Intervals:
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return intervals.of_spans(starts, ends)
