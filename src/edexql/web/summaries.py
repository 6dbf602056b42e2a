"""What helps to choose: how a field is distributed, when files are, what a value of an instrument changes, pictures."""

from __future__ import annotations

from edexql.compiler import editing
from edexql.compiler.editing import EditError
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.source import Source
from edexql.model.period import moment
from edexql.pictures.model import FEWER_TIMES, TIMES, PictureError
from edexql.server.errors import Diagnostic, RequestError, http_error
from edexql.web.answers import query, query_of_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import Any

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
    from edexql.web.workbench import Call

# What to do on the page where a picture lacks something.
_ADVICE = {
    TIMES: "name other dates in the query, or the times above",
    FEWER_TIMES: "name the times above, or go to a match",
}


def field(call: Call) -> dict[str, Any]:
    """How a field is distributed within the dates of a query. Raises RequestError, 404, for an unknown field."""
    from edexql.catalogue.summaries.distribution import distribution

    vocabulary = call.workbench.vocabulary
    known = vocabulary.field(call.values["name"])
    if known is None:
        raise http_error(404, "the vocabulary has no such field")
    catalogue = call.catalogue("the distribution of a field")
    found = distribution(known, query(call), catalogue, vocabulary)
    return {
        "low": known.low,
        "high": known.high,
        "unit": known.unit,
        "counts": list(found.seconds),
        "edges": list(found.edges),
        "source": found.source,
    }


def calendar(call: Call) -> dict[str, Any]:
    """How many files of the products of a query begin on each day of a year, and how many of them match."""
    from edexql.catalogue.summaries.counts import files_of_days

    catalogue = call.catalogue("a calendar of files")
    days = files_of_days(query(call), catalogue, call.workbench.vocabulary, call.values["year"])
    return {"days": {str(day): [count.files, count.matched] for day, count in days.items()}}


def presence(call: Call) -> dict[str, Any]:
    """How many files a query gives, and how many with a value of an instrument, and without it."""
    catalogue, asked = call.catalogue("the number of files"), query(call)
    key, value = call.values["instrument"], call.values["value"]
    if value not in call.workbench.vocabulary.values(key):
        raise http_error(404, "the vocabulary has no such value of an instrument")
    numbers = [
        str(number)
        for number, one in enumerate(asked.constraints, 1)
        if (one.kind, one.key, one.value) == ("word", key, value)
    ]
    text = call.source.text
    now = _files(asked, catalogue, call)
    try:
        if numbers:
            other = _files(_query(editing.dropped(text, numbers), call), catalogue, call)
            return {"now": now, "with": now, "without": other}
        edited = editing.entered(text, f"{key} {value}").text
    except EditError as error:
        raise http_error(409, error.message, help=error.help) from None
    if edited is None:
        raise http_error(409, f"`{key} {value}` cannot be added to the query")
    return {"now": now, "with": _files(_query(edited, call), catalogue, call), "without": now}


def _query(text: str, call: Call) -> Query:
    return query_of_source(Source(text, "<text>"), call)


def _files(asked: Query, catalogue: Catalogue, call: Call) -> int:
    from edexql.catalogue.evaluation import evaluate

    return len(evaluate(asked, catalogue, call.workbench.vocabulary).files)


def picture(call: Call) -> dict[str, Any]:
    """A picture of a query as SVG, with what is seen in it in words, which match it is of and how many there are.

    Raises RequestError, 409, for nothing to draw.
    """
    asked, catalogue = query(call), call.catalogue("what a picture shows")
    from edexql.engines.kinds.local import CatalogueEvidence
    from edexql.pictures import scene
    from edexql.pictures.kinds import picture as picture_of_kind
    from edexql.pictures.timeline import WIDTH

    evidence = CatalogueEvidence(catalogue, call.workbench.vocabulary)
    width, span = call.values["width"] or WIDTH, _span(call)
    try:
        drawn = picture_of_kind(call.values["kind"], asked, evidence, span, match=call.values["match"], width=width)
        matches = scene.count(asked, evidence, span) if drawn.matches is None else drawn.matches
    except PictureError as error:
        raise http_error(409, str(error.advised(_ADVICE))) from None
    return {
        "svg": drawn.svg(),
        "title": drawn.title,
        "description": drawn.description,
        "from": moment(drawn.start),
        "to": moment(drawn.end),
        "match": drawn.match,
        "matches": matches,
    }


def _span(call: Call) -> tuple[int | None, int | None]:
    """The times that a picture is of, where the call names any. Raises RequestError."""
    from edexql.compiler.moments import end_second, first_second

    setting = call.workbench.setting

    def second(key: str, of_text: Callable[[str, date | None, Vocabulary | None], int]) -> int | None:
        text = call.values[key]
        try:
            return None if text is None else of_text(text, setting.today, setting.vocabulary)
        except QueryError as error:
            first = error.diagnostics[0]
            # A time stands alone here, without the word that begins a constraint.
            help = None if first.help is None else first.help.replace("`date ", "`")
            raise RequestError(400, Diagnostic("S400", f"`{key}`: {first.message}", key, help)) from None
        except ValueError as error:
            raise RequestError(400, Diagnostic("S400", f"`{key}`: {error}", key)) from None

    return second("from", first_second), second("to", end_second)
