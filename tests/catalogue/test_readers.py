"""What holds for the readers of all formats: how files are recognised, and that no bytes break them."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_samples import (
    CSV,
    MODES,
    NAMES,
    PAIR,
    SAMPLES,
    TAGS,
    apache_pre,
    apache_table,
    availability_text,
    dst_line,
    ephemeris_text,
    faults,
    h5ai,
    nginx,
    omni_line,
    samples,
    seconds,
    sp3_text,
    sw_csv,
    sw_text,
    written,
)
from commands import environment
from edexql.catalogue.ingest import readers, source
from edexql.catalogue.ingest.batches import Covered, Elements, Fault, File, Note, Positions, Samples, Spans
from edexql.catalogue.ingest.registry import FORMATS, MAPPED, Head, format_of
from edexql.model.vocabulary import snapshot
from places import ROOT, TESTS

START = seconds("2015-11-27")
FILES = list(zip(NAMES, ("540570", "938M", "-"), strict=True))
# A file of each form, with the format that it is in.
TEXTS: dict[str, tuple[str, str]] = {
    "ephemeris": ("ephemeris", ephemeris_text(START, 40)),
    "older ephemeris": ("ephemeris", ephemeris_text(START, 40, eclipse=False)),
    "sp3": ("sp3", sp3_text(START, 20)),
    "elements": ("elements", "\n".join([*PAIR, "CASSIOPE", *PAIR, ""])),
    "availability": ("availability", availability_text([("FAI", "2019-05-01T15:05:34", "2019-05-01T15:13:06")] * 5)),
    "table": ("listing", apache_table(FILES)),
    "pre": ("listing", apache_pre(FILES)),
    "nginx": ("listing", nginx(FILES)),
    "h5ai": ("listing", h5ai(FILES)),
    "space weather": ("space-weather", sw_text(START, 5)),
    "space weather as csv": ("space-weather", sw_csv(START, ("OBS", "OBS", "PRD"))),
    "omni": ("omni", "".join(omni_line(START + i * 3600) for i in range(5))),
    "dst": ("kyoto", "".join(dst_line(START + i * 86400, [-10] * 24) for i in range(5))),
    "tags": ("tags", TAGS),
    "modes": ("modes", MODES),
}
FOLDER = Path(__file__).parent / "format_samples"
NAMES_OF_FORMATS = {"gfz": "gfz", "kyoto": "kyoto", "iaga": "iaga", "omni-1min": "omni-1min", "omni-5min": "omni-5min"}
NAMES_OF_FORMATS |= {"omm.kvn": "omm", "omm.xml": "omm-xml", "omm.json": "omm-json", "omm.csv": "omm-csv"}
SAMPLE_FILES = sorted(path for path in FOLDER.iterdir() if path.name != "README.md")
TEXTS |= {
    path.name: (known, path.read_text("utf-8"))
    for path in SAMPLE_FILES
    for start, known in NAMES_OF_FORMATS.items()
    if path.name.startswith(start) and path.name != "iaga-observatory.txt"
}
PAGES = TESTS / "formats" / "listing_pages"
TEXTS |= {
    path.name: ("listing", path.read_text("utf-8")) for path in sorted(PAGES.iterdir()) if path.name != "login.html"
}
READERS = [*FORMATS, MAPPED]


@pytest.fixture
def given_text(tmp_path):
    return partial(written, tmp_path)


def check(batches) -> list:
    """Reads all batches, and holds them to what they promise."""
    found = list(batches)
    for batch in found:
        if isinstance(batch, Samples):
            assert batch.times.dtype == np.int64
            assert 0 < len(batch.times) <= source.MOST_ROWS
            assert np.all(np.diff(batch.times) > 0)
            assert np.all(np.diff(batch.times) % batch.holds == 0)
            assert all(v.dtype == np.float64 and v.shape == batch.times.shape for v in batch.columns.values())
            assert not any(np.isinf(values).any() for values in batch.columns.values())
        elif isinstance(batch, Spans):
            assert batch.starts.dtype == batch.ends.dtype == np.int64
            assert batch.starts.shape == batch.ends.shape != (0,)
            assert np.all(batch.starts < batch.ends)
        elif isinstance(batch, Positions):
            assert batch.times.dtype == batch.xyz.dtype == np.float64
            assert batch.xyz.shape == (len(batch.times), 3)
            assert np.all(np.diff(batch.times) > 0)
            assert np.isfinite(batch.xyz).all()
        elif isinstance(batch, Covered):
            assert batch.start < batch.end
        elif isinstance(batch, File):
            assert batch.name.isprintable()
            assert "/" not in batch.name
        elif isinstance(batch, Note):
            assert batch.message.isprintable()
        elif isinstance(batch, Fault):
            assert batch.line >= 0
            assert batch.message.isprintable()
            assert len(batch.message) < 400
        else:
            assert isinstance(batch, Elements)
            assert all(len(line) == 69 for pair in batch.pairs for line in pair)
    return found


# Recognition


@pytest.mark.parametrize(("name", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_format_is_recognised_by_its_content(given_text, name, text, end):
    path = given_text(text.replace("\r\n", "\n").replace("\n", end), "noname")
    start = Head("noname", source.head(path), snapshot())
    assert [known.name for known in FORMATS if known.recognises(start)] == [name]
    assert format_of(path).name == name
    found = check(format_of(path).read(path))
    assert not isinstance(found[0], Fault)


@pytest.mark.parametrize(("name", "text"), TEXTS.values(), ids=TEXTS)
def test_gzip_a_byte_order_mark_and_a_missing_last_line_end_change_nothing(given_text, name, text):
    plain = list(map(repr, check(format_of(given_text(text)).read(given_text(text)))))
    for data in (
        gzip.compress(text.encode()),
        b"\xef\xbb\xbf" + text.encode(),
        text.rstrip("\r\n").encode(),
        gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode()),
    ):
        path = given_text(data, "file.txt.gz")
        assert format_of(path).name == name
        assert list(map(repr, check(format_of(path).read(path)))) == plain


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"# notes\n",
        b"<html>hello</html>",
    ],
)
def test_other_files_are_in_no_format(given_text, data):
    assert format_of(given_text(data)) is None


def test_a_file_that_is_not_there_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        format_of(str(tmp_path / "nowhere"))
    (fault,) = FORMATS[0].read(str(tmp_path / "nowhere"))
    assert fault == Fault(0, "cannot be read: No such file or directory")


def test_names_of_formats_are_different():
    assert len({known.name for known in READERS}) == len(READERS)


def test_every_reader_is_registered():
    modules = {path.stem for path in Path(readers.__path__[0]).glob("[a-z]*.py")}
    assert {known.module for known in READERS} == modules, "each module of readers has a Format in ingest/registry.py"
    for name in modules:
        assert f"\n{name} " in readers.__doc__, f"add {name} to the docstring of readers/__init__.py"
    for known in READERS:
        assert callable(getattr(import_module(f"{readers.__name__}.{known.module}"), known.function))


def test_every_format_has_a_sample():
    # A file of Parquet, and one beside its mapping, are in test_readers_tables.
    missing = {known.name for known in FORMATS} - {name for name, _ in TEXTS.values()}
    assert missing == {"parquet"}, "add a text to TEXTS, or a file to format_samples and its name to NAMES_OF_FORMATS"


def test_every_sample_is_read():
    for path in SAMPLE_FILES:
        assert path.name.startswith(tuple(NAMES_OF_FORMATS)), f"add the format of {path.name} to NAMES_OF_FORMATS"


def test_the_documentation_names_every_format():
    text = (ROOT / "docs" / "semantics.md").read_text("utf-8")
    table = text[text.index("## What a catalogue reads") : text.index("## What a catalogue promises")]
    named = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    titles = {known.title.partition(", ")[0] for known in READERS}
    missing = [
        title for title in titles if not any(re.search(rf"(?:^|, ){re.escape(title)}(?:$|, )", cell) for cell in named)
    ]
    assert missing == [], "name them in the table `What a catalogue reads` of docs/semantics.md"


def test_to_know_the_formats_costs_no_numpy():
    code = (
        "import sys, edexql.catalogue.ingest.registry; print([m for m in ('numpy', 'csv', 'json') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout == "[]\n"


# Damage


def test_no_more_than_a_hundred_faults_are_named(given_text):
    lines = ephemeris_text(START, 400).splitlines()
    lines[2:252] = ["damaged"] * 250
    found = check(format_of(given_text("\n".join(lines))).read(given_text("\n".join(lines))))
    told = faults(found)
    assert [line for line, _ in told] == [*range(3, 103), 0]
    assert told[-1][1] == "and 150 more lines that cannot be read"
    assert len(samples(found)[0].times) == 150


@pytest.mark.parametrize(("name", "text"), TEXTS.values(), ids=TEXTS)
def test_compressed_data_that_break_off_are_read_as_far_as_they_go(given_text, name, text):
    rng = random.Random(1)
    padded = text + "".join(rng.choices("# abc", k=40_000)) + "\n" if name == "tags" else text * 20
    data = gzip.compress(padded.encode())
    path = given_text(data[: len(data) * 3 // 4], "cut.txt.gz")
    known = format_of(path)
    assert known.name == name
    found = check(known.read(path))
    assert "the compressed data are damaged or cut off" in " ".join(message for _, message in faults(found))
    assert not any(isinstance(batch, Covered) for batch in found)


def test_a_line_without_an_end_takes_no_memory(given_text, monkeypatch):
    monkeypatch.setattr(source, "_LONGEST_LINE", 1000)
    path = given_text(b"a" * 100_000 + b"\nb\n")
    found = list(source.blocks(source.Source(path, "x", [], snapshot()), 500))
    assert [line for line, _ in found] == [1]
    assert len(found[0][1]) < 2000
    assert found[0][1].endswith(b"a\nb\n")


@given(st.binary(max_size=300), st.integers(1, 40))
def test_blocks_are_the_lines_of_the_file(tmp_path_factory, data, size):
    path = tmp_path_factory.mktemp("b") / "file"
    path.write_bytes(data)
    if data[:2] == b"\x1f\x8b":
        return
    found = list(source.blocks(source.Source(str(path), "file", [], snapshot()), size))
    plain = data.removeprefix(b"\xef\xbb\xbf") if size >= 3 else data
    expected = plain if plain.endswith(b"\n") or not plain else plain + b"\n"
    assert b"".join(block for _, block in found) == expected
    assert all(block.endswith(b"\n") for _, block in found)
    assert [line for line, _ in found[:1]] == [1] * bool(found)
    assert all(b == a + block.count(b"\n") for (a, block), (b, _) in pairwise(found))


def read_by_all(path: str) -> None:
    for known in READERS:
        check(known.read(path))
    format_of(path)


@settings(max_examples=settings.default.max_examples)
@given(
    st.one_of(
        st.binary(max_size=2000), st.text(max_size=500).map(str.encode), st.binary(max_size=200).map(gzip.compress)
    )
)
def test_no_bytes_break_any_reader(tmp_path_factory, data):
    read_by_all(written(tmp_path_factory.mktemp("any"), data))


PIECES = (
    b"",
    b"\n",
    b"\x00",
    b"\xff",
    b"9" * 30,
    b"-",
    b"nan",
    b"inf",
    b"1e999",
    b" ",
    b",",
    b'"',
    b"<",
    b"<![",
    b"&#0;",
)
PIECES += (b"#", b"9999-12-31", b"0000", b"99991231 235959", b"\r", b"\x1c", b"\xc2\xa0", b"_", b"%", b"*")


@settings(max_examples=3 * settings.default.max_examples)
@given(st.sampled_from(sorted(TEXTS)), st.randoms(use_true_random=False), st.sampled_from((1, 3, 20)))
def test_no_damage_breaks_the_reader_of_a_format(tmp_path_factory, which, rng, times):
    data = TEXTS[which][1].encode()
    for _ in range(times):
        at = rng.randrange(len(data) + 1)
        end = at + rng.choice((0, 0, 1, 5, 200))
        data = data[:at] + (rng.choice(PIECES) if rng.random() < 0.8 else data[at:end] * 3) + data[end:]
    path = written(tmp_path_factory.mktemp("damaged"), data)
    for known in FORMATS:
        if known.name == TEXTS[which][0]:
            check(known.read(path))
    format_of(path)


@given(st.randoms(use_true_random=False))
def test_no_damage_breaks_a_table_with_a_mapping(tmp_path_factory, rng):
    data, folder = CSV.encode(), tmp_path_factory.mktemp("mapped")
    for _ in range(3):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(PIECES) + data[at + rng.choice((0, 1, 5)) :]
    written(folder, json.dumps(SAMPLES), "t.csv.mapping.json")
    check(MAPPED.read(written(folder, data, "t.csv")))
