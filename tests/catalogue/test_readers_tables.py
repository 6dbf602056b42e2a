"""Readers of tables of someone's own: experiment tags, instrument modes, and any table with a mapping."""

from __future__ import annotations

import json
import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_samples import CSV, DAY, MODES, SAMPLES, TAGS, faults, moment_text, samples, seconds, written
from edexql.catalogue.ingest.batches import Covered, Spans
from edexql.catalogue.ingest.mapping import mapping_of
from edexql.catalogue.ingest.readers import tables
from edexql.catalogue.ingest.registry import format_of
from edexql.catalogue.ingest.times import end_of, instant, start_of

START = seconds("2016-05-03")


@pytest.fixture
def given_text(tmp_path):
    return partial(written, tmp_path)


@pytest.fixture
def mapped(tmp_path):
    """Reads a table with a mapping, which is beside it."""

    def read(table: str | bytes, mapping: object, name: str = "table.csv"):
        written(tmp_path, mapping if isinstance(mapping, str) else json.dumps(mapping), name + ".mapping.json")
        path = written(tmp_path, table, name)
        assert format_of(path).name == "mapped"
        return list(format_of(path).read(path))

    return read


def spans(batches) -> dict[tuple[str, str], list[tuple[int, int]]]:
    return {
        (batch.key, batch.word): list(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True))
        for batch in batches
        if isinstance(batch, Spans)
    }


def covered(batches) -> list[Covered]:
    return [batch for batch in batches if isinstance(batch, Covered)]


# Times


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2016-05-03", START, START + DAY),
        ("2016-05-03T00:00", START, START),
        ("2016-05-03 01:00:00", START + 3600, START + 3600),
        (" 2016-05-03T01:00:00.5z ", START + 3600, START + 3601),
        ("2016-05-03T01:00:00.000", START + 3600, START + 3600),
        ("2016-05-03T01:00:00+01:00", START, START),
        ("2016-05-02T23:00:00-0100", START, START),
        ("2016-05-02T24:00:00", START, START),
        ("2016-05-02T23:59:60Z", START, START),
        ("2016-05-02T24:00:01", None, None),
        ("2016-02-30", None, None),
        ("2016-05-03T01:60", None, None),
        ("2016-05-03T01:00+25:00", None, None),
        ("03/05/2016", None, None),
        ("today", None, None),
        ("٢٠١٦-05-03", None, None),
        ("", None, None),
    ],
)
def test_dates_and_times(text, start, end):
    assert (start_of(text), end_of(text)) == (start, end)
    assert instant(text) == (None if ".5" in text else start)


# Logs that need no mapping


def test_experiment_tags(given_text):
    path = given_text(TAGS)
    assert format_of(path).name == "tags"
    found = list(tables.read(path))
    assert spans(found) == {
        ("experiment", "Point of Interest > Fort McMurray Fire"): [(START, START + 3 * DAY)],
        ("experiment", "Point of Interest > Ottawa, by day"): [(START + 15 * 3600, START + 15 * 3600 + 1800)],
    }
    assert covered(found) == [Covered("experiment", None, seconds("2013-10-01"), seconds("2022-01-01"))]
    assert faults(found) == []


def test_instrument_modes_say_nothing_of_other_values(given_text):
    path = given_text(MODES)
    assert format_of(path).name == "modes"
    found = list(tables.read(path))
    assert spans(found) == {
        ("rri", "dipole"): [(START + 3600, START + 3720), (START + 7200, START + 7320)],
        ("mgf", "rate-160hz"): [(START, START + DAY)],
    }
    may = seconds("2016-05-01"), seconds("2016-06-01")
    assert covered(found) == [
        Covered("mgf", "rate-160hz", *may, "cassiope"),
        Covered("rri", "dipole", *may, "cassiope"),
    ]
    assert faults(found) == [(0, "not a period FIRST..LAST: '2016-05'")]


def test_rows_that_cannot_be_read_are_told_and_take_the_coverage_with_them(given_text):
    lines = TAGS.splitlines()
    lines[4:4] = [
        "Point of Interest,X,2016-05-03",
        "A,B,yesterday,2016-05-03",
        "A,B,2016-05-03,2016-05-02",
        ",B,2016,2",
    ]
    lines.append('A,"B,2016-05-03,2016-05-03')
    found = list(tables.read(given_text("\n".join(lines))))
    assert faults(found) == [
        (5, "3 values; expected 4 values"),
        (10, "unclosed quotes; expected 4 values"),
        (6, "start and end are not dates or times"),
        (7, "its end is not after its start"),
        (8, "group or tag is missing"),
        (0, "what it covers is ignored, because some of it cannot be read"),
    ]
    assert len(spans(found)) == 2
    assert covered(found) == []


