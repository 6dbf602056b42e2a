"""What a query asks for, as one English sentence: what a newcomer would check against the text of the query."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edexql
from edexql.compiler.canonical import canonical
from edexql.compiler.describe.sentence import LIMIT, sentence
from edexql.compiler.request import Setting, compilation
from edexql.language.source import Source
from edexql.model.logic import AND, NOT, OR, Logic, joined
from edexql.model.period import DAY, Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, load, snapshot
from strategies import TODAY, assignments, expressions, program_texts, replaced, truth

IMAGES = "product fai-lv1-hdf5-images; "
ANY = "Files of any product"


def read(text: str) -> Query:
    done = compilation(Source(text, "test"), Setting(today=TODAY))
    return done.resolved.query


def said(text: str) -> str:
    """The sentence of a query without mistakes but those of what cannot be sent."""
    return sentence(read(text), snapshot())


SENTENCES = [
    # Products.
    (IMAGES, "FAI level-1 images of any time"),
    ("", f"{ANY} of any time"),
    (IMAGES + "date 2019-05-01; kp >= 5", "FAI level-1 images of 1 May 2019 UTC while Kp was at least 5"),
    ("product fai-*; date 2019", "FAI level-1 images and FAI images of 2019"),
    (
        'product "quite new", gap-netcdf-vtec',
        'Files of "quite new" and GAP vertical total electron content of any time',
    ),
    ("product cas-sp3-orbit, cas-txt-ephemeris", "CASSIOPE orbit and CASSIOPE position and attitude of any time"),
    (
        "product *; date 2019-05",
        (
            "FAI level-1 images, FAI images, RRI level-1 radio data, MGF level-1b magnetic field at 160 Hz, "
            "MGF level-1b magnetic field at 1 Hz and 9 more products of May 2019"
        ),
    ),
    # Periods: the last day or second named is in them.
    ("date 2019-05-01", f"{ANY} of 1 May 2019 UTC"),
    ("date 2019-12", f"{ANY} of December 2019"),
    ("date 2019-02", f"{ANY} of February 2019"),
    ("date 9999-12", f"{ANY} of December 9999"),
    ("date 2019-05-01..2019-05-03", f"{ANY} from 1 May to 3 May 2019 UTC"),
    ("date 2019-05-01..2019-05-31", f"{ANY} of May 2019"),
    ("date 2019-05-01..2019-06-30", f"{ANY} from 1 May to 30 June 2019 UTC"),
    ("date 2018-12-31..2019-01-01", f"{ANY} from 31 December 2018 to 1 January 2019 UTC"),
    ("date 2021-01-01..", f"{ANY} since 1 January 2021 UTC"),
    ("date ..2019-05-03", f"{ANY} up to and including 3 May 2019 UTC"),
    ("date < 2019-05-03", f"{ANY} up to and including 2 May 2019 UTC"),
    ("date > 2019", f"{ANY} since 1 January 2020 UTC"),
    ("date 2019-05-01T15:00:00..T16:00:59", f"{ANY} from 15:00:00 to 16:00:59 on 1 May 2019 UTC"),
    ("date 2019-05-01T15:00..2019-05-02T16:00", f"{ANY} from 15:00:00 on 1 May to 16:00:00 on 2 May 2019 UTC"),
    ("date 2019-05-01T15:00..2019-05-01", f"{ANY} from 15:00:00 to 23:59:59 on 1 May 2019 UTC"),
    ("date 2019-05-01T15:00:30", f"{ANY} at 15:00:30 on 1 May 2019 UTC"),
    ("date 2019-05-01T15:00..", f"{ANY} since 15:00:00 on 1 May 2019 UTC"),
    ("date < 2019-05-01T15:00", f"{ANY} up to 14:59:59 on 1 May 2019 UTC"),
    ("date 2017-11-01, 2018-11-01", f"{ANY} of 1 November 2017 or 1 November 2018 UTC"),
    ("date 2017-11-01, 2018-11, 2019", f"{ANY} of 1 November 2017 UTC, November 2018 or 2019"),
    ("date 2017, 2021-01-01..", f"{ANY} of 2017 or since 1 January 2021 UTC"),
    # Both at once is not the same as either: no time lies in two years.
    ("date 2017, 2018; logic 1 AND 2", f"{ANY} of 2017 while the time was in 2018"),
    ("date 2019, 2019-05; logic 1 AND NOT 2", f"{ANY} of 2019, but not of May 2019"),
    (
        "date 2019, 2019-05; kp > 5; logic 3 AND 1 AND NOT 2",
        f"{ANY} of 2019, but not of May 2019, while Kp was above 5",
    ),
    ("date 2019-05; logic NOT 1", f"{ANY} of any time, but not of May 2019"),
    ("date 2021-01-01..; logic NOT 1", f"{ANY} up to and including 31 December 2020 UTC"),
    # Ranges.
    ("kp 5", f"{ANY} while Kp was 5"),
    ("kp <= 4.67", f"{ANY} while Kp was at most 4.67"),
    ("altitude < 500000 m", f"{ANY} while altitude was below 500 km"),
    ("latitude -60..60", f"{ANY} while geographic latitude was between -60° and 60°"),
    ("mlt 22..2", f"{ANY} while magnetic local time was between 22 h and 2 h (through midnight)"),
    ("mlt -2..2", f"{ANY} while magnetic local time was between 22 h and 2 h (through midnight)"),
    ("mlt 22..24", f"{ANY} while magnetic local time was between 22 h and 24 h"),
    ("mlt 0..24", f"{ANY} while magnetic local time was of any value"),
    ("longitude 170..190", f"{ANY} while geographic longitude was between 170° and -170° (through 180°)"),
    ("imf-by < -5; dst <= -50", f"{ANY} while IMF By was below -5 nT and Dst was at most -50 nT"),
    ("f107 150..; ap 0..7; ae 9", f"{ANY} while F10.7 was at least 150 sfu, ap was between 0 and 7 and AE was 9 nT"),
    ("kp >= 5; logic NOT 1", f"{ANY} while Kp was below 5"),
    ("kp 3..5; logic NOT 1", f"{ANY} while Kp was not between 3 and 5"),
    ("kp 3..9; logic NOT 1", f"{ANY} while Kp was below 3"),
    ("kp 5; logic NOT 1", f"{ANY} while Kp was not 5"),
    ("kp 0..9; logic NOT 1", f"{ANY} while Kp was not between 0 and 9"),
    (
        "mlt 2..22; logic NOT 1",
        f"{ANY} while magnetic local time was between 22 h and 2 h (through midnight, without 22 h and 2 h)",
    ),
    # Words, experiments, raw.
    ("fai has-data", f"{ANY} while FAI had data"),
    ("fai has-data; logic NOT 1", f"{ANY} while FAI had no data"),
    ("fai high-resolution", f"{ANY} while FAI was set to high-resolution (256x280 pixels)"),
    ("fai low-resolution; logic NOT 1", f"{ANY} while FAI was not set to low-resolution (64x70 pixels)"),
    ('fai "new mode"', f'{ANY} while FAI was set to "new mode"'),
    ("eclipse sunlit", f"{ANY} while eclipse status was sunlit (in full sunlight)"),
    (
        'experiment "Point of Interest" > "Fort McMurray Fire"; date 2016-05',
        f"{ANY} of May 2016 during the planned experiment Fort McMurray Fire (Point of Interest)",
    ),
    (
        'experiment "A" > "B", "A" > "C"; kp > 5; logic (1 OR 2) AND 3',
        f"{ANY} during the planned experiment B (A) or C (A) while Kp was above 5",
    ),
    ('raw "new-key" [1, {"a": 2}]; date 2016-05', f'{ANY} of May 2016 while raw "new-key" was 1 or {{"a":2}}'),
    # Logic.
    (
        IMAGES + "date 2019-05-01; fai has-data; storm: kp >= 5; logic 1 AND 2 AND storm",
        "FAI level-1 images of 1 May 2019 UTC while FAI had data and Kp was at least 5",
    ),
    (
        "where date 2019-05 AND (fai has-data OR kp >= 6)",
        f"{ANY} of May 2019 while either FAI had data or Kp was at least 6",
    ),
    ("where date 2019-05 OR kp >= 6", f"{ANY} at times when either the time was in May 2019 or Kp was at least 6"),
    (
        "where kp >= 8 OR (date 2019-05-01 AND fai has-data)",
        f"{ANY} at times when either Kp was at least 8 or (the time was on 1 May 2019 UTC and FAI had data)",
    ),
    (
        "date 2019; kp >= 5; logic NOT (1 AND 2)",
        f"{ANY} at times when either the time was not in 2019 or Kp was below 5",
    ),
    (
        "date 2019; kp 0..1, > 8; mgf has-data",
        f"{ANY} of 2019 while (Kp was between 0 and 1 or above 8) and MGF had data",
    ),
    ("kp 1, 3, > 8", f"{ANY} at times when Kp was 1, 3 or above 8"),
    ("date 2019; kp 1, > 8", f"{ANY} of 2019 while Kp was 1 or above 8"),
    ("kp 1, > 8; fai has-data; logic 1 OR 2 OR 3", f"{ANY} at times when either Kp was 1 or above 8, or FAI had data"),
    (
        "fai has-data; date 2018-11, 2017-11; logic 1 AND (2 OR NOT 3)",
        f"{ANY} of November 2018 or not of November 2017 while FAI had data",
    ),
    # A constraint that the logic never names is no part of what is asked for; one named twice is said once.
    ("date 2019; kp > 5; logic 1", f"{ANY} of 2019"),
    ("date 2019; kp > 5; logic 1 AND 2 AND 1", f"{ANY} of 2019 while Kp was above 5"),
    (
        IMAGES + "date 2019; kp 3..5; kp 4; logic 1 AND (NOT 2 OR 3)",
        "FAI level-1 images of 2019 while Kp was 4 or not between 3 and 5",
    ),
    (
        IMAGES + "date 2019; date 2018; kp 3; logic (NOT 1 OR 2) AND 3",
        "FAI level-1 images of 2018 or not of 2019 while Kp was 3",
    ),
    (
        IMAGES + "date 2019; kp 3; kp 3..9; logic 1 AND (NOT 2 OR NOT 3)",
        "FAI level-1 images of 2019 while Kp was below 3 or not 3",
    ),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_what_a_query_asks_for(text, expected):
    assert said(text) == expected


def test_explain_says_it_in_both_forms():
    text = IMAGES + "date 2019-05-01; kp >= 5"
    explained = edexql.explain(text, today=TODAY)
    assert explained.sentence == explained.to_dict()["sentence"] == said(text)
    assert str(explained).startswith(f"asks for  {said(text)}\nproducts  fai-lv1-hdf5-images\n")


def test_the_words_come_from_the_vocabulary_that_the_query_is_read_with():
    data = {**snapshot().data}
    data["products"] = [{"name": "new", "title": "SEI level 2 spectra, CDF"}]
    data["instruments"] = [{"name": "sei", "values": [{"name": "fast", "title": "100\x1b frames"}]}]
    data["fields"] = [
        {"name": "tilt", "title": "dipole tilt, seasonal", "tab": "geophysical", "shape": "pair", "unit": "rad"},
        {"name": "hour", "tab": "geophysical", "shape": "pair", "low": 0, "high": 23, "period": 24, "integer": True},
    ]
    constraints = (
        Constraint("range", "tilt", Range(None, 1e21, without_high=True)),
        Constraint("word", "sei", "fast"),
        Constraint("range", "hour", Range(3, 2)),
        Constraint("range", "gone", Range(3, None)),
    )
    logic = Logic((1, 2, AND, 3, NOT, AND, 4, NOT, AND))
    assert sentence(Query(("new",), constraints, logic), Vocabulary(data)) == (
        "SEI level-2 spectra while dipole tilt was below 1000000000000000000000 rad, "
        "SEI was set to fast (100\\x1b frames), hour was between 2 and 3 (without 2 and 3) and gone was not at least 3"
    )


# Whatever the query


def check(query: Query) -> str:
    text = sentence(query, snapshot())
    assert text.isprintable()
    assert text == text.strip()
    assert 0 < len(text) <= LIMIT
    return text


@given(program_texts())
def test_every_query_is_one_printable_line(text):
    check(read(text))


@given(program_texts())
def test_the_sentence_stays_when_the_query_is_printed_and_read_again(text):
    query = read(text)
    assert sentence(read(canonical(query)), snapshot()) == check(query)


anything = st.text(max_size=300)
seconds = st.integers(-719162 * DAY, 2932896 * DAY - 1)
values = st.one_of(
    st.tuples(st.just("date"), st.just("date"), st.builds(Period, seconds, st.none())),
    st.tuples(st.just("date"), st.just("date"), st.builds(Period, st.none(), seconds.map(lambda second: second + 1))),
    st.tuples(
        st.just("date"),
        st.just("date"),
        st.tuples(seconds, seconds).map(sorted).map(lambda ends: Period(ends[0], ends[1] + 1)),
    ),
    st.tuples(st.just("word"), st.one_of(st.sampled_from(["fai", "eclipse"]), anything), anything),
    st.tuples(st.just("experiment"), st.just("experiment"), st.builds(Tag, anything, anything)),
    st.tuples(st.just("raw"), anything, st.builds(Json, anything)),
    st.tuples(
        st.just("range"),
        st.one_of(st.sampled_from(["kp", "mlt", "longitude", "orbit"]), anything),
        st.builds(
            Range,
            st.one_of(st.none(), st.floats(0, 24)),
            st.one_of(st.none(), st.floats(0, 24)),
            st.booleans(),
            st.booleans(),
        ),
    ),
).map(lambda found: Constraint(*found))


def postfix(expression) -> list[int]:
    if not isinstance(expression, tuple):
        return [expression]
    sides = [part for side in expression[1:] for part in postfix(side)]
    return [*sides, {"and": AND, "or": OR, "not": NOT}[expression[0]]]


@given(
    st.lists(anything, max_size=8), st.lists(values, min_size=1, max_size=20), expressions(st.integers(0, 99), most=30)
)
def test_text_from_outside_does_nothing_to_the_line_and_does_not_fill_it(products, constraints, shape):
    code = postfix(replaced(shape, lambda seed, **_: seed % len(constraints) + 1))
    check(Query(tuple(products), tuple(constraints), Logic(tuple(code))))
    check(Query(tuple(products), tuple(constraints)))


# Grouping cannot be misread

THREE = (
    Constraint("date", "date", Period(0, DAY)),
    Constraint("range", "kp", Range(5, None)),
    Constraint("range", "kp", Range(None, 2)),
    Constraint("word", "fai", "has-data"),
)


def shapes(leaves: int):
    """All expressions with some leaves, without NOT but before a leaf."""
    if leaves == 1:
        return [1, 2, 3, 4, ("not", 1), ("not", 4)]
    return [
        (operator, left, right)
        for operator in ("and", "or")
        for n in range(1, leaves)
        for left, right in itertools.product(shapes(n), shapes(leaves - n))
    ]


def test_two_queries_of_one_sentence_mean_the_same():
    tables: dict[str, list[bool]] = {}
    for expression in (shape for leaves in (1, 2, 3) for shape in shapes(leaves)):
        table = [truth(expression, values.__getitem__) for values in assignments([1, 2, 3, 4])]
        text = sentence(Query((), THREE, Logic(tuple(postfix(expression)))), snapshot())
        assert tables.setdefault(text, table) == table, text


@given(expressions(st.integers(1, 4), most=6), expressions(st.integers(1, 4), most=6))
def test_expressions_that_differ_are_said_differently(one, other):
    texts = [sentence(Query((), THREE, Logic(tuple(postfix(each)))), snapshot()) for each in (one, other)]
    if texts[0] == texts[1] and "more condition" not in texts[0]:
        assert all(truth(one, v.__getitem__) == truth(other, v.__getitem__) for v in assignments([1, 2, 3, 4]))


# Size

N = 100_000


def many(count: int) -> tuple[Constraint, ...]:
    """Days and ranges by turns."""
    return tuple(
        Constraint("range", "kp", Range(i % 9, None))
        if i % 2
        else Constraint("date", "date", Period(i * DAY, (i + 1) * DAY))
        for i in range(count)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "counted"),
    [
        (joined(([i] for i in range(1, N + 1)), OR), "99994 more conditions"),
        ([*range(1, N + 1), *[AND] * (N - 1)], "more conditions"),
        ([*range(1, N + 1), *(AND if i % 2 else OR for i in range(N - 1))], "99996 more conditions"),
        ([1, *(part for i in range(2, N + 1) for part in (i, OR if i % 2 else AND))], "more conditions"),
        (joined(([i, i + 1, OR] for i in range(1, N)), AND), "more conditions"),
        ([1, *[NOT] * N], "of 1 January 1970 UTC"),
        ([1, *(part for i in range(2, N + 1) for part in (i, AND, NOT))], "more conditions"),
    ],
    ids=["or", "and nested to the right", "deep to the right", "deep to the left", "groups", "nots", "deep nots"],
)
def test_a_hundred_thousand_operands_are_counted(code, counted):
    assert counted in check(Query((), many(N), Logic(tuple(code))))


@pytest.mark.slow
def test_lists_without_end_are_counted():
    days = tuple(Constraint("date", "date", Period(i * DAY, (i + 1) * DAY)) for i in range(N))
    assert check(Query((), days)) == (
        f"{ANY} of 1 January 1970, 2 January 1970, 3 January 1970, 4 January 1970, 5 January 1970, 6 January 1970 UTC"
        " or 99994 more periods"
    )
    tags = tuple(Constraint("experiment", "experiment", Tag("g", str(i))) for i in range(N))
    assert check(Query((), tags)).endswith("5 (g) or 99994 more experiments")
    assert check(Query(tuple(map(str, range(N))))).endswith(" and 99994 more products of any time")
    assert check(Query(("\x1b" * N,) * 3, (Constraint("raw", "k" * N, Json('"' + "v" * N + '"')),)))


def test_the_package_has_a_name_for_every_field():
    """No title is so long that it is cut, and no two fields are said alike."""
    names = {}
    for key, field in load().fields.items():
        if field["shape"] == "pair":
            text = sentence(Query((), (Constraint("range", key, Range(1, None)),)), load())
            name = text.removeprefix(f"{ANY} while ").partition(" was at least 1")[0]
            assert "…" not in name
            assert names.setdefault(name, key) == key
