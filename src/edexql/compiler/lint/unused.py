"""Warnings about what changes nothing: constraints and parameters that nothing uses, comments that allow nothing."""

from __future__ import annotations

from edexql.base.text import shown
from edexql.language.diagnostics.value import Diagnostic
from edexql.language.lexer import COMMENT
from edexql.language.spelling import did_you_mean, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


# Mistakes after which it is not certain what the logic would name: in statements, labels, or the logic itself.
_LEAVES_LOGIC_OPEN = frozenset({"E301", "E304", "E305", "E310"})


def unused_constraint(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged or resolved.logic is None:
        return
    if any(diagnostic.code in _LEAVES_LOGIC_OPEN for diagnostic in resolved.diagnostics):
        return
    named = set(resolved.logic.code)
    if named.issuperset(resolved.numbers):
        return
    from edexql.compiler.canonical import constraint_text

    constraints = resolved.query.constraints
    for number, constraint, origin in zip(resolved.numbers, constraints, resolved.origins, strict=True):
        if number not in named:
            name = constraint.label or number
            yield Diagnostic(
                "W602",
                f"constraint {number}, {shown(constraint_text(constraint))}, is not in the logic and is not sent",
                resolved.program.source,
                origin.span,
                help=f"add it to the logic, as in `… AND {name}`, or remove it",
            )


def unused_parameter(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged:
        return
    known = [name for name, _, _ in resolved.unused_parameters] + list(resolved.used_parameters)
    for name, source, span in resolved.unused_parameters:
        plain = name.removeprefix("-D ")
        near = nearest(plain, [other for other in known if other != name])
        help = did_you_mean(near) or f"use it as `${plain}`, or remove it"
        yield Diagnostic("W609", f"the parameter `{plain}` is never used", source, span, help=help)


def suppressions(resolved: Resolved) -> Iterator[Diagnostic]:
    program = resolved.program
    if COMMENT not in program.tokens.kinds:
        return
    from edexql.language.diagnostics.suppressions import InvalidSuppression, suppressions_in

    for suppression in suppressions_in(program.tokens):
        if isinstance(suppression, InvalidSuppression):
            message, help, fix = suppression.diagnosis()
            yield Diagnostic("W623", message, program.source, suppression.span, help=help, fix=fix)


CHECKS = (suppressions, unused_constraint, unused_parameter)
