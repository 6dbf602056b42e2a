"""Satellites of a mission, and how files of the archive and of others name spacecraft."""

from __future__ import annotations

import re

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


# In place of the name of a satellite: facts of none, which count for all.
NO_SATELLITE = ""


class Satellite(Record):
    """A satellite of a mission, and how files of others name it; None where they do not.

    `norad` is its number in the public catalogue, `cospar` its international designator, `sp3` its identifier in SP3
    files, `prefix` what the names of the archive's own files of it begin with.
    """

    name: str
    title: str
    norad: int | None = None
    cospar: str | None = None
    sp3: str | None = None
    prefix: str | None = None


def satellite_of(entry: Mapping[str, Any]) -> Satellite:
    """The satellite of an entry of a vocabulary."""
    named = (entry.get(key) for key in ("norad", "cospar", "sp3", "prefix"))
    return Satellite(entry["name"], entry.get("title") or entry["name"], *named)


def listed(identities: Mapping[str, object], form: str) -> str:
    """Satellites and what they are known by, for a message; those that are not known by it are left out.

    >>> listed({"Swarm A": 39452, "Swarm B": 39451, "Swarm D": None}, "{} is {}")
    'Swarm A is 39452, Swarm B is 39451'
    """
    return ", ".join(form.format(*one) for one in identities.items() if one[1] is not None)


# Names of the archive's own files of a spacecraft: ephemeris, orbits and availability of data.
_OWNED = r"([A-Z][A-Z0-9]{1,9})_(?:ephemeris|Orbit|(?:[A-Za-z]+_)?Data)_(?=.*[0-9]{8})"
_DESIGNATOR = r"([0-9]{4}|[0-9]{2})-?([0-9]{3})([A-Z]{1,3})"
# Alpha-5 has letters but I and O for the ten thousands from 100,000 on: https://celestrak.org/NORAD/elements/.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def satellite_in_name(name: str, satellites: Iterable[Satellite]) -> Satellite | None:
    """The satellite that the name of a file begins with: its prefix, name or title."""
    beginning = name.partition("_")[0]
    for satellite in satellites:
        if beginning == satellite.prefix or beginning.lower() in (satellite.name, satellite.title.lower()):
            return satellite
    return None


def other_in_name(name: str, satellites: Iterable[Satellite]) -> str | None:
    """The spacecraft that the name of a file of its own begins with, where it is none of some satellites."""
    match = re.match(_OWNED, name)
    return match[1] if match and satellite_in_name(name, satellites) is None else None


def catalogue_number(text: str) -> int | None:
    """A catalogue number of up to nine digits, padded or not, or in the Alpha-5 form; None where it is neither."""
    digits = text.strip()
    if len(digits) == 5 and digits[0] in _LETTERS and digits[1:].isdecimal() and digits.isascii():
        return (_LETTERS.index(digits[0]) + 10) * 10_000 + int(digits[1:])
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def number_text(number: int) -> str:
    """A catalogue number in the five columns of an element set, from 100,000 on in the Alpha-5 form.

    Raises ValueError for one that has no such form.
    """
    tens, rest = divmod(number, 10_000)
    if tens < 10:
        return f"{number:05}"
    if tens - 10 >= len(_LETTERS):
        raise ValueError(f"the catalogue number {number} has no place in an element set")
    return f"{_LETTERS[tens - 10]}{rest:04}"


def designator(text: str) -> str | None:
    """An international designator as `2013-055A`, from that form or that of element sets, `13055A`."""
    match = re.fullmatch(_DESIGNATOR, text.strip())
    if match is None:
        return None
    year = match[1]
    if len(year) == 2:
        # The first launch was in 1957.
        year = f"{'19' if year >= '57' else '20'}{year}"
    return f"{year}-{match[2]}{match[3]}"
