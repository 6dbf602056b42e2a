"""`edexql vocabulary update`: what eDEx itself lists, compared with what was known, and kept for all commands."""

from __future__ import annotations

import json
import os
import sys
import time

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.commands import client
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.model.vocabulary import Vocabulary, load
from edexql.model.vocabulary_files import VocabularyError, merged, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from edexql.client.vocabulary.differences import Difference
    from edexql.client.vocabulary.update import Answers

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
    from edexql.client.vocabulary import update
    from edexql.client.vocabulary.differences import differences

    configuration = client.configured(options, service__listing=options.origin)
    service = configuration.service.listing
    with client.session(options, configuration) as session:
        answers = update.ask(session, service)
    made = update.overlay(dict(answers.found), load(), service, now())
    path = client.vocabulary_path()
    before = _kept(path)
    if answers.failed:
        made = _beside(before, made)
    old, new = (Vocabulary(merged(load().data, one, path)) for one in (before, made))
    found = differences(old, new)
    if not options.dry_run:
        try:
            update.store(path, made)
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
    _tell(options, found, answers, made["about"], path)
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


def _kept(path: str) -> dict[str, Any]:
    """What an earlier update left; nothing where there was none, or it cannot be used any more."""
    if not os.path.exists(path):
        return {}
    try:
        found: dict[str, Any] = read(path)
        Vocabulary(merged(load().data, found, path))
    except VocabularyError as error:
        sys.stderr.write(f"edexql: {printable(str(error))}: it is made anew\n")
        return {}
    return found


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


def _tell(
    options: argparse.Namespace,
    found: tuple[Difference, ...],
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
                {key: getattr(one, key) for key in ("section", "name", "kind", "before", "after")} for one in found
            ],
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        lines = table_lines([_row(one) for one in found], least={0: 11})
        sys.stdout.write("".join(f"{line}\n" for line in lines) or "nothing has changed\n")
    for name, reason in answers.failed:
        sys.stderr.write(f"edexql: no list of {name}: {printable(reason)}\n")
    for name, texts in about["not_understood"].items():
        sys.stderr.write(f"note: not understood in the list of {name}: {printable(', '.join(texts))[:500]}\n")
    for name, texts in about["unlisted"].items():
        sys.stderr.write(f"note: known, but not listed by the service: {len(texts)} of {name}\n")
    sys.stderr.write("nothing was kept\n" if options.dry_run else f"kept in {printable(path)}\n")


def _row(one: Difference) -> tuple[str, str, str]:
    change = _WORDS[one.kind].format(before=one.before, after=one.after)
    return one.section, printable(one.name), printable(change)[:200]
