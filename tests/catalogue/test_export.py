"""An export is brought up to date, goes on where it was cut off, and is one state of the catalogue at every moment."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from commands import run
from edexql.catalogue.export import export as exporting
from edexql.catalogue.export import manifest
from edexql.catalogue.export.export import export
from edexql.catalogue.export.place import Place
from edexql.catalogue.ingest.batches import Covered, File, Samples, Spans
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.writer import Writer
from edexql.model.vocabulary import load

VOCABULARY = load()
DAY = 86400
JULY = 1561939200  # 2019-07-01
MONTHS = ("201907", "201908", "201909")
NAME = "MGF_2019{month}{day}_010000_020000_v2.1.0.lv2"


def add(folder, *batches):
    with Writer(str(folder), VOCABULARY) as writer:
        writer.begin_source(repr(batches), "made up", repr(batches), synthetic=False)
        for batch in batches:
            writer.add(batch)
        writer.commit()


def file(month, day="01"):
    return File(NAME.format(month=month, day=day), 1, None, "")


def ephemeris(start, count=600):
    times = np.arange(start, start + count)
    return Samples("ephemeris", times, 1, {"altitude": 500 + np.sin(times / 99), "latitude": 60 * np.sin(times / 999)})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a catalogue of three months."""
    folder = tmp_path_factory.mktemp("built") / "catalogue"
    hours = np.arange(JULY + 5 * DAY, JULY + 90 * DAY, 10800)
    starts, ends = (np.arange(JULY, JULY + 90 * DAY, DAY) + shift for shift in (0, 3600))
    add(
        folder,
        *(file(f"{month:02}") for month in (7, 8, 9)),
        *(ephemeris(JULY + days * DAY) for days in (1, 32, 85)),
        Samples("kp", hours, 10800, {"kp": np.arange(len(hours)) % 7}),
        Spans("fai", "nir", starts, ends),
        Covered("fai", None, JULY, JULY + 90 * DAY),
    )
    return folder


@pytest.fixture
def catalogue(built, tmp_path):
    """A copy of it, that may be changed."""
    return shutil.copytree(built, tmp_path / "catalogue")


def exported(catalogue, folder, **options):
    with open_catalogue(str(catalogue)) as opened:
        return export(opened, VOCABULARY, str(folder), **options)


