"""How often one client may begin what costs the service much."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import deque

from edexql.server.refusal import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

HOUR = 3600.0


class Allowance:
    """So many beginnings an hour for each client. Only those of the last hour are kept."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._begun: deque[tuple[float, str]] = deque()
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, client: str) -> None:
        """Count one more. Raises Refusal, 429, where it is one too many; that one is not counted."""
        with self._lock:
            now = self._clock()
            while self._begun and self._begun[0][0] <= now - HOUR:
                self._forget(self._begun.popleft()[1])
            if self._counts.get(client, 0) >= self._most:
                first = next(begun for begun, who in self._begun if who == client)
                wait = str(int(first + HOUR - now) + 1)
                message = "too many downloads were begun from this network address"
                raise refusal(429, message, help=f"try again in {wait} seconds", headers={"Retry-After": wait})
            self._begun.append((now, client))
            self._counts[client] = self._counts.get(client, 0) + 1

    def _forget(self, client: str) -> None:
        left = self._counts[client] - 1
        if left:
            self._counts[client] = left
        else:
            del self._counts[client]


def client_of(request: Request) -> str:
    """The network that a request comes from: an IPv4 address, or the first 64 bits of an IPv6 one.

    A web server on this machine that passes requests on names the client last in X-Forwarded-For; nobody else is
    believed.
    """
    peer = _address(request.client.host if request.client else "")
    if peer is not None and peer.is_loopback:
        passed_on = request.headers.getlist("x-forwarded-for")
        peer = _address(passed_on[-1].rpartition(",")[2]) or peer if passed_on else peer
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer.ipv4_mapped or peer, 32 if peer.ipv4_mapped else 64), strict=False))
    return str(peer)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
