"""`edexql vocabulary`: what a query can name; `vocabulary update` asks eDEx for it, and tells what has changed."""

from __future__ import annotations

import json
import os
import sys
import time

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.commands import environment, inputs
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_dry_run, add_environment, add_network, add_output
from edexql.model.vocabulary import Vocabulary, load
from edexql.model.vocabulary.files import VocabularyError, merged, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

    from edexql.client.vocabulary.differences import Difference
    from edexql.client.vocabulary.update import Answers
    from edexql.commands.parser import Parser


DESCRIPTION = """\
List what a query can name: products, fields (and instruments with their values) and planned experiments, all of
them, or those that have WORD in their name or description. A spelling is marked confirmed if a source shows that
eDEx takes it. `vocabulary update` asks eDEx for its own lists, shows the differences, and saves the lists for all later
commands."""
EXAMPLE = "edexql vocabulary fields magnetic"
SECTIONS = ("products", "fields", "experiments")
UPDATE = "update"


def arguments(parser: Parser) -> None:
    section = parser.add_argument(
        "section", nargs="?", metavar="products|fields|experiments|update", help="(default: all but update)"
    )
    section.completer = lambda **_: (*SECTIONS, UPDATE)  # type: ignore[attr-defined]  # read by argcomplete
    word = parser.add_argument("word", nargs="?", metavar="WORD", help="only entries that have this word")
    word.completer = lambda **_: ()  # type: ignore[attr-defined]  # no file
    add_output(parser)
    add_environment(parser)
    update = parser.group("update")
    update.add_argument("--from", dest="origin", metavar="URL", help="base address of eDEx (default: as configured)")
    add_dry_run(update, "show what would change, and save nothing")
    add_network(parser)


def run(options: argparse.Namespace) -> int:
    if options.section == UPDATE:
        if options.word is not None:
            raise UsageError("`vocabulary update` takes no word: it asks for all lists")
        return update(options)
    if options.origin or options.dry_run or options.record or options.replay:
        raise UsageError("--from, --dry-run, --record and --replay are for `vocabulary update`")
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
        _write_age(vocabulary)
    if not entries:
        sys.stderr.write(f"edexql: nothing in the vocabulary has {printable(repr(word))}\n")
        return MISTAKES
    return FINE


def _write_age(vocabulary: Vocabulary) -> None:
    """How old what the service said is, on standard error, where it was ever asked."""
    about = vocabulary.data.get("about", {})
    if about.get("updated"):
        when, service = str(about["updated"]), printable(str(about.get("service", "somewhere")))
        sys.stderr.write(f"note: with the lists of {service} of {printable(when)}{age(when)}\n")


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


_DAY = 86400
# Words of a difference, with what was before and what is now.
_WORDS = {
    "new": "new, spelled {after}",
    "gone": "gone, it was spelled {before}",
    "respelled": "spelled {after}, not {before}",
    "confirmed": "confirmed",
    "doubted": "no longer confirmed",
    "changed": "{after}, not {before}",
}


def update(options: argparse.Namespace) -> int:
    """Ask for the lists, show the differences, and keep them. Raises ServiceError where there is none of them."""
    from edexql.client.selection.file import now
    from edexql.client.settings.configuration import listing_address
    from edexql.client.vocabulary import update
    from edexql.client.vocabulary.differences import differences

    configuration = environment.configured(options, service__listing=options.origin)
    if configuration.vocabulary is not None and configuration.vocabulary.replaced:
        raise UsageError("`vocabulary update` is for the mission of the package; the one in use is all in its own file")
    service = listing_address(configuration)
    with environment.session(options, configuration) as session:
        answers = update.request_lists(session, service)
    made = update.overlay(dict(answers.lists), load(), service, now())
    path = inputs.vocabulary_path()
    before = _read_update(path)
    if answers.failed:
        made = _beside(before, made)
    old, new = (Vocabulary(merged(load().data, one, path)) for one in (before, made))
    changes = differences(old, new)
    if not options.dry_run:
        try:
            update.store(path, made)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
    _write_differences(options, changes, answers, made["about"], path)
    return MISTAKES if answers.failed else FINE


def age(when: str) -> str:
    """How long ago a time was, in words for after a comma; nothing where it is no time."""
    days = days_since(when)
    if days is None:
        return ""
    return ", today" if days < 1 else f", {days} day{'s' * (days != 1)} ago"


def days_since(when: str) -> int | None:
    """The days since a time as an update has it (UTC); None where it is none."""
    from datetime import datetime, timezone

    try:
        then = datetime.strptime(when, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None
    return int(time.time() - then) // _DAY


def _read_update(path: str) -> dict[str, Any]:
    """What an earlier update left; nothing where there was none, or it cannot be used any more."""
    if not os.path.exists(path):
        return {}
    try:
        mapping: dict[str, Any] = read(path)
        Vocabulary(merged(load().data, mapping, path))
    except VocabularyError as error:
        sys.stderr.write(f"edexql: {printable(str(error))}: it is created again\n")
        return {}
    return mapping


def _beside(before: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """An update of which a list is missing, with what an earlier one said: silence takes nothing away."""
    kept = dict(made)
    for section in ("products", "instruments", "fields"):
        kept[section] = _by_name(before.get(section, ()), made[section])
    groups = before.get("experiments", {}).get("groups", ())
    kept["experiments"] = {"groups": _by_name(groups, made["experiments"]["groups"])}
    return kept


def _by_name(old: Any, new: Any) -> list[Any]:
    return list({entry["name"]: entry for entry in (*old, *new)}.values())


def _write_differences(
    options: argparse.Namespace,
    changes: tuple[Difference, ...],
    answers: Answers,
    about: Mapping[str, Any],
    path: str,
) -> None:
    if options.output == "json":
        document = {
            **about,
            "path": None if options.dry_run else path,
            "failed": dict(answers.failed),
            "differences": [
                {key: getattr(one, key) for key in ("section", "name", "kind", "before", "after")} for one in changes
            ],
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        lines = table_lines([_row(one) for one in changes], least={0: 11})
        sys.stdout.write("".join(f"{line}\n" for line in lines) or "nothing has changed\n")
    for name, reason in answers.failed:
        sys.stderr.write(f"edexql: no list of {name}: {printable(reason)}\n")
    for name, texts in about["not_understood"].items():
        sys.stderr.write(f"note: not understood in the list of {name}: {printable(', '.join(texts))[:500]}\n")
    for name, texts in about["unlisted"].items():
        sys.stderr.write(f"note: known, but not listed by the service: {len(texts)} of {name}\n")
    sys.stderr.write("nothing was saved\n" if options.dry_run else f"saved to {printable(path)}\n")


def _row(one: Difference) -> tuple[str, str, str]:
    change = _WORDS[one.kind].format(before=one.before, after=one.after)
    return one.section, printable(one.name), printable(change)[:200]
