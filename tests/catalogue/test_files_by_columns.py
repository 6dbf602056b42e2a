"""Files by columns are what they are one by one, and what is written of them is what is written of each."""

from __future__ import annotations

import csv
import io
import json
import pickle
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edexql.base.text import printable
from edexql.base.units import duration, name_and_size, size
from edexql.catalogue.evaluation import evaluate
from edexql.catalogue.files import Files, every_file
from edexql.catalogue.ingest import batches
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.cli import main
from edexql.commands import answers
from edexql.model.answer import Answer, Note, table
from edexql.model.files import AT_ONCE, File, Listing, columns_of, joined, total
from edexql.model.period import Period, moment, moments
from edexql.model.query import Constraint, Query
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

VOCABULARY = load()
ATTRIBUTES = (*File.__match_args__, "bytes", "size_shown", "day", "text")


@st.composite
def seen_files(draw: st.DrawFn) -> list[batches.File]:
    """Files as a mirror or a listing has them: products and versions of the archive, and files of neither."""
    day, clock = draw(st.sampled_from(["20190430", "20190501"])), draw(st.integers(10, 23))
    version = draw(st.integers(1, 12))
    names = [
        f"FAI_lv1_h5_{day}_{clock}0500_{clock}1000_{version}.0.0.zip",
        f"RRI_{day}_{clock}0000_{clock}0500_lv1_{version}.0.0.h5",
        f"RRI_{day}_{clock}0000_{clock}0000_lv1_{version}.0.0.h5",
        f"MGF_{day}_235000_000500_v{version}.1.0.lv2",
        f"notes {clock}  of {version}.pdf",
        f"日誌_{day}_{clock}0000_{clock}0500.txt",
        f'"{clock}", {version}.csv',
    ]
    texts = st.sampled_from([None, "540.57MB", "1 2MB", "12\tMB", "unknown"])
    sizes = st.none() | st.integers(0, 10**12)
    return [
        batches.File(name, draw(sizes), draw(texts), f"{day}/{name}")
        for name in draw(st.lists(st.sampled_from(names), unique=True))
    ]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("catalogues")
    return (str(made / str(number)) for number in range(10**6))


def catalogue_in(folder: str, files: Sequence[batches.File]) -> None:
    with Writer(folder, VOCABULARY) as writer:
        for synthetic in (False, True):
            writer.begin_source(f"source {synthetic}", "listing", "1", synthetic=synthetic)
            for file in files[synthetic::2]:
                writer.add(file)
        writer.commit()


def of_rows(folder: str) -> list[File]:
    """The files of a catalogue by its rows, in the order of product, time and name."""
    with closing(sqlite3.connect(f"{folder}/catalogue.sqlite")) as connection:
        rows = connection.execute(
            """SELECT name, size, coalesce(size_text, ''), "start", "end", product, place, synthetic
            FROM file JOIN source ON source.id = file.source"""
        ).fetchall()
    made = [
        File(name, count, text, start, end, 0, product, place, bool(synthetic))
        for name, count, text, start, end, product, place, synthetic in rows
    ]
    far = -(10**12)
    return sorted(made, key=lambda f: (f.product or "?", *(far if t is None else t for t in (f.start, f.end)), f.name))


@settings(max_examples=15)
@given(files=st.lists(seen_files(), max_size=4), data=st.data())
def test_the_files_of_a_catalogue_are_its_rows(
    folders: Iterator[str], files: list[list[batches.File]], data: st.DataObject
) -> None:
    folder = next(folders)
    catalogue_in(folder, list({file.name: file for some in files for file in some}.values()))
    expected = of_rows(folder)
    with open_catalogue(folder) as catalogue:
        count = len(expected)
        marks = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
        chosen = Files.at(catalogue, np.flatnonzero(marks))
        some = [file for file, mark in zip(expected, marks, strict=True) if mark]
        for found, wanted in ((every_file(catalogue), expected), (chosen, some)):
            assert_the_same(found, tuple(wanted), data)
        day = Constraint("date", "date", Period(1556668800, 1556668800 + 43200))
        answer = evaluate(Query((), (day,)), catalogue, VOCABULARY)
        listed = {*answer.files.names, *answer.unknown.names}
        assert [file.name for file in every_file(catalogue) if file.name in listed] == sorted(
            listed, key=[file.name for file in expected].index
        )
        assert all(file.state == "unknown" and file.start is None for file in answer.unknown)
        assert_the_same(answer.unknown, tuple(answer.unknown), data)
        assert_written_alike(answer)
        both = Answer(joined(answer.files, chosen), chosen, answer.times, (Note("kp", "é", 1), Note("x", "y")))
        assert_the_same(both.files, (*answer.files, *some), data)
        assert_written_alike(both)


def assert_the_same(found: Sequence[File], wanted: tuple[File, ...], data: st.DataObject) -> None:
    """Files by columns behave as the tuple of them does."""
    assert isinstance(found, Listing)
    assert (tuple(found), len(found), bool(found)) == (wanted, len(wanted), bool(wanted))
    assert found == wanted
    assert wanted == found
    assert found != (*wanted, File("another"))
    assert tuple(reversed(found)) == wanted[::-1]
    assert columns_of(found, *ATTRIBUTES) == [[getattr(file, name) for file in wanted] for name in ATTRIBUTES]
    assert total(found) == total(wanted)
    again = pickle.loads(pickle.dumps(found))
    assert type(again) is tuple
    assert again == wanted
    place = data.draw(st.slices(len(wanted)))
    assert tuple(found[place]) == wanted[place]
    for number in range(-len(wanted), len(wanted)):
        assert found[number] == wanted[number]
    for beyond in (len(wanted), -len(wanted) - 1):
        with pytest.raises(IndexError):
            found[beyond]
    by_columns, one_by_one = Answer(found), Answer(wanted)
    assert by_columns == one_by_one
    assert by_columns.per_day() == one_by_one.per_day()
    assert by_columns.per_product() == one_by_one.per_product()
    assert str(by_columns) == str(one_by_one)
    assert by_columns._repr_html_() == one_by_one._repr_html_()


