"""The listing: a query in, the same object with the names and sizes of its files out."""

from __future__ import annotations

import re
from functools import partial

from starlette.responses import Response

from edexql.base.text import shown
from edexql.base.units import listed
from edexql.compiler.lift import lift
from edexql.compiler.raw import RESERVED
from edexql.compiler.request import today
from edexql.server.body import json_of, read_object
from edexql.server.errors import Finding, Refusal, as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from typing import Any

    from starlette.requests import Request

    from edexql.model.query import Query
    from edexql.server.catalogue import Answering, Listed
    from edexql.server.service import Service
    from edexql.server.settings import Settings

    Endpoint = Callable[[Request], Awaitable[Response]]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def listing_endpoint(service: Service) -> Endpoint:
    """The endpoint that lists the files of a query."""

    async def listing(request: Request) -> Response:
        body = await json_of(request, service.settings.limits)
        work = partial(answer, body, service.answering, service.settings)
        return Response(await service.evaluations.run(work), media_type="application/json")

    return listing


def answer(body: bytes, answering: Answering, settings: Settings) -> bytes:
    """The parameters in a body with their `result_filenames`, as JSON. Raises Refusal."""
    parameters = read_object(body)
    files = answering.listing(query_of(parameters, settings))
    if len(files) > settings.limits.files:
        message = f"{len(files)} files meet the query, and no more than {settings.limits.files} are listed"
        raise Refusal(409, Finding("S409", message, help="ask for a shorter time or for fewer products"))
    return as_json({**parameters, "result_filenames": [text_of(file) for file in files]})


def text_of(file: Listed) -> str:
    """A file as eDEx lists it: its name, three blanks, its size."""
    size = file.size_text or ("" if file.size is None else listed(file.size))
    return f"{file.name}   {size}".rstrip()


def query_of(parameters: dict[str, Any], settings: Settings) -> Query:
    """The query of a request. Raises Refusal.

    422 is for values that are not of eDEx's form, 409 for those that are and do not fit each other, such as
    logic over constraints that are not there.
    """
    _check_size(parameters, settings)
    _refuse(422, check_names(parameters))
    query, doubts = lift(parameters, settings.vocabulary, today())
    wrong = [Finding(d.code, d.message, d.key, d.help) for d in doubts if d.code.startswith("E")]
    fits = all(finding.key == "query-logic" for finding in wrong) and isinstance(parameters.get("query-logic"), str)
    _refuse(409 if fits else 422, wrong)
    key = settings.vocabulary.date.wire
    _refuse(422, _odd_dates(parameters.get(key, []), key))
    _refuse(409, _turned_dates(parameters.get(key, []), key))
    return query


def _refuse(status: int, findings: Iterator[Finding] | list[Finding]) -> None:
    found = tuple(findings)[:20]
    if found:
        raise Refusal(status, *found)


def _check_size(parameters: dict[str, Any], settings: Settings) -> None:
    limits = settings.limits
    count = sum(len(v) for key, v in parameters.items() if key not in RESERVED and isinstance(v, list))
    if count > limits.elements:
        message = f"the query has {count} constraints, and no more than {limits.elements} are taken"
        raise Refusal(413, Finding("S413", message))
    logic = parameters.get("query-logic")
    if isinstance(logic, str) and len(logic) > limits.logic:
        message = f"`query-logic` has {len(logic)} characters, and no more than {limits.logic} are taken"
        raise Refusal(413, Finding("S413", message, "query-logic"))


def check_names(parameters: dict[str, Any]) -> Iterator[Finding]:
    """What is wrong with the form of `result_filenames`."""
    names = parameters.get("result_filenames", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        yield Finding("E413", "`result_filenames` is not a list of texts", "result_filenames")


def _odd_dates(elements: Any, key: str) -> Iterator[Finding]:
    """Elements under the key of dates that are no pair of days, which no other key is held to: their form is known."""
    help = 'write [["2019-05-01", "2019-05-01"]]: the first and the last day of each period'
    if not isinstance(elements, list):
        yield Finding("E403", f"`{key}` is not a list of periods", key, help)
        return
    for number, element in enumerate(elements, 1):
        if not (isinstance(element, list) and len(element) == 2 and all(isinstance(day, str) for day in element)):
            yield Finding("E403", f"period {number} of `{key}` is not a pair of days", key, help)
            continue
        for day in element:
            if not _is_day(day):
                yield Finding("E401", f"{shown(day)} in `{key}` is no day, YYYY-MM-DD", key, help)


def _turned_dates(elements: list[list[str]], key: str) -> Iterator[Finding]:
    for first, last in elements:
        if last < first:
            yield Finding("E402", f"a period of `{key}` ends on {last}, before it begins on {first}", key)


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
