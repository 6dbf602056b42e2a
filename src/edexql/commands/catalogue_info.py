"""What a catalogue holds and where it is from, as plain data and as text."""

from __future__ import annotations

import numpy as np

from edexql.base.text import printable
from edexql.base.units import duration
from edexql.catalogue import intervals
from edexql.catalogue.store.catalogue import SAMPLE
from edexql.catalogue.store.index import TIMELESS
from edexql.model.period import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.store.catalogue import Catalogue


def document(catalogue: Catalogue) -> dict[str, Any]:
    """The contents of a catalogue; `satellite` is None where they count for all of them."""
    return {
        "folder": catalogue.folder,
        "sample": catalogue.folder == SAMPLE,
        "products": list(_products(catalogue)),
        "files_of_no_known_product": sum(
            end - first for name, (first, end) in catalogue.product_ranges() if name is None
        ),
        "logs": list(_logs(catalogue)),
        "fields": list(_fields(catalogue)),
        "orbits": [
            {"satellite": satellite or None, **_extent(orbit.covered)} for satellite, orbit in catalogue.orbits.items()
        ],
        "sources": len(catalogue.sources()),
        "faults": len(catalogue.faults()),
        "synthetic": catalogue.synthetic,
    }


def _logs(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    for satellite, key, word, count in catalogue.logs():
        times = catalogue.of(satellite).times(f"yes:{key}:{word}")
        yield {"satellite": satellite, "key": key, "word": word, "intervals": count, **_extent(times)}


def _fields(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    fields: dict[tuple[str, str], set[str]] = {}
    for segment, arrays in catalogue.samples:
        names = {name.removeprefix("value:") for name in arrays.names() if name.startswith("value:")}
        fields.setdefault((segment.satellite, segment.series), set()).update(names)
    for (satellite, series), names in fields.items():
        seen = catalogue.of(satellite or None)
        labels = seen.named(f"origin:{series}:")
        times = intervals.union([seen.times(f"origin:{series}:{label}") for label in labels])
        of = {"satellite": satellite or None, "series": series, "fields": sorted(names)}
        yield {**of, **_extent(times), "origins": labels}


def _products(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """The files of each product whose names tell times."""
    flags, sizes, starts, ends = (catalogue.array(f"file:{name}") for name in ("flags", "size", "start", "end"))
    for product, (first, end) in sorted((name, place) for name, place in catalogue.product_ranges() if name):
        assert flags is not None
        assert sizes is not None
        assert starts is not None
        assert ends is not None
        here = np.flatnonzero(flags[first:end] & TIMELESS == 0) + first
        if len(here):
            known = sizes[here][sizes[here] >= 0]
            yield {
                "product": product,
                "files": len(here),
                "bytes": int(known.sum()) if len(known) else None,
                "first": moment(int(starts[here].min())),
                "last": moment(int(ends[here].max())),
            }


def written(contents: dict[str, Any]) -> str:
    """The contents of a catalogue for people."""
    lines = ["the sample catalogue of edexql" if contents["sample"] else f"catalogue {printable(contents['folder'])}"]
    if contents["synthetic"]:
        lines.append("holds SYNTHETIC data, simulated for tests and demonstrations")
    lines += [
        f"  {one['product']}: {_files(one['files'])}, {one['first'][:10]} to {one['last'][:10]}"
        for one in contents["products"]
    ]
    if contents["files_of_no_known_product"]:
        lines.append(
            f"  {_files(contents['files_of_no_known_product'])} of no known product: `edexql catalogue unrecognised`"
        )
    parts = (*contents["logs"], *contents["fields"], *contents["orbits"])
    several = len({part["satellite"] for part in parts} - {None}) > 1
    for part in parts:
        of = f"{printable(part['satellite'])} " if several and part["satellite"] else ""
        lines.append(f"  {of}{_described(part)}{_span(part)}")
        lines += [f"    from {printable(origin)}" for origin in part.get("origins", ())]
    if contents["faults"]:
        lines.append(f"  {_counted(contents['faults'], 'fault')}: `edexql catalogue faults`")
    return "\n".join(lines) + "\n"


def _described(part: dict[str, Any]) -> str:
    """A log, a series of fields or positions, and how much there is of it."""
    if "key" in part:
        return f"log {printable(part['key'])} {printable(part['word'])}: {_counted(part['intervals'], 'interval')}"
    return f"{', '.join(part.get('fields', ['positions']))}: {part['length']}"


def _files(count: int) -> str:
    return _counted(count, "file")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _span(one: dict[str, Any]) -> str:
    return f", {one['from'][:10]} to {one['to'][:10]}" if one["from"] else ""


def _extent(times: Intervals) -> dict[str, Any]:
    if not len(times):
        return {"from": None, "to": None, "length": duration(0)}
    return {
        "from": moment(int(times.starts[0])),
        "to": moment(int(times.ends[-1])),
        "length": duration(times.seconds),
    }
