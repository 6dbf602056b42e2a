"""Completion: what can stand at a place of a query, best first.

matching  a candidate, and which candidates the typed letters mean
words     statements, products, values, units, experiments, parameters
periods   dates and periods
logic     numbers and labels of constraints, operators
"""

from __future__ import annotations

from edexql.compiler.completion.logic import operands, operators
from edexql.compiler.completion.matching import Candidate, Offer, candidates
from edexql.compiler.completion.periods import periods
from edexql.compiler.completion.words import (
    constraints,
    experiments,
    keys,
    parameters,
    products,
    ranges,
    statements,
    values,
)
from edexql.compiler.request import Setting, today
from edexql.language.cursor import Place, readings
from edexql.language.lexer import KIND
from edexql.language.source import BOM
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.model.vocabulary import Vocabulary

__all__ = ["Candidate", "complete"]

_COLON = KIND["_COLON"]
_DEFAULT = Setting()


def complete(text: str, position: int, setting: Setting = _DEFAULT) -> tuple[Candidate, ...]:
    """What could stand in place of the word under the cursor, best first; nothing inside a comment.

    `text` is a whole query, right or wrong, and `position` the offset of the cursor in it, in characters; one
    that lies outside counts as the nearest end. Never raises.
    """
    if text.startswith(BOM):
        text = " " + text[1:]
    setting = Setting(setting.vocabulary or load(), setting.today or today(), setting.parameters)
    for places in readings(text, position):
        completions = candidates((place, offer) for place in places for offer in _offers(place, setting))
        if completions:
            return completions
    return ()


def _offers(place: Place, setting: Setting) -> Iterator[Offer]:
    """Everything that fits in a place, whatever was typed there."""
    vocabulary = setting.vocabulary
    assert vocabulary is not None
    if place.fits("_PRODUCT"):
        if not _is_label(place):
            yield from statements(place, vocabulary)
        return
    if place.fits("_DATE"):
        yield from constraints(place, vocabulary)
    else:
        yield from _values(place, vocabulary, setting)
    if place.fits("_NOT", "NUMBER"):
        yield from operands(place, setting)
    yield from operators(place)


def _values(place: Place, vocabulary: Vocabulary, setting: Setting) -> Iterator[Offer]:
    """What the constraint or statement takes that the place is in."""
    assert setting.today is not None
    head = place.head
    if head in ("email", "let", "raw"):
        if head == "raw":
            yield from keys(place, vocabulary)
        return
    if head == "product":
        yield from products(place, vocabulary)
    elif head == "date":
        yield from periods(place, vocabulary, setting.today)
    elif head == "experiment":
        yield from experiments(place, vocabulary)
    elif head not in ("logic", "where"):
        key = vocabulary.canonical(head)
        field = vocabulary.field(key)
        if field is not None and field.shape != "word":
            yield from ranges(place, field)
        else:
            yield from values(place, key, vocabulary)
    if place.fits("PARAMETER"):
        yield from parameters(place, setting.parameters or {})


def _is_label(place: Place) -> bool:
    """Whether the word is a label that is being given: the colon stands after it."""
    return place.tokens.kinds[place.word + 1] == _COLON and place.start < place.end
