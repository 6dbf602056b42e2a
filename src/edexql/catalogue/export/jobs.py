"""The months that an export has to write: what each needs, how it is written, and about how much that is."""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.catalogue.export import manifest, parts
from edexql.catalogue.export.place import place_of
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from edexql.catalogue.export.manifest import Manifest, Part
    from edexql.catalogue.export.parts import Source, Wanted
    from edexql.catalogue.export.place import Place
    from edexql.model.vocabulary import Vocabulary

UNFINISHED = "unfinished"
# Bytes of a row of each table, and of a file of no rows, as an export of the simulated mission has them.
_ROW = {"ephemeris": 46, "file": 22, "logged": 6, "covered": 6, "held": 6, "origin": 6, "present": 6}
_FILE = 2000
# What an export has fewer rows of says little of others.
_MANY = 10_000


class Job(Record):
    """What is written in one go: parts of a satellite and month, and the sizes of the files that are there of it."""

    wanted: tuple[Wanted, ...]
    there: Mapping[str, int]


class Expected(Record):
    """About how many rows and bytes a month of a satellite has that is to be written; the month is as 201905."""

    satellite: str
    month: int
    rows: int
    bytes: int


class Way(Record):
    """From where to where: what another process needs to write months of the same state of the catalogue."""

    catalogue: str
    state: Any
    vocabulary: Vocabulary
    place: str

    def opened(self) -> tuple[Source, Place]:
        """Both ends of it. Raises CatalogueError where the catalogue has another state by now."""
        catalogue = open_catalogue(self.catalogue)
        if catalogue.manifest != self.state:
            raise CatalogueError(f"{catalogue.title} was changed while the export began; export again")
        return parts.Source(catalogue, self.vocabulary), place_of(self.place)


def jobs_of(wanted: Iterable[Wanted], there: Mapping[str, int]) -> list[Job]:
    """What has to be written, by satellite and month, where files of these sizes are there."""
    by_partition: dict[tuple[str, int], dict[str, int]] = {}
    for path, size in there.items():
        found = re.fullmatch(r"[a-z]+/satellite=([^/]+)/month=([0-9]+)/[^/]+", path)
        if found is not None:
            by_partition.setdefault((found[1], int(found[2])), {})[path] = size
    together: dict[tuple[str, int], list[Wanted]] = {}
    for one in wanted:
        together.setdefault(one.key[:2], []).append(one)
    return [Job(tuple(parts), by_partition.get(key, {})) for key, parts in together.items()]


def write_job(source: Source, place: Place, job: Job) -> list[Part]:
    """Write the files of a month, and then the note that they are written."""
    done = [parts.write(source, place, one, job.there) for one in job.wanted]
    satellite, month, _ = done[0].key
    place.write(f"{UNFINISHED}/{satellite}-{month}.json", manifest.written_parts(done))
    return done


def expected(source: Source, job: Job, before: Manifest | None) -> Expected:
    """About how much a job writes, by what rows of the export before take."""
    sizes = _row_sizes(before)
    satellite, month, _ = job.wanted[0].key
    rows_of: dict[str, int] = {}
    for one in job.wanted:
        rows_of.update(source.satellite(one.satellite).amounts(one.month, one.kind))
    size = sum(_FILE + rows * sizes[table] for table, rows in rows_of.items() if rows)
    return Expected(satellite, month, sum(rows_of.values()), round(size))


def _row_sizes(before: Manifest | None) -> dict[str, float]:
    rows, sizes = dict.fromkeys(_ROW, 0), dict.fromkeys(_ROW, 0)
    for file in before.files() if before is not None else ():
        rows[file.table] = rows.get(file.table, 0) + file.rows
        sizes[file.table] = sizes.get(file.table, 0) + file.bytes
    return {table: sizes[table] / rows[table] if rows[table] >= _MANY else size for table, size in _ROW.items()}
