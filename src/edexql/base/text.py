"""Text from outside, made safe for terminals and messages; what two texts have in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import AnyStr


def shown(text: str, limit: int = 40) -> str:
    """A piece of a user's text as it may stand in a message: short, printable, in backticks."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "`" + printable(text) + "`"


def printable(text: str) -> str:
    """Text from outside with everything escaped that a terminal would act on or not show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character, f"\\x{code:02x}")
    return f"\\u{{{code:x}}}"


def common_start(a: AnyStr, b: AnyStr, most: int | None = None) -> int:
    """How many characters, or bytes, two texts begin with alike, of the first `most`; found by halving."""
    low, high = 0, min(len(a), len(b)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
