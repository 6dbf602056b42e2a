"""What can be true of a query, by trying every combination of values: nothing here asks `compiler.analysis`.

What a set of constraints can come to is a list of worlds, each of which says of every constraint whether it holds. A
logic is then an integer with one bit for each world.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING

from edexql.model.logic import Logic
from edexql.model.period import Period
from edexql.model.query import Constraint, Json, Query, Tag
from edexql.model.range import Range

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterator, Sequence

    from edexql.compiler.solver.witness import Moment

NOT, AND, OR = -1, -2, -3


@dataclass(frozen=True)
class Line:
    """An axis as its users know it, and the bounds that generated constraints give it."""

    low: int | None
    high: int | None
    bounds: tuple[float, ...]
    period: int | None = None
    whole: bool = False
    thirds: bool = False
    beyond: tuple[float, ...] = ()


LINES = {
    "kp": Line(0, 9, (0, 2, 4.65, 4.66, 4.67, 4.6667, 4.99, 5, 9), thirds=True),
    "ap": Line(0, 400, (0, 3, 3.5, 4, 10, 400), whole=True),
    "latitude": Line(-90, 90, (-90, 0, 60, 60.5, 90)),
    "longitude": Line(-180, 180, (-180, -90, 0, 90, 170.5, 180), period=360, beyond=(-190, 190, 270)),
    "mlt": Line(0, 24, (0, 6, 12, 22.5, 24), period=24, beyond=(-2, 25, 30)),
    # Made up: fields without bounds, and a circle that does not begin at nought or opposite to it.
    "depth": Line(None, None, (-1, 0, 0.001, 0.5, 1)),
    "phase": Line(-1, 5, (-1, 0, 2, 4.5, 5), period=6, beyond=(-2, 7)),
    "count": Line(None, None, (-1, 0, 1.5, 2), whole=True),
}
# The first second of the year 1 and the last of 9999: no other can be written.
FIRST, LAST = -62135596800, 253402300799
TIMES = (0, 10, 11, 20, FIRST, LAST + 1)
OPAQUE = (
    Constraint("word", "fai", "has-data"),
    Constraint("word", "fai", "has-no-data"),
    Constraint("word", "mode", "slew"),
    Constraint("experiment", "experiment", Tag("rri", "artificial-heating")),
    Constraint("raw", "k", Json("[0,1]")),
)
PRODUCTS = ("fai", "mgf", "rri")
# A product that no query here names.
UNNAMED = "another"

# Constraints


def axis_of(constraint: Constraint) -> str | None:
    """The axis of a constraint; None where it only holds or does not."""
    if isinstance(constraint.value, Period):
        return "date"
    return constraint.key if isinstance(constraint.value, Range) else None


def admits(constraint: Constraint, value: Fraction) -> bool:
    """Whether a constraint admits a value of its axis."""
    wanted = constraint.value
    if isinstance(wanted, Period):
        return (wanted.start is None or wanted.start <= value) and (wanted.end is None or value < wanted.end)
    assert isinstance(wanted, Range)
    line = LINES[constraint.key]
    low, high = _meant(wanted.low, line), _meant(wanted.high, line)
    if line.period is None:
        return _between(value, low, high, wanted)
    if low is None or high is None:
        # An open side goes on to the end of the circle.
        start = _turn(high if low is None else low, line)
        low, high = (start if low is None else low), (start + line.period if high is None else high)
    while high < low:
        high += line.period
    return any(_between(value + turn * line.period, low, high, wanted) for turn in range(-4, 5))


def _turn(bound: Fraction | None, line: Line) -> Fraction:
    """Where the circle begins in which a bound is counted: the field's own, one from 0 on, or one about 0."""
    assert line.low is not None
    assert line.period is not None
    low = Fraction(line.low)
    counted = (low, Fraction(0), Fraction(-line.period, 2))
    first = [start for start in counted if bound is None or start <= bound <= start + line.period]
    return first[0] if first else low + (bound - low) // line.period * line.period  # type: ignore[operator]


def _between(value: Fraction, low: Fraction | None, high: Fraction | None, wanted: Range) -> bool:
    above = low is None or (low < value if wanted.without_low else low <= value)
    below = high is None or (value < high if wanted.without_high else value <= high)
    return above and below


