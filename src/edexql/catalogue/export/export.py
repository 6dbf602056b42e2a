"""A catalogue exported: what changed is written, then the manifest, and then what no manifest names is removed.

The files of the manifest of before stay until the next export, for those who read it still. Of a month that is
written a note stands in the folder `unfinished` until a manifest names its files, so that an export that was cut off
goes on. Whatever cuts it off, the manifest of before and its files are whole.
"""

from __future__ import annotations

import os
import re
from contextlib import closing, contextmanager, suppress

from edexql.base.extras import extra
from edexql.base.files import locks
from edexql.base.record import Record
from edexql.base.text import printable
from edexql.base.version import __version__
from edexql.catalogue.export import manifest, parts
from edexql.catalogue.export.jobs import UNFINISHED, Way, expected, jobs_of, write_job
from edexql.catalogue.export.manifest import Manifest, NoManifestError, Part
from edexql.catalogue.export.parts import Source
from edexql.catalogue.export.place import place_of
from edexql.catalogue.export.processes import usual, written
from edexql.catalogue.export.vocabulary import digest, relevant
from edexql.catalogue.sql import schema
from edexql.catalogue.sql.values import not_computed
from edexql.catalogue.store.schema import CatalogueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from edexql.catalogue.export.jobs import Expected, Job
    from edexql.catalogue.export.parts import Wanted
    from edexql.catalogue.export.place import Place
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.vocabulary import Vocabulary

    # So many months of so many are done.
    Count = Callable[[int, int], None]

_README = f"{UNFINISHED}/README.txt"
_SAID = b"An export is being written here, or was cut off: `edexql catalogue export` continues it.\n"
# What an export may remove.
_OURS = re.compile(
    r"[a-z]+/satellite=[^/]+/month=[0-9]+/(part-[0-9a-f]{32}\.parquet|\.part-[^/]*\.part)"
    rf"|{UNFINISHED}/[^/]+|\.manifest\.json\.[0-9a-f]+\.part"
)


class Plan(Record):
    """What an export has to do: the parts that it has to have, those that are there, and the jobs for the others."""

    source: Source
    place: Place
    before: Manifest | None
    wanted: tuple[Wanted, ...]
    kept: Mapping[tuple[str, int, str], Part]
    jobs: tuple[Job, ...]

    @property
    def unchanged(self) -> int:
        """The months of satellites that have rows, of which nothing is to be written."""
        return len(_months(self.kept.values()) - {job.wanted[0].key[:2] for job in self.jobs})


class Forecast(Record):
    """What an export would write, a month of a satellite each, and how many others did not change."""

    months: tuple[Expected, ...]
    unchanged: int


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
    processes: int | None = 1,
    count: Count | None = None,
) -> Outcome:
    """Bring an export up to date with a catalogue, or make it: a folder, or an address as `s3://bucket/folder`.

    Fields that the vocabulary does not have are left out. `satellite` is the only one that files and facts are written
    of, None for all. `again` writes also what did not change. So many `processes` write months at the same time, None
    is as many as pay; the files are the same for any number. Where it is not 1, a script needs the usual
    `if __name__ == "__main__":`. Raises CatalogueError where something else is in the
    folder, and for an unknown satellite, MissingExtra without the package pyarrow.
    """
    extra("pyarrow.parquet", "parquet")
    satellites = satellites_named(satellite, vocabulary)
    place = place_of(folder)
    with _alone(place):
        plan = _plan(Source(catalogue, vocabulary), place, satellites, again=again)
        way = Way(catalogue.folder, catalogue.manifest, vocabulary, folder)
        try:
            done = _written(plan, way, processes, count or _uncounted)
        except BaseException:
            _clear(place)
            raise
        listed = _in_order([*plan.kept.values(), *done], plan.wanted)
        listed += _empty_tables(place, listed, vocabulary, satellites[0])
        empty = left_empty(catalogue, vocabulary, satellites)
        state = Manifest(
            schema.VERSION,
            __version__,
            identity(catalogue),
            catalogue.synthetic,
            relevant(vocabulary),
            satellite,
            empty,
            tuple(listed),
        )
        _publish(place, state, plan.before)
    files = list(state.files())
    rows, size = sum(one.rows for one in files), sum(one.bytes for one in files)
    return Outcome(empty, len(_months(done)), plan.unchanged, rows, size)


def forecast(
    catalogue: Catalogue, vocabulary: Vocabulary, folder: str, satellite: str | None = None, *, again: bool = False
) -> Forecast:
    """What `export` would write. Nothing is written, and no folder is made. Raises the same errors."""
    extra("pyarrow.parquet", "parquet")
    place = place_of(folder)
    plan = _plan(Source(catalogue, vocabulary), place, satellites_named(satellite, vocabulary), again=again)
    months = [expected(plan.source, job, plan.before) for job in plan.jobs]
    return Forecast(tuple(one for one in months if one.rows), plan.unchanged)


def _plan(source: Source, place: Place, satellites: list[str | None], *, again: bool) -> Plan:
    there = place.files()
    before = _before(place, there)
    wanted = source.wanted(satellites)
    kept = {} if again else _kept(place, before, there, wanted)
    jobs = jobs_of([one for one in wanted if one.key not in kept], {} if again else there)
    return Plan(source, place, before, tuple(wanted), kept, tuple(jobs))


def _months(listed: Iterable[Part]) -> set[tuple[str, int]]:
    """The satellites and months that parts have rows of."""
    return {part.key[:2] for part in listed if part.files}


def satellites_named(name: str | None, vocabulary: Vocabulary) -> list[str | None]:
    """The satellites that are written where `name` is the only one, None for all. Raises CatalogueError."""
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
        except NoManifestError as error:
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


def _written(plan: Plan, way: Way, processes: int | None, count: Count) -> list[Part]:
    """Write what a plan has to write. Months are done in whatever order, and are the same files in any."""
    jobs, source, place = plan.jobs, plan.source, plan.place
    if jobs:
        place.write(_README, _SAID)
    if processes is None:
        processes = usual(sum(expected(source, job, plan.before).rows for job in jobs))
    processes = min(processes, len(jobs))
    done: list[Part] = []
    months: Generator[list[Part], None, None] = (
        written(way, jobs, processes) if processes > 1 else (write_job(source, place, job) for job in jobs)
    )
    count(0, len(jobs))
    with closing(months):
        for number, made in enumerate(months, 1):
            done += made
            count(number, len(jobs))
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


def left_empty(catalogue: Catalogue, vocabulary: Vocabulary, satellites: list[str | None]) -> tuple[str, ...]:
    """The fields that would follow from positions and have no values, because their package is not installed."""
    fields = schema.sampled_fields(vocabulary)
    left_out = [not_computed(catalogue.of(one), fields) for one in satellites]
    return tuple(field for field in fields if any(field in one for one in left_out))


def identity(catalogue: Catalogue) -> str:
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
