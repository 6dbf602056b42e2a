"""Selections, and what has become of their files, written out for people and for programs."""

from __future__ import annotations

import json
import os
import sys

from edexql.base.text import printable
from edexql.commands.answers import csv, json_rows
from edexql.commands.exits import UsageError
from edexql.commands.inputs import LOCAL
from edexql.model.answer import columns, in_words, lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.client.selection.comparison import Comparison
    from edexql.client.selection.file import Selection
    from edexql.model.answer import File


def selection(shown: Selection, output: str) -> str:
    """A selection: numbered with its ticks, the names of the ticked files, CSV or JSON."""
    if output == "names":
        return "".join(f"{printable(file.name)}\n" for file in shown.ticked)
    files = [choice.file for choice in shown.files]
    ticks = [choice.ticked for choice in shown.files]
    if output == "csv":
        return csv({"ticked": ticks, **columns(files)})
    if output == "json":
        document = {"query": shown.query, "service": shown.service, "asked": shown.listed_at}
        rows = json_rows("files", [{"ticked": ticks, **columns(files)}])
        return "".join([json.dumps(document, indent=2).removesuffix("\n}"), ",\n", *rows, "\n}\n"])
    digits = len(str(len(files)))
    return "".join(
        f"[{'x' if tick else ' '}] {number:{digits}} {line}\n"
        for number, (line, tick) in enumerate(zip(lines(files), ticks, strict=True), 1)
    )


def summary(shown: Selection) -> str:
    """How much of a selection is ticked, and when and where it was asked for."""
    from edexql.model.answer import total

    ticked = total(shown.ticked)
    chosen = f"{ticked.files} of {len(shown.files)} ticked: {in_words(ticked)}"
    by = "a catalogue on this machine" if shown.service == LOCAL else printable(shown.service.replace(" ", " at ", 1))
    return f"{chosen}; listed {shown.listed_at} by {by}\n"


def comparison(result: Comparison, output: str) -> str:
    """What is different, a line for each file, or JSON."""
    if output == "json":
        document = {
            "new": [file.text for file in result.new],
            "gone": [file.text for file in result.gone],
            "replaced": [{"old": pair.old.text, "new": pair.new.text} for pair in result.replaced],
            "changed": [{"old": pair.old.text, "new": pair.new.text} for pair in result.changed],
        }
        return json.dumps(document, indent=2) + "\n"
    lines = [f"new       {_file(file)}" for file in result.new]
    lines += [f"gone      {_file(file)}" for file in result.gone]
    lines += [f"replaced  {printable(pair.old.name)} by {_file(pair.new)}" for pair in result.replaced]
    lines += [
        f"changed   {printable(pair.old.name)}  {_size(pair.old)} before, {_size(pair.new)} now"
        for pair in result.changed
    ]
    return "".join(f"{line}\n" for line in lines)


def difference(result: Comparison, since: str) -> str:
    """How many files are different from those of a time."""
    if result.same:
        return f"the same files as {since}\n"
    counts = f"{len(result.new)} new, {len(result.gone)} gone, {len(result.replaced)} replaced by a newer version"
    changed = f", {len(result.changed)} of another size under the same name" if result.changed else ""
    return f"{counts}{changed}, since {since}\n"


def save(path: str, kept: Selection) -> None:
    """Write a selection to a file; one that is something else is left alone. Raises UsageError and SelectionError."""
    from edexql.client.selection import file as selection_file

    if os.path.lexists(path) and not is_selection(path):
        raise UsageError(f"{path} exists and is not a selection: name another file")
    selection_file.save(path, kept)


def is_selection(path: str) -> bool:
    """Whether a file is called as selections are, or begins like one."""
    from edexql.client.selection.file import ENDING

    try:
        with open(path, "rb") as file:
            head = file.read(100)
    except (OSError, ValueError):
        return path.endswith(ENDING)
    return head.lstrip().startswith(b"{") and b'"selection":' in head


def words(files: Iterable[File], texts: Iterable[str]) -> list[str]:
    """What chooses files, a word each: a text is cut at commas and blanks, unless it is the name of a file."""
    names = {file.name for file in files}
    parts: list[str] = []
    for text in texts:
        parts += [text] if text in names else text.replace(",", " ").split() or [text]
    return parts


def write_message(text: str) -> None:
    """A line for people, after the result."""
    sys.stdout.flush()
    sys.stderr.write(text)


def _file(file: File) -> str:
    return f"{printable(file.name)}  {printable(file.size_shown):>10}".rstrip()


def _size(file: File) -> str:
    return printable(file.size_shown) or "no size"