def _meant(bound: float | None, line: Line) -> Fraction | None:
    if bound is None:
        return None
    value = Fraction(str(bound))
    if line.thirds:
        half = Fraction(1, 2 * 10 ** len(str(bound).partition(".")[2]))
        near = [Fraction(step, 3) for step in range(28) if abs(value - Fraction(step, 3)) <= min(half, Fraction(1, 18))]
        value = near[0] if near else value
    return value


def samples(axis: str, constraints: Sequence[Constraint]) -> list[Fraction]:
    """Values of an axis such that every other one is like one of them to all of these constraints."""
    if axis == "date":
        times = [t for one in constraints for t in (one.value.start, one.value.end) if t is not None]
        values = {Fraction(time + step) for time in [FIRST, LAST, *times] for step in (-1, 0, 1)}
        return sorted(value for value in values if is_value(axis, value))
    line = LINES[axis]
    values = {Fraction(end) for end in (line.low, line.high) if end is not None} or {Fraction(0)}
    for one in constraints:
        for bound in (one.value.low, one.value.high):
            meant = _meant(bound, line)
            if meant is not None:
                turns = (-2, -1, 0, 1, 2) if line.period else (0,)
                values.update(meant + turn * (line.period or 0) for turn in turns)
    if line.period:
        values |= {Fraction(n * line.period, 2) for n in range(-4, 5)}
    if line.whole:
        values = {Fraction(near) for value in values for near in range(floor(value) - 1, ceil(value) + 2)}
    else:
        ordered = sorted(values)
        values.update((a + b) / 2 for a, b in itertools.pairwise(ordered))
        values |= {ordered[0] - 1, ordered[-1] + 1}
    return sorted(value for value in values if is_value(axis, value))


def is_value(axis: str, value: Fraction) -> bool:
    """Whether there is such a value on an axis."""
    if axis == "date":
        return value.denominator == 1 and FIRST <= value <= LAST
    line = LINES[axis]
    inside = (line.low is None or line.low <= value) and (line.high is None or value <= line.high)
    return inside and (value.denominator == 1 or not line.whole)


@cache
def _of_axis(axis: str, constraints: tuple[Constraint, ...]) -> frozenset[tuple[bool, ...]]:
    return frozenset(tuple(admits(one, value) for one in constraints) for value in samples(axis, constraints))


def plain(constraint: Constraint) -> Constraint:
    """A constraint without its label."""
    return Constraint(constraint.kind, constraint.key, constraint.value)


class Worlds:
    """All that some constraints can come to. `holds` has the worlds in which each of them holds."""

    def __init__(self, constraints: Sequence[Constraint]) -> None:
        groups: dict[str, dict[Constraint, None]] = {}
        for one in map(plain, constraints):
            groups.setdefault(axis_of(one) or repr(one), {})[one] = None
        choices = []
        for axis, group in groups.items():
            listed = tuple(group)
            ways = _of_axis(axis, listed) if axis_of(listed[0]) else [(False,), (True,)]
            choices.append([dict(zip(listed, way, strict=True)) for way in ways])
        self.holds: dict[Constraint, int] = dict.fromkeys(map(plain, constraints), 0)
        count = 0
        for count, world in enumerate(itertools.product(*choices), 1):
            for part in world:
                for one, true in part.items():
                    self.holds[one] |= true << (count - 1)
        self.all = (1 << count) - 1


# Logic


@dataclass(frozen=True)
class Node:
    """A constraint, a NOT with one operand, or a whole chain of ANDs or ORs, however it was bracketed.

    `part` is what stands at `place` in the postfix code, `first` where the operand begins.
    """

    part: int
    place: int
    first: int
    inside: tuple[Node, ...] = ()

    @property
    def places(self) -> range:
        return range(self.first, self.place + 1)

    def leaves(self) -> list[Node]:
        return [self] if self.part > 0 else [leaf for node in self.inside for leaf in node.leaves()]


def tree(code: Sequence[int]) -> Node:
    stack: list[Node] = []
    for place, part in enumerate(code):
        if part == NOT:
            inner = stack.pop()
            stack.append(Node(NOT, place, inner.first, (inner,)))
        elif part in (AND, OR):
            right, left = stack.pop(), stack.pop()
            inside = [n for side in (left, right) for n in (side.inside if side.part == part else (side,))]
            stack.append(Node(part, place, left.first, tuple(inside)))
        else:
            stack.append(Node(part, place, place))
    (root,) = stack
    return root


