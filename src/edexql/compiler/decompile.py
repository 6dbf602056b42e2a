"""A parameter dictionary into a query."""

from __future__ import annotations

import json
import re

from edexql.base.record import Record
from edexql.compiler.canonical import canonical
from edexql.compiler.lift import Doubt, lift
from edexql.compiler.parameter_texts import parameters_in
from edexql.compiler.request import Setting, today
from edexql.compiler.scripts import FORM, error
from edexql.language.diagnostics import Diagnostic, in_order
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.source import Source, Span
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any

    from edexql.model.vocabulary import Vocabulary


class Decompiled(Record):
    """The canonical text of a dictionary, and the warnings about it."""

    text: str
    diagnostics: tuple[Diagnostic, ...]


def decompiled(
    parameters: Mapping[str, Any], setting: Setting, source: Source | None = None, start: int = 0
) -> Decompiled:
    """The query of a dictionary, which may stand somewhere in a text.

    Raises QueryError where it is not of eDEx's form.
    """
    if source is None:
        source, parameters = _plain(parameters)
    vocabulary = setting.vocabulary or load()
    query, doubts = lift(parameters, vocabulary, setting.today or today())
    diagnostics = in_order([_diagnostic(doubt, source, start) for doubt in doubts])
    if any(diagnostic.is_error for diagnostic in diagnostics):
        raise QueryError(diagnostics)
    reported = tuple(diagnostic for diagnostic in diagnostics if diagnostic.code not in setting.allow)
    return Decompiled(canonical(query, vocabulary), reported)


def decompile_all(
    text: str,
    *,
    name: str = "<parameters>",
    today: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> list[str]:
    """The queries of all parameter dictionaries in a text, such as a script or a notebook, in their order.

    Raises QueryError where there is none, or where one is not of the form that eDEx takes.

    >>> import edexql
    >>> script = '''
    ... a = dict(product=['fai-lv1-hdf5-images'])
    ... b = {'date': [['2017-11-01', '2017-11-30']], 'query-logic': ' ( 1 ) '}
    ... '''
    >>> edexql.decompile_all(script)
    ['product fai-lv1-hdf5-images\\n', 'date 2017-11\\nlogic 1\\n']
    """
    setting = Setting(vocabulary, today)
    return [
        decompiled(document.parameters, setting, document.source, document.start).text
        for document in parameters_in(Source(text, name))
    ]


def _plain(parameters: Mapping[str, Any]) -> tuple[Source, dict[str, Any]]:
    """A dictionary as JSON has it, and its text. Raises QueryError where JSON cannot have it."""
    name = "<parameters>"
    odd = next((key for key in parameters if not isinstance(key, str)), None)
    if odd is not None:
        source = Source(repr(odd), name)
        raise error(source, "E413", "this key is not a string", Span(0, len(source.text)), FORM)
    try:
        text = json.dumps(dict(parameters), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as problem:
        source = Source(repr(type(parameters).__name__), name)
        raise error(source, "E413", f"this is not plain data: {problem}", Span(0, 0), FORM) from None
    source = Source(text, name)
    return source, read_parameters(source)


def read_parameters(source: Source) -> dict[str, Any]:
    """The one dictionary in a text.

    Raises QueryError where there is none, its place that of the part that cannot be read, and where there are several.
    """
    first, *others = parameters_in(source)
    if others:
        places = [f"{one.source.name}:{one.source.position(one.start)[0]}" for one in (first, *others)]
        message = f"there are {len(places)} parameter dictionaries here, at {', '.join(places[:9])}"
        help = "`edexql decompile` and `edexql.decompile_all` convert each of them; or use a text with one"
        raise error(source, "E413", message, Span(first.start, first.start + 1), help)
    return first.parameters


def _diagnostic(doubt: Doubt, source: Source, start: int) -> Diagnostic:
    match = re.compile(rf"\b{re.escape(doubt.key)}\b").search(source.text, start)
    span = Span(*match.span()) if match else Span(0, min(1, len(source.text)))
    return Diagnostic(doubt.code, doubt.message, source, span, help=doubt.help)
