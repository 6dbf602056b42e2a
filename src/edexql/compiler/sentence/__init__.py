"""A query as one English sentence, as one would say it to a colleague.

It is for reading, not for reading back: what would make it long is counted instead of said.
"""

from __future__ import annotations

from edexql.compiler.lower import pushed_down
from edexql.compiler.sentence.clauses import clause
from edexql.compiler.sentence.front import front
from edexql.compiler.sentence.listing import clipped, fitting, listed, more
from edexql.compiler.sentence.parts import Parts
from edexql.compiler.sentence.words import product
from edexql.model.logic import AND, OR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

__all__ = ["LIMIT", "sentence"]

# The most characters of a sentence; of the products in it; and what is left for conditions in any case.
LIMIT = 600
_PRODUCTS = 170
_CONDITIONS = 80


def sentence(query: Query, vocabulary: Vocabulary) -> str:
    """What a query asks for: one printable line of at most LIMIT characters, without a full stop."""
    products = _products(query.products, vocabulary)
    logic = query.effective_logic()
    if logic is None:
        return clipped(f"{products} of any time", LIMIT)
    parts = Parts(pushed_down(logic.code), query.constraints)
    when, rest = front(parts)
    said = products + when
    if rest:
        room = max(_CONDITIONS, LIMIT - len(said) - 60)
        alternatives = len(rest) == 1 and parts.operator(rest[0]) == OR
        said += " at times when " if alternatives and not when else " while "
        operator = OR if alternatives else AND
        said += clause(parts.chain(rest[0], OR) if alternatives else rest, operator, parts, vocabulary, room)
    return clipped(said, LIMIT)


def _products(names: Sequence[str], vocabulary: Vocabulary) -> str:
    titles = list(dict.fromkeys(product(name, vocabulary) for name in names)) or ["files of any product"]
    shown = fitting(titles, _PRODUCTS)
    said = listed([*shown, *more(len(titles) - len(shown), "product")], "and")
    return said[0].upper() + said[1:] if said.startswith("files of ") else said
