"""W617: operands that make no difference, though the constraints in them do, alone or elsewhere."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edexql.compiler.analysis.examining import Redundant
    from edexql.compiler.analysis.places import Written
    from edexql.compiler.checks.telling import Told
    from edexql.compiler.resolve import Resolved


def redundant_operand(told: Told) -> Iterator[Diagnostic]:
    found = told.written
    if not told.examined.redundant:
        return
    if found is None:
        yield from _of_kinds(told)
        return
    always = {operand.places for operand in told.lasting.redundant}
    fix = _without(told.lasting.redundant, found, told.resolved)
    for operand in sorted(told.examined.redundant, key=lambda operand: operand.places[0]):
        span = found.spans[operand.places[-1]]
        stays = operand.places in always
        inside = told.numbers_in(operand.places)
        elsewhere = [
            number for number in told.numbers_at(operand.part) if not span.start <= told.span(number).start < span.end
        ]
        yield Diagnostic(
            "W617",
            _message("this operand", operand, told)
            or "this operand makes no difference: without it the query means the same",
            told.resolved.program.source,
            span,
            notes=told.notes(elsewhere, "this is in it"),
            help="take it away"
            + (", as `edexql fmt --simplify` does" if stays else told.for_now(inside, lasting=False)),
            fix=fix if stays else None,
        )


def _of_kinds(told: Told) -> Iterator[Diagnostic]:
    """The same where no logic was written: the constraints of one kind are the operand."""
    always = {operand.places for operand in told.lasting.redundant}
    for operand in told.examined.redundant:
        numbers = told.numbers_in(operand.places)
        yield Diagnostic(
            "W617",
            _message("these", operand, told)
            or f"{told.listed(numbers)} make no difference: without them the query means the same",
            told.resolved.program.source,
            told.span(numbers[-1]),
            notes=told.notes(numbers[:-1], "together with this"),
            help=f"change one of them, or take away {'both' if len(numbers) == 2 else f'all {len(numbers)}'}"
            + told.for_now(numbers, lasting=operand.places in always),
        )


def _message(what: str, operand: Redundant, told: Told) -> str:
    if operand.value is None:
        return ""
    reason = told.reason_of_value(operand.part, operand.places, value=operand.value)
    if operand.value:
        return f"{what} {'restrict' if what == 'these' else 'restricts'} nothing: {reason}"
    return f"nothing can meet {what}: {reason}"


def _without(operands: Iterable[Redundant], found: Written, resolved: Resolved) -> Fix | None:
    """The edit that takes operands away; None where constraints would go with them, and others get new numbers."""
    from edexql.compiler.editing.pruning import pruned
    from edexql.compiler.editing.rewriting import rewritten
    from edexql.compiler.editing.sheet import within

    statement, tokens = found.statement, resolved.program.tokens
    if any(True for _ in statement.expression.constraints()):
        return None
    bounds = (within(tokens, found.spans[operand.places[-1]]) for operand in operands)
    lost = {index for first, last in bounds for index in range(first, last + 1)}
    gone = pruned(statement, tokens, lost.__contains__)
    if gone is None:
        return None
    first, last = within(tokens, statement.span)
    return Fix(statement.span, rewritten(tokens, first, last, gone, {}).rstrip("\n"))
