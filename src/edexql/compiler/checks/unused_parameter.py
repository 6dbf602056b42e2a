"""W609: a parameter that is set and never used."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def unused_parameter(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged:
        return
    for name, span in resolved.unused_parameters:
        yield Diagnostic(
            "W609",
            f"the parameter `{name}` is never used",
            resolved.program.source,
            span,
            help=f"use it as `${name}`, or take it away",
        )
