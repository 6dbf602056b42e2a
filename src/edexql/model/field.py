"""A field and every fact about it: names, unit, bounds, circle, steps, and how finely a catalogue keeps it."""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction
    from typing import Any

    from edexql.model.number import Number

# Of fields that the package does not know, a catalogue keeps thousandths of the unit.
OTHER_QUANTA = 1000


class Entry(Record):
    """A word of the vocabulary and its spelling on the wire."""

    name: str
    wire: str
    title: str
    confirmed: bool
    source: str


class Field(Record):
    """A geophysical or spacecraft field. Bounds are in `unit`; `period` is the length of its circle.

    `shape` is how a value stands on the wire: pair `[low, high]`, object `{"min": low, "max": high}`,
    or word. `units` maps other units to the factor that makes `unit` of them. `low` and `high` are
    bounds that no sample exceeds. `step` is the distance of the values of a coarse index.

    `quanta` is how many of the whole steps in which a catalogue keeps the field make one unit; `wide` says that
    they need 32 bits. `spoken` is what people call the field, where that is not its title. Where the field has no
    value of its own in a catalogue, the first of `substitutes` that has one gives it. `example` has the ends of a
    range that someone might ask for. `cadence` is how many seconds each value of an index holds, where that is the
    same in all sources.
    """

    name: str
    wire: str
    title: str
    confirmed: bool
    source: str
    tab: str
    shape: str
    unit: str | None = None
    units: tuple[tuple[str, float], ...] = ()
    low: Number | None = None
    high: Number | None = None
    period: Number | None = None
    integer: bool = False
    step: Fraction | None = None
    values: tuple[Entry, ...] = ()
    quanta: int = OTHER_QUANTA
    wide: bool = False
    spoken: str | None = None
    substitutes: tuple[str, ...] = ()
    example: tuple[Number, Number] | None = None
    cadence: int | None = None


def entry_of(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["name"],
        data.get("wire", data["name"]),
        data.get("title", ""),
        bool(data.get("confirmed", False)),
        data.get("source", ""),
    )


def field_of(data: Mapping[str, Any]) -> Field:
    entry = entry_of(data)
    return Field(
        entry.name,
        entry.wire,
        entry.title,
        entry.confirmed,
        entry.source,
        data["tab"],
        data["shape"],
        data.get("unit"),
        tuple(data.get("units", {}).items()),
        data.get("low"),
        data.get("high"),
        data.get("period"),
        bool(data.get("integer", False)),
        distance(data["step"]) if data.get("step") else None,
        tuple(entry_of(value) for value in data.get("values", ())),
        _in_a_unit(data["quantum"]) if "quantum" in data else OTHER_QUANTA,
        bool(data.get("wide", False)),
        data.get("spoken"),
        tuple(data.get("substitutes", ())),
        tuple(data["example"]) if "example" in data else None,
        data.get("cadence"),
    )


def distance(written: float | str) -> Fraction:
    """The distance of neighbouring values, from a number or a text such as `1/3`; 0.3333 is a third, too."""
    from fractions import Fraction

    exact = Fraction(str(written))
    whole = Fraction(1, max(1, round(1 / exact)))
    return whole if whole.denominator % 3 == 0 and abs(exact - whole) <= whole / 100 else exact


def _in_a_unit(quantum: float | str) -> int:
    """How many quanta make one unit: of 0.01 it is 100, of `1/3` it is 3."""
    return round(1 / quantum) if not isinstance(quantum, str) else int(quantum.partition("/")[2])
