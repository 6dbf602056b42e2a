"""W614: a query that nothing can meet, and the smallest part of it that contradicts itself."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told


def never_true(told: Told) -> Iterator[Diagnostic]:
    if told.examined.value is not False:
        return
    lasting = told.lasting.value is False
    part = told.lasting.part if lasting else told.examined.part
    numbers = told.numbers_at(part)
    code = told.resolved.query.effective_code()
    help = "change one of them, or how the logic joins them" if len(numbers) > 1 else "change it, or take it away"
    yield Diagnostic(
        "W614",
        f"nothing can meet this query: {told.reason_of_value(part, range(len(code)), value=False)}",
        told.resolved.program.source,
        told.span(numbers[-1]),
        notes=told.notes(numbers[:-1], "and this"),
        help=help + told.for_now(numbers, lasting=lasting),
    )
