"""Element sets as orbit mean-elements messages: KVN, XML, JSON and CSV.

Keywords, units and the first two forms are those of CCSDS 502.0-B-3, https://public.ccsds.org/Pubs/502x0b3e1.pdf, JSON
and CSV those of CelesTrak (https://celestrak.org/NORAD/documentation/gp-data-formats.php) and Space-Track. Only what
SGP4 takes is read: mean elements in TEME at a time in UTC. They are kept as the two lines of an element set, whose
epoch has steps of 0.9 ms. Messages of objects that are no satellites of the vocabulary are counted.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

from edexql.base.record import Record
from edexql.catalogue.ingest.batches import Fault
from edexql.catalogue.ingest.columns import split
from edexql.catalogue.ingest.readers.elements import Other, Pair, batches, checksum
from edexql.catalogue.ingest.source import lines, reader, shown, whole
from edexql.model.spacecraft import catalogue_number, designator, listed, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edexql.catalogue.ingest.batches import Batch
    from edexql.catalogue.ingest.source import Source
    from edexql.model.spacecraft import Satellite
    from edexql.model.vocabulary import Vocabulary

    Message = Mapping[str, str]

_MOST_BYTES = 256 * 2**20
_EPOCH = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z?", re.ASCII)
_KVN = re.compile(r"\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)(?:\s*\[[^\]]*\])?\s*")
_XML = re.compile(r"<([A-Z][A-Z0-9_]*)(?:\s[^<>]*)?>([^<>]*)</\1>|<(omm)\b")
# What a message may say of its frame, time and theory; what it does not say is what SGP4 takes.
_EXPECTED = {
    "CENTER_NAME": ("EARTH",),
    "REF_FRAME": ("TEME",),
    "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4"),
}
# The least and the greatest value of each number.
_NUMBERS: dict[str, tuple[float, float]] = {
    "MEAN_MOTION": (0.001, 20),
    "ECCENTRICITY": (0, 0.9999999),
    "INCLINATION": (0, 180),
    "RA_OF_ASC_NODE": (-360, 360),
    "ARG_OF_PERICENTER": (-360, 360),
    "MEAN_ANOMALY": (-360, 360),
    "BSTAR": (-1e8, 1e8),
    "MEAN_MOTION_DOT": (-0.99999999, 0.99999999),
    "MEAN_MOTION_DDOT": (-1e8, 1e8),
}


class _NumberedMessage(Record):
    """A message, and the line that it begins or stands in, 0 where lines say nothing."""

    line: int
    message: Message


@reader
def read_kvn(source: Source) -> Iterator[Batch]:
    """The element sets of satellites of the vocabulary, up to 10,000 of one a batch."""
    yield from _batches(_of_kvn(source), source.vocabulary)


@reader
def read_xml(source: Source) -> Iterator[Batch]:
    """The element sets of satellites of the vocabulary, up to 10,000 of one a batch."""
    yield from _batches(_of_xml(source), source.vocabulary)


@reader
def read_json(source: Source) -> Iterator[Batch]:
    """The element sets of satellites of the vocabulary, up to 10,000 of one a batch."""
    yield from _batches(_of_json(source), source.vocabulary)


@reader
def read_csv(source: Source) -> Iterator[Batch]:
    """The element sets of satellites of the vocabulary, up to 10,000 of one a batch."""
    yield from _batches(_of_csv(source), source.vocabulary)


def _batches(messages: Iterator[_NumberedMessage | Fault], vocabulary: Vocabulary) -> Iterator[Batch]:
    return batches(_pairs(messages, vocabulary), vocabulary)


def _pairs(messages: Iterator[_NumberedMessage | Fault], vocabulary: Vocabulary) -> Iterator[Pair | Other | Fault]:
    for item in messages:
        if isinstance(item, Fault):
            yield item
            continue
        try:
            satellite = _object(item.message, vocabulary)
            yield satellite if isinstance(satellite, Other) else _pair(item.message, satellite)
        except ValueError as wrong:
            yield Fault(item.line, str(wrong))


def _of_kvn(source: Source) -> Iterator[_NumberedMessage | Fault]:
    message: dict[str, str] = {}
    first = 0
    for number, line in lines(source):
        match = _KVN.fullmatch(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith("COMMENT"):
                yield Fault(number, f"not a keyword and a value: {shown(line)}")
            continue
        if match[1] == "CCSDS_OMM_VERS":
            if len(message) > 1:
                yield _NumberedMessage(first, message)
            message, first = {}, number
        message[match[1]] = match[2]
    if message:
        yield _NumberedMessage(first, message)


def _of_xml(source: Source) -> Iterator[_NumberedMessage | Fault]:
    text = whole(source, _MOST_BYTES)
    if text is None:
        yield Fault(0, "too large for element sets")
        return
    message: dict[str, str] = {}
    line, place = 1, 0
    for match in _XML.finditer(text):
        if not match[3]:
            message[match[1]] = match[2].strip()
            continue
        if message:
            yield _NumberedMessage(line, message)
        message = {}
        line += text.count("\n", place, match.start())
        place = match.start()
    if message:
        yield _NumberedMessage(line, message)


def _of_json(source: Source) -> Iterator[_NumberedMessage | Fault]:
    import json

    text = whole(source, _MOST_BYTES)
    try:
        document = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        yield Fault(getattr(error, "lineno", 0), f"not JSON: {shown(getattr(error, 'msg', str(error)))}")
        return
    for place, message in enumerate(document if isinstance(document, list) else [document], 1):
        if isinstance(message, dict):
            yield _NumberedMessage(0, {str(key): "" if value is None else str(value) for key, value in message.items()})
        else:
            yield Fault(0, f"element {place} is not a message")


def _of_csv(source: Source) -> Iterator[_NumberedMessage | Fault]:
    names: list[str] = []
    for number, line in lines(source):
        if not line.strip():
            continue
        cells = split(line)
        if not names:
            names = [cell.strip() for cell in cells or []]
        elif cells is None or len(cells) != len(names):
            count = "unclosed quotes" if cells is None else f"{len(cells)} values"
            yield Fault(number, f"{count}; expected {len(names)} values")
        else:
            yield _NumberedMessage(number, dict(zip(names, (cell.strip() for cell in cells), strict=True)))


def _object(message: Message, vocabulary: Vocabulary) -> Satellite | Other:
    """The satellite that a message is of, or the catalogue number of another object. Raises ValueError."""
    named = message.get("OBJECT_ID", "")
    satellites = vocabulary.satellites.values()
    if not message.get("NORAD_CAT_ID"):
        designated = next((one for one in satellites if one.cospar and designator(named) == one.cospar), None)
        if designated is not None:
            return designated
        known = listed({one.title: one.cospar for one in satellites}, "{1}")
        raise ValueError(f"no NORAD_CAT_ID, and {shown(named)} is not {known}" if named else "no NORAD_CAT_ID")
    number = catalogue_number(message["NORAD_CAT_ID"])
    if number is None:
        raise ValueError(f"not a catalogue number: {shown(message['NORAD_CAT_ID'])}")
    satellite = vocabulary.satellite_numbered(number)
    if satellite is None:
        return Other(number)
    if named and satellite.cospar and designator(named) not in (satellite.cospar, None):
        raise ValueError(f"number {number} with OBJECT_ID {shown(named)}; {satellite.title} is {satellite.cospar}")
    return satellite


def _pair(message: Message, satellite: Satellite) -> Pair:
    """The two lines of a message of a satellite. Raises ValueError."""
    number, name = number_text(satellite.norad or 0), satellite.cospar or ""
    for key, expected in _EXPECTED.items():
        given = message.get(key, "").strip()
        if given and given.upper() not in expected:
            raise ValueError(f"{key} {shown(given)}; SGP4 takes {expected[0]}")
    values = {name: _number(message, name, low, high) for name, (low, high) in _NUMBERS.items()}
    eccentricity = f"{values['ECCENTRICITY']:.7f}"
    kind = message.get("CLASSIFICATION_TYPE", "").strip() or "U"
    first = (
        f"1 {number}{kind if kind in ('U', 'C', 'S') else 'U'} {name[2:4]:2}{name[5:]:6} {_epoch(message)} "
        f"{_fraction(values['MEAN_MOTION_DOT'])} {_power(values['MEAN_MOTION_DDOT'])} {_power(values['BSTAR'])} 0 "
        f"{_whole(message, 'ELEMENT_SET_NO', 10_000):4}"
    )
    second = (
        f"2 {number} {values['INCLINATION']:8.4f} {_angle(values['RA_OF_ASC_NODE'])} "
        f"{eccentricity[2:]} {_angle(values['ARG_OF_PERICENTER'])} {_angle(values['MEAN_ANOMALY'])} "
        f"{values['MEAN_MOTION']:11.8f}{_whole(message, 'REV_AT_EPOCH', 100_000):5}"
    )
    return Pair(satellite.name, f"{first}{checksum(first + ' ')}", f"{second}{checksum(second + ' ')}")


def _number(message: Message, name: str, low: float, high: float) -> float:
    if name not in message:
        # The last of them are what is lost first of a message that is cut off.
        raise ValueError(f"{name} is missing")
    text = message[name]
    if not text.strip() and name in ("BSTAR", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"):
        return 0.0
    try:
        value = float(text if "_" not in text else "")
    except ValueError:
        value = math.nan
    if low <= value <= high:
        return value
    raise ValueError(f"{name} is not a number from {low:g} to {high:g}: {shown(text)}")


def _whole(message: Message, name: str, end: int) -> int:
    text = message.get(name, "").strip()
    return int(text) % end if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _epoch(message: Message) -> str:
    """The epoch as year and day of an element set, to 0.00000001 days. Raises ValueError."""
    text = message.get("EPOCH", "").strip()
    match = _EPOCH.fullmatch(text)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        day = None
    if match is None or day is None or int(match[4]) > 23 or int(match[5]) > 59 or int(match[6]) > 60:
        raise ValueError(f"EPOCH is not a date and time: {shown(text)}")
    second = int(match[4]) * 3600 + int(match[5]) * 60 + int(match[6])
    nanoseconds = second * 10**9 + int(f"{match[7] or '0':0<9}")
    # 10**-8 days are 864 microseconds.
    days, parts = divmod((nanoseconds * 2 + 864_000) // (2 * 864_000), 10**8)
    if not 1957 <= day.year <= 2056:
        raise ValueError(f"EPOCH is outside the years of element sets: {shown(text)}")
    day += timedelta(days)
    return f"{day.year % 100:02}{day.timetuple().tm_yday:03}.{parts:08}"


def _angle(degrees: float) -> str:
    return f"{round(degrees % 360, 4) % 360:8.4f}"


def _fraction(value: float) -> str:
    return f"{'-' if value < 0 else ' '}{abs(value):.8f}".replace("0.", ".", 1)


def _power(value: float) -> str:
    """A number as ±.ddddd times a power of ten, without the point."""
    if value == 0:
        return " 00000+0"
    exponent = math.floor(math.log10(abs(value))) + 1
    digits = round(abs(value) / 10.0**exponent * 10**5)
    if digits == 10**5:
        digits, exponent = 10**4, exponent + 1
    if exponent < -9:
        return " 00000+0"
    return f"{'-' if value < 0 else ' '}{digits:05}{'-' if exponent < 0 else '+'}{abs(exponent)}"
