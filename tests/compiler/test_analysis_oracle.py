"""What is said of queries that cannot be met, of constraints without effect and of two queries is so, by trying all."""

from __future__ import annotations

import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis_oracle as oracle
from edexql.compiler.lint.meaning import Meaning
from edexql.compiler.lint.plain_queries import is_plain
from edexql.compiler.request import Setting, meaning, query_of
from edexql.compiler.solver.analysis import MOST_PARTS, examine
from edexql.compiler.solver.axes import admitted, axis_of, includes, overlap
from edexql.compiler.solver.comparison import compare_queries
from edexql.compiler.solver.encoding import Solver
from edexql.compiler.solver.places import written_logic
from edexql.compiler.solver.rewrites import simplified
from edexql.language.source import Source
from edexql.model.logic import Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Query
from edexql.model.range import Range
from edexql.model.vocabulary import Vocabulary, snapshot
from strategies import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.compiler.solver.analysis import Examined
    from edexql.compiler.solver.comparison import Comparison
    from edexql.compiler.solver.places import WrittenLogic


def _vocabulary() -> Vocabulary:
    """The one that comes with edexql, and fields of kinds that it has none of."""
    data = snapshot().data
    without = {"tab": "spacecraft", "shape": "pair", "title": "", "confirmed": False, "source": ""}
    added = [
        {"name": "depth", "wire": "depth", **without},
        {"name": "count", "wire": "count", "integer": True, **without},
        {"name": "phase", "wire": "phase", "low": -1, "high": 5, "period": 6, **without},
    ]
    return Vocabulary({**data, "fields": [*data["fields"], *added]})


VOCABULARY = _vocabulary()
SETTING = Setting(today=TODAY)
# Each choice is one of Hypothesis', so that it can find small examples.
randoms = st.randoms(use_true_random=False)
MANY = 8_000
# Of the SAT solver, so that no query is too hard.
MANY_STEPS = 10**9


def one_query(rng: random.Random) -> Query:
    return oracle.random_query(rng, oracle.random_constraints(rng))


def examined(query: Query) -> Examined:
    found = examine(Logic(oracle.code_of(query)), query.constraints, VOCABULARY, budget=MANY_STEPS)
    assert found.done
    return found


def assert_examined_rightly(rng: random.Random) -> None:
    query = one_query(rng)
    looked, found = oracle.Looked(query), examined(query)
    assert found.value is looked.value, query
    if found.value is None:
        assert found.part == ()
        assert_without_effect(looked, found)
        assert_redundant(looked, found)
    else:
        assert (found.idle, found.spare, found.redundant) == ((), (), ())
        assert_smallest_part(looked, list(found.part), value=found.value)


def assert_without_effect(looked: oracle.Looked, found: Examined) -> None:
    idle = [number for number in looked.numbers if looked.without(looked.of(number)) == looked.meaning]
    assert list(found.idle) == sorted(idle)
    # Those whose text is last go first.
    gone: list[int] = []
    named = {number: looked.constraints[number - 1] for number in idle}
    texts = {number: (one.key, repr(one.value)) for number, one in named.items()}
    for number in sorted(idle, key=lambda number: (texts[number], number), reverse=True):
        if looked.without(looked.of(*gone, number)) == looked.meaning:
            gone.append(number)
    assert list(found.spare) == sorted(gone)


