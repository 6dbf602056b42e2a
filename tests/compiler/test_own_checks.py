"""Checks that other tools register: what they see, what becomes of what they say, and what goes wrong."""

from __future__ import annotations

import json

import pytest

import edexql
from edexql import lint
from edexql.language.diagnostics.interchange import as_json, github, plain, sarif
from edexql.language.diagnostics.terminal import terminal

TEXT = "product fai-lv1-hdf5-images\nkp 5..7\ndate 2019-05-01\n"


@pytest.fixture
def registered():
    """Registers checks, which are taken out again."""
    codes = set()

    def register(code, function, title="a check", **choices):
        codes.add(code)
        return lint.check(code, title, **choices)(function)

    yield register
    for code in codes:
        lint.unregister(code)


def first_constraint(context):
    yield context.finding("the date comes first", 1, help="write the date first")


def of(code, diagnostics):
    return [diagnostic for diagnostic in diagnostics if diagnostic.code == code]


def test_a_check_says_what_it_finds_wherever_queries_are_checked(registered):
    registered("X101", first_constraint)
    (found,) = of("X101", edexql.check(TEXT))
    assert (found.message, found.help, found.severity, found.is_error) == (
        "the date comes first",
        "write the date first",
        "warning",
        False,
    )
    assert TEXT[found.span.start : found.span.end] == "5..7"
    assert of("X101", edexql.compile(TEXT).diagnostics) == [found]
    assert of("X101", edexql.explain(TEXT).diagnostics) == [found]
    assert of("X101", edexql.check(edexql.query(TEXT)))[0].message == found.message
    lint.unregister("X101")
    assert of("X101", edexql.check(TEXT)) == []
    registered("X101", first_constraint)


def test_a_warning_of_a_check_is_suppressed_as_others_are(registered):
    registered("X101", first_constraint)
    assert of("X101", edexql.check(TEXT, allow=["X101"])) == []
    allowed = f"# edq: allow x101 -- it is so\n{TEXT}"
    assert of("X101", edexql.check(allowed)) == []
    assert of("W623", edexql.check(allowed)) == []


def test_a_code_of_a_check_that_is_not_there_may_be_suppressed():
    assert of("W623", edexql.check(f"# edq: allow X999\n{TEXT}")) == []
    assert of("W623", edexql.check(f"# edq: allow X99\n{TEXT}"))
    edexql.check(TEXT, allow=["X999"])


def test_an_error_of_a_check_keeps_a_query_from_being_compiled(registered):
    registered("X102", first_constraint, severity="error")
    (found,) = of("X102", edexql.check(f"# edq: allow X102\n{TEXT}"))
    assert (found.severity, found.is_error) == ("error", True)
    with pytest.raises(edexql.QueryError) as error:
        edexql.compile(TEXT)
    assert of("X102", error.value.diagnostics)
    with pytest.raises(ValueError, match="errors cannot be suppressed"):
        edexql.check(TEXT, allow=["X102"])
    assert of("W623", edexql.check(f"# edq: allow X102\n{TEXT}"))


def test_a_check_sees_the_query_its_text_and_its_tree(registered):
    seen = []

    def look(context):
        seen.append(context)
        return ()

    registered("X103", look)
    edexql.check(TEXT)
    (context,) = seen
    assert context.query == edexql.query(TEXT)
    assert context.text == TEXT
    assert [type(statement).__name__ for statement in context.program.statements] == [
        "Product",
        "Constraint",
        "Constraint",
    ]
    assert context.vocabulary.field("kp") is not None
    places = [context.head(1), context.span(1), context.head(2), context.span(2)]
    assert [TEXT[place.start : place.end] for place in places] == ["kp", "5..7", "date", "2019-05-01"]
    with pytest.raises(IndexError, match="constraint 3"):
        context.span(3)


def test_a_fix_is_offered_where_the_query_with_it_is_no_worse(registered):
    def with_fix(fix):
        def too_low(context):
            if context.query.constraints[0].value.low < 6:
                yield context.finding("too low", 1, fix=fix)

        return too_low

    registered("X104", with_fix("6..7"))
    registered("X105", with_fix("6..nonsense"))
    found = {d.code: d for d in edexql.check(TEXT)}
    assert found["X104"].fix.text == "6..7"
    assert found["X105"].fix is None


def test_a_check_is_given_queries_without_errors(registered):
    registered("X101", first_constraint)
    assert [d.code for d in edexql.check("kp 5..nonsense")] == ["E405"]
    assert not of("X101", edexql.check("kp 5..7; logic 1 ADN 1"))


def test_findings_are_written_in_every_form(registered):
    registered("X101", first_constraint, "dates come first", documentation="https://rules.example/x101")
    found = of("X101", edexql.check(TEXT, name="a.edq"))
    assert "a.edq:2:4: warning[X101] the date comes first" in plain(found)
    assert json.loads(as_json(found))[0]["code"] == "X101"
    (rule,) = json.loads(sarif(found, version="1"))["runs"][0]["tool"]["driver"]["rules"]
    assert rule == {
        "id": "X101",
        "shortDescription": {"text": "dates come first"},
        "helpUri": "https://rules.example/x101",
    }
    assert "edexql X101" in github(found)
    assert terminal(found, colour=False).endswith("  = see: https://rules.example/x101\n")
    lint.unregister("X101")
    assert json.loads(sarif(found, version="1"))["runs"][0]["results"][0]["ruleId"] == "X101"
    registered("X101", first_constraint)


@pytest.mark.parametrize("code", ["W601", "E201", "X1", "X1000", "x101", "X१०१", ""])
def test_a_code_is_one_of_those_left_to_others(code):
    with pytest.raises(ValueError, match="X and three digits"):
        lint.check(code, "a check")


def test_two_checks_cannot_have_one_code(registered):
    registered("X101", first_constraint, "the first")
    with pytest.raises(ValueError, match="another check with the code X101: the first"):
        lint.check("X101", "the second")(lambda context: ())
    assert lint.check("X101", "the same, registered again")(first_constraint) is first_constraint
    with pytest.raises(ValueError, match="severity"):
        lint.check("X106", "a check", severity="fatal")


def test_a_check_that_fails_is_named(registered):
    def fails(context):
        yield context.finding("one", 1)
        raise KeyError("nothing there")

    registered("X107", fails)
    with pytest.raises(edexql.EdexqlError, match="X107 ended in an error: KeyError: 'nothing there'") as error:
        edexql.check(TEXT)
    assert isinstance(error.value.__cause__, KeyError)


def test_a_check_gives_findings_only(registered):
    registered("X108", lambda context: ["a text"])
    with pytest.raises(edexql.EdexqlError, match="X108 gave str, not a finding"):
        edexql.check(TEXT)
