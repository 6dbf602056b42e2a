"""The syntax tree of a query text, as `edexql.parse` gives it: its nodes, one name each.

A Program has `statements`, in the order of the text. A logical expression is flat: `Expression.code` is in postfix
order, with numbers below zero for operators (NOT, AND, OR, and GROUP for a pair of brackets), the index of the token of
each number or label, and each constraint written in place. Spans are offsets in code points, `end` not included.
"""

from __future__ import annotations

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
    Product,
    Program,
    Statement,
    Word,
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
    "Logic",
    "Product",
    "Program",
    "Source",
    "Span",
    "Statement",
    "Tokens",
    "Word",
]
