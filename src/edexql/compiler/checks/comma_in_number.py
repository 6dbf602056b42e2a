"""W625: a comma in a number such as `1,500`, which makes a list of two."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, shown
from edexql.language.syntax import Constraint, Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def comma_in_number(resolved: Resolved) -> Iterator[Diagnostic]:
    source = resolved.program.source
    for statement in _constraints(resolved):
        if statement.kind != "field" or len(statement.items) < 2:
            continue
        field = resolved.vocabulary.field(statement.head.text)
        if field is None or field.shape == "word":
            continue
        from edexql.compiler.thousands import likely_thousands

        for found in likely_thousands(statement, source.text, field):
            count = found.last - found.first + 1
            yield Diagnostic(
                "W625",
                f"a comma ends a number, so that this is a list of {count}",
                source,
                found.span,
                help=f"write {shown(found.number)}, or {shown(found.listed)} if a list is meant",
            )


def _constraints(resolved: Resolved) -> Iterator[Constraint]:
    for statement in resolved.program.statements:
        if isinstance(statement, Constraint):
            yield statement
        elif isinstance(statement, Logic):
            yield from statement.expression.constraints()