def test_an_unknown_table_is_in_no_format(given_text):
    assert format_of(given_text("a,b,c\n1,2,3\n", "a.csv")) is None
    assert "mapping" in faults(tables.read(given_text("a,b,c\n1,2,3\n", "a.csv")))[0][1]


@given(st.lists(st.tuples(st.text(" ,\"'ab>é", min_size=1), st.integers(0, 10**9), st.integers(1, 10**6)), max_size=20))
def test_written_tags_are_read_back(tmp_path_factory, rows):
    rows = [(tag.strip() or "x", start, length) for tag, start, length in rows]
    quoted = (
        ['"{}"'.format(tag.replace('"', '""')), moment_text(start), moment_text(start + length)]
        for tag, start, length in rows
    )
    text = "group,tag,start,end\n" + "".join("G," + ",".join(row) + "\n" for row in quoted)
    found = list(tables.read(written(tmp_path_factory.mktemp("t"), text)))
    read = [(word, *span) for (_, word), listed in spans(found).items() for span in listed]
    assert sorted(read) == sorted((f"G > {tag}", start, start + length) for tag, start, length in rows)


# Mappings


def test_a_table_of_spans_with_one_word(mapped):
    mapping = {"key": "rri", "word": "dipole", "start": "t0", "end": "t1", "covers": "2014-01-01..2014-12-31"}
    found = mapped("id,t0,t1\n1,2014-05-03T01:00:00,2014-05-03T02:00:00\n", mapping)
    first = seconds("2014-05-03T01:00:00")
    assert spans(found) == {("rri", "dipole"): [(first, first + 3600)]}
    assert covered(found) == [Covered("rri", "dipole", seconds("2014-01-01"), seconds("2015-01-01"), "cassiope")]


def test_a_table_of_spans_with_words_of_its_own(mapped):
    mapping = {"key": "eclipse", "word_column": "state", "start": "t0", "end": "t1"}
    found = mapped("state,t0,t1\numbra,2014-05-03,2014-05-03\nsunlit,2014-05-04,2014-05-04\n", mapping)
    assert [word for _, word in spans(found)] == ["umbra", "sunlit"]


def test_a_table_of_samples(mapped):
    found = mapped(CSV, SAMPLES)
    (batch,) = samples(found)
    assert (batch.series, batch.holds, batch.linear) == ("kp", 10800, False)
    assert batch.times.tolist() == [START, START + 10800, START + 2 * 10800, START + 4 * 10800]
    assert batch.columns["kp"].tolist() == pytest.approx([3.3, np.nan, 4.0, np.nan], nan_ok=True)
    assert batch.columns["ap"].tolist() == pytest.approx([18, np.nan, np.nan, 27], nan_ok=True)
    assert faults(found) == [
        (7, "not a date and time in whole seconds"),
        (6, "not a multiple of 10800 s after the first time"),
        (8, "kp: not a number"),
    ]


def test_series_and_linear_may_be_given(mapped):
    (batch,) = samples(mapped(CSV.replace("4o", "40"), {**SAMPLES, "series": "mine", "linear": True}))
    assert (batch.series, batch.linear) == ("mine", True)


