"""Words that a statement or a constraint can begin with."""

from __future__ import annotations

from edexql.compiler.completion.matching import Offer
from edexql.compiler.completion.ranges import domain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.cursor import Place
    from edexql.model.field import Field
    from edexql.model.vocabulary import Vocabulary

_PRODUCT = ("product", "what to fetch")
_OTHERS = (
    ("logic", "how the constraints belong together, by number or label"),
    ("where", "logic with the constraints written in place"),
    ("email", "who gets the report"),
    ("let", "a parameter, used as $NAME"),
)


def statements(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    """What a statement begins with: keywords, instruments, fields."""
    yield Offer(_PRODUCT[0], "statement", _PRODUCT[1])
    keywords, names = _keywords(vocabulary), _names(place, vocabulary)
    yield from keywords[:2]
    for name, detail in _OTHERS:
        yield Offer(name, "statement", detail)
    yield from keywords[2:]
    yield from names


def constraints(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    """What a constraint begins with."""
    yield from _keywords(vocabulary)
    yield from _names(place, vocabulary)


def _keywords(vocabulary: Vocabulary) -> list[Offer]:
    return [
        Offer("date", "statement", "when", vocabulary.date.confirmed),
        Offer("experiment", "statement", "a planned experiment", vocabulary.experiment.confirmed),
        Offer("raw", "statement", "a key of eDEx that has no name here, with JSON"),
    ]


def _names(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    for name in vocabulary.instruments:
        entry = vocabulary.instrument(name)
        if entry is not None:
            yield Offer(name, "instrument", entry.title, entry.confirmed)
    typed = place.typed.lower()
    for name in vocabulary.constraint_names():
        field = vocabulary.field(name)
        alias = field is not None and field.name != name
        # Another name for the same field is told to those who begin to write it.
        if field is not None and (not alias or (typed and name.startswith(typed))):
            yield Offer(name, "field", f"{field.name}: {_about(field)}" if alias else _about(field), field.confirmed)


def _about(field: Field) -> str:
    return "; ".join(filter(None, (domain(field), field.title)))
