"""Sizes as listings write them, and the numbers of bytes that they can stand for."""

from __future__ import annotations

import re

from edexql.record import record

_SIZE = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?\s*(?:([KMGT])(I?))?B?", re.IGNORECASE)


@record(frozen=True, slots=True)
class ListedSize:
    """A size as it is written, and the spans `(least, most)` of bytes that are written so."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def admits(self, count: int) -> bool:
        """Whether a file of so many bytes is listed with this size."""
        return any(least <= count <= most for least, most in self.spans)

    @property
    def most(self) -> int:
        """The most bytes that the file can have."""
        return max(most for _, most in self.spans)

    @property
    def exact(self) -> bool:
        """Whether it tells the size to the byte."""
        return len(self.spans) == 1 and self.spans[0][0] == self.spans[0][1]


def exact_size(count: int) -> ListedSize:
    """A size that is known to the byte."""
    return ListedSize(f"{count} B", ((count, count),))


def listed_size(text: str) -> ListedSize | None:
    """The size that a text tells, rounded to its last digit; None for what is none.

    Listings mean 10^6 or 2^20 by MB, and do not say which, so both are taken.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    whole, fraction, prefix, binary = found[1], found[2] or "", (found[3] or "").upper(), found[4]
    if not prefix:
        return None if fraction else ListedSize(text.strip(), ((int(whole), int(whole)),))
    power = " KMGT".index(prefix)
    units = (1024**power,) if binary else (1000**power, 1024**power)
    digits, scale = int(whole + fraction), 200 * 10 ** len(fraction)
    # Half a unit of the last digit up and down, and a little more, because Apache rounds what it has cut before.
    spans = [(max(0, -((102 - 200 * digits) * unit // scale)), (200 * digits + 102) * unit // scale) for unit in units]
    return ListedSize(text.strip(), tuple(spans))
