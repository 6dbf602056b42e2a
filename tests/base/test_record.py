"""Records behave as frozen dataclasses with slots do, and are made once."""

from __future__ import annotations

import copy
import pickle
from dataclasses import MISSING, asdict, fields, is_dataclass, make_dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edexql.base.record import Record
from edexql.language.source import Span

NAMES = [f"field{number}" for number in range(12)]
VALUES = st.integers(0, 2) | st.text(max_size=2) | st.none()


@st.composite
def both_kinds(draw):
    """A record and the dataclass of the same fields, of which the last have defaults; and the number of those."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    defaults = draw(st.lists(VALUES, max_size=len(names)))
    first = len(names) - len(defaults)
    body = {"__annotations__": dict.fromkeys(names, "object"), **dict(zip(names[first:], defaults, strict=True))}
    bare = [(name, "object") for name in names[:first]]
    dataclass = make_dataclass(
        "Made", [*bare, *((n, "object", body[n]) for n in names[first:])], frozen=True, slots=True
    )
    return type(Record)("Made", (Record,), body), dataclass, names


@st.composite
def arguments(draw, names):
    """Arguments, of which most fit."""
    values = draw(st.lists(VALUES, max_size=len(names) + 1))
    keywords = draw(st.lists(st.sampled_from([*names[len(values) :], *names[:1], "other"]), unique=True))
    return values, {name: draw(VALUES) for name in keywords}


@given(st.data())
def test_a_record_is_made_compared_and_shown_as_a_dataclass(data):
    record, dataclass, names = data.draw(both_kinds())
    assert record.__match_args__ == dataclass.__match_args__
    made = []
    for _ in range(2):
        values, keywords = data.draw(arguments(names))
        try:
            wanted = dataclass(*values, **keywords)
        except TypeError:
            with pytest.raises(TypeError):
                record(*values, **keywords)
            continue
        ours = record(*values, **keywords)
        assert repr(ours) == repr(wanted)
        assert [getattr(ours, name) for name in names] == [getattr(wanted, name) for name in names]
        made.append((ours, wanted))
    for ours, wanted in made:
        for other, wanted_other in made:
            assert (ours == other) == (wanted == wanted_other)
            assert ours != wanted_other
        assert len({ours, copy.copy(ours), copy.deepcopy(ours)}) == 1


@given(st.data())
def test_the_functions_of_dataclasses_take_a_record(data):
    record, dataclass, names = data.draw(both_kinds())
    ours, wanted = (kind(**{name: name for name in names}) for kind in (record, dataclass))
    assert is_dataclass(record)
    assert is_dataclass(ours)
    seen, known = ([(f.name, f.type, f.default, f.default_factory) for f in fields(k)] for k in (ours, dataclass))
    assert seen == known
    assert all(factory is MISSING for *_, factory in seen)
    assert asdict(ours) == asdict(wanted)
    changes = data.draw(st.dictionaries(st.sampled_from(names), VALUES))
    assert repr(replace(ours, **changes)) == repr(replace(wanted, **changes))
    assert ours.__replace__(**changes) == replace(ours, **changes)
    for change in (lambda: replace(ours, other=1), lambda: ours.__replace__(other=1)):
        with pytest.raises(TypeError):
            change()


@pytest.mark.parametrize("count", [2, 7, 8, 12])
def test_a_record_of_any_size_takes_each_field_once(count):
    names = NAMES[:count]
    record = type(Record)("Made", (Record,), {"__annotations__": dict.fromkeys(names, "object")})
    values = list(range(count))
    assert record(*values) == record(**dict(zip(names, values, strict=True)))
    for wrong, named in (
        (values, {names[0]: 0}),
        ([*values, 0], {}),
        (values[1:], {}),
        (values[1:], {"other": 0}),
        (values[:-1], {names[0]: 0}),
    ):
        with pytest.raises(TypeError):
            record(*wrong, **named)


def test_nothing_is_assigned_and_nothing_added():
    span = Span(1, 2)
    for name in ("start", "other"):
        with pytest.raises(AttributeError, match=name):
            setattr(span, name, 5)
        with pytest.raises(AttributeError, match=name):
            delattr(span, name)
    assert not hasattr(span, "__dict__")
    assert span == Span(1, 2)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_record_is_pickled(protocol):
    span = Span(1, 2)
    again = pickle.loads(pickle.dumps(span, protocol))
    assert again == span
    assert type(again) is Span


def test_a_record_matches_by_place():
    match Span(1, 2):
        case Span(start, end):
            assert (start, end) == (1, 2)


def test_a_record_is_an_ordinary_class_that_is_made_once():
    made = []

    class Watched:
        def __set_name__(self, owner, name):
            made.append(owner)

    class Value(Record):
        """A record with something that is told of its class."""

        number: int
        watched = Watched()

    assert made == [Value]
    assert type(Value) is type
    assert Value.__bases__ == (object,)
    assert Value.__module__ == __name__
    assert Value.__qualname__.endswith("Value")


def test_a_record_has_no_other_base():
    class Other:
        pass

    with pytest.raises(TypeError, match="no other base"):

        class Value(Record, Other):
            number: int
