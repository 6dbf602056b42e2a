"""Measure whole commands against a bare Python: what their start takes, with the launcher that pip writes and without.

    python benchmarks/start_up.py           # print
    python benchmarks/start_up.py --write   # print, and put the table into benchmarks/README.md

Runs with the interpreter of an environment that has edexql, under Linux. All figures are CPU seconds of processes,
which are run in turn; the ratio of wall times stands beside them.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import texts
from children import Used, command
from figures import Row, collected, program, row
from measure import Spread, duration, in_turn, ratios

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from figures import Options, Table

ROUNDS = 120
SCRIPT = Path(sysconfig.get_path("scripts")) / "edexql"
FETCH = ("fetch", "--local", "-e", texts.TUTORIAL)
BARE, LAUNCHER, NUMPY = "`python -c pass`", "launcher alone", "`import numpy`"


def launcher(folder: Path) -> str:
    """A console script as pip wrote that of edexql, of a module that does nothing."""
    (folder / "nothing.py").write_text("def main():\n    pass\n")
    path = folder / "nothing"
    path.write_text(SCRIPT.read_text().replace("edexql.cli", "nothing"))
    path.chmod(0o755)
    return str(path)


def commands(folder: Path, rounds: int) -> Iterable[Row]:
    """Rows of one set of rounds."""
    script, path = str(SCRIPT), str(folder / "seed.edq")
    Path(path).write_text(texts.SEED)
    (folder / "state").mkdir()
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "EDEXQL_STATE": str(folder / "state")}
    words = {
        BARE: (sys.executable, "-c", "pass"),
        LAUNCHER: (launcher(folder),),
        "compile": (script, "compile", path),
        "check": (script, "check", path),
        "-m compile": (sys.executable, "-m", "edexql", "compile", path),
        "fmt": (script, "fmt", path),
        "explain": (script, "explain", path),
        "fetch": (script, *FETCH),
        NUMPY: (sys.executable, "-c", "import numpy"),
        "import": (sys.executable, "-c", "import edexql"),
    }
    used = in_turn({name: command(*given) for name, given in words.items()}, rounds)

    yield whole("launcher of pip alone: a console script that does nothing", used, LAUNCHER)
    for name in ("compile", "check"):
        yield whole(f"`edexql {name} FILE`", used, name, 2.3)
        yield part(f"`edexql {name} FILE`, our own part", used, name, LAUNCHER, 0.7)
    yield whole("`python -m edexql compile FILE`", used, "-m compile", 2.0)
    yield whole("`edexql fmt FILE`", used, "fmt", 2.6)
    yield whole("`edexql explain FILE`", used, "explain", 2.6)
    yield part(f"`edexql fetch --local` on the sample, cold, less {NUMPY}", used, "fetch", NUMPY, 1.5)
    yield whole("`edexql fetch --local` on the sample, cold", used, "fetch", other=NUMPY)
    yield whole("`import edexql`", used, "import", 1.05)


def whole(
    what: str, used: Mapping[str, Sequence[Used]], name: str, goal: float | None = None, other: str = BARE
) -> Row:
    """A command against another."""
    cpu, wall = (ratios(ours, theirs) for ours, theirs in zip(times(used[name]), times(used[other]), strict=True))
    yardstick = f"{other} {duration(median(times(used[other])[0]))}"
    return row(what, cpu, "×", goal, ours=duration(median(times(used[name])[0])), other=yardstick, wall=wall.middle)


def part(what: str, used: Mapping[str, Sequence[Used]], name: str, less: str, goal: float) -> Row:
    """What a command takes beyond another, in units of a bare start."""
    cpu, wall = (
        [a - b for a, b in zip(ours, theirs, strict=True)]
        for ours, theirs in zip(times(used[name]), times(used[less]), strict=True)
    )
    bare = [median(one) for one in times(used[BARE])]
    spread = Spread.of([one / bare[0] for one in cpu])
    yardstick = f"{BARE} {duration(bare[0])}"
    return row(what, spread, "×", goal, ours=duration(median(cpu)), other=yardstick, wall=median(wall) / bare[1])


def times(used: Sequence[Used]) -> tuple[list[float], list[float]]:
    """CPU seconds and seconds of the clock."""
    return [one.cpu for one in used], [one.wall for one in used]


def tables(options: Options) -> Iterable[Table]:
    with tempfile.TemporaryDirectory() as folder:
        yield collected("", commands(Path(folder), options.rounds(ROUNDS)))


if __name__ == "__main__":
    program("start_up", __doc__, tables)
