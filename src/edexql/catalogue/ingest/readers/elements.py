"""Two-line element sets, with or without a line of a name before each, of satellites of the vocabulary and others.

Columns, checksum and the Alpha-5 form of catalogue numbers are those that CelesTrak describes,
https://celestrak.org/NORAD/documentation/tle-fmt.php. Blanks round a line do not count; `#` begins a comment. Sets of
other objects are counted; a checksum that is wrong is damage, whatever object the line says it is of.
"""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Elements, Fault, Note
from edexql.catalogue.ingest.source import lines, reader, shown
from edexql.model.spacecraft import catalogue_number, designator, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source
    from edexql.model.vocabulary import Vocabulary

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


class Pair(Record):
    """The two lines of a sound element set, and the name of its satellite."""

    satellite: str
    first: str
    second: str


class Other(Record):
    """A sound element set of another object: its catalogue number."""

    number: int


@reader
def read(source: Source) -> Iterator[Batch]:
    """The element sets whose lines are both sound, up to 10,000 of a satellite a batch."""
    yield from batches(_pairs(source), source.vocabulary)


def batches(items: Iterator[Pair | Other | Fault], vocabulary: Vocabulary) -> Iterator[Batch]:
    """Pairs of lines, up to 10,000 a batch, with what is damaged; those of other objects are counted."""
    waiting: dict[str, list[tuple[str, str]]] = {}
    taken = others = last_other = 0
    for one in items:
        if isinstance(one, Fault):
            yield one
        elif isinstance(one, Other):
            others, last_other = others + 1, one.number
        else:
            pairs = waiting.setdefault(one.satellite, [])
            pairs.append((one.first, one.second))
            taken += 1
            if len(pairs) == _MOST_PAIRS:
                yield Elements(tuple(waiting.pop(one.satellite)), one.satellite)
    for satellite, pairs in waiting.items():
        yield Elements(tuple(pairs), satellite)
    if others:
        yield _left_out(taken, others, last_other, vocabulary)


def _left_out(taken: int, others: int, number: int, vocabulary: Vocabulary) -> Note | Fault:
    """What to say of the element sets of other objects in a file: a file of one other object alone is refused."""
    numbers = {one.title: one.norad for one in vocabulary.satellites.values()}
    if others == 1 and not taken:
        return Fault(0, f"the element set is of object {number}; {listed(numbers, '{} is {}')}")
    none = "" if taken else f"; none is of {listed(numbers, '{} ({})')}"
    what = f"element set of another object ({number})" if others == 1 else "element sets of other objects"
    return Note(f"{others:,} {what} skipped{none}")


def _pairs(source: Source) -> Iterator[Pair | Other | Fault]:
    first, first_number = "", 0
    name, name_number = "", 0
    for number, text in lines(source):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        kind = line[:2]
        if kind == "2 " and first:
            yield _pair((first, line), (first_number, number), source.vocabulary)
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


def _pair(pair: tuple[str, str], numbers: tuple[int, int], vocabulary: Vocabulary) -> Pair | Other | Fault:
    first, second = pair
    first_number, number = numbers
    for line, at in zip(pair, numbers, strict=True):
        wrong = _damage(line)
        if wrong:
            return Fault(at, wrong)
    if first[2:7] != second[2:7]:
        return Fault(number, f"the line before is of another satellite: {shown(second[2:7])}")
    norad = catalogue_number(first[2:7])
    if norad is None:
        return Fault(first_number, f"not a catalogue number: {shown(first[2:7])}")
    satellite = vocabulary.satellite_numbered(norad)
    if satellite is None:
        return Other(norad)
    named = first[9:17].strip()
    if named and satellite.cospar and designator(named) != satellite.cospar:
        what = f"number {norad} with designator {shown(named)}; {satellite.title} is {satellite.cospar}"
        return Fault(first_number, what)
    for line, at, form in ((first, first_number, _FIRST), (second, number, _SECOND)):
        if not form.fullmatch(line[:-1]):
            return Fault(at, "the numbers of this element set are not in their columns")
    return Pair(satellite.name, first, second)


def _damage(line: str) -> str:
    """What shows that a line is not as it was written; empty where nothing does."""
    if len(line) != _LENGTH:
        return f"{len(line)} characters; a line of an element set has {_LENGTH}"
    if line[-1] != str(checksum(line)):
        return f"the checksum is {checksum(line)}, but the line says {shown(line[-1])}"
    return ""


def checksum(line: str) -> int:
    """The last digit of the sum of all digits of the first 68 characters, minus signs counting one."""
    return sum(int(c) if c in "0123456789" else c == "-" for c in line[: _LENGTH - 1]) % 10
