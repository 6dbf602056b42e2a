"""The logic of a text in a smaller form: candidates by their shape, each proved to mean the same before it is used."""

from __future__ import annotations

from typing import overload

from edexql.base.record import Record
from edexql.compiler.query_text import source_of_query
from edexql.compiler.request import Setting, meaning, query_of, within
from edexql.compiler.solver.analysis import MOST_PARTS
from edexql.compiler.solver.circuit import Circuit
from edexql.compiler.solver.comparison import compare_queries
from edexql.compiler.solver.encoding import Atoms, NotAnalysed, Solver, gate_of
from edexql.compiler.solver.operands import operands
from edexql.compiler.solver.parametric import parametric_constraints, symbolic_constraints
from edexql.compiler.solver.places import written_logic
from edexql.language.formatter import single_line
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source, source_of
from edexql.model.logic import AND, NOT, OR, Logic, joined, starts_of
from edexql.model.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    Code = tuple[int, ...]
    from collections.abc import Mapping
    from datetime import date

    from edexql.compiler.resolve import Resolved
    from edexql.compiler.solver.places import WrittenLogic
    from edexql.language.limit import Limit
    from edexql.model.vocabulary import Vocabulary


def without(code: Sequence[int], places: Collection[int]) -> Code:
    """A logic without the operands that end at some places; NOTs go with what stands after them."""
    # Each operand as its code, None where nothing is left of it.
    stack: list[list[int] | None] = []
    for place, part in enumerate(code):
        if part == NOT:
            if stack[-1] is not None:
                stack[-1].append(NOT)
        elif part in (AND, OR):
            right = stack.pop()
            left = stack[-1]
            if left is None or right is None:
                stack[-1] = right if left is None else left
            else:
                left += right
                left.append(part)
        else:
            stack.append([part])
        if place in places:
            stack[-1] = None
    return tuple(stack[0] or ())


def without_double_not(code: Sequence[int]) -> Code:
    """A logic in which no NOT stands before a NOT."""
    result: list[int] = []
    for part in code:
        if part == NOT and result and result[-1] == NOT:
            result.pop()
        else:
            result.append(part)
    return tuple(result)


def flat(code: Sequence[int]) -> Code:
    """A logic whose chains are joined from the left, so that no brackets stand in them."""
    stack: list[tuple[int, list[Sequence[int]]]] = []
    for part in code:
        if part == NOT:
            stack[-1] = (NOT, [[*joined(stack[-1][1], stack[-1][0]), NOT]])
        elif part in (AND, OR):
            operator, right = stack.pop()
            parts = right if operator == part else [joined(right, operator)]
            operator, left = stack.pop()
            stack.append((part, [*(left if operator == part else [joined(left, operator)]), *parts]))
        else:
            stack.append((NOT, [[part]]))
    return tuple(joined(stack[0][1], stack[0][0]))


def factored(code: Sequence[int]) -> Code | None:
    """A logic with what several alternatives share put before them once, or the reverse; None where nothing is shared.

    `1 AND 2 OR 1 AND 3` becomes `1 AND (2 OR 3)`. One step: what comes out may have more to share.
    """
    chains: dict[int, list[range]] = {}
    for operand in sorted(operands(code), key=lambda operand: operand.place):
        chains.setdefault(operand.chain, []).append(operand.leaves)
    for chain, parts in sorted(chains.items()):
        dual = AND + OR - code[chain]
        factors = [
            [_cut(code, one) for one in chains[p[-1]]] if code[p[-1]] == dual else [_cut(code, p)] for p in parts
        ]
        count: dict[Code, int] = {}
        for listed in factors:
            for one in dict.fromkeys(listed):
                count[one] = count.get(one, 0) + 1
        shared = max(count, key=lambda one: (count[one], len(one)))
        if count[shared] > 1:
            new = _factored(shared, factors, code[chain], dual)
            start = starts_of(code)[chain]
            return (*code[:start], *new, *code[chain + 1 :])
    return None


def _factored(shared: Code, factors: Sequence[Sequence[Code]], operator: int, dual: int) -> list[int]:
    """A chain of operands, given as their factors, with one factor taken out of all that have it."""
    rests = [[one for one in listed if one != shared] for listed in factors if shared in listed]
    others = [joined(listed, dual) for listed in factors if shared not in listed]
    taken = list(shared)
    if all(rests):
        taken = joined([shared, joined([joined(rest, dual) for rest in rests], operator)], dual)
    first = next(place for place, listed in enumerate(factors) if shared in listed)
    before = sum(shared not in listed for listed in factors[:first])
    return joined([*others[:before], taken, *others[before:]], operator)


def _cut(code: Sequence[int], places: range) -> Code:
    return tuple(code[places[0] : places[-1] + 1])


class Simplified(Record):
    """A text whose logic is as small as was found, and how large the proof was that it means the same.

    `before` and `after` count the operands of the logic. The proof asked the solver `questions` about `clauses`. `why`
    says why the text is as it was, where it is.
    """

    text: str
    before: int
    after: int
    questions: int = 0
    clauses: int = 0
    why: str = ""