def beginnings(code: Sequence[int]) -> list[int]:
    """Where the operand begins that ends at each place."""
    stack: list[int] = []
    found = []
    for place, part in enumerate(code):
        if part in (AND, OR):
            stack.pop()
        elif part != NOT:
            stack.append(place)
        found.append(stack[-1])
    return found


@dataclass(frozen=True)
class Operand:
    """An operand of a chain, and whether the logic admits more without it."""

    node: Node
    chain: Node
    weakens: bool


def operands(node: Node, *, plain: bool = True) -> Iterator[Operand]:
    for inner in node.inside:
        if node.part != NOT:
            yield Operand(inner, node, (node.part == AND) == plain)
        yield from operands(inner, plain=plain != (node.part == NOT))


def meaning(node: Node, constraints: Sequence[Constraint], worlds: Worlds, dropped: Collection[int] = ()) -> int | None:
    """The worlds in which a logic holds without the constraints at some places; None where nothing is left of it."""
    if node.part > 0:
        return None if node.place in dropped else worlds.holds[plain(constraints[node.part - 1])]
    left = [m for m in (meaning(n, constraints, worlds, dropped) for n in node.inside) if m is not None]
    if not left:
        return None
    if node.part == NOT:
        return worlds.all & ~left[0]
    result = left[0]
    for other in left[1:]:
        result = result & other if node.part == AND else result | other
    return result


def default_code(constraints: Sequence[Constraint]) -> tuple[int, ...]:
    """Items of one key are alternatives, those of different keys must all hold."""
    code: list[int] = []
    keys = dict.fromkeys(one.key for one in constraints)
    for count, key in enumerate(keys):
        numbers = [number for number, one in enumerate(constraints, 1) if one.key == key]
        code += [numbers[0], *(part for number in numbers[1:] for part in (number, OR))]
        code += [AND] if count else []
    return tuple(code)


def share(node: Node) -> bool:
    """Whether operands of a chain have something in common that could be said once, as in `1 AND 2 OR 1 AND 3`."""
    if node.part in (AND, OR):
        dual = AND + OR - node.part
        factors = [set(map(_shape, n.inside if n.part == dual else (n,))) for n in node.inside]
        if len(set().union(*factors)) < sum(map(len, factors)):
            return True
    return any(map(share, node.inside))


def _shape(node: Node) -> str:
    return f"({node.part} {' '.join(map(_shape, node.inside))})"


def shape(query: Query) -> str:
    """A logic but for the brackets that make no difference."""
    return _shape(tree(code_of(query)))


def code_of(query: Query) -> tuple[int, ...]:
    return query.logic.code if query.logic else default_code(query.constraints)


def named(query: Query) -> list[Constraint]:
    return [query.constraints[part - 1] for part in code_of(query) if part > 0]


def worlds_of(query: Query, worlds: Worlds) -> int:
    code = code_of(query)
    meant = meaning(tree(code), query.constraints, worlds) if code else worlds.all
    assert meant is not None
    return meant


# Two queries


def takes(query: Query, product: str) -> bool:
    return product in query.products if query.products else True


def cells(first: Query, second: Query) -> tuple[bool, bool, bool]:
    """Whether there is something that only the first query admits, only the second, and both."""
    worlds = Worlds([*named(first), *named(second)])
    a, b = worlds_of(first, worlds), worlds_of(second, worlds)
    found = set()
    for product in (*PRODUCTS, UNNAMED):
        ours, theirs = (a if takes(first, product) else 0), (b if takes(second, product) else 0)
        found |= {name for name, some in (("a", ours & ~theirs), ("b", theirs & ~ours), ("c", ours & theirs)) if some}
    return "a" in found, "b" in found, "c" in found


RELATIONS = {
    (False, False): "equal",
    (False, True): "narrower",
    (True, False): "wider",
}


def relation(first: Query, second: Query) -> str:
    first_only, second_only, both = cells(first, second)
    return RELATIONS.get((first_only, second_only)) or ("overlapping" if both else "disjoint")


