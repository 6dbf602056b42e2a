"""A catalogue exported: what changed is written, then the manifest, and then what no manifest names is removed.

The files of the manifest of before stay until the next export, for those who read it still. Of a month that is
written a note stands in the folder `unfinished` until a manifest names its files, so that an export that was cut off
goes on. Whatever cuts it off, the manifest of before and its files are whole.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress

from edexql.base.extras import extra
from edexql.base.files import locks
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.base.version import __version__
from edexql.catalogue.export import manifest, parts
from edexql.catalogue.export.manifest import Manifest, ManifestError, Part
from edexql.catalogue.export.parts import Source
from edexql.catalogue.export.place import place_of
from edexql.catalogue.export.vocabulary import digest, relevant
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.values import not_computed
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from edexql.catalogue.export.parts import Wanted
    from edexql.catalogue.export.place import Place
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

    # So many months of so many are done.
    Count = Callable[[int, int], None]

UNFINISHED = "unfinished"
_README = f"{UNFINISHED}/README.txt"
_SAID = b"An export is being written here, or was cut off: `edexql catalogue export` continues it.\n"
# What an export may remove.
_OURS = re.compile(
    r"[a-z]+/satellite=[^/]+/month=[0-9]+/(part-[0-9a-f]{32}\.parquet|\.part-[^/]*\.part)"
    rf"|{UNFINISHED}/[^/]+|\.manifest\.json\.[0-9a-f]+\.part"
)


class Job(Record):
    """What is written in one go: parts of a satellite and month, and the sizes of the files that are there of it."""

    wanted: tuple[Wanted, ...]
    there: Mapping[str, int]


class Outcome(Record):
    """What an export did. `empty` are the fields that would follow from positions and have no values, because their
    package is not installed; `months` were written, of satellites each, `rows` and `bytes` are of all files."""

    empty: tuple[str, ...]
    months: int
    unchanged: int
    rows: int
    bytes: int


def export(
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    folder: str,
    satellite: str | None = None,
    *,
    again: bool = False,
    count: Count | None = None,
) -> Outcome:
    """Bring an export up to date with a catalogue, or make it: a folder, or an address as `s3://bucket/folder`.

    Fields that the vocabulary does not have are left out. `satellite` is the only one that files and facts are written
    of, None for all. `again` writes also what did not change. Raises CatalogueError where something else is in the
    folder, and for an unknown satellite, MissingExtra without the package pyarrow.
    """
    extra("pyarrow.parquet", "parquet")
    satellites = _satellites(satellite, vocabulary)
    place = place_of(folder)
    with _alone(place):
        there = place.files()
        before = _before(place, there)
        source = Source(catalogue, vocabulary)
        wanted = source.wanted(satellites)
        kept = {} if again else _kept(place, before, there, wanted)
        jobs = _jobs([one for one in wanted if one.key not in kept], {} if again else there)
        try:
            done = _written(source, place, jobs, count or _uncounted)
        except BaseException:
            _clear(place)
            raise
        listed = _in_order([*kept.values(), *done], wanted)
        listed += _empty_tables(place, listed, vocabulary, satellites[0])
        empty = _left_empty(catalogue, vocabulary, satellites)
        state = Manifest(
            schema.VERSION,
            __version__,
            _identity(catalogue),
            catalogue.synthetic,
            relevant(vocabulary),
            satellite,
            empty,
            tuple(listed),
        )
        _publish(place, state, before)
    months = {one.key[:2] for one in wanted}
    files = list(state.files())
    return Outcome(
        empty, len(jobs), len(months) - len(jobs), sum(one.rows for one in files), sum(one.bytes for one in files)
    )


def _satellites(name: str | None, vocabulary: Vocabulary) -> list[str | None]:
    satellites = vocabulary.satellites
    if name is None:
        return schema.satellites(vocabulary)
    if name not in satellites:
        known = f"the satellites are {', '.join(satellites)}" if satellites else "the vocabulary has none"
        raise CatalogueError(f"unknown satellite {printable(name)}; {known}")
    return [name]


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Keep other exports of this machine out of a folder, which is made where it is missing."""
    if place.filesystem is not None:
        yield
        return
    try:
        os.makedirs(place.path, exist_ok=True)
    except OSError as error:
        raise CatalogueError(f"cannot write to {place.text}: {error.strerror or error}") from error
    with locks.waited_folder(place.path, 0) as locked:
        if locked is False:
            raise CatalogueError(f"another export to {place.text} is running; wait for its end")
        yield
    with suppress(OSError):
        # Nothing came of it.
        os.rmdir(place.path)


