"""What may be meant and may be not: findings on a resolved query, all of them warnings, one a file."""

from __future__ import annotations

from itertools import islice

from edexql.compiler.analysis.plainness import is_plain
from edexql.compiler.checks.accidental_wrap import accidental_wrap
from edexql.compiler.checks.allowances import allowances
from edexql.compiler.checks.between_steps import between_steps
from edexql.compiler.checks.comma_in_number import comma_in_number
from edexql.compiler.checks.missing_parts import missing_parts
from edexql.compiler.checks.mixed_operators import mixed_operators
from edexql.compiler.checks.outside_mission import outside_mission
from edexql.compiler.checks.product_not_served import product_not_served
from edexql.compiler.checks.unconfirmed import unconfirmed
from edexql.compiler.checks.unused_constraint import unused_constraint
from edexql.compiler.checks.unused_parameter import unused_parameter
from edexql.language.diagnostic import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostic import Diagnostic

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
    from edexql.compiler.analysis.examining import examine
    from edexql.compiler.analysis.lasting import changing, lasting
    from edexql.compiler.analysis.places import written
    from edexql.compiler.checks.meaning import CHECKS_OF_MEANING
    from edexql.compiler.checks.telling import Told

    constraints, changes = resolved.query.constraints, changing(resolved)
    always = lasting(resolved, changes)
    there = written(resolved)
    ends = there.ends if there else frozenset()
    examined = examine(logic, constraints, resolved.vocabulary, ends)
    in_general = examine(logic, always, resolved.vocabulary, ends) if changes and examined.done else examined
    told = Told(resolved, examined, in_general, always, changes, there)
    return found + [finding for check in CHECKS_OF_MEANING for finding in islice(check(told), MOST)]
