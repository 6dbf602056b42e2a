"""What completion gives, and which of the texts that fit are meant by the letters typed so far, in which order."""

from __future__ import annotations

import re

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.language.cursor import Place


class Candidate(Record):
    """A text that could stand at a place.

    `text` is what is inserted, in place of the stretch of the query from `start` to `end`. `kind` is one of
    statement, product, value, field, instrument, period, range, unit, group, tag, number, label, operator and
    parameter. `detail` describes it in a few words: its title, its unit and range, or the constraint that it
    stands for. `confirmed` says whether a source confirms that eDEx spells it so; None where that is no question.
    """

    text: str
    start: int
    end: int
    kind: str
    detail: str = ""
    confirmed: bool | None = None


# Kinds whose letters may be typed with gaps, and of which the shorter ones come first. All others are typed
# from their beginning and keep their order.
_NAMES = frozenset({"product", "value", "field", "instrument", "group", "tag", "label", "parameter"})
# Kinds that someone may mean who begins with a quote.
_QUOTED = frozenset({"product", "value", "group", "tag"})
_PART = re.compile(r"(?<=[-_ $])[^-_ $]")


class Offer(Record):
    """What fits in the grammar. It is looked for by its `name`, or by its text where that is empty."""

    text: str
    kind: str
    detail: str = ""
    confirmed: bool | None = None
    name: str = ""


def candidates(offers: Iterable[tuple[Place, Offer]]) -> tuple[Candidate, ...]:
    """The offers that match what was typed at their places, best first, each given once."""
    ranked: list[tuple[int, int, Candidate]] = []
    for place, offer in offers:
        far = _distance(place.typed, offer)
        if far is not None:
            length = len(offer.text) if place.typed and offer.kind in _NAMES else 0
            made = Candidate(offer.text, place.start, place.end, offer.kind, offer.detail, offer.confirmed)
            ranked.append((far, length, made))
    ranked.sort(key=lambda item: item[:2])
    best: dict[tuple[str, int], Candidate] = {}
    for _, _, made in ranked:
        best.setdefault((made.text, made.start), made)
    return tuple(best.values())


def _distance(typed: str, offer: Offer) -> int | None:
    """How far the letters typed are from a name: 0 its beginning, 1 that of a part of it, 2 letters of it in order."""
    if typed.startswith('"'):
        if offer.kind not in _QUOTED and not offer.text.startswith('"'):
            return None
        typed = typed[1:].removesuffix('"')
    typed, name = typed.lower(), (offer.name or offer.text).lower()
    if name.startswith(typed):
        return 0
    if offer.kind not in _NAMES:
        return None
    if "*" in typed or "?" in typed:
        from fnmatch import fnmatchcase

        return 0 if fnmatchcase(name, typed) else None
    if any(name.startswith(typed, part.start()) for part in _PART.finditer(name)):
        return 1
    letters = iter(name)
    return 2 if all(letter in letters for letter in typed) else None
