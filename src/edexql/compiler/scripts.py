"""The parameter dictionaries in a Python script, which is read and never run.

A dictionary is a literal, or `dict(...)` of literals, and so is what is put into it later by its name.
"""

from __future__ import annotations

import json
import re

from edexql.base.record import Record
from edexql.language.diagnostics import Diagnostic
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any

FORM = 'give a dictionary such as {"product": ["NAME"], "date": [["2019-05-01", "2019-05-01"]], …}'
_PLAIN = "write lists, texts and numbers in place of variables and calls"
NO_SCRIPT = "this is neither JSON nor Python"
# Keys of parameter dictionaries, which other dictionaries do not have.
KEYS = {"query-logic", "product", "result_filenames"}
FILES = "result_filenames"
# Methods of dictionaries and lists that change them.
_CHANGING = {
    "update",
    "pop",
    "popitem",
    "clear",
    "setdefault",
    "append",
    "extend",
    "insert",
    "remove",
    "sort",
    "reverse",
}


class ParameterText(Record):
    """A parameter dictionary, the text that it stands in, and where in it."""

    parameters: dict[str, Any]
    source: Source
    start: int


def dictionaries_of_script(source: Source) -> Iterator[ParameterText]:
    import ast

    script = _Script(source)
    nodes: list[Any] = [node for node in ast.walk(_tree(source)) if hasattr(node, "lineno")]
    # In the order of the text, what holds others first.
    nodes.sort(key=lambda node: (node.lineno, node.col_offset, -(node.end_lineno or 0), -(node.end_col_offset or 0)))
    for node in nodes:
        script.take(node)
    return script.requests()


def _tree(source: Source) -> ast.Module:
    import ast
    import warnings

    text = source.text.strip("\n") if source.text[:1].isspace() else source.text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as problem:
        start = _offset(source, problem.lineno or 1, (problem.offset or 1) - 1)
        message = f"{NO_SCRIPT}: {problem.msg}"
        raise error(source, "E413", message, Span(start, start + 1), FORM) from None
    except (ValueError, RecursionError, MemoryError):
        raise error(source, "E413", NO_SCRIPT, Span(0, 1), FORM) from None


class _Script:
    """The dictionaries of a script, as far as it has been read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._dictionaries: list[tuple[dict[str, Any], int]] = []
        # The dictionary that a name stands for, by its place among those found; and why one is not known any more.
        self._named: dict[str, int] = {}
        self._unknown: dict[int, QueryError] = {}
        # Nodes that belong to what has been taken.
        self._inside: set[int] = set()
        text = source.text.replace("\r\n", " \n").replace("\r", "\n")
        self._lines = [0, *(line_break.end() for line_break in re.finditer("\n", text))]

    def requests(self) -> Iterator[ParameterText]:
        """The dictionaries that are requests. Raises QueryError for one that is not known."""
        for place, (parameters, start) in enumerate(self._dictionaries):
            if KEYS & parameters.keys():
                if place in self._unknown:
                    raise self._unknown[place]
                yield ParameterText(parameters, self._source, start)

    def take(self, node: Any) -> None:
        """Take a node in; the nodes come in the order of the text."""
        import ast

        if id(node) in self._inside:
            return
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self._assigned(target, node.value)
        elif isinstance(node, (ast.AugAssign, ast.Delete)):
            for target in [node.target] if isinstance(node, ast.AugAssign) else node.targets:
                self._changed(target, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            self._called(node, node.func)
        elif _is_dictionary(node) and KEYS & _names(node):
            self._add(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip()[:1] == "{":
            self._text(node, node.value)

    def _assigned(self, target: Any, value: Any) -> None:
        import ast

        if isinstance(target, ast.Name):
            self._named.pop(target.id, None)
            if not _is_dictionary(value):
                return
            try:
                self._named[target.id] = self._add(value)
            except QueryError:
                if KEYS & _names(value):
                    raise
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            if target.value.id in self._named:
                self._put(target.value.id, [(target.slice, value)])
        else:
            self._changed(target, target)

    def _called(self, node: Any, function: Any) -> None:
        """A call of a method of a dictionary that has a name: `update` puts into it."""
        import ast

        if isinstance(function.value, ast.Name) and function.attr == "update" and function.value.id in self._named:
            self._inside.update(map(id, ast.walk(node)))
            try:
                items = _items(node, self._source)
            except QueryError:
                self._changed(function.value, node)
            else:
                self._put(function.value.id, items)
        elif function.attr in _CHANGING:
            self._changed(function.value, node)

    def _changed(self, target: Any, node: Any) -> None:
        """What a dictionary holds is not known any more, where it is one that something is done to."""
        import ast

        while isinstance(target, (ast.Subscript, ast.Attribute)):
            target = target.value
        place = self._named.get(target.id) if isinstance(target, ast.Name) else None
        if place is not None and place not in self._unknown:
            message = "what this does to the dictionary is not read"
            self._unknown[place] = _error_at(node, self._source, message)

    def _put(self, name: str, items: list[tuple[Any, Any]]) -> None:
        """Put items into a dictionary that has a name."""
        place = self._named[name]
        parameters = self._dictionaries[place][0]
        try:
            new = {(key := _key(node, self._source)): _value(key, value, self._source) for node, value in items}
        except QueryError as problem:
            self._unknown.setdefault(place, problem)
            return
        if parameters.keys() & new.keys() - {FILES, "email"}:
            # What was there before may have been asked for already.
            parameters = dict(parameters)
            self._dictionaries.append((parameters, self._start(items[0][1])))
            self._named[name] = len(self._dictionaries) - 1
            if place in self._unknown:
                self._unknown[self._named[name]] = self._unknown[place]
        parameters.update(new)

    def _add(self, node: Any) -> int:
        import ast

        parameters = {}
        for key_node, value in _items(node, self._source):
            key = _key(key_node, self._source)
            parameters[key] = _value(key, value, self._source)
        self._inside.update(map(id, ast.walk(node)))
        self._dictionaries.append((parameters, self._start(node)))
        return len(self._dictionaries) - 1

    def _text(self, node: Any, text: str) -> None:
        """A text of the script that is a dictionary as JSON."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(document, dict) and KEYS & document.keys():
            self._dictionaries.append((document, self._start(node)))

    def _start(self, node: Any) -> int:
        line: int = node.lineno
        return self._lines[min(line, len(self._lines)) - 1] + int(node.col_offset)