def simplified(source: Source, setting: Setting) -> Simplified:
    """Simplify the logic of a text without errors, which is otherwise as it was.

    The text means the same whatever day it is and whatever its parameters are set to.
    """
    resolved, diagnostics = meaning(source, setting)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return Simplified(source.text, 0, 0, why="the query has errors, as `edexql check` shows")
    written = written_logic(resolved)
    if written is None:
        return Simplified(source.text, 0, 0, why="none is written")
    before = len(written.units)
    if before > MOST_PARTS or len(resolved.query.effective_code()) > 4 * MOST_PARTS:
        return Simplified(source.text, before, before, why="it is too large to be analysed")
    try:
        solver = Solver()
        code = _smallest(written, resolved, solver)
    except NotAnalysed:
        return Simplified(source.text, before, before, why="it is too complex to be analysed")
    questions, clauses = solver.questions, solver.clauses
    if code == written.code:
        return Simplified(source.text, before, before, questions, clauses, "nothing smaller was found")
    text = _rewritten(source.text, written, code)
    again, diagnostics = meaning(Source(text, source.name), setting)
    same = not any(diagnostic.is_error for diagnostic in diagnostics) and all(
        compare_queries(before, after, resolved.vocabulary).relation == "equal"
        for before, after in (
            (resolved.query, again.query),
            (_lasting_query(resolved), _lasting_query(again)),
        )
    )
    if not same:
        return Simplified(
            source.text, before, before, questions, clauses, "its constraints are numbered by their places"
        )
    return Simplified(text, before, sum(part > 0 for part in code), questions, clauses)


@overload
def simplify(
    query: Query,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> Query: ...


@overload
def simplify(
    query: str | bytes,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> str: ...


def simplify(
    query: str | bytes | Query,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> str | Query:
    """A query with a smaller logic that is proved to mean the same; as it was where none was found. A Query gives one.

    Arguments as for `compile`; what is proved holds for every day and all values of parameters. Raises QueryError
    where the query has errors.

    >>> import edexql
    >>> edexql.simplify("date 2019; fai has-data; kp > 5; logic 1 AND 2 OR 3 AND 1")
    'date 2019; fai has-data; kp > 5; logic 1 AND (2 OR 3)'
    """
    setting = Setting(vocabulary, today, parameters)
    source = source_of(query) if isinstance(query, (str, bytes)) else source_of_query(query, "<query>", vocabulary)

    def smaller() -> str | Query:
        query_of(source, setting)
        text = simplified(source, setting).text
        return text if isinstance(query, (str, bytes)) else query_of(Source(text, "<query>"), setting)

    return within(limit, source, smaller)


def _lasting_query(resolved: Resolved) -> Query:
    query = resolved.query
    return Query(
        query.products,
        symbolic_constraints(resolved, parametric_constraints(resolved)),
        query.logic,
        query.email,
        query.extras,
    )


def _smallest(written: WrittenLogic, resolved: Resolved, solver: Solver) -> Code:
    """The smallest form found of an expression over units, each step proved."""
    constraints = symbolic_constraints(resolved, parametric_constraints(resolved))
    atoms = Atoms(solver, constraints, resolved.vocabulary)
    literals = [atoms.literal(constraint) for constraint in constraints]
    units = _units(written, resolved, literals, solver)
    # The same unit written twice is one to whoever looks for what is shared.
    first: dict[str, int] = {}
    text = resolved.program.source.text
    names = [first.setdefault(_unit_text(text, written, number), number) for number in range(1, len(units) + 1)]
    whole = gate_of(solver, written.code, units)
    code = without_double_not(tuple(names[part - 1] if part > 0 else part for part in written.code))
    if not solver.possible(whole) or not solver.possible(-whole):
        # A logic of one value can be said in no form that would not be as odd.
        return written.code if _size(code) == _size(written.code) else code
    while True:
        smaller = _proved(_with_less(code, units, solver), code, whole, units, solver)
        smaller = _proved(factored(smaller), smaller, whole, units, solver)
        if smaller == code:
            return flat(code) if _size(code) < _size(written.code) else written.code
        code = without_double_not(smaller)


def _proved(candidate: Code | None, code: Code, whole: int, units: Sequence[int], solver: Solver) -> Code:
    """A candidate, where it is smaller and means the same; the form that there is otherwise."""
    if not candidate or _size(candidate) >= _size(code):
        return code
    return code if solver.possible(solver.differ(whole, gate_of(solver, candidate, units))) else candidate


def _with_less(code: Code, units: Sequence[int], solver: Solver) -> Code:
    """The expression without operands that make no difference."""
    parts = operands(code)
    circuit = Circuit(solver, code, units, parts)
    return without(code, {operand.place for operand in circuit.spare(parts, lambda _: False)})


def _size(code: Code) -> tuple[int, int]:
    return sum(part > 0 for part in code), len(code)


def _units(written: WrittenLogic, resolved: Resolved, literals: Sequence[int], solver: Solver) -> list[int]:
    """The literal of each unit: of any of its constraints."""
    numbers = [part for part in resolved.query.effective_code() if part > 0]
    units = []
    for unit in written.units:
        gate = -solver.true
        for number in numbers[: unit.count]:
            gate = solver.either(gate, literals[number - 1])
        units.append(gate)
        del numbers[: unit.count]
    return units


def _unit_text(text: str, written: WrittenLogic, number: int) -> str:
    span = written.units[number - 1].span
    return single_line(tokenize(text[span.start : span.end]))


def _rewritten(text: str, written: WrittenLogic, code: Code) -> str:
    """A text with another expression; comments that stood in the old one come before it."""
    span = written.statement.span
    old = tokenize(text[span.start : span.end])
    comments = [old.read(index) + "\n" for index in range(old.count) if old.kinds[index] == COMMENT]
    words = [_unit_text(text, written, int(word)) if word.isdigit() else word for word in _words(code)]
    line = text.rfind("\n", 0, span.start) + 1
    if comments and text[line : span.start].strip():
        comments.insert(0, "\n")
    return f"{text[: span.start]}{''.join(comments)}{written.statement.keyword} {''.join(words)}{text[span.end :]}"


def _words(code: Code) -> list[str]:
    """An expression over units, cut into their numbers and what stands between them."""
    import re

    return re.split("([0-9]+)", str(Logic(code)))
