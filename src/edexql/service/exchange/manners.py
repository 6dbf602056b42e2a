"""What a session is held to."""

from __future__ import annotations

from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.service.settings import Network


@record(frozen=True, slots=True)
class Manners:
    """How services are treated by a session. Times are in seconds.

    `user_agent` is edexql's own where empty. `requests` is how many are sent in all, redirects included, and
    `connections` how many are open to one host at once; who needs one more waits for `patience`. `connect` and
    `read` are the longest silences where a request brings no limits of its own.
    """

    user_agent: str = ""
    requests: int = 10_000
    connections: int = 8
    patience: float = 60.0
    connect: float = 10.0
    read: float = 120.0


def user_agent(address: str = "") -> str:
    """The name that edexql gives to services, with an address at which more is said of it where there is one."""
    from edexql import __version__

    return f"edexql/{__version__}" + (f" (+{address})" if address else "")


def manners_of(network: Network) -> Manners:
    """The manners that are configured."""
    return Manners(
        user_agent=network.user_agent or user_agent(network.about),
        requests=network.requests,
        connections=network.connections,
        connect=network.connect,
        read=network.read,
    )
