"""Diagnostics for programs.

`plain` is one line for each, for editors, grep and logs; `as_json` an array of objects, whose fields are described in
docs/diagnostics.md and only ever added to; `sarif` is SARIF 2.1.0, the format in which code hosts and editors exchange
warnings; `github` are the workflow commands that show each warning at its line of a pull request.
"""

from __future__ import annotations

import json

from edexql.base.text import printable
from edexql.language.diagnostics.codes import OWN, title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Literal

    from edexql.language.diagnostics import Diagnostic
    from edexql.language.source import Source, Span

    Form = Literal["terminal", "plain", "json", "sarif", "github"]


def render(diagnostics: Iterable[Diagnostic], form: Form = "terminal", *, colour: bool = False) -> str:
    """Diagnostics as a text, in a form of `edexql check --output`.

    "terminal" shows the lines with the places underlined, in colour if `colour` is true; "plain" is a line for each;
    "json" an array of `to_dict()`; "sarif" SARIF 2.1.0, for code hosts and editors; "github" the workflow commands of
    GitHub. What is no form raises ValueError.

    >>> import edexql
    >>> print(edexql.render(edexql.check("fai has-dta"), "plain"), end="")
    <text>:1:5: error[E303] fai has no value `has-dta` (did you mean `fai has-data`?)
    """
    if form == "terminal":
        from edexql.language.diagnostics.terminal import terminal

        return terminal(diagnostics, colour=colour)
    if form == "sarif":
        from edexql.base.version import __version__

        return sarif(diagnostics, version=__version__)
    writers = {"plain": plain, "json": as_json, "github": github}
    if form not in writers:
        raise ValueError(f"there is no form {form!r}; there are terminal, sarif, {', '.join(writers)}")
    return writers[form](diagnostics)


def sarif(diagnostics: Iterable[Diagnostic], *, version: str) -> str:
    listed = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in listed})
    driver = {
        "name": "edexql",
        "version": version,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in listed],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": title(code)}}
    if code in OWN and OWN[code].documentation:
        rule["helpUri"] = OWN[code].documentation
    return rule


def _result(diagnostic: Diagnostic, codes: list[str]) -> dict[str, Any]:
    source = diagnostic.source
    help = f"\n{diagnostic.help}" if diagnostic.help else ""
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": diagnostic.message + help},
        "locations": [_location(source, diagnostic.span)],
    }
    if diagnostic.notes:
        result["relatedLocations"] = [
            {**_location(source, note.span), "message": {"text": note.message}} for note in diagnostic.notes
        ]
    if diagnostic.fix is not None:
        replacement = {
            "deletedRegion": _region(source, diagnostic.fix.span),
            "insertedContent": {"text": diagnostic.fix.text},
        }
        change = {"artifactLocation": _artifact(source), "replacements": [replacement]}
        result["fixes"] = [
            {"description": {"text": diagnostic.help or diagnostic.message}, "artifactChanges": [change]}
        ]
    return result


def _location(source: Source, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(source), "region": _region(source, span)}}


def _artifact(source: Source) -> dict[str, str]:
    import os
    from urllib.parse import quote

    return {"uri": quote(os.fsencode(source.name.replace("\\", "/")))}


def _region(source: Source, span: Span) -> dict[str, int]:
    start_line, start_column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    return json.dumps([diagnostic.to_dict() for diagnostic in diagnostics], indent=2) + "\n"


def plain(diagnostics: Iterable[Diagnostic]) -> str:
    return "".join(f"{_line(diagnostic)}\n" for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    line, column = diagnostic.source.position(diagnostic.span.start)
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    text = f"{diagnostic.source.name}:{line}:{column}: {diagnostic.severity}[{diagnostic.code}] {diagnostic.message}"
    return printable(text + help)


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
