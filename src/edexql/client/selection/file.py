"""A selection: the files of a query that were ticked, in a small file that can be read, compared and asked again."""

from __future__ import annotations

import json
import time
from json.encoder import encode_basestring_ascii

from edexql.base import json_text
from edexql.base.errors import EdexqlError
from edexql.base.files import atomic, regular
from edexql.base.record import Record
from edexql.base.text import printable, shown
from edexql.client.credentials import public_url
from edexql.model.answer import listed
from edexql.model.filename import product_classifier
from edexql.model.vocabulary import load as load_vocabulary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from edexql.compiler.request import Request
    from edexql.model.answer import Answer, Classifier, File
    from edexql.model.mission import NameForms
    from edexql.model.vocabulary import Vocabulary

FORMAT = 1
# How a file of a selection is called, after its name.
ENDING = ".edqs"
MOST_BYTES = 64 * 2**20


class SelectionError(EdexqlError, ValueError):
    """A selection that cannot be used; the message says what is wrong with it."""

    __module__ = "edexql"


class Choice(Record):
    """A file of a selection, and whether it is ticked."""

    file: File
    ticked: bool = True


class Selection(Record):
    """The text of a query with the values that its parameters were given, its form on the wire, the address that was
    asked (without name and password), the time of asking (UTC, `2019-05-01T15:05:34Z`), and the files that were listed.
    """

    query: str
    wire: str
    service: str
    listed_at: str
    files: tuple[Choice, ...]
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def ticked(self) -> tuple[File, ...]:
        """The files that are ticked, in their order."""
        return tuple(choice.file for choice in self.files if choice.ticked)

    def with_ticks(self, ticks: Sequence[bool]) -> Selection:
        """The same with other ticks, one for each file (see edexql.client.selection.picks)."""
        files = tuple(Choice(choice.file, tick) for choice, tick in zip(self.files, ticks, strict=True))
        return Selection(self.query, self.wire, self.service, self.listed_at, files, self.parameters)


def new_selection(
    query: str, request: Request, answer: Answer, service: str, parameters: Mapping[str, str] | None = None
) -> Selection:
    """A selection of all files that were listed just now."""
    files = tuple(Choice(file) for file in answer.files)
    return Selection(query, request.json(), public_url(service), now(), files, tuple((parameters or {}).items()))


def now() -> str:
    """The time it is, in UTC, as selections have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def save(path: str, selection: Selection) -> None:
    """Write a selection to a file, all at once. Raises SelectionError."""
    try:
        atomic.write(path, text_of(selection).encode())
    except OSError as error:
        raise SelectionError(f"{printable(path)}: {error.strerror or type(error).__name__}") from error


def text_of(selection: Selection) -> str:
    """A selection as its file has it: JSON, a key or a file a line."""
    head = {
        "selection": FORMAT,
        "query": selection.query,
        "parameters": dict(selection.parameters),
        "wire": json.loads(selection.wire),
        "service": selection.service,
        "asked": selection.listed_at,
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    files = [
        f'    {{"ticked": {"true" if choice.ticked else "false"}, "file": {encode_basestring_ascii(choice.file.text)}}}'
        for choice in selection.files
    ]
    body = ",\n".join(files)
    return "\n".join(["{", *lines, f'  "files": [\n{body}\n  ]' if files else '  "files": []', "}", ""])


def load(path: str, vocabulary: Vocabulary | None = None) -> Selection:
    """Read a selection from its file; the vocabulary says what the names of its files mean. Raises SelectionError."""
    where = printable(path)
    try:
        document = json_text.loads(regular.read(path, MOST_BYTES))
    except OSError as error:
        raise SelectionError(f"{where}: {error.strerror or type(error).__name__}") from error
    except (ValueError, RecursionError) as error:
        raise SelectionError(f"{where}: this is not a selection: {printable(str(error))[:200]}") from error
    try:
        return _selection(document, vocabulary or load_vocabulary())
    except SelectionError as error:
        raise SelectionError(f"{where}: this is not a selection: {error}") from error


def request_of(selection: Selection, vocabulary: Vocabulary | None = None) -> Request:
    """The request of a selection, to be sent again: open periods end on the day on which it was asked.

    Raises QueryError where the query cannot be compiled any more, and SelectionError where it has come to mean
    another request.
    """
    from datetime import date

    from edexql.compiler.request import Setting, request
    from edexql.language.source import Source

    day = date.fromisoformat(selection.listed_at[:10])
    made = request(Source(selection.query, "<selection>"), Setting(vocabulary, day, dict(selection.parameters)))
    if made.parameters != json.loads(selection.wire):
        raise SelectionError(
            "the query of this selection is a different request now, because the vocabulary or edexql has changed:"
            " fetch the query again"
        )
    return made


def _selection(document: Any, vocabulary: Vocabulary) -> Selection:
    if not isinstance(document, dict) or document.get("selection") != FORMAT:
        raise SelectionError(f'it does not begin with "selection": {FORMAT}')
    known = ("selection", "query", "parameters", "wire", "service", "asked", "files")
    for key in document:
        if key not in known:
            raise SelectionError(f"there is no key {shown(key)}; there are {', '.join(known)}")
    query, service, listed_at = (_text(document, key) for key in ("query", "service", "asked"))
    parameters = document.get("parameters", {})
    if not isinstance(parameters, dict) or not all(isinstance(value, str) for value in parameters.values()):
        raise SelectionError("parameters must be an object of texts")
    if not isinstance(document.get("wire"), dict):
        raise SelectionError("wire must be an object")
    if not _is_time(listed_at):
        raise SelectionError("asked must be a time such as 2019-05-01T15:05:34Z")
    files = document.get("files")
    if not isinstance(files, list):
        raise SelectionError("files must be a list")
    classify, forms = product_classifier(vocabulary), vocabulary.name_forms
    choices = tuple(_choice(one, number, classify, forms) for number, one in enumerate(files, 1))
    return Selection(
        query, json.dumps(document["wire"]), public_url(service), listed_at, choices, tuple(parameters.items())
    )


def _is_time(text: str) -> bool:
    try:
        time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return len(text) == len("2019-05-01T15:05:34Z")


def _choice(item: Any, number: int, classify: Classifier, forms: NameForms) -> Choice:
    if not isinstance(item, dict) or item.keys() != {"ticked", "file"}:
        raise SelectionError(f'file {number} must be an object with "ticked" and "file"')
    if not isinstance(item["ticked"], bool) or not isinstance(item["file"], str):
        raise SelectionError(f'file {number}: "ticked" must be true or false, and "file" a text')
    return Choice(listed(item["file"], classify, forms=forms), item["ticked"])


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise SelectionError(f"{key} must be a text")
    return value
