"""W609: a parameter that is set and never used."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.near import did_you_mean, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def unused_parameter(resolved: Resolved) -> Iterator[Diagnostic]:
    if resolved.program.damaged:
        return
    known = [name for name, _, _ in resolved.unused_parameters] + list(resolved.used_parameters)
    for name, source, span in resolved.unused_parameters:
        plain = name.removeprefix("-D ")
        near = nearest(plain, [other for other in known if other != name])
        help = did_you_mean(near) or f"use it as `${plain}`, or take it away"
        yield Diagnostic("W609", f"the parameter `{plain}` is never used", source, span, help=help)
