"""What an edit gives, and the error of one that is refused."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import record

OPEN_EDITOR = "`edit` opens the whole query in an editor"


class EditError(EdexqlError):
    """An edit that is refused; the query stays as it was. `message` says why, `help` the way out, if there is one."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}; {self.help}" if self.help else self.message


@record(frozen=True, slots=True)
class Piece:
    """Typed text in a draft: `typed[typed_start:typed_end]` stands there from `start` on."""

    typed_start: int
    typed_end: int
    start: int


@record(frozen=True, slots=True)
class Edited:
    """A query before and after an edit.

    `text` is the new query, laid out, or None where what was typed has errors of syntax. `draft` is the new
    text before layout, with `pieces` of the typed text verbatim in it; diagnostics are computed on it. `before`
    is the query that was edited, and `whole` tells that all of it was replaced.
    """

    text: str | None
    pieces: tuple[Piece, ...]
    draft: str
    before: str = ""
    whole: bool = False
