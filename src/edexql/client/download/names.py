"""Names that a file can have: plain ones, that mean the same on every system and to every program."""

from __future__ import annotations

import re

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# With `.part.json` behind it a name still fits into what file systems take.
MOST_BYTES = 200
PART = ".part"
JOURNAL = ".part.json"
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
_SPECIAL = frozenset('/\\:*?"<>|')


def wrong_with(name: str) -> str | None:
    """Why a file cannot have a name; None where it can."""
    if not name.isprintable():
        return "it has characters that cannot be shown"
    if len(name.encode()) > MOST_BYTES:
        return f"it has more than {MOST_BYTES} bytes"
    if not name or name.isspace():
        return "it is empty"
    if found := sorted(set(name) & _SPECIAL):
        return f"it has {found[0]} in it"
    if name[0] in ".- ":
        return f"it begins with {'a blank' if name[0] == ' ' else name[0]}"
    if name[-1] in ". ":
        return f"it ends in {'a blank' if name[-1] == ' ' else 'a dot'}"
    if _RESERVED.fullmatch(name):
        return "it is the name of a device on Windows"
    if name.casefold().endswith((PART, JOURNAL)):
        return f"it ends in {PART}, as unfinished files do"
    return None


def faults(names: Sequence[str]) -> list[str | None]:
    """What is wrong with each of the names of one batch, those beside which others cannot be included."""
    from unicodedata import normalize

    first: dict[str, tuple[int, str]] = {}
    found = []
    for place, name in enumerate(names):
        wrong = wrong_with(name)
        if wrong is None:
            # Some file systems take names for the same that differ in case, or in how an accent is written.
            key = normalize("NFC", normalize("NFC", name).casefold())
            other = first.setdefault(key, (place, name))
            if other[0] != place:
                same = other[1] == name
                wrong = "it is asked for twice" if same else f"it differs from {other[1]} in case only"
        found.append(None if wrong is None else f"the name {printable(name)[:MOST_BYTES]} cannot be used: {wrong}")
    return found
