"""Conditions joined by `and` and `or`, in brackets wherever the two meet."""

from __future__ import annotations

from edexql.compiler.sentence import periods
from edexql.compiler.sentence.listing import MOST, listed, more, nots_last
from edexql.compiler.sentence.words import TIME, told
from edexql.model.logic import AND, OR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.sentence.parts import Parts
    from edexql.model.vocabulary import Vocabulary

# The most brackets in one another; what is deeper is counted.
_DEEPEST = 3


def clause(
    operands: Sequence[int], operator: int, parts: Parts, vocabulary: Vocabulary, room: int, depth: int = 0
) -> str:
    """Operands that one operator joins, in about `room` characters: at least one is said, the others counted."""
    shown: dict[str, list[str]] = {}
    said = 0
    for part in operands[:MOST]:
        inner = parts.operator(part)
        among = parts.chain(part, inner) if inner else [part]
        if len(among) == 1:
            beginning, text = told(parts.constraint(among[0]), vocabulary, negated=parts.negated(among[0]))
        elif depth == _DEEPEST:
            beginning, text = f"({parts.literals(part)} more conditions)", ""
        else:
            beginning, text = f"({clause(among, inner, parts, vocabulary, room, depth + 1)})", ""
        room -= len(beginning) + len(text) + 5
        if said and room < 0:
            break
        shown.setdefault(beginning, []).append(text)
        said += 1
    word = "and" if operator == AND else "or"
    items = [_shared(beginning, texts, word) for beginning, texts in shown.items()]
    items += more(len(operands) - said, "condition")
    either = "either " if operator == OR and len(items) == 2 and depth == 0 else ""
    return either + listed(items, word, comma=len(shown) > 1 and any(len(texts) > 1 for texts in shown.values()))


def _shared(beginning: str, texts: Sequence[str], word: str) -> str:
    """Conditions of one beginning, said once: `Kp was below 2 or at least 5`."""
    endings = nots_last(dict.fromkeys(texts))
    if beginning == TIME:
        endings = periods.together(endings)
    return f"{beginning} {listed(endings, word)}".rstrip()
