"""Statements that an interrupt ends, on engines that look at no signals while they work."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Seconds between two looks at signals, and for what is cancelled to end.
_STEP, _PATIENCE = 0.2, 10


def interruptible(work: Callable[[], Any], cancel: Callable[[], object]) -> Any:
    """What some work gives. An interrupt of the main thread cancels it and is raised again."""
    if threading.current_thread() is not threading.main_thread():
        return work()
    results: list[Any] = []
    errors: list[BaseException] = []

    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread that waits for this one
            errors.append(error)
        finally:
            done.set()

    # Joining the thread would take it for ended where the interrupt comes while it waits.
    threading.Thread(target=run, name="edexql-statement", daemon=True).start()
    try:
        while not done.wait(_STEP):
            pass
    except BaseException:
        cancel()
        done.wait(_PATIENCE)
        raise
    if errors:
        raise errors[0]
    return results[0]
