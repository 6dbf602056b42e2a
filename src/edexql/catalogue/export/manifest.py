"""The manifest of an export: the one file that says which files it is, and of what they were made.

It is written last and replaced as a whole. The files that it names never change: their names have the sum of
their bytes. So who reads the files of a manifest, the old one or the new one, reads one state of the catalogue.
"""

from __future__ import annotations

import json

from edexql.base.errors import EdexqlError
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

NAME = "manifest.json"
# Of this file, not of the tables.
FORMAT = 1
# What a database that has the tables says of them: the number of the schema, and as JSON what of the vocabulary its
# rows depend on, whether some of them are simulated, and which state of the catalogue they are.
SCHEMA, VOCABULARY, SYNTHETIC = "edexql.schema", "edexql.vocabulary", "edexql.synthetic"
STATE = "edexql.catalogue"


class NoManifestError(EdexqlError):
    """A file that is no manifest of an export, or one that is damaged."""


class Written(Record):
    """A file of a table: its path below the export, its rows, its bytes, and the BLAKE2b sum of these (128 bits)."""

    table: str
    path: str
    rows: int
    bytes: int
    sum: str


class Part(Record):
    """What was written together: the files of some tables of a satellite and month.

    `digest` is that of what they were made of; a part of the same digest need not be written again.
    """

    satellite: str
    month: int
    kind: str
    digest: str
    files: tuple[Written, ...]

    @property
    def key(self) -> tuple[str, int, str]:
        """What it is of, whatever state of that."""
        return self.satellite, self.month, self.kind


class Manifest(Record):
    """`schema` is the number of the schema of the tables, `edexql` the version that wrote them, `catalogue` the digest
    of the state of the catalogue, `vocabulary` what the rows depend on (see `vocabulary`), `satellite` the only one
    that was written, and `empty` the fields that would follow from positions and have no values."""

    schema: int
    edexql: str
    catalogue: str
    synthetic: bool
    vocabulary: Mapping[str, Any]
    satellite: str | None
    empty: tuple[str, ...]
    parts: tuple[Part, ...]

    def files(self) -> Iterator[Written]:
        """All of its files."""
        for part in self.parts:
            yield from part.files

    def paths(self, table: str) -> list[str]:
        """The paths of the files of a table, in order."""
        return sorted(file.path for file in self.files() if file.table == table)


def written(manifest: Manifest) -> bytes:
    """A manifest as its file."""
    document = {name: getattr(manifest, name) for name in Manifest.__match_args__}
    return _dumped({"format": FORMAT, **document, "parts": [_document(part) for part in manifest.parts]})


def read(data: bytes) -> Manifest:
    """The manifest that a file holds. Raises NoManifestError."""
    document = _loaded(data, "the manifest")
    if document.get("format") != FORMAT:
        raise NoManifestError("the manifest is no manifest of an export that this edexql reads")
    try:
        names = [name for name in Manifest.__match_args__ if name not in ("parts", "empty")]
        parts = tuple(map(_part, document["parts"]))
        return Manifest(**{name: document[name] for name in names}, empty=tuple(document["empty"]), parts=parts)
    except (KeyError, TypeError, ValueError) as error:
        raise NoManifestError("the manifest is damaged") from error


def written_parts(parts: list[Part]) -> bytes:
    """The note of parts that are written, and that no manifest names yet."""
    return _dumped([_document(part) for part in parts])


def read_parts(data: bytes) -> list[Part]:
    """The parts of such a note; of a damaged one none."""
    try:
        return [_part(one) for one in json.loads(data)]
    except (KeyError, TypeError, ValueError, RecursionError):
        return []


def _dumped(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _loaded(data: bytes, what: str) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoManifestError(f"{what} is damaged") from error
    if not isinstance(document, dict):
        raise NoManifestError(f"{what} is damaged")
    return document


def _document(part: Part) -> dict[str, Any]:
    files = [{name: getattr(file, name) for name in Written.__match_args__} for file in part.files]
    return {**{name: getattr(part, name) for name in Part.__match_args__}, "files": files}


def _part(document: Mapping[str, Any]) -> Part:
    files = tuple(Written(**{name: one[name] for name in Written.__match_args__}) for one in document["files"])
    names = [name for name in Part.__match_args__ if name != "files"]
    return Part(**{name: document[name] for name in names}, files=files)
