"""The error of a service."""

from __future__ import annotations


class ServiceError(Exception):
    """The service could not be reached, or did not answer as eDEx does. `url` is what was asked."""

    __module__ = "edexql"

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url
