"""The text of a parameter dictionary, as JSON or as it stands in people's Python scripts, into a query."""

from __future__ import annotations

import json
import re

from edexql.compiler.canonical import canonical
from edexql.compiler.errors import EdexqlError
from edexql.compiler.lift import Doubt, lift
from edexql.compiler.raw import DEEPEST, too_deep
from edexql.compiler.request import Setting, today
from edexql.language.diagnostic import Diagnostic, in_order
from edexql.language.parser import undecodable
from edexql.language.source import Source, Span
from edexql.model.vocabulary import load
from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping
    from typing import Any

_FORM = 'give a dictionary such as {"product": ["fai-lv1-hdf5-images"], "date": [["2019-05-01", "2019-05-01"]], …}'


@record(frozen=True, slots=True)
class Decompiled:
    """The canonical text of a dictionary, and the warnings about it."""

    text: str
    diagnostics: tuple[Diagnostic, ...]


def decompiled(parameters: Mapping[str, Any], setting: Setting, source: Source | None = None) -> Decompiled:
    """The query of a dictionary. Raises EdexqlError where it is not of eDEx's form."""
    if source is None:
        source, parameters = _plain(parameters)
    vocabulary = setting.vocabulary or load()
    query, doubts = lift(parameters, vocabulary, setting.today or today())
    diagnostics = in_order(_diagnostic(doubt, source) for doubt in doubts)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        raise EdexqlError(diagnostics)
    told = tuple(diagnostic for diagnostic in diagnostics if diagnostic.code not in setting.allow)
    return Decompiled(canonical(query, vocabulary), told)


def _plain(parameters: Mapping[str, Any]) -> tuple[Source, dict[str, Any]]:
    """A dictionary as JSON has it, and its text. Raises EdexqlError where JSON cannot have it."""
    name = "<parameters>"
    odd = next((key for key in parameters if not isinstance(key, str)), None)
    if odd is not None:
        source = Source(repr(odd), name)
        raise _error(source, "E413", "this key is not a text", Span(0, len(source.text)), _FORM)
    try:
        text = json.dumps(dict(parameters), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        source = Source(repr(type(parameters).__name__), name)
        raise _error(source, "E413", f"this is not plain data: {error}", Span(0, 0), _FORM) from None
    source = Source(text, name)
    return source, read_parameters(source)


def read_parameters(source: Source) -> dict[str, Any]:
    """The dictionary in a text: JSON, a Python literal, or the first such literal of a script.

    Raises EdexqlError, its place that of the part that cannot be read.
    """
    text = source.text
    if source.undecodable:
        raise EdexqlError(tuple(undecodable(source)))
    if too_deep(text):
        raise _error(source, "E412", f"this is nested more than {DEEPEST} levels deep", Span(0, 1), None)
    try:
        found = json.loads(text)
    except ValueError as error:
        if text.lstrip()[:1] == "{" and "'" not in text and isinstance(error, json.JSONDecodeError):
            reason = error.msg.lower()
            raise _error(source, "E413", f"this is not JSON: {reason}", Span(error.pos, error.pos + 1), _FORM) from None
        found = _from_python(source)
    if not isinstance(found, dict):
        raise _error(source, "E413", "this is not a parameter dictionary", Span(0, min(1, len(text))), _FORM)
    return found


def _from_python(source: Source) -> Any:
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text.strip("\n") if source.text[:1].isspace() else source.text)
    except SyntaxError as error:
        start = _offset(source, error.lineno or 1, (error.offset or 1) - 1)
        message = f"this is neither JSON nor Python: {error.msg}"
        raise _error(source, "E413", message, Span(start, start + 1), _FORM) from None
    except (ValueError, RecursionError, MemoryError):
        raise _error(source, "E413", "this is neither JSON nor Python", Span(0, 1), _FORM) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and _is_request(node):
            return {
                _key(key, source): _value(key, value, source) for key, value in zip(node.keys, node.values, strict=True)
            }
    return None


def _is_request(node: ast.Dict) -> bool:
    keys = {getattr(key, "value", None) for key in node.keys}
    return bool(keys & {"query-logic", "product", "result_filenames"})


def _key(node: ast.expr | None, source: Source) -> str:
    key = _literal(node, source)
    if not isinstance(key, str):
        raise _error_at(node, source, "this key is not a text")
    return key


def _value(key: ast.expr | None, value: ast.expr, source: Source) -> Any:
    """A value of the dictionary; the list of files may be a variable, as in the tutorial's script."""
    import ast

    if isinstance(value, ast.Name) and getattr(key, "value", None) == "result_filenames":
        return []
    return _literal(value, source)


def _literal(node: ast.expr | None, source: Source) -> Any:
    import ast

    try:
        found = ast.literal_eval(node or "**")
        return json.loads(json.dumps(found, allow_nan=False))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise _error_at(node, source, "this is not a plain value") from None


def _error_at(node: ast.expr | None, source: Source, message: str) -> EdexqlError:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    start = _offset(source, line, column)
    end = _offset(source, getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column + 1))
    help = "write lists, texts and numbers in place of variables and calls"
    return _error(source, "E413", message, Span(start, max(end, start + 1)), help)


def _offset(source: Source, line: int, column: int) -> int:
    """The offset of a line and column as `ast` counts them, near enough where a line is not ASCII."""
    line = min(line, source.line_count())
    start = 0
    if line > 1:
        text = source.text.replace("\r\n", " \n").replace("\r", "\n")
        start = [m.end() for m in re.finditer("\n", text)][line - 2]
    return min(start + column, len(source.text))


def _diagnostic(doubt: Doubt, source: Source) -> Diagnostic:
    found = re.search(rf"[\"']{re.escape(doubt.key)}[\"']", source.text)
    span = Span(*found.span()) if found else Span(0, min(1, len(source.text)))
    return Diagnostic(doubt.code, doubt.message, source, span, help=doubt.help)


def _error(source: Source, code: str, message: str, span: Span, help: str | None) -> EdexqlError:
    end = len(source.text)
    clipped = Span(min(span.start, end), min(span.end, end))
    return EdexqlError((Diagnostic(code, message, source, clipped, help=help),))
