"""Where the service of a mission and its archive are: the addresses of its vocabulary, or those that a user gives.

Listing and delivery of eDEx are on different hosts; a service given by the user is taken to have both under one base
address.
"""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.mission import Mission

LISTING_ENDPOINT = "api_fetch_data"
DELIVERY_ENDPOINT = "api_prepare_report"


class NoAddressError(EdexqlError, ValueError):
    """The mission of the vocabulary has no such service, and none was given."""


class Endpoints(Record):
    """The addresses that list files and have them sent by mail, and the method by which a listing is asked for.

    A GET with a JSON body is what eDEx is known to take; whether it takes a POST is not known. `delivery` is empty
    where no service sends files by mail.
    """

    listing: str
    delivery: str
    method: str = "GET"


def endpoints_of(service: str | None = None, mission: Mission | None = None) -> Endpoints:
    """The endpoints of a service given by its base address; None is that of a mission, the package's where None.

    Raises NoAddressError for a mission that has no service.
    """
    if service is not None:
        return Endpoints(_below(service, LISTING_ENDPOINT), _below(service, DELIVERY_ENDPOINT))
    mission = mission or snapshot().mission
    delivery = _below(mission.delivery, DELIVERY_ENDPOINT) if mission.delivery else ""
    return Endpoints(_below(listing(mission), LISTING_ENDPOINT), delivery)


def listing(mission: Mission) -> str:
    """The base address of the service of a mission that lists files. Raises NoAddressError where it has none."""
    if mission.listing is None:
        raise NoAddressError(
            f"the vocabulary has no service that lists files{mission.of}: ask a catalogue with --local,"
            " or name a service with --service URL"
        )
    return mission.listing


def archive(mission: Mission | None = None) -> str:
    """The address of the archive of a mission, the package's where None. Raises NoAddressError where it has none."""
    mission = mission or snapshot().mission
    if mission.archive is None:
        raise NoAddressError(f"the vocabulary has no archive{mission.of}: name one with --archive URL")
    return mission.archive


def _below(base: str, endpoint: str) -> str:
    return f"{base.rstrip('/')}/{endpoint}"
