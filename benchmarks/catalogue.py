"""Measure the embedded catalogue on a synthetic mission of 12 years, and print Markdown tables.

    python benchmarks/catalogue.py                   # print
    python benchmarks/catalogue.py --write           # print, and put the tables into benchmarks/README.md
    python benchmarks/catalogue.py --folder FOLDER   # keep the mission in FOLDER/mission, or take the one that is there
    python benchmarks/catalogue.py --quick           # a mission of one year, three rounds

Runs with the interpreter of an environment that has edexql and duckdb, under Linux; needs 20 GB of disk for the
time of it, and 12 GB of memory that nobody else uses, or the disk is what is measured.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from itertools import chain
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import duckdb_programs
import numpy as np
import questions
from children import python, used
from figures import Row, collected, program, ratio, rounded, row
from measure import Spread, in_turn

from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.intervals import Intervals
from edexql.catalogue.orbit.interpolation import positions_at
from edexql.catalogue.simulate.orbit import earth_fixed, mission
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.index import ORBIT, derived_name
from edexql.model.spacecraft import NO_SATELLITE
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from figures import Options, Table

    from edexql.catalogue.store.catalogue import Catalogue

HERE = Path(__file__).resolve().parent
SEED = 1
SCRIPT = str(Path(sysconfig.get_path("scripts")) / "edexql")
ROUNDS = 15
DAYS, DAY = 5, 86400
MEMORY = 1500.0


def scans(catalogue: Catalogue, duck: duckdb_programs.Duck, rounds: int) -> Iterable[Row]:
    """Times of two constraints, and of the same with Kp."""
    vocabulary, columns = load(), questions.columns(catalogue)
    for what, text, found, most, least in (
        ("two constraints, 12 years", questions.TWO, duck.two(), 1.0, 15),
        ("two constraints and Kp ≥ 6", questions.WITH_KP, duck.with_kp(), 0.3, None),
    ):
        query = questions.asked(text)
        answer = times(query, catalogue, vocabulary)
        assert answer.yes == found.answer
        assert answer.yes.within(*questions.extent(catalogue)) == answer.may.within(*questions.extent(catalogue))
        actions: dict[str, Callable[[], Any]] = {
            "read": lambda: questions.read(columns),
            "ours": lambda query=query: times(query, catalogue, vocabulary),
            "duck": found.run,
        }
        if text == questions.TWO:
            assert questions.full_scan(catalogue) == answer.yes
            actions["numpy"] = lambda: questions.full_scan(catalogue)
        spent = costs(actions, rounds)
        size = f"{len(answer.yes):,} intervals, {answer.yes.seconds:,} s"
        yield ratio(what, spent["ours"], f"B, both columns read once ({size})", spent["read"], most)
        if "numpy" in spent:
            numpy = "NumPy, all values compared"
            yield ratio(f"{what}, beside NumPy", spent["ours"], numpy, spent["numpy"], least=True)
        yield ratio(f"{what}, beside DuckDB", spent["ours"], found.name, spent["duck"], least, least=True)


def files(catalogue: Catalogue, duck: duckdb_programs.Duck, rounds: int) -> Iterable[Row]:
    """Names of the files of five constraints, from the query and from its text."""
    vocabulary = load()
    arrays = [*questions.columns(catalogue), *questions.more_columns(catalogue)]
    starts = questions.periods(*questions.extent(catalogue))
    query, text, found = questions.five(starts), questions.five_text(starts), duck.five()
    names = evaluate(query, catalogue, vocabulary).files.names
    assert names == found.answer
    assert names == evaluate(questions.asked(text), catalogue, vocabulary).files.names
    spent = costs(
        {
            "read": lambda: questions.read(arrays),
            "ours": lambda: evaluate(query, catalogue, vocabulary).files.names,
            "duck": found.run,
        },
        rounds,
    )
    what = f"five constraints, {len(query.constraints) - 4:,} periods"
    yield ratio(what, spent["ours"], f"their columns read once ({len(names):,} files)", spent["read"], 3)
    yield ratio(f"{what}, beside DuckDB", spent["ours"], found.name, spent["duck"], 15, least=True)
    read = costs({"text": lambda: questions.asked(text), "ours": lambda: evaluate(query, catalogue, vocabulary)}, 3)
    whole = [a + b for a, b in zip(read["text"], read["ours"], strict=True)]
    yield ratio(f"{what}, from its text to the names of files", whole, "from the query", read["ours"], 40)


def algebra(rounds: int) -> Iterable[Row]:
    """Sets of a million intervals each."""

    def some(seed: int) -> Intervals:
        edges = np.cumsum(np.random.default_rng(seed).integers(1, 600, 2 * 10**6))
        return Intervals(edges[::2].copy(), edges[1::2].copy())

    one, other = some(1), some(2)
    both = (one.starts, one.ends, other.starts, other.ends)
    spent = costs(
        {
            "copy": lambda: [array.copy() for array in both],
            "copy of one": lambda: [array.copy() for array in both[:2]],
            "intersection": lambda: one & other,
            "union": lambda: one | other,
            "difference": lambda: one - other,
            "complement": lambda: ~one,
        },
        rounds,
    )
    for name in ("intersection", "union", "difference", "complement"):
        copy, what = ("copy of one", "of 10⁶") if name == "complement" else ("copy", "of 10⁶ with 10⁶")
        yield ratio(f"{name} {what} intervals", spent[name], "the arrays copied", spent[copy], 15)


def orbit(catalogue: Catalogue) -> Iterable[Row]:
    """How large the orbit is, and how far from that of the simulation."""
    path, _ = catalogue.manifest.derived[derived_name(ORBIT, catalogue.satellite or NO_SATELLITE)]
    size = (Path(catalogue.folder) / path).stat().st_size / 1e6
    yield Row("orbit of 12 years on disk", rounded(size), "MB", goal=40)
    assert catalogue.orbit is not None
    chance, errors = np.random.default_rng(3), []
    start, end = questions.extent(catalogue)
    seconds = np.sort(chance.integers(start, end - 60, 10**6))
    for knots, window in catalogue.orbit.positions(catalogue.orbit.covered):
        here = seconds[window.meets(seconds, seconds + 1)]
        away = positions_at(knots, here) - earth_fixed(mission(SEED), here.astype(np.float64))
        errors.append(np.sqrt((away**2).sum(axis=1)))
    error = np.concatenate(errors)
    assert len(error) == len(seconds)
    typical = f"median {np.median(error):.2f} m, 99 % {np.quantile(error, 0.99):.2f} m"
    yield Row("position at a million seconds, worst", rounded(error.max()), "m", other=typical, goal=2)


def ingest(folder: str) -> Iterable[Row]:
    """The whole command, on ephemeris text as the archive has it."""
    sys.path.insert(0, str(HERE.parent / "tests" / "support"))
    from archive_samples import ephemeris_text, seconds

    paths = []
    for day in range(DAYS):
        path = Path(folder) / f"CAS_ephemeris_{20151101 + day}_000000_235959.txt"
        path.write_text(ephemeris_text(seconds("2015-11-01") + day * DAY, DAY))
        paths.append(str(path))
    found = [used(SCRIPT, "catalogue", "ingest", "-q", "--catalogue", f"{folder}/i{n}", *paths) for n in range(5)]
    rates = Spread.of([DAYS * DAY / one.cpu for one in found])
    what = f"`catalogue ingest` of {DAYS * DAY:,} lines"
    yield row(what, rates, "lines a CPU second", 200_000, least=True)
    yield memory("`catalogue ingest` of them", max(one.memory for one in found))


def memories(folder: str) -> Iterable[Row]:
    """The peak of memory that is not mapped files, of processes that ask one question."""
    program = "import questions; questions.answer(sys.argv[1], sys.argv[2])"
    for which, what in (
        ("two", "two constraints"),
        ("kp", "two constraints and Kp ≥ 6"),
        ("five", "five constraints"),
        ("text", "five constraints from their text"),
    ):
        yield memory(what, max(used(*python(program, folder, which)).memory for _ in range(3)))


def simulate(folder: str, years: int) -> Iterable[Row]:
    spent = used(SCRIPT, "catalogue", "simulate", "-q", "--catalogue", folder, "--years", str(years))
    yield memory(f"`catalogue simulate --years {years}`", spent.memory)._replace(other=f"{spent.cpu:.0f} CPU s")


def memory(what: str, peak: float) -> Row:
    return Row(f"memory of {what}", rounded(peak), "MB", goal=MEMORY)


def costs(actions: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of actions in this process, all its threads, round by round."""

    def timed(action: Callable[[], Any]) -> Callable[[], float]:
        def run() -> float:
            begin = process_time()
            action()
            return process_time() - begin

        return run

    return in_turn({name: timed(action) for name, action in actions.items()}, rounds)


