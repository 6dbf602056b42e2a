"""Lint: warnings about a query that compiles, where it may not say what was meant. One function for each check.

scope      what is selected at all: product, mission time, missing parts
spelling   names that no source confirms
unused     constraints and parameters that nothing uses; comments that suppress nothing
operators  AND and OR without brackets
values     ranges and numbers that may be slips
analysis   what the solver proves: contradictions, parts without effect
meaning    the words in which `analysis` names constraints and reasons

To add a check, write a function of a query, `(Resolved) -> Iterator[Diagnostic]`, in one of these files and add it to
CHECKS; or of what the solver found, `(Meaning) -> Iterator[Diagnostic]`, and add it to `analysis_checks`. Its code
stands in `language.diagnostics.codes` and has a section in docs/diagnostics.md.
"""

from __future__ import annotations

from itertools import islice

from edexql.compiler.lint import operators, scope, spelling, unused, values
from edexql.compiler.solver.fast_path import is_plain
from edexql.language.diagnostics.value import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.lint.meaning import Meaning
    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostics.value import Diagnostic

CHECKS: tuple[Callable[[Resolved], Iterator[Diagnostic]], ...] = (
    unused.suppressions,
    values.accidental_wrap,
    values.between_steps,
    values.comma_in_number,
    scope.missing_parts,
    operators.mixed_operators,
    scope.outside_mission,
    scope.product_not_served,
    spelling.unconfirmed,
    unused.unused_constraint,
    unused.unused_parameter,
)


def analysis_checks() -> tuple[Callable[[Meaning], Iterator[Diagnostic]], ...]:
    """The checks of what the solver found. They are imported only for queries that need the solver."""
    from edexql.compiler.lint import analysis

    return (
        analysis.never_true,
        analysis.always_true,
        analysis.without_effect,
        analysis.duplicate,
        analysis.outside_field,
        analysis.redundant_operand,
        analysis.not_analysed,
    )


def lint_query(resolved: Resolved) -> list[Diagnostic]:
    """The warnings of all checks, at most MOST of each."""
    diagnostics = [diagnostic for check in CHECKS for diagnostic in islice(check(resolved), MOST)]
    logic = resolved.query.effective_logic()
    if logic is None or resolved.program.damaged or any(d.is_error for d in resolved.diagnostics):
        return diagnostics
    if is_plain(logic.code, resolved.query.constraints, resolved.vocabulary):
        return diagnostics
    from edexql.compiler.lint.meaning import Meaning
    from edexql.compiler.solver.analysis import examine
    from edexql.compiler.solver.parametric import parametric_constraints, symbolic_constraints
    from edexql.compiler.solver.places import written_logic

    constraints, changes = resolved.query.constraints, parametric_constraints(resolved)
    always = symbolic_constraints(resolved, changes)
    there = written_logic(resolved)
    ends = there.ends if there else frozenset()
    examined = examine(logic, constraints, resolved.vocabulary, ends)
    in_general = examine(logic, always, resolved.vocabulary, ends) if changes and examined.done else examined
    meaning = Meaning(resolved, examined, in_general, always, changes, there)
    return diagnostics + [diagnostic for check in analysis_checks() for diagnostic in islice(check(meaning), MOST)]
