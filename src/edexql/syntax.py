"""The syntax tree of a query text, as `edexql.parse` gives it: its nodes, one name each.

A Program has `statements`, in the order of the text. A logical expression is flat: `Expression.code` is in postfix
order, with numbers below zero for operators (NOT, AND, OR, and GROUP for a pair of brackets), the index of the token of
each number or label, and each constraint written in place. Spans are offsets in code points, `end` not included.

For tools that build on Lark, `grammar()` is the text of the grammar and LineJoiner the rule about line breaks, which
Lark takes as `postlex`; `edexql.lark_parser()` is a parser made of both.
"""

from __future__ import annotations

from edexql.base.record import resolvable
from edexql.language.grammar import LineJoiner, grammar
from edexql.language.lexer import Tokens
from edexql.language.source import Source, Span
from edexql.language.syntax import (
    AND,
    GROUP,
    NOT,
    OR,
    Bound,
    Constraint,
    Email,
    Expression,
    Item,
    Let,
    Logic,
    Node,
    Product,
    Program,
    Statement,
    Word,
    walk,
)

__all__ = [
    "AND",
    "GROUP",
    "NOT",
    "OR",
    "Bound",
    "Constraint",
    "Email",
    "Expression",
    "Item",
    "Let",
    "LineJoiner",
    "Logic",
    "Node",
    "Product",
    "Program",
    "Source",
    "Span",
    "Statement",
    "Tokens",
    "Word",
    "grammar",
    "walk",
]

for _name in __all__:
    resolvable(globals()[_name])
