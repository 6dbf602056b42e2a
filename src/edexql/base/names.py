"""Names of files: which an archive can have, and how they stand in an address."""

from __future__ import annotations


def acceptable(name: str) -> bool:
    """Whether a name is one that a file of an archive may have: in no folder, and without control characters."""
    return name.isprintable() and "/" not in name and "\\" not in name and name not in ("", ".", "..")


def quoted(name: str) -> str:
    """A name as it stands in an address."""
    # Importing urllib.parse costs start-up time.
    from urllib.parse import quote

    return quote(name, safe="", errors="replace")
