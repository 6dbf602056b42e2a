"""Ask eDEx to send files by mail, as the Canadian Space Agency's tutorial does: once, and never again by itself.

The request for delivery is that of the listing, sent back by POST with the address and the listed strings in it.
What the service answers when it refuses is not known. A POST that has mail sent must not be sent twice: where a
connection breaks, it is not known whether the request was received, and that is what is said and kept.
"""

from __future__ import annotations

import json
import re

from edexql.base import json_text
from edexql.base.record import Record
from edexql.base.text import shown
from edexql.client import endpoints
from edexql.client.credentials import public_url
from edexql.client.delivery import ledger
from edexql.client.errors import ServiceError, causes, reason
from edexql.client.http.request import excerpt, raise_service_error, redirect_target, send

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

    import requests

    from edexql.client.endpoints import Endpoints
    from edexql.client.http.request import Response
    from edexql.compiler.request import Request

    Outcome = Literal["not sent", "refused", "unknown"]

MOST_BYTES = 2**20
# As wide as RFC 5321 and 5322 are for addresses without quotes, comments and routes.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@)(?=.{{3,254}}\Z){_LOCAL}@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


class ReportError(ServiceError):
    """Files were not asked for, or it is not known whether they were.

    `outcome` is "not sent", "refused", or "unknown" where mail may come all the same; `text` is what the service
    said, and `number` that of the request in the ledger, None where it is in none.
    """

    def __init__(self, message: str, url: str, outcome: Outcome, text: str = "", number: int | None = None) -> None:
        super().__init__(message, url)
        self.outcome: Outcome = outcome
        self.text = text
        self.number = number


class Receipt(Record):
    """What the service answered, in its own words. `number` is that of the request in the ledger.

    `unkept` says why the answer could not be put into the ledger, empty where it is there.
    """

    url: str
    text: str
    number: int | None = None
    unkept: str = ""


def is_address(text: str) -> bool:
    """Whether a text has the shape of an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def delivery_parameters(parameters: dict[str, Any], files: Sequence[str], email: str) -> dict[str, Any]:
    """The parameters of a listing as a delivery takes them, `email` where the known request has it."""
    filled = {"email": email, "result_filenames": list(files)}
    completed: dict[str, Any] = {}
    for key, value in parameters.items():
        if key == "result_filenames":
            completed |= filled
        elif key not in filled:
            completed[key] = value
    return completed if "email" in completed else completed | filled


def request_report(
    request: Request,
    files: Sequence[str],
    email: str,
    service: str | Endpoints | None = None,
    *,
    query: str = "",
    session: requests.Session | None = None,
    ledger_path: str | None = None,
) -> Receipt:
    """Have files sent by mail.

    `files` are strings of the listing, sizes included; `service` is a base address, or the endpoints of a service,
    None for that of the package's vocabulary; `session` is what it is asked with, one of its own where None. With
    `ledger_path` the request, with the text of its `query`, is in the ledger before it is sent, and what came of it
    after. Raises ReportError, and LedgerError before anything is sent.
    """
    places = service if isinstance(service, endpoints.Endpoints) else endpoints.endpoints_of(service)
    url = places.delivery
    if not url:
        raise ReportError("the vocabulary has no service that sends files by mail", url, "not sent")
    if not is_address(email):
        raise ReportError(
            f"{shown(email)} is not an e-mail address: write it as name@institute.example", url, "not sent"
        )
    if not files:
        raise ReportError("there are no files to send: choose some of the listing", url, "not sent")
    parameters = delivery_parameters(request.parameters, files, email)
    number = None
    if ledger_path is not None:
        number = ledger.add(ledger_path, query, json.dumps(parameters), public_url(url), files)
    try:
        text = _sent(url, parameters, session)
    except ReportError as error:
        error.number = number
        unkept = _write_receipt(ledger_path, number, error.outcome, error.text or str(error))
        if unkept:
            error.args = (f"{error}; {unkept}",)
        raise
    return Receipt(public_url(url), text, number, _write_receipt(ledger_path, number, "accepted", text))


def _write_receipt(path: str | None, number: int | None, receipt: Any, text: str) -> str:
    """Write the outcome into the ledger; an error of this is reported, and undoes nothing."""
    if path is None or number is None:
        return ""
    try:
        ledger.set_receipt(path, number, receipt, text)
    except ledger.LedgerError as error:
        return str(error)
    return ""


def _sent(url: str, parameters: dict[str, Any], session: requests.Session | None) -> str:
    if session is None:
        from edexql.client.http.session import session as made

        with made() as own:
            return _sent(url, parameters, own)
    from edexql.client.http.errors import NETWORK

    try:
        answer = send(session, "POST", url, parameters, "text/plain", MOST_BYTES)
    except ServiceError as error:
        raise _failed(error, url) from error
    except NETWORK as error:
        raise _failed(error, url) from error
    return _text_of(answer)


def _failed(error: Exception, url: str) -> ReportError:
    words = str(error) if isinstance(error, ServiceError) else reason(error)
    try:
        raise_service_error(error)
    except ServiceError as own:
        words = str(own)
    if _never_sent(error):
        return ReportError(f"cannot reach {url}: {words}: nothing was sent", url, "not sent")
    return ReportError(f"{url}: {words}: {_UNKNOWN}", url, "unknown")


_UNKNOWN = "it is unknown whether the request was received; wait for the mail before you ask again"


def _never_sent(error: Exception) -> bool:
    """Whether an error came before anything of the request was on its way."""
    import requests
    from urllib3.exceptions import LocationValueError, NewConnectionError

    from edexql.client.http.errors import UnsentError

    before = (
        requests.ConnectTimeout,
        requests.exceptions.ProxyError,
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidHeader,
        NewConnectionError,
        LocationValueError,
        UnsentError,
    )
    chain = causes(error)
    return any(isinstance(one, before) or "CERTIFICATE_VERIFY_FAILED" in str(one) for one in chain)


def _text_of(answer: Response) -> str:
    """The plain text of an answer that is one of eDEx. Raises ReportError for any other."""
    text = answer.body.decode("utf-8", "replace")
    summary = f"{answer.url} answered {answer.status} {answer.reason}".rstrip() + excerpt(answer.body)
    if answer.status == 200:
        if text.strip() and not _is_other(text):
            return text
        kind = "not plain text, but a page or data" if text.strip() else "an empty body"
        raise ReportError(f"{summary}: that is {kind}: {_UNKNOWN}", answer.url, "unknown", text)
    if elsewhere := redirect_target(answer):
        to = f"{answer.url} answered with a redirect to {elsewhere[:200]}"
        raise ReportError(f"{to}: {_UNKNOWN}", answer.url, "unknown", text)
    if 400 <= answer.status < 500 and answer.status != 408:
        raise ReportError(summary, answer.url, "refused", text)
    raise ReportError(f"{summary}: {_UNKNOWN}", answer.url, "unknown", text)


def _is_other(text: str) -> bool:
    """Whether a text is a page or JSON. What it is marked as tells little: servers mark plain text as a page."""
    text = text.lstrip("\ufeff \t\r\n")
    if text[:1] not in ("{", "["):
        return text.startswith("<")
    try:
        json_text.loads(text.encode())
    except (ValueError, RecursionError):
        return False
    return True
