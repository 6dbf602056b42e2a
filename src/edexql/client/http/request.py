"""One request and its answer, whole and within bounds, asked again where that helps.

What the network and the service do wrong is a ServiceError. What only reads is asked again: a few times, with pauses,
and not against the wish of the service.
"""

from __future__ import annotations

import random
import re
import time

from edexql.base import json_text
from edexql.base.record import Record
from edexql.client.download.headers import retry_after
from edexql.client.errors import ServiceError, causes, reason
from edexql.client.http.limits import network_of, silences, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    import requests

    from edexql.client.http.limits import Deadline

    Value = TypeVar("Value")
    # Called with the seconds until the next try, and what was wrong.
    Waiting = Callable[[float, str], None]


class Retries(Record):
    """How often, and for how many seconds in all, it is tried; `pause` is what the first wait is drawn from."""

    tries: int = 3
    seconds: float = 60.0
    pause: float = 0.5


class Retryable(Exception):
    """A try that failed in a way in which another may not. `after` is the pause that the service asks for, in s."""

    def __init__(self, error: ServiceError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


def with_retries(
    once: Callable[[], Value],
    retries: Retries,
    waiting: Waiting | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Value:
    """What a try gives, or one of those after it. Raises ServiceError, the last one, when all of them fail."""
    end = time.monotonic() + retries.seconds
    for count in range(1, retries.tries + 1):
        try:
            return once()
        except Retryable as later:
            pause = random.uniform(0, retries.pause * 2 ** (count - 1))  # noqa: S311
            pause += later.after or 0.0
            if count == retries.tries or time.monotonic() + pause > end:
                raise _given_up(later, retries) from later.__cause__
            if waiting is not None:
                waiting(pause, str(later.error))
        sleep(pause)
    raise AssertionError("there is at least one try")


def _given_up(later: Retryable, retries: Retries) -> ServiceError:
    if later.after is None or later.after <= retries.seconds:
        return later.error
    later.error.args = (f"{later.error}; it asks to wait {later.after:.0f} s",)
    return later.error


MOST_BYTES = 256 * 2**20
_PIECE = 2**20
# What passes. A 500 most often does not, for a question that is the same again, unless the service says so.
_LATER = (408, 425, 429, 502, 503, 504)


class Response(Record):
    """An answer as it came: its status and reason, its headers, and its body."""

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def send(
    session: requests.Session,
    method: str,
    url: str,
    body: Any = None,
    accept: str = "application/json",
    most: int = MOST_BYTES,
    seconds: float | None = None,
) -> Response:
    """The answer to one request, which may carry JSON; redirects are not followed.

    The limits of time are those of the session, or lower where `seconds` is, in which the whole answer must be there.
    Raises requests' and urllib3's errors, and ValueError, as they come; ServiceError for an answer of more than
    `most` bytes, or that is not whole in time.
    """
    network = network_of(session, url)
    with (
        within(network.seconds if seconds is None else min(seconds, network.seconds), url) as deadline,
        session.request(
            method,
            url,
            json=body,
            headers={"Accept": accept},
            timeout=silences(network),
            stream=True,
            allow_redirects=False,
        ) as response,
    ):
        content = _read(response, url, most, deadline)
        return Response(url, response.status_code, response.reason or "", response.headers, content)


def json_response(
    session: requests.Session,
    method: str,
    url: str,
    body: Any = None,
    retries: Retries | None = None,
    waiting: Waiting | None = None,
    most: int = MOST_BYTES,
) -> tuple[Any, Response]:
    """The JSON, of at most so many bytes, that answers a request which changes nothing, asked again where that helps.

    Raises ServiceError.
    """
    answer = with_retries(lambda: _once(session, method, url, body, most), retries or Retries(), waiting)
    try:
        return json_text.loads(answer.body), answer
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"{url} did not answer with JSON{excerpt(answer.body)}", url) from error


def redirect_target(answer: Response) -> str | None:
    """Where an answer sends the client to, None where it does not."""
    return (answer.headers.get("Location") or None) if 300 <= answer.status < 400 else None


def excerpt(body: bytes) -> str:
    """What a body says, in one line after a colon: the title of a page, or how it begins; empty for nothing."""
    text = body[:2000].decode("utf-8", "replace")
    title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    words = " ".join((title[1] if title else text).split())[:200]
    return f": {words}" if words else ""


def _once(session: requests.Session, method: str, url: str, body: Any, most: int) -> Response:
    import requests
    from urllib3.exceptions import HTTPError, ProtocolError, TimeoutError

    passing = (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
        ProtocolError,
        TimeoutError,
    )
    try:
        answer = send(session, method, url, body, most=most)
    # urllib3 lets some of its own errors through, and a header or address that cannot be decoded is a ValueError.
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise_service_error(error)
        failed = ServiceError(f"cannot reach {url}: {reason(error)}", url)
        if isinstance(error, passing) and not isinstance(error, requests.exceptions.SSLError):
            raise Retryable(failed) from error
        raise failed from error
    if elsewhere := redirect_target(answer):
        # A redirect would lose the query, which is in the body of a GET.
        raise ServiceError(
            f"{url} answered with a redirect to {elsewhere[:200]}: give that address with --service", url
        )
    if answer.status == 407:
        raise ServiceError(f"the proxy for {url} requires a user name and password (407)", url)
    if answer.status != 200:
        refused = ServiceError(f"{url} answered {answer.status} {answer.reason}{excerpt(answer.body)}", url)
        after = retry_after(answer.headers, time.time())
        if answer.status in _LATER or (answer.status == 500 and after is not None):
            raise Retryable(refused, after)
        raise refused
    return answer


def raise_service_error(error: BaseException) -> None:
    """Raise the error of ours that an error of the network comes from, where there is one."""
    for cause in causes(error):
        if isinstance(cause, ServiceError):
            raise cause


def _read(response: requests.Response, url: str, most: int, deadline: Deadline) -> bytes:
    body = bytearray()
    # Not iter_content, which waits for a whole piece, however slowly it trickles in.
    while piece := response.raw.read1(_PIECE, decode_content=True):
        deadline.check()
        body += piece
        if len(body) > most:
            raise ServiceError(f"{url} answered with more than {most // 2**20} MiB", url)
    return bytes(body)
