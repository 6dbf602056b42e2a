"""Measure edexql against Lark and against other parsers of boolean expressions, and print Markdown tables.

    python benchmarks/run.py           # print
    python benchmarks/run.py --write   # print, and put the tables into benchmarks/README.md

All times are CPU seconds. Runs with the interpreter of an environment that has edexql and benchmarks/requirements.txt
(see README.md).
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import parsers
import texts
from children import command
from figures import Row, collected, listed, program, ratio, row
from measure import FailedError, Spread, Worker, bare_peak, duration, in_turn, steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from figures import Options, Table


class Pace(NamedTuple):
    """About how many seconds the repetitions of one text may take, and the fewest of them."""

    seconds: float = 30.0
    least: int = 5


def installed() -> dict[str, texts.Syntax]:
    """The libraries that are there, and their syntaxes."""
    syntaxes = texts.SYNTAXES.items()
    return {name: one for name, one in syntaxes if find_spec(parsers.MODULES[name].partition(".")[0])}


def imports(rounds: int) -> Iterable[Row]:
    """What importing costs: CPU seconds of whole processes."""
    modules = [parsers.MODULES[name] for name in installed() if name != "edexql"]
    words = {"": "pass"} | {module: f"import {module}" for module in modules}
    used = in_turn({name: command(sys.executable, "-c", one) for name, one in words.items()}, rounds)
    cpu = {name: [one.cpu for one in found] for name, found in used.items()}
    for module in modules:
        yield ratio(f"`import {module}`", cpu[module], "`python -c pass`", cpu[""])


def first_parse(rounds: int) -> Iterable[Row]:
    """A small program in a fresh process: library imported, parser made ready, program parsed."""

    def fresh(library: str) -> Callable[[], tuple[float, float]]:
        def action() -> tuple[float, float]:
            worker = Worker(library, texts.SEED)
            worker.close()
            return worker.first, worker.imported + worker.first

        return action

    found = in_turn({name: fresh(name) for name in ("edexql", "lark", "edexql_compile")}, rounds)
    first = {name: [one for one, _ in values] for name, values in found.items()}
    both = {name: [one for _, one in values] for name, values in found.items()}
    yield ratio("small, first `parse` after the import", first["edexql"], "Lark build, parse", first["lark"], 0.5)
    yield ratio("small, first `compile` after the import", first["edexql_compile"], "the same", first["lark"])
    yield ratio("small, import and first `parse`", both["edexql"], "Lark import, build, parse", both["lark"], 0.5)
    yield ratio("small, import and first `compile`", both["edexql_compile"], "the same", both["lark"])


def small() -> Iterable[Row]:
    """Later parses of a small text."""
    workers = {name: Worker(name, texts.SEED) for name in ("edexql", "lark", "edexql_compile")}
    found = steady(workers)
    for worker in workers.values():
        worker.close()
    yield ratio("small, `parse`", found["edexql"], "Lark", found["lark"], 0.3)
    yield ratio("small, `compile`", found["edexql_compile"], "Lark `parse`", found["lark"], 1.5)


class Case(NamedTuple):
    """A long text by its number of parts; goals of `parse` and `compile` as times of Lark's, and of memory in MB."""

    what: str
    text: Callable[[int], str]
    parse: float | None = None
    compile: float | None = None
    memory: float | None = None


CASES = (
    Case("100,000 numbers", texts.numbers, 0.5, 0.45, 40),
    Case("100,000 constraints in place", texts.constraints, 0.5, 1.0, 160),
    Case("100,000 different constraints in place", texts.distinct, None, 1.0, 160),
    Case("100,000 brackets deep", texts.brackets),
    Case("100,000 date periods", texts.dates, None, 0.8, 100),
    Case("100,000 periods with clock times", texts.clock_times, None, 1.0, 100),
)


def against_lark(pace: Pace, only: str) -> Iterable[Row]:
    """Later parses of one text: edexql, and Lark's inline LALR on the same grammar; and of a tenth of it."""
    for case in (case for case in CASES if only in case.what):
        text = case.text(texts.MANY)
        workers = {name: Worker(name, text) for name in ("edexql", "lark", "edexql_compile")}
        workers["tenth"] = Worker("edexql_compile", case.text(texts.MANY // 10))
        found = steady(workers, *pace)
        for worker in workers.values():
            worker.close()
        yield ratio(f"{case.what}, `parse`", found["edexql"], "Lark", found["lark"], case.parse)
        yield ratio(f"{case.what}, `compile`", found["edexql_compile"], "Lark `parse`", found["lark"], case.compile)
        goal = None if case.compile is None else 11
        yield ratio(
            f"{case.what}, growth of `compile`", found["edexql_compile"], "a tenth of them", found["tenth"], goal
        )


def memory(rounds: int, only: str) -> Iterable[Row]:
    """The peak above a bare interpreter, of the process that imports, reads and parses or compiles."""
    bare = median(bare_peak() for _ in range(5))

    def above(library: str, text: str) -> Spread:
        peaks = []
        for _ in range(rounds):
            worker = Worker(library, text)
            peaks.append((worker.peak() - bare) / 1000)
            worker.close()
        return Spread.of(peaks)

    for case in (case for case in (Case("small", lambda _: texts.SEED), *CASES) if only in case.what):
        text = case.text(texts.MANY)
        lark = f"Lark `parse` {above('lark', text).middle:.1f} MB"
        for name, library in (("parse", "edexql"), ("compile", "edexql_compile")):
            yield row(f"{case.what}, memory of `{name}`", above(library, text), "MB", case.memory, other=lark)


def side_by_side(pace: Pace) -> Iterable[list[str]]:
    """The same expression in every library's own syntax."""
    cases: list[tuple[str, Callable[[texts.Syntax], str]]] = [
        ("small", texts.small),
        ("1,000 operands", lambda syntax: texts.wide(syntax, 1000)),
        ("100,000 operands", lambda syntax: texts.wide(syntax, texts.MANY)),
        ("1,000 brackets deep", lambda syntax: texts.deep(syntax, 1000)),
        ("100,000 brackets deep", lambda syntax: texts.deep(syntax, texts.MANY)),
        ("100,000 date periods", lambda syntax: texts.periods(syntax, texts.MANY)),
    ]
    for what, text in cases:
        workers: dict[str, Worker] = {}
        cells: dict[str, str] = {}
        for name, syntax in installed().items():
            try:
                workers[name] = Worker(name, text(syntax))
            except FailedError as failure:
                cells[name] = str(failure)
        found = steady(workers, *pace)
        for name, worker in workers.items():
            worker.close()
            times = median(found[name]) / median(found["edexql"])
            cells[name] = duration(median(found[name])) + ("" if name == "edexql" else f" ({times:.2g} ×)")
        yield [what, *(cells[name] for name in installed())]


def tables(options: Options) -> Iterable[Table]:
    pace, only = Pace(1.0, 1) if options.quick else Pace(), options.only
    times = [against_lark(pace, only)]
    if not only:
        times = [imports(options.rounds(40)), first_parse(options.rounds(25)), small(), *times]
    yield collected("Time", chain.from_iterable(times))
    yield collected("Memory", memory(options.rounds(3), only), "Peaks above the bare interpreter.")
    if not only:
        note = "In brackets: how many times as long as edexql."
        yield listed("Side by side", ("", *installed()), side_by_side(pace), note)


if __name__ == "__main__":
    program("run", __doc__, tables, ("edexql", "lark", *parsers.PEERS))
