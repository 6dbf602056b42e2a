"""Small mirrored archives, catalogues of them, and what of a catalogue can be compared with another one's."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from archive_samples import MODES, TAGS, availability_text, ephemeris_text, seconds, sw_text
from edexql.catalogue.evaluation import evaluate, of_plan
from edexql.catalogue.ingest.ingestion import ingest
from edexql.catalogue.intervals import ALWAYS, Intervals
from edexql.catalogue.plan import Node, Plan
from edexql.catalogue.store.arrays import Arrays
from edexql.catalogue.store.catalogue import open_catalogue
from edexql.catalogue.store.writer import Writer
from edexql.compiler.request import Setting, query_of
from edexql.language.source import Source
from edexql.model.logic import AND
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from edexql.catalogue.ingest.ingestion import Outcome
    from edexql.catalogue.three_valued import Truth
    from edexql.model.query import Query

DAY = seconds("2016-05-03")
OLD, NEW = "RRI_20160503_010000_010500_lv1_12.0.0.h5", "RRI_20160503_010000_010500_lv1_13.0.0.h5"
FILES = (
    f"RRI/{OLD}",
    "RRI/RRI_20160503_020000_021000_lv1_12.0.0.h5",
    "FAI/FAI_lv1_h5_20160503_013000_014500_6.0.0.zip",
    "FAI/FAI_lv1_h5_20160503_235500_000500_6.0.0.zip",
    "MGF/MGF_20160503_000000_003000_v2.1.0.lv2",
    "RRI/notes.pdf",
)
QUERIES = (
    "date ..2030",
    "product rri-*; kp >= 3",
    "where rri dipole OR latitude > 10 AND NOT altitude < 700",
    "date 2016-05-03; fai has-data",
    'where NOT experiment "Point of Interest" > "Fort McMurray Fire"',
)
TABLES = ("source", "fault", "file", "span", "covered", "elements", "stretch", "segment", "derived", "retired")


def query(text: str) -> Query:
    return query_of(Source(text), Setting())


def tree(folder: Path, files: Iterable[str] = FILES) -> Path:
    """A mirrored archive of one day: its files, and a log of availability among them."""
    for number, name in enumerate(files):
        path = folder / "2016" / "05" / "03" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x89HDF" + bytes(100 * number))
    rows = [
        ("RRI", "2016-05-03T01:00:00", "2016-05-03T01:05:00"),
        ("FAI", "2016-05-03T01:30:00", "2016-05-03T01:45:00"),
    ]
    name = "CAS_ePOP_Data_20160503_000000_235959_1.0.0.txt"
    (folder / "2016" / "05" / "03" / name).write_text(availability_text(rows), encoding="utf-8")
    return folder


def texts(folder: Path, *, ephemeris: int = 7200) -> list[str]:
    """An ephemeris of some seconds, indices, experiment tags and modes, each a file."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "CAS_ephemeris_20160503_000000_235959.txt": ephemeris_text(DAY, ephemeris),
        "SW-All.txt": sw_text(DAY - 86400, 4),
        "tags.csv": TAGS,
        "modes.csv": MODES.replace("# covers 2016-05\n", ""),
    }
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in found]


def take(folder: Path | str, *paths: str | Path, synthetic: bool = False) -> list[Outcome]:
    """Take files and folders into a catalogue."""
    with Writer(str(folder), load()) as writer:
        taken = list(ingest([str(path) for path in paths], writer, lambda path: None, synthetic=synthetic))
        writer.commit()
    return taken


def rows(folder: Path | str) -> dict[str, list[Any]]:
    """Every row of every table, as it stands there."""
    with closing(sqlite3.connect(os.path.join(folder, "catalogue.sqlite"))) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in TABLES}


def state(folder: Path | str) -> dict[str, Any]:
    """What a catalogue holds, apart from when it was read and how files of arrays happen to be called."""
    found = rows(folder)
    del found["retired"]
    found["source"] = [(*row[:4], *row[5:]) for row in found["source"]]
    found["derived"] = [row for row in found["derived"] if row[0] != "origins"]
    for table in ("segment", "derived"):
        found[table] = [(*row[:-2], _content(os.path.join(folder, row[-2]))) for row in found[table]]
    return found


def _content(path: str) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    arrays = Arrays(path, None)
    return {name: (arrays[name].dtype.str, arrays[name].shape, arrays[name].tobytes()) for name in arrays.names()}


def answers(folder: Path | str) -> list[Any]:
    """What a catalogue says to some queries."""
    found: list[Any] = []
    with open_catalogue(str(folder)) as catalogue:
        for text in QUERIES:
            answer = evaluate(query(text), catalogue, load())
            found.append((answer.files.names, answer.unknown.names, list(answer.times.yes), list(answer.times.may)))
    return found


def segment_files(folder: Path | str) -> set[str]:
    return set(os.listdir(os.path.join(folder, "segments")))


def named_files(folder: Path | str) -> set[str]:
    """The files of arrays that a catalogue names, retired ones included."""
    found = rows(folder)
    return {os.path.basename(row[-2]) for t in ("segment", "derived") for row in found[t]} | {
        os.path.basename(row[0]) for row in found["retired"]
    }


class Given:
    """A lookup whose answers are given, so that what the evaluator makes of them can be looked at."""

    def __init__(self, answers: list[Truth]) -> None:
        self.answers = answers

    def cost(self, number: int) -> int:
        return 0

    def when(self, number: int, window: Intervals) -> Truth:
        return self.answers[number - 1]

    def together(self, node: Node) -> list[tuple[int, ...]]:
        return [(operand,) for operand in node.operands]


def all_of(answers: list[Truth]) -> Truth:
    """Some answers joined by AND, as the evaluator joins them."""
    node = Node(AND, tuple(range(1, len(answers) + 1)))
    return of_plan(Plan((node,), ~0), Given(answers), ALWAYS)  # type: ignore[arg-type]
