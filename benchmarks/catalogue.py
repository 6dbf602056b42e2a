"""Measure the embedded catalogue on a made-up mission of 12 years, and print Markdown tables.

    python benchmarks/catalogue.py                      # print
    python benchmarks/catalogue.py --write              # print, and put the tables into benchmarks/README.md
    python benchmarks/catalogue.py --catalogue FOLDER   # keep the mission there, or take the one that is there

Runs with the interpreter of an environment that has edexql and duckdb, under Linux; needs 20 GB of disk for the
time of it, and 12 GB of memory that nobody else uses, or the disk is what is measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import duckdb_programs
import numpy as np
import questions
from children import cpu, python, used
from measure import Spread, in_turn, ratios
from run import table, time

from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.intervals import Intervals
from edexql.catalogue.orbit.interpolation import positions_at
from edexql.catalogue.simulate.orbit import earth_fixed, mission
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from edexql.catalogue.store.catalogue import Catalogue

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
MARKS = ("<!-- begin catalogue -->\n", "<!-- end catalogue -->\n")
YEARS, SEED = 12, 1
MADE_BY = f"edexql catalogue simulate --years {YEARS} --seed {SEED} --density 1"
SCRIPT = str(Path(sysconfig.get_path("scripts")) / "edexql")
ROUNDS = 15
DAYS, DAY = 5, 86400
MEMORY = 1500.0
FETCH = ("fetch", "--local", "-e", "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data")


class Row(NamedTuple):
    """One row of the table of goals; a ratio is of ours to theirs, or theirs to ours where more is better."""

    what: str
    ours: float
    other: str
    theirs: float
    ratio: Spread
    most: float | None = None
    least: float | None = None

    def cells(self) -> list[str]:
        low, middle, high = (_short(value) for value in self.ratio)
        goal = "" if self.most is None else f"≤ {self.most} ×"
        goal = goal if self.least is None else f"≥ {self.least} × less"
        met = "" if not goal else "yes" if self.met() else "**no**"
        return [
            self.what,
            time(self.ours),
            f"{self.other} {time(self.theirs)}",
            f"{middle} × ({low} to {high})",
            goal,
            met,
        ]

    def met(self) -> bool:
        if self.least is not None:
            return self.ratio.middle >= self.least
        return self.most is None or self.ratio.middle <= self.most


def scans(catalogue: Catalogue, duck: duckdb_programs.Duck) -> Iterable[Row]:
    """Times of two constraints, and of the same with Kp."""
    vocabulary, columns = load(), questions.columns(catalogue)
    for what, text, found, most, least in (
        ("two constraints, 12 years", questions.TWO, duck.two(), 1.5, 15),
        ("the same and Kp ≥ 6", questions.WITH_KP, duck.with_kp(), 0.3, None),
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
        spent = costs(actions)
        what = f"{what}: {len(answer.yes):,} intervals, {answer.yes.seconds:,} s"
        yield at_most(what, spent["ours"], "B, both columns read once", spent["read"], most)
        if "numpy" in spent:
            yield at_least("", spent["ours"], "NumPy, all values compared", spent["numpy"])
        yield at_least("", spent["ours"], f"DuckDB, {found.name}", spent["duck"], least)


def files(catalogue: Catalogue, duck: duckdb_programs.Duck) -> Iterable[Row]:
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
        }
    )
    what = f"five constraints, {len(query.constraints) - 4:,} periods: {len(names):,} files"
    yield at_most(what, spent["ours"], "their columns read once", spent["read"], 3)
    yield at_least("", spent["ours"], f"DuckDB, {found.name}", spent["duck"], 15)
    read = costs({"text": lambda: questions.asked(text), "ours": lambda: evaluate(query, catalogue, vocabulary)}, 3)
    whole = [a + b for a, b in zip(read["text"], read["ours"], strict=True)]
    yield at_most("the same from its text", whole, "from the query", read["ours"])


def algebra() -> Iterable[Row]:
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
        25,
    )
    for name in ("intersection", "union", "difference", "complement"):
        copy, what = ("copy of one", "of 10⁶") if name == "complement" else ("copy", "of 10⁶ with 10⁶")
        yield at_most(f"{name} {what} intervals", spent[name], "the arrays copied", spent[copy], 15)


def cold() -> Iterable[Row]:
    spent = in_turn({"ours": cpu(SCRIPT, *FETCH), "numpy": cpu(sys.executable, "-c", "import numpy")}, 25)
    yield at_most("`edexql fetch --local` on the sample, cold", spent["ours"], "`import numpy`", spent["numpy"], 2.5)


def orbit(catalogue: Catalogue) -> Iterable[list[str]]:
    """How large the orbit is, and how far from that of the simulation."""
    path, _ = catalogue.manifest.derived["orbit"]
    size = (Path(catalogue.folder) / path).stat().st_size / 1e6
    yield ["orbit of 12 years on disk", f"{size:.1f} MB", "≤ 40 MB", told(size <= 40)]
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
    shown = f"{error.max():.2f} m ({np.median(error):.2f} m, {np.quantile(error, 0.99):.2f} m)"
    yield ["position at a million seconds, worst (median, 99 %)", shown, "≤ 2 m", told(error.max() <= 2)]


def ingest(folder: str) -> Iterable[list[str]]:
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
    shown = f"{rates.middle:,.0f} ({rates.low:,.0f} to {rates.high:,.0f})"
    goal = "≥ 200,000"
    yield [
        f"`catalogue ingest` of {DAYS * DAY:,} lines, lines a CPU second",
        shown,
        goal,
        told(rates.middle >= 200_000),
    ]
    yield memory("`catalogue ingest` of the same", max(one.memory for one in found))


def memories(folder: str) -> Iterable[list[str]]:
    """The peak of memory that is not mapped files, of processes that ask one question."""
    program = "import questions; questions.answer(sys.argv[1], sys.argv[2])"
    for which, what in (
        ("two", "two constraints"),
        ("kp", "the same and Kp ≥ 6"),
        ("five", "five constraints"),
        ("text", "the same from its text"),
    ):
        yield memory(what, max(used(*python(program, folder, which)).memory for _ in range(3)))


def simulate(folder: str) -> Iterable[list[str]]:
    spent = used(SCRIPT, "catalogue", "simulate", "-q", "--catalogue", folder, "--years", str(YEARS))
    yield memory(f"`catalogue simulate --years {YEARS}` ({spent.cpu:.0f} CPU s)", spent.memory)


def memory(what: str, peak: float) -> list[str]:
    return [f"memory of {what}", f"{peak:.0f} MB", f"< {MEMORY:.0f} MB", told(peak < MEMORY)]


def told(met: bool) -> str:  # noqa: FBT001
    return "yes" if met else "**no**"


def costs(actions: Mapping[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU seconds of actions in this process, all its threads, round by round."""

    def timed(action: Callable[[], Any]) -> Callable[[], float]:
        def run() -> float:
            begin = process_time()
            action()
            return process_time() - begin

        return run

    return in_turn({name: timed(action) for name, action in actions.items()}, rounds)


