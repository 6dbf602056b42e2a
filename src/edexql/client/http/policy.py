"""What a session is held to."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import requests

    from edexql.client.settings.declarations import Network

# Sockets know no longer waits than 2^31 ms; who sets such a limit wants none.
_LONGEST = 2e6


@record(frozen=True, slots=True)
class Policy:
    """How services are treated by a session. Times are in seconds.

    `user_agent` is edexql's own where empty. `requests` is how many are sent in all, redirects included, and
    `connections` how many are open to one host at once; who needs one more waits for `patience`. `connect` and
    `read` are the longest silences where a request brings no limits of its own, and `seconds` the longest that a whole
    answer may take.
    """

    user_agent: str = ""
    requests: int = 10_000
    connections: int = 8
    patience: float = 60.0
    connect: float = 10.0
    read: float = 120.0
    seconds: float = 600.0

    @property
    def silences(self) -> tuple[float, float]:
        """The longest silences before there is a connection and on it, as requests takes them."""
        return min(self.connect, _LONGEST), min(self.read, _LONGEST)


def user_agent(address: str = "") -> str:
    """The name that edexql gives to services, with an address at which more is said of it where there is one."""
    from edexql.base.version import __version__

    return f"edexql/{__version__}" + (f" (+{address})" if address else "")


def policy_of(network: Network) -> Policy:
    """The policy that the configuration sets."""
    return Policy(
        user_agent=network.user_agent or user_agent(network.about),
        requests=network.requests,
        connections=network.connections,
        connect=network.connect,
        read=network.read,
        seconds=network.seconds,
    )


def session_policy(session: requests.Session, url: str) -> Policy:
    """What a session is held to when it asks for an address: its own policy, or the default one.

    Raises an error of requests for an address that the session cannot ask for.
    """
    found = getattr(session.get_adapter(url), "policy", None)
    return found if isinstance(found, Policy) else Policy()
