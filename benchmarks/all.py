"""Run every benchmark in turn, say how busy the machine was, and compare with the figures of the last release.

    python benchmarks/all.py                 # measure and print
    python benchmarks/all.py --write         # also keep the figures, and write the tables of benchmarks/README.md
    python benchmarks/all.py --only run      # one part; more than once for more
    python benchmarks/all.py --quick         # a few rounds only, to see that all of them work; writes nothing

Runs with the interpreter of an environment that has edexql and benchmarks/requirements.txt (see README.md). Each part
is a process of its own; what it says on the way is on standard error. A part that fails is named at the end, and the
exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import figures


class Usage(NamedTuple):
    """Seconds of the processors since the system started, busy and in all, and those of our children."""

    busy: float
    total: float
    ours: float

    @classmethod
    def now(cls) -> Usage:
        with open("/proc/stat") as file:
            ticks = [int(word) / os.sysconf("SC_CLK_TCK") for word in file.readline().split()[1:9]]
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Idle, and waiting for the disk.
        return cls(sum(ticks) - ticks[3] - ticks[4], sum(ticks), used.ru_utime + used.ru_stime)

    def others(self, before: Usage) -> float:
        """The share of all processors that other processes have had since then."""
        busy = self.busy - before.busy - (self.ours - before.ours)
        return max(0.0, busy) / max(self.total - before.total, 1e-9)


class Measured(NamedTuple):
    """A part, or None where it failed; the share of other processes while it ran, and how long it took."""

    part: figures.Part | None
    others: float
    seconds: float


def measured(name: str, scratch: Path, *options: str) -> Measured:
    path, before, begin = scratch / f"{name}.json", Usage.now(), time.monotonic()
    loads = [os.getloadavg()[0]]
    words = [sys.executable, str(figures.HERE / f"{name}.py"), "--json", str(path), *options]
    code = subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode
    loads.append(os.getloadavg()[0])
    others, seconds = Usage.now().others(before), time.monotonic() - begin
    if code or not path.exists():
        return Measured(None, others, seconds)
    part = figures.Part.read(json.loads(path.read_text("utf-8")))
    state = f"Other processes had {others:.0%} of the processors, the load went from {loads[0]:.1f} to {loads[1]:.1f}."
    return Measured(part._replace(machine=f"{part.machine} {state}"), others, seconds)


def compared(parts: dict[str, figures.Part]) -> str:
    """The goals, and beside them what the last release had."""
    release = figures.before(figures.current())
    last = figures.rows(figures.load(release))
    lines = []
    for one in figures.rows(parts).values():
        was = last.get(one.what)
        if one.goal is None and was is None:
            continue
        change = "" if was is None or not was.value else f"{one.value / was.value - 1:+.0%}"
        values = ("" if was is None else figures.number(was.value, was.unit), figures.number(one.value, one.unit))
        lines.append((one.what, *values, change, figures.goal(one), {None: "", True: "yes", False: "no"}[one.met]))
    return figures.grid(("", release, figures.current(), "change", "goal", "met"), lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", metavar="NAME", action="append", choices=figures.PARTS, help=", ".join(figures.PARTS))
    parser.add_argument("--quick", action="store_true", help="a few rounds only; writes nothing")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the tables of README.md")
    parser.add_argument("--folder", help="where large files are put meanwhile (20 GB)")
    given = parser.parse_args()
    options = [*(["--quick"] if given.quick else []), *(["--folder", given.folder] if given.folder else [])]
    parts: dict[str, figures.Part] = {}
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in given.only or figures.PARTS:
            figures.progress(f"== {name}")
            done = measured(name, Path(scratch), *options)
            figures.progress(f"== {name}: {done.seconds:.0f} s, {done.others:.0%} of the processors went to others")
            if done.part is None:
                failed.append(name)
            else:
                parts[name] = done.part
                if given.write and not given.quick:
                    figures.write({name: done.part})
    for name, part in parts.items():
        print(f"{name}: {part.machine}")
    print(f"\n{compared(parts)}")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
