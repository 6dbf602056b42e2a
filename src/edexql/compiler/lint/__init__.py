"""What may be meant and may be not: findings on a resolved query, all of them warnings, one function each."""

from __future__ import annotations

from itertools import islice

from edexql.compiler.lint.operators import mixed_operators
from edexql.compiler.lint.scope import missing_parts, outside_mission, product_not_served
from edexql.compiler.lint.spelling import unconfirmed
from edexql.compiler.lint.unused import allowances, unused_constraint, unused_parameter
from edexql.compiler.lint.values import accidental_wrap, between_steps, comma_in_number
from edexql.compiler.solver.fast_path import is_plain
from edexql.language.diagnostics.value import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostics.value import Diagnostic

CHECKS: tuple[Callable[[Resolved], Iterator[Diagnostic]], ...] = (
    allowances,
    accidental_wrap,
    between_steps,
    comma_in_number,
    missing_parts,
    mixed_operators,
    outside_mission,
    product_not_served,
    unconfirmed,
    unused_constraint,
    unused_parameter,
)


def findings(resolved: Resolved) -> list[Diagnostic]:
    """The findings of all checks, of each no more than anyone reads."""
    found = [finding for check in CHECKS for finding in islice(check(resolved), MOST)]
    logic = resolved.query.effective_logic()
    if logic is None or resolved.program.damaged or any(d.is_error for d in resolved.diagnostics):
        return found
    if is_plain(logic.code, resolved.query.constraints, resolved.vocabulary):
        return found
    from edexql.compiler.lint.meaning import Meaning
    from edexql.compiler.lint.truth import CHECKS_OF_MEANING
    from edexql.compiler.solver.analysis import examine
    from edexql.compiler.solver.parametric import changing, lasting
    from edexql.compiler.solver.places import written

    constraints, changes = resolved.query.constraints, changing(resolved)
    always = lasting(resolved, changes)
    there = written(resolved)
    ends = there.ends if there else frozenset()
    examined = examine(logic, constraints, resolved.vocabulary, ends)
    in_general = examine(logic, always, resolved.vocabulary, ends) if changes and examined.done else examined
    meaning = Meaning(resolved, examined, in_general, always, changes, there)
    return found + [finding for check in CHECKS_OF_MEANING for finding in islice(check(meaning), MOST)]
