"""Measuring: worker processes asked in turn, so that a change of the machine's pace meets all of them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
HERE = Path(__file__).resolve().parent
LONGEST = 60.0
# A parse that takes longer than this is measured once.
ONCE = 4.0


class Spread(NamedTuple):
    """The median and the quartiles of repetitions."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        low, _, high = quantiles(values, method="inclusive") if len(values) > 1 else [values[0]] * 3
        return cls(low, median(values), high)


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Of the repetitions that ran next to each other; what was run only once is held against each."""
    count = max(len(above), len(below))
    above, below = (values if len(values) == count else [values[0]] * count for values in (above, below))
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])


def duration(seconds: float) -> str:
    """A time in three digits, such as `47.6 ms`."""
    unit, size = next((u for u in (("s", 1.0), ("ms", 1e-3)) if seconds >= u[1]), ("µs", 1e-6))
    value = seconds / size
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


class FailedError(Exception):
    """A worker that did not answer; the message says in a word what became of it."""


class Worker:
    """One library in a process of its own (see worker.py), with a text that it has parsed once."""

    def __init__(self, library: str, text: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False) as file:
            file.write(text)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), library, file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        try:
            self.imported, self.first = map(float, self._answer().split())
        except FailedError:
            self.close()
            raise
        finally:
            os.unlink(file.name)

    def run(self, count: int) -> float:
        """The CPU seconds that one parse takes, `count` of them run."""
        return float(self._ask(f"run {count}")) / count

    def peak(self) -> int:
        """The peak of resident memory so far, in kB."""
        return int(self._ask("peak"))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _ask(self, request: str) -> str:
        assert self._process.stdin
        self._process.stdin.write(f"{request}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout
        stream = self._process.stdout
        end = monotonic() + LONGEST
        while (left := end - monotonic()) > 0:
            if select.select([stream], [], [], left)[0]:
                line = stream.readline()
                if line.endswith(b"\n"):
                    return line.decode()
                raise FailedError(self._end())
        raise FailedError(f"> {LONGEST:.0f} s")

    def _end(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"crash ({signal.Signals(-code).name})"
        self._errors.seek(0)
        # The last line that is not indented names the exception.
        lines = self._errors.read().decode(errors="replace").splitlines()
        named = [line for line in lines if line[:1].isalpha() and "Error" in line.split(":")[0]]
        return named[-1].split(":")[0].rpartition(".")[2] if named else "error"


def steady(workers: Mapping[str, Worker], seconds: float = 30.0, least: int = 5) -> dict[str, list[float]]:
    """CPU seconds a parse, repetition by repetition, the workers taking turns.

    A repetition is as many parses as take 20 ms; there are `least` to 25 of them, as fit in the time given.
    """
    quick = {name: worker for name, worker in workers.items() if worker.first <= ONCE}
    counts = {name: max(1, round(0.02 / worker.run(1))) for name, worker in quick.items()}
    begin = perf_counter()
    found = {name: [worker.run(counts[name])] for name, worker in quick.items()}
    rounds = min(25, max(least, int(seconds / (perf_counter() - begin))))
    for _ in range(rounds - 1):
        for name, worker in quick.items():
            found[name].append(worker.run(counts[name]))
    return found | {name: [worker.first] for name, worker in workers.items() if name not in quick}


def in_turn(actions: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What each action gives, round by round; one round before is not counted.

    The order is another in every round: who comes after a large process finds the caches of the processor full of it.
    """
    found: dict[str, list[T]] = {name: [] for name in actions}
    order, shuffle = list(actions), Random(0).shuffle
    for number in range(rounds + 1):
        shuffle(order)
        for name in order:
            value = actions[name]()
            if number:
                found[name].append(value)
    return found


def bare_peak() -> int:
    """The peak of resident memory of an interpreter that does nothing, in kB."""
    program = f"import sys; sys.path.append({str(HERE)!r}); import worker; print(worker.peak())"
    return int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout)
