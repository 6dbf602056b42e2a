"""DuckDB over the values of a catalogue, by the best programs known to us."""

from __future__ import annotations

import sys
from itertools import product
from math import inf
from time import process_time
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import duckdb
import numpy as np
import questions

from edexql.catalogue.intervals import Intervals, of_spans
from edexql.catalogue.store.index import SUPERSEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from edexql.catalogue.store.catalogue import Catalogue

Answer = TypeVar("Answer")
_TWO = "(mlat > 6500 OR mlat < -6500) AND alt < 5000"
_KP = "kp >= 18"  # thirds
_FIVE = "mlat BETWEEN {} AND {} AND alt <= {} AND kp >= {}".format(
    *(100 * bound for bound in questions.LATITUDES), 10 * questions.HIGHEST, 3 * questions.LEAST_KP
)
# Islands of seconds: (starts, ends) of the rows of s that meet a condition.
_ISLANDS = {
    "`t - row_number() OVER (ORDER BY t)`": """SELECT min(t) AS a, max(t) + 1 AS b
        FROM (SELECT t, t - row_number() OVER (ORDER BY t) AS g FROM s WHERE {}) GROUP BY g""",
    "`t - row_number() OVER ()`": """SELECT min(t) AS a, max(t) + 1 AS b
        FROM (SELECT t, t - row_number() OVER () AS g FROM s WHERE {}) GROUP BY g""",
    "`lag(t) OVER (ORDER BY t)`": """SELECT t AS a, lead(p, 1, last) OVER (ORDER BY t) + 1 AS b FROM (SELECT t, p, last
        FROM (SELECT t, lag(t) OVER (ORDER BY t) AS p, max(t) OVER () AS last FROM s WHERE {})
        WHERE p IS DISTINCT FROM t - 1)""",
    "`lag(t) OVER ()`": """WITH cuts AS MATERIALIZED (SELECT t, p, n
        FROM (SELECT t, lag(t) OVER () AS p, lead(t) OVER () AS n FROM s WHERE {})
        WHERE p IS DISTINCT FROM t - 1 OR n IS DISTINCT FROM t + 1)
        SELECT a, b FROM (SELECT t AS a, row_number() OVER () AS i FROM cuts WHERE p IS DISTINCT FROM t - 1)
        POSITIONAL JOIN (SELECT t + 1 AS b FROM cuts WHERE n IS DISTINCT FROM t + 1)""",
}
# One sweep over the edges of three sets, then for each file the first piece that ends after it begins.
_FILES = """WITH spell AS MATERIALIZED ({islands}),
    edge AS (SELECT a AS x, 1 AS p, 0 AS s, 0 AS h FROM period UNION ALL SELECT b, -1, 0, 0 FROM period
        UNION ALL SELECT a, 0, 1, 0 FROM spell UNION ALL SELECT b, 0, -1, 0 FROM spell
        UNION ALL SELECT a, 0, 0, 1 FROM log UNION ALL SELECT b, 0, 0, -1 FROM log),
    swept AS (SELECT x AS a, lead(x) OVER w AS b, sum(p) OVER w AS p, sum(s) OVER w AS s, sum(h) OVER w AS h
        FROM edge WINDOW w AS (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
    piece AS MATERIALIZED (SELECT a, b FROM swept WHERE p > 0 AND s > 0 AND h > 0 AND b > a)
    SELECT name FROM (SELECT * FROM file WHERE product = '{product}' AND NOT superseded) AS f
    ASOF JOIN piece ON f.a < piece.b WHERE piece.a < f.b ORDER BY f.a, f.b, name"""
# The same with the sparse sets swept first, and only their seconds looked up among the samples.
_SECONDS = """WITH edge AS (SELECT a AS x, 1 AS p, 0 AS h FROM period UNION ALL SELECT b, -1, 0 FROM period
        UNION ALL SELECT a, 0, 1 FROM log UNION ALL SELECT b, 0, -1 FROM log),
    swept AS (SELECT x AS a, lead(x) OVER w AS b, sum(p) OVER w AS p, sum(h) OVER w AS h
        FROM edge WINDOW w AS (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
    second AS (SELECT unnest(range(a, b)) AS t FROM swept WHERE p > 0 AND h > 0 AND b > a),
    hit AS MATERIALIZED (SELECT t FROM s SEMI JOIN second USING (t) WHERE {condition})
    SELECT name FROM (SELECT * FROM file WHERE product = '{product}' AND NOT superseded) AS f
    ASOF JOIN hit ON f.a <= hit.t WHERE hit.t < f.b ORDER BY f.a, f.b, name"""


class Found(NamedTuple, Generic[Answer]):
    """The cheapest of some programs."""

    name: str
    run: Callable[[], Answer]
    answer: Answer


