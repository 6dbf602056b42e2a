"""Files, times and what they rest on, from the tables of an export by statements of SQL."""

from __future__ import annotations

from functools import cached_property
from itertools import takewhile
from weakref import WeakKeyDictionary

import numpy as np

from edexql.catalogue import intervals
from edexql.catalogue.constraints import of_dates
from edexql.catalogue.evaluation import Lookup, titled, window_of_times
from edexql.catalogue.export.manifest import STATE, SYNTHETIC
from edexql.catalogue.intervals import ALWAYS, BEGINNING, END, NEVER, Intervals
from edexql.catalogue.notes import notes_from
from edexql.catalogue.plan import plan
from edexql.catalogue.satellites import by_satellite
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.predicates import SqlError
from edexql.catalogue.three_valued import NOBODY_KNOWS, Truth, any_of, known
from edexql.engines import exports, statements
from edexql.engines.origins import Origins, origins
from edexql.engines.protocol import EngineError
from edexql.model.answer import MATCHED, UNKNOWN, Answer, File
from edexql.model.filename import version_of_name
from edexql.model.files import Listing
from edexql.model.logic import AND, Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from edexql.catalogue.files import Marks
    from edexql.catalogue.notes import Source
    from edexql.catalogue.plan import Node
    from edexql.engines.evidence import Floats, Seconds
    from edexql.engines.protocol import TableEngine
    from edexql.model.answer import Note
    from edexql.model.vocabulary import Vocabulary

# Times that an answer is asked for, while tables are replaced.
_MOST_STATES = 3
# The vocabulary with which the tables of an engine were checked.
_CHECKED: WeakKeyDictionary[TableEngine, Vocabulary] = WeakKeyDictionary()


class TableSpans:
    """The spans of some files; those without times are `[0, 0)`."""

    def __init__(self, rows: Any) -> None:
        self.starts = _seconds(rows, "start_second", 0)
        self.ends = _seconds(rows, "end_second", 0)
        self._timeless = np.array(rows.column("start_second").is_null().to_pylist(), bool)

    def __len__(self) -> int:
        return len(self.starts)

    def meeting(self, times: Intervals) -> Marks:
        return times.meets(self.starts, self.ends)

    def timeless(self) -> Marks:
        return self._timeless


class TableLookup(Lookup):
    """How the times of the constraints of a query are found: those of all of them at once, within the hull of what is
    asked for, and once as long as nothing beyond it is asked for."""

    def __init__(self, query: Query, evidence: TableEvidence) -> None:
        self.query = query
        self.vocabulary = evidence.vocabulary
        self._evidence = evidence
        self._hull = NEVER
        self._truths: dict[int, Truth] = {}

    def cost(self, number: int) -> int:  # noqa: ARG002
        return 0

    def when(self, number: int, window: Intervals) -> Truth:
        if not len(window):
            return known(NEVER)
        if len(window - self._hull):
            whole = window.ends[-1] == END or window.starts[0] == BEGINNING
            self._hull = ALWAYS if whole else Intervals(window.starts[:1], window.ends[-1:])
            self._truths = self._evidence.times_of(self.query, self._hull)
        return self._truths[number].within(window)

    def together(self, node: Node) -> list[tuple[int, ...]]:
        return [(operand,) for operand in node.operands]

    def effort(self, numbers: tuple[int, ...], operator: int) -> float:  # noqa: ARG002
        return 0.0


class TableView:
    """A query about one satellite of an export."""

    def __init__(self, query: Query, evidence: TableEvidence, title: str = "", satellite: str | None = None) -> None:
        self.satellite = satellite
        self.query = query
        self.title = title
        self._evidence = evidence

    def files(self) -> TableSpans:
        return self._files

    @cached_property
    def _files(self) -> TableSpans:
        return self._evidence.spans(self.query.products)

    def sessions(self) -> dict[str, Intervals]:
        return self._evidence.sessions(self.query.products)

    def covered(self) -> Intervals:
        return intervals.union(list(self.sessions().values()))

    def look_up(self, window: Intervals | None = None) -> TableLookup:
        found = TableLookup(self.query, self._evidence)
        if window is not None and len(window) and self.query.constraints:
            found.when(1, window)
        return found

    def times(self, window: Intervals) -> Truth:
        return self._evidence.times(self.query, window).within(window)

    def sources(self, field: str) -> Iterator[Source]:
        return self._origins.sources(field)

    @cached_property
    def _origins(self) -> Origins:
        return self._evidence.origins(schema.partition(self.satellite))

    def values(self, fields: Sequence[str], times: Seconds) -> Floats:
        return self._evidence.values(schema.partition(self.satellite), fields, times)


