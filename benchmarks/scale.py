"""Run the SQL of queries with DuckDB on a hundredth of 12 years of 10 satellites: what it reads, and what it costs.

    python benchmarks/scale.py                   # print
    python benchmarks/scale.py --write           # print, and put the tables into benchmarks/README.md
    python benchmarks/scale.py --folder FOLDER   # keep the tables there, or take those that are there
    python benchmarks/scale.py --quick           # a thousandth

The whole would be 4 x 10^9 seconds of positions and 10^9 files. DuckDB makes the tables itself: all satellites and as
many files a day as the whole would have, and fewer days. Runs with the interpreter of an environment that has
edexql[duckdb,sql], under Linux. It wants a GB of disk and 8 GB of memory.
"""

from __future__ import annotations

import json
import resource
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from figures import Row as Figure
from figures import collected, listed, program, rounded

from edexql.catalogue.sql.schema import tables as schema_tables
from edexql.catalogue.sql.text import files_sql, files_sql_of_many, times_sql
from edexql.model.logic import AND, NOT, OR, Logic
from edexql.model.period import DAY, Period
from edexql.model.query import Constraint, Query
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from figures import Options, Table

YEARS, SATELLITES = 12, 10
FIRST = 1556668800  # 2019-05-01
WHOLE_DAYS = YEARS * 365
FILES_A_DAY = 10**9 // (WHOLE_DAYS * SATELLITES)
NAMES = [f"sat{number}" for number in range(SATELLITES)]
FIELDS = ("latitude", "altitude", "mlt")


def vocabulary() -> Vocabulary:
    """That of the package, with a product of each of ten satellites."""
    data = dict(load().data)
    data["satellites"] = [{"name": name, "title": name} for name in NAMES]
    (entry, *_) = data["products"]
    data["products"] = [{**entry, "name": f"{name}-data", "satellite": name, "instrument": "fai"} for name in NAMES]
    return Vocabulary(data)


VOCABULARY = vocabulary()


def months(days: int) -> list[tuple[int, int, int]]:
    """The months of some days from the first on, with their first second and the one after the last."""
    from edexql.catalogue.sql.rows import bounds, month_of

    found, second, end = [], FIRST, FIRST + days * DAY
    while second < end:
        month = month_of(second)
        following = min(bounds(month)[1], end)
        found.append((month, second, following))
        second = following
    return found


def make(folder: Path, days: int) -> None:
    """The tables of an export, of values that any engine can make."""
    with duckdb.connect() as connection:
        for number, name in enumerate(NAMES):
            for month, start, end in months(days):
                for table, select in selects(number, name, start, end).items():
                    path = folder / table / f"satellite={name}" / f"month={month}"
                    path.mkdir(parents=True)
                    connection.execute(
                        f"COPY ({select}) TO '{path}/part-0.parquet' "
                        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)"
                    )


def selects(number: int, name: str, start: int, end: int) -> dict[str, str]:
    """The rows of each table of a satellite in a stretch of days."""
    empty = {column.name for column in schema_tables(VOCABULARY)[4].columns} - {
        *("second", "satellite", "month"), *FIELDS,
    }  # fmt: skip
    nothing = "".join(f", CAST(NULL AS DOUBLE) AS {column}" for column in sorted(empty))
    # A day of files is FILES_A_DAY of them, one after another.
    length = DAY / FILES_A_DAY
    count = (end - start) // DAY * FILES_A_DAY
    span = "range AS start_second, range + {0} AS end_second, range // 86400 AS day"
    return {
        "ephemeris": f"""SELECT range AS second, round(87 * sin((range + {number * 500}) / 920.0), 2) AS latitude,
            round(900 + 580 * sin((range + {number * 900}) / 1130.0), 1) AS altitude,
            round((range + {number * 3000}) / 250.0 % 24, 2) AS mlt{nothing} FROM range({start}, {end})""",
        "present": f"SELECT {span.format(DAY)} FROM range({start}, {end}, {DAY})",
        "held": f"""SELECT 'kp' AS field, 'kp' AS series, (range // 10800 * 7 % 28) / 3.0 AS value, {span.format(10800)}
            FROM range({start}, {end}, 10800)""",
        "logged": f"""SELECT 'fai' AS key, 'has-data' AS word, {span.format(1200)}
            FROM range({start}, {end}, 5400)""",
        "covered": f"SELECT 'fai' AS key, '*' AS word, {span.format(DAY)} FROM range({start}, {end}, {DAY})",
        "origin": f"SELECT 'kp' AS series, 'made' AS label, {span.format(DAY)} FROM range({start}, {end}, {DAY})",
        "file": f"""SELECT 'DATA_{name}_' || strftime(make_timestamp(first * 1000000), '%Y%m%d_%H%M%S') || '_' || part
                || '_v1.0.0.h5' AS name, '{name}-data' AS product, 'fai' AS instrument,
                first AS start_second, first + {max(1, int(length))} AS end_second, 1000000 + part AS size,
                CAST(NULL AS VARCHAR) AS size_text, '1.0.0' AS version, false AS superseded,
                '{name}/' || strftime(make_timestamp(first * 1000000), '%Y/%m/%d/') || part AS place,
                true AS synthetic, 'listing' AS origin
            FROM (SELECT range AS part, CAST({start} + floor(range * {length}) AS BIGINT) AS first
                FROM range({count})) AS numbered""",
    }