def assert_redundant(looked: oracle.Looked, found: Examined) -> None:
    """Operands are tried from outer ones to inner ones, later ones first, those that restrict and those that widen
    apart, each without those of its kind that went before; of a chain one stays.
    """
    order = sorted(oracle.operands(looked.tree), key=lambda one: (-len(one.node.places), -one.node.place))
    taken: list[range] = []
    for kind in (True, False):
        gone: list[range] = []
        for operand in order:
            node = operand.node
            numbers = {leaf.part for leaf in node.leaves()}
            inside = {leaf.place for leaf in node.leaves()}
            one = len(inside) == 1 and looked.of(*numbers) == inside
            if operand.weakens != kind or one or numbers <= set(found.idle) or any(node.place in x for x in gone):
                continue
            away = {place for other in gone for place in other}
            if all(leaf.place in away | inside for leaf in operand.chain.leaves()):
                continue
            if looked.without(away | inside) == looked.meaning:
                gone.append(node.places)
        taken += gone
    taken.sort(key=lambda places: (-len(places), -places[-1]))
    gone = []
    for places in taken:
        if not any(places[-1] in other for other in gone):
            gone.append(places)
    assert [operand.places for operand in found.redundant] == gone
    for count in range(2, min(len(gone), 5) + 1):
        for some in combinations(gone[:5], count):
            assert looked.without(set().union(*some)) == looked.meaning
    for operand in found.redundant:
        assert looked.without(set(operand.places)) == looked.meaning
        alone = oracle.Looked(
            Query((), looked.constraints, Logic(looked.code[operand.places[0] : operand.places[-1] + 1]))
        )
        assert operand.value is alone.value
        if operand.value is None:
            assert operand.part == ()
        else:
            assert set(operand.part) <= set(operand.places)
            assert_smallest_part(alone, [place - operand.places[0] for place in operand.part], value=operand.value)


def assert_smallest_part(looked: oracle.Looked, part: list[int], *, value: bool) -> None:
    """What is left of it has the same value, and no operand can go from it that would bring it nearer to another."""
    leaves = {leaf.place for leaf in looked.tree.leaves()}
    kept = set(part)
    assert part == sorted(kept)
    assert kept <= leaves
    gone = leaves - kept
    assert looked.without(gone) == looked.meaning
    operands = list(oracle.operands(looked.tree))
    for operand in operands:
        places = {leaf.place for leaf in operand.node.leaves()}
        others = {leaf.place for leaf in operand.chain.leaves()} - places
        if operand.weakens != value and places & kept and others & kept:
            assert looked.without(gone | places) != looked.meaning
        # What is gone went in that direction only, or with what it stood in.
        if not places & kept and others & kept:
            assert operand.weakens != value
    outermost = [one for one in operands if one.chain.place == max(other.chain.place for other in operands)]
    assert_few_operands(looked, kept, [set(one.node.places) for one in outermost if one.weakens != value])


def assert_few_operands(looked: oracle.Looked, kept: set[int], chain: list[set[int]]) -> None:
    """Of the outermost operands two are left only where no single one would do, and more only where no two would."""
    left = sum(bool(places & kept) for places in chain)
    for count in range(1, min(left, 3)):
        for few in combinations(chain, count):
            assert looked.without(set().union(*chain).difference(*few)) != looked.meaning


def assert_compared_rightly(rng: random.Random) -> None:
    first, second = oracle.random_pair(rng)
    found = compare_queries(first, second, VOCABULARY, budget=MANY_STEPS)
    assert found.relation == oracle.relation(first, second), (first, second)
    there = tuple(one is not None for one in (found.first_only, found.second_only, found.both))
    assert there == oracle.cells(first, second)
    for moment, wanted in (
        (found.first_only, (True, False)),
        (found.second_only, (False, True)),
        (found.both, (True, True)),
    ):
        if moment is not None:
            assert str(moment)
            assert (oracle.admitted(first, moment), oracle.admitted(second, moment)) == wanted


def assert_order_is_nothing(rng: random.Random) -> None:
    query = one_query(rng)
    other, numbers = oracle.reordered(rng, query)
    a, b = examined(query), examined(other)
    assert a.value is b.value
    assert sorted(numbers[number] for number in a.idle) == list(b.idle)
    if query.logic:
        assert (a.part, a.redundant) == (b.part, b.redundant)
        if len(set(map(oracle.plain, query.constraints))) == len(query.constraints):
            assert sorted(numbers[number] for number in a.spare) == list(b.spare)

    first, second = oracle.random_pair(rng)
    here = compare_queries(first, second, VOCABULARY, budget=MANY_STEPS)
    there = compare_queries(
        oracle.reordered(rng, first)[0], oracle.reordered(rng, second)[0], VOCABULARY, budget=MANY_STEPS
    )
    assert here.relation == there.relation
    mirrored = {"narrower": "wider", "wider": "narrower"}.get(here.relation, here.relation)
    assert compare_queries(second, first, VOCABULARY, budget=MANY_STEPS).relation == mirrored