def made(folder: str, years: int) -> None:
    """Raise unless a folder has the mission that is measured."""
    with open_catalogue(folder) as catalogue:
        paths = [path for _, path, *_ in catalogue.sources()]
    wanted = f"edexql catalogue simulate --years {years} --seed {SEED} --density 1"
    if paths != [wanted]:
        raise SystemExit(f"{folder} is not what `{wanted}` makes")


def tables(options: Options) -> Iterable[Table]:
    years = 1 if options.quick else 12
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = f"{options.folder or scratch}/mission"
        # Made anew in any case, for the memory that it takes.
        made_in = f"{scratch}/anew" if os.path.exists(f"{folder}/catalogue.sqlite") else folder
        others = collected("Memory, size and pace", chain(simulate(made_in, years), ingest(scratch), memories(folder)))
        made(folder, years)
        with open_catalogue(folder) as catalogue:
            others = others._replace(rows=(*others.rows, *collected("", orbit(catalogue)).rows))
            start, end = questions.extent(catalogue)
            duck = duckdb_programs.Duck(f"{scratch}/samples.duckdb", catalogue, questions.periods(start, end))
            rounds, many = options.rounds(ROUNDS), options.rounds(25)
            sources = (scans(catalogue, duck, rounds), files(catalogue, duck, rounds), algebra(many))
            note = f"{end - start:,} seconds, {catalogue.files:,} files."
            yield collected("CPU time", chain.from_iterable(sources), note)
            duck.close()
        yield others


if __name__ == "__main__":
    program("catalogue", __doc__, tables, ("edexql", "numpy", "duckdb"))
