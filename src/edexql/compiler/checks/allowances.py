"""W623: a comment that begins with `edq:` and names no warning to be allowed."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.lexer import COMMENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def allowances(resolved: Resolved) -> Iterator[Diagnostic]:
    program = resolved.program
    if COMMENT not in program.tokens.kinds:
        return
    from edexql.language.allowing import Slip, in_comments

    for found in in_comments(program.tokens):
        if isinstance(found, Slip):
            message, help, fix = found.told()
            yield Diagnostic("W623", message, program.source, found.span, help=help, fix=fix)