def at_most(what: str, ours: Sequence[float], other: str, theirs: Sequence[float], goal: float | None = None) -> Row:
    return Row(what, median(ours), other, median(theirs), ratios(ours, theirs), most=goal)


def at_least(what: str, ours: Sequence[float], other: str, theirs: Sequence[float], goal: float | None = None) -> Row:
    return Row(what, median(ours), other, median(theirs), ratios(theirs, ours), least=goal)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2f}"


def made(folder: str) -> None:
    """Raise unless a folder has the mission that is measured."""
    with open_catalogue(folder) as catalogue:
        paths = [path for _, path, *_ in catalogue.sources()]
    if paths != [MADE_BY]:
        raise SystemExit(f"{folder} is not what `{MADE_BY}` makes")


def figures(folder: str, scratch: str) -> str:
    # Made anew in any case, for the memory that it takes.
    there = os.path.exists(f"{folder}/catalogue.sqlite")
    head = ["", "", "goal", "met"]
    made_in = f"{scratch}/anew" if there else folder
    others = table(head, chain(simulate(made_in), ingest(scratch), memories(folder)))
    made(folder)
    with open_catalogue(folder) as catalogue:
        others += table(head, orbit(catalogue)).split("\n", 2)[2]
        duck = duckdb_programs.Duck(
            f"{scratch}/samples.duckdb", catalogue, questions.periods(*questions.extent(catalogue))
        )
        sources = (scans(catalogue, duck), files(catalogue, duck), algebra(), cold())
        goals = table(
            ["", "edexql", "against", "ratio (quartiles)", "goal", "met"],
            (row.cells() for source in sources for row in source),
        )
        duck.close()
        count = catalogue.files
        start, end = questions.extent(catalogue)
    versions = ", ".join(f"{name} {version(name)}" for name in ("edexql", "numpy", "duckdb"))
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}; {versions}"
    load_of_late = os.getloadavg()
    # This run itself is one.
    state = "quiet" if load_of_late[-1] < 1.3 else "shared with other work, not quiet"
    busy = ", ".join(f"{one:.1f}" for one in load_of_late)
    return (
        f"{machine}. {end - start:,} seconds, {count:,} files. The machine was {state}:\n"
        f"its load over the last 1, 5 and 15 minutes was {busy}, this run in it.\n"
        f"Made by `python benchmarks/catalogue.py --write`.\n\n### CPU time\n\n{goals}\n"
        f"### Memory, size and pace\n\n{others}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--catalogue", metavar="FOLDER", help="the mission; made where it is not there")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = figures(options.catalogue or f"{scratch}/mission", scratch)
    print(found)
    if options.write:
        before, _, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
        _, _, after = rest.partition(MARKS[1])
        README.write_text(f"{before}{MARKS[0]}{found}{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
