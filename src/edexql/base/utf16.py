"""Offsets in a text counted in UTF-16, as browsers and editors count, and in code points, as Python does."""

from __future__ import annotations

import re
from bisect import bisect_left


class Units:
    """The offsets of a text both ways.

    A character beyond U+FFFF has two units; an offset between the two is taken as that of the character.
    """

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._wide = [match.start() for match in re.finditer("[\U00010000-\U0010ffff]", text)]
        # Where the second unit of each stands.
        self._second = [offset + before + 1 for before, offset in enumerate(self._wide)]

    @property
    def length(self) -> int:
        """The length of the text in UTF-16."""
        return self._length + len(self._wide)

    def of(self, offset: int) -> int:
        """An offset in code points, counted in UTF-16."""
        return offset + bisect_left(self._wide, offset)

    def offset(self, units: int) -> int:
        """An offset in UTF-16, counted in code points."""
        return units - bisect_left(self._second, units + 1)