def test_a_mapping_may_be_given_by_hand(given_text):
    path = given_text(CSV)
    mapping = given_text(json.dumps(SAMPLES), "m.json")
    for given_mapping in (SAMPLES, mapping):
        assert len(samples(tables.read_with_mapping(path, given_mapping))[0].times) == 4
    assert "cannot be read" in faults(tables.read_with_mapping(path, mapping + "x"))[0][1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"holds": 0}, '"holds" must be a whole number of seconds above 0'),
        ({"holds": True}, '"holds" must be'),
        ({"holds": None}, '"holds" must be'),
        ({"time": 5}, '"time" must be the name of a column'),
        ({"columns": {}}, '"columns" must be an object'),
        ({"columns": {"Kp": "Kp index"}}, '"columns" must be an object'),
        ({"columns": {"Kp": "kp", "a p": "kp"}}, '"columns" must be an object with a different field'),
        ({"missing": 9999}, '"missing" must be a list of numbers'),
        ({"linear": "no"}, '"linear" must be true or false'),
        ({"scale": {"Dst": 1}}, "\"scale\" has 'Dst'"),
        ({"scale": {"Kp": 0}}, '"scale" must be'),
        ({"series": "My Series"}, '"series" must be a name'),
        ({"word": "x"}, "unknown key 'word'"),
        ({"time": "utc"}, "no column 'utc'"),
    ],
)
def test_a_wrong_mapping_is_one_fault_that_names_the_key(mapped, change, message):
    ((line, told),) = faults(mapped(CSV, {**SAMPLES, **change}))
    assert line == 0
    assert message in told


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"key": "rri", "start": "a", "end": "b"}, '"word" and "word_column"'),
        ({"key": "rri", "word": "x", "start": "a"}, '"end" is missing'),
        ({"key": "rri", "word": "x", "start": "a", "end": "b", "covers": "2014"}, '"covers" must be a period'),
        ({"time": "UTC"}, '"holds" is missing'),
        ([], "must be a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"holds": NaN}', '"holds"'),
        ("\x00", "not JSON"),
    ],
)
def test_what_is_no_mapping_is_told(mapped, mapping, message):
    ((_, told),) = faults(mapped(CSV, mapping))
    assert message in told


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ("key", "word", "start", "end", "time", "holds", "columns", "scale", "missing", "covers")
                ),
                inner,
            )
        ),
    )
)
def test_no_value_of_json_breaks_a_mapping(value):
    mapping_of(value)


# Parquet


@pytest.fixture
def parquet(tmp_path):
    """Writes columns as a Parquet file."""
    arrow = pytest.importorskip("pyarrow")
    writer = pytest.importorskip("pyarrow.parquet")

    def write(columns: dict, name: str = "table.parquet") -> bytes:
        path = tmp_path / name
        writer.write_table(arrow.table(columns), path)
        return path.read_bytes()

    return write


def test_parquet_is_read_like_csv(parquet, mapped):
    times = np.array([START, START + 10800, START + 10800 + 7, START + 2 * 10800], "datetime64[s]")
    columns = {"UTC": times.astype("datetime64[ns]"), "Kp": [33, 999, 1, None], "a p": [18.0, np.nan, 1.0, 27.0]}
    found = mapped(parquet(columns), SAMPLES, "table.parquet")
    (batch,) = samples(found)
    assert batch.times.tolist() == [START, START + 10800, START + 2 * 10800]
    assert batch.columns["kp"].tolist() == pytest.approx([3.3, np.nan, np.nan], nan_ok=True)
    assert batch.columns["ap"].tolist() == pytest.approx([18, np.nan, 27], nan_ok=True)
    assert faults(found) == [(3, "not a multiple of 10800 s after the first time")]


def test_logs_may_be_parquet(parquet, given_text):
    days = np.array(["2016-05-03", "2016-05-04"], "datetime64[D]")
    columns = {"group": ["G", "G"], "tag": ["T", "U"], "start": days, "end": days}
    path = given_text(parquet(columns), "log.parquet")
    assert format_of(path).name == "parquet"
    assert spans(tables.read(path)) == {
        ("experiment", "G > T"): [(START, START + DAY)],
        ("experiment", "G > U"): [(START + DAY, START + 2 * DAY)],
    }
    path = given_text(parquet({"x": [1]}), "other.parquet")
    assert "mapping" in faults(tables.read(path))[0][1]


def test_damaged_parquet_is_told(parquet, mapped):
    data = parquet({"UTC": ["2016-05-03"], "Kp": ["1"], "a p": ["x"]})
    assert faults(mapped(data, SAMPLES, "t.parquet")) == [(1, "ap: not a number")]
    for cut in (4, len(data) // 2, len(data) - 1):
        assert "not a Parquet file" in faults(mapped(data[:cut], SAMPLES, "t.parquet"))[0][1]


def test_parquet_without_pyarrow_says_what_to_install(mapped, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert faults(mapped(b"PAR1xxxxPAR1", SAMPLES, "t.parquet")) == [
        (0, "Parquet needs the package pyarrow; install it with `pip install 'edexql[parquet]'`")
    ]
