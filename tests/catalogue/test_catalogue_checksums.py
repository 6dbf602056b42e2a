"""Any damage of any file of a catalogue: an error of the catalogue, or the very answer of before.

Trials damage every kind of region of every file: the manifest, the table and each array of each file of arrays and
what stands between them, and each page of the database; by a flipped bit, other bytes, zeros, a cut, blocks that
change places, and the content of another file. Each is asked everything, and then added to and asked again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogues import DAY, NEW, OLD, answers, query, rows, take, texts, tree
from commands import run
from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.files import every_file, file_named, names_that_begin
from edexql.catalogue.ingest.readers.elements import checksum
from edexql.catalogue.sql import rows as exported
from edexql.catalogue.store import arrays, manifest
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.commands.catalogue_info import document
from edexql.engines.influence import influences
from edexql.engines.kinds.local import CatalogueEvidence
from edexql.engines.timeline import timeline
from edexql.engines.why import why
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

VOCABULARY = load()
ALL = "product rri-*, fai-*; kp >= 2; roll > 10; rri has-data"
# Those that go by positions in a few days, of which an element set has months.
QUERIES = (
    ALL,
    "date 2016-05-02..2016-05-03; mlt 5..20; latitude > 10",
    "date 2016-05-03T10..2016-05-03T15; altitude < 1000; qd-latitude > -50",
    "roll -10..10; attitude-accuracy 1..4",
    "yaw 170..-170",
    "where NOT (rri dipole OR f107 > 100)",
    'experiment "Point of Interest" > "Fort McMurray Fire"',
)
ONE, TWO = (
    "1 39265U 13055A   16122.86045722  .00002083  00000-0  59713-4 0  999",
    ("2 39265  80.9661  80.2104 0670146 221.3287 133.5315 14.2698807628132"),
)
KNOWN_BAD = "what is this\n"
YAW = "time,yaw\n2016-05-03T15:10:00Z,170\n2016-05-03T15:11:00Z,-170\n"
MAPPING = {"time": "time", "holds": 60, "columns": {"yaw": "yaw"}, "linear": True}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of everything there can be in one, and more to take in; not to be changed."""
    folder = tmp_path_factory.mktemp("whole")
    paths: list[str | Path] = [tree(folder / "tree"), *texts(folder / "texts", ephemeris=900)]
    paths.append(_written(folder / "elements.txt", "".join(f"{line}{checksum(line + '0')}\n" for line in (ONE, TWO))))
    _written(folder / "yaw.csv.mapping.json", json.dumps(MAPPING))
    paths.append(_written(folder / "yaw.csv", YAW))
    with open(paths[1], "a", encoding="utf-8") as file:
        file.write(KNOWN_BAD)
    take(folder / "catalogue", *paths)
    take(folder / "catalogue", tree(folder / "newer", [f"RRI/{NEW}"]))
    (folder / "more").mkdir()
    shutil.copy(texts(folder / "texts2", ephemeris=1000)[0], folder / "more")
    tree(folder / "more", ["RRI/RRI_20160503_040000_041000_lv1_12.0.0.h5"])
    return folder


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def everything(folder: Path) -> list[Any]:
    """All that a catalogue can be asked, but for the times at which it was read."""
    with open_catalogue(str(folder)) as catalogue:
        found: list[Any] = []
        for text in QUERIES:
            answer = evaluate(query(text), catalogue, VOCABULARY)
            held = times(query(text), catalogue, VOCABULARY)
            found.append((list(answer.files), list(answer.unknown), answer.notes, list(held.yes), list(held.may)))
        found.append(influences(query(ALL), CatalogueEvidence(catalogue, VOCABULARY)))
        found.append(
            [
                why(name, query(ALL), CatalogueEvidence(catalogue, VOCABULARY))
                for name in (OLD, NEW)
                if file_named(name, catalogue)
            ]
        )
        found.append(timeline(query(ALL), CatalogueEvidence(catalogue, VOCABULARY), 50))
        found.append({**document(catalogue), "folder": ""})
        every = every_file(catalogue)
        found.append((list(every), every.instruments, every.sources, names_that_begin("rri_", catalogue, 9)))
        found.append([(*row[:1], os.path.basename(row[1]), *row[2:3], *row[4:]) for row in catalogue.sources()])
        found.append(catalogue.faults())
        blocks = (
            *exported.files(catalogue, VOCABULARY, np.arange(catalogue.files)),
            *exported.ephemeris(catalogue, VOCABULARY, DAY, DAY + 300),
        )
        found.append([{name: np.asarray(v).tolist() for name, v in block.items()} for block in blocks])
    return found


def outcome(folder: Path, more: Path) -> tuple[Any, Any]:
    """What a catalogue answers, and what it does with more taken in; None for each that is an error."""
    return tried(lambda: everything(folder)), tried(lambda: (take(folder, more), everything(folder))[1])


