"""What may be meant and may be not: findings on a resolved query, all of them warnings, one a file."""

from __future__ import annotations

from itertools import islice

from edexql.compiler.checks.missing_parts import missing_parts
from edexql.compiler.checks.outside_mission import outside_mission
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
    missing_parts,
    outside_mission,
    unconfirmed,
    unused_constraint,
    unused_parameter,
)


def findings(resolved: Resolved) -> list[Diagnostic]:
    """The findings of all checks, of each no more than anyone reads."""
    return [finding for check in CHECKS for finding in islice(check(resolved), MOST)]
