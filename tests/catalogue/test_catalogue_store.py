"""What a catalogue promises of its store: nothing twice, nothing lost, nothing by halves, and where all is from."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive_samples import EPHEMERIS_HEADER, ephemeris_line, ephemeris_row, written
from catalogues import (
    DAY,
    NEW,
    OLD,
    answers,
    named_files,
    query,
    rows,
    segment_files,
    state,
    take,
    texts,
    tree,
)
from commands import run
from edexql.catalogue import intervals
from edexql.catalogue.evaluation import evaluate, times
from edexql.catalogue.ingest.batches import File
from edexql.catalogue.ingest.ingestion import ingest
from edexql.catalogue.orbit.propagation import MOST_AGE
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.schema import CatalogueError
from edexql.catalogue.store.writer import Writer
from edexql.engines.kinds.local import CatalogueEvidence
from edexql.engines.why import why
from edexql.model.vocabulary import load
from orbit_samples import EPOCHS, SETS
from places import SHARED

VOCABULARY = load()
ELEMENTS = SHARED / "data" / "tle_39265.txt"


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of a tree and of every kind of text; not to be changed."""
    folder = tmp_path_factory.mktemp("once")
    take(folder / "catalogue", tree(folder / "tree"), *texts(folder / "texts"))
    return folder


