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
    """CPU seconds, and the peak in MB of the memory that is not mapped files."""

    cpu: float
    memory: float


def used(*words: str) -> Used:
    """What a command uses; its memory is looked at every 5 ms. Raises where it fails."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0
    while True:
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        peak = max(peak, _anonymous(process.pid))
        time.sleep(_BETWEEN)
    process.returncode = os.waitstatus_to_exitcode(status)
    _, errors = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, stderr=errors)
    return Used(usage.ru_utime + usage.ru_stime, peak / 1000)


def cpu(*words: str) -> Callable[[], float]:
    """An action that runs a command and gives the CPU seconds that it took."""

    def action() -> float:
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        return usage.ru_utime + usage.ru_stime

    return action


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