def ranged(field: str, low: float | None, high: float | None) -> Constraint:
    return Constraint("range", field, Range(low, high))


def queries(days: int) -> dict[str, Query]:
    """Queries like those that people ask, of days, of months and of everything."""
    one = ("sat3-data",)
    day = Constraint("date", "date", Period(FIRST + days // 2 * DAY, FIRST + (days // 2 + 1) * DAY))
    has_data = Constraint("word", "fai", "has-data")
    storm, low, north = ranged("kp", 5, None), ranged("altitude", None, 500), ranged("latitude", 60, None)
    night = ranged("mlt", 21, 3)
    return {
        "a day of one satellite, low": Query(one, (day, low)),
        "a day of all, low": Query((), (day, low)),
        "one satellite, Kp and altitude": Query(one, (storm, low)),
        "all, Kp and altitude": Query((), (storm, low)),
        "all, latitude, MLT and has-data": Query((), (north, night, has_data)),
        "all, NOT and OR over five": Query(
            (), (storm, low, north, night, has_data), Logic((1, 2, AND, 3, NOT, OR, 4, 5, AND, OR))
        ),
    }


class Run:
    """A statement that was run: rows of the answer, CPU seconds, and what was read: files, rows, bytes."""

    def __init__(self, connection: Any, text: str) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF)
        self.rows = connection.sql(text).to_arrow_table().num_rows
        after = resource.getrusage(resource.RUSAGE_SELF)
        self.seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        ((_, profile),) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {text}").fetchall()
        whole = json.loads(profile)
        self.bytes = whole["io"]["total_bytes_read"]
        self.files = self.scanned = 0
        todo = list(whole["operator"])
        while todo:
            node = todo.pop()
            todo += node.get("children", [])
            if "PARQUET" in node["name"]:
                self.files += int(node["extra_info"]["Total Files Read"])
                self.scanned += node["rows_scanned"]


def measured(connection: Any, days: int, rounds: int) -> Iterator[tuple[Figure, list[str]]]:
    asked = queries(days)
    everything = [query for query in asked.values() if not query.products]
    regions = "all, latitude, MLT and has-data"
    texts = {
        **{name: files_sql(query, VOCABULARY, "duckdb") for name, query in asked.items()},
        f"the times of: {regions}": times_sql(asked[regions], VOCABULARY, "duckdb"),
        f"{len(everything)} queries of all in one": files_sql_of_many(everything, VOCABULARY, "duckdb"),
    }
    for name, text in texts.items():
        best = min((Run(connection, text) for _ in range(rounds)), key=lambda run: run.seconds)
        yield (
            Figure(name, rounded(best.seconds), "s", ours=f"{best.rows:,} rows"),
            [name, f"{best.files}", f"{best.scanned:,}", f"{best.bytes / 1e6:,.1f} MB"],
        )


def tables(options: Options) -> Iterator[Table]:
    part = 1000 if options.quick else 100
    days = max(1, round(WHOLE_DAYS / part))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder or scratch) / f"scale-{part}"
        if not folder.exists():
            make(folder, days)
        with duckdb.connect() as connection:
            for table in schema_tables(VOCABULARY):
                connection.execute(
                    f"CREATE VIEW {table.name} AS FROM read_parquet('{folder}/{table.name}/*/*/*.parquet', "
                    "hive_partitioning = true)"
                )
            found = list(measured(connection, days, options.rounds(3)))
    size = f"{days} days of {SATELLITES} satellites: {days * SATELLITES * DAY:,} seconds of positions, "
    size += f"{days * SATELLITES * FILES_A_DAY:,} files"
    yield collected("CPU time", (figure for figure, _ in found), f"{size}. The best of the rounds.")
    yield listed("What is read", ("", "files of Parquet", "rows", "bytes"), (row for _, row in found))


if __name__ == "__main__":
    program("scale", __doc__, tables, ("duckdb",))
