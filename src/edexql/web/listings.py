"""The last listings of an eDEx: a page asks for the same files again and again while its user types."""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Seconds for which a listing is not asked for again, and how many are remembered.
SECONDS = 60.0
MOST = 16


class Listings:
    """Listings by what was sent for them, used from several threads at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    def get(self, wire: str) -> dict[str, Any] | None:
        """A listing of the last minute, None where there is none."""
        with self._lock:
            known = self._known.get(wire)
            return None if known is None or self._clock() >= known[0] + SECONDS else known[1]

    def put(self, wire: str, listing: dict[str, Any]) -> None:
        """Remember a listing, in place of the oldest one where there are many."""
        with self._lock:
            self._known.pop(wire, None)
            self._known[wire] = self._clock(), listing
            if len(self._known) > MOST:
                del self._known[next(iter(self._known))]
