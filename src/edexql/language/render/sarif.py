"""SARIF 2.1.0, the format in which code hosts and editors exchange findings."""

from __future__ import annotations

import json

from edexql.language.codes import CODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.language.diagnostic import Diagnostic
    from edexql.language.source import Source, Span


def sarif(diagnostics: Iterable[Diagnostic], *, version: str) -> str:
    found = list(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in found})
    driver = {
        "name": "edexql",
        "version": version,
        "rules": [{"id": code, "shortDescription": {"text": CODES[code]}} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in found],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2) + "\n"


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
