"""W615: a logic that restricts nothing, and the smallest part of it that makes it so."""

from __future__ import annotations

from edexql.compiler.checks.telling import Told
from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved


def always_true(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    if examined.value is not True:
        return
    told = Told(resolved)
    numbers = told.numbers_at(examined.part)
    last = numbers[-1]
    if len(numbers) > 1:
        why = f"whatever is the case, one of {told.listed(numbers)} lets it in"
    else:
        why = f"every {told.key(last)} is in it" if told.everything(last) else f"{told.text(last)} and its opposite"
    yield Diagnostic(
        "W615",
        f"this logic restricts nothing: {why}",
        resolved.program.source,
        told.span(last),
        notes=told.notes(numbers[:-1], "together with this"),
        help="join them by AND, or change one of them" if len(numbers) > 1 else "change it, or take it away",
    )