# What is written, row by row


def assert_written_alike(answer: Answer) -> None:
    for form, expected in (
        ("json", as_json(answer)),
        ("csv", as_csv(answer)),
        ("names", "".join(f"{printable(file.name)}\n" for file in answer)),
        ("text", as_table(list(answer))),
    ):
        assert written(answer, form) == expected, form
    assert table(answer.files) == as_table(list(answer))


def written(answer: Answer, form: str) -> str:
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(io.StringIO()):
        answers.files(answer, form)
    return text.getvalue()


def as_json(answer: Answer) -> str:
    def row(file: File) -> dict[str, Any]:
        return {
            "name": file.name,
            "size": file.size,
            "size_text": file.size_text or None,
            "start": None if file.start is None else moment(file.start),
            "end": None if file.end is None else moment(file.end),
            "matched_seconds": file.matched,
            "product": file.product,
            "place": file.place,
            "synthetic": file.synthetic,
        }

    document = {
        "files": [row(file) for file in answer],
        "unknown": [row(file) for file in answer.unknown],
        "notes": [{"subject": note.subject, "text": note.text, "seconds": note.seconds} for note in answer.notes],
    }
    return json.dumps(document, indent=2) + "\n"


def as_csv(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answers.all_columns(()))
    for file in answer:
        times = ["" if time is None else moment(time) for time in (file.start, file.end)]
        marks = file.matched, printable(file.place), str(file.synthetic).lower()
        row = (printable(file.name), file.product, file.size, printable(file.size_text), *times, *marks)
        writer.writerow(row)
    return text.getvalue()


def as_table(files: list[File]) -> str:
    """Columns that stand under each other, without blanks at the end of a line."""
    counted = any(file.matched is not None for file in files)
    rows = []
    for file in files:
        known = file.matched is not None and file.start is not None and file.end is not None
        of = f"{duration(file.matched)} of {duration(file.end - file.start)}" if known else ""
        shown = [printable(file.name), printable(file.size_text or ("" if file.size is None else text_of(file.size)))]
        rows.append([*shown, of, "synthetic" * file.synthetic] if counted else shown)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if not counted:
        widths[1:] = [max(10, width) for width in widths[1:]]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if 0 < place < 3 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def text_of(count: int) -> str:
    return size(count).replace(" ", "")


@given(st.lists(st.none() | st.integers(-(10**11), 10**12) | st.integers(-(2**62), 2**62)))
def test_many_times_are_written_as_each_of_them(seconds: list[int | None]) -> None:
    assert moments(seconds) == [None if second is None else moment(second) for second in seconds]


@given(st.text(" \t3.5MB,kK", max_size=8) | st.text(max_size=5), st.text(" \t3.5MB,kK", max_size=8))
def test_the_text_of_a_file_is_read_as_its_name_and_size_or_as_its_name(name: str, size_text: str) -> None:
    text = f"{name}   {size_text}".rstrip()
    assert File(name, None, size_text).text == (text if name_and_size(text)[0] == name else name)


def test_files_are_joined_over_the_edges_of_parts() -> None:
    files = tuple(File(f"{number}.h5", number) for number in range(AT_ONCE + 2))

    class Kept(Listing):
        def __init__(self, files: tuple[File, ...]) -> None:
            self._files = files

        def __len__(self) -> int:
            return len(self._files)

        def part(self, place: slice) -> Kept:
            return Kept(self._files[place])

        def fields(self, *names: str) -> list[list[Any]]:
            return columns_of(self._files, *names)

    both = joined(Kept(files), files[:3])
    whole = (*files, *files[:3])
    assert both == whole
    assert tuple(reversed(both)) == whole[::-1]
    for start in (0, 1, AT_ONCE, AT_ONCE + 1, AT_ONCE + 2, AT_ONCE + 4, -4):
        for end in (0, 1, AT_ONCE + 1, AT_ONCE + 3, None, -1):
            assert tuple(both[start:end]) == whole[start:end]
    assert joined(files[:1], files[1:2]) == files[:2]
    assert written(Answer(both), "json") == as_json(Answer(whole))
    assert written(Answer(both), "csv") == as_csv(Answer(whole))


# Work, not time


@pytest.mark.parametrize(
    "words",
    [
        *(("--output", form) for form in ("text", "names", "csv", "json")),
        ("--count",),
        ("--times",),
        ("--by", "day"),
        ("--by", "product", "--output", "json"),
        ("--unknown", "include"),
        ("--unknown", "exclude", "--output", "csv"),
    ],
    ids=" ".join,
)
def test_a_listing_of_a_catalogue_makes_no_value_of_a_file(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr(File, "__init__", refuse)
    assert main(["fetch", "--local", "-e", "date 2019-05; kp >= 2", *words]) == 0
    assert capsys.readouterr().out
