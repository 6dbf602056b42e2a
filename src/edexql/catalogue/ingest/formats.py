"""The formats that a catalogue takes in, and which of them a file is in, by its first bytes.

A format that knows its files by their beginning comes before one that needs several lines. Names decide
only where a file may have no content beyond its header.
"""

from __future__ import annotations

import os
import re

from edexql.base.record import record
from edexql.catalogue.ingest.source import head, plain_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.catalogue.ingest.batches import Batch


@record(frozen=True, slots=True)
class Head:
    """The name of a file, without folders and `.gz`, and how it begins, unpacked: 8 KiB, of a page 64."""

    name: str
    data: bytes


@record(frozen=True, slots=True)
class Format:
    """A format: its short name, what it is, whether a file is in it, and its reader, which takes a path."""

    name: str
    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[str], Iterator[Batch]]


def format_of(path: str) -> Format | None:
    """The format of a file, None where it is in none. Raises OSError where the file cannot be opened."""
    if os.path.exists(path + ".mapping.json"):
        return MAPPED
    start = head_of(path)
    return next((known for known in FORMATS if known.recognises(start)), None)


def head_of(path: str) -> Head:
    """Name and beginning of a file. Raises OSError where it cannot be opened."""
    return Head(plain_name(path), head(path))


def _begins(pattern: bytes) -> Callable[[Head], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda start: compiled.match(start.data) is not None


def _has(pattern: bytes, name: str = "") -> Callable[[Head], bool]:
    """Recognises what matches anywhere in the head, or a text whose name begins as given."""
    compiled = re.compile(pattern, re.MULTILINE)

    def recognises(start: Head) -> bool:
        named = bool(name) and start.name.startswith(name) and start.name.lower().endswith(".txt")
        return (named and _is_text(start.data)) or compiled.search(start.data) is not None

    return recognises


def _is_text(data: bytes) -> bool:
    """Whether a beginning is plain text, or nothing."""
    return b"\0" not in data and not data.lstrip().startswith((b"<", b"{", b"\xff\xfe", b"\xfe\xff"))


def _is_listing(start: Head) -> bool:
    if not start.data.lstrip().startswith((b"<", b"[", b"{", b"\xff\xfe", b"\xfe\xff")):
        return False
    # Most files are no pages, and reading one takes a parser.
    from edexql.formats.pages.page import is_listing

    return is_listing(start.data)


def _lazily(module: str, name: str = "read") -> Callable[[str], Iterator[Batch]]:
    def read(path: str) -> Iterator[Batch]:
        from importlib import import_module

        read_file = getattr(import_module(f"edexql.catalogue.ingest.{module}"), name)
        batches: Iterator[Batch] = read_file(path)
        return batches

    return read


_COMMENTS = rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*"
_MINUTE = rb"\s*\d{4}[ \t]+\d{1,3}[ \t]+\d{1,2}[ \t]+\d{1,2}"
FORMATS: tuple[Format, ...] = (
    Format("sp3", "SP3 orbit", _begins(rb"#[a-d][PV]\s?\d{4}"), _lazily("sp3")),
    Format("listing", "listing of a folder, saved from a web server", _is_listing, _lazily("listings")),
    Format(
        "availability",
        "CAS availability text",
        _has(rb"^\s*(?:CER|FAI|GAP|IRM|MGF|NMS|RRI|SEI)\s*,\s*\d{4}-\d\d-\d\dT[\d:]+\s*,\s*\d{4}-", "CAS_ePOP_Data"),
        _lazily("availability"),
    ),
    Format(
        "ephemeris",
        "CAS ephemeris text",
        _has(rb"^[ \t]*\d{8}[ \t]+\d{6}(?:[ \t]+[-+.\w]+){19,20}[ \t\r]*$", "CAS_ephemeris"),
        _lazily("ephemeris"),
    ),
    Format(
        "elements",
        "two-line element sets",
        _has(rb"^[ \t]*1 [ \w]{5}[A-Z ] [^\n]{50,200}\n(?:#[^\n]*\n|[ \t\r]*\n)*[ \t]*2 [ \w]{5} "),
        _lazily("elements"),
    ),
    Format("omm", "orbit mean-elements messages", _begins(rb"\s*CCSDS_OMM_VERS\s*="), _lazily("omm", "read_kvn")),
    Format(
        "omm-xml",
        "orbit mean-elements messages, XML",
        _begins(rb"\s*<(?=[\s\S]*<omm\b)"),
        _lazily("omm", "read_xml"),
    ),
    Format(
        "omm-json",
        "orbit mean-elements messages, JSON",
        _begins(rb"\s*[\[{](?=[\s\S]*\"(?:NORAD_CAT_ID|OBJECT_ID)\")(?=[\s\S]*\"MEAN_MOTION\")"),
        _lazily("omm", "read_json"),
    ),
    Format(
        "omm-csv",
        "orbit mean-elements messages, CSV",
        _begins(rb"(?!\s*[\[{<])(?=[^\n]*\bMEAN_MOTION\b)(?=[^\n]*\b(?:NORAD_CAT_ID|OBJECT_ID)\b)[^\n]*,"),
        _lazily("omm", "read_csv"),
    ),
    Format(
        "space-weather",
        "CelesTrak space weather data",
        _has(rb"^(?:DATATYPE +CssiSpaceWeather|BEGIN OBSERVED|DATE,BSRN,ND,KP1,)"),
        _lazily("space_weather"),
    ),
    Format(
        "kyoto",
        "indices of WDC Kyoto",
        _has(
            rb"^(?:DST|A[ELOU] )[ \d]{4}\*[ \d]{2}|^(?:AEALAOAU|ASYSYM).{4,6}\d{6}[A-Z]\d\d"
            rb"|Hourly Equatorial Dst Values"
        ),
        _lazily("kyoto"),
    ),
    Format("iaga", "indices in IAGA-2002", _has(rb"\A Format {6,}IAGA-2002"), _lazily("iaga")),
    Format(
        "gfz",
        "indices of GFZ Potsdam",
        _has(
            rb"^#YYY MM DD |^# PURPOSE: This file distributes the (?:geomagnetic planetary|Kp|Hp[36]0) "
            rb"|^\d{4} \d\d \d\d +(?:\d+ +\d+\.5 +\d{4} +\d+(?: +(?:-?\d+\.\d{3}|\*+)){8} "
            rb"|\d\d\.\d +\d\d\.\d+ +\d+\.\d{5} +\d+\.\d{5} +(?:-?\d+\.\d{3}|\*+) )"
        ),
        _lazily("gfz"),
    ),
    Format(
        "omni",
        "OMNI2 hourly values",
        _begins(rb"\s*\d{4}[ \t]+\d{1,3}[ \t]+\d{1,2}(?:[ \t]+(?:-?[\d.]+|\*+)){52,61}[ \t]*\r?(?:\n|$)"),
        _lazily("omni"),
    ),
    Format(
        "omni-1min",
        "OMNI 1-minute values",
        _begins(_MINUTE + rb"(?:[ \t]+(?:-?[\d.]+|\*+)){42}[ \t]*\r?(?:\n|$)"),
        _lazily("omni", "read_minutes"),
    ),
    Format(
        "omni-5min",
        "OMNI 5-minute values",
        _begins(_MINUTE + rb"(?:[ \t]+(?:-?[\d.]+|\*+)){45}[ \t]*\r?(?:\n|$)"),
        _lazily("omni", "read_five_minutes"),
    ),
    Format(
        "tags",
        "experiment tags, as CSV",
        _begins(_COMMENTS + rb"group,tag,start,end[ \t]*\r?(?:\n|$)"),
        _lazily("tables"),
    ),
    Format(
        "modes",
        "instrument modes, as CSV",
        _begins(_COMMENTS + rb"instrument,mode,start,end[ \t]*\r?(?:\n|$)"),
        _lazily("tables"),
    ),
    Format("parquet", "Parquet table", _begins(rb"PAR1"), _lazily("tables")),
)
MAPPED = Format("mapped", "table with a mapping", lambda _: False, _lazily("tables"))