def tried(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except CatalogueError:
        return None


class Trials:
    """Damages of a catalogue, one after another, each of a copy of its own."""

    def __init__(self, whole: Path, scratch: Path) -> None:
        self.made, self.more, self.scratch = whole / "catalogue", whole / "more", scratch
        named = manifest.read(str(self.made))
        arrays_of = [
            *(one.path for one in named.segments),
            *(path for path, _ in (named.derived[what] for what in sorted(named.derived))),
        ]
        self.files = ["manifest", "catalogue.sqlite", *arrays_of]
        shutil.copytree(self.made, scratch / "sound")
        self.sound = outcome(scratch / "sound", self.more)
        assert None not in self.sound

    def regions(self) -> Iterator[tuple[str, int, int]]:
        """Every file in regions: arrays and what is between them, pages of the database, pieces of the manifest."""
        for name in self.files:
            path = self.made / name
            edges = {0, path.stat().st_size}
            if name == "catalogue.sqlite":
                edges |= {100, *range(0, path.stat().st_size, 4096)}
            elif name == "manifest":
                edges |= set(range(0, path.stat().st_size, 200))
            else:
                found = arrays.Arrays(str(path), None)
                edges.add(found._base)
                for dtype, shape, offset, _ in found._table.values():
                    edges |= {found._base + offset, found._base + offset + arrays._size(dtype, shape)}
            yield from ((name, a, b) for a, b in zip(sorted(edges), sorted(edges)[1:], strict=False))

    def check(self, name: str, start: int, end: int, kind: str, rng: random.Random) -> bool:
        """Whether a damage of some kind was an error."""
        folder = self.scratch / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.made, folder)
        path = folder / name
        before = path.read_bytes()
        path.write_bytes(damaged(before, start, end, kind, rng, self.made / rng.choice(self.files)))
        if path.read_bytes() == before:
            return False
        found = outcome(folder, self.more)
        for answer, sound in zip(found, self.sound, strict=True):
            assert answer is None or repr(answer) == repr(sound), (name, start, end, kind)
        return None in found


KINDS = ("bit", "byte", "zeros", "noise", "cut", "swap", "other")


