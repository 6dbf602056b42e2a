"""A session of requests: its adapter, its certificates, and what it is held to."""

from __future__ import annotations

import requests

from edexql.client.http.certificates import trusted
from edexql.client.http.connections import Response, adapter_of
from edexql.client.http.limits import LimitedAdapter, current_deadline
from edexql.client.settings.declarations import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from requests.adapters import BaseAdapter


MOST_REDIRECTS = 5
# Seconds for which a request waits for one of the connections to its host.
_PATIENCE = 60.0


def user_agent(network: Network) -> str:
    """The name that services are given: the configured one, or edexql's own with the address that says more of it."""
    from edexql.base.version import __version__

    return network.user_agent or f"edexql/{__version__}" + (f" (+{network.about})" if network.about else "")


def session(
    network: Network | None = None, carrier: BaseAdapter | None = None, patience: float = _PATIENCE
) -> requests.Session:
    """A session that says who asks and keeps to its budgets; proxies and certificates are those of requests.

    `network` is the settings, None the default ones: how many requests are sent in all, redirects included, and how
    many connections are open to one host at once; who needs one more waits for `patience`, in seconds. `connect` and
    `read` hold where a request brings no limits of its own, and `seconds` is the longest that a whole answer may take.
    `carrier` is what requests go through, such as a Recording or a Replay; None is the network. What goes
    beyond a budget raises ExchangeError.
    """
    network = network or Network()
    made = requests.Session()
    made.headers["User-Agent"] = user_agent(network)
    made.verify = trusted()
    made.max_redirects = MOST_REDIRECTS
    budgeted = LimitedAdapter(carrier or Adapter(pool_maxsize=network.connections), network, patience)
    for scheme in ("http://", "https://"):
        made.mount(scheme, budgeted)
    return made


class _Answer(Response):
    """An answer that a deadline can cut, from its first byte on, and that is not taken for whole when it was.

    What is private to http.client and used here is a method that it calls itself; a version that did not call it would
    treat a body that was cut as an error all the same, or are stopped by the deadline.
    """

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._deadline = current_deadline()
        if self._deadline is not None:
            self._deadline.hold(sock)

    def begin(self) -> None:
        super().begin()
        if self._deadline is not None:
            self._deadline.check()

    def _close_conn(self) -> None:
        super()._close_conn()  # type: ignore[misc]
        # Not while it is closed by its user, who has what was wanted of it.
        if self._deadline is not None and not self.closed:
            self._deadline.check()


Adapter = adapter_of(_Answer, current_deadline)
