"""What is due when: the ids of jobs, handed out one by one when their time has come."""

from __future__ import annotations

import heapq
import threading
import time


class Waiting:
    """A queue in which everything has a time (seconds since 1970) before which nobody gets it."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self.closed = False

    def put(self, id: str, due: float) -> None:
        with self._changed:
            heapq.heappush(self._heap, (due, id))
            self._changed.notify()

    def take(self) -> str | None:
        """The next id, as soon as it is due; None when the queue is closed."""
        with self._changed:
            while not self.closed:
                now = time.time()
                if self._heap and self._heap[0][0] <= now:
                    return heapq.heappop(self._heap)[1]
                # A clock that is set, or a machine that slept, is noticed within a minute.
                self._changed.wait(min(self._heap[0][0] - now, 60.0) if self._heap else None)
        return None

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()
