"""A Transformer of Lark that builds a Query, for tools that have Lark parsers already.

    python examples/embedding/lark_transformer.py "kp >= 5; fai has-data; logic 1 AND NOT 2"

It takes products, comparisons and words of fields and instruments, and logic over numbers. What it makes is checked by
writing it as text, which is read again.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from lark import Lark, Token, Transformer

import edexql
from edexql.model import AND, NOT, OR, Constraint, Logic, Query, Range
from edexql.syntax import LineJoiner, grammar

SIGNS = {">=": ("low", False), ">": ("low", True), "<=": ("high", False), "<": ("high", True)}


class ToQuery(Transformer[Token, Any]):
    """One method for each rule that is taken; the names are those of the trees of `edexql.lark_parser`."""

    def bound(self, children: list[Token]) -> str:
        return str(children[0])

    def comparison(self, children: list[Any]) -> Range:
        end, without = SIGNS[str(children[0])]
        number = float(children[1])
        return Range(number, None, without_low=without) if end == "low" else Range(None, number, without_high=without)

    def field(self, children: list[Any]) -> list[Constraint]:
        name, values = str(children[0]), children[1:]
        return [Constraint("range" if isinstance(value, Range) else "word", name, value) for value in values]

    def product(self, children: list[str]) -> tuple[str, ...]:
        return tuple(children)

    def by_number(self, children: list[Token]) -> tuple[int, ...]:
        return (int(children[0]),)

    def not_(self, children: list[tuple[int, ...]]) -> tuple[int, ...]:
        return (*children[0], NOT)

    def and_(self, children: list[tuple[int, ...]]) -> tuple[int, ...]:
        return (*children[0], *children[1], AND)

    def or_(self, children: list[tuple[int, ...]]) -> tuple[int, ...]:
        return (*children[0], *children[1], OR)

    def group(self, children: list[tuple[int, ...]]) -> tuple[int, ...]:
        return children[0]

    def logic(self, children: list[tuple[int, ...]]) -> Logic:
        return Logic(children[0])

    def start(self, children: list[tuple[str, ...] | list[Constraint] | Logic]) -> Query:
        query = Query()
        for child in children:
            if isinstance(child, Logic):
                query = replace(query, logic=child)
            elif isinstance(child, list):
                query = replace(query, constraints=(*query.constraints, *child))
            else:
                query = replace(query, products=(*query.products, *child))
        return query


def query_of(text: str) -> Query:
    """The query of a text. Raises edexql.EdexqlError where it is none."""
    parser = Lark(grammar(), parser="lalr", lexer="basic", postlex=LineJoiner(), maybe_placeholders=False)
    query: Query = ToQuery().transform(parser.parse(text))  # pyright: ignore[reportUnknownMemberType]
    edexql.to_text(query)
    return query


if __name__ == "__main__":
    print(edexql.to_text(query_of(" ".join(sys.argv[1:]))), end="")
