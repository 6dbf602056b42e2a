"""Names in an encoding that nothing tells."""

from __future__ import annotations

from edexql.base.text import shown

_MOST = 5


def notes(names: list[str], encoding: str) -> list[str]:
    """What to say of names that were read in an encoding that is a guess."""
    if not names:
        return []
    listed = ", ".join(shown(name, 120) for name in names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return [f"nothing says in which encoding names are, and they were read as {encoding}: {listed}{more}"]
