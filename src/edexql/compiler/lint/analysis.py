"""Warnings that the solver proves: a query that nothing matches or everything does, and parts of it without effect."""

from __future__ import annotations

from collections import Counter

from edexql.base.text import common_start
from edexql.compiler.fixes import MOST_TRIED
from edexql.language.diagnostics import Diagnostic, Fix
from edexql.language.lexer import COMMENT
from edexql.language.source import Span
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.lint.meaning import Meaning
    from edexql.compiler.resolve import Resolved
    from edexql.compiler.solver.analysis import Redundant
    from edexql.compiler.solver.places import WrittenLogic


def redundant_operand(meaning: Meaning) -> Iterator[Diagnostic]:
    written = meaning.written
    if not meaning.examined.redundant:
        return
    if written is None:
        yield from _of_kinds(meaning)
        return
    always = {operand.places for operand in meaning.lasting.redundant}
    left = Counter(meaning.code)
    offered = 0
    for operand in sorted(meaning.examined.redundant, key=lambda operand: operand.places[0]):
        span = written.spans[operand.places[-1]]
        stays = operand.places in always
        # Each is made by reading the whole logic, and no more of them are tried in the end.
        fix = _without(operand, written, meaning.resolved, left) if stays and offered < MOST_TRIED else None
        offered += fix is not None
        inside = meaning.numbers_in(operand.places)
        elsewhere = [
            number
            for number in meaning.numbers_at(operand.part)
            if not span.start <= meaning.span(number).start < span.end
        ]
        yield Diagnostic(
            "W617",
            _message("this operand", operand, meaning)
            or "this operand has no effect: the query means the same without it",
            meaning.resolved.program.source,
            span,
            notes=meaning.notes(elsewhere, "this is in it"),
            help="remove it"
            + (", as `edexql fmt --simplify` does" if stays else meaning.for_now(inside, lasting=False)),
            fix=fix,
        )


def _of_kinds(meaning: Meaning) -> Iterator[Diagnostic]:
    """The same where no logic was written: the constraints of one kind are the operand."""
    always = {operand.places for operand in meaning.lasting.redundant}
    for operand in meaning.examined.redundant:
        numbers = meaning.numbers_in(operand.places)
        yield Diagnostic(
            "W617",
            _message("these", operand, meaning)
            or f"{meaning.listed(numbers)} have no effect: the query means the same without them",
            meaning.resolved.program.source,
            meaning.span(numbers[-1]),
            notes=meaning.notes(numbers[:-1], "together with this"),
            help=f"change one of them, or remove {'both' if len(numbers) == 2 else f'all {len(numbers)}'}"
            + meaning.for_now(numbers, lasting=operand.places in always),
        )


def _message(what: str, operand: Redundant, meaning: Meaning) -> str:
    if operand.value is None:
        return ""
    reason = meaning.reason_of_value(operand.part, operand.places, value=operand.value)
    if operand.value:
        return f"{what} {'restrict' if what == 'these' else 'restricts'} nothing: {reason}"
    return f"nothing can match {what}: {reason}"


def _without(operand: Redundant, written: WrittenLogic, resolved: Resolved, left: Counter[int]) -> Fix | None:
    """The edit that takes an operand away, and nothing else.

    None where constraints would go with it, and others get new numbers, or would no longer be named. `left` counts how
    often each is named when all edits before have been made.
    """
    from edexql.compiler.editing.document import within
    from edexql.compiler.editing.logic_edits import pruned

    statement, tokens = written.statement, resolved.program.tokens
    code = resolved.query.effective_code()
    inside = Counter(code[place] for place in operand.places if code[place] > 0)
    if any(count >= left[number] for number, count in inside.items()):
        return None
    if any(True for _ in statement.expression.constraints()):
        return None
    first, last = within(tokens, written.spans[operand.places[-1]])
    gone = pruned(statement, tokens, range(first, last + 1).__contains__)
    if not gone:
        return None
    left.subtract(inside)
    return _edit(statement.span, gone, resolved)