def admitted(query: Query, moment: Moment) -> bool:
    """Whether a query admits a moment, which has to say everything that the query asks for."""
    # Where a moment has no product, any will do; it may name one that no query names.
    product = UNNAMED if moment.product is None or moment.product not in PRODUCTS else moment.product
    values = {name: value for name, value, _ in moment.values}
    if moment.time is not None:
        values["date"] = Fraction(moment.time)
    assert all(is_value(name, value) for name, value in values.items()), moment
    facts = dict(moment.facts)

    def holds(node: Node) -> bool:
        if node.part == NOT:
            return not holds(node.inside[0])
        if node.part < 0:
            return (all if node.part == AND else any)([holds(inner) for inner in node.inside])
        one = query.constraints[node.part - 1]
        axis = axis_of(one)
        return facts[plain(one)] if axis is None else admits(one, values[axis])

    code = code_of(query)
    return takes(query, product) and (not code or holds(tree(code)))


# Queries at random


def random_constraint(rng: random.Random, axis: str) -> Constraint:
    label = rng.choice((None, None, None, "a", "b"))
    if axis == "opaque":
        one = rng.choice(OPAQUE)
        return Constraint(one.kind, one.key, one.value, label)
    if axis == "date":
        start, end = sorted(rng.choices(TIMES, k=2))
        start, end = rng.choice(((start, end), (start, end), (start, None), (None, end)))
        return Constraint("date", "date", Period(start, end), label)
    return Constraint("range", axis, random_range(rng, LINES[axis]), label)


def random_range(rng: random.Random, line: Line) -> Range:
    """A range as it can be written: a two-sided one has both its bounds, which may lie beyond a circle's ends."""
    kind = rng.randrange(4)
    if kind == 0:
        return Range(rng.choice(line.bounds), None, without_low=rng.random() < 0.5)
    if kind == 1:
        return Range(None, rng.choice(line.bounds), without_high=rng.random() < 0.5)
    if line.period is None:
        low, high = sorted(rng.choices(line.bounds, k=2))
    else:
        low, high = rng.choices(line.bounds + line.beyond, k=2)
    if kind == 2 and low not in line.beyond:
        high = low
    return Range(low, high)


def random_constraints(rng: random.Random, *, least: int = 1) -> tuple[Constraint, ...]:
    axes = rng.sample(("date", "opaque", *LINES), rng.choice((1, 1, 2, 2, 3)))
    return tuple(random_constraint(rng, rng.choice(axes)) for _ in range(rng.randint(least, 5)))


def random_code(rng: random.Random, count: int) -> list[int]:
    """The postfix form of an expression over some of the numbers up to `count`, which come more than once."""
    if rng.random() < 0.15:
        # Each number once, as most people write.
        stack = [[number] for number in rng.sample(range(1, count + 1), rng.randint(1, count))]
    else:
        stack = [[rng.randint(1, count)] for _ in range(rng.randint(1, rng.choice((2, 4, 8))))]
    nots = rng.choice((0, 0.1, 0.3))
    ands = rng.choice((0, 0.3, 0.5, 0.7, 1))

    def perhaps_not(code: list[int]) -> list[int]:
        return [*code, *itertools.takewhile(lambda _: rng.random() < nots, itertools.repeat(NOT, 2))]

    stack = [perhaps_not(one) for one in stack]
    while len(stack) > 1:
        at = rng.randrange(len(stack) - 1)
        operator = AND if rng.random() < ands else OR
        stack[at : at + 2] = [perhaps_not([*stack[at], *stack[at + 1], operator])]
    return stack[0]


def random_query(rng: random.Random, constraints: tuple[Constraint, ...]) -> Query:
    logic = Logic(tuple(random_code(rng, len(constraints)))) if constraints and rng.random() < 0.85 else None
    products = tuple(rng.sample(PRODUCTS, rng.choice((0, 0, 1, 2))))
    return Query(products, constraints, logic)


def random_pair(rng: random.Random) -> tuple[Query, Query]:
    """Two queries that share some of their constraints, or all."""
    constraints = random_constraints(rng, least=0)
    others = list(constraints)
    if others and rng.random() < 0.6:
        at = rng.randrange(len(others))
        others[at] = random_constraint(rng, axis_of(others[at]) or "opaque")
    elif rng.random() < 0.3:
        others = list(random_constraints(rng, least=0))
    rng.shuffle(others)
    return random_query(rng, constraints), random_query(rng, tuple(others))


