"""Run the SQL of queries on a part of 12 years of 10 satellites: what is read, moved and given, and what it costs.

    python benchmarks/scale.py                   # print
    python benchmarks/scale.py --write           # print, and put the tables into benchmarks/README.md
    python benchmarks/scale.py --folder FOLDER   # keep the tables there, or take those that are there
    python benchmarks/scale.py --quick           # a thousandth, and nothing larger

The whole would be 4 x 10^9 seconds of positions and 10^9 files. DuckDB makes the tables itself: all satellites and as
many files a day as the whole would have, and fewer days. Runs with the interpreter of an environment that has
edexql[duckdb,sql] and pyspark, under Linux. It wants 10 GB of disk and 16 GB of memory.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
from children import python, used
from figures import Row as Figure
from figures import collected, listed, program, rounded

from edexql.catalogue.sql.rows import bounds, month_of
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
MEMORY = "16GB"


class Trial(NamedTuple):
    """An engine, the part of the whole that it is tried on, and the queries that it is asked; none for all."""

    engine: str
    part: int
    asked: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        return max(1, round(WHOLE_DAYS / self.part))

    @property
    def title(self) -> str:
        return f"{self.engine}, a {self.part:,}th"


DAY_OF_ONE, DAY_OF_ALL, ONE = "a day of one satellite, low", "a day of all, low", "one satellite, Kp and altitude"
MONTH, ALL = "a month of all, Kp and altitude", "all, Kp and altitude"
REGIONS, FIVE = "all, latitude, MLT and has-data", "all, NOT and OR over five"
TIMES, TOGETHER = f"the times of: {REGIONS}", "four queries of all in one"
TRIALS = (
    Trial("DuckDB", 100),
    Trial("Spark", 100, (DAY_OF_ONE, DAY_OF_ALL, ONE, ALL, TIMES)),
    Trial("DuckDB", 10, (DAY_OF_ONE, DAY_OF_ALL, ONE, MONTH, TIMES)),
)


def vocabulary() -> Vocabulary:
    """That of the package, with a product of each of ten satellites."""
    data = dict(load().data)
    data["satellites"] = [{"name": name, "title": name} for name in NAMES]
    (entry, *_) = data["products"]
    data["products"] = [{**entry, "name": f"{name}-data", "satellite": name, "instrument": "fai"} for name in NAMES]
    return Vocabulary(data)


VOCABULARY = vocabulary()


# The tables


def months(days: int) -> list[tuple[int, int, int]]:
    """The months of some days from the first on, with their first second and the one after the last."""
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


def sizes(folder: Path) -> Iterator[list[str]]:
    """Rows and bytes of each table."""
    with duckdb.connect() as connection:
        for table in schema_tables(VOCABULARY):
            paths = sorted((folder / table.name).rglob("*.parquet"))
            ((rows,),) = connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [[str(path) for path in paths]]
            ).fetchall()
            size = sum(path.stat().st_size for path in paths)
            yield [table.name, f"{len(paths)}", f"{rows:,}", f"{size / 1e6:,.1f} MB", f"{size / rows:.1f} B"]


# The queries


def ranged(field: str, low: float | None, high: float | None) -> Constraint:
    return Constraint("range", field, Range(low, high))


def dated(first: int, days: int) -> Constraint:
    return Constraint("date", "date", Period(first, first + days * DAY))


def queries(days: int) -> dict[str, Query]:
    """Queries like those that people ask, of days, of months and of everything."""
    one = ("sat3-data",)
    middle = FIRST + days // 2 * DAY
    day, month = dated(middle, 1), dated(FIRST, min(days, 31))
    has_data = Constraint("word", "fai", "has-data")
    storm, low, north = ranged("kp", 5, None), ranged("altitude", None, 500), ranged("latitude", 60, None)
    night = ranged("mlt", 21, 3)
    return {
        DAY_OF_ONE: Query(one, (day, low)),
        DAY_OF_ALL: Query((), (day, low)),
        ONE: Query(one, (storm, low)),
        MONTH: Query((), (month, storm, low)),
        ALL: Query((), (storm, low)),
        REGIONS: Query((), (north, night, has_data)),
        FIVE: Query((), (storm, low, north, night, has_data), Logic((1, 2, AND, 3, NOT, OR, 4, 5, AND, OR))),
    }


def text(name: str, days: int, dialect: str) -> str:
    asked = queries(days)
    if name == TIMES:
        return times_sql(asked[REGIONS], VOCABULARY, dialect)
    if name == TOGETHER:
        everything = [asked[one] for one in (DAY_OF_ALL, ALL, REGIONS, FIVE)]
        return files_sql_of_many(everything, VOCABULARY, dialect)
    return files_sql(asked[name], VOCABULARY, dialect)


# What engines do


class Run(NamedTuple):
    """A statement that was run: rows of the answer, CPU seconds, seconds of the clock, and bytes read and moved.

    `scanned` are the rows of Parquet that were read; files and bytes are those that DuckDB says, as Spark counts
    no bytes of what it reads in one go. `memory` is the peak in MB, where it is a process of its own.
    """

    rows: int
    cpu: float
    wall: float
    read: int = 0
    moved: int = 0
    files: int = 0
    scanned: int = 0
    memory: float = 0.0


def views(connection: Any, folder: str) -> None:
    for table in schema_tables(VOCABULARY):
        connection.execute(
            f"CREATE VIEW {table.name} AS FROM read_parquet('{folder}/{table.name}/*/*/*.parquet', "
            "hive_partitioning = true)"
        )


def ask_duckdb(folder: str, name: str, days: str, result: str) -> None:
    """Run one statement in this process, count its rows, and write what it took as JSON."""
    statement = text(name, int(days), "duckdb")
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": f"{result}.spill"}) as connection:
        views(connection, folder)
        before = resource.getrusage(resource.RUSAGE_SELF)
        rows = sum(batch.num_rows for batch in connection.sql(statement).to_arrow_reader())
        after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    Path(result).write_text(json.dumps({"rows": rows, "cpu": cpu}), "utf-8")


def read_by_duckdb(folder: str, statement: str) -> dict[str, int]:
    """Files, rows and bytes that a statement reads, as DuckDB counts them."""
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        views(connection, folder)
        ((_, profile),) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {statement}").fetchall()
    whole = json.loads(profile)
    found = {"read": whole["io"]["total_bytes_read"], "files": 0, "scanned": 0}
    todo = list(whole["operator"])
    while todo:
        node = todo.pop()
        todo += node.get("children", [])
        if "PARQUET" in node["name"]:
            found["files"] += int(node["extra_info"]["Total Files Read"])
            found["scanned"] += node["rows_scanned"]
    return found


def duckdb_runs(trial: Trial, folder: Path, scratch: str, rounds: int) -> Iterator[tuple[str, Run]]:
    """A process for each statement."""
    for name in trial.asked or (*queries(trial.days), TIMES, TOGETHER):
        result = f"{scratch}/result.json"
        command = python(
            "import scale\nscale.ask_duckdb(*sys.argv[1:])", str(folder), name, str(trial.days), result
        )  # fmt: skip
        tried = []
        for _ in range(rounds):
            whole = used(*command)
            tried.append((json.loads(Path(result).read_text("utf-8")), whole))
        said, whole = min(tried, key=lambda one: one[0]["cpu"])
        counted = read_by_duckdb(str(folder), text(name, trial.days, "duckdb"))
        yield name, Run(said["rows"], said["cpu"], whole.wall, memory=max(one.memory for _, one in tried), **counted)


def spark_runs(trial: Trial, folder: Path, _: str, rounds: int) -> Iterator[tuple[str, Run]]:
    """One session for all, with the sums over the tasks that Spark itself keeps."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "8g")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.retainedStages", "10000")
    session = builder.config("spark.sql.shuffle.partitions", "20").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        for table in schema_tables(VOCABULARY):
            session.read.parquet(f"{folder}/{table.name}").createOrReplaceTempView(table.name)
        for name in trial.asked:
            statement = text(name, trial.days, "spark")
            tried = [_asked_spark(session, statement) for _ in range(rounds)]
            yield name, min(tried, key=lambda one: one.cpu)
    finally:
        session.stop()


