"""Two-line element sets of CASSIOPE, NORAD 39265, with or without a line of its name before each.

Columns and checksum are those of the format as NORAD and CelesTrak describe it. `#` begins a comment.
"""

from __future__ import annotations

import re

from edexql.catalogue.ingest.batches import Elements, Fault
from edexql.catalogue.ingest.source import lines, reader, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source

NUMBER = "39265"
_LENGTH = 69
_MOST_PAIRS = 10_000
_RATE = r"[-+ ][ 0-9]{5}[-+ ]\d"
_FIRST = re.compile(
    r"1 [ 0-9A-Z]{5}[A-Z ] [ 0-9]{5}[ A-Z]{3} [ 0-9]{5}\.\d{8} [-+ ][ .0-9]{9} "
    rf"{_RATE} {_RATE} [ 0-9] [ 0-9]{{4}}",
    re.ASCII,
)
_SECOND = re.compile(
    r"2 [ 0-9A-Z]{5}( [ 0-9]{3}\.\d{4}){2} \d{7}( [ 0-9]{3}\.\d{4}){2} [ 0-9]{2}\.[ 0-9]{13}",
    re.ASCII,
)


@reader
def read(source: Source) -> Iterator[Batch]:
    """The element sets whose lines are both sound, up to 10,000 a batch."""
    pairs: list[tuple[str, str]] = []
    for found in _pairs(source):
        if isinstance(found, Fault):
            yield found
            continue
        pairs.append(found)
        if len(pairs) == _MOST_PAIRS:
            yield Elements(tuple(pairs))
            pairs = []
    if pairs:
        yield Elements(tuple(pairs))


def _pairs(source: Source) -> Iterator[tuple[str, str] | Fault]:
    first, first_number = "", 0
    name, name_number = "", 0
    for number, text in lines(source):
        line = text.rstrip()
        if not line or line.startswith("#"):
            continue
        kind = line[:2]
        if kind == "2 " and first:
            yield _pair(first, line, first_number, number)
            first = ""
            continue
        if first:
            yield Fault(first_number, "the second line of this element set is missing")
            first = ""
        if kind == "1 ":
            first, first_number, name = line, number, ""
        elif kind == "2 ":
            yield Fault(number, "the first line of this element set is missing")
        else:
            if name:
                yield Fault(name_number, f"not a line of an element set: {shown(name)}")
            name, name_number = line, number
    if first:
        yield Fault(first_number, "the second line of this element set is missing")
    if name:
        yield Fault(name_number, f"not a line of an element set: {shown(name)}")


def _pair(first: str, second: str, first_number: int, number: int) -> tuple[str, str] | Fault:
    for line, at, form in ((first, first_number, _FIRST), (second, number, _SECOND)):
        wrong = _wrong(line, form)
        if wrong:
            return Fault(at, wrong)
    if first[2:7] != second[2:7]:
        return Fault(number, f"of another satellite than the line before: {shown(second[2:7])}")
    if first[2:7].strip() != NUMBER:
        return Fault(first_number, f"of satellite {shown(first[2:7].strip())}; CASSIOPE is {NUMBER}")
    return first, second


def _wrong(line: str, form: re.Pattern[str]) -> str:
    """What is wrong with a line; empty where nothing is."""
    if len(line) != _LENGTH:
        return f"{len(line)} characters where an element set has {_LENGTH}"
    if not form.fullmatch(line[:-1]):
        return "the numbers of this element set are not where they should be"
    if line[-1] != str(checksum(line)):
        return f"the checksum is {checksum(line)}, and the line says {shown(line[-1])}"
    return ""


def checksum(line: str) -> int:
    """The last digit of the sum of all digits of the first 68 characters, minus signs counting one."""
    return sum(int(c) if c in "0123456789" else c == "-" for c in line[: _LENGTH - 1]) % 10
