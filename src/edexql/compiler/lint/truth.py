"""Findings about what a query can mean: never met (W614), always met (W615), no value of a field, or not analysed."""

from __future__ import annotations

from edexql.compiler.lint.redundancy import duplicate, redundant_operand, without_effect
from edexql.language.diagnostics.value import Diagnostic
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.lint.meaning import Meaning


def never_true(meaning: Meaning) -> Iterator[Diagnostic]:
    return _settled(meaning, "W614", "nothing can meet this query", "and this", value=False)


def always_true(meaning: Meaning) -> Iterator[Diagnostic]:
    return _settled(meaning, "W615", "this logic restricts nothing", "together with this", value=True)


def _settled(meaning: Meaning, code: str, what: str, note: str, *, value: bool) -> Iterator[Diagnostic]:
    """A finding about a query that has one value, and the smallest part of it that makes it so."""
    if meaning.examined.value is not value:
        return
    lasting = meaning.lasting.value is value
    part = meaning.lasting.part if lasting else meaning.examined.part
    numbers = meaning.numbers_at(part)
    whole = range(len(meaning.resolved.query.effective_code()))
    help = "change one of them, or how the logic joins them" if len(numbers) > 1 else "change it, or take it away"
    yield Diagnostic(
        code,
        f"{what}: {meaning.reason_of_value(part, whole, value=value)}",
        meaning.resolved.program.source,
        meaning.span(numbers[-1]),
        notes=meaning.notes(numbers[:-1], note),
        help=help + meaning.for_now(numbers, lasting=lasting),
    )


def outside_field(meaning: Meaning) -> Iterator[Diagnostic]:
    blamed = meaning.numbers_at(meaning.examined.part) if meaning.examined.value is False else []
    for number in meaning.resolved.numbers:
        if number not in blamed and meaning.nothing(number):
            yield Diagnostic(
                "W619",
                f"no {meaning.key(number)} is in this range: {meaning.text(number)} is never met",
                meaning.resolved.program.source,
                meaning.span(number),
                help=(meaning.bounds(number) or "change it, or take it away") + meaning.for_now_of([number]),
            )


def not_analysed(meaning: Meaning) -> Iterator[Diagnostic]:
    if not meaning.examined.done:
        yield Diagnostic(
            "W624",
            "what this query means was not analysed: it is too large or too entangled for that",
            meaning.resolved.program.source,
            Span(0, 0),
            help="whether it contradicts itself, or has parts without effect, is not known; ask in several queries",
        )


# The checks that go by what the analysis of a query found: as it is now, and whatever day and parameters are.
CHECKS_OF_MEANING: tuple[Callable[[Meaning], Iterator[Diagnostic]], ...] = (
    never_true,
    always_true,
    without_effect,
    duplicate,
    outside_field,
    redundant_operand,
    not_analysed,
)