def _is_dictionary(node: Any) -> bool:
    import ast

    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "dict"
    return isinstance(node, ast.Dict)


def _names(node: Any) -> set[Any]:
    """The keys of a dictionary as far as they are plain texts, those of dictionaries merged into it too."""
    import ast

    names: set[Any] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if key is None:
                    waiting.append(value)
                elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                    names.add(key.value)
        elif isinstance(one, ast.Call) and _is_dictionary(one):
            names.update(keyword.arg for keyword in one.keywords if keyword.arg)
            waiting += [*one.args, *(keyword.value for keyword in one.keywords if not keyword.arg)]
    return names


def _items(node: Any, source: Source) -> list[tuple[Any, Any]]:
    """Keys and values of a dictionary, of `dict(...)` and of `update(...)`, with those that are merged into it.

    Raises QueryError for what is merged and is no literal.
    """
    import ast

    items: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Dict):
            pairs = list(zip(one.keys, one.values, strict=True))
            merged = next((place for place, (key, _) in enumerate(pairs) if key is None), len(pairs))
            items += pairs[:merged]
            if merged < len(pairs):
                rest = ast.copy_location(
                    ast.Dict([k for k, _ in pairs[merged + 1 :]], [v for _, v in pairs[merged + 1 :]]), one
                )
                waiting += [rest, pairs[merged][1]]
        elif isinstance(one, ast.Call) and (_is_dictionary(one) or one is node):
            parts: list[Any] = list(one.args)
            for keyword in one.keywords:
                if keyword.arg is None:
                    parts.append(keyword.value)
                else:
                    key = ast.copy_location(ast.Constant(keyword.arg), keyword.value)
                    parts.append(ast.copy_location(ast.Dict([key], [keyword.value]), keyword.value))
            waiting += reversed(parts)
        else:
            raise _error_at(one, source, "this is not a plain dictionary")
    return items


def _key(node: ast.expr | None, source: Source) -> str:
    key = _literal(node, source)
    if not isinstance(key, str):
        raise _error_at(node, source, "this key is not a text")
    return key


def _value(key: str, value: ast.expr, source: Source) -> Any:
    """A value of the dictionary; the list of files may be a variable, as in the tutorial's script."""
    import ast

    if key == FILES and not isinstance(value, (ast.List, ast.Tuple)):
        return []
    return _literal(value, source)


def _literal(node: ast.expr | None, source: Source) -> Any:
    import ast

    try:
        value = ast.literal_eval(node or "**")
        return json.loads(json.dumps(value, allow_nan=False))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise _error_at(node, source, "this is not a plain value") from None


def _error_at(node: Any, source: Source, message: str) -> QueryError:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    start = _offset(source, line, column)
    end = _offset(source, getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column + 1))
    return error(source, "E413", message, Span(start, max(end, start + 1)), _PLAIN)


def _offset(source: Source, line: int, column: int) -> int:
    """The offset of a line and column as `ast` counts them, near enough where a line is not ASCII."""
    line = min(line, source.line_count())
    start = 0
    if line > 1:
        text = source.text.replace("\r\n", " \n").replace("\r", "\n")
        start = [m.end() for m in re.finditer("\n", text)][line - 2]
    return min(start + column, len(source.text))


def error(source: Source, code: str, message: str, span: Span, help: str | None) -> QueryError:
    end = len(source.text)
    clipped = Span(min(span.start, end), min(span.end, end))
    return QueryError((Diagnostic(code, message, source, clipped, help=help),))