def query_of_text(text: str) -> Query:
    return query_of(Source(text), SETTING)


def assert_simplified_rightly(rng: random.Random) -> None:
    text = oracle.random_text(rng)
    found = simplified(Source(str(text)), SETTING)
    assert found.text.startswith(text.before)
    assert found.before == text.operands
    assert bool(found.why) == (found.text == str(text))
    before, after = query_of_text(str(text)), query_of_text(found.text)
    assert oracle.relation(before, after) == "equal"
    count, left = (sum(part > 0 for part in query.logic.code) for query in (before, after))
    assert (left, found.after) <= (count, found.before)
    if found.why:
        assert found.after == found.before
    if text.numbers_only:
        assert left == found.after
        looked = oracle.Looked(before)
        assert found.why in ("", "nothing smaller was found")
        if looked.value is None and any(
            looked.without(set(operand.node.places)) == looked.meaning for operand in oracle.operands(looked.tree)
        ):
            assert found.after < found.before
        assert simplified(Source(found.text), SETTING).text == found.text
        if looked.value is None:
            assert not oracle.share(oracle.tree(after.logic.code))


def assert_operands_stand_where_they_are_said_to(rng: random.Random) -> None:
    text = oracle.random_text(rng)
    resolved, _ = meaning(Source(str(text)), SETTING)
    found = written_logic(resolved)
    assert found is not None
    assert sum(unit.count for unit in found.units) == sum(part > 0 for part in resolved.logic.code)
    code = resolved.logic.code
    first = oracle.beginnings(code)
    place = -1
    for part in found.code:
        # The constraints of a unit have no places of their own.
        place += 2 * found.units[part - 1].count - 1 if part > 0 else 1
        span = found.spans[place]
        alone = query_of_text(f"{text.before}where {str(text)[span.start : span.end]}")
        operand = Query((), resolved.query.constraints, Logic(code[first[place] : place + 1]))
        assert oracle.relation(alone, operand) == "equal"
        assert len(oracle.named(alone)) == len(oracle.named(operand))
    assert place == len(code) - 1


def assert_reasons_are_so(rng: random.Random) -> None:
    """Where one other constraint is named as the reason, nothing has to be known of all the rest."""
    resolved, _ = meaning(Source(str(oracle.random_text(rng))), SETTING)
    query = resolved.query
    found = examined(query)
    told = Meaning(resolved, found, found, query.constraints, {})
    for number in found.idle:
        _, notes = told.reason(number)
        if not notes:
            continue
        (other,) = [n for n in query.logic_numbers() if told.span(n) == notes[0].span]
        rest = [
            one if n in (number, other) else Constraint("word", "fai", f"fact-{n}")
            for n, one in enumerate(query.constraints, 1)
        ]
        alone = examine(Logic(oracle.code_of(query)), rest, VOCABULARY, budget=MANY_STEPS)
        assert number in alone.idle or alone.value is not None


def assert_whole_units_are_redundant(rng: random.Random) -> None:
    """An operand that is told of is one that stands in the text, and without all of them the query means the same."""
    text = oracle.random_text(rng)
    resolved, _ = meaning(Source(str(text)), SETTING)
    there = written_logic(resolved)
    found = examine(Logic(resolved.logic.code), resolved.query.constraints, VOCABULARY, there.ends, budget=MANY_STEPS)
    looked = oracle.Looked(Query((), resolved.query.constraints, resolved.logic))
    inside = [range(end - 2 * count + 2, end) for end, count in unit_ends(there)]
    gone: set[int] = set()
    for operand in found.redundant:
        assert not any(operand.places[-1] in places for places in inside)
        assert looked.without(set(operand.places)) == looked.meaning
        gone.update(operand.places)
    if gone:
        assert looked.without(gone) == looked.meaning


