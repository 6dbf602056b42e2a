"""The algebra of sets of times, compared with Python's own sets of seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogues import all_of
from edexql.catalogue import intervals, three_valued
from edexql.catalogue.intervals import ALWAYS, BEGINNING, END, NEVER, Intervals, intersection, of, of_spans, union
from edexql.catalogue.three_valued import NOBODY_KNOWS, Truth, any_of, known, logged

if TYPE_CHECKING:
    from collections.abc import Iterable

# The seconds that are looked at; what reaches beyond on both sides is open there.
WORLD = range(-3, 30)
EVERYTHING = frozenset(WORLD)
FIRST, LAST = WORLD[0], WORLD[-1]


def seconds(times: Intervals) -> frozenset[int]:
    """Those of the world, looked for in each interval."""
    return frozenset(second for start, end in times for second in range(max(start, FIRST), min(end, LAST + 1)))


def canonical(times: Intervals) -> Intervals:
    """Itself, if its intervals are in order, not empty, and apart."""
    assert times.starts.dtype == times.ends.dtype == np.int64
    assert times.starts.shape == times.ends.shape == (len(times),)
    assert np.all(times.starts < times.ends)
    assert np.all(times.ends[:-1] < times.starts[1:])
    if len(times):
        assert times.starts[0] >= BEGINNING
        assert times.ends[-1] <= END
    return times


def made(members: Iterable[int], *, before: bool = False, after: bool = False) -> Intervals:
    """The set of some seconds of the world, with all times before it and after it, or without."""
    spans = [(second, second + 1) for second in members]
    spans += [(BEGINNING, FIRST)] * before + [(LAST + 1, END)] * after
    return of(spans)


SPANS = st.lists(st.tuples(st.integers(0, 26), st.integers(-2, 12)).map(lambda pair: (pair[0], sum(pair))), max_size=12)
SETS = st.builds(made, st.frozensets(st.sampled_from(WORLD)), before=st.booleans(), after=st.booleans())
BOUNDS = st.integers(FIRST, LAST)


@given(SPANS)
def test_a_set_of_spans_has_their_seconds(spans: list[tuple[int, int]]) -> None:
    expected = frozenset(second for start, end in spans for second in range(start, end))
    for found in (of(spans), of(iter(reversed(spans))), of_spans(*zip(*spans, strict=True)) if spans else of(())):
        assert seconds(canonical(found)) == expected & EVERYTHING
        assert found.seconds == len(expected)
    real = [(start, end) for start, end in spans if start < end]
    edges = [
        [np.array(part, np.int64) for part in (side[::2], side[1::2])]
        for side in ([a for a, _ in real], [b for _, b in real])
    ]
    assert intervals.of_edges(*edges) == of(spans)


@given(SETS, SETS)
def test_two_sets_are_joined_as_sets_of_seconds_are(a: Intervals, b: Intervals) -> None:
    assert seconds(canonical(a & b)) == seconds(a) & seconds(b)
    assert seconds(canonical(a | b)) == seconds(a) | seconds(b)
    assert seconds(canonical(a - b)) == seconds(a) - seconds(b)
    assert seconds(canonical(~a)) == EVERYTHING - seconds(a)


@given(st.lists(SETS, max_size=5))
def test_many_sets_are_joined_at_once(sets: list[Intervals]) -> None:
    each = [seconds(times) for times in sets]
    assert seconds(canonical(intersection(sets))) == EVERYTHING.intersection(*each)
    assert seconds(canonical(union(sets))) == frozenset().union(*each)


@given(st.integers(10, 60), st.randoms(use_true_random=False))
def test_few_intervals_with_many_are_as_many_with_many(count: int, rng: object) -> None:
    # Few are looked up one by one, and many are sorted: both ways have to agree.
    many = of([(10 * place, 10 * place + rng.randint(1, 9)) for place in range(count)])
    few = of([(start, start + rng.randint(1, 80)) for start in rng.sample(range(10 * count), 3)])
    members = {second for start, end in many for second in range(start, end)}
    wanted = {second for start, end in few for second in range(start, end)}
    both = canonical(few & many)
    assert {second for start, end in both for second in range(start, end)} == members & wanted
    assert both == many & few == intersection([few, many, ALWAYS])


@given(SETS, SETS, SETS)
def test_the_laws_of_sets_hold(a: Intervals, b: Intervals, c: Intervals) -> None:
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b
    assert ~~a == a
    assert a & b == b & a
    assert a | b == b | a
    assert a & (b & c) == (a & b) & c == intersection([a, b, c])
    assert a | (b | c) == (a | b) | c == union([a, b, c])
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)
    assert a & a == a | a == a
    assert a & (a | b) == a | (a & b) == a
    assert a - b == a & ~b
    assert (a - b) | (a & b) == a
    assert a.seconds + (~a).seconds == END - BEGINNING
    assert a & ~a == a - a == NEVER
    assert a | ~a == ALWAYS
    assert a & ALWAYS == a | NEVER == a
    assert a & NEVER == NEVER
    assert a | ALWAYS == ALWAYS
    assert a.seconds + b.seconds == (a | b).seconds + (a & b).seconds


@given(SETS, BOUNDS, st.integers(1, 40))
def test_a_part_is_what_lies_in_it(a: Intervals, start: int, length: int) -> None:
    found = a.within(start, start + length)
    assert seconds(canonical(found)) == seconds(a) & frozenset(range(start, start + length))
    assert found == a & of([(start, start + length)])


@given(SETS, st.lists(st.tuples(BOUNDS, BOUNDS), max_size=30), st.booleans())
def test_spans_have_seconds_of_a_set_or_none(a: Intervals, spans: list[tuple[int, int]], ordered: bool) -> None:  # noqa: FBT001
    if ordered:
        spans.sort()
    starts, ends = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    expected = [len(seconds(a) & frozenset(range(start, end))) for start, end in spans]
    assert a.meets(starts, ends).tolist() == [count > 0 for count in expected]
    forward = np.maximum(starts, ends)
    counted = [len(seconds(a) & frozenset(range(start, end))) for start, end in zip(starts, forward, strict=True)]
    assert a.covered(starts, forward).tolist() == counted


@pytest.mark.parametrize("ordered", [True, False])
def test_every_span_with_every_set_of_a_few_seconds(ordered: bool) -> None:  # noqa: FBT001
    spans = [(start, end) for start in range(-1, 8) for end in range(start, 9)]
    if not ordered:
        spans.reverse()
    starts, ends = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    for number in range(2**7):
        members = {second for second in range(7) if number >> second & 1}
        one = made(members)
        expected = [len(members & set(range(start, end))) for start, end in spans]
        assert one.covered(starts, ends).tolist() == expected
        assert one.meets(starts, ends).tolist() == [count > 0 for count in expected]
        # As many spans as intervals, or fewer, go another way.
        for begin in range(0, len(spans), 2):
            part = slice(begin, begin + 2)
            assert one.meets(starts[part], ends[part]).tolist() == [count > 0 for count in expected[part]]


@given(SETS)
def test_a_set_can_be_gone_through(a: Intervals) -> None:
    assert len(list(a)) == len(a)
    assert of(a) == a
    assert list(a.first(2)) == list(a)[:2]
    assert len(repr(a)) < 300
    assert a != object()


@given(SPANS, st.integers(-(2**40), 2**40), st.sampled_from([1, 7, 86400, 2**20]))
def test_scale_and_place_make_no_difference(spans: list[tuple[int, int]], shift: int, scale: int) -> None:
    def moved(times: Intervals) -> Intervals:
        starts, ends = times.starts, times.ends
        return Intervals(
            np.where(starts == BEGINNING, starts, starts * scale + shift),
            np.where(ends == END, ends, ends * scale + shift),
        )

    a, b = of(spans[::2]), of(spans[1::2])
    for one, other in ((a, b), (~a, b), (a, ~b), (~a, ~b)):
        assert moved(one) & moved(other) == moved(one & other)
        assert moved(one) | moved(other) == moved(one | other)
        assert moved(one) - moved(other) == moved(one - other)
        assert ~moved(one) == moved(~one)


@pytest.mark.parametrize("edge", [BEGINNING, END - 40])
@given(SETS, SETS)
def test_the_ends_of_time_are_times_like_others(edge: int, a: Intervals, b: Intervals) -> None:
    shift = edge - FIRST
    one, other = (Intervals(*(np.clip(side, FIRST, LAST + 1) + shift for side in (s.starts, s.ends))) for s in (a, b))
    one, other = of(one), of(other)
    members = [frozenset(second + shift for second in seconds(times)) for times in (a, b)]

    def here(times: Intervals) -> frozenset[int]:
        part = times.within(edge, edge + len(WORLD))
        return frozenset(second for start, end in part for second in range(start, end))

    assert here(canonical(one & other)) == members[0] & members[1]
    assert here(canonical(one | other)) == members[0] | members[1]
    assert here(canonical(~one)) == frozenset(range(edge, edge + len(WORLD))) - members[0]
    assert ~~one == one
    assert one.seconds == len(members[0])


def test_all_times_and_none() -> None:
    assert ~ALWAYS == NEVER
    assert ~NEVER == ALWAYS
    assert list(ALWAYS) == [(BEGINNING, END)]
    assert ALWAYS.seconds == END - BEGINNING == 2**63
    assert (NEVER.seconds, len(NEVER), list(NEVER)) == (0, 0, [])
    nothing = np.empty(0, np.int64)
    assert ALWAYS.meets(nothing, nothing).tolist() == NEVER.covered(nothing, nothing).tolist() == []


# Three answers


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    yes = draw(SETS)
    return known(yes) if draw(st.booleans()) else Truth(yes, yes | draw(SETS))


def state(answer: Truth, second: int) -> int:
    """0 for no, 1 for no information, 2 for yes."""
    return (second in seconds(answer.yes)) + (second in seconds(answer.may))


@given(st.lists(truths(), min_size=1, max_size=4), SETS)
def test_answers_are_joined_by_the_tables_of_kleene(answers: list[Truth], window: Intervals) -> None:
    both, either, inverse, part = all_of(answers), any_of(answers), ~answers[0], answers[0].within(window)
    for answer in (both, either, inverse, part):
        assert answer.yes - answer.may == NEVER
        canonical(answer.yes)
        canonical(answer.may)
        canonical(answer.unknown)
    for second in WORLD:
        states = [state(answer, second) for answer in answers]
        assert state(both, second) == min(states)
        assert state(either, second) == max(states)
        assert state(inverse, second) == 2 - states[0]
        assert state(part, second) == (states[0] if second in seconds(window) else 0)
        assert (second in seconds(answers[0].unknown)) == (states[0] == 1)


@given(SETS, SETS)
def test_a_log_tells_no_only_where_it_tells_everything(yes: Intervals, covered: Intervals) -> None:
    answer = logged(yes, covered)
    assert answer.yes == yes
    assert answer.unknown == ~(yes | covered)
    assert (~answer).yes == covered - yes


def test_what_nobody_knows() -> None:
    assert ~NOBODY_KNOWS == NOBODY_KNOWS
    assert NOBODY_KNOWS.unknown == ALWAYS
    assert all_of([NOBODY_KNOWS, known(NEVER)]) == known(NEVER)
    assert three_valued.any_of([NOBODY_KNOWS, known(ALWAYS)]) == known(ALWAYS)
