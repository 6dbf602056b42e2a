"""The threads of a download: a few at first, and more while it is not the processor that they wait for."""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# On a fast line more threads than these only take turns at the interpreter.
_FIRST = 3
_MORE = 2
# The part of a processor that the process may have used since the last look for more threads to help.
_IDLE = 0.7
# Seconds after which one more is tried all the same: what uses the processor may have nothing to do with it.
_PATIENCE = 1.0


class Crew:
    """Threads that do the same work until there is no more; `done` is set when the last has ended."""

    def __init__(self, work: Callable[[], None], most: int) -> None:
        self.done = threading.Event()
        self._work = work
        self._most = most
        self._started = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._looked = self._grown = time.monotonic()
        self._used = time.process_time()
        self._start(_FIRST)

    def grow(self) -> None:
        """Start more threads where that may help. To be called now and then."""
        if self._started >= self._most:
            return
        now, used = time.monotonic(), time.process_time()
        if used - self._used < _IDLE * (now - self._looked):
            self._start(_MORE)
            self._grown = now
        elif now - self._grown > _PATIENCE:
            self._start(1)
            self._grown = now
        self._looked, self._used = now, used

    def _start(self, count: int) -> None:
        for _ in range(min(count, self._most - self._started)):
            with self._lock:
                if self.done.is_set():
                    return
                self._started += 1
                self._busy += 1
            # A thread that hangs in the system must not keep the program from ending.
            threading.Thread(target=self._run, name=f"download-{self._started}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._lock:
                self._busy -= 1
                if not self._busy:
                    self.done.set()
