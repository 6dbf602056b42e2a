"""What it costs to start commands, counted and not timed: modules imported, and instructions executed.

    python tools/startup_cost.py             # compare with tools/startup_cost.json; exit code 1 where something differs
    python tools/startup_cost.py --update    # write what is counted there

It runs with the interpreter of an environment that has edexql[test], under Linux. edexql is installed from this
checkout into an environment of its own, with the packages of startup_constraints.txt, and run with the same variables,
working directory and empty home every time.

*Modules* are what `-X importtime` lists, less those of a bare interpreter; at the prompt, what is imported before the
prompt is shown. Those of edexql are named one by one, those of other packages by the package, and have to be the same
everywhere. Those of the standard library are kept for one minor version of Python.

*Instructions* are counted by callgrind (valgrind). What a command executes beyond its yardstick (a bare interpreter, or
one that imports NumPy) is divided by what the bare one executes, because builds of one Python differ. At the prompt it
is all that is done until a key is waited for, in all threads. The figure is kept for a minor version of Python, others
are printed only. It may differ by 5 %, up or down: a better figure that is not stored would hide the next regression.
Counted again, with the machine busy or idle, it differs by less than 0.1 %, under paths of another length by less
than 0.5 %, at the prompt by less than 1 %.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from screen import Terminal  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIGURES = HERE / "startup_cost.json"
CONSTRAINTS = HERE / "startup_constraints.txt"
MOST = 0.05
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data"
FILE = "query.edq"
PROMPT = "edexql>"
# Seconds without work after which the prompt only waits for keys.
CALM = 2.0
PYTHON = ".".join(map(str, sys.version_info[:2]))
LIBRARY = f"standard library {PYTHON}"


class Program(NamedTuple):
    """Words after `python`, and the name of the program whose instructions are taken off."""

    words: tuple[str, ...]
    yardstick: str | None = None


BARE = "python -c pass"
NUMPY = "import numpy"
FIRST_PROMPT = "first prompt"
YARDSTICKS = {BARE: Program(("-c", "pass")), NUMPY: Program(("-c", NUMPY))}
COMMANDS = {
    "compile": Program(("-m", "edexql", "compile", FILE), BARE),
    "check": Program(("-m", "edexql", "check", FILE), BARE),
    "fetch --local": Program(("-m", "edexql", "fetch", "--local", "-e", QUERY), NUMPY),
    FIRST_PROMPT: Program(("-m", "edexql", "repl"), BARE),
}
PROGRAMS = YARDSTICKS | COMMANDS


class Environment(NamedTuple):
    """A folder with an environment that has edexql in it, and scratch space."""

    folder: Path

    @property
    def python(self) -> str:
        return str(self.folder / "environment" / "bin" / "python")

    def install(self) -> None:
        subprocess.run([sys.executable, "-m", "venv", self.folder / "environment"], check=True)  # noqa: S603
        pip = ("-m", "pip", "install", "-qq", "--disable-pip-version-check", "-c", CONSTRAINTS, HERE.parent)
        subprocess.run([self.python, *pip], check=True)  # noqa: S603

    def modules(self, name: str) -> set[str]:
        """The modules that a program imports; before it shows its prompt, where it has one."""
        words, home = self.command(name, self.python, "-X", "importtime")
        if name == FIRST_PROMPT:
            shown = PROMPT.encode()
            with Terminal(*words, cwd=home) as terminal:
                terminal.wait_until(lambda: shown in terminal.transcript, "show its prompt")
                listed = terminal.transcript.partition(shown)[0]
        else:
            listed = subprocess.run(words, stdin=DEVNULL, capture_output=True, cwd=home, check=True).stderr  # noqa: S603
        return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)", listed.decode(), re.MULTILINE))

    def instructions(self, name: str) -> int:
        """The instructions that a program executes from its start to its end.

        At a prompt it is left alone until it waits for a key, then ended by Ctrl-D.
        """
        log = self.folder / f"{name}.log"
        valgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}")
        words, home = self.command(name, *valgrind, self.python)
        if name == FIRST_PROMPT:
            with Terminal(*words, cwd=home, patience=600) as terminal:
                terminal.wait_for(PROMPT)
                terminal.wait_until(idle(terminal.process_id), "wait for a key")
                terminal.send("\x04")
                terminal.wait()
        else:
            subprocess.run(words, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, cwd=home, check=True)  # noqa: S603
        (count,) = re.findall(r"^==\d+== Collected : (\d+)$", log.read_text(), re.MULTILINE)
        return int(count)

    def command(self, name: str, *interpreter: str) -> tuple[list[str], Path]:
        """The words that run a program with an interpreter, and the working directory: an empty home with a query."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        (home / FILE).write_text(f"{QUERY}\n")
        variables = (
            "PATH=/usr/bin:/bin",
            f"HOME={home}",
            "LANG=C.UTF-8",
            "TERM=xterm-256color",
            "PYTHONHASHSEED=0",
            "OPENBLAS_NUM_THREADS=1",
        )
        return ["env", "-i", *variables, *interpreter, *PROGRAMS[name].words], home


