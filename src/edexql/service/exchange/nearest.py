"""Which recorded exchange is nearest to what was asked, and how they differ."""

from __future__ import annotations

from edexql.base.text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.service.exchange.notes import Asked

_LONGEST = 200
_AROUND = 30


def nearest(asked: Asked, kept: Sequence[Asked]) -> Asked | None:
    """The recorded request that has most in common with another; None where nothing is recorded."""
    return max(kept, key=lambda other: _likeness(asked, other), default=None)


def difference(asked: Asked, other: Asked) -> str:
    """What keeps a recorded request from being the one that was asked."""
    if asked.method != other.method:
        return f"it is a {printable(other.method[:20])}"
    if asked.url != other.url:
        return "it has another address"
    if asked.range != other.range:
        return f"it asks for {_part(other.range)}, and not for {_part(asked.range)}"
    place = _common(asked.body, other.body)
    return f"its body has {_piece(other.body, place)} and not {_piece(asked.body, place)}"


def shown(asked: Asked) -> str:
    """A request in a message."""
    text = f"{asked.method[:20]} {asked.url}"
    return printable(text[:_LONGEST] + ("…" if len(text) > _LONGEST else ""))


def _likeness(asked: Asked, other: Asked) -> tuple[bool, bool, int, bool, int]:
    return (
        asked.url == other.url,
        asked.method == other.method,
        _common(asked.url.encode(), other.url.encode()),
        asked.range == other.range,
        _common(asked.body, other.body),
    )


def _common(a: bytes, b: bytes) -> int:
    """How many bytes two texts begin with in common; halved where they differ, until it is found."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _piece(body: bytes, place: int) -> str:
    part = body[max(0, place - _AROUND // 3) : place + _AROUND].decode("utf-8", "replace")
    return f"`{printable(part)}`" if part else "nothing"


def _part(wanted: str) -> str:
    return f"`{printable(wanted[:60])}`" if wanted else "the whole"
