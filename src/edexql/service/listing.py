"""Ask eDEx for the files of a request: a GET that carries a JSON body, as the service takes it.

Address, method, body and the form of the answer are those of the Canadian Space Agency's tutorial. What
the service answers when it refuses is not known, so everything but that form is reported as it came.
"""

from __future__ import annotations

import re

from edexql.compiler.raw import too_deep
from edexql.model.filename import span_of_name
from edexql.model.size import in_bytes
from edexql.record import record
from edexql.service import addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.compiler.request import Request
    from edexql.compiler.residual import Residual
    from edexql.model.period import Period

# Seconds to connect, and between two pieces of the answer.
TIMEOUT = (10.0, 120.0)
MOST_BYTES = 256 * 2**20
_NAME_AND_SIZE = re.compile(r"(\S|\S.*\S)\s+(\d+(?:\.\d+)?\s?[KMGT]?B)", re.IGNORECASE | re.DOTALL)


class ServiceError(Exception):
    """The service could not be reached, or did not answer as eDEx does. `url` is what was asked."""

    __module__ = "edexql"

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


@record(frozen=True, slots=True)
class ListedFile:
    """A file of the answer: the text as it came, its name, its size, and the period that its name tells.

    `size_text` is as the service writes it, `size` in bytes as far as that can be read (MB is 10^6),
    `period` None where the name carries no times.
    """

    text: str
    name: str
    size_text: str
    size: int | None
    period: Period | None


@record(frozen=True, slots=True)
class Listing:
    """The files of an answer that meet the query, in the order of the answer.

    `removed` are those that the residual of the query rules out, `unjudged` those kept although their
    names do not tell their times. `answer` is what the service sent.
    """

    files: tuple[ListedFile, ...]
    removed: tuple[ListedFile, ...]
    unjudged: tuple[ListedFile, ...]
    answer: dict[str, Any]


def fetch(request: Request, service: str = addresses.SERVICE) -> Listing:
    """List the files of a request. Raises ServiceError."""
    return listing(ask(request, service), request.residual)


def listing(answer: dict[str, Any], residual: Residual | None) -> Listing:
    """The files of an answer, with the residual of the query applied to them."""
    files = [_file(text) for text in answer["result_filenames"]]
    if residual is None:
        return Listing(tuple(files), (), (), answer)
    kept, removed, unjudged = [], [], []
    for file in files:
        if file.period is None:
            unjudged.append(file)
        elif not residual.admits(file.period.start or 0, file.period.end or 0):
            removed.append(file)
            continue
        kept.append(file)
    return Listing(tuple(kept), tuple(removed), tuple(unjudged), answer)


def ask(request: Request, service: str = addresses.SERVICE) -> dict[str, Any]:
    """The answer to a request, checked for its form. Raises ServiceError."""
    import json

    import requests
    from urllib3.exceptions import HTTPError

    from edexql import __version__

    url = addresses.listing(service)
    headers = {"User-Agent": f"edexql/{__version__}", "Accept": "application/json"}
    try:
        with requests.get(
            url, json=request.parameters, headers=headers, timeout=TIMEOUT, stream=True, allow_redirects=False
        ) as response:
            body = _read(response.iter_content(2**20), url)
            status, reason = response.status_code, response.reason
            elsewhere = response.headers.get("Location")
    # urllib3 lets some of its own errors through, and a header or address that cannot be decoded is a ValueError.
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise ServiceError(f"cannot reach {url}: {_reason(error)}", url) from error
    if 300 <= status < 400 and elsewhere:
        # A redirect would lose the query, which is in the body of a GET.
        raise ServiceError(
            f"{url} answered with a redirect to {elsewhere[:200]}: give that address with --service", url
        )
    if status != 200:
        raise ServiceError(f"{url} answered {status} {reason}{_excerpt(body)}", url)
    try:
        text = body.decode("utf-8-sig")
        answer: Any = json.loads("" if too_deep(text) else text, parse_constant=_no_constant)
    except ValueError as error:
        raise ServiceError(f"{url} did not answer with JSON{_excerpt(body)}", url) from error
    names = answer.get("result_filenames") if isinstance(answer, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ServiceError(f"{url} answered without a list of result_filenames{_excerpt(body)}", url)
    found: dict[str, Any] = answer
    return found


def _read(pieces: Iterable[bytes], url: str) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            raise ServiceError(f"{url} answered with more than {MOST_BYTES // 2**20} MiB", url)
    return bytes(body)


def _file(text: str) -> ListedFile:
    name, size_text = _name_and_size(text)
    return ListedFile(text, name, size_text, in_bytes(size_text), span_of_name(name))


def _name_and_size(text: str) -> tuple[str, str]:
    found = _NAME_AND_SIZE.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text.strip(), "")


def _reason(error: Exception) -> str:
    """The innermost cause of a network error, in a few words."""
    cause: BaseException = error
    seen = 0
    while seen < 10:
        inner = getattr(cause, "reason", None)
        inner = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
        if inner is None:
            break
        cause, seen = inner, seen + 1
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _excerpt(body: bytes) -> str:
    text = body[:2000].decode("utf-8", "replace")
    title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    words = " ".join((title[1] if title else text).split())[:200]
    return f": {words}" if words else ""