def damaged(data: bytes, start: int, end: int, kind: str, rng: random.Random, other: Path) -> bytes:
    """Some bytes with a damage within `[start, end)`."""
    place = rng.randrange(start, end)
    until = min(end, place + rng.choice((1, 8, 64, 4096)))
    if kind == "bit":
        return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
    if kind == "byte":
        return data[:place] + rng.randbytes(1) + data[place + 1 :]
    if kind == "zeros":
        return data[:place] + bytes(until - place) + data[until:]
    if kind == "noise":
        return data[:place] + rng.randbytes(until - place) + data[until:]
    if kind == "cut":
        return data[:place]
    if kind == "swap":
        size = rng.choice((1, 2, 64, 128))
        one, two = sorted(rng.randrange(start, max(start + 1, end - size)) // size * size for _ in range(2))
        if two - one < size:
            return data
        return (
            data[:one] + data[two : two + size] + data[one + size : two] + data[one : one + size] + data[two + size :]
        )
    return other.read_bytes()


def test_some_damage_of_every_region_is_an_error_or_the_same_answer(whole: Path, tmp_path: Path) -> None:
    trials, rng = Trials(whole, tmp_path), random.Random(4)
    regions = list(trials.regions())
    assert len(regions) > 150
    # Every file with every kind of damage, in a region of it.
    chosen = [
        (*rng.choice([region for region in regions if region[0] == name]), kind)
        for name in trials.files
        for kind in rng.sample(KINDS, 2)
    ]
    errors = [trials.check(*one, rng) for one in chosen]
    assert sum(errors) > len(errors) / 4


@pytest.mark.parametrize(
    "kinds", [pytest.param(1, marks=pytest.mark.slow), pytest.param(len(KINDS), marks=pytest.mark.thorough)]
)
def test_any_damage_of_every_region_is_an_error_or_the_same_answer(whole: Path, tmp_path: Path, kinds: int) -> None:
    trials, rng = Trials(whole, tmp_path), random.Random(5)
    for region in trials.regions():
        for kind in rng.sample(KINDS, kinds):
            trials.check(*region, kind, rng)


def test_a_byte_of_the_manifest_counts_wherever_it_is(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(whole / "catalogue", folder)
    path = folder / "manifest"
    before = path.read_bytes()
    for place in range(0, len(before), 3):
        path.write_bytes(before[:place] + bytes([before[place] ^ 1 << place % 8]) + before[place + 1 :])
        with pytest.raises(CatalogueError, match="is damaged"):
            open_catalogue(str(folder))
    for cut in (0, 1, len(before) // 2, len(before) - 1):
        path.write_bytes(before[:cut])
        with pytest.raises(CatalogueError, match="is damaged"):
            open_catalogue(str(folder))


@settings(max_examples=40)
@given(st.lists(st.integers(-(2**15), 2**15 - 1), min_size=64, max_size=64), st.data())
def test_a_zone_that_changes_within_four_bytes_changes_its_sum(values: list[int], data: st.DataObject) -> None:
    zone = np.array([values], np.int16)
    other = zone.copy()
    words = other.view(np.uint32)
    place = data.draw(st.integers(0, words.shape[1] - 1))
    words[0, place] = data.draw(st.integers(0, 2**32 - 1).filter(lambda word: word != words[0, place]))
    assert arrays.zone_sums(other)[0] != arrays.zone_sums(zone)[0]


def test_a_file_in_the_place_of_another_is_noticed(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "catalogue", tmp_path / "catalogue")
    named = manifest.read(str(tmp_path / "catalogue")).segments
    one, other = (tmp_path / "catalogue" / segment.path for segment in named[:2])
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    with pytest.raises(CatalogueError, match="it is not the file that the manifest names"):
        everything(tmp_path / "catalogue")


def test_rows_that_were_changed_by_others_are_not_built_on(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "catalogue", tmp_path / "catalogue")
    sound = answers(tmp_path / "catalogue")
    with closing(sqlite3.connect(tmp_path / "catalogue" / "catalogue.sqlite", isolation_level=None)) as connection:
        connection.execute('UPDATE file SET "end" = "end" + 1 WHERE name LIKE \'RRI%\'')
    assert answers(tmp_path / "catalogue") == sound
    with pytest.raises(CatalogueError, match="the checksums of its rows do not match"):
        take(tmp_path / "catalogue", whole / "more")


# Catalogues of earlier versions


@pytest.fixture(params=["0.5", "0.6"])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[str, Path]:
    """What edexql 0.5 and 0.6 wrote: a tree, ephemeris, indices, tags and modes."""
    name = f"catalogue_{request.param.replace('.', '_')}.tar.xz"
    with tarfile.open(Path(__file__).parent / name) as packed:
        packed.extractall(tmp_path, filter="data")
    return request.param, tmp_path / "catalogue"


LACKING = {"0.5": "has no checksums", "0.6": "does not name its satellite"}


def test_a_catalogue_of_an_earlier_version_is_refused_by_name_until_it_is_upgraded(old: tuple[str, Path]) -> None:
    version, folder = old
    for words in (("fetch", "--local", "-e", "date 2016"), ("catalogue", "info")):
        done = run(*words, "--catalogue", folder)
        told = f"the catalogue in {folder} was made by edexql {version} and {LACKING[version]}: "
        way_out = f"`edexql catalogue upgrade --catalogue {folder}` brings it up to date\n"
        assert done == (2, "", f"edexql: {told}{way_out}")
    done = run("catalogue", "upgrade", "--catalogue", folder)
    assert done == (0, "", f"the catalogue in {folder} is up to date now\n")
    assert run("catalogue", "upgrade", "--catalogue", folder).err.endswith("is up to date: nothing changes\n")
    assert not list(folder.glob("*-wal"))


def test_what_earlier_versions_read_is_what_is_read_today(old: tuple[str, Path], tmp_path: Path) -> None:
    _, folder = old
    take(folder)
    take(tmp_path / "new", tree(tmp_path / "tree"), *texts(tmp_path / "texts", ephemeris=400))
    assert answers(folder) == answers(tmp_path / "new")
    found, expected = rows(folder), rows(tmp_path / "new")
    for table in ("file", "span", "covered", "stretch", "fault"):
        assert sorted(found[table], key=repr) == sorted(expected[table], key=repr), table
    assert everything(folder)[:-4] == everything(tmp_path / "new")[:-4]
    with open_catalogue(str(folder)) as catalogue:
        assert catalogue.satellites == ("cassiope",)
        assert {one.satellite for one, _ in catalogue.samples if one.series == "ephemeris"} == {"cassiope"}
        assert {one.satellite for one, _ in catalogue.samples if one.series in ("kp", "f107")} == {""}


def test_an_upgrade_that_is_cut_off_leaves_the_catalogue_as_it_was(
    old: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    _, folder = old
    before = all_rows(folder)
    with monkeypatch.context() as patched:
        patched.setattr(manifest, "prepare", full)
        with pytest.raises(CatalogueError, match="No space left on device"):
            take(folder)
    assert all_rows(folder) == before
    take(folder)
    assert len(answers(folder)[0][0]) == 5


def test_a_damaged_catalogue_of_0_6_is_not_upgraded(old: tuple[str, Path]) -> None:
    version, folder = old
    if version == "0.5":
        pytest.skip("it has no checksums to hold it to")
    with closing(sqlite3.connect(folder / "catalogue.sqlite", isolation_level=None)) as connection:
        connection.execute("DELETE FROM file WHERE id = 1")
    with pytest.raises(CatalogueError, match="the checksums of its rows do not match"):
        take(folder)


def all_rows(folder: Path) -> list[Any]:
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    return [tables, found, sorted(os.listdir(folder / "segments"))]
