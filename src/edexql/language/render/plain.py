"""One line a diagnostic, `file:line:column: error[CODE] message`, for editors, grep and logs."""

from __future__ import annotations

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.diagnostic import Diagnostic


def plain(diagnostics: Iterable[Diagnostic]) -> str:
    return "".join(f"{_line(diagnostic)}\n" for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    line, column = diagnostic.source.position(diagnostic.span.start)
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    text = f"{diagnostic.source.name}:{line}:{column}: {diagnostic.severity}[{diagnostic.code}] {diagnostic.message}"
    return printable(text + help)
