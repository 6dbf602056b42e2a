"""The logic of a query, predicates_of by the tables that its values are in, and how large it may be.

A predicate is a part of the logic that one table decides by itself: all that is asked of the ephemeris in one part of
the logic is one condition on its rows, and all dates that stand together are one set of times. The logic of SQL, true,
false and NULL, is the one that is needed here: NULL is "no information".
"""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.constraints import of_dates
from edexql.catalogue.intervals import BEGINNING, END
from edexql.catalogue.sql import conditions
from edexql.model.logic import AND, NOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.plan import Plan
    from edexql.model.query import Constraint
    from edexql.model.vocabulary import Vocabulary

    # A stretch of time outside of which a part is false.
    Hull = tuple[int, int]


# Each predicate is a column or two of the sweep, and engines take a limited number of them.
MOST_PREDICATES = 100
# Two bits of a number each.
MOST_SAMPLED = 30
MOST_CONDITIONS = 200
MOST_PERIODS = 100_000
# Brackets in brackets: engines read them by recursion.
DEEPEST = 20


class SqlError(EdexqlError, ValueError):
    """A query that cannot be written as SQL; the message says why and what to do."""

    __module__ = "edexql"


def check(what: str, count: int, most: int) -> None:
    if count > most:
        raise SqlError(f"this query has {count:,} {what}, and SQL takes at most {most:,}; use `edexql fetch --local`")


class Dates(Record):
    """Times that the query names itself."""

    times: Intervals


class Logged(Record):
    """What a log says of a key and word."""

    key: str
    word: str


class Held(Record):
    """A condition on `value` in the rows of `held` of a field."""

    field: str
    condition: str


class Sampled(Record):
    """A condition on the rows of `ephemeris`."""

    condition: str


class Mixed(Record):
    """A condition on the columns `predicate_1`, `predicate_2`, ... of predicates."""

    condition: str


Predicate = Dates | Logged | Held | Sampled
Part = Predicate | Mixed


class Predicates(Record):
    """The predicates of a query, which are numbered from 1, the condition on them, and what its times lie in."""

    predicates: tuple[Predicate, ...]
    condition: str
    hull: Hull


def predicates_of(
    plan: Plan, constraints: Sequence[Constraint], vocabulary: Vocabulary, before: Sequence[Predicate] = ()
) -> Predicates:
    """The predicates of a plan, behind those of other plans, which it shares.

    Raises SqlError where the plan is too large or too deep for one text.
    """
    others = [number for number in plan.others() if constraints[number - 1].kind != "date"]
    check("constraints other than dates", len(others), MOST_CONDITIONS)
    check("nested brackets", _depth(plan), DEEPEST)
    collection = _Collection(before)
    parts: list[Part] = []
    hulls: list[Hull] = []
    for node in plan.nodes:
        leaves = [_leaf(constraints[one - 1], vocabulary) for one in node.operands if one > 0]
        if node.dates:
            leaves.append(_dates([constraints[number - 1] for number in node.dates]))
        below = [~one for one in node.operands if one < 0]
        operands = [*leaves, *(parts[one] for one in below)]
        part = collection.negated(operands[0]) if node.operator == NOT else collection.joined(operands, node.operator)
        parts.append(part)
        hulls.append(_hull(part, node.operator, [*map(_hull, leaves), *(hulls[one] for one in below)]))
    if plan.root > 0:
        parts.append(_leaf(constraints[plan.root - 1], vocabulary))
        hulls.append(_hull(parts[-1]))
    condition = collection.condition(parts[-1])
    new = collection.predicates[len(before) :]
    check("separate predicates", len(new), MOST_PREDICATES)
    check("separate conditions on the spacecraft", sum(isinstance(one, Sampled) for one in new), MOST_SAMPLED)
    check("periods", sum(len(one.times) for one in new if isinstance(one, Dates)), MOST_PERIODS)
    return Predicates(tuple(collection.predicates), condition, hulls[-1])


