"""Where eDEx and the archive are.

The two addresses of eDEx are those of the Canadian Space Agency's tutorial; listing and delivery are on
different hosts there. A service given by the user is taken to have both under one base address.
"""

from __future__ import annotations

from edexql.base.record import Record

SERVICE = "https://api.edex.phys.ucalgary.ca"
DELIVERY = "https://edex.phys.ucalgary.ca"
LISTING_ENDPOINT = "api_fetch_data"
DELIVERY_ENDPOINT = "api_prepare_report"
# The dated tree of all files.
ARCHIVE = "https://epop-data.phys.ucalgary.ca"


class Endpoints(Record):
    """The addresses that list files and have them sent by mail, and the method by which a listing is asked for.

    A GET with a JSON body is what eDEx is known to take; whether it takes a POST is not known.
    """

    listing: str
    delivery: str
    method: str = "GET"


def listing(service: str = SERVICE) -> str:
    """The address that lists files, of a service given by its base address."""
    return f"{service.rstrip('/')}/{LISTING_ENDPOINT}"


def delivery(service: str | None = None) -> str:
    """The address that has files sent by mail; None is the University of Calgary's."""
    return f"{(service or DELIVERY).rstrip('/')}/{DELIVERY_ENDPOINT}"


def endpoints_of(service: str | None = None) -> Endpoints:
    """The endpoints of a service given by its base address; None is the University of Calgary's."""
    return Endpoints(listing(service or SERVICE), delivery(service))
