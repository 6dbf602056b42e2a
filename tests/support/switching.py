"""Random queries with their edits, for parts that are switched off and on: short texts, values often alike."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from edexql import QueryError
from edexql.compiler.editing import EditError
from edexql.compiler.editing.changes import edited
from edexql.compiler.request import Setting, meaning
from edexql.language.formatter import layout
from edexql.language.lexer import COMMENT, tokenize
from edexql.language.source import Source
from strategies import TODAY

if TYPE_CHECKING:
    import random

    from edexql.model.query import Query

SETTING = Setting(today=TODAY)
_OFF = re.compile(r"#\s*off:")
HEADS = ("kp", "ap", "dst")


class Texts:
    """Random queries; with `alike`, constraints are often the same."""

    def __init__(self, rng: random.Random, *, alike: bool) -> None:
        self.rng = rng
        self._fresh = iter(range(1, 10**6))
        self._alike = alike
        self._labels: list[str] = []
        self._numbers = 0

    def value(self) -> str:
        return str(self.rng.randint(1, 2)) if self._alike else f">= {next(self._fresh)}"

    def constraint(self) -> tuple[str, int]:
        """A constraint, and how many numbers it has."""
        rng = self.rng
        head = rng.choice(HEADS)
        count = rng.choice((1, 1, 1, 2, 3))
        if rng.random() < 0.1:
            return f'raw "x" [{", ".join(str(rng.randint(1, 3)) for _ in range(count))}]', count
        return f"{head} {', '.join(self.value() for _ in range(count))}", count

    def logic(self, operands: int, *, in_place: bool) -> str:
        rng = self.rng
        if operands <= 1:
            kind = rng.random()
            if in_place and kind < 0.5:
                text = self.constraint()[0]
            elif self._labels and kind < 0.7:
                text = rng.choice(self._labels)
            else:
                text = str(rng.randint(1, max(1, self._numbers)))
            return f"NOT {text}" if rng.random() < 0.15 else text
        left = rng.randint(1, operands - 1)
        sides = [self.logic(size, in_place=in_place) for size in (left, operands - left)]
        operator = rng.choice((" AND ", " OR "))
        wrapped = [f"({s})" if (" " in s and rng.random() < 0.8) or " OR " in s else s for s in sides]
        text = operator.join(wrapped)
        return f"NOT ({text})" if rng.random() < 0.1 else text

    def comment(self) -> str:
        return f"# c{next(self._fresh)}." if self.rng.random() < 0.15 else ""

    def text(self) -> str:
        rng = self.rng
        lines = ["product fai-lv1-hdf5-images"]
        for _ in range(rng.randint(1, 5)):
            text, count = self.constraint()
            if rng.random() < 0.2:
                label = f"l{next(self._fresh)}"
                self._labels.append(label)
                text = f"{label}: {text}"
            self._numbers += count
            lines += [self.comment(), f"{text}  {self.comment()}"]
        kind = rng.random()
        if kind < 0.85:
            in_place = kind < 0.3
            logic = f"{'where' if in_place else 'logic'} {self.logic(rng.randint(1, 5), in_place=in_place)}"
            lines += [self.comment(), f"{logic}  {self.comment()}"]
            if in_place and rng.random() < 0.3:
                lines.append(self.constraint()[0])
        return layout(tokenize("\n".join(line for line in lines if line)))


def change(text: str, edit: dict[str, Any]) -> str:
    """The text after an edit. What is wrong with typed text is not the matter, and takes long to find."""
    with patch("edexql.compiler.editing.changes.diagnosed", return_value=()):
        return edited(text, edit, SETTING).text


def attempt(text: str, edit: dict[str, Any]) -> str | None:
    """The text after an edit, None where that is refused with a reason."""
    with suppress(EditError, QueryError):
        return change(text, edit)
    return None


def off_places(text: str) -> list[int]:
    """Where the comments begin that hold what is switched off."""
    tokens = tokenize(text)
    starts = [tokens.starts[i] for i in range(tokens.count) if tokens.kinds[i] == COMMENT]
    return [start for start in starts if _OFF.match(text, start)]


def comments(text: str) -> list[str]:
    """The comments that hold nothing that is switched off, those behind such a thing among them, sorted."""
    return sorted(re.findall(r"# c[0-9]+\.", text))


def query(text: str) -> Query:
    return meaning(Source(text), SETTING)[0].query


def means_the_same(text: str, other: str, rng: random.Random) -> bool:
    """Whether two queries have the same constraints, in any order, and a logic that is true of the same of them."""
    one, two = query(text), query(other)
    if sorted(_names(one)) != sorted(_names(two)) or (one.logic is None) != (two.logic is None):
        return False
    if one.logic is None or two.logic is None:
        return True
    for _ in range(12):
        # Alike constraints are true together.
        chance = rng.random()
        values = {name: rng.random() < chance for name in _names(one)}
        if _holds(one, values) != _holds(two, values):
            return False
    return True


def _names(meant: Query) -> list[str]:
    return [f"{constraint.kind} {constraint.key} {constraint.value}" for constraint in meant.constraints]


def _holds(meant: Query, values: dict[str, bool]) -> bool:
    assert meant.logic is not None
    names = _names(meant)
    return meant.logic.holds(lambda number: values[names[number - 1]])
