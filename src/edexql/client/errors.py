"""The error of a service."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.client.credentials import hidden, without


class ServiceError(EdexqlError):
    """The service could not be reached, or did not answer as eDEx does. `url` is what was asked.

    Names and passwords in addresses are left out of both.
    """

    __module__ = "edexql"

    def __init__(self, message: str, url: str) -> None:
        super().__init__(hidden(message))
        self.url = without(url)
