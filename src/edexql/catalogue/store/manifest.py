"""The manifest: what a catalogue is at a moment, in one small file that is replaced as a whole.

It names the files of arrays with their digests, and has the checksums of the tables of the database, so that it
covers everything; its last line is its own digest. Queries read it and the files that it names, and nothing
else: no query opens the database or keeps anybody from changing it, and all that is asked of one manifest is of one
state.

A change writes its manifest beside that of before as `manifest.<number>`, ends the transaction of its rows, and
then puts it in its place. One that is cut off in between is completed by the next change.
"""

from __future__ import annotations

import json
import os

from edexql.base.files import atomic
from edexql.base.record import Record
from edexql.catalogue.store.arrays import digest
from edexql.catalogue.store.schema import DATABASE, FORMAT, UNNAMED, CatalogueError, Segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest"


class Manifest(Record):
    """A state of a catalogue: the number of the change that made it, and what there is since.

    `derived` are the path and the digest of each derived file, by what it is: `index`, `origins`, and of a satellite
    `index:NAME` and `orbit:NAME`; `tables` the checksums of the tables; `synthetic` says that something is simulated.
    """

    change: int
    segments: tuple[Segment, ...]
    derived: Mapping[str, tuple[str, str]]
    tables: Mapping[str, str]
    synthetic: bool


def read(folder: str, oldest: int = FORMAT) -> Manifest:
    """The manifest of a catalogue, of no format before the oldest that is read. Raises CatalogueError."""
    try:
        return _read(os.path.join(folder, MANIFEST), oldest)
    except FileNotFoundError:
        raise CatalogueError(_missing(folder)) from None
    except OSError as error:
        raise CatalogueError(f"cannot read the catalogue in {folder}: {error.strerror or error}") from error


def prepare(folder: str, manifest: Manifest) -> None:
    """Write the manifest of a change that is about to be made true. Raises OSError."""
    text = json.dumps(
        {
            "format": FORMAT,
            "change": manifest.change,
            "segments": [[getattr(one, name) for name in Segment.__match_args__] for one in manifest.segments],
            "derived": manifest.derived,
            "tables": manifest.tables,
            "synthetic": manifest.synthetic,
        }
    ).encode()
    path = _prepared(folder, manifest.change)
    try:
        with open(path, "wb") as file:
            file.write(b"%b\n%b\n" % (text, digest(text).encode()))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        discard(folder, manifest.change)
        raise


def publish(folder: str, change: int) -> Manifest:
    """Put the manifest of a change in its place, where that has not been done, and return it. Raises CatalogueError."""
    prepared = _prepared(folder, change)
    try:
        if os.path.exists(prepared):
            manifest = _read(prepared, UNNAMED)
            if manifest.change == change:
                atomic.replace(prepared, os.path.join(folder, MANIFEST))
                return manifest
    except FileNotFoundError:  # somebody else has just done it
        pass
    manifest = read(folder, UNNAMED)
    if manifest.change != change:
        raise CatalogueError(
            f"the catalogue in {folder} is damaged: its database is of change {change}, "
            f"its manifest of {manifest.change}"
        )
    return manifest


def discard(folder: str, change: int) -> None:
    """Remove the manifest of a change that did not come true."""
    path = _prepared(folder, change)
    if os.path.exists(path):
        os.remove(path)


def _prepared(folder: str, change: int) -> str:
    return os.path.join(folder, f"{MANIFEST}.{change}")


def _read(path: str, oldest: int) -> Manifest:
    with open(path, "rb") as file:
        data = file.read()
    text, _, rest = data.partition(b"\n")
    if rest != digest(text).encode() + b"\n":
        raise CatalogueError(f"{path} is damaged: its checksum does not match")
    document = json.loads(text)
    version = document["format"]
    if version == UNNAMED and oldest > UNNAMED:
        raise CatalogueError(_outdated(os.path.dirname(path), "0.6", "does not name its satellite"))
    if version not in (UNNAMED, FORMAT):
        raise CatalogueError(f"{path} has format {version}; this version of edexql reads format {FORMAT}")
    satellite = ("",) if version == UNNAMED else ()
    return Manifest(
        document["change"],
        tuple(
            Segment(*[*satellite, *where, bool(linear), path, digest])
            for *where, linear, path, digest in document["segments"]
        ),
        {name: (path, sum) for name, (path, sum) in document["derived"].items()},
        document["tables"],
        document["synthetic"],
    )


def _outdated(folder: str, version: str, lacking: str) -> str:
    """That a catalogue of an earlier version lacks something, and what to do."""
    return (
        f"the catalogue in {folder} was made by edexql {version} and {lacking}: "
        f"`edexql catalogue upgrade --catalogue {folder}` brings it up to date"
    )


def _missing(folder: str) -> str:
    """Why a folder has no manifest."""
    import sqlite3

    from edexql.catalogue.store.schema import format_of, opened

    if not os.path.isfile(os.path.join(folder, DATABASE)):
        return f"there is no catalogue in {folder}"
    try:
        connection = opened(folder, mode="ro")
        try:
            version = format_of(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"cannot read the catalogue in {folder}: {error}"
    if version == 1:
        return _outdated(folder, "0.5", "has no checksums")
    if version != FORMAT:
        return f"the catalogue in {folder} has format {version}; this version of edexql reads format {FORMAT}"
    return f"the catalogue in {folder} is damaged: its manifest is missing"
