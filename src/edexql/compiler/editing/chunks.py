"""Typed text cut into its statements, each with the comments before and behind it."""

from __future__ import annotations

from edexql.base.record import record
from edexql.language.lexer import COMMENT, END, JOINED, KIND, NEWLINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.syntax import Program, Statement

_SEMICOLON = KIND["_SEMICOLON"]
# Stages of a chunk: comments only so far, in its statement, behind the semicolon.
_BEFORE, _WITHIN, _BEHIND = range(3)


@record(frozen=True, slots=True)
class Chunk:
    """A stretch of typed text: a statement and its comments, or comments alone.

    `commented` tells whether a comment stands behind the statement.
    """

    start: int
    end: int
    statement: Statement | None
    commented: bool


def chunks(program: Program) -> Iterator[Chunk]:
    """The chunks of a text without errors of syntax, in order."""
    tokens = program.tokens
    statements = iter(program.statements)
    start, end, stage, commented = -1, 0, _BEFORE, False
    for index in range(tokens.count):
        kind = tokens.kinds[index]
        if kind == JOINED:
            continue
        if kind == _SEMICOLON:
            stage = _BEHIND if stage == _WITHIN else stage
            continue
        over = kind in (NEWLINE, END) and stage != _BEFORE
        over = over or (stage == _BEHIND and kind not in (COMMENT, NEWLINE, END)) or (kind == END and start >= 0)
        if over:
            yield Chunk(start, end, next(statements) if stage != _BEFORE else None, commented)
            start, stage, commented = -1, _BEFORE, False
        if kind in (NEWLINE, END):
            continue
        start = tokens.starts[index] if start < 0 else start
        end = tokens.ends[index]
        commented = kind == COMMENT
        if kind != COMMENT:
            stage = _WITHIN
