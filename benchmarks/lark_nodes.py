"""What Lark builds while it parses: for each rule a tuple of its name, its place and its parts, no less and no more.

This is the least that could stand for the nodes of edexql's syntax tree, and cheaper than them.
"""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

Node = tuple[Any, ...]


def _node(name: str) -> Any:
    def make(self: Nodes, children: list[Any]) -> Node:  # noqa: ARG001
        first, last = children[0], children[-1]
        start = first.start_pos if isinstance(first, Token) else first[1]
        end = last.end_pos if isinstance(last, Token) else last[2]
        return (name, start, end, *children)

    return make


class Nodes(Transformer[Token, Any]):
    """Every alternative of the grammar that has a name."""

    def start(self, children: list[Node]) -> list[Node]:
        return children

    def bound(self, children: list[Any]) -> Node:
        token = children[0]
        return (token.type, token.start_pos, children[-1].end_pos, token.value, *children[1:])

    def by_number(self, children: list[Token]) -> Node:
        token = children[0]
        return ("by_number", token.start_pos, token.end_pos, token.value)

    by_label = by_number

    def in_place(self, children: list[Node]) -> Node:
        return children[0]


_PLAIN = (
    "labelled",
    "product",
    "email",
    "let",
    "logic",
    "where",
    "date",
    "field",
    "experiment",
    "raw",
    "between",
    "since",
    "until",
    "interval",
    "comparison",
    "path",
    "or_",
    "and_",
    "not_",
    "group",
)
for _name in _PLAIN:
    setattr(Nodes, _name, _node(_name))


def _json(self: Nodes, children: list[Any]) -> Node:  # noqa: ARG001
    return ("json", 0, 0, *children)


for _name in ("json_scalar", "json_list", "json_object", "member"):
    setattr(Nodes, _name, _json)
