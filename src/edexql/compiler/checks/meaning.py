"""The checks that go by what the analysis of a query found: as it is now, and whatever day and parameters are."""

from __future__ import annotations

from edexql.compiler.checks.always_true import always_true
from edexql.compiler.checks.duplicate import duplicate
from edexql.compiler.checks.never_true import never_true
from edexql.compiler.checks.not_analysed import not_analysed
from edexql.compiler.checks.outside_field import outside_field
from edexql.compiler.checks.redundant_operand import redundant_operand
from edexql.compiler.checks.without_effect import without_effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.checks.telling import Told
    from edexql.language.diagnostic import Diagnostic

CHECKS_OF_MEANING: tuple[Callable[[Told], Iterator[Diagnostic]], ...] = (
    never_true,
    always_true,
    without_effect,
    duplicate,
    outside_field,
    redundant_operand,
    not_analysed,
)