def unit_ends(there: WrittenLogic) -> list[tuple[int, int]]:
    """Where the units of several constraints end in the postfix code of the logic, and how many they are."""
    found = []
    place = -1
    for part in there.code:
        count = there.units[part - 1].count if part > 0 else 1
        place += 2 * count - 1
        if part > 0 and count > 1:
            found.append((place, count))
    assert {place for place, _ in found} == there.ends
    return found


def assert_sets_meet_rightly(rng: random.Random) -> None:
    axis = rng.choice(("date", *oracle.LINES))
    one, other = (oracle.random_constraint(rng, axis) for _ in range(2))
    line = axis_of(one, VOCABULARY)
    values = oracle.samples(axis, [one, other])
    ours, theirs = ({value for value in values if oracle.admits(c, value)} for c in (one, other))
    assert overlap(admitted(one, line), admitted(other, line)) == bool(ours & theirs)
    assert includes(admitted(one, line), admitted(other, line)) == (ours >= theirs)
    assert admitted(one, line).nothing == (not ours)
    assert admitted(one, line).everything == (len(ours) == len(values))


@settings(max_examples=5 * settings.default.max_examples)
@given(randoms)
def test_one_query_is_examined_rightly(rng):
    assert_examined_rightly(rng)


@settings(max_examples=4 * settings.default.max_examples)
@given(randoms)
def test_two_queries_are_compared_rightly(rng):
    assert_compared_rightly(rng)


@settings(max_examples=3 * settings.default.max_examples)
@given(randoms)
def test_the_order_in_which_constraints_are_written_is_nothing(rng):
    assert_order_is_nothing(rng)


@settings(max_examples=3 * settings.default.max_examples)
@given(randoms)
def test_a_simplified_logic_means_the_same(rng):
    assert_simplified_rightly(rng)


@settings(max_examples=3 * settings.default.max_examples)
@given(randoms)
def test_operands_stand_where_they_are_said_to(rng):
    assert_operands_stand_where_they_are_said_to(rng)


@settings(max_examples=3 * settings.default.max_examples)
@given(randoms)
def test_one_constraint_that_is_named_as_the_reason_is_reason_enough(rng):
    assert_reasons_are_so(rng)


@settings(max_examples=3 * settings.default.max_examples)
@given(randoms)
def test_operands_that_are_told_of_are_whole(rng):
    assert_whole_units_are_redundant(rng)


@settings(max_examples=5 * settings.default.max_examples)
@given(randoms)
def test_what_constraints_admit_meets_rightly(rng):
    assert_sets_meet_rightly(rng)


