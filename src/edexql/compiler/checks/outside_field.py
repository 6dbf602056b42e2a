"""W619: a range that no value of its field is in."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.checks.telling import Told


def outside_field(told: Told) -> Iterator[Diagnostic]:
    blamed = told.numbers_at(told.examined.part) if told.examined.value is False else []
    for number in told.resolved.numbers:
        if number not in blamed and told.nothing(number):
            yield Diagnostic(
                "W619",
                f"no {told.key(number)} is in this range: {told.text(number)} is never met",
                told.resolved.program.source,
                told.span(number),
                help=(told.bounds(number) or "change it, or take it away") + told.for_now_of([number]),
            )
