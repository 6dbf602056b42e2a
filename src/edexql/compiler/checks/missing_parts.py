"""W606, W607: a query without a constraint, or without a product."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.source import Span
from edexql.language.syntax import Constraint, Logic, Product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.syntax import Statement


def missing_parts(resolved: Resolved) -> Iterator[Diagnostic]:
    program = resolved.program
    if program.damaged or any(diagnostic.is_error for diagnostic in resolved.diagnostics):
        return
    source = program.source
    whole = Span(0, 0)
    if not any(isinstance(statement, Constraint) or _in_place(statement) for statement in program.statements):
        yield Diagnostic(
            "W606",
            "this query has no constraint: it asks for every file of its products",
            source,
            whole,
            help="add a date, as in `date 2019-05-01`",
        )
    if not any(isinstance(statement, Product) for statement in program.statements):
        yield Diagnostic(
            "W607",
            "this query names no product",
            source,
            whole,
            help="add one, as in `product fai-lv1-hdf5-images`; what eDEx does without one is not known",
        )


def _in_place(statement: Statement) -> bool:
    return isinstance(statement, Logic) and any(True for _ in statement.expression.constraints())
