"""Where the tables of an export are, and whether they are those that a query is written for.

`check` is the one place where an engine looks at what an export is, before anything else runs on it.
"""

from __future__ import annotations

import os

from edexql.base.extras import extra
from edexql.base.record import Record
from edexql.base.text import did_you_mean, nearest, printable
from edexql.catalogue.sql import schema
from edexql.engines.protocol import EngineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from edexql.engines.protocol import TableEngine
    from edexql.model.vocabulary import Vocabulary

SCHEMA = "edexql.schema"
# What a query reads: `origin` says what an answer rests on.
TABLES = ("file", "logged", "covered", "held", "ephemeris", "present", "origin")


def check(engine: TableEngine, vocabulary: Vocabulary) -> None:
    """Compare an export with what queries of this version are written for. Raises EngineError where it differs."""
    number = engine.marks().get(SCHEMA)
    if number is not None and number != str(schema.VERSION):
        raise EngineError(
            f"{engine.title} has tables of schema {printable(number)}, and this edexql reads schema {schema.VERSION}:"
            " export the catalogue again with `edexql catalogue export`"
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
    """

    text: str
    path: str
    filesystem: Any

    @property
    def remote(self) -> bool:
        """Whether it is in an object store."""
        return self.filesystem is not None

    def table(self, name: str) -> str:
        """The path of the folder of a table."""
        return f"{self.path}/{name}" if self.remote else os.path.join(self.path, name)

    def dataset(self, name: str) -> Any:
        """The rows of a table as a dataset of pyarrow. Raises EngineError where it cannot be read."""
        dataset, arrow = extra("pyarrow.dataset", "parquet"), extra("pyarrow", "parquet")
        partitioning = dataset.partitioning(arrow.schema(partitions()), flavor="hive")
        try:
            return dataset.dataset(
                self.table(name), format="parquet", partitioning=partitioning, filesystem=self.filesystem
            )
        except (OSError, ValueError, arrow.ArrowException) as error:
            raise EngineError(f"cannot read the table {name} of {self.shown}: {reason(error)}") from error

    def marks(self) -> dict[str, str]:
        """What the files of the export say of themselves in their metadata. Raises EngineError."""
        said: dict[str, str] = {}
        for name in TABLES:
            metadata: Mapping[bytes, bytes] = self.dataset(name).schema.metadata or {}
            for key, value in metadata.items():
                if key.startswith(b"edexql."):
                    said.setdefault(key.decode(), value.decode("utf-8", "replace"))
        if SCHEMA not in said:
            raise EngineError(f"{self.shown} was not written by `edexql catalogue export`: its files name no schema")
        return said

    @property
    def name(self) -> str:
        """How it can be named again from anywhere, without secrets."""
        return self.text if self.remote else self.path

    @property
    def shown(self) -> str:
        """What it is called in messages."""
        return printable(self.text)


def partitions() -> list[tuple[str, Any]]:
    """The columns by which the files of each table are parted, with their types."""
    arrow = extra("pyarrow", "parquet")
    return [("satellite", arrow.string()), ("month", arrow.int64())]


def place_of(text: str) -> Place:
    """The place that a user names: a folder, or an address as `s3://bucket/folder`.

    Raises EngineError where it is not there or no export, MissingExtra without pyarrow.
    """
    scheme, sign, _ = text.partition("://")
    place = _remote(text, scheme) if sign and scheme != "file" else _local(text)
    there = _names(place)
    if missing := [name for name in TABLES if name not in there]:
        raise EngineError(f"{place.shown} is not an export: {_missing(missing, there, place)}")
    return place


def _missing(missing: list[str], there: set[str], place: Place) -> str:
    if len(missing) < len(TABLES):
        return f"it has no table {' and no table '.join(missing)}; export the catalogue again"
    if os.path.basename(place.path.rstrip("/")) in TABLES:
        return "it is the folder of one table; name the folder above it"
    if "manifest.json" in there or "segments" in there:
        return "it is a catalogue; ask it with --local, or export it with `edexql catalogue export`"
    return "it has none of the tables; `edexql catalogue export FOLDER` writes them"


def _local(text: str) -> Place:
    path = os.path.abspath(os.path.expanduser(text.removeprefix("file://")))
    if not os.path.isdir(path):
        above = os.path.dirname(path)
        names = os.listdir(above) if os.path.isdir(above) else []
        help = did_you_mean(nearest(os.path.basename(path), names)) if names else ""
        way_out = help or "`edexql catalogue export FOLDER` writes an export"
        raise EngineError(f"there is no folder {printable(text)}; {way_out}")
    return Place(text, path, None)


def _remote(text: str, scheme: str) -> Place:
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
    return Place(without_secrets(text), path.rstrip("/"), filesystem)


def _names(place: Place) -> set[str]:
    """The names of what stands in a place."""
    if not place.remote:
        return set(os.listdir(place.path))
    fs = extra("pyarrow.fs", "parquet")
    infos = place.filesystem.get_file_info(fs.FileSelector(place.path))
    return {info.base_name for info in infos}


def without_secrets(text: str) -> str:
    """An address without the name and password, and without the options, that it may have."""
    from edexql.client.credentials import public_url

    return printable(public_url(text.partition("?")[0]))


def reason(error: BaseException) -> str:
    """The first line of an error of a library, for a message of our own."""
    lines = str(error).strip().splitlines()
    return printable(lines[0][:300]) if lines else type(error).__name__
