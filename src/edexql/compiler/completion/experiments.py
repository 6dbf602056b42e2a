"""Planned experiments: groups, and the tags of a group; and the keys of `raw`, which are quoted as they are."""

from __future__ import annotations

import json

from edexql.compiler.completion.matching import Offer
from edexql.language.diagnostics.value import quoted
from edexql.language.lexer import KIND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.cursor import Place
    from edexql.model.vocabulary import Vocabulary

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
    """The keys of the wire, behind `raw`."""
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
