"""What the configuration means for downloads and for unpacking, and files of a listing as the archive has them."""

from __future__ import annotations

from edexql.base.record import record
from edexql.base.units import read_size
from edexql.client.archive.places import Located, located
from edexql.client.download.model import Manners, Report, Wanted
from edexql.client.http.manners import manners_of
from edexql.client.unpacking.plans import Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.configuration import Configuration
    from edexql.client.listing import ListedFile


@record(frozen=True, slots=True)
class Unheard:
    """A listener of an unpacking that does nothing."""

    def file(self, path: str) -> None:
        """A member is being unpacked."""

    def count(self, done: int, total: int) -> None:
        """So many bytes of so many are unpacked."""


def downloading(configuration: Configuration) -> Manners:
    """How files are downloaded."""
    network = configuration.network
    asking = manners_of(network)
    connect, read = asking.silences
    return Manners(
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


def unpacking(configuration: Configuration) -> Limits:
    """How much is unpacked at most."""
    limits = configuration.unpacking
    return Limits(members=limits.members, size=limits.size, ratio=limits.ratio, depth=limits.depth)


def wanted(files: Sequence[str | ListedFile], archive: str) -> list[Wanted | Report]:
    """Files to be downloaded, in their order: addresses as they are, names from where they lie in the archive.

    A name that does not tell where that is becomes a report of its failure. Raises ServiceError for an `archive`
    that is no address.
    """
    names = [file if isinstance(file, str) else file.name for file in files]
    places = located(names, archive)
    found: list[Wanted | Report] = []
    for file, name, place in zip(files, names, places, strict=True):
        if name.lower().startswith(("http://", "https://")):
            found.append(Wanted(name, _last_step(name)))
        elif isinstance(place, Located):
            size = None if isinstance(file, str) else read_size(file.size_text)
            found.append(Wanted(place.url, name, size))
        else:
            found.append(Report(name, "failed", code="address", reason=place.reason))
    return found


def _last_step(url: str) -> str:
    """The name of a file by its address."""
    from urllib.parse import unquote, urlsplit

    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        return ""