def _before(place: Place, there: Mapping[str, int]) -> Manifest | None:
    """The manifest that is there, None where none is. Raises CatalogueError for a place with something else in it."""
    data = place.read(manifest.NAME)
    if data is not None:
        try:
            return manifest.read(data)
        except ManifestError as error:
            raise CatalogueError(f"{place.text}: {error}; export to a new or an empty folder") from error
    if there and _README not in there:
        raise CatalogueError(f"{place.text} exists; export to a new or an empty folder, or to an export")
    return None


def _kept(
    place: Place, before: Manifest | None, there: Mapping[str, int], wanted: Iterable[Wanted]
) -> dict[tuple[str, int, str], Part]:
    """The parts that are there as they are wanted: those of the manifest, and those of an export that was cut off."""
    known = list(before.parts) if before is not None else []
    for path in sorted(there):
        if path.startswith(f"{UNFINISHED}/") and path.endswith(".json"):
            known += manifest.read_parts(place.read(path) or b"")
    digests = {one.key: one.digest for one in wanted}
    return {
        part.key: part
        for part in known
        if digests.get(part.key) == part.digest and all(there.get(file.path) == file.bytes for file in part.files)
    }


def _jobs(wanted: list[Wanted], there: Mapping[str, int]) -> list[Job]:
    """What has to be written, by satellite and month."""
    by_partition: dict[tuple[str, int], dict[str, int]] = {}
    for path, size in there.items():
        found = re.fullmatch(r"[a-z]+/satellite=([^/]+)/month=([0-9]+)/[^/]+", path)
        if found is not None:
            by_partition.setdefault((found[1], int(found[2])), {})[path] = size
    together: dict[tuple[str, int], list[Wanted]] = {}
    for one in wanted:
        together.setdefault(one.key[:2], []).append(one)
    return [Job(tuple(parts), by_partition.get(key, {})) for key, parts in together.items()]


def _written(source: Source, place: Place, jobs: list[Job], count: Count) -> list[Part]:
    if jobs:
        place.write(_README, _SAID)
    done: list[Part] = []
    for number, job in enumerate(jobs):
        count(number, len(jobs))
        done += write_job(source, place, job)
    count(len(jobs), len(jobs))
    return done


def write_job(source: Source, place: Place, job: Job) -> list[Part]:
    """Write the files of a month, and then the note that they are written."""
    done = [parts.write(source, place, one, job.there) for one in job.wanted]
    satellite, month, _ = done[0].key
    place.write(f"{UNFINISHED}/{satellite}-{month}.json", manifest.written_parts(done))
    return done


def _in_order(listed: list[Part], wanted: Iterable[Wanted]) -> list[Part]:
    by_key = {part.key: part for part in listed}
    return [by_key[one.key] for one in wanted]


def _empty_tables(place: Place, listed: list[Part], vocabulary: Vocabulary, satellite: str | None) -> list[Part]:
    """A file without rows of each table that has none: a table of no files could not be read."""
    there = {file.table for part in listed for file in part.files}
    name = schema.partition(satellite)
    files = [
        parts.write_table(place, table, [], name, schema.NO_MONTH, {}, empty=True)
        for table in schema.tables(vocabulary)
        if table.name not in there
    ]
    made = tuple(file for file in files if file is not None)
    return [Part(name, schema.NO_MONTH, parts.EMPTY, "", made)] if made else []


def _left_empty(catalogue: Catalogue, vocabulary: Vocabulary, satellites: list[str | None]) -> tuple[str, ...]:
    fields = schema.sampled_fields(vocabulary)
    left_out = [not_computed(catalogue.of(one), fields) for one in satellites]
    return tuple(field for field in fields if any(field in one for one in left_out))


def _identity(catalogue: Catalogue) -> str:
    """A sum of what a catalogue is made of."""
    state = catalogue.manifest
    segments = sorted((one.satellite, one.series, one.start, one.digest) for one in state.segments)
    return digest([sorted((name, sum) for name, (_, sum) in state.derived.items()), segments])


def _publish(place: Place, state: Manifest, before: Manifest | None) -> None:
    """Make the new state the one that is read, and remove the files that neither it nor the one before names.

    Raises CatalogueError where a file is not there as it was written.
    """
    there = place.files()
    for file in state.files():
        if there.get(file.path) != file.bytes:
            raise CatalogueError(
                f"{place.text}: {file.path} is not as it was written; is another export running? Export again"
            )
    data = manifest.written(state)
    if state != before:
        place.write(manifest.NAME, data)
    named = {file.path for one in (state, before) if one is not None for file in one.files()}
    _remove(place, [path for path in there if path not in named])


def _clear(place: Place) -> None:
    """Remove what was being written when an export was cut off. What is written whole stays, for the next one."""
    with suppress(CatalogueError):
        _remove(place, [path for path in place.files() if path.endswith(".part")])


def _remove(place: Place, paths: Iterable[str]) -> None:
    for path in paths:
        if _OURS.fullmatch(path):
            place.remove(path)


def _uncounted(done: int, total: int) -> None:
    """Nobody looks."""
