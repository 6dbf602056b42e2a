"""What can be wrong with an exchange that is not the network's doing."""

from __future__ import annotations

import requests

from edexql.service.errors import ServiceError


class ExchangeError(ServiceError, requests.RequestException):
    """A budget is used up, or a recording cannot be written, cannot be read, or does not have what is asked.

    It is an error of requests too, so that whoever expects those is not surprised.
    """


class UnsentError(ExchangeError):
    """The same, and for sure nothing was sent."""
