"""Comparisons in words, and the words between them that say nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_IN_WORDS = {
    ">=": (
        "at least",
        "greater than or equal to",
        "greater or equal",
        "greater equal",
        "more than or equal to",
        "not less than",
        "no less than",
        "not below",
        "minimum",
        "min",
        "ge",
        "gte",
        "since",
        "starting",
        "onwards from",
        "au moins",
        "mindestens",
        "a partir de",
        "depuis",
    ),
    ">": (
        "above",
        "over",
        "greater than",
        "more than",
        "higher than",
        "larger than",
        "bigger than",
        "stronger than",
        "exceeds",
        "exceeding",
        "greater",
        "gt",
        "after",
        "beyond",
        "north of",
        "plus de",
        "plus grand que",
        "superieur a",
        "superieure a",
        "au dessus de",
        "au-dessus de",
        "mehr als",
    ),
    "<=": (
        "at most",
        "up to",
        "less than or equal to",
        "less or equal",
        "not more than",
        "no more than",
        "not above",
        "maximum",
        "max",
        "le",
        "lte",
        "until",
        "till",
        "through",
        "au plus",
        "hoechstens",
    ),
    "<": (
        "below",
        "under",
        "less than",
        "lower than",
        "smaller than",
        "weaker than",
        "less",
        "lt",
        "before",
        "beneath",
        "south of",
        "moins de",
        "inferieur a",
        "inferieure a",
        "plus petit que",
        "en dessous de",
        "en-dessous de",
        "au-dessous de",
        "weniger als",
        "kleiner als",
    ),
    "!=": ("not equal to", "is not equal to", "not equal", "ne", "other than", "different from"),
    "=": ("equal to", "equals", "equal", "eq", "exactly"),
}
_BEHIND = {
    ">=": (
        "or more",
        "or higher",
        "or above",
        "or greater",
        "and above",
        "and more",
        "and higher",
        "and over",
        "upwards",
    ),
    "<=": ("or less", "or lower", "or below", "or fewer", "and below", "and less", "and lower", "and under"),
}
COMPARISONS = {tuple(text.split()): sign for sign, texts in _IN_WORDS.items() for text in texts}
BEHIND = {tuple(text.split()): sign for sign, texts in _BEHIND.items() for text in texts}
LONGEST = max(map(len, COMPARISONS))
# They stand before a condition and say nothing that the language does not say without them.
_FILLERS = (
    "instrument the a an all any of for on in at during from with while when where having whose which that is are was "
    "were be has have get give me show list find fetch download search query filter if please i want need only "
    "data files file both either le la les de des du und bei"
)
FILLERS = frozenset(_FILLERS.split())
AND_WORDS = frozenset(("and", "&", "et", "und", "plus", "but", ","))
OR_WORDS = frozenset(("or", "|", "ou", "oder"))
NOT_WORDS = frozenset(("not", "!", "no", "without", "except", "excluding"))
BETWEEN = frozenset(("between", "within", "inside", "entre", "zwischen"))
TO = frozenset(("..", "-", "to", "until", "till", "through", "thru", "and", "et", "und", "a", "bis", ":", "/"))


def is_filler(words: Sequence[str]) -> bool:
    """Whether words begin with one that says nothing, and not with a comparison such as `at least`."""
    return words[0] in FILLERS and phrase(words, COMPARISONS) is None


def phrase(words: Sequence[str], phrases: dict[tuple[str, ...], str]) -> tuple[str, int] | None:
    """The sign that words begin with, and how many they are; the longest phrase is meant."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        sign = phrases.get(tuple(words[:length]))
        if sign is not None:
            return sign, length
    return None
