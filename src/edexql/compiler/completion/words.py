"""Names that stand in lists: products, and the values of an instrument or of a field of words."""

from __future__ import annotations

import re

from edexql.compiler.completion.matching import Offer
from edexql.language.diagnostics.value import quoted
from edexql.language.lexer import BINARY, CLOSING
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.language.cursor import Place
    from edexql.model.vocabulary import Vocabulary

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
    found = {tokens.read(i) for i in place.read[1:]}
    for i in place.behind():
        if tokens.kinds[i] in _ENDS_OF_LIST:
            break
        found.add(tokens.read(i))
    return {word.lower() for word in found}


def _written(name: str) -> str:
    return name if _NAME.fullmatch(name) and name not in WORDS else quoted(name)