class TableEvidence:
    """What the tables of an engine say. Raises EngineError where they are not those that a query is written for."""

    def __init__(self, engine: TableEngine, vocabulary: Vocabulary) -> None:
        if _CHECKED.get(engine) is not vocabulary:
            exports.check(engine, vocabulary)
            _CHECKED[engine] = vocabulary
        self._engine = engine
        self.vocabulary = vocabulary
        self._sessions: dict[tuple[str, ...], dict[str, Intervals]] = {}

    @cached_property
    def has_files(self) -> bool:
        return self._has_rows("file")

    @cached_property
    def empty(self) -> bool:
        tables = ("logged", "covered", "held", "present")
        return not self.has_files and not any(map(self._has_rows, tables))

    def _has_rows(self, table: str) -> bool:
        return bool(self._engine.run(statements.any_row(table, self._engine)).num_rows)

    @cached_property
    def synthetic(self) -> bool:
        return self._engine.marks().get(SYNTHETIC) == "true"

    @cached_property
    def products(self) -> list[str]:
        rows = self._engine.run(statements.products(self._engine))
        products: list[str] = rows.column("product").to_pylist()
        return products

    def views(self, query: Query) -> list[TableView]:
        there = self.products if len(self.vocabulary.satellites) > 1 else ()
        each = by_satellite(query, there, self.vocabulary)
        return [TableView(one, self, title, satellite) for satellite, title, one in each]

    def view_of(self, file: File, query: Query) -> TableView:
        products = query.products if file.product is None else (file.product,)
        return TableView(Query(products, query.constraints, query.logic), self)

    def _of_one_state(self, ask: Callable[[], Answer]) -> Answer:
        """What is asked by several statements, once more where the tables were replaced between them."""
        for _ in range(_MOST_STATES):
            before = self._engine.marks().get(STATE)
            answer = ask()
            if before is None or self._engine.marks().get(STATE) == before:
                return answer
            self._sessions.clear()
            self.__dict__.pop("products", None)
        raise EngineError(f"the tables of {self._engine.title} are replaced again and again: ask later")

    def answer(self, query: Query) -> Answer:
        return self._of_one_state(lambda: self._answer(query))

    def _answer(self, query: Query) -> Answer:
        rows = self._engine.run(statements.files(query, self.vocabulary, self._engine))
        files, unknown = _files(rows)
        views = self.views(query)
        times = any_of([view.times(view.covered()) for view in views])
        return Answer(files, unknown, times, self._notes(query, views, [view.covered() for view in views]))

    def holding(self, query: Query) -> Answer:
        return self._of_one_state(lambda: self._holding(query))

    def _holding(self, query: Query) -> Answer:
        times, views = self.times(query), self.views(query)
        whole = len(views) == 1 or window_of_times(query, times) != ALWAYS
        each = [times if whole else self.times(view.query) for view in views]
        windows = [window_of_times(query, one) for one in each]
        return Answer((), (), times, self._notes(query, views, windows))

    def notes(self, query: Query, window: Intervals) -> tuple[Note, ...]:
        views = self.views(query)
        return self._notes(query, views, [window] * len(views))

    def _notes(self, query: Query, views: list[TableView], windows: list[Intervals]) -> tuple[Note, ...]:
        """What an answer rests on, for the times of a window a view, by one statement."""
        whole = plan(query)
        if whole is None:
            return ()
        constraints = [query.constraints[number - 1] for number in whole.others()]
        named = dict.fromkeys(one.key for one in constraints if one.kind == "range")
        known = [field for field in map(self.vocabulary.field, named) if field is not None]
        fields = list(dict.fromkeys(name for field in known for name in (field.name, *field.substitutes)))
        satellites = [schema.partition(view.satellite) for view in views]
        found = self._engine.run(statements.origins(satellites, fields, self._engine)) if fields else None
        there = np.array([] if found is None else found.column("satellite").to_pylist(), object)
        remarks = []
        for satellite, window in zip(satellites, windows, strict=True):
            here = None if found is None else origins(found.filter(there == satellite))
            sources = (lambda _: ()) if here is None else here.sources
            remarks.append(notes_from(constraints, sources, self.vocabulary, window))
        return titled([view.title for view in views], remarks)

    def file(self, name: str) -> tuple[File, str] | None:
        stem = self._stem(name)
        same = takewhile(lambda pair: pair[0] == pair[1], zip(name, stem, strict=False))
        beginning = "".join(letter for letter, _ in same)
        rows = self._engine.run(statements.versions(name, beginning, self._engine)).to_pylist()
        file = next((_file(row) for row in rows if row["name"] == name), None)
        if file is None:
            return None
        alike = [row["name"] for row in rows if row["product"] == file.product and self._stem(row["name"]) == stem]
        return file, next((one for one in alike if one != name), name)

    def _stem(self, name: str) -> str:
        return version_of_name(name, self.vocabulary.name_forms)[0]

    def names_that_begin(self, prefix: str, most: int) -> list[str]:
        rows = self._engine.run(statements.names_that_begin(prefix, most, self._engine))
        names: list[str] = rows.column("name").to_pylist()
        return names

    def times(self, query: Query, window: Intervals = ALWAYS) -> Truth:
        """When a query holds, within the hull of a window at least; of no constraints, always."""
        logic = query.effective_logic()
        if logic is None:
            return known(ALWAYS)
        if not len(window):
            return known(NEVER)
        start, end = int(window.starts[0]), int(window.ends[-1])
        if start != BEGINNING and end != END:
            constraints = (*query.constraints, Constraint("date", "date", Period(start, end)))
            query = Query(query.products, constraints, Logic((*logic.code, len(constraints), AND)))
        return _truth(self._engine.run(statements.times(query, self.vocabulary, self._engine)))

    def origins(self, satellite: str) -> Origins:
        """What all values of a satellite are from."""
        return origins(self._engine.run(statements.origins([satellite], None, self._engine)))

    def values(self, satellite: str, names: Sequence[str], times: Seconds) -> Floats:
        """The values of fields of a satellite at some seconds, in order: of shape (fields, times)."""
        out = np.full((len(names), len(times)), np.nan)
        if not len(times):
            return out
        fields = [self.vocabulary.field(name) for name in names]
        span = int(times[0]), int(times[-1]) + 1
        sampled = {place: one for place, one in enumerate(fields) if one is not None and one.tab == "spacecraft"}
        if sampled:
            text = statements.sampled_values(list(sampled.values()), satellite, span, self._engine)
            rows = self._engine.run(text)
            seconds = _seconds(rows, "second", 0)
            _, here, there = np.intersect1d(times, seconds, assume_unique=True, return_indices=True)
            for number, place in enumerate(sampled, 1):
                out[place, here] = _numbers(rows, f"value_{number}")[there]
        held = {one.name: place for place, one in enumerate(fields) if one is not None and one.tab != "spacecraft"}
        if held:
            rows = self._engine.run(statements.held_values(list(held), satellite, span, self._engine))
            each = zip(
                rows.column("field").to_pylist(),
                np.searchsorted(times, _seconds(rows, "start_second", 0)).tolist(),
                np.searchsorted(times, _seconds(rows, "end_second", 0)).tolist(),
                _numbers(rows, "value").tolist(),
                strict=True,
            )
            for name, first, last, value in each:
                out[held[name], first:last] = value
        return out

    def times_of(self, query: Query, hull: Intervals) -> dict[int, Truth]:
        """When each constraint of a query holds for its satellite within a stretch of time, by number."""
        truths: dict[int, Truth] = {}
        asked: dict[int, Query] = {}
        start, end = int(hull.starts[0]), int(hull.ends[-1])
        limits = () if hull == ALWAYS else (Constraint("date", "date", Period(start, end)),)
        for number, one in enumerate(query.constraints, 1):
            if one.kind == "date":
                truths[number] = of_dates([one.value])  # type: ignore[list-item]
            elif not self._has(one):
                truths[number] = NOBODY_KNOWS
            else:
                logic = Logic((1, 2, AND)) if limits else None
                asked[number] = Query(query.products, (one, *limits), logic)
        return truths | dict(zip(asked, self._times_of_many(list(asked.values())), strict=True))

    def _times_of_many(self, queries: list[Query]) -> list[Truth]:
        """When several queries of one satellite hold, in as few statements as there may be."""
        truths: list[Truth] = []
        count = max(len(queries), 1)
        while len(truths) < len(queries):
            together = queries[len(truths) : len(truths) + count]
            try:
                text = statements.times_of_many(together, self.vocabulary, self._engine)
            except SqlError:
                if count == 1:
                    raise
                count = (count + 1) // 2
                continue
            rows = self._engine.run(text)
            numbers = _seconds(rows, "number", 0)
            truths += [_truth(rows.filter(numbers == number)) for number in range(1, len(together) + 1)]
        return truths

    def _has(self, constraint: Constraint) -> bool:
        """Whether the tables can have what a constraint is about."""
        if constraint.kind == "range":
            return self.vocabulary.field(constraint.key) is not None
        return constraint.kind in ("word", "experiment")

    def spans(self, products: Sequence[str]) -> TableSpans:
        """The spans of the newest versions of the files of products, of all products where none is named."""
        return TableSpans(self._engine.run(statements.spans(products, self._engine)))

    def sessions(self, products: Sequence[str]) -> dict[str, Intervals]:
        """The times that files of some products cover, by product; of all products where none is named."""
        key = tuple(products)
        if key not in self._sessions:
            rows = self._engine.run(statements.sessions(products, self._engine))
            names = np.array(rows.column("product").to_pylist(), object)
            starts, ends = _seconds(rows, "start_second", 0), _seconds(rows, "end_second", 0)
            self._sessions[key] = {
                name: intervals.of_spans(starts[names == name], ends[names == name])
                for name in dict.fromkeys(names.tolist())
            }
        return self._sessions[key]


