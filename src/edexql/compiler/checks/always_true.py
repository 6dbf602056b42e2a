"""W615: a logic that restricts nothing, and the smallest part of it that makes it so."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told


def always_true(told: Told) -> Iterator[Diagnostic]:
    if told.examined.value is not True:
        return
    lasting = told.lasting.value is True
    part = told.lasting.part if lasting else told.examined.part
    numbers = told.numbers_at(part)
    code = told.resolved.query.effective_code()
    help = "change one of them, or how the logic joins them" if len(numbers) > 1 else "change it, or take it away"
    yield Diagnostic(
        "W615",
        f"this logic restricts nothing: {told.reason_of_value(part, range(len(code)), value=True)}",
        told.resolved.program.source,
        told.span(numbers[-1]),
        notes=told.notes(numbers[:-1], "together with this"),
        help=help + told.for_now(numbers, lasting=lasting),
    )