def reordered(rng: random.Random, query: Query) -> tuple[Query, dict[int, int]]:
    """The same query with its constraints in another order, and the new number of each."""
    order = rng.sample(range(len(query.constraints)), len(query.constraints))
    numbers = {old + 1: new for new, old in enumerate(order, 1)}
    constraints = tuple(query.constraints[old] for old in order)
    logic = query.logic and Logic(tuple(numbers.get(part, part) for part in query.logic.code))
    return Query(query.products, constraints, logic), numbers


# Texts at random


@dataclass(frozen=True)
class Text:
    """A text with a logic: what stands before it, the logic, and whether each operand of that is one number."""

    before: str
    logic: str
    operands: int
    numbers_only: bool

    def __str__(self) -> str:
        return f"{self.before}{self.logic}\n"


_DATES = ("2014", "2015", "2015-02", "2015-02-03", "2014..2015", "2016..", "..2014", "2015-01..2015-06")
_STATED = {"fai": ("has-data", "nir", "visible"), "mgf": ("has-data",), 'raw "k"': ("[1]", "[2]", "[1, 2]")}
_WRITTEN = ("date", *(name for name in LINES if name not in ("depth", "phase", "count")), *_STATED)


def _item(rng: random.Random, key: str) -> str:
    if key == "date" or key in _STATED:
        return rng.choice(_STATED.get(key, _DATES))
    values = random_range(rng, LINES[key])
    if values.high is None:
        return f"{'>' if values.without_low else '>='} {values.low}"
    if values.low is None:
        return f"{'<' if values.without_high else '<='} {values.high}"
    alone = values.low == values.high and values.low in LINES[key].bounds
    return f"= {values.low}" if alone else f"{values.low}..{values.high}"


def random_text(rng: random.Random) -> Text:
    """Some constraints, labelled or not, and a logic over their numbers and labels, or over constraints in place."""
    keys = rng.sample(_WRITTEN, rng.choice((1, 2, 3)))
    single = rng.random() < 0.6

    def statement() -> tuple[str, int]:
        key = rng.choice(keys)
        count = 1 if single or key.startswith("raw") else rng.randint(1, 2)
        items = [_item(rng, key) for _ in range(count)]
        numbers = items[0].count(",") + 1 if key.startswith("raw") else count
        return f"{key} {', '.join(items)}", numbers

    lines, names, total = [], [], 0
    for index in range(rng.randint(1, 4)):
        label = rng.choice((None, None, f"l{index}"))
        text, numbers = statement()
        lines.append(f"{label}: {text}\n" if label else f"{text}\n")
        names += [label] * bool(label) + [str(total + count + 1) for count in range(numbers)]
        total += numbers
    numbers_only = rng.random() < 0.6
    if numbers_only:
        names = [str(number) for number in range(1, total + 1)]
    else:
        names += [statement()[0] for _ in range(rng.randint(0, 2))]
    code = random_code(rng, len(names))
    used = [names[part - 1] for part in code if part > 0]
    return Text("".join(lines), f"where {_infix(rng, tree(code), names)}", len(used), numbers_only)


def _infix(rng: random.Random, node: Node, names: Sequence[str]) -> str:
    if node.part > 0:
        text = names[node.part - 1]
    elif node.part == NOT:
        inner = node.inside[0]
        text = _infix(rng, inner, names)
        text = f"NOT ({text})" if inner.part in (AND, OR) else f"NOT {text}"
    else:
        sign = " AND " if node.part == AND else " OR "
        text = sign.join(f"({_infix(rng, n, names)})" if n.part < NOT else _infix(rng, n, names) for n in node.inside)
    return f"({text})" if rng.random() < 0.1 else text


class Looked:
    """A query as the oracle sees it."""

    def __init__(self, query: Query) -> None:
        self.code = code_of(query)
        self.constraints = query.constraints
        self.tree = tree(self.code)
        self.worlds = Worlds(named(query))
        self.meaning = self.without(())
        self.numbers = {part for part in self.code if part > 0}

    def without(self, places: set[int] | tuple[int, ...]) -> int | None:
        return meaning(self.tree, self.constraints, self.worlds, places)

    def of(self, *numbers: int) -> set[int]:
        """Where some constraints stand."""
        return {place for place, part in enumerate(self.code) if part in numbers}

    @property
    def value(self) -> bool | None:
        return {0: False, self.worlds.all: True}.get(self.meaning)