# The columns in which the fields of a file are.
_COLUMNS = {
    "name": "name",
    "size": "size",
    "size_text": "size_text",
    "start": "start_second",
    "end": "end_second",
    "matched": "seconds",
    "product": "product",
    "place": "place",
    "synthetic": "synthetic",
}


class TableFiles(Listing):
    """Files as rows of Arrow, all of one state, made into values when they are looked at."""

    def __init__(self, rows: Any, state: str) -> None:
        self._rows = rows
        self._state = state

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def part(self, place: slice) -> TableFiles:
        start, stop, step = place.indices(len(self))
        if step == 1:
            return TableFiles(self._rows.slice(start, max(stop - start, 0)), self._state)
        return TableFiles(self._rows.take(list(range(start, stop, step))), self._state)

    def fields(self, *names: str) -> list[list[Any]]:
        return [self._field(name) for name in names]

    def _field(self, name: str) -> list[Any]:
        if name in ("state", "listed"):
            return [self._state if name == "state" else None] * len(self)
        column = self._rows.column(_COLUMNS[name])
        if name == "matched":
            column = column.cast("int64")
        values: list[Any] = column.to_pylist()
        return [value or "" for value in values] if name == "size_text" else values


def _files(rows: Any) -> tuple[TableFiles, TableFiles]:
    """The files that match, and those of which that is unknown."""
    states = np.array(rows.column("state").to_pylist(), object)
    matched, unknown = np.flatnonzero(states == MATCHED), np.flatnonzero(states != MATCHED)
    if not len(unknown):
        return TableFiles(rows, MATCHED), TableFiles(rows.slice(0, 0), UNKNOWN)
    return TableFiles(rows.take(matched), MATCHED), TableFiles(rows.take(unknown), UNKNOWN)


def _file(row: dict[str, Any]) -> File:
    """A file of no query."""
    return File(
        row["name"],
        row["size"],
        row["size_text"] or "",
        row["start_second"],
        row["end_second"],
        0,
        row["product"],
        row["place"],
        row["synthetic"],
    )


def _truth(rows: Any) -> Truth:
    """Times from rows of start, end and state."""
    starts, ends = _seconds(rows, "start_second", BEGINNING), _seconds(rows, "end_second", END)
    matched = np.array(rows.column("state").to_pylist(), object) == MATCHED
    yes = intervals.of_spans(starts[matched], ends[matched])
    return known(yes) if matched.all() else Truth(yes, intervals.of_spans(starts, ends))


def _numbers(rows: Any, name: str) -> Floats:
    """A column of numbers, NaN where it has none."""
    return np.asarray(rows.column(name).cast("float64").fill_null(np.nan).to_numpy(), np.float64)


def _seconds(rows: Any, name: str, missing: int) -> Seconds:
    """A column of seconds, with a number where it has none."""
    column = rows.column(name)
    values = column.cast("int64").fill_null(missing).to_numpy()
    return np.asarray(values, np.int64)
