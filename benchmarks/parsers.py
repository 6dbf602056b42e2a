"""One function per library: make its parser ready, and return what parses a text.

Nothing is imported before its turn, so that a worker holds one library and no other.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Parse = Callable[[str], Any]


def edexql() -> Parse:
    import edexql

    return edexql.parse


def edexql_compile() -> Parse:
    import edexql

    return edexql.compile


def lark() -> Parse:
    """Lark's LALR parser with the transformer run inside it: no tree in between."""
    from lark import Lark
    from lark_nodes import Nodes

    from edexql.language.grammar import LineJoiner, grammar

    return Lark(
        grammar(),
        parser="lalr",
        lexer="basic",
        postlex=LineJoiner(),
        transformer=Nodes(),
        maybe_placeholders=False,
    ).parse


def pygeofilter() -> Parse:
    from pygeofilter.parsers.cql2_text import parse

    return parse


def luqum() -> Parse:
    from luqum.parser import parser

    return parser.parse


def sqlglot() -> Parse:
    import sqlglot

    return sqlglot.parse_one


def cql2() -> Parse:
    import cql2

    return cql2.parse_text


def prqlc() -> Parse:
    import prqlc

    return prqlc.prql_to_pl


def prepare(name: str) -> Parse:
    return globals()[name]()


# What a program of each library imports before it can parse.
MODULES = {
    "edexql": "edexql",
    "edexql_compile": "edexql",
    "lark": "lark",
    "pygeofilter": "pygeofilter.parsers.cql2_text",
    "luqum": "luqum.parser",
    "sqlglot": "sqlglot",
    "cql2": "cql2",
    "prqlc": "prqlc",
}
PEERS = ("pygeofilter", "luqum", "sqlglot", "cql2", "prqlc")
