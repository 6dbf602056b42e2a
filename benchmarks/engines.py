"""Set a catalogue on this machine beside the engines that run SQL over its export: six queries on a simulated mission.

    python benchmarks/engines.py                   # print
    python benchmarks/engines.py --write           # print, and put the tables into benchmarks/README.md
    python benchmarks/engines.py --folder FOLDER   # keep missions and exports there, or take those that are there
    python benchmarks/engines.py --quick           # a mission of a tenth of a year, three rounds

Runs with the interpreter of an environment that has edexql with the extras of all engines, Java and PostgreSQL, under
Linux. Another engine is a line of ENGINES in engine_programs.py. The rows of 12 years are more than 100 GB in
PostgreSQL, which is set beside the catalogue of one year.
"""

from __future__ import annotations

import os
import sysconfig
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from children import Used, command, cpu, python, used
from engine_programs import ENGINES, POSTGRES, ended, postgres_server, rows_of
from figures import Row, collected, program, ratio, rounded
from measure import in_turn

import edexql
from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.commands import answers
from edexql.compiler.request import Setting, query_of
from edexql.engines import statements
from edexql.language.source import Source
from edexql.model.files import columns_of
from edexql.model.period import moment
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from figures import Options, Table

    from edexql.engines import TableEngine
    from edexql.model.answer import Answer
    from edexql.model.query import Query

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "edexql")
YEARS, IN_POSTGRES, QUICK = 12.0, 1.0, 0.1
START, YEAR = 1380585600, 365.25 * 86400
PERIODS, LENGTH = 1000, 1800
ROUNDS = 5
# Of those over 12 years, some take minutes.
LONG = 1
# CPU time of the catalogue to that of an engine, for the same files.
MOST = 3.0
QUERIES = {
    "q1, dates": "date {dates}",
    "q2, Kp and altitude": "date {dates}; kp >= 5; altitude < 500",
    "q3, latitude, MLT and has-data": "date {dates}; latitude 40..70; mlt 20..4; fai has-data",
    "q4, NOT and OR over five": (
        "where date {dates} AND (kp >= 6 OR dst < -50 OR NOT (altitude < 1000 OR fai has-data)) AND NOT latitude < 0"
    ),
    "q5, 1,000 periods": "date {periods}; kp >= 2",
    "q6, many unknowns": "where date {dates} AND (al < -500 OR kp >= 6 OR altitude < 400)",
}


def texts(years: float) -> dict[str, str]:
    """The queries over the whole span of a mission."""
    end = START + int(years * YEAR)
    drawn = np.sort(np.random.default_rng(5).integers(START, end - LENGTH, PERIODS)).tolist()
    periods = ", ".join(f"{moment(one)}..{moment(one + LENGTH - 1)}" for one in drawn)
    dates = f"{moment(START)}..{moment(end - 1)}"
    return {name: text.format(dates=dates, periods=periods) for name, text in QUERIES.items()}


def compiled(text: str) -> Query:
    return query_of(Source(text), Setting())


def rows_of_answer(evaluated: Callable[[], Answer]) -> list[list[Any]]:
    """The same rows of an answer that is evaluated for it."""
    answer = evaluated()
    parts = [columns_of(files, "name", "state", "matched") for files in (answer.files, answer.unknown)]
    return [[*listed, *unknown] for listed, unknown in zip(*parts, strict=True)]


def write(evaluated: Callable[[], Answer]) -> None:
    """Evaluate, and write the answer as `fetch --local --output json` does."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        answers.files(evaluated(), "json")


def spent(action: Callable[[], object]) -> Callable[[], Used]:
    """An action with what it takes in this process and in those of servers."""

    def run() -> Used:
        before, begin = cpu(), time.perf_counter()
        action()
        wall = time.perf_counter() - begin
        return Used(cpu() - before, wall)

    return run


def side_by_side(what: str, ours: list[Used], other: str, theirs: list[Used], goal: float | None) -> Row:
    """CPU seconds of both, and the ratio of the seconds of the clock."""
    wall = median(one.wall for one in ours) / median(one.wall for one in theirs)
    return ratio(what, [one.cpu for one in ours], other, [one.cpu for one in theirs], goal, wall=wall)


def warm(mission: str, asked: dict[str, str], open_engines: dict[str, TableEngine], rounds: int) -> Iterator[Row]:
    """Catalogue and engines open and asked before: rows as lists, and the catalogue's whole answer as JSON."""
    vocabulary = load()
    with open_catalogue(mission) as catalogue:
        for what, text in asked.items():
            query = compiled(text)
            answer = partial(evaluate, query, catalogue, vocabulary)
            actions = {"rows": partial(rows_of_answer, answer), "json": partial(write, answer)}
            expected = sorted(zip(*rows_of_answer(answer), strict=True))
            for name, engine in open_engines.items():
                sql = statements.files(query, vocabulary, engine)
                if sorted(zip(*rows_of(engine, sql), strict=True)) != expected:
                    raise AssertionError(f"{name} gives another answer to {what}")
                actions[name] = partial(rows_of, engine, sql)
            found = in_turn({name: spent(action) for name, action in actions.items()}, rounds)
            for name in open_engines:
                shown = f"{name} ({len(expected):,} rows)"
                yield side_by_side(f"{what}: files as lists, beside {name}", found["rows"], shown, found[name], MOST)
                yield side_by_side(
                    f"{what}: all columns as JSON, beside {name}", found["json"], name, found[name], MOST
                )


