"""Lint: warnings about a query that compiles, where it may not say what was meant. One function for each check.

statements     what the statements say: numbers that may be slips, missing parts, unconfirmed names, what nothing uses,
               AND and OR without brackets
ranges         ranges that may be slips
plain_queries  queries in which the solver can find nothing
analysis       what the solver proves: contradictions, parts without effect
own            checks that other tools register
installed      checks of installed distributions, loaded by name
meaning        the words in which `analysis` names constraints and reasons

To add a check, write a function of a query, `(Resolved) -> Iterator[Diagnostic]`, in `statements` or `ranges` and add
it to CHECKS at the end of the file; in `analysis` it is a function of what the solver proved, `(Meaning) -> ...`. Its
code stands in `language.diagnostics.codes` and has a section in docs/diagnostics.md.
"""

from __future__ import annotations

from itertools import islice

from edexql.compiler.lint.statements import CHECKS
from edexql.language.diagnostics import MOST
from edexql.language.source import WATCHES
from edexql.model.period import Period, is_part_of_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostics import Diagnostic
    from edexql.model.query import Constraint

    T = TypeVar("T")


def lint_query(resolved: Resolved) -> list[Diagnostic]:
    """The warnings of all checks, at most MOST of each."""
    diagnostics = _found(CHECKS, resolved)
    if any(constraint.kind == "range" for constraint in resolved.query.constraints):
        from edexql.compiler.lint import ranges

        diagnostics += _found(ranges.CHECKS, resolved)
    logic = resolved.query.effective_logic()
    if logic is None or resolved.program.damaged or resolved.has_errors:
        return diagnostics
    if _is_about_one_thing_each(logic.code, resolved.query.constraints):
        return diagnostics
    from edexql.compiler.lint.plain_queries import is_plain

    if is_plain(logic.code, resolved.query.constraints, resolved.vocabulary):
        return diagnostics
    from edexql.compiler.lint import analysis
    from edexql.compiler.lint.meaning import Meaning
    from edexql.compiler.solver.analysis import examine, is_too_large
    from edexql.compiler.solver.parametric import parametric_constraints, symbolic_constraints
    from edexql.compiler.solver.places import written_logic

    constraints, changes = resolved.query.constraints, parametric_constraints(resolved)
    always = symbolic_constraints(resolved, changes)
    there = None if is_too_large(logic) else written_logic(resolved)
    ends = there.ends if there else frozenset()
    examined = examine(logic, constraints, resolved.vocabulary, ends)
    in_general = examine(logic, always, resolved.vocabulary, ends) if changes and examined.done else examined
    meaning = Meaning(resolved, examined, in_general, always, changes, there)
    return diagnostics + _found(analysis.CHECKS, meaning)


def _is_about_one_thing_each(code: Sequence[int], constraints: Sequence[Constraint]) -> bool:
    """Whether each constraint is named once, and is a period, of which there is one, or a word or text, each another:
    nothing can be found in such a query. Most are like that, and of the others `plain_queries` knows more.
    """
    things: set[object] = set()
    for number in code:
        if number > 0:
            one = constraints[number - 1]
            if one.kind == "range":
                return False
            if one.kind == "date" and not (isinstance(one.value, Period) and is_part_of_time(one.value)):
                return False
            thing = one.key if one.kind == "date" else (one.key, one.value)
            if thing in things:
                return False
            things.add(thing)
    return True


def _found(checks: Iterable[Callable[[T], Iterator[Diagnostic]]], subject: T) -> list[Diagnostic]:
    """What checks say, at most MOST of each."""
    if WATCHES:
        from edexql.language.limit import watched

        checks = watched(checks, every=1)
    return [diagnostic for check in checks for diagnostic in islice(check(subject), MOST)]
