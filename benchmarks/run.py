"""Measure edexql against Lark and against other parsers of boolean expressions, and print Markdown tables.

    python benchmarks/run.py           # print
    python benchmarks/run.py --write   # print, and put the tables into benchmarks/README.md

Runs with the interpreter of an environment that has edexql and benchmarks/requirements.txt (see README.md).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import sysconfig
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import parsers
import texts
from measure import FailedError, Spread, Worker, bare_peak, command, in_turn, ratios, steady

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

README = Path(__file__).resolve().parent / "README.md"
MARKS = ("<!-- begin figures -->\n", "<!-- end figures -->\n")


class Figure(NamedTuple):
    """One row of the table of goals."""

    what: str
    ours: float
    other: str
    theirs: float
    ratio: Spread
    goal: float | None = None

    def cells(self) -> list[str]:
        goal = "" if self.goal is None else f"≤ {self.goal} ×"
        spread = f"{self.ratio.middle:.2f} × ({self.ratio.low:.2f} to {self.ratio.high:.2f})"
        return [self.what, time(self.ours), f"{self.other} {time(self.theirs)}", spread, goal, self.met()]

    def met(self) -> str:
        if self.goal is None:
            return ""
        return "yes" if self.ratio.middle <= self.goal else "**no**"


def start_up() -> Iterable[Figure]:
    """Whole processes: the console script, and what importing costs."""
    script = str(Path(sysconfig.get_path("scripts")) / "edexql")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.edq"
        path.write_text(texts.SEED)
        actions = {"": command(sys.executable, "-c", "pass"), "script": command(script, "compile", str(path))}
        for module in dict.fromkeys(parsers.MODULES.values()):
            actions[module] = command(sys.executable, "-c", f"import {module}")
        found = in_turn(actions, 40)
    names = {"script": "`edexql compile FILE`"}
    for name, values in list(found.items())[1:]:
        what = names.get(name, f"`import {name}`")
        yield figure(what, values, "`python -c pass`", found[""], 3 if name == "script" else None)


def first_parse() -> Iterable[Figure]:
    """A small program in a fresh process: library imported, parser made ready, program parsed."""

    def fresh(library: str) -> Callable[[], float]:
        def action() -> float:
            worker = Worker(library, texts.SEED)
            worker.close()
            firsts[library].append(worker.first)
            return worker.imported + worker.first

        return action

    libraries = ("edexql", "lark", "edexql_compile")
    firsts: dict[str, list[float]] = {name: [] for name in libraries}
    found = in_turn({name: fresh(name) for name in libraries}, 25)
    kept = {name: values[1:] for name, values in firsts.items()}
    yield figure("small, first `parse` after the import", kept["edexql"], "Lark build, parse", kept["lark"], 0.5)
    yield figure("small, first `compile` after the import", kept["edexql_compile"], "the same", kept["lark"])
    yield figure("small, import and first `parse`", found["edexql"], "Lark import, build, parse", found["lark"], 0.5)
    yield figure("small, import and first `compile`", found["edexql_compile"], "the same", found["lark"])


def against_lark() -> Iterable[Figure]:
    """Later parses of one text: edexql, and Lark's inline LALR on the same grammar."""
    many = texts.MANY
    cases = [
        ("small", texts.SEED, 0.5),
        ("100,000 numbers", texts.numbers(many), 0.5),
        ("100,000 constraints in place", texts.constraints(many), 0.5),
        ("100,000 brackets deep", texts.brackets(many), None),
        ("100,000 date periods", texts.dates(many), None),
    ]
    for what, text, goal in cases:
        workers = {name: Worker(name, text) for name in ("edexql", "lark", "edexql_compile")}
        found = steady(workers)
        for worker in workers.values():
            worker.close()
        yield figure(f"{what}, `parse`", found["edexql"], "Lark", found["lark"], goal)
        yield figure(f"{what}, `compile`", found["edexql_compile"], "Lark `parse`", found["lark"])


def memory() -> Iterable[list[str]]:
    """The peak above a bare interpreter, of the process that imports, reads and parses or compiles."""
    bare = median(bare_peak() for _ in range(5))

    def above(library: str, text: str) -> float:
        worker = Worker(library, text)
        peak = worker.peak()
        worker.close()
        return (peak - bare) / 1000

    cases = [
        ("small", texts.SEED, ""),
        ("100,000 numbers", texts.numbers(texts.MANY), "40 MB"),
        ("100,000 constraints in place", texts.constraints(texts.MANY), "40 MB"),
        ("100,000 brackets deep", texts.brackets(texts.MANY), ""),
        ("100,000 date periods", texts.dates(texts.MANY), ""),
    ]
    for what, text, goal in cases:
        used = [median(above(name, text) for _ in range(3)) for name in ("edexql", "edexql_compile", "lark")]
        met = goal and " / ".join("yes" if u < 40 else "**no**" for u in used[:2])
        yield [what, *(f"{u:.1f} MB" for u in used), goal and f"< {goal}", met]


def side_by_side() -> Iterable[list[str]]:
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
        for name, syntax in texts.SYNTAXES.items():
            try:
                workers[name] = Worker(name, text(syntax))
            except FailedError as failure:
                cells[name] = str(failure)
        found = steady(workers)
        for name, worker in workers.items():
            worker.close()
            pace = median(found[name]) / median(found["edexql"])
            cells[name] = time(median(found[name])) + ("" if name == "edexql" else f" ({pace:.2g} ×)")
        yield [what, *(cells[name] for name in texts.SYNTAXES)]


def figure(what: str, ours: Sequence[float], other: str, theirs: Sequence[float], goal: float | None = None) -> Figure:
    return Figure(what, median(ours), other, median(theirs), ratios(ours, theirs), goal)


def time(seconds: float) -> str:
    unit, size = next((u for u in (("s", 1.0), ("ms", 1e-3)) if seconds >= u[1]), ("µs", 1e-6))
    value = seconds / size
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head)]
    for row in rows:
        print(*row, sep=" | ", file=sys.stderr, flush=True)
        lines.append(list(row))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def figures() -> str:
    versions = ", ".join(f"{name} {version}" for name, version in parsers.versions().items())
    sources: tuple[Callable[[], Iterable[Figure]], ...] = (start_up, first_parse, against_lark)
    goals = table(
        ["", "edexql", "against", "ratio (quartiles)", "goal", "met"],
        (row.cells() for source in sources for row in source()),
    )
    room = table(["peak above the bare interpreter", "`parse`", "`compile`", "Lark `parse`", "goal", "met"], memory())
    peers = table(["", *texts.SYNTAXES], side_by_side())
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    return (
        f"{machine}; {versions}.\n\n### Time\n\n{goals}\n### Memory\n\n{room}\n"
        f"### Side by side\n\nIn brackets: how many times as long as edexql.\n\n{peers}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    write = parser.parse_args().write
    found = figures()
    print(found)
    if write:
        before, _, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
        _, _, after = rest.partition(MARKS[1])
        README.write_text(f"{before}{MARKS[0]}{found}{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
