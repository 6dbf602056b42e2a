"""Words that can stand in a query: statements, products, values, ranges, units, experiments, keys, parameters."""

from __future__ import annotations

import json
import re

from edexql.compiler.completion.matching import Offer
from edexql.language.diagnostics import quoted
from edexql.language.lexer import BINARY, CLOSING, KIND, NAME
from edexql.language.recovery.surroundings import SEPARATORS
from edexql.language.tables import WORDS
from edexql.model.number import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edexql.language.cursor import Place
    from edexql.language.lexer import Tokens
    from edexql.model.field import Field
    from edexql.model.vocabulary import Vocabulary


def ranges(place: Place, field: Field) -> Iterator[Offer]:
    """What a range of a field begins with, and what follows a number: its unit, or the other end."""
    whole = domain(field)
    within = f", within {whole}" if whole else ""
    if place.fits("AT_LEAST"):
        yield Offer(">= ", "range", f"at least{within}")
        yield Offer("<= ", "range", f"at most{within}")
        if place.typed:
            yield Offer("> ", "range", f"more than{within}")
            yield Offer("< ", "range", f"less than{within}")
            yield Offer("= ", "range", f"exactly{within}")
        yield Offer("..", "range", f"up to{within}")
        if field.low is not None and field.high is not None:
            yield Offer(f"{plain(field.low)}..{plain(field.high)}", "range", f"all of {field.name}: {whole}")
        return
    if place.fits("UNIT"):
        yield from _units(field)
    if place.fits("DOTS"):
        yield Offer("..", "range", f"up to a second number, or open{within}")


def domain(field: Field) -> str:
    """From where to where a field goes, and its unit; or the words that are its values."""
    if field.low is None or field.high is None:
        return ", ".join(value.name for value in field.values) or field.unit or ""
    return f"{plain(field.low)}..{plain(field.high)}" + (f" {field.unit}" if field.unit else "")


def _units(field: Field) -> Iterator[Offer]:
    if field.unit is None:
        return
    yield Offer(field.unit, "unit", f"the unit of {field.name}")
    for unit, factor in field.units:
        yield Offer(unit, "unit", f"1 {unit} is {plain(factor)} {field.unit}")


_PRODUCT = ("product", "what to fetch")
_OTHERS = (
    ("logic", "how the constraints are joined, by number or label"),
    ("where", "logic with the constraints written in it"),
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
        # Another name for the same field is offered to those who begin to write it.
        if field is not None and (not alias or (typed and name.startswith(typed))):
            yield Offer(name, "field", f"{field.name}: {_about(field)}" if alias else _about(field), field.confirmed)


def _about(field: Field) -> str:
    return "; ".join(filter(None, (domain(field), field.title)))


_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ENDS_OF_LIST = BINARY | CLOSING


def products(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    """The products that are not in the same list already."""
    listed = {vocabulary.canonical(name) for name in _listed(place)} if place.fits("PATTERN") else set()
    for name in vocabulary.products if place.fits("PATTERN") else ():
        entry = vocabulary.product(name)
        if entry is not None and name not in listed:
            yield Offer(_written(name), "product", entry.title, entry.confirmed, name)


def values(place: Place, key: str, vocabulary: Vocabulary) -> Iterator[Offer]:
    """The values of an instrument or a field that are not in the same list already."""
    listed = _listed(place) if place.fits("PATTERN") else set()
    for name, entry in vocabulary.values(key).items() if place.fits("PATTERN") else ():
        if name not in listed:
            yield Offer(_written(name), "value", entry.title, entry.confirmed, name)


def _listed(place: Place) -> set[str]:
    """The other words of the list that is being written."""
    tokens = place.tokens
    words = {tokens.read(i) for i in place.read[1:]}
    for i in place.behind():
        if tokens.kinds[i] in _ENDS_OF_LIST:
            break
        words.add(tokens.read(i))
    return {word.lower() for word in words}


def _written(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in WORDS else quoted(name)


_GREATER = KIND["GREATER"]


def experiments(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    """A group, what follows it, or one of its tags."""
    if place.fits("GREATER"):
        yield Offer("> ", "operator", "an experiment of the group")
    elif place.last == _GREATER:
        written = _text(place.tokens.read(place.read[-2])).lower()
        for name, (_, tags) in vocabulary.groups().items():
            for tag in tags.values() if name.lower() == written else ():
                yield Offer(quoted(tag.name), "tag", tag.title or name, tag.confirmed, tag.name)
    elif place.fits("STRING"):
        for name, (group, tags) in vocabulary.groups().items():
            detail = group.title or f"{len(tags)} experiment{'s' * (len(tags) != 1)}"
            yield Offer(quoted(name), "group", detail, group.confirmed, name)


def keys(place: Place, vocabulary: Vocabulary) -> Iterator[Offer]:
    """The keys of the wire, after `raw`."""
    if len(place.read) != 1:
        return
    for wire, name in vocabulary.wire_order():
        entry = vocabulary.instrument(name) or vocabulary.field(name)
        kind = "statement" if entry is None else "field" if vocabulary.field(name) else "instrument"
        spelt = entry or (vocabulary.date if name == "date" else vocabulary.experiment)
        yield Offer(quoted(wire), kind, spelt.title, spelt.confirmed, wire)


def _text(written: str) -> str:
    """A name or a text in quotes, its escapes resolved where they can be."""
    if not written.startswith('"'):
        return written
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written


_LET, _EQUAL = KIND["_LET"], KIND["EQUAL"]


def parameters(place: Place, outside: Mapping[str, str]) -> Iterator[Offer]:
    """The parameters that are set, each with its value."""
    values = dict(_set_above(place.tokens, place.first)) | {name.lower(): text for name, text in outside.items()}
    for name, value in values.items():
        yield Offer(f"${name}", "parameter", value)


def _set_above(tokens: Tokens, stop: int) -> Iterator[tuple[str, str]]:
    kinds = tokens.kinds
    index = kinds.find(_LET, 0, stop)
    while index >= 0:
        end = index + 1
        while end < stop and kinds[end] not in SEPARATORS:
            end += 1
        if end > index + 3 and kinds[index + 1] == NAME and kinds[index + 2] == _EQUAL:
            value = tokens.text[tokens.starts[index + 3] : tokens.ends[end - 1]]
            yield tokens.read(index + 1).lower(), value
        index = kinds.find(_LET, end, stop)
