"""What is wrong with an exchange: a limit or a recording, or an error of the network that is kept and raised again."""

from __future__ import annotations

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError
from urllib3.exceptions import SSLError as SecureError

from edexql.base.record import Record
from edexql.client.errors import ServiceError, causes, reason


class ExchangeError(ServiceError, requests.RequestException):
    """A budget is used up, or a recording cannot be written, cannot be read, or does not have what is asked.

    It is an error of requests too, so that whoever expects those is not surprised.
    """


class UnsentError(ExchangeError):
    """The same, and for sure nothing was sent."""


# What a request can end with before there is an answer; the first that fits is the one.
_SENDING: tuple[type[requests.RequestException], ...] = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ReadTimeout,
    requests.exceptions.SSLError,
    requests.exceptions.ProxyError,
    requests.exceptions.ConnectionError,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
    requests.exceptions.RequestException,
)
# What may come out of sending: requests lets some errors of urllib3 and of the address through.
NETWORK = (requests.RequestException, HTTPError, OSError, ValueError)


class Failure(Record):
    """An error: its class, the reason in words, and whether there was no connection at all."""

    kind: str
    words: str
    unconnected: bool = False


def failure(error: Exception) -> Failure:
    """An error as it is kept."""
    unconnected = any(isinstance(cause, NewConnectionError) for cause in causes(error))
    for kind in _SENDING:
        if isinstance(error, kind):
            return Failure(kind.__name__, reason(error), unconnected)
    for other in (ReadTimeoutError, SecureError):
        if isinstance(error, other):
            return Failure(other.__name__, reason(error), unconnected)
    return Failure("ProtocolError", reason(error), unconnected)


def error_of(kept: Failure, request: requests.PreparedRequest) -> Exception:
    """An error of the same class that gives the same reason; one of requests while sending, else of urllib3."""
    cause: Exception = OSError(kept.words)
    if kept.unconnected:
        inner = NewConnectionError(None, kept.words)  # type: ignore[arg-type]
        inner.__cause__ = cause
        cause = MaxRetryError(None, request.url or "", inner)  # type: ignore[arg-type]
    for kind in _SENDING:
        if kind.__name__ == kept.kind:
            error = kind(cause, request=request)
            error.__cause__ = cause
            return error
    if kept.kind == "ReadTimeoutError":
        late = ReadTimeoutError(None, request.url or "", kept.words)  # type: ignore[arg-type]
        late.__cause__ = cause
        return late
    if kept.kind == "SSLError":
        return SecureError(cause)
    cut = ProtocolError(f"Connection broken: {kept.words}", cause)
    cut.__cause__ = cause
    return cut
