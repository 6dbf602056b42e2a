"""Completion of queries: what is offered where, that it fits there, and that what really stands there is offered."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import edexql
from edexql.language.driver import Driver, reductions
from edexql.language.lexer import END, FIRST_READ, JOINED, KIND, tokenize
from edexql.language.syntax import Constraint, Let, Logic, Product
from edexql.language.tables import NODES, WORDS
from literate import TODAY, blocks, rows, setting
from places import ROOT
from strategies import program_texts, texts

LAUNCH = date(2013, 9, 29)
VOCABULARY = edexql.load_vocabulary()
SIGNS = {KIND[name] for name in ("DOTS", "AT_LEAST", "AT_MOST", "GREATER", "LESS", "EQUAL")}
STORM = "date 2019-05; fai has-data; storm: kp >= 5; "


def complete(marked, **choices):
    """The candidates where `|` stands in a text."""
    before, _, behind = marked.partition("|")
    return edexql.complete(before + behind, len(before), **{"today": TODAY, **choices})


def offered(marked, **choices):
    return [candidate.text for candidate in complete(marked, **choices)]


def applied(marked, text):
    """The text with one of its candidates put in."""
    before, _, behind = marked.partition("|")
    (found,) = [c for c in complete(marked) if c.text == text]
    return (before + behind)[: found.start] + found.text + (before + behind)[found.end :]


@cache
def queries():
    """Every query that is shown and can be read, with the parameters it is compiled with."""
    page = ROOT / "docs" / "language.md"
    found = [(path.read_text("utf-8"), {}) for path in sorted((ROOT / "examples").glob("*.edq"))]
    shown = [block for block in blocks(page) if block.language == "edq" and "bytes" not in block.words]
    found += [(block.text, setting(block)["parameters"]) for block in shown]
    found += [(row.written, {}) for row in rows(page)]
    return [(text, parameters) for text, parameters in found if is_sound(text)]


def is_sound(text):
    return not any(d.code.startswith("E2") for d in edexql.check(text))


# What comes first


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        # Statements
        ("|", ["product", "date", "experiment", "logic", "where", "email", "let", "raw", "cer", "fai"]),
        ("p|", ["product", "pitch"]),
        ("lo|gic 1", ["logic", "lon", "longitude"]),
        ("LOG|", ["logic"]),
        ("fa|", ["fai"]),
        ("vs|", ["vsw"]),
        ("mlat|", ["mlat"]),
        ("speed|", ["solar-wind-speed"]),
        ("date 2019; f|", ["fai", "f107", "f10-7"]),
        ("storm: |", ["date", "experiment", "raw", "cer", "fai"]),
        ("storm: k|", ["kp"]),
        # Products and values
        ("product |", ["fai-lv1-hdf5-images", "fai-lv1-png-images", "rri-lv1-hdf5-radio-data"]),
        ("product cas-|", ["cas-sp3-orbit", "cas-txt-ephemeris"]),
        ("product hdf5|", ["fai-lv1-hdf5-images", "rri-lv1-hdf5-radio-data", "irm-hdf5-surface-current"]),
        ("product fli|", ["fai-lv1-png-images", "fai-lv1-hdf5-images"]),
        ("product tec|", ["cer-zip-tec", "gap-netcdf-los-tec", "gap-netcdf-vtec"]),
        ("product fai-lv1-hdf5-images, fai|", ["fai-lv1-png-images"]),
        ("product fai|, fai-lv1-png-images", ["fai-lv1-hdf5-images"]),
        ("product fai-*|", ["fai-lv1-png-images", "fai-lv1-hdf5-images"]),
        ("fai |", ["has-data", "nir", "visible"]),
        ("fai res|", ["low-resolution", "high-resolution", "medium-resolution"]),
        ("fai has-data, |", ["nir"]),
        ("where fai |, nir AND fai has-data", ["has-data", "visible"]),
        ("eclipse |", ["sunlit", "penumbra", "umbra"]),
        # Ranges and units
        ("kp |", [">= ", "<= ", "..", "0..9"]),
        ("kp >|", [">= ", "> "]),
        ("kp <|= 5", ["<= ", "< "]),
        ("latitude -|", ["-90..90"]),
        ("kp 0..1, |", [">= ", "<= "]),
        ("altitude 500 |", ["km", "m", ".."]),
        ("altitude 500|", ["km", "m", ".."]),
        ("altitude 300.|", [".."]),
        ("altitude < 500 |", ["km", "m"]),
        ("mlt 22..2 ho|", ["hours", "hour"]),
        # Periods
        ("date |", ["today", "2026", "2025", "2024"]),
        ("date 201|", ["2019", "2018", "2017", "2016", "2015", "2014", "2013"]),
        ("date 2019-|", [f"2019-{month:02}" for month in range(1, 13)]),
        ("date 2013-|", ["2013-09", "2013-10", "2013-11", "2013-12"]),
        ("date 2026-1|", ["2026-10", "2026-11"]),
        ("date 2016-02|", ["2016-02", *[f"2016-02-{day:02}" for day in range(1, 30)], "..", "..+7d"]),
        ("date 2019-05-3|", ["2019-05-30", "2019-05-31"]),
        ("date 2013-09-|", ["2013-09-29", "2013-09-30"]),
        ("date 2019-05-01 |", ["..", "..+7d"]),
        ("date 2019-05-01|", ["2019-05-01", "..", "..+7d"]),
        ("date 2019-05-01..+|", ["+7d"]),
        ("date 2017-11; fai has-data; date |; date 2014", ["2017-11", "2014", "today", "2026"]),
        ("date 2017-11..2|", ["2017-11", "2026"]),
        ("let day = 2015-03-17; date |", ["2015-03-17", "today"]),
        ("date 7|", ["d", "w"]),
        ("date >|= 2019", [">= ", "> "]),
        ("date 2019-05-01T15:00; date 2019-05-01T|", ["2019-05-01T15:00"]),
        # Experiments
        ("experiment |", ['"Point of Interest"']),
        ("experiment int|", ['"Point of Interest"']),
        ('experiment "|', ['"Point of Interest"']),
        ('experiment "Point of I|', ['"Point of Interest"']),
        ('experiment "Point of Interest" |', ["> "]),
        ('experiment "Point of Interest" > |', ['"Fort McMurray Fire"']),
        ('experiment "point of interest" >|', ['"Fort McMurray Fire"', "> "]),
        ('experiment "Point of Interest" > "mcm|', ['"Fort McMurray Fire"']),
        # Logic
        (STORM + "logic |", ["1", "2", "3", "storm", "NOT", "("]),
        (STORM + "logic 1 AND |", ["2", "3", "storm", "NOT", "(", "1"]),
        (STORM + "logic storm AND |", ["1", "2", "NOT", "(", "3", "storm"]),
        (STORM + "logic | AND 1 AND 3", ["2", "NOT", "(", "1", "3", "storm"]),
        (STORM + "logic sto|", ["storm"]),
        (STORM + "logic NOT |", ["1", "2", "3", "storm", "NOT", "("]),
        (STORM + "logic 1 |", ["AND", "OR"]),
        (STORM + "logic (1 |", ["AND", "OR", ")"]),
        (STORM + "logic (1 OR 2) a|", ["AND"]),
        (STORM + "logic (1\n  |", ["AND", "OR", ")"]),
        (STORM + "logic 1 OR 2\nAN|", ["AND"]),
        ("logic 1 AND\naltitude >= 5 |", ["km", "m"]),
        ("logic |; date 2019; fai has-data", ["1", "2", "NOT", "("]),
        ("logic 1 AND |\nfai has-data\nkp >= 5", ["2", "NOT", "(", "1"]),
        (STORM + "where |", ["date", "experiment", "raw", "cer"]),
        (STORM + "where st|", ["storm"]),
        (STORM + "where kp >= 5 AND (fai h|", ["has-data", "high-resolution"]),
        (STORM + "where altitude < 500 |", ["km", "m", "AND", "OR"]),
        # Parameters
        ("let low = 5; let high = 9; kp >= |", ["$low", "$high"]),
        ("let low = 5; let high = 9; kp >= $h|", ["$high"]),
        ("let low = 5; kp $|", ["$low"]),
        ("let low = 5; kp §$|", ["$low"]),
        # Keys
        ('raw "|', ['"date"', '"experiment"', '"kp"']),
        ('raw "solar|', ['"solar-wind-speed"']),
    ],
)
def test_the_likeliest_comes_first(marked, first):
    assert offered(marked)[: len(first)] == first


@pytest.mark.parametrize(
    "marked",
    [
        "# |",
        "kp >= 5 # f|",
        "product fai-lv1-hdf5-images  # the imager\n# da|te 2019",
        "let |",
        "let x = |",
        "let month = 2019-05; let x = $|",
        "email |",
        "email me@exa|",
        'raw "kp" |',
        'raw "kp" [1, |',
        'raw "kp" {"|',
        "st|orm: kp >= 5",
        "kp >= |",
        "kp >= $|; let x = 5",
        "nosuchname |",
        'experiment "No Such Group" > |',
        "date 2026-13|",
        "date 2012-|",
    ],
)
def test_nothing_is_offered_where_nothing_is_known(marked):
    assert offered(marked) == []


def test_labels_are_offered_only_below_where_they_are_given():
    assert "storm" not in offered("logic 1 AND |; storm: kp >= 5")
    assert "1" in offered("logic |; storm: kp >= 5")


def test_in_a_where_labels_come_before_numbers():
    found = [c.text for c in complete(STORM + "where |") if c.kind in ("label", "number")]
    assert found == ["storm", "1", "2", "3"]


def test_the_numbers_of_a_where_are_not_its_own():
    assert [t for t in offered("fai has-data; where kp >= 5 AND |; ap > 3") if t.isdigit()] == ["1", "3"]


def test_constraints_with_mistakes_keep_their_numbers_and_labels():
    marked = 'altitude < 500 miles; storm: kp >= 5 knots, 7; raw "x" [1, 2]; fai has-data; logic |'
    told = {c.text: c.detail for c in complete(marked)}
    assert told["1"] == "altitude < 500 miles"
    assert told["storm"] == "kp >= 5 knots, kp = 7"
    assert told["5"] == 'raw "x" [2]'
    assert told["6"] == "fai has-data"
    assert "7" not in told


@pytest.mark.parametrize(
    ("marked", "text", "result"),
    [
        ("pro|duct x", "product", "product x"),
        ("product fai-lv|1-hdf5", "fai-lv1-hdf5-images", "product fai-lv1-hdf5-images"),
        ('experiment "Poi|nt of" > "x"', '"Point of Interest"', 'experiment "Point of Interest" > "x"'),
        ('experiment "Poi| > "x"', '"Point of Interest"', 'experiment "Point of Interest" > "x"'),
        ('experiment "Poi|nt of > x', '"Point of Interest"', 'experiment "Point of Interest" > x'),
        ("date 2019-|05-01..today", "2019-07", "date 2019-07..today"),
        ("date 2019-|..today", "2019-07", "date 2019-07..today"),
        ("altitude 500 |", "km", "altitude 500 km"),
        ("altitude 500|; date 2019", "..", "altitude 500..; date 2019"),
        ("kp >|= 5", "<= ", None),
        ("kp =|", ">= ", None),
        ("fai has-data; logic 1| AND 1", "1", "fai has-data; logic 1 AND 1"),
    ],
)
def test_a_candidate_takes_the_place_of_the_whole_word(marked, text, result):
    if result is None:
        assert text not in offered(marked)
    else:
        assert applied(marked, text) == result


def test_candidates_say_what_they_are():
    def told(marked, text):
        (found,) = [c for c in complete(marked) if c.text == text]
        return found.kind, found.detail, found.confirmed

    assert told("|", "date") == ("statement", "when", True)
    assert told("|", "experiment")[2] is False
    assert told("|", "logic")[2] is None
    assert told("|", "fai") == ("instrument", "Fast Auroral Imager", True)
    assert told("|", "altitude") == ("field", "0..2000 km; altitude of the spacecraft", False)
    assert told("|", "eclipse")[1] == "sunlit, penumbra, umbra; eclipse status of the spacecraft"
    assert told("vs|", "vsw") == ("field", "solar-wind-speed: 0..5000 km/s; solar-wind speed", False)
    assert told("product |", "fai-lv1-hdf5-images")[2] is True
    assert told("product |", "fai-lv1-png-images")[1:] == ("FAI images, PNG, one file an image", False)
    assert told("fai |", "has-data") == ("value", "the instrument has data", True)
    assert told("altitude |", "0..2000") == ("range", "all of altitude: 0..2000 km", None)
    assert told("altitude 5 |", "m") == ("unit", "1 m is 0.001 km", None)
    assert told("date |", "today") == ("period", "2026-11-22", None)
    assert told("date 2014; date |", "2014")[1] == "in use here: 2014"
    assert told("date 2019|", "2019-02") == ("period", "2019-02-01..2019-02-28", None)
    assert told("let x = 5; kp >= |", "$x") == ("parameter", "5", None)
    assert told(STORM + "logic |", "3") == ("number", "kp >= 5", None)
    assert told(STORM + "logic |", "storm") == ("label", "kp >= 5", None)
    assert told("let d = 2019; when: date $d, 2020; logic |", "when")[1] == "date 2019, date 2020"


def test_parameters_from_outside_win():
    found = complete("let low = 5; kp >= |", parameters={"LOW": "7", "high": "8"})
    assert [(c.text, c.detail) for c in found] == [("$low", "7"), ("$high", "8")]


def test_names_of_a_vocabulary_that_are_no_words_of_the_language_are_quoted(tmp_path):
    path = tmp_path / "more.json"
    path.write_text(json.dumps({"products": [{"name": "fai v2", "confirmed": True}, {"name": "not"}]}))
    known = edexql.load_vocabulary(str(path))
    assert offered("product v2|", vocabulary=known)[0] == '"fai v2"'
    assert offered("product not|", vocabulary=known)[0] == '"not"'


def test_a_byte_order_mark_is_no_part_of_a_word():
    assert [(c.text, c.start, c.end) for c in complete("\ufeffpro|")][:1] == [("product", 1, 4)]


# Whatever stands there


@given(st.one_of(texts, st.text(max_size=40), st.text("()\"'#;,:=.<>$-+\\\n\r 12ak", max_size=40)), st.data())
@settings(max_examples=3 * settings.default.max_examples)
def test_completion_always_answers(text, data):
    position = data.draw(st.integers(-2, len(text) + 2))
    inside = min(max(position, 0), len(text))
    found = edexql.complete(text, position, today=TODAY)
    for candidate in found:
        assert candidate.text
        assert 0 <= candidate.start <= inside <= candidate.end <= len(text)
        assert "\n" not in text[candidate.start : candidate.end]
    assert len({(c.text, c.start) for c in found}) == len(found)


@pytest.mark.parametrize("wrong", ["today", "0001-01-01", "9999-12-31"])
def test_completion_answers_on_any_day(wrong):
    today = TODAY if wrong == "today" else date.fromisoformat(wrong)
    for marked in ("date |", "date 9999-12-|", "date 2013-|", "date 2019-05-01..|"):
        complete(marked, today=today)


def really_there(text, parameters):
    """The words of a query that completion has to know, as their stretch in the text and their spelling."""
    tokens = tokenize(text)
    program = edexql.parse(text)
    parameters = {*parameters, *(s.name.text.lower() for s in program.statements if isinstance(s, Let))}
    numbered = range(tokens.count)
    yield from (tokens.span(i) for i in numbered if tokens.kinds[i] in WORDS.values())
    for statement in program.statements:
        if isinstance(statement, Product):
            yield from (b.span for b in bounds(statement) if VOCABULARY.product(b.text))
        elif isinstance(statement, Constraint):
            yield from of_constraint(statement, tokens)
        elif isinstance(statement, Logic):
            code = statement.expression.code
            yield from (tokens.span(part) for part in code if isinstance(part, int) and part >= 0)
            for constraint in statement.expression.constraints():
                yield from of_constraint(constraint, tokens)
        for bound in () if isinstance(statement, Let) else bounds(statement):
            if bound.kind == "parameter" and bound.text[1:].lower() in parameters:
                yield bound.span


def of_constraint(constraint, tokens):
    name = VOCABULARY.canonical(constraint.head.text)
    field = VOCABULARY.field(name)
    if field or VOCABULARY.instrument(name):
        yield constraint.head.span
    signs = [i for i in range(tokens.count) if tokens.kinds[i] in SIGNS]
    yield from (
        tokens.span(i)
        for i in signs
        if constraint.span.start <= tokens.starts[i] < constraint.span.end and not constraint.key
    )
    units = {"d", "mo", "h", "min"} if constraint.kind == "date" else set()
    if field and field.unit:
        units = {field.unit, *dict(field.units)}
    for bound in bounds(constraint):
        if bound.unit and bound.unit.text in units:
            yield bound.unit.span
        known = constraint.kind == "experiment" or bound.text.lower() in VOCABULARY.values(name)
        if known or (constraint.kind == "date" and re.fullmatch(r"\d{4}(-\d\d){0,2}|today", bound.text)):
            yield bound.span


def bounds(statement):
    items = getattr(statement, "items", ())
    return [bound for item in items for bound in (item.first, item.second) if bound is not None]


def known_from(word):
    """How many letters have to be typed until a word is sure to be offered."""
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", word):
        return len(word) - 3
    # Other names of fields, and signs that seldom come alone, are told to those who begin them.
    return int(VOCABULARY.canonical(word) != word or word in ("<", ">", "=") or len(word) < 3)


def candidates_of(text, position, parameters):
    return edexql.complete(text, position, today=TODAY, parameters=parameters)


@pytest.mark.parametrize("number", range(len(queries())))
def test_the_word_that_really_stands_there_is_offered(number):
    text, parameters = queries()[number]
    for span in really_there(text, parameters):
        word = text[span.start : span.end].lower()
        if re.fullmatch(r"\d{4}.*", word) and not f"{LAUNCH}"[: len(word)] <= word <= f"{TODAY}":
            continue
        for cut in range(span.start + known_from(word), span.end + 1):
            found = {c.text.strip().lower(): c for c in candidates_of(text[:cut], cut, parameters)}
            assert word in found, f"{text[:cut]}| … {word}"
            assert found[word].start in (span.start, cut)
            if cut > span.start:
                found = {c.text.strip().lower(): c for c in candidates_of(text, cut, parameters)}
                assert word in found, f"{text[:cut]}|{text[cut:]}"
                assert (found[word].start, found[word].end) == (span.start, span.end)


# What is offered fits


def fits(text, *, whole=False):
    """Whether the parser takes all tokens of a text, one after the other; its end as well where it is to be whole."""
    driver, tokens = Driver(reductions([lambda _, children: None] * len(NODES)), []), tokenize(text)
    return all(
        driver.step(kind, index)
        for index, kind in enumerate(tokens.kinds)
        if kind >= FIRST_READ and (whole or kind != END)
    )


@given(st.one_of(st.sampled_from(queries()), st.tuples(program_texts(most=3), st.just({}))), st.data())
@settings(max_examples=2 * settings.default.max_examples, deadline=None)
def test_every_candidate_goes_on_where_the_query_was_right_so_far(query, data):
    text, parameters = query
    cut = data.draw(st.integers(0, len(text)))
    # A line in open brackets may begin another statement: that is told too.
    assume(JOINED not in tokenize(f"{text[:cut]}x").kinds)
    for found in candidates_of(text[:cut], cut, parameters):
        before = text[: found.start]
        # On the line behind a statement that is not finished, as `logic` alone, the next one is offered all the same.
        if not before.rstrip(" \t\f").endswith(("\n", "\r")) or fits(before, whole=True):
            assert fits(before + found.text), found


@given(st.sampled_from(queries()), st.data())
@settings(max_examples=3 * settings.default.max_examples, deadline=None)
def test_no_candidate_is_a_name_or_number_that_there_is_not(query, data):
    text, parameters = query
    cut = data.draw(st.integers(0, len(text)))
    for found in candidates_of(text[:cut], cut, parameters):
        made = text[: found.start] + found.text
        if found.kind in ("statement", "instrument", "field"):
            name = found.text.strip('"')
            assert name in WORDS or VOCABULARY.field(name) or VOCABULARY.instrument(name)
            continue
        # A parameter there is; whether what it stands for fits here is another question.
        wrong = "E307" if found.kind == "parameter" else "E3|E401|E40[67]|E501"
        for diagnostic in edexql.check(made, today=TODAY, parameters=parameters):
            if diagnostic.span.start >= found.start:
                assert not re.match(wrong, diagnostic.code), (made, diagnostic)


# The other statements

BROKEN = (
    "kp >= 5 knots",
    "altitude 500..",
    "fai hasdata",
    "wher 1 ADN 2",
    'email "open',
    "logic 1 AND 2)",
    "product , x",
    "kp ≥ 5",
    "§ ]",
    "= = =",
    'raw "x" {"a":',
)
MIDST = (
    "p|",
    "product fli|",
    "fai |",
    "fai ha|s-data",
    "kp >|",
    "storm: kp |",
    "altitude 5 k|m",
    "date 2019-|",
    "date 2019-05-01..|2019-05-02",
    'experiment "Poi|',
    'raw "k|',
    "where fai has-data AND kp |",
)


def shape(candidates, offset):
    return [(c.text, c.start - offset, c.end - offset, c.kind, c.detail, c.confirmed) for c in candidates]


@pytest.mark.parametrize("marked", MIDST)
@pytest.mark.parametrize("broken", [*BROKEN, "logic (1 AND 2", "where (kp >= 5 OR (fai has-data", "product fai-*, x"])
def test_mistakes_in_other_statements_do_not_matter(marked, broken):
    alone = shape(complete(marked), 0)
    assert alone
    for before, behind in ((f"{broken}\n", ""), ("", f"\n{broken}"), (f"fai nir\n{broken}\n", f"\n{broken}")):
        assert shape(complete(before + marked + behind), len(before)) == alone


@pytest.mark.parametrize("broken", BROKEN)
def test_logic_is_completed_though_other_statements_have_mistakes(broken):
    above, below = offered(f"storm: ap > 3\n{broken}\nlogic |"), offered(f"storm: ap > 3\nlogic (|\n{broken}")
    for found in (above, below):
        assert found[0] == "1"
        assert {"storm", "NOT", "("} < set(found)


def test_a_line_under_an_open_bracket_can_be_a_statement():
    assert offered("logic (1 OR 2\npro|")[:1] == ["product"]
    assert offered("product fai-*,\nkp >|")[:1] == [">= "]
