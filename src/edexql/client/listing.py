"""Ask eDEx for the files of a request: a GET that carries a JSON body, as the service takes it.

Address, method, body and the form of the answer are those of the Canadian Space Agency's tutorial. What
the service answers when it refuses is not known, so everything but that form is reported as it came.
"""

from __future__ import annotations

from edexql.client import endpoints

# Where it is public.
from edexql.client.errors import ServiceError as ServiceError
from edexql.client.http.request import MOST_BYTES, excerpt, json_response
from edexql.model.answer import MATCHED, UNKNOWN, Answer, listed
from edexql.model.filename import product_classifier
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import requests

    from edexql.client.endpoints import Endpoints
    from edexql.client.http.request import Retries, Waiting
    from edexql.compiler.request import Request
    from edexql.compiler.residual import Residual
    from edexql.model.answer import File
    from edexql.model.vocabulary import Vocabulary


def fetch(
    request: Request,
    service: str | Endpoints | None = None,
    *,
    session: requests.Session | None = None,
    retries: Retries | None = None,
    waiting: Waiting | None = None,
    vocabulary: Vocabulary | None = None,
) -> Answer:
    """List the files of a request.

    `service` is a base address, or the endpoints of a service, None for that of the package's vocabulary; `session` is
    what it is asked with, one of its own where None. It is asked again, as `retries` says, where that helps, since it
    changes nothing; `waiting` is then called with the seconds until that and what was wrong. `vocabulary` tells the
    products of the files, that of the package where None. Raises ServiceError.
    """
    answer = request_listing(request, service, session=session, retries=retries, waiting=waiting)
    return listing(answer, request.residual, vocabulary)


def listing(answer: dict[str, Any], residual: Residual | None, vocabulary: Vocabulary | None = None) -> Answer:
    """The files of an answer, with the residual of the query applied to them."""
    vocabulary = vocabulary or load()
    classify, timeless = product_classifier(vocabulary), MATCHED if residual is None else UNKNOWN
    files = [listed(text, classify, timeless, vocabulary.name_forms) for text in answer["result_filenames"]]
    if residual is None:
        return Answer(tuple(files), raw=answer)
    kept: list[File] = []
    removed: list[File] = []
    for file in files:
        admitted = file.start is None or residual.admits(file.start, file.end or 0)
        (kept if admitted else removed).append(file)
    return Answer(tuple(kept), removed=tuple(removed), raw=answer)


def request_listing(
    request: Request,
    service: str | Endpoints | None = None,
    *,
    session: requests.Session | None = None,
    retries: Retries | None = None,
    waiting: Waiting | None = None,
    most: int = MOST_BYTES,
) -> dict[str, Any]:
    """The answer to a request, checked for its form, of at most so many bytes. Arguments as for `fetch`.

    Raises ServiceError.
    """
    places = service if isinstance(service, endpoints.Endpoints) else endpoints.endpoints_of(service)
    if session is None:
        from edexql.client.http.session import session as made

        with made() as own:
            return _form(*json_response(own, places.method, places.listing, request.parameters, retries, waiting, most))
    return _form(*json_response(session, places.method, places.listing, request.parameters, retries, waiting, most))


def _form(answer: Any, whole: Any) -> dict[str, Any]:
    names = answer.get("result_filenames") if isinstance(answer, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = f"{whole.url} answered without a list of result_filenames{excerpt(whole.body)}"
        raise ServiceError(message, whole.url)
    form: dict[str, Any] = answer
    return form
