"""How long it is tried: what each file may cost in tries and in time, renewed by whatever brings it forward."""

from __future__ import annotations

import random
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.download.wanted import Manners

# What a try must bring for the budget to be renewed: bytes, or this part of the file.
_PROGRESS = 2**20
_PART = 100
_LONGEST_PAUSE = 60.0


class Budget:
    """What is left of the tries and the time of a file, of which `have` bytes are here at the beginning."""

    def __init__(self, manners: Manners, have: int) -> None:
        self._manners = manners
        self._furthest = have
        self._tries = 0
        self._since = time.monotonic()

    def reached(self, have: int, size: int | None) -> None:
        """A try ended with so many bytes in hand. What was reached before and dropped is no progress."""
        enough = _PROGRESS if size is None else min(_PROGRESS, max(1, size // _PART))
        if have - self._furthest >= enough:
            self._furthest = have
            self._tries = 0
            self._since = time.monotonic()
        self._tries += 1

    def pause(self, asked: float | None) -> float | None:
        """Seconds until the next try, `asked` at the least; None where the budget has none left."""
        manners = self._manners
        longest = min(_LONGEST_PAUSE, manners.pause * 2 ** min(self._tries - 1, 16))
        # Drawn from the whole length, so that clients which failed together do not come back together.
        pause = random.uniform(0, longest)  # noqa: S311
        if asked is not None:
            pause += asked
        left = self._since + manners.seconds - time.monotonic()
        return pause if self._tries < manners.tries and pause <= left else None
