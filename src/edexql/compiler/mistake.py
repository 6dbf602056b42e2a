"""A mistake in a value, on its way from where it is noticed to where it becomes a diagnostic."""

from __future__ import annotations

from edexql.language.diagnostics.value import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.diagnostics.value import Fix, Note
    from edexql.language.source import Source, Span


class Mistake(Exception):
    """The parts of a diagnostic, raised while one item of a list is read; the other items are read all the same."""

    def __init__(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        notes: tuple[Note, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.help = help
        self.fix = fix
        self.notes = notes

    def diagnostic(self, source: Source) -> Diagnostic:
        return Diagnostic(self.code, self.message, source, self.span, self.notes, self.help, self.fix)


class Silent(Exception):
    """An item that a diagnostic was already given for."""
