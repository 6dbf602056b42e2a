"""The reply of a chat bot to a query that someone typed: what it asks for, or what is wrong with it and what to write.

python examples/embedding/chat_reply.py "fai has-dta; date 2019-05-01"
"""

from __future__ import annotations

import sys

import edexql

MOST = 3


def reply(text: str) -> str:
    """A short text for people; a query is never run without being asked for."""
    diagnostics = edexql.check(text, name="your query", allow=["W601", "W607"])
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if errors:
        lines = [f"{one.message}" + (f": {one.help}" if one.help else "") for one in errors[:MOST]]
        return "\n".join(["I cannot read this query.", *(f"- {line}" for line in lines)])
    lines = [f"You ask for {edexql.explain(text).sentence}."]
    lines += [f"- {one.message}" + (f": {one.help}" if one.help else "") for one in diagnostics[:MOST]]
    return "\n".join(lines)


if __name__ == "__main__":
    print(reply(" ".join(sys.argv[1:])))
