"""The parse tables of the language as JSON, for the parser that runs in browsers: see make_tables.py."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the patterns of the grammar are made of.
_PARTS = re.compile(
    r"""(?P<opening> \((?:\?(?:[:=!]|<[=!]|[ai]:))? )
      | (?P<closing> \) )
      | (?P<class>   \[ \^? (?: \\. | [^\]\\] )+ \] )
      | (?P<escape>  \\. )
      | (?P<number>  \{ [0-9]+ (?:,[0-9]*)? \} )
      | (?P<letter>  [A-Za-z] )
      | (?P<any>     \. )
      | (?P<other>   [^$] )""",
    re.VERBOSE | re.DOTALL,
)
# These a browser lets stand behind a backslash, where letters of a text count as one each.
_ESCAPED = frozenset(r"^$\.*+?()[]{}|/")


def browser_tables(text: str) -> str:
    """The JSON for browsers of tables that are given as the text of a Python module.

    Rows of actions and of gotos are lists of places and numbers in turn; `states` and `gotos` say by state which row.
    """
    module = ast.parse(text)
    named = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    actions, states = _folded(named["ACTIONS"])
    gotos, goto_of = _folded(named["GOTOS"])
    whole = {
        "grammar": named["GRAMMAR_SHA256"],
        "kinds": named["KINDS"],
        "words": named["WORDS"],
        "blank": browser_pattern(named["BLANK"]),
        "patterns": [browser_pattern(pattern) for pattern in named["PATTERNS"]],
        "scanned": named["SCANNED"][1:],
        "origins": list(named["ORIGINS"]),
        "lengths": [named["SHAPES"][shape][0] for shape in named["SHAPE_OF"]],
        "firstRule": named["FIRST_RULE"],
        "endState": named["END_STATE"],
        "actions": actions,
        "states": states,
        "gotos": gotos,
        "gotoOf": goto_of,
    }
    lines = (f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in whole.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def browser_pattern(pattern: str) -> str:
    """A pattern of the grammar for a browser: (?i: and (?a: are put into the classes, and `.` is all but a line feed.

    Raises ValueError for what the patterns of the grammar do not use.
    """
    made: list[str] = []
    # Of each group that is open, whether the case of letters counts in it.
    any_case = [False]
    for match in re.finditer(_PARTS, pattern):
        part, kind = match[0], match.lastgroup
        if kind == "opening":
            if part == "(":
                raise ValueError(f"a group that is kept: {pattern}")
            any_case.append(any_case[-1] or part == "(?i:")
            made.append("(?:" if part in ("(?i:", "(?a:") else part)
        elif kind == "closing":
            any_case.pop()
            made.append(part)
        elif kind == "letter":
            made.append(f"[{part.upper()}{part.lower()}]" if any_case[-1] else part)
        elif kind == "class":
            made.append(_in_any_case(part) if any_case[-1] else part)
        elif kind == "escape":
            if part[1].isalnum():
                raise ValueError(f"{part} is not the same in browsers: {pattern}")
            made.append(part if part[1] in _ESCAPED else part[1])
        else:
            made.append("[^\n]" if kind == "any" else part)
    if sum(len(match[0]) for match in re.finditer(_PARTS, pattern)) != len(pattern):
        raise ValueError(f"not understood: {pattern}")
    return "".join(made)


def _in_any_case(written: str) -> str:
    """A class of characters with its letters and ranges of letters in both cases."""
    ranges = re.findall(r"\\.|[A-Za-z]-[A-Za-z]|[A-Za-z]", written)
    other = "".join(r.swapcase() for r in ranges if r[0] != "\\" and r.swapcase() not in written)
    begin = 2 if written.startswith("[^") else 1
    return written[:begin] + other + written[begin:]


def _folded(rows: Iterable[bytes]) -> tuple[list[list[int]], list[int]]:
    """The different rows, each as places and numbers in turn, and by row of the table which of them it is."""
    different: dict[bytes, int] = {}
    which = [different.setdefault(bytes(row), len(different)) for row in rows]
    short: list[list[int]] = [
        [number for place, value in enumerate(row) if value for number in (place, value)] for row in different
    ]
    return short, which
