"""Where eDEx is.

The two addresses are those of the Canadian Space Agency's tutorial; listing and delivery are on
different hosts there. A service given by the user is taken to have both under one base address.
"""

from __future__ import annotations

SERVICE = "https://api.edex.phys.ucalgary.ca"
DELIVERY = "https://edex.phys.ucalgary.ca"


def listing(service: str = SERVICE) -> str:
    """The address that lists files, of a service given by its base address."""
    return f"{service.rstrip('/')}/api_fetch_data"


def delivery(service: str | None = None) -> str:
    """The address that has files sent by mail; None is the University of Calgary's."""
    return f"{(service or DELIVERY).rstrip('/')}/api_prepare_report"
