"""The logic of a text in a smaller form that is proved to mean the same."""

from __future__ import annotations

from edexql.base.record import record
from edexql.compiler.request import meaning
from edexql.compiler.solver.circuit import Circuit
from edexql.compiler.solver.comparing import compare
from edexql.compiler.solver.examining import MOST_PARTS
from edexql.compiler.solver.lasting import changing, lasting
from edexql.compiler.solver.places import written
from edexql.compiler.solver.shape import operands
from edexql.compiler.solver.smaller import factored, flat, without, without_double_not
from edexql.compiler.solver.solver import Atoms, NotAnalysed, Solver, gate_of
from edexql.language.formatter import single_line
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source
from edexql.model.logic import Logic
from edexql.model.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.request import Setting
    from edexql.compiler.resolve import Resolved
    from edexql.compiler.solver.places import Written

    Code = tuple[int, ...]


@record(frozen=True, slots=True)
class Simplified:
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
        return Simplified(source.text, 0, 0, why="the query has errors, as `edexql check` tells")
    found = written(resolved)
    if found is None:
        return Simplified(source.text, 0, 0, why="none is written")
    before = len(found.units)
    if before > MOST_PARTS or len(resolved.query.effective_code()) > 4 * MOST_PARTS:
        return Simplified(source.text, before, before, why="it is too large to be analysed")
    try:
        solver = Solver()
        code = _smallest(found, resolved, solver)
    except NotAnalysed:
        return Simplified(source.text, before, before, why="it is too entangled to be analysed")
    asked, clauses = solver.questions, solver.clauses
    if code == found.code:
        return Simplified(source.text, before, before, asked, clauses, "nothing smaller was found")
    text = _rewritten(source.text, found, code)
    again, diagnostics = meaning(Source(text, source.name), setting)
    same = not any(diagnostic.is_error for diagnostic in diagnostics) and all(
        compare(before, after, resolved.vocabulary).relation == "equal"
        for before, after in (
            (resolved.query, again.query),
            (_lasting_query(resolved), _lasting_query(again)),
        )
    )
    if not same:
        return Simplified(source.text, before, before, asked, clauses, "its constraints are numbered by their places")
    return Simplified(text, before, sum(part > 0 for part in code), asked, clauses)


def _lasting_query(resolved: Resolved) -> Query:
    query = resolved.query
    return Query(query.products, lasting(resolved, changing(resolved)), query.logic, query.email, query.extras)


def _smallest(found: Written, resolved: Resolved, solver: Solver) -> Code:
    """The smallest form found of an expression over units, each step proved."""
    constraints = lasting(resolved, changing(resolved))
    atoms = Atoms(solver, constraints, resolved.vocabulary)
    literals = [atoms.literal(constraint) for constraint in constraints]
    units = _units(found, resolved, literals, solver)
    # The same unit written twice is one to whoever looks for what is shared.
    first: dict[str, int] = {}
    text = resolved.program.source.text
    names = [first.setdefault(_unit_text(text, found, number), number) for number in range(1, len(units) + 1)]
    whole = gate_of(solver, found.code, units)
    code = without_double_not(tuple(names[part - 1] if part > 0 else part for part in found.code))
    if not solver.possible(whole) or not solver.possible(-whole):
        # A logic of one value can be said in no form that would not be as odd.
        return found.code if _size(code) == _size(found.code) else code
    while True:
        smaller = _proved(_with_less(code, units, solver), code, whole, units, solver)
        smaller = _proved(factored(smaller), smaller, whole, units, solver)
        if smaller == code:
            return flat(code) if _size(code) < _size(found.code) else found.code
        code = without_double_not(smaller)


def _proved(candidate: Code | None, code: Code, whole: int, units: Sequence[int], solver: Solver) -> Code:
    """A candidate, where it is smaller and means the same; the form that there is otherwise."""
    if not candidate or _size(candidate) >= _size(code):
        return code
    return code if solver.possible(solver.differ(whole, gate_of(solver, candidate, units))) else candidate


def _with_less(code: Code, units: Sequence[int], solver: Solver) -> Code:
    """The expression without operands that make no difference."""
    found = operands(code)
    circuit = Circuit(solver, code, units, found)
    return without(code, {operand.place for operand in circuit.spare(found, lambda _: False)})


def _size(code: Code) -> tuple[int, int]:
    return sum(part > 0 for part in code), len(code)


def _units(found: Written, resolved: Resolved, literals: Sequence[int], solver: Solver) -> list[int]:
    """The literal of each unit: of any of its constraints."""
    numbers = [part for part in resolved.query.effective_code() if part > 0]
    units = []
    for unit in found.units:
        gate = -solver.true
        for number in numbers[: unit.count]:
            gate = solver.either(gate, literals[number - 1])
        units.append(gate)
        del numbers[: unit.count]
    return units


def _unit_text(text: str, found: Written, number: int) -> str:
    span = found.units[number - 1].span
    return single_line(tokenize(text[span.start : span.end]))


def _rewritten(text: str, found: Written, code: Code) -> str:
    """A text with another expression; comments that stood in the old one come before it."""
    span = found.statement.span
    old = tokenize(text[span.start : span.end])
    comments = [old.read(index) + "\n" for index in range(old.count) if old.kinds[index] == COMMENT]
    words = [_unit_text(text, found, int(word)) if word.isdigit() else word for word in _words(code)]
    line = text.rfind("\n", 0, span.start) + 1
    if comments and text[line : span.start].strip():
        comments.insert(0, "\n")
    return f"{text[: span.start]}{''.join(comments)}{found.statement.keyword} {''.join(words)}{text[span.end :]}"


def _words(code: Code) -> list[str]:
    """An expression over units, cut into their numbers and what stands between them."""
    import re

    return re.split("([0-9]+)", str(Logic(code)))
