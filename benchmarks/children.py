"""Commands run as processes of their own: the CPU time that they take, and the memory that is theirs alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_BETWEEN = 0.005


class Used(NamedTuple):
    """CPU seconds, seconds of the clock, and the peak in MB of the memory of no file, where it is watched."""

    cpu: float
    wall: float
    memory: float = 0.0


def used(*words: str) -> Used:
    """What a command uses; its memory is looked at every 5 ms. Raises where it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        peak = max(peak, _anonymous(process.pid))
        time.sleep(_BETWEEN)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    _, errors = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, stderr=errors)
    return Used(usage.ru_utime + usage.ru_stime, wall, peak / 1000)


def command(*words: str) -> Callable[[], Used]:
    """An action that runs a command and gives what it took."""

    def action() -> Used:
        begin = time.perf_counter()
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        return Used(usage.ru_utime + usage.ru_stime, wall)

    return action


def cpu() -> float:
    """CPU seconds of this process and of all that it started: a Java machine, the processes of a server."""
    of_parent: dict[int, list[tuple[int, int]]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may have blanks and brackets in it.
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # Its own time, and that of its children that have ended.
        ticks = sum(map(int, words[11:15]))
        of_parent.setdefault(int(words[1]), []).append((int(path.parent.name), ticks))
    found, todo = 0, [os.getpid()]
    while todo:
        for process, ticks in of_parent.get(todo.pop(), ()):
            found += ticks
            todo.append(process)
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system + found / os.sysconf("SC_CLK_TCK")


def python(program: str, *words: str) -> tuple[str, ...]:
    """A command that runs a program with the modules of this folder on its path."""
    here = str(Path(__file__).resolve().parent)
    return sys.executable, "-c", f"import sys; sys.path.insert(0, {here!r})\n{program}", *words


def _anonymous(process: int) -> int:
    """Resident memory of a process that is of no file, in kB; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)
