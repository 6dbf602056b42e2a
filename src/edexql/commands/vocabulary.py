"""`edexql vocabulary`."""

from __future__ import annotations

import json
import sys

from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_dry_run, add_environment, add_network, add_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

    from edexql.model.vocabulary import Vocabulary

DESCRIPTION = """\
List what a query can name: products, fields (instruments with their values among them) and planned
experiments, all or those that have WORD in their name or description. A spelling is marked confirmed
where a source shows that eDEx takes it. `vocabulary update` asks eDEx for its own lists, shows what they
change, and keeps them for all commands after it."""
EXAMPLE = "edexql vocabulary fields magnetic"
SECTIONS = ("products", "fields", "experiments")
UPDATE = "update"


def arguments(parser: argparse.ArgumentParser) -> None:
    section = parser.add_argument(
        "section", nargs="?", metavar="products|fields|experiments|update", help="(default: all but update)"
    )
    section.completer = lambda **_: (*SECTIONS, UPDATE)  # type: ignore[attr-defined]  # read by argcomplete
    word = parser.add_argument("word", nargs="?", metavar="WORD", help="only entries that have this word")
    word.completer = lambda **_: ()  # type: ignore[attr-defined]  # no file
    add_output(parser)
    add_environment(parser)
    update = parser.add_argument_group("update")
    update.add_argument("--from", dest="origin", metavar="URL", help="base address of eDEx (default: as configured)")
    add_dry_run(update, "show what would change, and keep nothing")
    add_network(parser)


def run(options: argparse.Namespace) -> int:
    if options.section == UPDATE:
        from edexql.commands.updating import update

        if options.word is not None:
            raise UsageError("`vocabulary update` takes no word: it asks for all that there is")
        return update(options)
    if options.origin or options.dry_run or options.record or options.replay:
        raise UsageError("--from, --dry-run, --record and --replay go with `vocabulary update`")
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
        _tell_of_update(vocabulary)
    if not entries:
        sys.stderr.write(f"edexql: nothing in the vocabulary has {printable(repr(word))}\n")
        return MISTAKES
    return FINE


def _tell_of_update(vocabulary: Vocabulary) -> None:
    """How old what the service said is, on standard error, where it was ever asked."""
    about = vocabulary.data.get("about", {})
    if about.get("updated"):
        from edexql.commands.updating import age

        when, service = str(about["updated"]), printable(str(about.get("service", "somewhere")))
        sys.stderr.write(f"note: with what {service} listed on {printable(when)}{age(when)}\n")


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
