"""Answers written out, for people and for programs: the files of eDEx or of a catalogue, totals, times.

What is asked for goes to standard output. Totals and notes go to standard error.
"""

from __future__ import annotations

import json
import sys
from json.encoder import encode_basestring_ascii

from edexql.base.table import table_lines
from edexql.base.text import all_printable, printable
from edexql.base.units import duration
from edexql.model.answer import all_columns, columns, in_full, in_words, table_parts
from edexql.model.files import AT_ONCE, columns_of, each
from edexql.model.period import moment, moments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from edexql.model.answer import Answer, File, Note, Seconds, Times, Total
    from edexql.model.vocabulary import Vocabulary

NO_INFORMATION = "no information"
UNNAMED = {"day": "no times in the name", "product": "no known product"}


# Files


def files(answer: Answer, output: str, *, head: bool = True) -> None:
    """Write the files of an answer: as a table, their names, CSV (below a head where `head` says so) or JSON."""
    sys.stdout.writelines(_files(answer, output, head=head))
    _write_summary(answer, output)


def grouped(answer: Answer, by: str, output: str, vocabulary: Vocabulary | None, *, head: bool = True) -> None:
    """Write the totals of each `day` or `product`; as text, below the table of the files."""
    groups = answer.per_day() if by == "day" else answer.per_product(vocabulary)
    if output == "text":
        sys.stdout.writelines(_files(answer, output))
        sys.stdout.write("\n")
    sys.stdout.write(totals(groups, by, output, head=head))
    _write_summary(answer, output)


def _files(answer: Answer, output: str, *, head: bool = True) -> Iterator[str]:
    """The files of an answer as texts of some thousand lines, so that never all of them are in memory."""
    if output == "json":
        return _document(answer)
    if output == "names":
        return map(_names, _parts(answer.files))
    if output == "csv":
        table = all_columns if answer.raw is None else columns
        return (csv(table(part), head=head and not number) for number, part in enumerate(_parts(answer.files)))
    return table_parts(answer.files)


def _parts(files: Sequence[File]) -> Iterator[Sequence[File]]:
    """Files, some thousand at a time; of no files one part without any."""
    return (files[start : start + AT_ONCE] for start in range(0, len(files) or 1, AT_ONCE))


def _names(files: Sequence[File]) -> str:
    return "\n".join([*all_printable(*columns_of(files, "name")), ""])


def _document(answer: Answer) -> Iterator[str]:
    """An answer as plain data: that of eDEx as it came, without the files that do not meet the query."""
    if answer.raw is not None:
        yield json.dumps({**answer.raw, "result_filenames": columns_of(answer.files, "text")[0]}, indent=2) + "\n"
        return
    notes = [{"subject": note.subject, "text": note.text, "seconds": note.seconds} for note in answer.notes]
    rest = {"notes": notes} if answer.emptiness is None else {"notes": notes, "emptiness": answer.emptiness.text}
    yield "{\n"
    for name, listed in (("files", answer.files), ("unknown", answer.unknown)):
        yield from json_rows(name, (_row_columns(part) for part in _parts(listed)))
        yield ",\n"
    yield json.dumps(rest, indent=2).removeprefix("{\n") + "\n"


def _row_columns(files: Sequence[File]) -> dict[str, Sequence[Any]]:
    """The columns of files as JSON has them."""
    name, size, size_text, start, end, matched, product, place, synthetic = columns_of(
        files, "name", "size", "size_text", "start", "end", "matched", "product", "place", "synthetic"
    )
    return {
        "name": name,
        "size": size,
        "size_text": [text or None for text in size_text],
        "start": moments(start),
        "end": moments(end),
        "matched_seconds": matched,
        "product": product,
        "place": place,
        "synthetic": synthetic,
    }


# Totals


def counts(answer: Answer, output: str, *, apart: bool) -> None:
    """Write the totals of an answer; those of the files of which nothing is known where `apart` says so."""
    whole = answer.total
    if output == "json":
        document = {**_numbers(whole), "matched_seconds": whole.matched or 0}
        if apart:
            document["unknown_files"] = len(answer.unknown)
        sys.stdout.write(json.dumps(document) + "\n")
        return
    sys.stdout.write(_total(answer) + "\n")
    if answer.unknown:
        sys.stdout.write(f"{len(answer.unknown)} more may match: no information\n")
    _write_notes(answer.notes)


def totals(groups: Mapping[str, Total], by: str, output: str, *, head: bool = True) -> str:
    """Totals per day or product: a table, CSV or JSON."""
    if output == "json":
        return json.dumps([{by: name or None, **_numbers(one)} for name, one in groups.items()], indent=2) + "\n"
    if output == "csv":
        rows = [_numbers(one) for one in groups.values()]
        numbers = {key: [row[key] for row in rows] for key in ("files", "bytes", "files_of_unknown_size")}
        return csv({by: list(groups), **numbers}, head=head)
    lines = table_lines([(printable(name) or UNNAMED[by], in_words(one)) for name, one in groups.items()])
    return "".join(f"{line}\n" for line in lines)


