"""The error of a query, with the diagnostics that say what is wrong with it.

It is not in `value`, because `terminal`, which makes its text, imports that.
"""

from __future__ import annotations

from edexql.base.errors import EdexqlError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.language.diagnostics import Diagnostic


class QueryError(EdexqlError):
    """A query that has errors. `diagnostics` holds all of them, and the warnings, in the order of the text."""

    __module__ = "edexql"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from edexql.language.diagnostics.terminal import terminal

        return "\n" + terminal(self.diagnostics, colour=False)
