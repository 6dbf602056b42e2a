"""The answer of a catalogue, written out: files, times or totals, for people and for programs."""

from __future__ import annotations

import json
import sys

from edexql.base.text import printable
from edexql.base.units import duration, size
from edexql.commands.local import told
from edexql.model.period import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from edexql.catalogue.evaluation import Evaluation
    from edexql.catalogue.files import MatchedFile
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.notes import Note
    from edexql.catalogue.three_valued import Truth

NO_INFORMATION = "no information"


def files(found: Evaluation, output: str, unknown: str) -> None:
    """Write the files of an answer; `unknown` is what to do with those of which nothing is known."""
    listed: list[MatchedFile] = [*found.files, *(found.unknown if unknown == "include" else ())]
    if output == "json":
        document: dict[str, Any] = {
            "files": [as_json(file) for file in listed],
            "unknown": [as_json(file) for file in found.unknown] if unknown == "report" else [],
            "notes": [{"subject": n.subject, "text": n.text, "seconds": n.seconds} for n in found.notes],
        }
        if found.emptiness is not None:
            document["emptiness"] = found.emptiness.text
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return
    if output == "names":
        sys.stdout.write("".join(f"{printable(file.name)}\n" for file in listed))
    else:
        sys.stdout.write(_table([_row(file) for file in listed]))
    sys.stdout.flush()
    sys.stderr.write(f"{_told_total(found, listed)}\n")
    if unknown == "report" and found.unknown:
        count = len(found.unknown)
        sys.stderr.write(f"{count} more of which it cannot be told: no information (--unknown include lists them)\n")
    told(found.notes)


def counts(found: Evaluation, output: str, unknown: str) -> None:
    """Write the totals of an answer."""
    listed: list[MatchedFile] = [*found.files, *(found.unknown if unknown == "include" else ())]
    exact, unsized = _sizes(listed)
    document = {
        "files": len(listed),
        "bytes": exact,
        "files_of_unknown_size": unsized,
        "matched_seconds": found.files.matched_seconds,
        "unknown_files": len(found.unknown) if unknown == "report" else None,
    }
    if output == "json":
        sys.stdout.write(json.dumps({key: value for key, value in document.items() if value is not None}) + "\n")
        return
    sys.stdout.write(_told_total(found, listed) + "\n")
    if unknown == "report" and found.unknown:
        sys.stdout.write(f"{len(found.unknown)} more of which it cannot be told\n")
    told(found.notes)


def _told_total(found: Evaluation, listed: Sequence[MatchedFile]) -> str:
    reason = "" if listed or found.emptiness is None else f": {printable(str(found.emptiness))}"
    return total(listed, found.files.matched_seconds) + reason


def times(answer: Truth, notes: Iterable[Note], output: str, unknown: str) -> None:
    """Write a set of times, an interval a line: start, end (not included), seconds."""
    stretches = [(start, end, "") for start, end in answer.yes]
    if unknown != "exclude":
        stretches += [(start, end, NO_INFORMATION) for start, end in answer.unknown]
        stretches.sort()
    if output == "json":
        rows = [
            {"start": moment(a), "end": moment(b), "seconds": _length(a, b), "state": state or "matched"}
            for a, b, state in stretches
        ]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        sys.stdout.flush()
        told(notes)
        return
    for start, end, state in stretches:
        length = _length(start, end)
        text = "open" if length is None else str(length)
        sys.stdout.write(f"{moment(start):20}  {moment(end):20}  {text:>9}  {state}".rstrip() + "\n")
    sys.stdout.flush()
    sys.stderr.write(f"{_total_of_times(answer.yes)}\n")
    if unknown != "exclude" and len(answer.unknown):
        sys.stderr.write(f"no information: {_total_of_times(answer.unknown)}\n")
    told(notes)


def _total_of_times(times: Intervals) -> str:
    """How many intervals there are, and how long they are together."""
    count = len(times)
    intervals = f"{count} interval{'s' * (count != 1)}"
    if not count:
        return intervals
    bounded = _length(int(times.starts[0]), int(times.ends[-1])) is not None
    return f"{intervals}, {duration(times.seconds) if bounded else 'open'}"


def as_json(file: MatchedFile) -> dict[str, Any]:
    """A file as plain data."""
    return {
        "name": file.name,
        "size": file.size,
        "size_text": file.size_text,
        "start": None if file.start is None else moment(file.start),
        "end": None if file.end is None else moment(file.end),
        "matched_seconds": file.matched,
        "product": file.product,
        "place": file.place,
        "synthetic": file.synthetic,
    }


def size_of(file: MatchedFile) -> str:
    """The size of a file as eDEx lists it, or in that form: `540.57MB`."""
    return file.size_text or ("" if file.size is None else size(file.size).replace(" ", ""))


def _row(file: MatchedFile) -> list[str]:
    span = None if file.start is None or file.end is None else file.end - file.start
    met = "" if span is None else f"{duration(file.matched)} of {duration(span)}"
    return [printable(file.name), size_of(file), met, "synthetic" if file.synthetic else ""]


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, length, met, mark in rows:
        line = f"{name:{widths[0]}}  {length:>{widths[1]}}  {met:>{widths[2]}}  {mark}"
        lines.append(line.rstrip() + "\n")
    return "".join(lines)


def total(listed: Sequence[MatchedFile], seconds: int) -> str:
    """How many files there are, how much, and for how long they meet the query."""
    exact, unsized = _sizes(listed)
    count = len(listed)
    parts = [f"{count} file{'s' * (count != 1)}"]
    if exact:
        parts.append(size(exact) + (f" and {unsized} of unknown size" if unsized else ""))
    if count:
        parts.append(f"{duration(seconds)} of matched time")
    return ", ".join(parts)


def _sizes(listed: Iterable[MatchedFile]) -> tuple[int, int]:
    """The bytes of all files of known size, and how many are of unknown size."""
    from edexql.base.units import bytes_of

    sizes = [bytes_of(file.size_text or "") if file.size is None else file.size for file in listed]
    return sum(one for one in sizes if one is not None), sum(one is None for one in sizes)


def _length(start: int, end: int) -> int | None:
    return None if moment(start) == ".." or moment(end) == ".." else end - start