def counted(folder: Path) -> dict[str, Any]:
    """The figures of this checkout: modules by command and origin, instructions by version of Python and program."""
    environment = Environment(folder)
    environment.install()
    # Also makes the bytecode that is not there yet.
    modules = {name: environment.modules(name) for name in (BARE, *COMMANDS)}
    figures: dict[str, Any] = {
        "modules": {name: by_origin(modules[name] - modules[BARE]) for name in COMMANDS},
        "instructions": {},
    }
    if shutil.which("valgrind") is None:
        print("instructions are not counted: there is no valgrind")
        return figures
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # The longest first.
        names = list(reversed(PROGRAMS))
        counts = dict(zip(names, pool.map(environment.instructions, names), strict=True))
    figures["instructions"][PYTHON] = {"version": sys.version.split()[0], **{name: counts[name] for name in PROGRAMS}}
    return figures


def idle(process: int) -> Callable[[], bool]:
    """A condition: all threads of a process have slept for a while."""
    last: tuple[str, float] = "", 0.0

    def condition() -> bool:
        nonlocal last
        now = activity(process)
        if now != last[0]:
            last = now, time.monotonic()
        return bool(now) and time.monotonic() - last[1] > CALM

    return condition


def activity(process: int) -> str:
    """The ticks of the processor that each thread has used; empty where one is not asleep."""
    ticks = []
    for path in sorted(Path(f"/proc/{process}/task").iterdir()):
        # After the name in brackets: the state; utime and stime are the 12th and 13th from there.
        fields = (path / "stat").read_text().rpartition(") ")[2].split()
        if fields[0] != "S":
            return ""
        ticks.append(f"{path.name} {fields[11]} {fields[12]}")
    return "; ".join(ticks)


def by_origin(modules: set[str]) -> dict[str, list[str]]:
    """Modules of edexql, packages of others, and modules of the standard library."""
    origins: dict[str, set[str]] = {"edexql": set(), "packages": set(), LIBRARY: set()}
    for module in modules:
        root = module.partition(".")[0]
        if root == "edexql":
            origins["edexql"].add(module)
        elif root in sys.stdlib_module_names:
            origins[LIBRARY].add(module)
        else:
            origins["packages"].add(root)
    return {name: sorted(values) for name, values in origins.items()}


def changed_modules(stored: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Modules that came or went, a line for each command and origin."""
    lines = []
    for name, origins in now.items():
        for origin, modules in origins.items():
            if origin.startswith("standard library") and origin not in stored.get(name, {}):
                # Of a version of Python that is not stored.
                continue
            before = stored.get(name, {}).get(origin, [])
            came, went = sorted(set(modules) - set(before)), sorted(set(before) - set(modules))
            lines += [f"{name}: {origin}: came: {' '.join(came)}"] if came else []
            lines += [f"{name}: {origin}: went: {' '.join(went)}"] if went else []
    return lines


def share(counts: dict[str, Any], name: str) -> float:
    """What a command executes beyond its yardstick, in units of a bare start."""
    return (counts[name] - counts[COMMANDS[name].yardstick]) / counts[BARE]


def changed_instructions(stored: dict[str, Any], now: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A line about each command, and those of commands that differ by too much."""
    lines, wrong = [], []
    for version, counts in now.items():
        for name in COMMANDS:
            here = share(counts, name)
            line = (
                f"{name}: {here:.3f} x a bare start beyond `{COMMANDS[name].yardstick}` ({counts[name]:,} instructions)"
            )
            if version in stored:
                before = share(stored[version], name)
                difference = here / before - 1
                line += f", {difference:+.1%} from {before:.3f} with Python {stored[version]['version']}"
                if abs(difference) > MOST:
                    wrong.append(line)
            lines.append(line)
    return lines, wrong


def told(title: str, lines: Sequence[str]) -> None:
    print(title)
    for line in lines:
        print(f"  {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--update", action="store_true", help=f"write what is counted into {FIGURES.name}")
    update = parser.parse_args().update
    with tempfile.TemporaryDirectory(prefix="startup-cost-") as folder:
        now = counted(Path(folder))
    stored = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {"modules": {}, "instructions": {}}
    modules = changed_modules(stored["modules"], now["modules"])
    lines, wrong = changed_instructions(stored["instructions"], now["instructions"])
    told(f"Instructions, Python {PYTHON}:", lines)
    told("Modules that came or went:", modules or ["none"])
    if update:
        for name, origins in now["modules"].items():
            stored["modules"][name] = stored["modules"].get(name, {}) | origins
        stored["modules"] = {name: stored["modules"][name] for name in COMMANDS}
        stored["instructions"] |= now["instructions"]
        FIGURES.write_text(f"{json.dumps(stored, indent=1)}\n", "utf-8")
        return 0
    if modules or wrong:
        told(f"More than {MOST:.0%}:", wrong or ["none"])
        print("Where this is as it should be: python tools/startup_cost.py --update")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