def _asked_spark(session: Any, statement: str) -> Run:
    rows = session.sql(statement).count()
    before, begin = _stages(session), time.perf_counter()
    session.sql(statement).write.format("noop").mode("overwrite").save()
    wall, after = time.perf_counter() - begin, _stages(session)
    took = {name: after[name] - before[name] for name in after}
    return Run(rows, took["executorCpuTime"] / 1e9, wall, moved=took["shuffleWriteBytes"], scanned=took["inputRecords"])


def _stages(session: Any) -> dict[str, int]:
    """Sums over all stages so far."""
    context = session.sparkContext
    address = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages"
    with urllib.request.urlopen(address, timeout=60) as answer:
        stages = json.load(answer)
    return {name: sum(one[name] for one in stages) for name in ("executorCpuTime", "inputRecords", "shuffleWriteBytes")}


RUNS = {"DuckDB": duckdb_runs, "Spark": spark_runs}


def tables(options: Options) -> Iterator[Table]:
    trials = [trial._replace(part=1000) for trial in TRIALS if trial.part == 100] if options.quick else TRIALS
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        for trial in trials:
            folder = Path(options.folder or scratch) / f"scale-{trial.part}"
            if not folder.exists():
                print(f"tables of a {trial.part:,}th", file=sys.stderr)
                make(folder, trial.days)
                yield listed(f"Tables of a {trial.part:,}th", ("", "files", "rows", "size", "a row"), sizes(folder))
            found = list(RUNS[trial.engine](trial, folder, scratch, 1 if options.quick else 2))
            yield from shown(trial, found)


def shown(trial: Trial, found: list[tuple[str, Run]]) -> Iterator[Table]:
    size = f"{trial.days} days of {SATELLITES} satellites: {trial.days * SATELLITES * DAY:,} seconds of positions, "
    size += f"{trial.days * SATELLITES * FILES_A_DAY:,} files"
    rows = (Figure(f"{trial.title}: {name}", rounded(run.cpu), "s", ours=f"{run.rows:,} rows") for name, run in found)
    yield collected(f"{trial.title}: CPU time", rows, f"{size}. The better of two runs.")
    head = ("", "files of Parquet", "rows read", "bytes read", "bytes moved", "peak of memory", "seconds of the clock")
    cells = (
        [
            name, f"{run.files or '–'}", f"{run.scanned:,}", f"{run.read / 1e6:,.1f} MB" if run.read else "–",
            f"{run.moved / 1e6:,.1f} MB" if run.moved else "–", f"{run.memory:,.0f} MB" if run.memory else "–",
            f"{run.wall:,.1f}",
        ]
        for name, run in found
    )  # fmt: skip
    yield listed(f"{trial.title}: what is read", head, cells)


if __name__ == "__main__":
    program("scale", __doc__, tables, ("duckdb", "pyspark"))
