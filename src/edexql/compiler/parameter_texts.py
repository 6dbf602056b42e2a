"""The parameter dictionaries in a text: JSON, notebooks, scripts, curl commands, what `fetch --dry-run` shows."""

from __future__ import annotations

import json
import re

from edexql.base.json_text import DEEPEST, too_deep
from edexql.compiler.scripts import FILES, FORM, KEYS, NO_SCRIPT, ParameterText, dictionaries_of_script, error
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.parser import undecodable
from edexql.language.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# What stands between the documents that `compile` and `fetch --dry-run` write.
_BETWEEN = re.compile(r"(?:\s+|(?:GET|POST) \S+[ \t]*(?=\r?\n|\Z)|#[^\n]*)*")
_CURL = re.compile(r"(?:^|[;&|(]|\$ )[ \t]*curl(?:\.exe)?\s", re.MULTILINE)
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1[^\n]*\n")
_DATA = ("--data", "--data-raw", "--data-binary", "--data-ascii", "--json", "-d")
# Lines of a notebook that are for IPython.
_MAGIC = re.compile(r"^([ \t]*)([%!?])", re.MULTILINE)


def parameters_in(source: Source) -> tuple[ParameterText, ...]:
    """All dictionaries in a text, in their order, at least one; those that differ in their list of files alone are one.

    Raises QueryError, its place that of the part that cannot be read.
    """
    if source.undecodable:
        raise QueryError(tuple(undecodable(source)))
    if too_deep(source.text):
        raise error(source, "E412", f"this is nested more than {DEEPEST} levels deep", Span(0, 1), None)
    documents = _dictionaries(source)
    if not documents:
        raise error(source, "E413", "this is not a parameter dictionary", Span(0, 1), FORM)
    # In the order of the keys, which numbers the constraints.
    different: dict[str, ParameterText] = {}
    for one in documents:
        rest = {key: value for key, value in one.parameters.items() if key != FILES}
        different.setdefault(json.dumps(rest), one)
    return tuple(different.values())


def _dictionaries(source: Source) -> list[ParameterText]:
    documents = _documents(source)
    if documents is not None:
        return documents
    if not _CURL.search(source.text):
        return list(dictionaries_of_script(source))
    try:
        # A script may have a command in its comments.
        return list(dictionaries_of_script(source)) or list(_of_curl(source))
    except QueryError as problem:
        of_curl = list(_of_curl(source))
        if of_curl:
            return of_curl
        if not problem.diagnostics[0].message.startswith(NO_SCRIPT):
            raise
        message = "no curl command here sends a parameter dictionary"
        raise error(source, "E413", message, _span_of(source, "curl"), FORM) from None


def _documents(source: Source) -> list[ParameterText] | None:
    """The dictionaries of a text that is JSON documents and nothing else, None where it is anything else."""
    text = source.text
    decoder = json.JSONDecoder()
    documents: list[ParameterText] = []
    place = _skipped(text, 0)
    while place < len(text):
        try:
            document, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as problem:
            if isinstance(problem, json.JSONDecodeError) and text[place] == "{" and "'" not in text:
                reason = f"invalid JSON: {problem.msg.lower()}"
                raise error(source, "E413", reason, Span(problem.pos, problem.pos + 1), FORM) from None
            return None
        documents += _of_document(source, document, place)
        place = _skipped(text, end)
    return documents


def _skipped(text: str, place: int) -> int:
    between = _BETWEEN.match(text, place)
    return between.end() if between else place


def _of_document(source: Source, document: Any, place: int) -> Iterator[ParameterText]:
    if isinstance(document, dict) and isinstance(document.get("cells"), list):
        for number, cell in enumerate(document["cells"], 1):
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                lines = cell.get("source", "")
                text = "".join(map(str, lines)) if isinstance(lines, list) else str(lines)
                yield from _of_cell(Source(text, f"{source.name}, cell {number}"))
    elif isinstance(document, dict):
        yield ParameterText(document, source, place)
    elif isinstance(document, list):
        yield from (
            ParameterText(one, source, place) for one in document if isinstance(one, dict) and KEYS & one.keys()
        )


def _of_cell(source: Source) -> Iterator[ParameterText]:
    if _CURL.search(source.text.replace("!curl", "curl")) and any(key in source.text for key in KEYS):
        yield from _of_curl(Source(source.text.replace("!curl", "curl"), source.name))
    elif any(key in source.text for key in KEYS):
        yield from dictionaries_of_script(Source(_MAGIC.sub(r"\1#", source.text), source.name))


# curl


def _of_curl(source: Source) -> Iterator[ParameterText]:
    """The dictionaries that curl commands send. Raises QueryError where they are in files."""
    from shlex import shlex

    text = source.text
    bodies, commands = _heredocs(text)
    # What is quoted stays one word; a backslash before the end of a line continues it.
    reader = shlex(commands.replace("\\\r\n", " ").replace("\\\n", " "), posix=True)
    reader.whitespace_split = True
    try:
        words = list(reader)
    except ValueError as problem:
        message = f"this curl command cannot be read: {str(problem).lower()}"
        raise error(source, "E413", message, _span_of(source, "curl"), FORM) from None
    place = 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, equals, value = word.partition("=")
        if word in _DATA:
            value = following
        elif not (option in _DATA and equals):
            value = word[2:] if word.startswith("-d") else ""
        if value == "@-" and bodies:
            value = bodies.pop(0)
        if value.startswith("@"):
            help = "decompile that file, or its text"
            raise error(source, "E413", f"the data are in the file {value[1:]}", _span_of(source, value), help)
        try:
            document = json.loads(value.removeprefix("$"))
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            place = max(text.find(value[:20], place), place)
            yield ParameterText(document, source, place)


def _span_of(source: Source, text: str) -> Span:
    start = max(source.text.find(text), 0)
    return Span(start, start + len(text))


def _heredocs(text: str) -> tuple[list[str], str]:
    """The texts that commands are given after `<<WORD`, and the rest."""
    bodies: list[str] = []
    rest: list[str] = []
    place = 0
    while (heredoc := _HEREDOC.search(text, place)) is not None:
        end = text.find(f"\n{heredoc[2]}", heredoc.end() - 1)
        if end < 0:
            break
        bodies.append(text[heredoc.end() : end])
        rest += text[place : heredoc.start()], "\n"
        place = end + 1 + len(heredoc[2])
    return bodies, "".join([*rest, text[place:]])
