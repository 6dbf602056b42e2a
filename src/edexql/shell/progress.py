"""Progress of long work on standard error, on a terminal only."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