def _edit(statement: Span, gone: set[int], resolved: Resolved) -> Fix:
    """The edit of a statement that takes these tokens away, as short as it can be."""
    from edexql.compiler.editing.document import within
    from edexql.compiler.editing.logic_edits import rewritten

    tokens = resolved.program.tokens
    first, last = within(tokens, statement)
    if COMMENT not in tokens.kinds[first : last + 1]:
        # With a token on each side, so that what is left is set apart as it was.
        first, last = max(first, min(gone) - 1), min(last, max(gone) + 1)
    start, end = tokens.starts[first], tokens.ends[last]
    old, new = resolved.program.source.text[start:end], rewritten(tokens, first, last, gone, {}).rstrip("\n")
    same = common_start(old, new)
    behind = common_start(old[same:][::-1], new[same:][::-1])
    return Fix(Span(start + same, end - behind), new[same : len(new) - behind])


def without_effect(meaning: Meaning) -> Iterator[Diagnostic]:
    """Without a constraint of W616 the query means the same."""
    twice = meaning.twice() if meaning.examined.idle else {}
    for number in meaning.examined.idle:
        if (
            number in twice
            or meaning.nothing(number)
            or (number in twice.values() and number not in meaning.examined.spare)
        ):
            continue
        reason, note = meaning.reason(number)
        help = reason or "it follows from the other constraints, as the logic joins them"
        if number not in meaning.examined.spare:
            others = [other for other in meaning.examined.idle[:5] if other != number]
            help += f"; remove it or {meaning.listed(others)}, not {'both' if len(others) == 1 else 'all of them'}"
        yield Diagnostic(
            "W616",
            f"{meaning.text(number)} has no effect: the query means the same without it",
            meaning.resolved.program.source,
            meaning.span(number),
            notes=note,
            help=help + meaning.for_now([number], lasting=number in meaning.lasting.idle),
        )


def duplicate(meaning: Meaning) -> Iterator[Diagnostic]:
    logic = next((s.span for s in meaning.resolved.program.statements if isinstance(s, Logic)), None)

    def is_in_place(number: int) -> bool:
        return logic is not None and logic.start <= meaning.span(number).start < logic.end

    def said(number: int) -> tuple[str, str, object]:
        one = meaning.in_general[number - 1]
        return one.kind, one.key, one.value

    for number, first in meaning.twice().items():
        # In `where` there is no other way to name a constraint again, so only one without effect is reported.
        if number in meaning.examined.idle or not is_in_place(number):
            yield Diagnostic(
                "W618",
                f"duplicate constraint {meaning.text(number)}",
                meaning.resolved.program.source,
                meaning.span(number),
                notes=meaning.notes([first], "first written here"),
                help=f"remove it; to use it again in the logic, write {meaning.name(first)} there"
                + ("" if said(number) == said(first) else meaning.for_now_of([number, first])),
            )


def never_true(meaning: Meaning) -> Iterator[Diagnostic]:
    return _settled(meaning, "W614", "nothing can match this query", "and this", value=False)


def always_true(meaning: Meaning) -> Iterator[Diagnostic]:
    return _settled(meaning, "W615", "this logic restricts nothing", "together with this", value=True)


def _settled(meaning: Meaning, code: str, what: str, note: str, *, value: bool) -> Iterator[Diagnostic]:
    """A warning about a query that has one value, and the smallest part of it that makes it so."""
    if meaning.examined.value is not value:
        return
    lasting = meaning.lasting.value is value
    part = meaning.lasting.part if lasting else meaning.examined.part
    numbers = meaning.numbers_at(part)
    whole = range(len(meaning.code))
    help = "change one of them, or how the logic joins them" if len(numbers) > 1 else "change it or remove it"
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
                f"no value of {meaning.key(number)} is in this range: nothing matches {meaning.text(number)}",
                meaning.resolved.program.source,
                meaning.span(number),
                help=(meaning.bounds(number) or "change it or remove it") + meaning.for_now_of([number]),
            )


def not_analysed(meaning: Meaning) -> Iterator[Diagnostic]:
    if not meaning.examined.done:
        yield Diagnostic(
            "W624",
            "this query was not checked for contradictions: it is too large or too complex",
            meaning.resolved.program.source,
            Span(0, 0),
            help="it may contradict itself or have parts without effect; split it into several queries",
        )


CHECKS = (never_true, always_true, without_effect, duplicate, outside_field, redundant_operand, not_analysed)