SLOWER = [
    assert_order_is_nothing,
    assert_reasons_are_so,
    assert_whole_units_are_redundant,
    assert_simplified_rightly,
    assert_operands_stand_where_they_are_said_to,
]
CHECKS = [assert_examined_rightly, assert_compared_rightly, assert_sets_meet_rightly, *SLOWER]


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_thousands_of_queries(check: Callable[[random.Random], None]):
    for seed in range(MANY // 4 if check in SLOWER else MANY):
        try:
            check(random.Random(seed))
        except BaseException:
            print(f"seed {seed}")
            raise


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("date 2019-05", True),
        ("date 2014, 2016..; kp 3..5; fai has-data", True),
        ("date 2014, 2015; kp >= 5; longitude 170..-170", True),
        ("kp 0..2, 4..5, 7..9", True),
        ("kp < 2, > 7; ap < 3, > 400", False),
        ("kp < 2; kp > 7; logic NOT (1 OR 2)", True),
        ("kp < 2; kp > 7; ap 3; logic 1 OR 2 OR 3", True),
        ("kp < 2; kp > 7; ap 3; logic (1 OR 2) AND 3", True),
        ("mlt 22..2; mlt 3..4; fai nir, visible; logic (1 OR 2) AND (3 OR 4)", True),
        ("kp < 2; kp > 7; logic 1 AND 2", False),
        ("kp < 2; kp > 7; ap 3; logic 1 OR 3 AND 2", False),
        ("kp < 2, >= 2", False),
        ("kp < 2, >= 1", False),
        ("kp 0..9", False),
        ("date 0001..9999", False),
        ("ap 3.2..3.8", False),
        ("fai nir, nir", False),
        ("fai nir; logic 1 OR 1", False),
    ],
)
def test_what_needs_no_solver_is_known_by_its_look(text, plain):
    query = query_of_text(text)
    assert is_plain(query.effective_code(), query.constraints, VOCABULARY) is plain


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), min_size=1, max_size=6))
def test_alternative_dates_are_plain_where_no_two_of_them_overlap(drawn):
    spans = [(start * 60 + 1_556_668_800, (start + length) * 60 + 1_556_668_800) for start, length in drawn]
    query = Query((), tuple(Constraint("date", "date", Period(*span)) for span in spans))
    overlap = any(a < d and c < b for (a, b), (c, d) in combinations(spans, 2))
    assert is_plain(query.effective_code(), query.constraints, VOCABULARY) is not overlap


@pytest.mark.parametrize(
    ("logic", "smaller"),
    [
        ("1 AND 2 OR 1 AND 3", "1 AND (2 OR 3)"),
        ("(1 OR 2) AND (1 OR 3)", "1 OR 2 AND 3"),
        ("4 OR 1 AND 2 OR 1 AND 3", "4 OR 1 AND (2 OR 3)"),
        ("1 AND 2 OR 4 OR 1 AND 3", "1 AND (2 OR 3) OR 4"),
        ("2 AND 1 AND 3 OR 4 AND 1 AND 3", "1 AND 3 AND (2 OR 4)"),
        ("NOT (1 AND 2) AND NOT NOT 3", "NOT (1 AND 2) AND 3"),
        ("1 AND (2 OR 1)", "1"),
        ("1 OR 2 AND 3 OR 2", "1 OR 2"),
        ("1 AND NOT 1 OR 2", "2"),
        ("NOT (1 AND NOT 1) AND 2", "2"),
        ("1 AND NOT 1", "1 AND NOT 1"),
        ("1 OR NOT 1 OR 2", "1 OR NOT 1 OR 2"),
        ("NOT NOT (1 OR NOT 1)", "1 OR NOT 1"),
        ("NOT (1 AND 2 OR 1 AND 3)", "NOT (1 AND (2 OR 3))"),
        ("1 AND 2 OR 3 AND 4", "1 AND 2 OR 3 AND 4"),
    ],
)
def test_logic_comes_out_as_a_person_would_write_it_but_for_brackets(logic, smaller):
    before = "fai has-data, nir, visible, low-resolution; logic "
    found, wanted = query_of_text(simplified(Source(before + logic), SETTING).text), query_of_text(before + smaller)
    assert oracle.shape(found) == oracle.shape(wanted)


def compare_texts(first: str, second: str) -> Comparison:
    return compare_queries(query_of_text(first), query_of_text(second), VOCABULARY)


