"""The SAT solver is held to another one (SymPy's), and its models to the clauses."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from edexql.compiler.solver import sat
from edexql.compiler.solver.sat import SatSolver

Clauses = list[list[int]]
MANY = 20_000
FEW = 1_500


def possible(count: int, clauses: Clauses) -> bool:
    """What the other solver says."""
    # Here, because it takes a second to import, and every process of the tests imports this file.
    from sympy import symbols
    from sympy.assumptions.cnf import EncodedCNF
    from sympy.logic.inference import satisfiable

    encoding = {symbol: number for number, symbol in enumerate(symbols(f"x1:{count + 1}"), 1)}
    data = [set(clause) for clause in clauses if not any(-literal in clause for literal in clause)]
    return satisfiable(EncodedCNF(data=data, encoding=encoding), algorithm="dpll2") is not False


def solver_of(count: int, clauses: Clauses) -> SatSolver:
    solver = SatSolver()
    assert [solver.variable() for _ in range(count)] == list(range(1, count + 1))
    for clause in clauses:
        solver.add(clause)
    return solver


def literal(rng: random.Random, variable: int) -> int:
    return rng.choice((variable, -variable))


def any_clauses(rng: random.Random) -> tuple[int, Clauses]:
    """Clauses of any length, with literals twice and opposites."""
    count = rng.randint(1, 12)
    lengths = rng.choice(((1, 2, 2, 3), (2, 2, 3, 4), (2, 3, 3, 5, 8)))
    return count, [
        [literal(rng, rng.randint(1, count)) for _ in range(rng.choice(lengths))]
        for _ in range(rng.randint(0, 4 * count))
    ]


def threes(rng: random.Random) -> tuple[int, Clauses]:
    """As many clauses of three as make it hardest to say."""
    count = rng.randint(8, 30)
    clauses = [rng.sample(range(1, count + 1), 3) for _ in range(round(4.26 * count))]
    return count, [[literal(rng, variable) for variable in clause] for clause in clauses]


def parities(rng: random.Random) -> tuple[int, Clauses]:
    """Sums modulo two, each over three variables."""
    count = rng.randint(3, 14)
    clauses: Clauses = []
    for _ in range(rng.randint(1, count)):
        a, b, c = rng.sample(range(1, count + 1), 3)
        odd = rng.choice((1, -1))
        clauses += [[odd * a, b, c], [odd * a, -b, -c], [-odd * a, b, -c], [-odd * a, -b, c]]
    return count, clauses


def pigeons(rng: random.Random) -> tuple[int, Clauses]:
    """Pigeons in holes, one in each: one too many, or just as many as there are holes."""
    holes = rng.randint(2, 4)
    count = rng.choice((holes, holes + 1))
    at = [[pigeon * holes + hole + 1 for hole in range(holes)] for pigeon in range(count)]
    apart = [[-a, -b] for hole in zip(*at, strict=True) for a, b in combinations(hole, 2)]
    return count * holes, [*at, *apart]


def orders(rng: random.Random) -> tuple[int, Clauses]:
    """Places on a line as the analysis writes them, each variable below the next, and alternatives over them."""
    count = rng.randint(4, 30)
    clauses = [[-lower, lower + 1] for lower in range(1, count) if lower % 6]
    others = [
        [literal(rng, rng.randint(1, count)) for _ in range(rng.randint(1, 4))] for _ in range(rng.randint(1, count))
    ]
    return count, clauses + others


KINDS = (any_clauses, threes, parities, pigeons, orders)


def assert_solved_rightly(seed: int) -> None:
    """One formula, given in two parts, each asked about with and without assumptions."""
    rng = random.Random(seed)
    count, clauses = KINDS[seed % len(KINDS)](rng)
    rng.shuffle(clauses)
    first = rng.randint(0, len(clauses)) if rng.random() < 0.3 else len(clauses)
    solver = solver_of(count, clauses[:first])
    for given in (clauses[:first], clauses) if first < len(clauses) else (clauses,):
        for clause in given[first:]:
            solver.add(clause)
        for assumed in ([], [literal(rng, rng.randint(1, count)) for _ in range(rng.randint(1, 4))]):
            found = solver.solve(assumed)
            assert found is possible(count, [*given, *([one] for one in assumed)]), (seed, assumed)
            if found:
                model = solver.model()
                assert [abs(one) for one in model] == list(range(1, count + 1))
                assert set(assumed) <= set(model)
                assert all(set(model) & set(clause) for clause in given), seed


def test_formulas_are_solved_rightly():
    for seed in range(FEW):
        assert_solved_rightly(seed)


@pytest.mark.slow
def test_twenty_thousand_formulas_are_solved_rightly():
    for seed in range(MANY):
        assert_solved_rightly(seed)


def test_what_is_learned_and_dropped_changes_no_answer(monkeypatch):
    monkeypatch.setattr(sat, "_KEPT", 5)
    monkeypatch.setattr(sat, "_KEPT_MORE", 1)
    monkeypatch.setattr(sat, "_RESTART", 2)
    for seed in range(1, 5 * 100, 5):
        assert_solved_rightly(seed)


def test_a_solver_answers_again_and_again():
    rng = random.Random(1)
    count, clauses = threes(rng)
    solver = solver_of(count, clauses)
    answers = set()
    for _ in range(60):
        assumed = [literal(rng, variable) for variable in rng.sample(range(1, count + 1), 3)]
        found = solver.solve(assumed)
        assert found is possible(count, [*clauses, *([one] for one in assumed)])
        answers.add(found)
    assert answers == {True, False}


def test_too_many_steps_give_no_answer_and_harm_none():
    count, clauses = 42, pigeons_in_six_holes()
    solver = solver_of(count, clauses)
    assert solver.solve((), 1_000) is None
    assert solver.solve((1,), 0) is None
    # The same steps on every machine, and few more than were allowed.
    spent = solver.steps
    assert spent < 2_000 + len(clauses)
    again = solver_of(count, clauses)
    assert [again.solve((), 1_000), again.solve((1,), 0)] == [None, None]
    assert again.steps == spent
    assert solver.solve() is False
    assert solver.solve((1,)) is False


def pigeons_in_six_holes() -> Clauses:
    at = [[pigeon * 6 + hole + 1 for hole in range(6)] for pigeon in range(7)]
    return [*at, *([-a, -b] for hole in zip(*at, strict=True) for a, b in combinations(hole, 2))]


def test_nothing_and_contradictions():
    assert SatSolver().solve() is True
    assert SatSolver().model() == []
    solver = solver_of(2, [[1, 1], [1, -1, 2]])
    assert (solver.solve([1]), solver.model()[0], solver.solve([-1])) == (True, 1, False)
    assert solver.solve([2, -2]) is False
    assert solver.solve() is True
    solver.add([-1])
    assert solver.solve() is False
    solver.add([2])
    assert solver.solve([2]) is False
    assert solver_of(1, [[]]).solve() is False


def test_a_long_chain_is_followed_without_recursion():
    count = 50_000
    solver = solver_of(count, [[-one, one + 1] for one in range(1, count)])
    assert solver.solve([1, -count]) is False
    assert solver.solve([1]) is True
    assert solver.model() == list(range(1, count + 1))
    assert solver.steps < 10 * count


def test_restarts_follow_the_luby_sequence():
    assert [sat._luby(number) for number in range(1, 16)] == [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
