"""The statements with which users of their own SQL read the files of an export: a view for each table.

The files are those that the manifest names. A pattern for all files of a folder would be read, too, after an export was
written again, but has files of both states then.
"""

from __future__ import annotations

import re

from edexql.catalogue.export import manifest as manifests
from edexql.catalogue.export.manifest import NoManifestError
from edexql.catalogue.export.place import place_of
from edexql.catalogue.sql import schema
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edexql.catalogue.export.manifest import Manifest

DIALECTS = ("duckdb", "spark")


def views(place: str, dialect: str) -> str:
    """The statements that make the views of an export, for DuckDB or for Spark SQL.

    A relative folder stays relative. Raises CatalogueError where no export is there.
    """
    where = place_of(place)
    data = where.read(manifests.NAME)
    if data is None:
        raise CatalogueError(f"{where.text} is not an export: it has no {manifests.NAME}")
    try:
        manifest = manifests.read(data)
    except NoManifestError as error:
        raise CatalogueError(f"{where.text}: {error}") from error
    root = (place if where.filesystem is None else where.text).removeprefix("file://").rstrip("/")
    written: Callable[[str, str, list[str]], str] = _of_duckdb if dialect == "duckdb" else _of_spark
    said = f"-- {schema.DIALECTS[dialect]}, tables of schema {manifest.schema}\n"
    return said + "".join(written(root, table, manifest.paths(table)) for table in _tables(manifest))


def listed(paths: Sequence[str]) -> str:
    """A list of files for DuckDB's `read_parquet`, in which no letter stands for others."""
    return (
        "["
        + ", ".join("'" + re.sub(r"([*?\[])", r"[\1]", _sound(path)).replace("'", "''") + "'" for path in paths)
        + "]"
    )


def _tables(manifest: Manifest) -> list[str]:
    return list(dict.fromkeys(sorted(file.table for file in manifest.files())))


def _of_duckdb(root: str, table: str, paths: list[str]) -> str:
    files = listed([f"{root}/{path}" for path in paths])
    return f"CREATE OR REPLACE VIEW {table} AS FROM read_parquet({files}, hive_partitioning = true);\n"


def _of_spark(root: str, table: str, paths: list[str]) -> str:
    # Spark takes one path; the names of the files, which have their sums, are the pattern.
    address = root.replace("s3://", "s3a://", 1) if root.startswith("s3://") else root
    folder = re.sub(r"([*?\[\]{}\\,])", r"\\\1", f"{_sound(address)}/{table}")
    names = ",".join(sorted({path.rpartition("/")[2] for path in paths}))
    path = f"{folder}/satellite=*/month=*/{{{names}}}"
    options = f"path {_literal(path)}, basePath {_literal(f'{_sound(address)}/{table}')}"
    return f"CREATE OR REPLACE TEMPORARY VIEW {table} USING parquet OPTIONS ({options});\n"


def _sound(path: str) -> str:
    return path.replace("\\", "/")


def _literal(text: str) -> str:
    """A text as Spark reads it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