def test_a_comparison_as_plain_data():
    first = "product fai-lv1-hdf5-images; date 2019-05; kp = 4.67; latitude = -0.0000001; fai nir"
    found = compare_texts(first, "date 2020; kp = 4.67; latitude 60.25..; fai visible, nir")
    assert found.to_dict() == {
        "relation": "disjoint",
        "first_only": {
            "product": "fai-lv1-hdf5-images",
            "time": "2019-05-01T00:00:00Z",
            "values": {"kp": "4.666667", "latitude": "-0.0000001"},
            "facts": {"fai nir": True, "fai visible": found.first_only.facts[1][1]},
        },
        "second_only": {
            "product": "fai-lv1-hdf5-images",
            "time": "2020-01-01T00:00:00Z",
            "values": {"kp": "4.666667", "latitude": "60.25"},
            "facts": {"fai nir": found.second_only.facts[0][1], "fai visible": found.second_only.facts[1][1]},
        },
        "both": None,
        "reason": None,
    }
    said = str(found.first_only)
    assert said.startswith("fai-lv1-hdf5-images, 2019-05-01T00:00:00Z, kp 4.666667, latitude -0.0000001 deg, fai nir, ")
    assert str(compare_texts("ap 10..300", "ap 11").both) == "at any time, ap 11"
    narrow = "where latitude > 10.001 AND latitude < 10.002"
    assert str(compare_texts(narrow, narrow).both) == "at any time, latitude 10.0015 deg"
    assert compare_texts("product fai-lv1-hdf5-images", "email a@example.com").second_only.to_dict()["time"] is None


def test_what_is_not_analysed_says_why():
    found = compare_texts('raw "a" 1', 'raw "a" 2')
    assert (found.relation, found.to_dict()["reason"]) == ("not analysed", found.reason)
    assert "raw" in found.reason
    kp = (Constraint("range", "kp", Range(3, 4)),)
    code = (1, *(1, oracle.AND) * (MOST_PARTS - 2))
    assert examine(Logic(code), kp, VOCABULARY, budget=MANY_STEPS).done
    assert not examine(Logic((*code, 1, oracle.AND)), kp, VOCABULARY, budget=MANY_STEPS).done
    assert not examine(Logic((1, 1, oracle.AND)), kp, VOCABULARY, budget=0).done
    for count, large in ((MOST_PARTS, False), (MOST_PARTS + 1, True)):
        found = simplified(Source(f"kp 3; logic {' AND '.join('1' * count)}"), SETTING)
        assert (found.before, "too large" in found.why) == (count, large)
    query = Query((), kp, Logic(code))
    assert compare_queries(query, query, VOCABULARY, budget=0).reason == "it would take too long"


def test_a_solver_counts_what_it_was_given():
    solver = Solver(MANY_STEPS)
    a, b = solver.variable(), solver.variable()
    before = solver.clauses
    assert solver.possible(solver.both(a, b))
    assert not solver.possible(solver.both(b, a), -a)
    # The gate is one, and takes three clauses.
    assert (solver.questions, solver.clauses) == (2, before + 3)


@pytest.mark.parametrize(
    ("field", "values", "value", "wanted"),
    [
        ("kp", Range(4.67, None), "14/3", True),
        ("kp", Range(4.67, None, without_low=True), "14/3", False),
        ("kp", Range(4.66, None, without_low=True), "14/3", True),
        ("kp", Range(None, 4.66), "14/3", False),
        ("kp", Range(4.7, None), "14/3", True),
        ("kp", Range(4.65, None), "14/3", True),
        ("kp", Range(4.68, None), "14/3", False),
        ("ap", Range(None, 3.5), "3", True),
        ("longitude", Range(170, 180), "-180", True),
        ("longitude", Range(170, -170), "180", True),
        ("longitude", Range(170, -170), "0", False),
        ("longitude", Range(190, 200), "-165", True),
        ("longitude", Range(0, 360), "-90", True),
        ("longitude", Range(180, -180), "0", False),
        ("longitude", Range(180, None), "-180", True),
        ("mlt", Range(22, 2), "24", True),
        ("mlt", Range(24, 24), "0", True),
        ("mlt", Range(None, 2), "24", True),
        ("longitude", Range(190, None), "-10", True),
        ("longitude", Range(190, None), "10", False),
    ],
)
def test_the_oracle_reads_ranges_as_the_language_describes_them(field, values, value, wanted):
    assert oracle.admits(Constraint("range", field, values), oracle.Fraction(value)) is wanted
