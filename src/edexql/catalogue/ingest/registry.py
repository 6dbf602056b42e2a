"""The registry of formats: which one a file is in, by its first bytes, and which module of `readers` reads it.

A format that is recognised by the first bytes comes before one that needs several lines. Names of files decide only
where a file may have no content after its header.

A new format is a module in `readers`, whose `read` takes a path and gives batches (see `batches`), and an entry of
FORMATS.
"""

from __future__ import annotations

import os
import re

from edexql.base.record import Record
from edexql.catalogue.ingest.source import MAPPING_SUFFIX, head, plain_name, shown
from edexql.model.vocabulary import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.catalogue.ingest.batches import Batch
    from edexql.model.vocabulary import Vocabulary


_TITLE = re.compile(rb"<title[^>]*>([^<]{0,300})", re.IGNORECASE)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<title", b"<body")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_COLUMNS, _MOST_CHARACTERS = 8, 120


class Head(Record):
    """The name of a file, without folders and `.gz`, and how it begins, unpacked: 8 KiB, of a page 64.

    `vocabulary` is that of the mission, whose own formats have its names.
    """

    name: str
    data: bytes
    vocabulary: Vocabulary


class Format(Record):
    """A format: its short name, its title, whether a file is in it, and the module of `readers` that reads it."""

    name: str
    title: str
    recognises: Callable[[Head], bool]
    module: str
    function: str = "read"

    def read(self, path: str, vocabulary: Vocabulary | None = None) -> Iterator[Batch]:
        """What a file in the format says, by the names of a vocabulary (None: the package's).

        Damage is in the batches, and nothing is raised.
        """
        from importlib import import_module

        read = getattr(import_module(f"edexql.catalogue.ingest.readers.{self.module}"), self.function)
        batches: Iterator[Batch] = read(path, vocabulary)
        return batches


def format_of(path: str, vocabulary: Vocabulary | None = None) -> Format | None:
    """The format of a file, None where it is in none. Raises OSError where the file cannot be opened.

    The names of instruments and files are those of the vocabulary, the package's where None.
    """
    if os.path.exists(path + MAPPING_SUFFIX):
        return MAPPED
    start = head_of(path, vocabulary)
    return next((known for known in FORMATS if known.recognises(start)), None)


def head_of(path: str, vocabulary: Vocabulary | None = None) -> Head:
    """Name and beginning of a file. Raises OSError where it cannot be opened."""
    return Head(plain_name(path), head(path), vocabulary or snapshot())


