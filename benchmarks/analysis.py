"""Measure the analysis of queries with 40 distinct constraints, beside what parsing their text takes.

    python benchmarks/analysis.py

Runs with the interpreter of an environment that has edexql. Each kind of logic is drawn anew for every query, with a
seed, and analysed once, in a process that has done it before; the goal is that the slowest takes a second.
"""

from __future__ import annotations

import random
import time
from statistics import median
from typing import TYPE_CHECKING

from figures import Row, collected, program, rounded
from measure import duration

from edexql.compiler.canonical import canonical
from edexql.compiler.request import Setting, meaning
from edexql.compiler.solver.analysis import examine
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.model.logic import AND, NOT, OR, Logic, joined
from edexql.model.period import DAY, Period
from edexql.model.query import Constraint, Query
from edexql.model.range import Range
from edexql.model.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from figures import Options, Table

ROUNDS = 20
COUNT = 40
GOAL = 1.0
FIELDS = ("kp", "ap", "latitude", "longitude", "mlt", "altitude", "imf-by", "f107")
VOCABULARY = load()


def constraints(rng: random.Random, count: int = COUNT) -> tuple[Constraint, ...]:
    """Distinct constraints: periods and ranges that overlap, and raw ones of which nothing is known."""
    found: dict[Constraint, None] = {}
    while len(found) < count:
        kind = rng.random()
        if kind < 0.3:
            found[opaque(len(found))] = None
        elif kind < 0.5:
            start = rng.randrange(15_000, 19_000) * DAY
            found[Constraint("date", "date", Period(start, start + rng.randrange(1, 300) * DAY))] = None
        else:
            field = VOCABULARY.field(rng.choice(FIELDS))
            assert field is not None
            low, high = sorted(rng.sample(range(101), 2))
            bounds = [round(field.low + part * (field.high - field.low) / 100, 2) for part in (low, high)]
            found[Constraint("range", field.name, Range(*bounds))] = None
    return tuple(found)


def opaque(number: int) -> Constraint:
    (found,) = meaning(Source(f'raw "key" [{number}]'), Setting())[0].query.constraints
    return found


def literal(rng: random.Random, number: int, often: float) -> list[int]:
    return [number, NOT] if rng.random() < often else [number]


def tree(rng: random.Random, leaves: int) -> list[int]:
    """A logic of any shape, over all constraints and more."""
    numbers = [*range(1, COUNT + 1), *(rng.randrange(1, COUNT + 1) for _ in range(leaves - COUNT))]
    parts = [literal(rng, number, 0.3) for number in numbers]
    while len(parts) > 1:
        left, right = (parts.pop(rng.randrange(len(parts))) for _ in range(2))
        parts.append([*left, *right, rng.choice((AND, OR))])
    return parts[0]


def clauses(rng: random.Random) -> list[int]:
    """Alternatives of three, so many that it is hard to say whether they can all hold."""
    picked = (rng.sample(range(1, COUNT + 1), 3) for _ in range(round(4.26 * COUNT)))
    return joined([joined([literal(rng, number, 0.5) for number in three], OR) for three in picked], AND)


def pigeons(_: random.Random, holes: int = 6) -> list[int]:
    """Seven pigeons in six holes: 42 constraints that contradict each other, and no few of them do."""
    at = [[pigeon * holes + hole + 1 for hole in range(holes)] for pigeon in range(holes + 1)]
    homes = [joined([[number] for number in one], OR) for one in at]
    apart = [[a[hole], NOT, b[hole], NOT, OR] for hole in range(holes) for i, a in enumerate(at) for b in at[:i]]
    return joined([*homes, *apart], AND)


KINDS: tuple[
    tuple[str, Callable[[random.Random], list[int]], Callable[[random.Random], tuple[Constraint, ...]]], ...
] = (
    ("any shape, 60 operands", lambda rng: tree(rng, 60), constraints),
    ("any shape, 400 operands", lambda rng: tree(rng, 400), constraints),
    ("170 alternatives of three, joined by AND", clauses, constraints),
    ("the same, of constraints of which nothing is known", clauses, lambda _: tuple(map(opaque, range(COUNT)))),
    ("seven pigeons in six holes", pigeons, lambda _: tuple(map(opaque, range(42)))),
)


def analysed(rounds: int) -> Iterable[Row]:
    for name, logic, drawn in KINDS:
        rng = random.Random(1)
        taken, ratios, done = [], [], True
        for _ in range(rounds + 1):
            given = drawn(rng)
            query = Query(constraints=given, logic=Logic(tuple(logic(rng))))
            text = canonical(query)
            begin = time.process_time()
            done = examine(query.effective_logic() or Logic(()), given, VOCABULARY).done and done
            middle = time.process_time()
            parse(Source(text))
            taken.append(middle - begin)
            ratios.append((middle - begin) / (time.process_time() - middle))
        assert done, name
        # The first round imports what is needed.
        ours = f"median {duration(median(taken[1:]))}"
        beside = f"{median(ratios[1:]):.1f} × parsing its text"
        yield Row(f"{name}: slowest analysis", rounded(max(taken[1:])), "s", ours=ours, other=beside, goal=GOAL)


def tables(options: Options) -> Iterable[Table]:
    yield collected("", analysed(options.rounds(ROUNDS)), "Seconds of the processor.")


if __name__ == "__main__":
    program("analysis", __doc__, tables)
