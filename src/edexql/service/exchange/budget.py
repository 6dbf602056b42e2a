"""So many requests in all and so many connections to a host at once, and no more."""

from __future__ import annotations

import threading
from contextlib import suppress
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter

from edexql.service.exchange.passing import listened
from edexql.service.exchange.problem import UnsentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import requests

    from edexql.service.exchange.manners import Manners


class Budgeted(BaseAdapter):
    """An adapter that holds another to budgets. One may be mounted on several sessions, which then share them."""

    def __init__(self, inner: BaseAdapter, manners: Manners) -> None:
        super().__init__()
        self.inner = inner
        self.manners = manners
        self._lock = threading.Lock()
        self._sent = 0
        self._hosts: dict[str, threading.Semaphore] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        """What the inner adapter answers. Raises UnsentError where a budget is used up."""
        url = request.url or ""
        host = _host(url)
        slots = self._slots(host)
        if not slots.acquire(timeout=self.manners.patience):
            raise UnsentError(
                f"no connection to {host} became free in {self.manners.patience:g} s, and no more than "
                f"{self.manners.connections} are opened: set `connections` higher, or ask for less at once",
                url,
            )
        slot = _Slot(slots)
        try:
            self._count(url)
            if not args and named.get("timeout") is None:
                named["timeout"] = self.manners.silences
            return listened(self.inner.send(request, *args, **named), slot)
        except BaseException:
            slot.free()
            raise

    def close(self) -> None:
        self.inner.close()

    def _count(self, url: str) -> None:
        with self._lock:
            if self._sent >= self.manners.requests:
                raise UnsentError(
                    f"the budget of {self.manners.requests} requests is used up: set `requests` higher, or ask"
                    " for less",
                    url,
                )
            self._sent += 1

    def _slots(self, host: str) -> threading.Semaphore:
        with self._lock:
            return self._hosts.setdefault(host, threading.Semaphore(self.manners.connections))


class _Slot:
    """One of the connections that a host allows; free again when the body has ended."""

    def __init__(self, slots: threading.Semaphore) -> None:
        self._slots = [slots]

    def piece(self, data: bytes) -> None:
        """A piece changes nothing."""

    def ended(self, error: Exception | None, *, complete: bool) -> None:  # noqa: ARG002
        self.free()

    def free(self) -> None:
        with suppress(IndexError):
            self._slots.pop().release()


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
