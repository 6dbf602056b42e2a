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
    """The contents of a catalogue."""
    return {
        "folder": catalogue.folder,
        "sample": catalogue.folder == SAMPLE,
        "products": list(_products(catalogue)),
        "files_of_no_known_product": sum(
            end - first for name, (first, end) in catalogue.product_ranges() if name is None
        ),
        "logs": [
            {"key": key, "word": word, "intervals": count, **_extent(catalogue.times(f"yes:{key}:{word}"))}
            for key, word, count in catalogue.logs()
        ],
        "fields": [
            {
                "series": series,
                "fields": sorted({n[6:] for _, arrays in segments for n in arrays.names() if n.startswith("value:")}),
                **_extent(intervals.union([catalogue.times(f"origin:{series}:{label}") for label in labels])),
                "origins": labels,
            }
            for series, segments in catalogue.segments.items()
            for labels in [catalogue.named(f"origin:{series}:")]
        ],
        "orbit": None if catalogue.orbit is None else _extent(catalogue.orbit.covered),
        "sources": len(catalogue.sources()),
        "faults": len(catalogue.faults()),
        "synthetic": catalogue.synthetic,
    }


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
    lines += [
        f"  log {printable(log['key'])} {printable(log['word'])}: {_counted(log['intervals'], 'interval')}{_span(log)}"
        for log in contents["logs"]
    ]
    for series in contents["fields"]:
        lines.append(f"  {', '.join(series['fields'])}: {series['length']}{_span(series)}")
        lines += [f"    from {printable(origin)}" for origin in series["origins"]]
    if contents["orbit"]:
        lines.append(f"  positions: {contents['orbit']['length']}{_span(contents['orbit'])}")
    if contents["faults"]:
        lines.append(f"  {_counted(contents['faults'], 'fault')}: `edexql catalogue faults`")
    return "\n".join(lines) + "\n"


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
