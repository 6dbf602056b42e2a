"""JSON Schemas (draft 2020-12) of the JSON that edexql writes and takes, for editors, web forms and other languages.

query.json        `edexql.to_dict` and `edexql.from_dict`
diagnostics.json  `edexql check --output json`; `$defs/diagnostic` is one of them, as `to_dict()` gives it
vocabulary.json   a vocabulary file, as `edexql.load_vocabulary` and `--vocabulary` take it

For type checkers the same forms are TypedDicts: `QueryForm`, `DiagnosticForm`, `VocabularyForm`, and `ParameterForm` of
the dictionary that eDEx takes.
"""

from __future__ import annotations

import json
import os
from typing import Any

from edexql.base.json_forms import DiagnosticForm, ParameterForm, QueryForm, VocabularyForm

__all__ = ["NAMES", "DiagnosticForm", "ParameterForm", "QueryForm", "VocabularyForm", "schema"]

NAMES = ("diagnostics", "query", "vocabulary")


def schema(name: str) -> dict[str, Any]:
    """The schema of a name, a fresh dictionary each time. Raises ValueError for a name that there is none of.

    >>> from edexql import schemas
    >>> sorted(schemas.schema("query")["properties"])
    ['constraints', 'email', 'extras', 'logic', 'products']
    """
    if name not in NAMES:
        raise ValueError(f"there is no schema {name!r}; there are {', '.join(NAMES)}")
    with open(os.path.join(os.path.dirname(__file__), f"{name}.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found
