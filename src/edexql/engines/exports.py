"""Where the tables of an export are, and whether they are those that a query is written for.

An export is the files that its manifest names, each with its size; what else stands beside them is of another state.
`place_of` holds the files to the manifest, and `check`, the one place where an engine looks at what an export is,
holds the manifest to what queries are written for, before anything else runs on it.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.base.text import did_you_mean, nearest, printable
from edexql.catalogue.export import manifest
from edexql.catalogue.export import vocabulary as vocabularies
from edexql.catalogue.export.jobs import UNFINISHED
from edexql.catalogue.export.manifest import SCHEMA, SYNTHETIC, VOCABULARY, Manifest, NoManifestError
from edexql.catalogue.export.place import Place as Files
from edexql.catalogue.sql import schema
from edexql.catalogue.store.schema import CatalogueError
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from edexql.engines.protocol import TableEngine
    from edexql.model.vocabulary import Vocabulary

_AT_ONCE = 2**20
# What a query reads: `origin` says what an answer rests on.
TABLES = ("file", "logged", "covered", "held", "ephemeris", "present", "origin")


def check(engine: TableEngine, vocabulary: Vocabulary) -> None:
    """Compare an export with what queries of this version are written for. Raises EngineError where it differs."""
    marks = engine.marks()
    number = marks.get(SCHEMA)
    if number is not None and number != str(schema.VERSION):
        raise EngineError(
            f"{engine.title} has tables of schema {printable(number)}, and this edexql reads schema {schema.VERSION}:"
            " export the catalogue again with `edexql catalogue export`"
        )
    said = marks.get(VOCABULARY)
    if said is not None and (differs := vocabularies.difference(json.loads(said), vocabulary)):
        raise EngineError(
            f"{engine.title} was exported with another vocabulary: {printable(differs)}; export the catalogue again"
            " with the vocabulary in use here, or name the one of the export with --vocabulary"
        )
    for table in schema.tables(vocabulary):
        _check_columns(table, engine)


def _check_columns(table: schema.Table, engine: TableEngine) -> None:
    there = set(engine.run(f"SELECT * FROM {engine.relation(table.name)} AS {table.name} LIMIT 0").column_names)  # noqa: S608
    missing = [column.name for column in table.columns if column.name not in there]
    if missing:
        names = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        raise EngineError(
            f"the table {table.name} of {engine.title} has no column {names}: export the catalogue again with this"
            " edexql and this vocabulary"
        )


class Place(Record):
    """An export as a folder of this machine or of an object store.

    `text` is what the user named, `path` what the filesystem takes, `filesystem` is of pyarrow, None of this machine.
    `manifest` says which files it is.
    """

    text: str
    path: str
    filesystem: Any
    manifest: Manifest

    @property
    def remote(self) -> bool:
        """Whether it is in an object store."""
        return self.filesystem is not None

    def table(self, name: str) -> str:
        """The path of the folder of a table; not all files in it need be of the export."""
        return f"{self.path}/{name}" if self.remote else os.path.join(self.path, name)

    def files(self, name: str) -> list[str]:
        """The paths of the files of a table, in the order of satellites and months."""
        return [f"{self.path}/{path}" for path in self.manifest.paths(name)]

    def dataset(self, name: str) -> Any:
        """The rows of a table as a dataset of pyarrow. Raises EngineError where it cannot be read."""
        dataset, arrow = extra("pyarrow.dataset", "parquet"), extra("pyarrow", "parquet")
        partitioning = dataset.partitioning(arrow.schema(partitions()), flavor="hive")
        try:
            return dataset.dataset(
                self.files(name),
                format="parquet",
                partitioning=partitioning,
                filesystem=self.filesystem,
                partition_base_dir=self.table(name),
            )
        except (OSError, ValueError, arrow.ArrowException) as error:
            raise EngineError(f"cannot read the table {name} of {self.shown}: {reason(error)}") from error

    def marks(self) -> dict[str, str]:
        """What the manifest says of the export as a whole."""
        return marks_of(self.manifest)

    @property
    def name(self) -> str:
        """How it can be named again from anywhere, without secrets."""
        return self.text if self.remote else self.path

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        return printable(self.text)


def marks_of(listed: Manifest) -> dict[str, str]:
    """What a manifest says of an export as a whole (see `TableEngine.marks`)."""
    return {
        SCHEMA: str(listed.schema),
        VOCABULARY: json.dumps(listed.vocabulary),
        SYNTHETIC: json.dumps(listed.synthetic),
    }


def partitions() -> list[tuple[str, Any]]:
    """The columns by which the files of each table are parted, with their types."""
    arrow = extra("pyarrow", "parquet")
    return [("satellite", arrow.string()), ("month", arrow.int64())]


def place_of(text: str) -> Place:
    """The place that a user names: a folder, or an address as `s3://bucket/folder`.

    Raises EngineError where it is not there or no export, MissingExtra without pyarrow.
    """
    scheme, sign, _ = text.partition("://")
    shown, path, filesystem = _remote(text, scheme) if sign and scheme != "file" else _local(text)
    files = Files(printable(shown), path, filesystem)
    try:
        data = files.read(manifest.NAME)
        if data is None:
            raise EngineError(f"{files.text} is not an export: {_missing(files)}")
        listed = manifest.read(data)
        check_sizes(listed, files.files(), files.text)
        return Place(shown, path, filesystem, listed)
    except (CatalogueError, NoManifestError) as error:
        raise EngineError(f"{files.text} cannot be read as an export: {error}") from error


def check_sizes(listed: Manifest, there: Mapping[str, int], shown: str) -> None:
    """Hold the files that are there, by their paths below an export, to its manifest. Raises EngineError."""
    for file in listed.files():
        size = there.get(file.path)
        if size != file.bytes:
            state = "is missing" if size is None else f"has {size:,} bytes where {file.bytes:,} were written"
            raise EngineError(
                f"{shown} is damaged: {printable(file.path)} {state};"
                " `edexql catalogue export` to the same place writes it again"
            )


def check_sums(place: Place, seen: Callable[[str], object]) -> None:
    """Hold the bytes of all files of an export in a folder to its manifest, each name told to `seen` when it was read.

    Raises EngineError.
    """
    for file in place.manifest.files():
        found = blake2b(digest_size=16)
        try:
            with open(f"{place.path}/{file.path}", "rb") as opened:
                while data := opened.read(_AT_ONCE):
                    found.update(data)
        except OSError as error:
            raise EngineError(f"{place.shown}: cannot read {printable(file.path)}: {error.strerror}") from error
        if found.hexdigest() != file.sum:
            raise EngineError(
                f"{place.shown} is damaged: {printable(file.path)} has other bytes than were written;"
                " `edexql catalogue export --again` writes it again"
            )
        seen(file.path)


def _missing(files: Files) -> str:
    """What a place without a manifest is."""
    there = {path.partition("/")[0] for path in files.files()}
    if os.path.basename(files.path.rstrip("/")) in TABLES:
        return "it is the folder of one table; name the folder above it"
    if "segments" in there:
        return "it is a catalogue; ask it with --local, or export it with `edexql catalogue export`"
    if UNFINISHED in there:
        return "its export was cut off, or is not done yet; `edexql catalogue export` to the same place continues it"
    if there.intersection(TABLES):
        return "it has no manifest, as those of earlier versions; export the catalogue again, to a new folder"
    return "it has none of the tables; `edexql catalogue export FOLDER` writes them"


def _local(text: str) -> tuple[str, str, Any]:
    path = os.path.abspath(os.path.expanduser(text.removeprefix("file://")))
    if not os.path.isdir(path):
        above = os.path.dirname(path)
        names = os.listdir(above) if os.path.isdir(above) else []
        help = did_you_mean(nearest(os.path.basename(path), names)) if names else ""
        way_out = help or "`edexql catalogue export FOLDER` writes an export"
        raise EngineError(f"there is no folder {printable(text)}; {way_out}")
    return text, path, None


def _remote(text: str, scheme: str) -> tuple[str, str, Any]:
    arrow, fs = extra("pyarrow", "parquet"), extra("pyarrow.fs", "parquet")
    # What Spark calls it.
    address = "s3" + text[len(scheme) :] if scheme in ("s3a", "s3n") else text
    try:
        filesystem, path = fs.FileSystem.from_uri(address)
        kind = filesystem.get_file_info(path.rstrip("/")).type
    except (OSError, ValueError, arrow.ArrowException) as error:
        raise EngineError(f"cannot reach {without_secrets(text)}: {reason(error)}") from error
    if kind != fs.FileType.Directory:
        raise EngineError(f"there is nothing at {without_secrets(text)}: name the folder of an export")
    return without_secrets(text), path.rstrip("/"), filesystem


def without_secrets(text: str) -> str:
    """An address without the name and password, and without the options, that it may have."""
    from edexql.client.credentials import public_url

    return printable(public_url(text.partition("?")[0]))


def reason(error: BaseException) -> str:
    """The first line of an error of a library, for a message of our own."""
    lines = str(error).strip().splitlines()
    return printable(lines[0][:300]) if lines else type(error).__name__
