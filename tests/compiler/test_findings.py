"""No finding about the meaning of a query is false, and no fix of one changes what the query means: by trying all."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis_oracle as oracle
import edexql
from analysis_oracle import Looked
from commands import run
from edexql.compiler.canonical import constraint_text
from edexql.compiler.request import Setting, meaning
from edexql.compiler.solver.places import written_logic
from edexql.language.source import Source
from edexql.model.query import Query
from fuzz import mutated
from strategies import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edexql import Diagnostic
    from edexql.compiler.resolve import Resolved

randoms = st.randoms(use_true_random=False)
MANY = 4_000
# About the service, or what the wire cannot say, or what a text lacks: not about what the query means.
ELSEWHERE = {
    *("W601", "W603", "W606", "W607", "W608", "W610", "W611", "W612", "W613"),
    *("W625", "W626", "W627"),
}
# What a parameter is set to, and the days on which an open period ends.
VALUES = ("0", "2", "5", "9")
DAYS = (TODAY, TODAY.replace(year=2015), TODAY.replace(year=2017))
SETTINGS = list(itertools.product(VALUES, DAYS))
_GOES_BY = re.compile("; this depends on the present values? of .*")


def random_text(rng: random.Random) -> str:
    """A query with values that parameters and the day set, labels of several, and constraints in place or numbered."""
    kinds = rng.sample(sorted(ITEMS), rng.choice((1, 1, 2, 3)))

    def constraint(most: int) -> tuple[str, int]:
        key = rng.choice(kinds)
        items = [rng.choice(ITEMS[key]) for _ in range(rng.randint(1, most))]
        return f"{key} {', '.join(items)}", len(items)

    lines, names, total = [], [], 0
    most = rng.choice((1, 2, 2, 3))
    for index in range(rng.randint(1, 5)):
        text, count = constraint(most)
        label = rng.choice(("", f"l{index}"))
        lines.append(f"{label}: {text}" if label else text)
        names += [str(total + one) for one in range(1, count + 1)] + [label] * (count * bool(label))
        total += count
    lets = [f"let {name} = {rng.choice(VALUES)}" for name in ("p", "q") if f"${name}" in "".join(lines)]
    rng.shuffle(lines if rng.random() < 0.5 else lets)
    if rng.random() < 0.15:
        return "\n".join([*lets, *lines])
    if rng.random() < 0.25:
        names += [constraint(rng.choice((1, 2)))[0] for _ in range(rng.randint(1, 3))]
    missing = [
        f"let {name} = 4" for name in ("p", "q") if f"${name}" in "".join(names) and f"${name}" not in "".join(lines)
    ]
    code = oracle.random_code(rng, len(names))
    logic = oracle._infix(rng, oracle.tree(code), names)
    # A comment, or a line that goes on, makes no difference.
    logic = logic.replace(" AND ", rng.choice((" AND ", " AND  ", "\n AND # why\n ")), rng.randint(0, 1))
    return "\n".join([*lets, *missing, *lines, f"where {logic}"])


ITEMS = {
    "date": ("2014", "2015", "2015-02", "2015-02-03", "2014..2015", "2016..", "..2014", "..today", "today..", "today"),
    "kp": ("0..3", "3..6", ">= 5", "< 2", "> 9", "0..9", "= 4", ">= $p", "< $p", "$q..9", "<= $q", "= $p"),
    "ap": ("> 5", "< 6", "3..10", "0..400", ">= $p", "< $p"),
    "latitude": ("60..90", "> 50", "-90..0", "< $q", "90..90"),
    "longitude": ("170..-170", "-180..0", "0..180", "= 180", "= -180", "60..40"),
    "mlt": ("22..2", "3..21", "2..22", "18..6", "$p..$q", "= 24", "= 0"),
    "fai": ("has-data", "nir", "visible"),
    "mgf": ("has-data",),
}


def diagnostics(text: str, value: str | None = None, today: object = TODAY) -> list[Diagnostic]:
    set_to = dict.fromkeys(("p", "q"), value) if value is not None else None
    return list(edexql.check(text, today=today, parameters=set_to))


class Meant:
    """What a text without errors means, to the oracle."""

    def __init__(self, text: str, value: str | None = None, today: object = TODAY) -> None:
        parameters = dict.fromkeys(("p", "q"), value) if value is not None else None
        self.text = text
        self.resolved: Resolved
        self.resolved, found = meaning(Source(text), Setting(today=today, parameters=parameters))
        assert not any(one.is_error for one in found), text
        self.query: Query = self.resolved.query
        self.looked = Looked(Query((), self.query.constraints, self.query.logic))

    def number(self, start: int) -> int:
        (found,) = [number for number, one in enumerate(self.resolved.origins, 1) if one.span.start == start]
        return found

    def written(self, number: int) -> str:
        return constraint_text(self.query.constraints[number - 1])

    def without(self, *numbers: int) -> bool:
        """Whether it means the same without constraints."""
        return self.looked.without(self.looked.of(*numbers)) == self.looked.meaning

    def worlds(self, number: int) -> int:
        return self.looked.worlds.holds[oracle.plain(self.query.constraints[number - 1])]

    def admitted(self, number: int) -> set[bool]:
        one = self.query.constraints[number - 1]
        axis = oracle.axis_of(one)
        return {oracle.admits(one, value) for value in oracle.samples(axis, [one])}


def assert_true(found: Diagnostic, meant: Meant) -> None:
    """Whether what a finding says of a query is so."""
    looked = meant.looked
    spans = [note.span for note in found.notes] + [found.span]
    if found.code in ("W614", "W615"):
        assert looked.meaning == (0 if found.code == "W614" else looked.worlds.all)
        assert_reason(found.message, [meant.number(span.start) for span in spans], meant)
    elif found.code == "W616":
        assert meant.without(meant.number(found.span.start))
    elif found.code == "W617":
        there = written_logic(meant.resolved)
        if there is None:
            numbers = [meant.number(span.start) for span in spans]
            assert meant.without(*numbers)
            assert_reason(found.message, numbers, meant)
        else:
            last = max(place for place, span in enumerate(there.spans) if span == found.span)
            first = oracle.beginnings(looked.code)[last]
            assert looked.without(set(range(first, last + 1))) == looked.meaning
    elif found.code == "W618":
        one, other = (meant.query.constraints[meant.number(span.start) - 1] for span in spans)
        assert oracle.plain(one) == oracle.plain(other)
    elif found.code == "W619":
        assert meant.admitted(meant.number(found.span.start)) == {False}
    elif found.code == "W602":
        assert meant.number(found.span.start) not in looked.numbers
    elif found.code == "W620":
        one = meant.query.constraints[meant.number(found.span.start) - 1]
        line = oracle.LINES[one.key]
        values = [oracle.Fraction(line.low * 10 + step, 10) for step in range(10 * line.period)]
        assert sum(oracle.admits(one, value) for value in values) > len(values) / 2
    elif found.code == "W621":
        assert "AND" in meant.text
        assert "OR" in meant.text
    else:
        known = ELSEWHERE | {"W604", "W605", "W609"}
        assert found.code in known, f"say here when {found.code} is true, or name it in ELSEWHERE: {found}"


def assert_reason(message: str, numbers: Sequence[int], meant: Meant) -> None:
    holds = [meant.worlds(number) for number in numbers]
    if message.endswith("exclude each other"):
        assert not holds[0] & holds[1]
        assert len(holds) == 2
    elif message.endswith("together cover everything"):
        union = 0
        for one in holds:
            union |= one
        assert union == meant.looked.worlds.all
    for how, text in re.findall("(?:: |and )(no|every) [a-z0-9-]+ meets `([^`]+)`", message):
        named = [one for number, one in zip(numbers, holds, strict=True) if meant.written(number) == text]
        assert named, message
        assert set(named) == {0 if how == "no" else meant.looked.worlds.all}
    if "so with " in message:
        alike = 0 if ": no " in message else meant.looked.worlds.all
        texts = {meant.written(number) for number, one in zip(numbers, holds, strict=True) if one == alike}
        assert f"so with {len(texts) - 3} more" in message


def with_fix(text: str, found: Diagnostic) -> str:
    span = found.fix.span
    return f"{text[: span.start]}{found.fix.text}{text[span.end :]}"


def same(text: str, other: str) -> bool:
    """Whether two texts mean the same, whatever the day is and parameters are set to, as far as these can be."""
    settings = [(None, TODAY), *(SETTINGS[::5] if "$" in text or "today" in text else ())]
    return all(
        oracle.relation(Meant(text, *setting).query, Meant(other, *setting).query) == "equal"
        for setting in settings
        if not any(one.is_error for one in diagnostics(text, *setting))
    )


def assert_findings_are_true(rng: random.Random) -> None:
    assert_all_is_true(random_text(rng), rng)


def assert_all_is_true(text: str, rng: random.Random) -> None:
    found = diagnostics(text)
    if any(one.is_error for one in found):
        return
    meant = Meant(text)
    for one in found:
        assert_true(one, meant)
    # What goes by the day or a parameter says so; all else is true with any other, too.
    lasting = {(one.code, one.span) for one in found if one.code in MEANT and not _GOES_BY.search(one.help)}
    for value, today in rng.sample(SETTINGS, 3) if "$" in text or "today" in text else ():
        others = diagnostics(text, value, today)
        if any(one.is_error for one in others):
            continue
        changed = Meant(text, value, today)
        for one in found:
            if (one.code, one.span) in lasting:
                assert_true_elsewhere(one, changed)


def assert_true_elsewhere(found: Diagnostic, meant: Meant) -> None:
    """As far as it is said without a reason, which may be another there."""
    if meant.looked.value is None or found.code not in ("W616", "W617"):
        assert_true(found, meant)


def assert_fixes_change_nothing(rng: random.Random) -> None:
    assert_fixes_leave_the_meaning(random_text(rng))


def within_statement(place: int, text: str, there: int) -> bool:
    """Whether a place is in the statement of another: the logic, which comes last, or a line before it."""
    logic = text.find("where ")
    if 0 <= logic <= there:
        return place >= logic
    end = text.find("\n", there)
    return text.rfind("\n", 0, there) < place <= (end if end >= 0 else len(text))


def assert_fixes_leave_the_meaning(text: str) -> None:
    found = diagnostics(text)
    if any(one.is_error for one in found):
        return
    kinds = Counter(one.code for one in found)
    for one in found:
        if one.fix is not None:
            better = with_fix(text, one)
            after = diagnostics(better)
            assert not any(other.is_error for other in after)
            new = [other for other in after if other.code not in kinds]
            assert not any(within_statement(other.span.start, better, one.fix.span.start) for other in new)
            assert same(text, better)
    if any(one.fix is not None for one in found):
        done = run("check", "--fix", "-q", "--today", str(TODAY), "-", stdin=text)
        assert done.code == 0
        assert same(text, done.out)
        assert not any(one.fix for one in diagnostics(done.out) if one.code == "W617")


def assert_fixes_of_mutated_texts_change_nothing(rng: random.Random) -> None:
    text = mutated(rng, [random_text(rng)])[:2000]
    found = diagnostics(text)
    if any(one.is_error for one in found):
        return
    for one in found:
        if one.fix is not None and one.code.startswith("W6"):
            better = with_fix(text, one)
            assert not any(other.is_error for other in diagnostics(better))
            first, second = (edexql.compile(some, today=TODAY) for some in (text, better))
            assert edexql.compare(first.query, second.query).relation == "equal"


# What is proved of the logic, or of a range.
MEANT = {f"W{number}" for number in range(614, 620)}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a: kp 7..9, 5..6\nkp 5..6.5\ndate 2019\nlogic (NOT a AND NOT 3) OR (2 AND 4)", []),
        ("a: kp 7..9, 5..6\nkp 5..6.5\ndate 2019\nlogic NOT (NOT NOT a OR 3) OR (2 AND 4)", []),
        ("kp 5..6.5\ndate 2019\nwhere (NOT kp 7..9, 5..6 AND NOT 1) OR (kp 7..9 AND date 2019)", ["W616"]),
        ("fai has-data; date 2019-05; logic (1 AND 2 OR NOT 2) AND 2", ["W617", "W617"]),
        ("fai has-data; date 2019-05; logic (1 AND NOT NOT 2) OR (2 AND 1 AND 1)", ["W617", "W617"]),
        ("let p = 0; kp >= 1, < $p, $p..3; logic 1 OR 1", ["W617", "W619"]),
        ("kp 0..5, 5..9; date 2019", ["W617"]),
        ("let p = 9; kp 0..3, 3..$p; date 2019", ["W617"]),
        ("let p = 9; date ..today; kp > $p; kp >= 2; ap > 400; logic 1 AND (2 AND 4 OR 3)", ["W619"]),
        ("date today..; date ..today; kp 3; logic 3 AND (1 OR 2)", ["W617"]),
    ],
)
def test_what_is_said_of_these_is_true(text, codes):
    assert_all_is_true(text, random.Random(1))
    assert_fixes_leave_the_meaning(text)
    assert sorted({*codes}) == sorted({one.code for one in diagnostics(text) if one.code in MEANT})


@settings(max_examples=100)
@given(randoms)
def test_findings_are_true(rng):
    assert_findings_are_true(rng)


@settings(max_examples=40)
@given(randoms)
def test_fixes_of_findings_change_nothing(rng):
    assert_fixes_change_nothing(rng)


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_fixes_of_findings_in_mutated_texts_change_nothing(seed):
    assert_fixes_of_mutated_texts_change_nothing(random.Random(seed))


CHECKS = [assert_findings_are_true, assert_fixes_change_nothing, assert_fixes_of_mutated_texts_change_nothing]


@pytest.mark.parametrize(
    "count", [pytest.param(400, marks=pytest.mark.slow), pytest.param(MANY, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("check", CHECKS)
def test_findings_of_many_queries(check: Callable[[random.Random], None], count: int):
    for seed in range(count):
        try:
            check(random.Random(seed))
        except BaseException:
            print(f"seed {seed}\n{random_text(random.Random(seed))}")
            raise
