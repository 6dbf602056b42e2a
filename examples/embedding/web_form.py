"""The backend of a web form: checks a query while it is typed, completes it, and takes it when it is sent.

    python examples/embedding/web_form.py "fai has-data; date 2019; logic 1 ADN 2"

The answers are plain data for JSON. Offsets are given in code points and in UTF-16, which JavaScript counts in.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import edexql


def validated(text: str) -> dict[str, Any]:
    """What is wrong with a text, and what it says in words where it can be read."""
    diagnostics = edexql.check(text)
    answer: dict[str, Any] = {"diagnostics": [diagnostic.to_dict() for diagnostic in diagnostics], "sentence": None}
    if not any(diagnostic.is_error for diagnostic in diagnostics):
        answer["sentence"] = edexql.explain(text).sentence
    return answer


def completed(text: str, position: int) -> list[dict[str, Any]]:
    """What could stand at a position of a text, best first."""
    return [
        {"text": candidate.text, "start": candidate.start, "end": candidate.end}
        for candidate in edexql.complete(text, position)[:10]
    ]


def sent(text: str) -> dict[str, Any]:
    """The parameters of a query, or what keeps it from being sent."""
    try:
        return {"parameters": edexql.compile(text).parameters}
    except edexql.QueryError as error:
        return {"diagnostics": [diagnostic.to_dict() for diagnostic in error.diagnostics]}


if __name__ == "__main__":
    text = " ".join(sys.argv[1:])
    print(json.dumps({**validated(text), "completions": completed(text, len(text)), **sent(text)}, indent=2))