def _begins(pattern: bytes) -> Callable[[Head], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda start: compiled.match(start.data) is not None


def _has(pattern: bytes) -> Callable[[Head], bool]:
    """Recognises what matches anywhere in the head."""
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda start: compiled.search(start.data) is not None


_SPAN_LINE = re.compile(rb"^\s*([A-Z][A-Z0-9_-]*)\s*,\s*\d{4}-\d\d-\d\dT[\d:]+\s*,\s*\d{4}-", re.MULTILINE)
_STATE_LINE = re.compile(rb"^[ \t]*\d{8}[ \t]+\d{6}(?:[ \t]+[-+.\w]+){19,20}[ \t\r]*$", re.MULTILINE)


def _is_availability(start: Head) -> bool:
    """Whether a line has an instrument of the mission and times, or a text has the name of such a file."""
    pattern = start.vocabulary.mission.availability
    if pattern and re.fullmatch(pattern, start.name) and _is_text(start.data):
        return True
    instruments = start.vocabulary.instruments
    return any(match[1].decode().lower() in instruments for match in _SPAN_LINE.finditer(start.data))


def _is_ephemeris(start: Head) -> bool:
    """Whether a line has as many columns, or a text is named as one of a spacecraft of the mission."""
    prefixes = tuple(f"{one.prefix}_ephemeris" for one in start.vocabulary.satellites.values() if one.prefix)
    named = start.name.startswith(prefixes) and start.name.lower().endswith(".txt")
    return (named and _is_text(start.data)) or _STATE_LINE.search(start.data) is not None


def _is_text(data: bytes) -> bool:
    """Whether a beginning is plain text, or nothing."""
    return b"\0" not in data and not data.lstrip().startswith((b"<", b"{", b"\xff\xfe", b"\xfe\xff"))


def _is_listing(start: Head) -> bool:
    if not start.data.lstrip().startswith((b"<", b"[", b"{", b"\xff\xfe", b"\xfe\xff")):
        return False
    # Most files are no pages, and reading one takes a parser.
    from edexql.formats.pages.page import is_listing

    return is_listing(start.data)


_COMMENTS = rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*"
_MINUTE = rb"\s*\d{4}[ \t]+\d{1,3}[ \t]+\d{1,2}[ \t]+\d{1,2}"
FORMATS: tuple[Format, ...] = (
    Format("sp3", "SP3 orbit", _begins(rb"#[a-d][PV]\s?\d{4}"), "sp3"),
    Format("listing", "listing of a folder, saved from a web server", _is_listing, "listings"),
    Format(
        "availability",
        "availability text",
        _is_availability,
        "availability",
    ),
    Format(
        "ephemeris",
        "ephemeris text",
        _is_ephemeris,
        "ephemeris",
    ),
    Format(
        "elements",
        "two-line element sets",
        _has(rb"^[ \t]*1 [ \w]{5}[A-Z ] [^\n]{50,200}\n(?:#[^\n]*\n|[ \t\r]*\n)*[ \t]*2 [ \w]{5} "),
        "elements",
    ),
    Format("omm", "orbit mean-elements messages", _begins(rb"\s*CCSDS_OMM_VERS\s*="), "omm", "read_kvn"),
    Format(
        "omm-xml",
        "orbit mean-elements messages, XML",
        _begins(rb"\s*<(?=[\s\S]*<omm\b)"),
        "omm",
        "read_xml",
    ),
    Format(
        "omm-json",
        "orbit mean-elements messages, JSON",
        _begins(rb"\s*[\[{](?=[\s\S]*\"(?:NORAD_CAT_ID|OBJECT_ID)\")(?=[\s\S]*\"MEAN_MOTION\")"),
        "omm",
        "read_json",
    ),
    Format(
        "omm-csv",
        "orbit mean-elements messages, CSV",
        _begins(rb"(?!\s*[\[{<])(?=[^\n]*\bMEAN_MOTION\b)(?=[^\n]*\b(?:NORAD_CAT_ID|OBJECT_ID)\b)[^\n]*,"),
        "omm",
        "read_csv",
    ),
    Format(
        "space-weather",
        "CelesTrak space weather data",
        _has(rb"^(?:DATATYPE +CssiSpaceWeather|BEGIN OBSERVED|DATE,BSRN,ND,KP1,)"),
        "celestrak",
    ),
    Format(
        "kyoto",
        "indices of WDC Kyoto",
        _has(
            rb"^(?:DST|A[ELOU] )[ \d]{4}\*[ \d]{2}|^(?:AEALAOAU|ASYSYM).{4,6}\d{6}[A-Z]\d\d"
            rb"|Hourly Equatorial Dst Values"
        ),
        "kyoto",
    ),
    Format("iaga", "indices in IAGA-2002", _has(rb"\A Format {6,}IAGA-2002"), "iaga"),
    Format(
        "gfz",
        "indices of GFZ Potsdam",
        _has(
            rb"^#YYY MM DD |^# PURPOSE: This file distributes the (?:geomagnetic planetary|Kp|Hp[36]0) "
            rb"|^\d{4} \d\d \d\d +(?:\d+ +\d+\.5 +\d{4} +\d+(?: +(?:-?\d+\.\d{3}|\*+)){8} "
            rb"|\d\d\.\d +\d\d\.\d+ +\d+\.\d{5} +\d+\.\d{5} +(?:-?\d+\.\d{3}|\*+) )"
        ),
        "gfz",
    ),
    Format(
        "omni",
        "OMNI2 hourly values",
        _begins(rb"\s*\d{4}[ \t]+\d{1,3}[ \t]+\d{1,2}(?:[ \t]+(?:-?[\d.]+|\*+)){52,61}[ \t]*\r?(?:\n|$)"),
        "omni",
    ),
    Format(
        "omni-1min",
        "OMNI 1-minute values",
        _begins(_MINUTE + rb"(?:[ \t]+(?:-?[\d.]+|\*+)){42}[ \t]*\r?(?:\n|$)"),
        "omni",
        "read_minutes",
    ),
    Format(
        "omni-5min",
        "OMNI 5-minute values",
        _begins(_MINUTE + rb"(?:[ \t]+(?:-?[\d.]+|\*+)){45}[ \t]*\r?(?:\n|$)"),
        "omni",
        "read_five_minutes",
    ),
    Format(
        "tags",
        "experiment tags, as CSV",
        _begins(_COMMENTS + rb"group,tag,start,end[ \t]*\r?(?:\n|$)"),
        "tables",
    ),
    Format(
        "modes",
        "instrument modes, as CSV",
        _begins(_COMMENTS + rb"instrument,mode,start,end[ \t]*\r?(?:\n|$)"),
        "tables",
    ),
    Format("parquet", "Parquet table", _begins(rb"PAR1"), "tables"),
)
MAPPED = Format("mapped", "table with a mapping", lambda _: False, "tables")


def reason(start: Head, first: bytes) -> str:
    """Why a file is not ingested, by what it begins with, unpacked and as it is."""
    # To recognise a format takes neither of these, and no NumPy.
    from edexql.catalogue.ingest.columns import columns_of
    from edexql.formats.signatures import NAMES, PACKED, kind_of

    data = start.data
    if not first:
        return "it is empty"
    if not data:
        return "its compressed data are damaged or missing"
    kind = kind_of(data)
    if kind is not None:
        return f"it is {NAMES[kind]}{'; unpack it first' if kind in PACKED else ', which edexql does not read'}"
    if data.startswith(_UTF_16) or _is_wide(data):
        return "it is text in UTF-16; save it as UTF-8, as by `iconv -f UTF-16 -t UTF-8`"
    if b"\0" in data:
        return "it is binary data of an unknown kind"
    if data.lstrip().lower().startswith(_MARKUP):
        title = _TITLE.search(data)
        words = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
        named = f", {shown(words)}," if words else ""
        return f"it is a web page{named} and not a listing or table that edexql reads; download the file itself again"
    columns = columns_of(data)
    if columns is None:
        return "it is in no format that edexql reads"
    names = ", ".join(columns[:_MOST_COLUMNS])[:_MOST_CHARACTERS]
    more = " ..." if len(columns) > _MOST_COLUMNS or len(", ".join(columns)) > _MOST_CHARACTERS else ""
    return (
        f"it looks like a table with columns {ascii(names)[1:-1]}{more}; say what they mean with `--mapping FILE`; "
        "`--suggest-mapping` writes a first one"
    )


def _is_wide(data: bytes) -> bool:
    """Whether every other byte is zero, as in English UTF-16 without its mark."""
    some = data[:200]
    return len(some) > 10 and (not some[::2].strip(b"\0") or not some[1::2].strip(b"\0")) and bool(some.strip(b"\0"))
