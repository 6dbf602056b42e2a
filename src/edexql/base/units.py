"""Sizes of files, read from what services, pages and people write, and written for people and for listings.

A prefix before `B` is a power of ten, as SI has it (`kB`, `MB`); with an `i` it is a power of two, as IEC 80000-13
has it (`KiB`). A prefix alone (`512K`) is a power of two: so write Apache (`apr_strfsize`), lighttpd and `ls -h`. What
eDEx means by `MB` is not documented, so a size as it is listed stands for files of either unit: `spans` has both.
"""

from __future__ import annotations

import re

from edexql.base.record import Record

_PREFIXES = " KMGTP"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])(?:\.[0-9]{1,9})?|[0-9]{1,18}(?:[.,][0-9]{1,9})?(?:[eE]\+?[0-9]{1,2})?"
_UNIT = r"(?:[kKMGTPmgtp](?:i?[bB]|i)?|[bB](?:ytes?)?|BYTES?)"
_SIZE = re.compile(rf"({_NUMBER})\s*({_UNIT})?")
# The blanks before the size at the end of a listed file.
_BEFORE_SIZE = re.compile(rf"(?<=\S)(?:\s+(?=(?:{_NUMBER})\s?{_UNIT}\Z)|\s{{2,}}(?=[0-9][0-9,]*\Z))")
_GAP = re.compile(r"(?<=\S)(?:\s{3,}|\t\s*)(?=\S)")
_LARGEST = 10**18
# Bytes in a hundredth.
_LISTED = {"kB": 10, "MB": 10_000, "GB": 10_000_000}


class Size(Record):
    """A size as it is written: its bytes as near as it is written, and the spans `(least, most)` it can stand for."""

    text: str
    count: int
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


def exact_size(count: int) -> Size:
    """A size that is known to the byte."""
    return Size(f"{count} B", count, ((count, count),))


def read_size(text: str) -> Size | None:
    """The size that a text is: `540.57MB`, `512 KiB`, `1e3MB`, `97,624`; None for a text that is none."""
    text = text.strip()
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    unit = (match[2] or "").upper()
    prefix = unit[0] if unit and unit[0] in _PREFIXES[1:] else ""
    digits, decimals = _decimal(match[1])
    if not prefix:
        # A part of a byte is none.
        count, rest = divmod(digits, 10**decimals) if decimals > 0 else (digits * 10**-decimals, 0)
        return None if rest or count >= _LARGEST else Size(text, count, ((count, count),))
    power = _PREFIXES.index(prefix)
    binary, decimal = 1024**power, 1000**power
    units = (binary,) if "I" in unit else (decimal, binary)
    nominal = decimal if unit.endswith("B") and "I" not in unit else binary
    scaled, scale = (digits, 10**decimals) if decimals >= 0 else (digits * 10**-decimals, 1)
    step = 10 ** max(0, -decimals)
    # Half a unit of the last digit up and down, and a little more, because Apache rounds what it has cut before;
    # lighttpd writes hundreds of 1024 for tenths (`http_list_directory`), which may be 0.08 too few.
    up = 160 if decimals == 1 and not unit.endswith("B") else 102
    spans = tuple(
        (
            max(0, -((102 * step - 200 * scaled) * one // (200 * scale))),
            (200 * scaled + up * step) * one // (200 * scale),
        )
        for one in units
    )
    count = (2 * scaled * nominal + scale) // (2 * scale)
    return Size(text, count, spans) if count < _LARGEST else None


def bytes_of(text: str) -> int | None:
    """The bytes of a size, as near as it is written; None for a text that is none."""
    # As listings write it, of which there may be hundreds of thousands: two decimals and a unit.
    digits, unit = text[:-5] + text[-4:-2], _LISTED.get(text[-2:])
    if unit and text[-5:-4] == "." and 2 < len(digits) <= 10 and digits.isdecimal() and digits.isascii():
        return int(digits) * unit
    parsed = read_size(text)
    return None if parsed is None else parsed.count


def name_and_size(text: str) -> tuple[str, str]:
    """The name and the size in what a listing writes for a file, `NAME   540.57MB`; the size may be missing.

    A size at the end is one with a unit, or a number behind two blanks or more. What stands behind the last three
    blanks, which is how eDEx parts them, is no part of the name even where it cannot be read.
    """
    words = text.split()
    if len(words) == 2 and len(text) == len(words[0]) + len(words[1]) + 3 and text[len(words[0]) :].startswith("   "):
        # As eDEx lists them.
        return words[0], words[1]
    text = text.strip()
    gap = _BEFORE_SIZE.search(text)
    if gap is None:
        *_, gap = (None, *_GAP.finditer(text))
    return (text[: gap.start()], text[gap.end() :]) if gap else (text, "")


def size(count: float) -> str:
    """A number of bytes for people: `540.57 MB`, where MB is 10^6 bytes."""
    if round(count) < 1000:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if round(count, 2) < 1000:
            return f"{count:.2f} {unit}"
    return f"{count / 1000:.2f} TB"


def exact_bytes(count: int) -> str:
    """A number of bytes to the byte, for people: `97,624 bytes`."""
    return f"{count:,} byte{'s' * (count != 1)}"


def listed(count: int) -> str:
    """A number of bytes as a listing of eDEx writes it: `540.57MB`; below 10 kB, where that tells nothing, in bytes."""
    return f"{count / 1e6:.2f}MB" if count >= 10_000 else f"{count}B"


def _decimal(number: str) -> tuple[int, int]:
    """The digits of a number, and how many of them are decimals; fewer than none are zeros that it does not show.

    A comma before groups of three digits parts thousands, another one is a decimal comma.
    """
    mantissa, _, exponent = number.lower().partition("e")
    first, *groups = mantissa.partition(".")[0].split(",")
    if first != "0" and len(first) <= 3 and all(len(group) == 3 for group in groups):
        mantissa = mantissa.replace(",", "")
    integer, _, fraction = mantissa.replace(",", ".").partition(".")
    return int(integer + fraction), len(fraction) - int(exponent or 0)


def duration(seconds: int) -> str:
    """A length of time for people: `53 s`, `7:33`, `1:02:03 h`."""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02} min"
    if seconds < 2 * 86400:
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} h"
    return f"{seconds / 86400:.1f} days"