def statements_of(asked: dict[str, str], open_engines: dict[str, TableEngine]) -> dict[tuple[str, str], str]:
    """What engines are asked, by query and engine."""
    vocabulary = load()
    return {
        (what, name): statements.files(compiled(text), vocabulary, engine)
        for what, text in asked.items()
        for name, engine in open_engines.items()
    }


def processes(
    mission: str,
    places: dict[str, str],
    asked: dict[str, str],
    sent: dict[tuple[str, str], str],
    scratch: str,
    rounds: int,
) -> Iterator[Row]:
    """Processes of their own, which start, ask once and write: the command, and Python with an engine."""
    for number, (what, text) in enumerate(asked.items(), 1):
        query = Path(scratch) / f"q{number}.edq"
        query.write_text(text, "utf-8")
        ask = ("fetch", "--local", "-q", "--catalogue", mission, "--output", "json", str(query))
        actions = {"edexql": spent(command(SCRIPT, *ask))}
        for name, place in places.items():
            statement = Path(scratch) / f"q{number} {name}.sql"
            statement.write_text(sent[what, name], "utf-8")
            once = "import engine_programs; engine_programs.cold(*sys.argv[1:])"
            actions[name] = spent(command(*python(once, name, place, str(statement))))
        found = in_turn(actions, rounds)
        for name in places:
            yield side_by_side(f"{what}: cold, beside {name}", found["edexql"], name, found[name], MOST)


def growth(mission: str, years: float, rounds: int) -> Iterator[Row]:
    """Twice the files, and the memory that a file takes."""
    vocabulary = load()
    whole, half = (compiled(texts(part)["q1, dates"]) for part in (years, years / 2))
    with open_catalogue(mission) as catalogue:
        actions = {
            name: spent(partial(write, partial(evaluate, query, catalogue, vocabulary)))
            for name, query in (("whole", whole), ("half", half))
        }
        counts = [len(evaluate(query, catalogue, vocabulary)) for query in (whole, half)]
        found = in_turn(actions, rounds)
    shown = f"{counts[1]:,} of {counts[0]:,} files"
    yield side_by_side(
        "q1, dates: growth of JSON", found["whole"], shown, found["half"], rounded(1.2 * counts[0] / counts[1])
    )
    for form in ("json", "text"):
        ask = ("fetch", "--local", "-q", "--catalogue", mission, "--output", form, "-e")
        memory = [used(SCRIPT, *ask, texts(part)["q1, dates"]).memory for part in (years, 0.001)]
        each = (memory[0] - memory[1]) * 1e6 / counts[0]
        yield Row(f"q1, dates: memory of `fetch --local --output {form}`, a file", rounded(each), "B", goal=500)


def simulated(folder: str, years: float) -> str:
    """The mission of so many years below a folder, made where it is not there."""
    mission = f"{folder}/mission-{years:g}"
    if not os.path.exists(mission):
        end = moment(START + int(years * YEAR) - 1)[:10]
        used(SCRIPT, "catalogue", "simulate", "-q", "--catalogue", mission, "--end", end)
    return mission


def side(mission: str, places: dict[str, str], years: float, scratch: str, rounds: int) -> Iterator[Table]:
    """Engines beside the catalogue, warm and cold."""
    asked = texts(years)
    opened = {name: ENGINES[name](place) for name, place in places.items()}
    with open_catalogue(mission) as catalogue:
        note = f"{catalogue.files:,} files; `edexql {edexql.__version__}`, `fetch --local`."
    span = f"{years:g} years" if years != 1 else "a year"
    yield collected(f"Warm, {span}", warm(mission, asked, opened, rounds), note)
    sent = statements_of(asked, opened)
    for engine in opened.values():
        ended(engine)
    yield collected(f"Cold, {span}", processes(mission, places, asked, sent, scratch, rounds))


def tables(options: Options) -> Iterable[Table]:
    years, less = (QUICK, QUICK) if options.quick else (YEARS, IN_POSTGRES)
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        os.chmod(scratch, 0o755)  # the server of PostgreSQL is another user's
        folder = options.folder or scratch
        mission, export = simulated(folder, years), f"{folder}/export-{years:g}"
        if not os.path.exists(export):
            used(SCRIPT, "catalogue", "export", "--catalogue", mission, export)
        places = {name: export for name in ENGINES if name != POSTGRES}
        yield from side(mission, places, years, scratch, options.rounds(LONG))
        yield collected("Growth", growth(mission, years, options.rounds(ROUNDS)))
        mission = simulated(folder, less)
        with postgres_server(scratch) as address:
            used(SCRIPT, "catalogue", "export", "--catalogue", mission, "--to", "postgres", address)
            yield from side(mission, {POSTGRES: address}, less, scratch, options.rounds(ROUNDS))


if __name__ == "__main__":
    program("engines", __doc__, tables, ("edexql", "numpy", "duckdb", "pyarrow"))
