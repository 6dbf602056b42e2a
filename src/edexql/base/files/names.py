"""Names of files: which an archive can have, how they stand in an address, and which some systems refuse or confuse."""

from __future__ import annotations

import re
import unicodedata

from edexql.base import system

# What a name cannot have on Windows, the signs between folders beside.
FORBIDDEN = frozenset('<>:"|?*')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether a name is one of a device on Windows, in any folder and with any ending: `NUL`, `com1.txt`."""
    return _DEVICE.fullmatch(name) is not None


def folded(name: str) -> str:
    """The same for names that some systems take for one: without regard to case, and to how Unicode composes them."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", text.casefold())


def name_key(name: str) -> str:
    """The same for names that are usually one file on this system.

    Linux tells all names apart; where a file system there does not, the second of two is noticed when it is made.
    """
    return folded(name) if system.CASE_BLIND else name


def acceptable(name: str) -> bool:
    """Whether a name is one that a file of an archive may have: in no folder, and without control characters."""
    return name.isprintable() and "/" not in name and "\\" not in name and name not in ("", ".", "..")


def quoted(name: str) -> str:
    """A name as it stands in an address."""
    # Importing urllib.parse costs start-up time.
    from urllib.parse import quote

    return quote(name, safe="", errors="replace")