class _Collection:
    """The predicates so far."""

    def __init__(self, before: Sequence[Predicate]) -> None:
        self.predicates = list(before)

    def condition(self, part: Part) -> str:
        """A part as a condition on columns of predicates."""
        if isinstance(part, Mixed):
            return part.condition
        if part not in self.predicates:
            self.predicates.append(part)
            return f"predicate_{len(self.predicates)}"
        return f"predicate_{self.predicates.index(part) + 1}"

    def negated(self, part: Part) -> Part:
        if isinstance(part, Dates):
            return Dates(~part.times)
        if isinstance(part, Held):
            return Held(part.field, f"NOT {part.condition}")
        if isinstance(part, Sampled):
            return Sampled(f"NOT {part.condition}")
        return Mixed(f"NOT {self.condition(part)}")

    def joined(self, parts: Sequence[Part], operator: int) -> Part:
        together: dict[object, list[Part]] = {}
        for position, part in enumerate(parts):
            together.setdefault(_table(part) or position, []).append(part)
        merged = [_merged(group, operator) for group in together.values()]
        if len(merged) == 1:
            return merged[0]
        return Mixed(_chain([self.condition(part) for part in merged], operator))


def _table(part: Part) -> tuple[str, ...] | None:
    """What parts are one condition with others of the same; None for those that stay by themselves."""
    if isinstance(part, Dates):
        return ("dates",)
    if isinstance(part, Held):
        return ("held", part.field)
    return ("ephemeris",) if isinstance(part, Sampled) else None


def _merged(parts: Sequence[Part], operator: int) -> Part:
    first = parts[0]
    if len(parts) == 1:
        return first
    if isinstance(first, Dates):
        sets = [part.times for part in parts if isinstance(part, Dates)]
        return Dates(intervals.intersection(sets) if operator == AND else intervals.union(sets))
    condition = _chain([part.condition for part in parts if isinstance(part, Held | Sampled)], operator)
    return Held(first.field, condition) if isinstance(first, Held) else Sampled(condition)


def _chain(conditions: Sequence[str], operator: int) -> str:
    """Conditions joined, in brackets: a condition is always one that NOT, AND and OR may stand beside."""
    different = list(dict.fromkeys(conditions))
    return f"({(' AND ' if operator == AND else ' OR ').join(different)})" if len(different) > 1 else different[0]


def _leaf(constraint: Constraint, vocabulary: Vocabulary) -> Part:
    value = constraint.value
    if constraint.kind == "date":
        return _dates([constraint])
    if constraint.kind == "word":
        return Logged(constraint.key, str(value))
    if constraint.kind == "experiment":
        return Logged("experiment", f"{value.group} > {value.name}")  # type: ignore[union-attr]
    field = vocabulary.field(constraint.key) if constraint.kind == "range" else None
    if field is None:
        return Mixed(conditions.UNKNOWN)
    if field.tab == "spacecraft":
        return Sampled(conditions.sample_in(value, field))  # type: ignore[arg-type]
    return Held(field.name, conditions.held(value, field))  # type: ignore[arg-type]


def _dates(constraints: Sequence[Constraint]) -> Dates:
    return Dates(of_dates([constraint.value for constraint in constraints]).yes)  # type: ignore[misc]


def _hull(part: Part, operator: int = NOT, operands: Sequence[Hull] = ()) -> Hull:
    if isinstance(part, Dates):
        return (int(part.times.starts[0]), int(part.times.ends[-1])) if len(part.times) else (0, 0)
    if operator == NOT:
        return BEGINNING, END
    starts, ends = zip(*operands, strict=True)
    if operator == AND:
        return max(starts), max(max(starts), min(ends))
    return min(starts), max(ends)


def _depth(plan: Plan) -> int:
    depths: list[int] = []
    for node in plan.nodes:
        depths.append(1 + max((depths[~operand] for operand in node.operands if operand < 0), default=0))
    return depths[~plan.root] if plan.root < 0 else 0