def contents(folder):
    """The bytes of all files of an export, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def state(folder):
    return manifest.read((folder / "manifest.json").read_bytes())


def named(folder):
    """The files of the state of an export, which are all there, as they were written."""
    whole = contents(folder)
    files = {one.path: whole[one.path] for one in state(folder).files()}
    for one in state(folder).files():
        assert len(files[one.path]) == one.bytes
        assert one.sum in one.path
    return files


def test_nothing_is_written_when_nothing_changed(catalogue, tmp_path):
    first = exported(catalogue, tmp_path / "export")
    assert (first.months, first.unchanged) == (3, 0)
    before = contents(tmp_path / "export")
    times = {path: (tmp_path / "export" / path).stat().st_mtime_ns for path in before}
    second = exported(catalogue, tmp_path / "export")
    assert (second.months, second.unchanged, second.rows) == (0, 3, first.rows)
    assert {path: (tmp_path / "export" / path).stat().st_mtime_ns for path in contents(tmp_path / "export")} == times
    assert exported(catalogue, tmp_path / "export", again=True).months == 3
    assert contents(tmp_path / "export") == before


@pytest.mark.parametrize(
    ("batch", "changed"),
    [
        (file("08", "02"), {f"{table}/satellite=cassiope/month=201908" for table in ("file", "logged", "covered")}),
        (
            Spans("fai", "nir", np.array([JULY + 40 * DAY + 7200]), np.array([JULY + 40 * DAY + 9000])),
            {"logged/satellite=cassiope/month=201908"},
        ),
        (
            Samples("kp", np.array([JULY + 5 * DAY]), 10800, {"kp": np.array([8.0])}),
            {"held/satellite=cassiope/month=201907"},
        ),
        (
            ephemeris(JULY + 86 * DAY),
            {f"{table}/satellite=cassiope/month=201909" for table in ("ephemeris", "present", "origin")},
        ),
    ],
)
def test_what_changed_is_written_and_nothing_else(catalogue, tmp_path, batch, changed):
    exported(catalogue, tmp_path / "export")
    before = named(tmp_path / "export")
    add(catalogue, batch)
    exported(catalogue, tmp_path / "export")
    after = named(tmp_path / "export")
    assert {path.rpartition("/")[0] for path in after.keys() - before.keys()} >= changed
    assert {path.rpartition("/")[0] for path in after.keys() - before.keys()} <= {
        *changed,
        *(path.replace("logged", "origin") for path in changed),
    }
    # As if it were written at once.
    exported(catalogue, tmp_path / "new")
    assert named(tmp_path / "new") == after
    assert state(tmp_path / "new") == state(tmp_path / "export")


def test_the_state_before_stays_for_those_who_read_it(catalogue, tmp_path):
    folder = tmp_path / "export"
    exported(catalogue, folder)
    states = [named(folder)]
    for day in ("02", "03"):
        add(catalogue, file("08", day))
        exported(catalogue, folder)
        states.append(named(folder))
        assert contents(folder).keys() - {"manifest.json"} == states[-1].keys() | states[-2].keys()
    assert states[0].keys() - contents(folder).keys()


@pytest.mark.parametrize("moment", [0, 5, 9, 20])
@pytest.mark.parametrize("again", [False, True])
def test_an_export_that_is_cut_off_goes_on(catalogue, tmp_path, monkeypatch, moment, again):
    folder = tmp_path / "export"
    if again:
        exported(catalogue, folder)
        add(catalogue, *(file(f"{month:02}", "05") for month in (7, 8, 9)), ephemeris(JULY + 3 * DAY))
    before = named(folder) if again else {}
    written = []
    write = Place.write

    def cut(place, path, data):
        if len(written) >= moment:
            raise KeyboardInterrupt
        written.append(path)
        write(place, path, data)

    with monkeypatch.context() as patched:
        patched.setattr(Place, "write", cut)
        stopped = False
        try:
            exported(catalogue, folder)
        except KeyboardInterrupt:
            stopped = True
    if again and stopped:
        assert named(folder) == before
    done = exported(catalogue, folder)
    exported(catalogue, tmp_path / "new")
    assert named(folder) == named(tmp_path / "new")
    assert not (folder / "unfinished").exists()
    assert done.months + done.unchanged == 3
    # Months that were written whole are not written again.
    notes = [path for path in written if path.startswith("unfinished/") and path.endswith(".json")]
    assert done.months == (3 - len(notes) if stopped else 0)


def test_files_that_are_damaged_or_lost_are_written_again(catalogue, tmp_path):
    folder = tmp_path / "export"
    exported(catalogue, folder)
    whole = contents(folder)
    first, second, *_ = (path for path in whole if path.startswith("held"))
    (folder / first).unlink()
    (folder / second).write_bytes(whole[second][:-1])
    assert exported(catalogue, folder).months == 2
    assert contents(folder) == whole


def test_another_export_at_the_same_time_is_not_published(catalogue, tmp_path, monkeypatch):
    folder = tmp_path / "export"
    exported(catalogue, folder)
    before = contents(folder)
    add(catalogue, file("08", "02"))
    write_job = exporting.write_job

    def lost(source, place, job):
        done = write_job(source, place, job)
        place.remove(done[0].files[0].path)
        return done

    monkeypatch.setattr(exporting, "write_job", lost)
    with pytest.raises(CatalogueError, match="is not as it was written; is another export running"):
        exported(catalogue, folder)
    assert contents(folder)["manifest.json"] == before["manifest.json"]


def test_what_is_no_export_is_not_written_over(catalogue, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "kept").write_text("mine")
    with pytest.raises(CatalogueError, match="exists; export to a new or an empty folder, or to an export"):
        exported(catalogue, folder)
    with pytest.raises(CatalogueError, match="exists and is no folder"):
        exported(catalogue, folder / "kept")
    assert contents(folder) == {"kept": b"mine"}
    (folder / "kept").rename(folder / "manifest.json")
    with pytest.raises(CatalogueError, match="the manifest is damaged; export to a new or an empty folder"):
        exported(catalogue, folder)


def test_files_of_others_beside_an_export_stay(catalogue, tmp_path):
    folder = tmp_path / "export"
    exported(catalogue, folder)
    for name in ("notes.txt", "held/notes.txt", "held/satellite=cassiope/month=201907/mine.parquet"):
        (folder / name).write_text("mine")
    add(catalogue, file("08", "02"))
    exported(catalogue, folder)
    exported(catalogue, folder)
    assert [name for name, data in contents(folder).items() if data == b"mine"] == [
        "held/notes.txt",
        "held/satellite=cassiope/month=201907/mine.parquet",
        "notes.txt",
    ]


def test_a_manifest_is_read_as_it_was_written(catalogue, tmp_path):
    exported(catalogue, tmp_path / "export")
    whole = state(tmp_path / "export")
    assert manifest.read(manifest.written(whole)) == whole
    assert manifest.read_parts(manifest.written_parts(list(whole.parts))) == list(whole.parts)
    assert manifest.read_parts(b"[{}]") == manifest.read_parts(b"{") == []


def test_the_command_says_what_it_did(catalogue, tmp_path):
    words = ("catalogue", "export", "--catalogue", str(catalogue), str(tmp_path / "export"))
    done = run(*words)
    assert done.code == 0
    assert "3 months written; " in done.err
    add(catalogue, file("08", "02"))
    assert "1 months written, 2 did not change; " in run(*words).err
    assert run(*words, "--quiet", "--again").err.count("\n") <= 1
