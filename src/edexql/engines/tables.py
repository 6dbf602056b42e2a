"""Files, times and what they rest on, from the tables of an export by statements of SQL."""

from __future__ import annotations

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.three_valued import Truth, known
from edexql.engines import exports, statements
from edexql.model.answer import MATCHED, UNKNOWN, Answer, File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.intervals import Intervals
    from edexql.engines.protocol import TableEngine
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


class TableEvidence:
    """What the tables of an engine say. Raises EngineError where they are not those that a query is written for."""

    def __init__(self, engine: TableEngine, vocabulary: Vocabulary) -> None:
        exports.check(engine, vocabulary)
        self._engine = engine
        self._vocabulary = vocabulary

    def answer(self, query: Query) -> Answer:
        rows = self._engine.run(statements.files(query, self._vocabulary, self._engine))
        files, unknown = _files(rows)
        covered = intervals.union(list(self.sessions(query.products).values()))
        return Answer(files, unknown, self.times(query).within(covered))

    def holding(self, query: Query) -> Answer:
        return Answer((), (), self.times(query))

    def times(self, query: Query) -> Truth:
        """When a query holds, at any time."""
        rows = self._engine.run(statements.times(query, self._vocabulary, self._engine))
        return _truth(rows)

    def sessions(self, products: Sequence[str]) -> Mapping[str, Intervals]:
        """The times that files of some products cover, by product; of all products where none is named."""
        rows = self._engine.run(statements.sessions(products, self._engine))
        names = np.array(rows.column("product").to_pylist(), object)
        starts, ends = _seconds(rows, "start_second", 0), _seconds(rows, "end_second", 0)
        each = dict.fromkeys(names.tolist())
        return {name: intervals.of_spans(starts[names == name], ends[names == name]) for name in each}


def _files(rows: Any) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """The files that match, and those of which that is unknown."""
    names = ("name", "size", "size_text", "start_second", "end_second", "seconds", "product", "place", "synthetic")
    columns = [rows.column(name).to_pylist() for name in names]
    files: dict[str, list[File]] = {MATCHED: [], UNKNOWN: []}
    for state, name, size, size_text, start, end, seconds, product, place, synthetic in zip(
        rows.column("state").to_pylist(), *columns, strict=True
    ):
        files[state].append(
            File(name, size, size_text or "", start, end, int(seconds), product, place, synthetic, state, None)
        )
    return tuple(files[MATCHED]), tuple(files[UNKNOWN])


def _truth(rows: Any) -> Truth:
    """Times from rows of start, end and state."""
    starts, ends = _seconds(rows, "start_second", BEGINNING), _seconds(rows, "end_second", END)
    matched = np.array(rows.column("state").to_pylist(), object) == MATCHED
    yes = intervals.of_spans(starts[matched], ends[matched])
    return known(yes) if matched.all() else Truth(yes, intervals.of_spans(starts, ends))


def _seconds(rows: Any, name: str, missing: int) -> NDArray[np.int64]:
    """A column of seconds, with a number where it has none."""
    values = rows.column(name).to_pylist()
    return np.array([missing if value is None else int(value) for value in values], np.int64)
