"""What queries mean on a catalogue, worked out one second at a time from plain numbers.

Nothing here asks edexql: a `Day` holds facts, as readers give them, and this page has its own rules for what
they mean. The state of a second is a byte, such that Kleene's AND is `&` and his OR is `|`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edexql.model.query import Constraint, Query
    from edexql.model.range import Range

NO, UNKNOWN, YES = 0, 1, 3
NOT_TABLE = bytes.maketrans(bytes([NO, UNKNOWN, YES]), bytes([YES, UNKNOWN, NO]))
AND, OR, NOT = -2, -3, -1
# How far beyond a day its two far seconds lie: one before, one after everything.
FAR = 3_000_000_000

QUANTA = {
    "kp": 3, "ap": 1, "latitude": 100, "longitude": 100, "altitude": 10, "mlt": 1000, "yaw": 100, "roll": 100,
    "attitude-accuracy": 1, "imf-by": 100, "magnetic-latitude": 100, "dipole-latitude": 100,
}  # fmt: skip
CIRCLES = {"longitude": (-180, 360), "yaw": (-180, 360), "roll": (-180, 360), "mlt": (0, 24)}
# The fields that stand in where the first has no value.
STAND_INS = {"magnetic-latitude": ("dipole-latitude",)}


@dataclass(frozen=True)
class Sampled:
    """Values of fields, one every `holds` seconds from each of `times` on; None is no value."""

    series: str
    times: Sequence[int]
    holds: int
    columns: dict[str, Sequence[float | None]]
    linear: bool = False
    rank: str = ""


@dataclass(frozen=True)
class Held:
    """Times `[start, end)` at which a word of a key held."""

    key: str
    word: str
    spans: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Told:
    """A stretch of which a log says everything about a word, or about all words of a key."""

    key: str
    word: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Product:
    """A file; `last` is its last second, None for both where its name has no times."""

    name: str
    product: str | None
    instrument: str | None
    stem: str
    version: tuple[int, ...]
    first: int | None
    last: int | None
    size: int = 1000

    def seconds(self) -> range:
        return range(0) if self.first is None or self.last is None else range(self.first, self.last + 1)


@dataclass
class Day:
    """Facts of a stretch `[start, end)`, in the order in which a catalogue is told them."""

    name: str
    start: int
    end: int
    facts: list[Sampled | Held | Told | Product]
    _states: dict[Any, bytes] = field(default_factory=dict)
    _columns: dict[str, list[int | None]] = field(default_factory=dict)
    _covered: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    @cached_property
    def seconds(self) -> list[int]:
        """The seconds that are looked at, the two far ones last."""
        return [*range(self.start, self.end), self.start - FAR, self.end + FAR]

    def of(self, kind: type) -> Iterator[Any]:
        return (fact for fact in self.facts if isinstance(fact, kind))

    # Values

    def column(self, name: str) -> list[int | None]:
        """The value of a field at each second, in whole quanta: that of the first series, and field, that has one."""
        if name not in self._columns:
            found: list[int | None] = [None] * len(self.seconds)
            for one in (name, *STAND_INS.get(name, ())):
                # The ephemeris, then values that hold for the shorter time, then by name.
                series_of = {(s.series != "ephemeris", s.holds, s.series) for s in self.of(Sampled)}
                for _, _, series in sorted(series_of):
                    for second, value in self._of_series(series, one).items():
                        place = second - self.start
                        if 0 <= place < self.end - self.start and found[place] is None:
                            found[place] = value
            self._columns[name] = found
        return self._columns[name]

    def _of_series(self, series: str, name: str) -> dict[int, int]:
        """Second by second, the values of a field in a series."""
        best: dict[int, str] = {}
        samples: dict[int, int] = {}
        holds, linear = 1, False
        for fact in self.of(Sampled):
            if fact.series != series:
                continue
            holds, linear = fact.holds, fact.linear
            values = fact.columns.get(name, [None] * len(fact.times))
            for time, value in zip(fact.times, values, strict=True):
                if best.get(time, "") > fact.rank:
                    continue
                best[time] = fact.rank
                if value is not None:
                    samples[time] = nearest(name, value)
        if linear:
            return dict(_lines(samples, holds, name))
        return {second: value for time, value in samples.items() for second in range(time, time + holds)}

    # Constraints

    def state(self, constraint: Constraint) -> bytes:
        """The state of a constraint at each second."""
        key = (constraint.kind, constraint.key, str(constraint.value), repr(constraint.value))
        if key not in self._states:
            self._states[key] = bytes(self._state(constraint))
        return self._states[key]

    def _state(self, constraint: Constraint) -> Iterable[int]:
        value: Any = constraint.value
        if constraint.kind == "date":
            first = self.start - 2 * FAR if value.start is None else value.start
            end = self.end + 2 * FAR if value.end is None else value.end
            return (YES if first <= second < end else NO for second in self.seconds)
        if constraint.kind == "word":
            return self._log(constraint.key, value)
        if constraint.kind == "experiment":
            return self._log("experiment", f"{value.group} > {value.name}")
        if constraint.kind == "range":
            column = self.column(constraint.key)
            has = admits(value, constraint.key)
            table = {one: UNKNOWN if one is None else YES if has(one) else NO for one in set(column)}
            return map(table.__getitem__, column)
        return bytes([UNKNOWN]) * len(self.seconds)

    def _log(self, key: str, word: str) -> Iterable[int]:
        yes: set[int] = set()
        told: set[int] = set()
        for fact in self.facts:
            if isinstance(fact, Held) and (fact.key, fact.word) == (key, word):
                yes.update(*(range(a, b) for a, b in fact.spans))
            elif isinstance(fact, Told) and fact.key == key and fact.word in (None, word):
                told.update(range(fact.start, fact.end))
            elif isinstance(fact, Product) and word == "has-data" and fact.instrument == key:
                yes.update(fact.seconds())
        return (YES if second in yes else NO if second in told else UNKNOWN for second in self.seconds)

    def answer(self, query: Query) -> bytes:
        """The state of a query at each second."""
        code = logic_of(query)
        if code is None:
            return bytes([YES]) * len(self.seconds)
        return joined(code, lambda number: self.state(query.constraints[number - 1]))

    # Files

    def newest(self, products: Sequence[str]) -> list[Product]:
        """The files that come into question, of each only the newest version."""
        found: dict[tuple[str, str], Product] = {}
        for one in self.of(Product):
            if one.product is not None and (not products or one.product in products):
                there = found.get((one.product, one.stem))
                if there is None or one.version > there.version:
                    found[one.product, one.stem] = one
        return list(found.values())

    def covered(self, products: Sequence[str]) -> bytes:
        """YES at the seconds of any version of a file of the products."""
        key = tuple(sorted(products))
        if key not in self._covered:
            marks = bytearray(len(self.seconds))
            for one in self.of(Product):
                if one.product is not None and (not products or one.product in products):
                    for second in one.seconds():
                        marks[second - self.start] = YES
            self._covered[key] = bytes(marks)
        return self._covered[key]

    def part(self, states: bytes, one: Product) -> bytes:
        """The states of the seconds of a file."""
        seconds = one.seconds()
        return states[seconds.start - self.start : seconds.stop - self.start] if seconds else b""

    def files(self, query: Query) -> tuple[dict[str, int], set[str]]:
        """The files that meet a query, with their seconds that do; and those of which it cannot be told."""
        states = self.answer(query)
        matched: dict[str, int] = {}
        unknown: set[str] = set()
        for one in self.newest(query.products):
            here = self.part(states, one)
            if one.first is None and query.constraints:
                unknown.add(one.name)
            elif one.first is None or YES in here:
                matched[one.name] = here.count(YES)
            elif UNKNOWN in here:
                unknown.add(one.name)
        return matched, unknown


def nearest(name: str, value: float) -> int:
    """A value as the nearest whole number of quanta, on a circle that of its first turn."""
    over, under = value.as_integer_ratio()
    whole = (2 * over * QUANTA[name] + under) // (2 * under)
    if name in CIRCLES:
        low, turn = (bound * QUANTA[name] for bound in CIRCLES[name])
        whole = (whole - low) % turn + low
    return whole


def _lines(samples: dict[int, int], holds: int, name: str) -> Iterator[tuple[int, int]]:
    """The values of straight lines from each sample to the next one that comes at once."""
    for time, here in samples.items():
        there = samples.get(time + holds)
        yield time, here
        if there is None:
            continue
        step = there - here
        if name in CIRCLES:
            turn = CIRCLES[name][1] * QUANTA[name]
            step = min((step - turn, step, step + turn), key=abs)
        for second in range(1, holds):
            whole = (2 * (here * holds + step * second) + holds) // (2 * holds)
            if name in CIRCLES:
                low = CIRCLES[name][0] * QUANTA[name]
                whole = (whole - low) % turn + low
            yield time + second, whole


def admits(values: Range, name: str) -> Callable[[int], bool]:
    """Whether a range has a value in quanta; bounds are the decimal numbers that they are written as."""
    bounds = [None if bound is None else _bound(name, bound) for bound in (values.low, values.high)]
    # All in whole numbers of a unit that divides everything.
    unit = lcm(QUANTA[name], *(bound.denominator for bound in bounds if bound is not None))
    low, high = (None if bound is None else int(bound * unit) for bound in bounds)
    size = unit // QUANTA[name]
    turn = 0
    if name in CIRCLES:
        # An open side goes on to the end of the circle, 0..360 for longitudes beyond 180.
        first, turn = (bound * unit for bound in CIRCLES[name])
        begin = {None: first}
        for bound in {low, high} - {None}:
            counted = [start for start in (first, 0, -turn // 2) if start <= bound <= start + turn]
            begin[bound] = counted[0] if counted else first + (bound - first) // turn * turn
        low, high = (begin[high] if low is None else low), (begin[low] + turn if high is None else high)
        # Once round without its two ends, which are one place, is without that place.
        if high - low > turn or (high - low == turn and not (values.without_low and values.without_high)):
            return lambda kept: True
        if high < low:
            high += turn * -((high - low) // turn)

    def admitted(kept: int) -> bool:
        value = kept * size
        if turn:
            value += turn * -((value - low) // turn)
        if low is not None and (value < low or (values.without_low and value == low)):
            return False
        return high is None or value < high or (value == high and not values.without_high)

    return admitted


def _bound(name: str, bound: float) -> Fraction:
    exact = Fraction(str(bound))
    if name == "kp":
        third = Fraction(round(exact * 3), 3)
        _, _, decimals = str(bound).partition(".")
        return third if abs(exact - third) <= Fraction(1, 2 * 10 ** len(decimals)) else exact
    return exact


def logic_of(query: Query) -> Sequence[int] | None:
    """The logic in postfix order: as written, or values of one key as alternatives, and all keys at once."""
    if query.logic is not None:
        return query.logic.code
    keys: dict[str, list[int]] = {}
    for number, constraint in enumerate(query.constraints, 1):
        keys.setdefault(constraint.key, []).append(number)
    code: list[int] = []
    for count, numbers in enumerate(keys.values()):
        code += [numbers[0], *(part for number in numbers[1:] for part in (number, OR)), *([AND] if count else [])]
    return code or None


def joined(code: Sequence[int], leaf: Callable[[int], bytes]) -> bytes:
    """The states of a logic in postfix order, given those of its operands."""
    stack: list[bytes] = []
    for part in code:
        if part > 0:
            stack.append(leaf(part))
        elif part == NOT:
            stack.append(stack.pop().translate(NOT_TABLE))
        else:
            right = stack.pop()
            stack[-1] = both(stack[-1], right) if part == AND else either(stack[-1], right)
    (result,) = stack
    return result


def both(one: bytes, other: bytes) -> bytes:
    """The bytes of two rows joined by `&`."""
    return (int.from_bytes(one, "little") & int.from_bytes(other, "little")).to_bytes(len(one), "little")


def either(one: bytes, other: bytes) -> bytes:
    """The bytes of two rows joined by `|`."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")
