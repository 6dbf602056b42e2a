"""W614: a query that nothing can meet, and the smallest part of it that contradicts itself."""

from __future__ import annotations

from edexql.compiler.checks.telling import Told
from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.analysis.examining import Examined
    from edexql.compiler.resolve import Resolved


def never_true(resolved: Resolved, examined: Examined) -> Iterator[Diagnostic]:
    if examined.value is not False:
        return
    told = Told(resolved)
    numbers = told.numbers_at(examined.part)
    last = numbers[-1]
    if len(numbers) == 1:
        text = told.text(last)
        why = (
            f"no {told.key(last)} meets {text}" if told.nothing(last) else f"{text} is asked for and ruled out at once"
        )
    elif len(numbers) == 2 and told.apart(*numbers):
        why = f"{told.text(numbers[0])} and {told.text(last)} exclude each other"
    else:
        why = f"{told.listed(numbers)} contradict each other as the logic joins them"
    yield Diagnostic(
        "W614",
        f"nothing can meet this query: {why}",
        resolved.program.source,
        told.span(last),
        notes=told.notes(numbers[:-1], "and this"),
        help="join them by OR, or change one of them" if len(numbers) > 1 else "change it, or take it away",
    )