class Duck:
    """A native file with a row for every second, and tables of files, periods and the log."""

    def __init__(self, path: str, catalogue: Catalogue, starts: NDArray[np.int64]) -> None:
        self._connection = duckdb.connect(path)
        self._connection.execute("SET enable_progress_bar=false; SET threads=2")
        self._samples(catalogue)
        self._files(catalogue)
        self._table("period", {"a": starts, "b": starts + questions.LENGTH})
        log = catalogue.times("yes:fai:has-data")
        self._table("log", {"a": log.starts, "b": log.ends})
        self._connection.execute("CHECKPOINT")

    def close(self) -> None:
        self._connection.close()

    def two(self) -> Found[Intervals]:
        """The cheapest program for two constraints."""
        return _cheapest(self._islands(_TWO))

    def with_kp(self) -> Found[Intervals]:
        return _cheapest(self._islands(f"{_KP} AND {_TWO}"))

    def five(self) -> Found[list[str]]:
        """The cheapest program for the names of the files of five constraints."""
        return _cheapest(self._listings())

    def _islands(self, condition: str) -> Iterator[tuple[str, Callable[[], Intervals]]]:
        for (name, program), threads in product(_ISLANDS.items(), (1, 2)):
            yield self._named(name, threads, program.format(condition), _times)

    def _listings(self) -> Iterator[tuple[str, Callable[[], list[str]]]]:
        programs = {
            f"islands by {name}, sweep, ASOF join": _FILES.format(
                islands=program.format(_FIVE), product=questions.PRODUCT
            )
            for name, program in _ISLANDS.items()
        }
        seconds = _SECONDS.format(condition=_FIVE, product=questions.PRODUCT)
        programs["sweep, semi join of seconds, ASOF join"] = seconds
        for (name, program), threads in product(programs.items(), (1, 2)):
            yield self._named(name, threads, program, lambda found: found["name"].tolist())

    def _named(
        self, name: str, threads: int, program: str, made: Callable[[dict[str, Any]], Answer]
    ) -> tuple[str, Callable[[], Answer]]:
        def run() -> Answer:
            self._connection.execute(f"SET threads={threads}")
            return made(self._connection.execute(program).fetchnumpy())

        return f"{name}, {threads} thread{'s' * (threads > 1)}", run

    def _samples(self, catalogue: Catalogue) -> None:
        self._connection.execute("CREATE TABLE s (t BIGINT, mlat SMALLINT, alt SMALLINT, kp SMALLINT)")
        first, end = questions.extent(catalogue)
        for segment, arrays in catalogue.segments["ephemeris"]:
            times = np.arange(max(segment.start, first), min(segment.end, end))
            there = slice(int(times[0]) - segment.start, int(times[-1]) - segment.start + 1)
            latitude, altitude = (arrays[f"value:{field}"][there] for field in questions.FIELDS)
            rows = {"t": times, "mlat": latitude, "alt": altitude, "kp": _kp(catalogue, times)}
            self._connection.register("rows", rows)
            self._connection.execute("INSERT INTO s SELECT t, mlat, alt, kp FROM rows")
            self._connection.unregister("rows")

    def _files(self, catalogue: Catalogue) -> None:
        start, end, flags = (catalogue.array(f"file:{name}") for name in ("start", "end", "flags"))
        text, text_end = catalogue.array("file:text"), catalogue.array("file:text-end")
        assert start is not None
        assert end is not None
        assert flags is not None
        assert text is not None
        assert text_end is not None
        whole, begins = text.tobytes(), np.append(0, text_end[:-1])
        names = [
            whole[a:b].split(b"\t", 1)[0].decode() for a, b in zip(begins.tolist(), text_end.tolist(), strict=True)
        ]
        products = np.full(len(start), "", object)
        for name, (low, high) in catalogue.product_ranges():
            products[low:high] = name or ""
        table = {"a": start, "b": end, "superseded": flags & SUPERSEDED > 0, "product": products}
        self._table("file", {"name": np.array(names, object), **table})

    def _table(self, name: str, columns: dict[str, NDArray[Any]]) -> None:
        self._connection.register("rows", {key: np.ascontiguousarray(values) for key, values in columns.items()})
        self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
        self._connection.unregister("rows")


def _kp(catalogue: Catalogue, times: NDArray[np.int64]) -> NDArray[np.int16]:
    """Kp in thirds at every second, the least number where it is not known."""
    found = np.full(len(times), -32768, np.int16)
    for segment, arrays in catalogue.segments["kp"]:
        here = np.flatnonzero((times >= segment.start) & (times < segment.end))
        found[here] = arrays["value:kp"][(times[here] - segment.start) // segment.holds]
    return found


def _times(found: dict[str, Any]) -> Intervals:
    return of_spans(found["a"], found["b"])


def _cheapest(programs: Iterator[tuple[str, Callable[[], Answer]]], rounds: int = 3) -> Found[Answer]:
    """That of the least CPU time, of the least of some rounds; all must give the same answer."""
    best: Found[Answer] | None = None
    least = inf
    for name, run in programs:
        costs = []
        for _ in range(rounds):
            begin = process_time()
            answer = run()
            costs.append(process_time() - begin)
        print(f"DuckDB, {name}: {min(costs):.3f} s", file=sys.stderr, flush=True)
        if best is not None and answer != best.answer:
            raise AssertionError(f"{name} gives another answer")
        if min(costs) < least:
            least, best = min(costs), Found(name, run, answer)
    assert best is not None
    return best
