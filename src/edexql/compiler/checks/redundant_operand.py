"""W617: operands that make no difference, though the constraints in them do, alone or elsewhere."""

from __future__ import annotations

from collections import Counter

from edexql.compiler.certainty import MOST_TRIED
from edexql.language.diagnostic import Diagnostic, Fix
from edexql.language.lexer import COMMENT
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

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
    left = Counter(told.resolved.query.effective_code())
    offered = 0
    for operand in sorted(told.examined.redundant, key=lambda operand: operand.places[0]):
        span = found.spans[operand.places[-1]]
        stays = operand.places in always
        # Each is made by reading the whole logic, and no more of them are tried in the end.
        fix = _without(operand, found, told.resolved, left) if stays and offered < MOST_TRIED else None
        offered += fix is not None
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
            fix=fix,
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


def _without(operand: Redundant, found: Written, resolved: Resolved, left: Counter[int]) -> Fix | None:
    """The edit that takes an operand away, and nothing else.

    None where constraints would go with it, and others get new numbers, or would no longer be named. `left` counts how
    often each is named when all edits before have been made.
    """
    from edexql.compiler.editing.pruning import pruned
    from edexql.compiler.editing.sheet import within

    statement, tokens = found.statement, resolved.program.tokens
    code = resolved.query.effective_code()
    inside = Counter(code[place] for place in operand.places if code[place] > 0)
    if any(count >= left[number] for number, count in inside.items()):
        return None
    if any(True for _ in statement.expression.constraints()):
        return None
    first, last = within(tokens, found.spans[operand.places[-1]])
    gone = pruned(statement, tokens, range(first, last + 1).__contains__)
    if not gone:
        return None
    left.subtract(inside)
    return _edit(statement.span, gone, resolved)


def _edit(statement: Span, gone: set[int], resolved: Resolved) -> Fix:
    """The edit of a statement that takes these tokens away, as short as it can be."""
    from edexql.compiler.editing.rewriting import rewritten
    from edexql.compiler.editing.sheet import within

    tokens = resolved.program.tokens
    first, last = within(tokens, statement)
    if COMMENT not in tokens.kinds[first : last + 1]:
        # With a token on each side, so that what is left is set apart as it was.
        first, last = max(first, min(gone) - 1), min(last, max(gone) + 1)
    start, end = tokens.starts[first], tokens.ends[last]
    old, new = resolved.program.source.text[start:end], rewritten(tokens, first, last, gone, {}).rstrip("\n")
    same = _shared(old, new)
    behind = _shared(old[same:][::-1], new[same:][::-1])
    return Fix(Span(start + same, end - behind), new[same : len(new) - behind])


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (place for place, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b))
    )
