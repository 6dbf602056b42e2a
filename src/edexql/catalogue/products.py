"""Which product and instrument a file of the archive belongs to, by its name."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.model.vocabulary import Vocabulary

    Belonging = tuple[str | None, str | None]


def belonging(vocabulary: Vocabulary) -> Callable[[str], Belonging]:
    """A function from a file name to its product and its instrument, None where the name tells neither.

    The patterns are those of the vocabulary's products (`names`); an instrument is told by the letters
    that a name begins with.
    """
    patterns = [
        (re.compile(entry["names"]), name, entry.get("instrument"))
        for name, entry in vocabulary.products.items()
        if entry.get("names")
    ]
    instruments = set(vocabulary.instruments)

    def of_name(name: str) -> Belonging:
        for pattern, product, instrument in patterns:
            if pattern.fullmatch(name):
                return product, instrument
        prefix = name.partition("_")[0].lower()
        return None, prefix if prefix in instruments else None

    return of_name
