"""A query as one English sentence, as one would say it to a colleague.

It is for reading, and is not read back: what would make it long is counted and not listed.
"""

from __future__ import annotations

from edexql.compiler.describe.phrases import (
    MOST,
    TIME,
    clipped,
    condition,
    experiment,
    fitting,
    listed,
    more,
    nots_last,
    of_period,
    periods_together,
    product_title,
)
from edexql.compiler.lower import pushed_down
from edexql.model.logic import AND, OR
from edexql.model.period import Period
from edexql.model.query import Tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.model.query import Constraint, Query
    from edexql.model.vocabulary import Vocabulary


class Parts:
    """An expression over literals in postfix code. A part of it is the position at which its code ends."""

    def __init__(self, code: Sequence[int], constraints: Sequence[Constraint]) -> None:
        self._code = code
        self._constraints = constraints
        self._starts: list[int] = []
        for position, item in enumerate(code):
            self._starts.append(position if item > 0 else self._starts[self._starts[position - 1] - 1])
        self.root = len(code) - 1

    def operator(self, part: int) -> int:
        """AND or OR, 0 for a literal."""
        return min(self._code[part], 0)

    def constraint(self, part: int) -> Constraint:
        return self._constraints[self._code[part] // 2 - 1]

    def negated(self, part: int) -> bool:
        """Whether a literal is the opposite of its constraint."""
        return self._code[part] % 2 == 1

    def literals(self, part: int) -> int:
        """How many literals a part has."""
        return (part - self._starts[part] + 2) // 2

    def chain(self, part: int, operator: int) -> list[int]:
        """What an operator joins in a part, from left to right, each literal once; a part of another, alone."""
        chain: list[int] = []
        seen: set[int] = set()
        work = [part]
        while work:
            position = work.pop()
            item = self._code[position]
            if item == operator:
                work += (position - 1, self._starts[position - 1] - 1)
            elif item < 0:
                chain.append(position)
            elif item not in seen:
                seen.add(item)
                chain.append(position)
        return chain


# How many characters each may take.
_PERIODS, _LEFT_OUT, _EXPERIMENTS = 150, 90, 120


def front(parts: Parts) -> tuple[str, list[int]]:
    """The text, and the operands of the whole that are not in it and all have to hold.

    One period or list of alternative periods, and one of experiments: `of 2017 and of 2018` would be heard as
    both years, where the logic means the times that lie in both.
    """
    when: list[int] = []
    left_out: list[int] = []
    during: list[int] = []
    rest: list[int] = []
    for operand in parts.chain(parts.root, AND):
        alternatives = parts.chain(operand, OR)
        alone = alternatives[0] if len(alternatives) == 1 else operand
        if _all(alternatives, Period, parts):
            if alone == alternatives[0] and _of(alone, parts).startswith("not "):
                left_out.append(alone)
                continue
            if not when:
                when = alternatives
                continue
        elif not during and _all(alternatives, Tag, parts) and not any(map(parts.negated, alternatives)):
            during = alternatives
            continue
        rest.append(alone)
    said = ""
    if when:
        said += " " + _periods(nots_last(_of(part, parts) for part in when), len(when), _PERIODS)
    if left_out:
        texts = (_of(part, parts).removeprefix("not ") for part in left_out)
        but_not = _periods(texts, len(left_out), _LEFT_OUT)
        said += f"{'' if when else ' of any time'}, but not {but_not}{',' if during or rest else ''}"
    if during:
        shown = fitting(_tags(during, parts), _EXPERIMENTS)
        named = listed([*shown, *more(len(during) - len(shown), "experiment")], "or")
        said += f" during the planned experiment {named}"
    return said, rest


def _all(alternatives: Sequence[int], kind: type, parts: Parts) -> bool:
    return all(not parts.operator(part) and isinstance(parts.constraint(part).value, kind) for part in alternatives)


def _of(part: int, parts: Parts) -> str:
    value = parts.constraint(part).value
    assert isinstance(value, Period)
    return of_period(value, negated=parts.negated(part))


def _periods(texts: Iterable[str], count: int, room: int) -> str:
    shown = fitting(texts, room)
    return listed([*periods_together(shown), *more(count - len(shown), "period")], "or")


def _tags(alternatives: Iterable[int], parts: Parts) -> Iterator[str]:
    for part in alternatives:
        value = parts.constraint(part).value
        assert isinstance(value, Tag)
        yield experiment(value)


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
            beginning, text = condition(parts.constraint(among[0]), vocabulary, negated=parts.negated(among[0]))
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
    """Conditions of one beginning, given once: `Kp was below 2 or at least 5`."""
    endings = nots_last(dict.fromkeys(texts))
    if beginning == TIME:
        endings = periods_together(endings)
    return f"{beginning} {listed(endings, word)}".rstrip()


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
    titles = list(dict.fromkeys(product_title(name, vocabulary) for name in names)) or ["files of any product"]
    shown = fitting(titles, _PRODUCTS)
    said = listed([*shown, *more(len(titles) - len(shown), "product")], "and")
    return said[0].upper() + said[1:] if said.startswith("files of ") else said
