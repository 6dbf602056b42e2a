"""The listing: a query in, the same object with the names and sizes of its files out."""

from __future__ import annotations

import re
from functools import partial

from starlette.responses import Response

from edexql.base.text import shown
from edexql.base.units import listed
from edexql.compiler.lift import lift
from edexql.compiler.request import today
from edexql.compiler.values import RESERVED
from edexql.server.body import json_object, read_body
from edexql.server.errors import Diagnostic, RequestError, json_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from starlette.requests import Request

    from edexql.model.query import Query
    from edexql.server.catalogue import CatalogueFile
    from edexql.server.service import Endpoint, Service
    from edexql.server.settings import Limits, Settings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Diagnostics in one response.
_DIAGNOSTICS_LIMIT = 20


def listing_endpoint(service: Service) -> Endpoint:
    """The endpoint that lists the files of a query."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, service.settings.limits)
        return Response(await service.queries.run(partial(_listing, body, service)), media_type="application/json")

    return endpoint


def _listing(body: bytes, service: Service) -> bytes:
    """The object in a body with its `result_filenames`, as JSON. Raises RequestError."""
    parameters = json_object(body)
    files = service.catalogue.listing(query_of(parameters, service.settings))
    limit = service.settings.limits.files
    if len(files) > limit:
        message = f"{len(files)} files match the query; at most {limit} are listed"
        raise RequestError(409, Diagnostic("S409", message, help="choose shorter periods or fewer products"))
    return json_bytes({**parameters, "result_filenames": [_name_and_size(file) for file in files]})


def _name_and_size(file: CatalogueFile) -> str:
    """A file as eDEx lists it: its name, three blanks, its size."""
    size = file.size_text or ("" if file.size is None else listed(file.size))
    return f"{file.name}   {size}".rstrip()


def query_of(parameters: dict[str, Any], settings: Settings) -> Query:
    """The query of a request. Raises RequestError.

    422 is for values that do not have eDEx's form, 409 for values that have it and do not fit each other, such as
    logic over constraints that are not there.
    """
    _check_size(parameters, settings.limits)
    raise_errors(422, filename_errors(parameters))
    query, diagnostics = lift(parameters, settings.vocabulary, today())
    errors = [
        Diagnostic(diagnostic.code, diagnostic.message, diagnostic.key, diagnostic.help)
        for diagnostic in diagnostics
        if diagnostic.code.startswith("E")
    ]
    only_logic = all(error.key == "query-logic" for error in errors) and isinstance(parameters.get("query-logic"), str)
    raise_errors(409 if only_logic else 422, errors)
    key = settings.vocabulary.date.wire
    raise_errors(422, _date_form_errors(parameters.get(key, []), key))
    raise_errors(409, _date_order_errors(parameters.get(key, []), key))
    return query


def raise_errors(status: int, diagnostics: Iterable[Diagnostic]) -> None:
    """Raises RequestError where there are diagnostics, with the first of them."""
    errors = tuple(diagnostics)[:_DIAGNOSTICS_LIMIT]
    if errors:
        raise RequestError(status, *errors)


def filename_errors(parameters: dict[str, Any]) -> Iterator[Diagnostic]:
    """What is wrong with the form of `result_filenames`."""
    names = parameters.get("result_filenames", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        yield Diagnostic("E413", "`result_filenames` is not a list of strings", "result_filenames")


def _check_size(parameters: dict[str, Any], limits: Limits) -> None:
    count = sum(len(value) for key, value in parameters.items() if key not in RESERVED and isinstance(value, list))
    if count > limits.elements:
        message = f"the query has {count} constraints; at most {limits.elements} are accepted"
        raise RequestError(413, Diagnostic("S413", message))
    logic = parameters.get("query-logic")
    if isinstance(logic, str) and len(logic) > limits.logic:
        message = f"`query-logic` has {len(logic)} characters; at most {limits.logic} are accepted"
        raise RequestError(413, Diagnostic("S413", message, "query-logic"))


def _date_form_errors(elements: Any, key: str) -> Iterator[Diagnostic]:
    """Elements of the dates that are not pairs of days. The form of other keys is not checked: it is not known."""
    help = 'write [["2019-05-01", "2019-05-01"]]: the first and the last day of each period'
    if not isinstance(elements, list):
        yield Diagnostic("E403", f"`{key}` is not a list of periods", key, help)
        return
    for number, element in enumerate(elements, 1):
        if not (isinstance(element, list) and len(element) == 2 and all(isinstance(day, str) for day in element)):
            yield Diagnostic("E403", f"period {number} of `{key}` is not a pair of days", key, help)
            continue
        for day in element:
            if not _is_day(day):
                yield Diagnostic("E401", f"{shown(day)} in `{key}` is not a date YYYY-MM-DD", key, help)


def _date_order_errors(periods: list[list[str]], key: str) -> Iterator[Diagnostic]:
    for first, last in periods:
        if last < first:
            yield Diagnostic("E402", f"a period of `{key}` ends on {last}, before it starts on {first}", key)


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