def _numbers(one: Total) -> dict[str, int]:
    return {"files": one.files, "bytes": one.bytes, "files_of_unknown_size": one.unsized}


# Times


def times(answer: Answer, output: str) -> None:
    """Write when a query holds, an interval a line: start, end (not included), seconds."""
    when = answer.times
    assert when is not None
    rows = [(start, end, "") for start, end in when.yes]
    rows += [(start, end, NO_INFORMATION) for start, end in when.unknown]
    rows.sort()
    if output == "json":
        document = [
            {"start": moment(a), "end": moment(b), "seconds": _length(a, b), "state": state or "matched"}
            for a, b, state in rows
        ]
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        for start, end, state in rows:
            length = _length(start, end)
            text = "open" if length is None else str(length)
            sys.stdout.write(f"{moment(start):20}  {moment(end):20}  {text:>9}  {state}".rstrip() + "\n")
    sys.stdout.flush()
    if output != "json":
        _write_times(when)
    _write_notes(answer.notes)


def _write_times(when: Times) -> None:
    sys.stderr.write(f"{_total_of_times(when.yes)}\n")
    if len(when.unknown):
        sys.stderr.write(f"no information: {_total_of_times(when.unknown)}\n")


def _total_of_times(times: Seconds) -> str:
    """How many intervals there are, and how long they are together."""
    edges = list(times)
    intervals = f"{len(edges)} interval{'s' * (len(edges) != 1)}"
    if not edges:
        return intervals
    bounded = _length(edges[0][0], edges[-1][1]) is not None
    return f"{intervals}, {duration(times.seconds) if bounded else 'open'}"


def _length(start: int, end: int) -> int | None:
    return None if moment(start) == ".." or moment(end) == ".." else end - start


# For every kind


def json_rows(name: str, tables: Iterable[Mapping[str, Sequence[Any]]]) -> Iterator[str]:
    """The member of a JSON object that has the rows of tables, laid out as the encoder of Python does with an indent of
    2, which takes ten times as long. A table is columns of equal lengths."""
    yield f'  "{name}": ['
    between = "\n"
    for table in tables:
        row = "    {\n" + ",\n".join(f'      "{key}": %s' for key in table) + "\n    }"
        rows = ",\n".join(map(row.__mod__, zip(*map(_json_cells, table.values()), strict=True)))
        if rows:
            yield between + rows
            between = ",\n"
    yield "]" if between == "\n" else "\n  ]"


def _json_cells(values: Sequence[Any]) -> Iterable[Any]:
    """The values of a column as JSON has them; whole numbers as they are."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        return map(encode_basestring_ascii, values)
    if kinds <= {str, type(None)}:
        return ["null" if value is None else encode_basestring_ascii(value) for value in values]
    if kinds <= {int, type(None)}:
        return ["null" if value is None else value for value in values]
    return map(json.dumps, values) if kinds != {bool} else each(json.dumps, values)


def csv(table: Mapping[str, Sequence[Any]], *, head: bool = True) -> str:
    """Columns of equal lengths as CSV, under a line of their names where `head` says so."""
    columns = [_cells(values) for values in table.values()]
    rows = map(",".join, zip(*columns, strict=True))
    return "\n".join([*([",".join(table)] if head else []), *rows, ""])


def _cells(values: Sequence[Any]) -> list[str]:
    """The values of a column as CSV has them."""
    texts = list(values) if set(map(type, values)) <= {str} else [_cell(value) for value in values]
    texts = all_printable(texts)
    whole = "".join(texts)
    return list(map(_quoted, texts)) if "," in whole or '"' in whole else texts


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    """A text in quotation marks where it needs them; what else would, it has not."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _write_summary(answer: Answer, output: str) -> None:
    """How much is listed, what is not and why, and what the answer rests on."""
    sys.stdout.flush()
    if answer.raw is None and output == "json":
        # All of it is in the document.
        return
    sys.stderr.write(f"{_total(answer)}\n")
    if answer.removed:
        do = "does" if len(answer.removed) == 1 else "do"
        sys.stderr.write(f"{len(answer.removed)} more {do} not match the times of day of the query: left out\n")
    if answer.raw is not None and answer.unjudged:
        sys.stderr.write(f"kept because their names have no times: {len(answer.unjudged)}\n")
    if answer.unknown:
        count = len(answer.unknown)
        sys.stderr.write(f"{count} more may match: no information (--unknown include lists them)\n")
    _write_notes(answer.notes)


def _total(answer: Answer) -> str:
    reason = "" if answer.files or answer.emptiness is None else f": {printable(str(answer.emptiness))}"
    return in_full(answer.total) + reason


def _write_notes(notes: Iterable[Note]) -> None:
    for note in notes:
        sys.stderr.write(f"note: {printable(str(note))}\n")
