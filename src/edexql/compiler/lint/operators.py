"""W621: AND and OR side by side without brackets, which people read in two ways."""

from __future__ import annotations

from edexql.language.diagnostics.value import Diagnostic, Fix
from edexql.language.syntax import AND, GROUP, NOT, OR, Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved
    from edexql.language.source import Span


def mixed_operators(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged or resolved.logic is None or resolved.diagnostics:
        return
    logic = next((s for s in resolved.program.statements if isinstance(s, Logic)), None)
    if logic is None or not {AND, OR} <= {part for part in logic.expression.code if isinstance(part, int)}:
        return
    from edexql.compiler.solver.places import extents

    source = resolved.program.source
    for whole, parts in _mixed(logic.expression.code, extents(logic.expression)):
        yield Diagnostic(
            "W621",
            "AND and OR without brackets: AND is evaluated first",
            source,
            parts[0],
            help="add brackets; `edexql check --fix` adds them around AND",
            fix=Fix(whole, _bracketed(source.text, whole, parts)),
        )


def _mixed(code: tuple[object, ...], spans: list[Span]) -> Iterator[tuple[Span, list[Span]]]:
    """The chains of OR that have AND among their operands without brackets, and those operands, in order."""
    # For each operand: what it is joined by, where it stands, and the AND among its parts where that is OR.
    stack: list[tuple[object, Span, list[Span]]] = []
    for part, span in zip(code, spans, strict=True):
        if part not in (NOT, AND, OR, GROUP):
            stack.append((None, span, []))
            continue
        right = stack.pop()
        if part in (NOT, GROUP):
            if part == GROUP and right[2]:
                yield right[1], right[2]
            stack.append((None, span, []))
            continue
        left = stack.pop()
        inside: list[Span] = []
        if part == OR:
            # The list of the left one is taken over: to copy it each time would take ever longer.
            inside = left[2] if left[0] == OR else [left[1]] * (left[0] == AND)
            inside += right[2] if right[0] == OR else [right[1]] * (right[0] == AND)
        stack.append((part, span, inside))
    if stack[0][2]:
        yield stack[0][1], stack[0][2]


def _bracketed(text: str, whole: Span, parts: list[Span]) -> str:
    pieces = []
    end = whole.start
    for part in parts:
        pieces += [text[end : part.start], "(", text[part.start : part.end], ")"]
        end = part.end
    return "".join([*pieces, text[end : whole.end]])


CHECKS = (mixed_operators,)
