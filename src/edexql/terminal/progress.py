"""Progress of long work on standard error, on a terminal only."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from edexql.base.text import printable
from edexql.client.download.model import Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from edexql.client.download.model import Report

# Files with a bar of their own; a terminal has room for no more.
_MOST_BARS = 16
_LONGEST_NAME = 40


class Bar:
    """A progress bar; without a terminal, or when asked to be quiet, nothing."""

    def __init__(self, unit: str, *, quiet: bool) -> None:
        self._bar: Any = None
        if not quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(unit=f" {unit}", file=sys.stderr, dynamic_ncols=True, leave=False)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def file(self, path: str) -> None:  # noqa: ARG002
        """A file is being looked at."""
        if self._bar is not None:
            self._bar.update(1)

    def count(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def write(self, line: str) -> None:
        """A line that stays."""
        if self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        else:
            sys.stderr.write(f"{line}\n")


class Unpacking:
    """The bytes of an archive that are unpacked, and the current member."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def file(self, path: str) -> None:
        """A member is being unpacked."""
        if self._bar is not None:
            self._bar.set_description_str(_named(path), refresh=False)

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)


@contextmanager
def unpacking(expected: int) -> Iterator[Unpacking]:
    """A bar for one archive that has so many bytes unpacked; without a terminal, nothing."""
    bar = _bytes("", expected, 0) if sys.stderr.isatty() else None
    try:
        yield Unpacking(bar)
    finally:
        if bar is not None:
            bar.close()


class AlreadyReported(Watch):
    """Shows nothing, and hands reports on."""

    def __init__(self, on_report: Callable[[Report], None]) -> None:
        self._on_report = on_report

    def ended(self, report: Report) -> None:
        self._on_report(report)


class Downloads(AlreadyReported):
    """A bar for each file that is on its way, and one for all of them below: bytes, speed and time left."""

    def __init__(self, expected: int, files: int, on_report: Callable[[Report], None]) -> None:
        super().__init__(on_report)
        self._places = list(range(min(_MOST_BARS, files)))
        self._bars: dict[str, tuple[Any, int]] = {}
        self._had: dict[str, int] = {}
        self._expected: dict[str, int] = {}
        self._unknown = expected == 0
        self._left = files
        self._total = _bytes(self._title(), expected or None, len(self._places))

    def begun(self, name: str, size: int | None, have: int) -> None:
        if name not in self._bars and self._places:
            place = self._places.pop(0)
            self._bars[name] = (_bytes(_named(name), size, place), place)
        if name in self._bars:
            bar, _ = self._bars[name]
            bar.reset(size)
            # What was here already says nothing about the speed.
            bar.initial = bar.n = have
            bar.refresh()
        more = have - self._had.get(name, 0)
        self._total.n += more
        self._total.initial += max(more, 0)
        self._had[name] = have
        if self._unknown:
            self._expected[name] = max(size or 0, have)
            self._total.total = sum(self._expected.values()) or None
        self._total.refresh()

    def moved(self, name: str, count: int) -> None:
        self._had[name] = self._had.get(name, 0) + count
        if name in self._bars:
            self._bars[name][0].update(count)
        self._total.update(count)

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        when = f"again in {seconds:.0f} s" if seconds else "waiting"
        self._total.write(f"{printable(name)}: {printable(reason)}; {when}", file=sys.stderr)

    def ended(self, report: Report) -> None:
        super().ended(report)
        self._left -= 1
        self._total.set_description_str(self._title(), refresh=False)
        if report.name in self._bars:
            bar, place = self._bars.pop(report.name)
            bar.close()
            self._places = sorted([*self._places, place])

    def close(self) -> None:
        for bar, _ in self._bars.values():
            bar.close()
        self._total.close()

    def _title(self) -> str:
        return f"{self._left} file{'s' * (self._left != 1)} left"


@contextmanager
def downloads(expected: int, files: int, on_report: Callable[[Report], None]) -> Iterator[Watch]:
    """Who shows a download of so many files, of `expected` bytes as far as they are listed, and hands reports on.

    Without a terminal nothing is shown.
    """
    if not sys.stderr.isatty():
        yield AlreadyReported(on_report)
        return
    watch = Downloads(expected, files, on_report)
    try:
        yield watch
    finally:
        watch.close()


def _bytes(title: str, total: int | None, place: int) -> Any:
    from tqdm import tqdm

    return tqdm(
        desc=title,
        total=total,
        position=place,
        unit="B",
        unit_scale=True,
        file=sys.stderr,
        leave=False,
        **_shape(),
    )


def _shape() -> dict[str, Any]:
    """How large tqdm takes the terminal to be: as it is, or as usual where it says that it has no size at all."""
    try:
        known = os.get_terminal_size(sys.stderr.fileno()).columns > 0
    except (OSError, ValueError):
        known = False
    return {"dynamic_ncols": True} if known else {"ncols": 80, "nrows": 24}


def _named(name: str) -> str:
    name = printable(name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 12]}…{name[-11:]}"