@pytest.fixture
def folder(read_once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(read_once, tmp_path / "copy")
    return tmp_path / "copy" / "catalogue"


def names(folder: Path, text: str) -> list[str]:
    with open_catalogue(str(folder)) as catalogue:
        return evaluate(query(text), catalogue, VOCABULARY).files.names


# Twice, and again


def test_reading_the_same_again_changes_not_a_row_and_not_a_file(read_once: Path, folder: Path) -> None:
    before = rows(folder), state(folder), segment_files(folder)
    take(folder, read_once / "tree", *(str(path) for path in sorted((read_once / "texts").iterdir())))
    assert (rows(folder), state(folder), segment_files(folder)) == before


def test_a_copy_of_the_same_elsewhere_changes_nothing_either(read_once: Path, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(read_once / "tree", tmp_path / "mirror")
    before = rows(folder)
    taken = take(folder, tmp_path / "mirror")
    assert {one.state for one in taken if one.format != "tree"} == {"known"}
    assert rows(folder) == before


def test_one_after_another_is_the_same_as_all_at_once(read_once: Path, tmp_path: Path) -> None:
    for path in (read_once / "tree", *sorted((read_once / "texts").iterdir())):
        take(tmp_path / "slowly", path)
    assert answers(tmp_path / "slowly") == answers(read_once / "catalogue")


# Versions


def test_a_newer_version_takes_the_place_of_the_older_and_both_can_be_looked_up(folder: Path, tmp_path: Path) -> None:
    assert OLD in names(folder, "product rri-*")
    take(folder, tree(tmp_path / "more", [f"RRI/{NEW}"]))
    assert NEW in names(folder, "product rri-*")
    assert OLD not in names(folder, "product rri-*")
    found = [row[1] for row in rows(folder)["file"]]
    assert {OLD, NEW} <= set(found)
    with open_catalogue(str(folder)) as catalogue:
        old = why(OLD, query("date 2016-05-03"), CatalogueEvidence(catalogue, VOCABULARY))
        assert old.whole.state == "matched"
        assert old.remarks == (f"there is a newer version of it, {NEW}",)
        assert why(NEW, query("date 2016-05-03"), CatalogueEvidence(catalogue, VOCABULARY)).remarks == ()


def test_an_older_version_that_comes_later_changes_no_answer(folder: Path, tmp_path: Path) -> None:
    take(folder, tree(tmp_path / "more", [f"RRI/{OLD.replace('12.0.0', '9.0.0')}"]))
    assert names(folder, "product rri-*").count(OLD) == 1
    assert len(names(folder, "product rri-*")) == 2


def test_an_older_ephemeris_that_comes_later_changes_no_position(tmp_path: Path) -> None:
    paths = []
    for version, shift in (("1.2.0", 0), ("1.1.0", 600)):
        lines = [ephemeris_line(second, ephemeris_row(second + shift)) for second in range(DAY, DAY + 1200)]
        name = f"CAS_ephemeris_20160503T000000_20160503T235959_{version}.txt"
        paths.append(written(tmp_path, EPHEMERIS_HEADER + "".join(lines), name))
    take(tmp_path / "one", paths[0])
    take(tmp_path / "both", *paths)
    for text in ("latitude > -20", "dipole-latitude > -20"):
        found = []
        for name in ("one", "both"):
            with open_catalogue(str(tmp_path / name)) as catalogue:
                found.append(times(query(text), catalogue, VOCABULARY).yes)
        assert found[0].seconds > 0
        assert found[0] == found[1], text


# Origins and faults


def test_every_row_says_where_it_is_from(read_once: Path) -> None:
    found = rows(read_once / "catalogue")
    sources = {row[0]: row[1] for row in found["source"]}
    facts = ("file", "span", "covered", "stretch")
    place = {"file": -2}
    origin = {table: {os.path.basename(sources[row[place.get(table, -1)]]) for row in found[table]} for table in facts}
    log = "CAS_ePOP_Data_20160503_000000_235959_1.0.0.txt"
    assert origin["file"] == {"tree"}
    assert origin["span"] == {log, "tags.csv", "modes.csv"}
    assert origin["covered"] == {log, "tags.csv", "modes.csv"}
    assert origin["stretch"] == {"CAS_ephemeris_20160503_000000_235959.txt", "SW-All.txt"}
    with closing(sqlite3.connect(read_once / "catalogue" / "catalogue.sqlite")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_made_up_data_are_told_apart(folder: Path, tmp_path: Path) -> None:
    take(folder, tree(tmp_path / "more", [f"RRI/{NEW}"]), synthetic=True)
    with open_catalogue(str(folder)) as catalogue:
        marks = {file.name: file.synthetic for file in evaluate(query("product rri-*"), catalogue, VOCABULARY).files}
    assert marks == {NEW: True, "RRI_20160503_020000_021000_lv1_12.0.0.h5": False}


def test_real_element_sets_are_kept_with_their_origin_and_their_age_is_told(folder: Path, tmp_path: Path) -> None:
    if not ELEMENTS.exists():
        pytest.skip(f"there are no real element sets at {ELEMENTS}")
    every = [line for line in ELEMENTS.read_text(encoding="utf-8").splitlines() if line[:2] in ("1 ", "2 ")]
    first = next(number for number, line in enumerate(every) if line.startswith("1 39265U 13055A   161"))
    path = tmp_path / "three.txt"
    path.write_text("\n".join([*every[first : first + 6], ""]), encoding="utf-8")
    take(folder, path)
    before = rows(folder)
    assert [before["source"][row[-1] - 1][1] for row in before["elements"]] == [str(path)] * 3
    take(folder, path)
    assert rows(folder) == before
    with open_catalogue(str(folder)) as catalogue:
        told = [str(note) for note in evaluate(query("dipole-latitude > 50"), catalogue, VOCABULARY).notes]
    assert any("two-line element sets up to" in note and "days old" in note for note in told)


def test_day_by_day_the_age_of_positions_is_that_of_the_element_set_with_the_nearest_epoch(tmp_path: Path) -> None:
    folder, path = tmp_path / "catalogue", tmp_path / "two.txt"
    path.write_text("".join(f"{line}\n" for pair in SETS for line in pair), encoding="utf-8")
    take(folder, path)
    length = 86400
    reach = MOST_AGE // length
    with open_catalogue(str(folder)) as catalogue:
        orbit = catalogue.orbit
        assert orbit is not None
        for day in range(-reach - 1, reach + 9):
            second = EPOCHS[0] + day * length + 3600
            here = intervals.of([(second, second + 1)]) & orbit.covered
            age = min(abs(second - epoch) for epoch in EPOCHS)
            assert len(here) == (age <= MOST_AGE), day
            if len(here):
                assert orbit.age(here) == age, day
                assert orbit.describe(here) == f"two-line element sets up to {age / length:.1f} days old"
        both = orbit.covered.within(EPOCHS[0] - 5 * length, EPOCHS[1] + 2 * length + 1)
        assert orbit.age(both) == 5 * length
        assert orbit.age(orbit.covered) == pytest.approx(MOST_AGE, abs=60)


def test_what_cannot_be_read_is_kept_by_file_and_line_and_the_rest_is_read(tmp_path: Path) -> None:
    (ephemeris, *others) = texts(tmp_path / "texts", ephemeris=300)
    lines = Path(ephemeris).read_text(encoding="utf-8").splitlines(keepends=True)
    lines[100] = "20160503 0001xx what is this\n"
    Path(ephemeris).write_text("".join(lines), encoding="utf-8")
    taken = take(tmp_path / "catalogue", ephemeris, others[0])
    assert [[fault.line for fault in one.faults] for one in taken] == [[101], []]
    found = rows(tmp_path / "catalogue")
    paths = {row[0]: row[1] for row in found["source"]}
    assert [(paths[source], line) for source, line, _ in found["fault"]] == [(ephemeris, 101)]
    with open_catalogue(str(tmp_path / "catalogue")) as catalogue:
        known = times(query("attitude-accuracy 0..9"), catalogue, VOCABULARY).yes
        assert list(known) == [(DAY, DAY + 98), (DAY + 99, DAY + 300)]
        assert len(times(query("kp 0..9"), catalogue, VOCABULARY).yes) == 1


# Readers and writers at once


def test_readers_see_the_old_state_until_a_change_is_done(folder: Path, tmp_path: Path) -> None:
    old = answers(folder)
    early = open_catalogue(str(folder))
    ask = ("fetch", "--local", "--catalogue", folder, "--output", "names", "-e", "product rri-*")
    before = run(*ask)
    assert (before.code, before.out.splitlines().count(OLD)) == (0, 1)
    with Writer(str(folder), VOCABULARY) as writer:
        writer.begin_source("more", "made up", None, synthetic=True)
        writer.add(File(NEW, 1, None, NEW))
        assert run(*ask).out == before.out
        assert answers(folder) == old
        writer.commit()
        assert run(*ask).out == before.out.replace(OLD, NEW)
    with early:
        assert OLD in evaluate(query("product rri-*"), early, VOCABULARY).files.names
    assert NEW in names(folder, "product rri-*")


def test_an_open_catalogue_stays_of_one_state_for_why_too(folder: Path, tmp_path: Path) -> None:
    with open_catalogue(str(folder)) as early:
        take(folder, tree(tmp_path / "more", [f"RRI/{NEW}"]))
        assert OLD in evaluate(query("product rri-*"), early, VOCABULARY).files.names
        assert why(OLD, query("date 2016"), CatalogueEvidence(early, VOCABULARY)).remarks == ()


def test_a_second_writer_is_refused(folder: Path, tmp_path: Path) -> None:
    with Writer(str(folder), VOCABULARY):
        with pytest.raises(CatalogueError, match="another process is changing the catalogue"):
            Writer(str(folder), VOCABULARY)
        done = run("catalogue", "ingest", "--catalogue", folder, tree(tmp_path / "more"))
    assert done == (2, "", f"edexql: another process is changing the catalogue in {folder}\n")
    take(folder, tmp_path / "more")


def test_a_change_that_is_given_up_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    before = rows(folder), segment_files(folder)

    def give_up() -> None:
        with Writer(str(folder), VOCABULARY) as writer:
            paths = texts(tmp_path / "texts", ephemeris=7300)
            list(ingest(paths, writer, lambda path: None))
            for key in list(writer._chunks):
                writer._flush(*key)
            assert len(segment_files(folder)) > len(before[1])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert (rows(folder), segment_files(folder)) == before


def test_replaced_files_are_left_to_their_readers_and_removed_in_the_end(folder: Path, tmp_path: Path) -> None:
    (ephemeris, *_) = texts(tmp_path / "texts", ephemeris=7300)
    cut_off = "0123456789abcdef0123456789abcdef"
    (folder / "segments" / cut_off).write_bytes(b"?")
    with open_catalogue(str(folder)) as early:
        before = segment_files(folder)
        take(folder, ephemeris)
        retired = {os.path.basename(path) for path, _ in rows(folder)["retired"]}
        assert retired
        assert before - segment_files(folder) == {cut_off}
        # The next change comes soon after, and a reader may still be about to open them.
        take(folder)
        assert retired <= segment_files(folder)
        # Time goes by.
        with closing(sqlite3.connect(folder / "catalogue.sqlite", isolation_level=None)) as connection:
            connection.execute("UPDATE retired SET at = at - 3600")
        take(folder)
        assert retired & segment_files(folder) == set()
        assert rows(folder)["retired"] == []
        assert segment_files(folder) == named_files(folder)
        # One who has them open reads on.
        assert len(evaluate(query("latitude -90..90"), early, VOCABULARY).files) == 3


def test_a_full_disk_is_no_fault_of_the_file_that_was_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ephemeris, *_) = texts(tmp_path / "texts", ephemeris=600)

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Writer, "add", no_room)
    with Writer(str(tmp_path / "made"), VOCABULARY) as writer, pytest.raises(OSError, match="No space"):
        list(ingest([str(ephemeris)], writer, lambda path: None))
