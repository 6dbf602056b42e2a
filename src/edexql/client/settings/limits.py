"""The limits of downloads and of unpacking that the configuration sets."""

from __future__ import annotations

from edexql.base.record import record
from edexql.client.download.model import Policy
from edexql.client.http.policy import policy_of
from edexql.client.unpack.model import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.settings.configuration import Configuration


@record(frozen=True, slots=True)
class NoListener:
    """A listener of an unpacking that does nothing."""

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""


def download_policy(configuration: Configuration) -> Policy:
    """How files are downloaded."""
    network = configuration.network
    asking = policy_of(network)
    connect, read = asking.silences
    return Policy(
        user_agent=asking.user_agent,
        connect=connect,
        read=read,
        lowest_speed=network.lowest_speed,
        window=network.window,
        tries=network.tries,
        seconds=network.seconds,
        per_host=network.connections,
        total=network.total,
    )


def unpacking_limits(configuration: Configuration) -> Limits:
    """How much is unpacked at most."""
    limits = configuration.unpacking
    return Limits(members=limits.members, size=limits.size, ratio=limits.ratio, depth=limits.depth)
