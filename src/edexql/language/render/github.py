"""GitHub's workflow commands, which put each finding at its line of a pull request."""

from __future__ import annotations

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.diagnostic import Diagnostic


def github(diagnostics: Iterable[Diagnostic]) -> str:
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    source = diagnostic.source
    line, column = source.position(diagnostic.span.start)
    end_line, end_column = source.position(diagnostic.span.end)
    properties = {
        "file": source.name,
        "line": str(line),
        "endLine": str(end_line),
        "col": str(column),
        "endColumn": str(end_column),
        "title": f"edexql {diagnostic.code}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    help = f"\n{diagnostic.help}" if diagnostic.help else ""
    return f"::{diagnostic.severity} {listed}::{_data(diagnostic.message + help)}"


def _data(text: str) -> str:
    shown = "\n".join(printable(line) for line in text.split("\n"))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
