"""`edexql vocabulary`."""

from __future__ import annotations

import json
import sys

from edexql.language.diagnostic import printable
from edexql.shell import inputs
from edexql.shell.exits import FINE, MISTAKES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
List what a query can name: products, fields (instruments with their values among them) and planned
experiments, all or those that have WORD in their name or description. A spelling is marked confirmed
where a source shows that eDEx takes it."""
EXAMPLE = "edexql vocabulary fields magnetic"
SECTIONS = ("products", "fields", "experiments")


def arguments(parser: argparse.ArgumentParser) -> None:
    section = parser.add_argument("section", nargs="?", metavar="products|fields|experiments", help="(default: all)")
    section.completer = lambda **_: SECTIONS  # type: ignore[attr-defined]  # read by argcomplete
    word = parser.add_argument("word", nargs="?", metavar="WORD", help="only entries that have this word")
    word.completer = lambda **_: ()  # type: ignore[attr-defined]  # no file
    parser.add_argument("--output", choices=("text", "json"), default="text", help="(default: text)")
    inputs.add_environment(parser)


def run(options: argparse.Namespace) -> int:
    vocabulary = inputs.setting(options).vocabulary
    assert vocabulary is not None
    section, word = options.section, options.word
    if section is not None and section not in SECTIONS:
        section, word = None, " ".join(filter(None, (section, word)))
    entries = [e for e in _entries(vocabulary) if section in (None, e["section"]) and _has(e, word)]
    if options.output == "json":
        sys.stdout.write(json.dumps(entries, indent=2) + "\n")
    elif entries:
        sys.stdout.write("\n".join(_table(entries)) + "\n")
    if not entries:
        sys.stderr.write(f"edexql: nothing in the vocabulary has {printable(repr(word))}\n")
        return MISTAKES
    return FINE


def _entries(vocabulary: Vocabulary) -> Iterator[dict[str, Any]]:
    data = vocabulary.data
    for product in data["products"]:
        yield _entry("products", product["name"], product, "")
    for instrument in data["instruments"]:
        for value in instrument.get("values", ()):
            yield _entry("fields", f"{instrument['name']} {value['name']}", value, instrument.get("title", ""))
    for field in data["fields"]:
        yield _entry("fields", field["name"], field, _domain(field))
    for group in data["experiments"].get("groups", ()):
        for tag in group.get("tags", ()):
            yield _entry("experiments", f'"{group["name"]}" > "{tag["name"]}"', tag, "")


def _entry(section: str, name: str, data: dict[str, Any], detail: str) -> dict[str, Any]:
    return {
        "section": section,
        "name": name,
        "wire": data.get("wire", data["name"]),
        "confirmed": bool(data.get("confirmed")),
        "title": data.get("title", ""),
        "detail": detail,
        "aliases": data.get("aliases", []),
        "source": data.get("source", ""),
    }


def _domain(field: dict[str, Any]) -> str:
    if field.get("low") is None:
        return ", ".join(value["name"] for value in field.get("values", ()))
    unit = f" {field['unit']}" if field.get("unit") else ""
    return f"{field['low']}..{field['high']}{unit}"


def _has(entry: dict[str, Any], word: str | None) -> bool:
    if not word:
        return True
    text = " ".join([entry["name"], entry["title"], entry["detail"], *entry["aliases"]])
    return word.lower() in text.lower()


def _table(entries: list[dict[str, Any]]) -> Iterator[str]:
    section = ""
    width = max(len(entry["name"]) for entry in entries)
    for entry in entries:
        if entry["section"] != section:
            yield from [""] * bool(section)
            section = entry["section"]
            yield f"{section}:"
        mark = "confirmed  " if entry["confirmed"] else "unconfirmed"
        about = "; ".join(filter(None, (entry["title"], entry["detail"])))
        also = f" (also {', '.join(entry['aliases'])})" if entry["aliases"] else ""
        yield printable(f"  {entry['name']:{width}}  {mark}  {about}{also}".rstrip())
