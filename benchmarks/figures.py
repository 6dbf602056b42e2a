"""Figures as data: rows with their goals, the file of each version, and the tables of README.md that are made from it.

`figures/VERSION.json` has the figures of one version, part by part; a part is what one benchmark measures. A benchmark
is a module with `tables`, which gives its tables; `program` makes a command of it, with the options that all have.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from measure import Spread, duration, ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"
FOLDER = HERE / "figures"
CHANGELOG = HERE.parent / "CHANGELOG.md"
# The parts in the order in which they are measured.
PARTS = ("start_up", "run", "catalogue", "serve_load", "repl", "download", "analysis", "workbench", "engines", "scale")
# Those of which single cases can be measured.
CASES = ("run", "download")


class Row(NamedTuple):
    """One figure: a ratio, or a value with a unit, and what it should be.

    `ours` and `other` say what was measured, as text; `wall` is the ratio of wall times where `value` is one of
    processor times. The goal is an upper bound, or a lower one where `least`.
    """

    what: str
    value: float
    unit: str = "×"
    low: float | None = None
    high: float | None = None
    ours: str = ""
    other: str = ""
    wall: float | None = None
    goal: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal


class Table(NamedTuple):
    """Rows under a title, or cells under a head where they are there only to be known."""

    title: str
    rows: tuple[Row, ...] = ()
    head: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    note: str = ""


class Part(NamedTuple):
    """What one benchmark measured, with what, and on which machine."""

    command: str
    machine: str
    tables: tuple[Table, ...]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Part:
        tables = [
            Table(
                one["title"],
                tuple(Row(**row) for row in one.get("rows", ())),
                tuple(one.get("head", ())),
                tuple(map(tuple, one.get("cells", ()))),
                one.get("note", ""),
            )
            for one in data["tables"]
        ]
        return cls(data["command"], data["machine"], tuple(tables))

    def data(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        defaults = Row._field_defaults
        tables = []
        for table in self.tables:
            data = {name: value for name, value in table._asdict().items() if value or name == "title"}
            if table.rows:
                data["rows"] = [
                    {name: value for name, value in row._asdict().items() if value != defaults.get(name, "")}
                    for row in table.rows
                ]
            tables.append(data)
        return {"command": self.command, "machine": self.machine, "tables": tables}


# Rows


def ratio(
    what: str,
    ours: Sequence[float],
    other: str,
    theirs: Sequence[float],
    goal: float | None = None,
    *,
    least: bool = False,
    wall: float | None = None,
) -> Row:
    """The ratio of neighbouring repetitions, in seconds; of theirs to ours where more is better."""
    spread = ratios(theirs, ours) if least else ratios(ours, theirs)
    shown = duration(median(ours)), f"{other} {duration(median(theirs))}"
    return row(what, spread, "×", goal, ours=shown[0], other=shown[1], least=least, wall=wall)


def row(
    what: str, spread: Spread, unit: str, goal: float | None = None, *, wall: float | None = None, **more: Any
) -> Row:
    """A figure with its quartiles."""
    low, middle, high = map(rounded, spread)
    clock = None if wall is None else rounded(wall)
    return Row(what, middle, unit, low, high, goal=goal, wall=clock, **more)


def rounded(value: float) -> float:
    return float(f"{value:.4g}")


def collected(title: str, rows: Iterable[Row], note: str = "") -> Table:
    """A table of rows; each is shown on standard error as soon as it is there."""
    kept = []
    for one in rows:
        progress(one.what, number(one.value, one.unit), one.ours, one.other)
        kept.append(one)
    return Table(title, tuple(kept), note=note)


def listed(title: str, head: Sequence[str], lines: Iterable[Sequence[str]], note: str = "") -> Table:
    """A table of cells, shown in the same way."""
    kept = []
    for line in lines:
        progress(*line)
        kept.append(tuple(line))
    return Table(title, (), tuple(head), tuple(kept), note)


def progress(*words: str) -> None:
    print(*(word for word in words if word), sep=" | ", file=sys.stderr, flush=True)


# Tables as Markdown


def number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{text} {unit}"


def markdown(table: Table, last: dict[str, Row], release: str) -> str:
    """A table, with the value of the last release beside each row that it had; `release` is its name, or empty."""
    title = f"### {table.title}\n\n" if table.title else ""
    note = f"\n{table.note}\n" if table.note else ""
    if table.head:
        return f"{title}{grid(table.head, table.cells)}{note}"
    columns: dict[str, list[str]] = {
        "": [one.what for one in table.rows],
        "edexql": [one.ours for one in table.rows],
        "against": [one.other for one in table.rows],
        "figure (quartiles)": [number(one.value, one.unit) + quartiles(one) for one in table.rows],
        "wall time": ["" if one.wall is None else number(one.wall, "×") for one in table.rows],
        "goal": [goal(one) for one in table.rows],
        "met": [{None: "", True: "yes", False: "**no**"}[one.met] for one in table.rows],
    }
    if release:
        was = [last.get(one.what) for one in table.rows]
        columns[release] = ["" if one is None else number(one.value, one.unit) for one in was]
    shown = {name: cells for name, cells in columns.items() if not name or any(cells)}
    return f"{title}{grid(list(shown), zip(*shown.values(), strict=True))}{note}"


def quartiles(one: Row) -> str:
    if one.low is None or one.high is None:
        return ""
    low, high = (number(value, "").rstrip() for value in (one.low, one.high))
    return f" ({low} to {high})"


def goal(one: Row) -> str:
    if one.goal is None:
        return ""
    return f"{'≥' if one.least else '≤'} {one.goal:,g} {one.unit}"


def grid(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, ["---"] * len(head), *lines))


def section(part: Part, last: dict[str, Row], release: str, version: str) -> str:
    """What stands between the marks of a part in README.md."""
    tables = "\n".join(markdown(table, last, release) for table in part.tables)
    return f"Version {version}. {part.machine}\nMade by `{part.command}`.\n\n{tables}"


# The files of versions


def versions() -> list[str]:
    """The versions that have figures, in order."""
    return sorted((path.stem for path in FOLDER.glob("*.json")), key=_order)


def current() -> str:
    """The version in work: the first of the changelog."""
    found = re.search(r"^## (\d+(?:\.\d+)*)", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert found
    return found[1]


def before(version: str) -> str:
    """The version with figures before one; empty where there is none."""
    return next((one for one in reversed(versions()) if _order(one) < _order(version)), "")


def load(version: str) -> dict[str, Part]:
    """The parts of a version; none where it has no figures."""
    path = FOLDER / f"{version}.json"
    if not path.exists():
        return {}
    return {name: Part.read(data) for name, data in json.loads(path.read_text("utf-8"))["parts"].items()}


def store(version: str, parts: dict[str, Part]) -> None:
    FOLDER.mkdir(exist_ok=True)
    data = {"version": version, "parts": {name: parts[name].data() for name in PARTS if name in parts}}
    (FOLDER / f"{version}.json").write_text(f"{json.dumps(data, indent=1, ensure_ascii=False)}\n", "utf-8")


def rows(parts: dict[str, Part]) -> dict[str, Row]:
    return {one.what: one for part in parts.values() for table in part.tables for one in table.rows}


def rendered(page: str) -> str:
    """A page with the tables of the newest figures of each part between its marks."""
    for name in PARTS:
        for version in reversed(versions()):
            part = load(version).get(name)
            if part is None:
                continue
            release = before(version)
            last = rows(load(release))
            begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
            head, mark, rest = page.partition(begin)
            if mark:
                page = f"{head}{begin}{section(part, last, release, version)}{end}{rest.partition(end)[2]}"
            break
    return page


def write(parts: dict[str, Part]) -> None:
    """Keep parts as figures of the version in work, and render the page from them."""
    version = current()
    store(version, load(version) | parts)
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


# Programs


class Options(NamedTuple):
    """What a benchmark is asked for: few rounds, a folder for what is large, and the text in names of cases."""

    quick: bool
    folder: str | None
    only: str = ""

    def rounds(self, count: int) -> int:
        return min(count, 3) if self.quick else count


def machine(*packages: str) -> str:
    """The machine in a line, with the versions of packages."""
    from importlib.metadata import PackageNotFoundError, version

    versions = ""
    for name in packages:
        with suppress(PackageNotFoundError):
            versions += f"; {name} {version(name)}"
    return f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}{versions}."


def program(
    name: str, doc: str | None, tables: Callable[[Options], Iterable[Table]], packages: Sequence[str] = ()
) -> None:
    """Run a benchmark as a command."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few rounds only, to see that it works; writes nothing")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the tables of README.md")
    parser.add_argument("--json", metavar="FILE", help="write the figures to a file")
    parser.add_argument("--folder", help="where large files are put meanwhile")
    if name in CASES:
        parser.add_argument("--only", default="", metavar="TEXT", help="the cases with this text; writes nothing")
    given = parser.parse_args()
    options = Options(given.quick, given.folder, getattr(given, "only", ""))
    found = tuple(tables(options))
    command = f"python benchmarks/{name}.py --write"
    part = Part(command, machine(*packages), found)
    if given.json:
        Path(given.json).write_text(json.dumps(part.data()), "utf-8")
    else:
        release = before(current())
        print(section(part, rows(load(release)), release, current()))
    if given.write and not (options.quick or options.only):
        write({name: part})
