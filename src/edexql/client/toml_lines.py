"""On which line of a TOML file a setting stands, as far as it can be told without reading TOML."""

from __future__ import annotations

import re

_SECTION = re.compile(r"\s*\[\s*[\"']?([^\]\"'.]+?)[\"']?\s*\]")
_KEY = re.compile(r"\s*[\"']?([^\"'=.#\[\]]+?)[\"']?\s*(?:\.\s*[\"']?([^\"'=.#\[\]]+?)[\"']?\s*)?=")


class Lines:
    """The lines of a file by what they begin."""

    def __init__(self, text: str) -> None:
        self._sections: dict[str, int] = {}
        self._keys: dict[tuple[str, str], int] = {}
        section = ""
        for number, line in enumerate(text.split("\n"), 1):
            # A longer line begins with no name of ours, and matching it would only take time.
            if found := _SECTION.match(line[:200]):
                section = found[1]
                self._sections.setdefault(section, number)
            elif found := _KEY.match(line[:200]):
                inner = (found[1], found[2]) if found[2] and not section else (section, found[1])
                self._keys.setdefault(inner, number)

    def of_section(self, section: str) -> int | None:
        """The line of a section, or of the key that stands in its place."""
        inside = (line for (name, _), line in self._keys.items() if name == section)
        return self._sections.get(section) or self._keys.get(("", section)) or next(inside, None)

    def of_key(self, section: str, key: str) -> int | None:
        """The line of a key of a section, or that of the section."""
        return self._keys.get((section, key)) or self.of_section(section)
