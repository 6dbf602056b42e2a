"""Ranges of periodic fields: what is sent, evaluated and analysed is what counting hundredths says."""

from hypothesis import example, given
from hypothesis import strategies as st

from edexql.catalogue.quanta import pieces, quanta
from edexql.compiler.solver.axes import admitted, axis_of
from edexql.model.number import exact
from edexql.model.query import Constraint
from edexql.model.range import Range, complement, intervals
from edexql.model.vocabulary import snapshot

VOCABULARY = snapshot()
FIELDS = [VOCABULARY.field(name) for name in ("longitude", "mlt", "yaw")]


@st.composite
def ranges(draw):
    """A field and a range of it: its bounds are numbers of two decimals up to a turn outside of the field's."""
    field = draw(st.sampled_from(FIELDS))
    low, high = int(field.low * 100), int(field.high * 100)
    turn = high - low
    bounds = st.integers(low - turn, high + turn)
    start = draw(bounds)
    end = draw(bounds | st.sampled_from([start - turn, start, start + turn]))
    return field, Range(start / 100, end / 100, draw(st.booleans()), draw(st.booleans()))


def holds(values: Range, field, hundredth: int) -> bool:
    """Whether a range has a value, counted out on whole hundredths, of which every turn is tried."""
    start, end, turn = round(values.low * 100), round(values.high * 100), round(field.period * 100)
    while end < start:
        end += turn
    start, end = start + values.without_low, end - values.without_high
    return any(start <= hundredth + k * turn <= end for k in range(-6, 7))


def probes(values: Range, field):
    turn = round(field.period * 100)
    first = round(field.low * 100)
    near = {round(bound * 100) + d for bound in (values.low, values.high, field.low) for d in (-1, 0, 1, turn // 2)}
    return sorted({(place - first) % turn + first for place in near})


@given(ranges())
@example((FIELDS[1], Range(8.05, 32.05)))
@example((FIELDS[1], Range(1.13, 25.13, without_high=True)))
@example((FIELDS[0], Range(100, 180, without_high=True)))
@example((FIELDS[0], Range(10, 370, without_low=True, without_high=True)))
def test_what_is_evaluated_is_counted_out(of):
    field, values = of
    size = quanta(field.name) // 100
    found = pieces(values, field)
    for place in probes(values, field):
        inside = any(
            (piece.low is None or piece.low <= place * size) and (piece.high is None or place * size <= piece.high)
            for piece in found
        )
        assert inside == holds(values, field, place)


@given(ranges())
@example((FIELDS[1], Range(8.05, 32.05)))
@example((FIELDS[0], Range(100, 180, without_high=True)))
@example((FIELDS[0], Range(10, 370, without_low=True, without_high=True)))
def test_what_is_analysed_is_counted_out(of):
    field, values = of
    constraint = Constraint("range", field.name, values)
    stretches = admitted(constraint, axis_of(constraint, VOCABULARY)).stretches
    first = round(field.low * 100)
    for place in probes(values, field):
        for value in {exact(place) / 100, *([exact(field.high)] if place == first else [])}:
            inside = any(
                (low is None or low <= (value, 0)) and (high is None or (value, 1) <= high) for low, high in stretches
            )
            assert inside == holds(values, field, place), value


@given(ranges())
@example((FIELDS[1], Range(8.05, 32.05)))
@example((FIELDS[1], Range(0.29, 24.29)))
def test_what_is_sent_holds_every_value_and_no_needless_one(of):
    field, values = of
    sent = intervals(values, field)
    turn, first = round(field.period * 100), round(field.low * 100)
    closed = Range(values.low, values.high)
    for place in probes(values, field):
        inside = any(low * 100 - 1e-6 <= p <= high * 100 + 1e-6 for low, high in sent for p in (place, place + turn))
        if place == first:
            inside = inside or any(high == field.high for _, high in sent)
        assert inside == holds(closed, field, place)
    assert all(field.low <= low <= high <= field.high for low, high in sent)
    assert all(round(bound, 2) == bound for pair in sent for bound in pair)


@given(ranges())
@example((FIELDS[1], Range(8.05, 32.05)))
@example((FIELDS[0], Range(10, 370, without_low=True, without_high=True)))
def test_what_is_outside_is_counted_out(of):
    field, values = of
    outside = complement(values, field)
    for place in probes(values, field):
        inside = any(holds(part, field, place) for part in outside)
        if values.high <= values.low and round((values.low - values.high) * 100) % round(field.period * 100) == 0:
            # The circle without one point is taken as the whole circle.
            assert inside
        else:
            assert inside != holds(values, field, place)
