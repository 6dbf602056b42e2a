"""Every fix that is offered can be applied: the text reads, nothing new is wrong there, and it means what was meant."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given, reject, settings
from hypothesis import strategies as st

import edexql
from commands import run
from fuzz import corpus, mutated
from strategies import TODAY, program_texts, seeds, texts

if TYPE_CHECKING:
    from pathlib import Path

    from edexql import Diagnostic

# They are about the service, or about what a text lacks.
OF_NO_PLACE = {"W601", "W606", "W607"}
CORPUS = corpus()


def fixed(text: str, found: Diagnostic) -> str:
    assert found.fix is not None
    span = found.fix.span
    return f"{text[: span.start]}{found.fix.text}{text[span.end :]}"


def diagnostics(text: str) -> list[Diagnostic]:
    return [d for d in edexql.check(text, today=TODAY) if d.code not in OF_NO_PLACE]


def assert_fixes_hold(text: str) -> None:
    text = text.removeprefix("\ufeff")
    before = diagnostics(text)
    for found in before:
        if found.fix is None:
            continue
        assert found.source.text == text
        better = fixed(text, found)
        after = diagnostics(better)
        errors = Counter(d.code for d in before if d.is_error and d is not found)
        assert Counter(d.code for d in after if d.is_error) <= errors, (text, found)
        begin, end = found.fix.span.start, found.fix.span.start + len(found.fix.text)
        warnings = Counter(d.code for d in before if not d.is_error and d is not found)
        there = Counter(d.code for d in after if not d.is_error and d.span.start < end and d.span.end > begin)
        if found.code == "E305":
            continue  # a label is renamed from its definition to its last use, and what is between may be doubtful
        assert there <= warnings, (text, found)


@settings(max_examples=settings.default.max_examples)
@given(texts)
@example("date ２０１９-05-01")
@example("date '2019-05-01'")
@example("kp 7..9, 5..6; date 2019; logic NOT 1 AND NOT 2 OR 2 AND 3")
def test_a_fix_of_a_generated_text_leaves_nothing_new_that_is_wrong(text: str) -> None:
    assert_fixes_hold(text)


@settings(max_examples=settings.default.max_examples)
@given(st.integers(0, 2**32))
def test_a_fix_of_a_mutated_text_leaves_nothing_new_that_is_wrong(seed: int) -> None:
    assert_fixes_hold(mutated(random.Random(seed), CORPUS)[:2000])


@pytest.mark.parametrize(
    "texts", [pytest.param(800, marks=pytest.mark.slow), pytest.param(20_000, marks=pytest.mark.thorough)]
)
def test_fixes_of_many_mutated_texts_leave_nothing_new_that_is_wrong(texts: int) -> None:
    rng = random.Random(texts)
    for _ in range(texts):
        assert_fixes_hold(mutated(rng, CORPUS)[:2000])


# What is fixed means what was meant


@settings(max_examples=settings.default.max_examples)
@given(program_texts(most=3), seeds)
def test_a_fix_of_one_wrong_letter_brings_the_query_back(text: str, seed: int) -> None:
    rng = random.Random(seed)
    words = [m for m in re.finditer(r"[A-Za-z][A-Za-z-]{3,}", text) if "#" not in text[: m.start()].split("\n")[-1]]
    for _ in range(8 if words else 0):
        word = rng.choice(words)
        at = rng.randrange(word.start(), word.end())
        wrong = text[:at] + rng.choice(["", text[at] * 2, "q"]) + text[at + 1 :]
        errors = [d for d in edexql.check(wrong, today=TODAY) if d.is_error]
        # A third of wrong letters are one mistake that has a fix.
        if len(errors) == 1 and errors[0].fix is not None:
            assert meaning(fixed(wrong, errors[0])) == meaning(text)
            return
    reject()


def meaning(text: str) -> object:
    try:
        return edexql.compile(text, today=TODAY).parameters
    except edexql.QueryError as error:
        return sorted(d.code for d in error.diagnostics)


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("date '2019-05-01'", "date 2019-05-01"),
        ("kp ... 5", "kp .. 5"),
        ("prodcut fai-lv1-hdf5-images", "product fai-lv1-hdf5-images"),
        ("kpp >= 5", "kp >= 5"),
        ("kp == 5", "kp = 5"),
        ("kp =< 5", "kp <= 5"),
        ("date ２０１９-05-01", "date 2019-05-01"),
        ("date ٢٠١٩-٠٥", "date 2019-05"),
        ("date 2019－05－01", "date 2019-05-01"),
        ("kp ＞＝ 5", "kp >= 5"),
        ("dst >= –50", "dst >= -50"),
        ("kp 5–7", "kp 5..7"),
        ("kp 1; kp 2; logic 1 ADN 2", "kp 1; kp 2; logic 1 AND 2"),
    ],
)
def test_what_is_certain_is_fixed(text: str, better: str) -> None:
    (found,) = [d for d in edexql.check(text, today=TODAY) if d.is_error][:1]
    assert (found.fix and fixed(text, found)) == better


@pytest.mark.parametrize(
    "text",
    [
        "lat in 60..90",
        "f10.7 > 100",
        "log 1 and 2",
        "lat 60 90",
        "yaw on",
        "kpp >= 50",
    ],
)
def test_what_would_not_be_right_then_is_no_fix(text: str) -> None:
    assert [d.fix for d in edexql.check(text, today=TODAY) if d.fix is not None] == []


def test_check_fix_leaves_a_file_alone_that_a_fix_would_not_mend(tmp_path: Path) -> None:
    path = tmp_path / "q.edq"
    path.write_text("kpp >= 50\nlat in 60..90\n", encoding="utf-8")
    run("check", "--fix", str(path))
    assert path.read_text(encoding="utf-8") == "kpp >= 50\nlat in 60..90\n"


def test_check_fix_mends_all_that_is_certain(tmp_path: Path) -> None:
    path = tmp_path / "q.edq"
    path.write_text("prodcut fai-lv1-hdf5-images\ndate ２０１９-05-01\nfia has-data\nlogic 1 ADN 2\n", encoding="utf-8")
    run("check", "--fix", str(path))
    assert (
        path.read_text(encoding="utf-8")
        == "product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\nlogic 1 AND 2\n"
    )


def test_a_fix_for_the_value_of_a_parameter_is_none_for_the_text() -> None:
    found = edexql.check("product fai-lv1-hdf5-images; fai $x", today=TODAY, parameters={"x": "has-dta"})
    assert [d.fix for d in found if d.is_error] == [None]


labels = st.from_regex(r"[a-z]{1,5}(-[a-z0-9]{1,4}){1,2}", fullmatch=True)


@given(st.lists(labels, min_size=2, max_size=2, unique=True), st.sampled_from(["{0} AND NOT {1}", "({1}) OR {0}", "1"]))
def test_a_label_with_an_underscore_is_renamed_with_all_its_uses(names: list[str], logic: str):
    first, second = names
    lines = "product fai-lv1-hdf5-images\n{0}: kp >= 3  # {2}\n{1}: date 2019-05, 2019-07\nlogic " + logic + "\n"
    comment = first.replace("-", "_")
    wanted = lines.format(first, second, comment)
    assume(not [d for d in edexql.check(wanted, today=TODAY) if d.is_error])
    wrong = lines.format(comment, second, comment)
    (found,) = [d for d in edexql.check(wrong, today=TODAY) if d.is_error]
    assert found.code == "E305"
    assert fixed(wrong, found) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "my_l: kp >= 3; my-l: ap >= 4; logic my_l",
        "my_l: kp >= 3; my_l: ap >= 4; logic my_l",
        "my_l: kp >= 3; logic my_l OR my-l",
        "and_: kp >= 3; logic and_",
        "_: kp >= 3; logic 1",
        "logic my_l; my_l: kp >= 3",
    ],
)
def test_a_label_is_not_renamed_to_what_means_something_else(text: str):
    found = [d for d in edexql.check(text, today=TODAY) if d.code == "E305"]
    assert found
    assert [d.fix for d in found] == [None] * len(found)


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("logic 1 AND (2 OR 3", "logic 1 AND (2 OR 3)"),
        ("logic (1 OR 2  # all\n", "logic (1 OR 2)  # all\n"),
        ("logic ((1 AND 2) OR 3", "logic ((1 AND 2) OR 3)"),
        # The bracket may have been meant to end earlier.
        ("logic (1 OR 2 AND 3", None),
        ("logic 1 AND (2", None),
        ("logic (1 OR (2 AND 3", None),
    ],
)
def test_a_bracket_is_closed_where_only_one_place_is_possible(logic, expected):
    text = "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3; fai has-data\n"
    (found,) = [one for one in diagnostics(text + logic) if one.code == "E202"]
    assert (None if found.fix is None else fixed(text + logic, found)) == (expected and text + expected)
