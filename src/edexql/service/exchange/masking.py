"""E-mail addresses in text that comes in pieces, found in time that is linear in its length."""

from __future__ import annotations

import re

from edexql.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The sign itself, and as addresses in links, JSON and HTML have it.
_AT = re.compile(rb"@|%40|\\u0040|&#0*64;|&#x0*40;|&commat;", re.IGNORECASE)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + bytes(range(128, 256))
# RFC 5322, 3.2.3, with the backslash of JSON's escapes.
_LOCAL = _LETTERS + b"!#$%&'*+/=?^_`{|}~.-\\"
_RUN = _LOCAL + b"@;:[]"
_DOMAIN = re.compile(
    rb"(?:[A-Za-z0-9\x80-\xff-]|\\u[0-9A-Fa-f]{4}|\.(?=[A-Za-z0-9\x80-\xff\\])){1,1500}|\[[0-9A-Za-z:.]{1,64}\]"
)
_LONGEST_LOCAL = 400
# A run without any sign that ends an address is let go when it is longer, all but its end.
_LONGEST_RUN = 8192
_KEPT_BACK = 2048


@record(frozen=True, slots=True)
class Found:
    """An address: where it begins and ends, and the sign between its parts."""

    start: int
    at: int
    after: int
    end: int


def addresses(data: bytes) -> Iterator[Found]:
    """The e-mail addresses in a text."""
    last = 0
    for sign in _AT.finditer(data):
        if sign.start() < last:
            continue
        start = _beginning(data, last, sign.start())
        last = sign.end()
        domain = _DOMAIN.match(data, sign.end()) if start < sign.start() else None
        if domain:
            last = domain.end()
            yield Found(start, sign.start(), sign.end(), domain.end())


def _beginning(data: bytes, last: int, end: int) -> int:
    """Where the part before the sign begins; not before `last`."""
    first = max(last, end - _LONGEST_LOCAL)
    start = first + len(data[first:end].rstrip(_LOCAL))
    if start > first:
        return start
    # The escape that a cut would go through belongs to it as a whole.
    escape = data.rfind(b"\\", max(last, start - 5), start)
    if escape < 0 or data[escape:start].strip(_LOCAL):
        return start
    before = data[last : escape + 1]
    begins = (len(before) - len(before.rstrip(b"\\"))) % 2 == 1
    return escape if begins else start


def replaced(data: bytes, other: Callable[[bytes, Found], bytes]) -> bytes:
    """A text with something else for each address in it."""
    parts = []
    place = 0
    for found in addresses(data):
        parts += [data[place : found.start], other(data, found)]
        place = found.end
    return b"".join([*parts, data[place:]])


def masked(data: bytes) -> bytes:
    """A text with `x` for the letters of its addresses. It keeps its length, so that what is told of it holds."""
    return replaced(data, _mask)


class Masker:
    """The same for a text in pieces: an address may stand across two of them."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What can be let go of the text so far."""
        held = self._held + data
        cut = len(held.rstrip(_RUN))
        if len(held) - cut > _LONGEST_RUN:
            cut = len(held) - _KEPT_BACK
            cut = next((found.start for found in addresses(held) if found.start < cut < found.end), cut)
        self._held = held[cut:]
        return masked(held[:cut])

    def end(self) -> bytes:
        """The rest."""
        rest, self._held = self._held, b""
        return masked(rest)


def _mask(data: bytes, found: Found) -> bytes:
    local, domain = data[found.start : found.at], data[found.after : found.end]
    return re.sub(rb"[^.]", b"x", local) + data[found.at : found.after] + re.sub(rb"[^.]", b"x", domain)
