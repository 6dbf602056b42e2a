"""What the four catalogues of the service say, as a vocabulary file: which spellings they confirm, and which are new.

That the service has these catalogues, each a JSON list, is known; what their elements look like is not.
"""

from __future__ import annotations

import json
import re

from edexql.base.files import atomic
from edexql.base.record import Record
from edexql.client.errors import ServiceError
from edexql.client.http.request import json_response
from edexql.client.vocabulary.lists import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    import requests

    from edexql.client.http.request import Retries
    from edexql.client.vocabulary.lists import Word
    from edexql.model.vocabulary import Vocabulary

# The names of the catalogues, by what is in them (source: the University of Calgary's page about the interface).
CATALOGUES = {
    "products": "get_instrument_products",
    "experiments": "get_experiment_tags",
    "spacecraft": "get_spacecraft_constraint_fields",
    "geophysical": "get_geophysical_constraint_fields",
}
UNGROUPED = "Ungrouped"
# Names that mean something else at the beginning of a statement.
_TAKEN = frozenset(("product", "date", "experiment", "logic", "where", "email", "let", "raw", "and", "or", "not"))


class Answers(Record):
    """What the service answered, by catalogue, and why a catalogue is missing."""

    lists: tuple[tuple[str, Any], ...]
    failed: tuple[tuple[str, str], ...]


def request_lists(session: requests.Session, service: str, retries: Retries | None = None) -> Answers:
    """Ask for the four catalogues. Raises ServiceError where none of them is answered with JSON."""
    answers: list[tuple[str, Any]] = []
    failed: list[tuple[str, str]] = []
    for name, endpoint in CATALOGUES.items():
        url = f"{service.rstrip('/')}/{endpoint}"
        try:
            answers.append((name, json_response(session, "GET", url, None, retries)[0]))
        except ServiceError as error:
            failed.append((name, str(error)))
            if len(failed) == len(CATALOGUES):
                raise
    return Answers(tuple(answers), tuple(failed))


def overlay(answers: Mapping[str, Any], known: Vocabulary, source: str, when: str) -> dict[str, Any]:
    """A vocabulary file of what catalogues say, over a vocabulary that is known.

    `answers` are JSON values by catalogue, as many as there are; `source` is the service, `when` the time of asking.
    Every entry that a catalogue has is confirmed, with its spelling there; others are not touched. What was not
    understood, and known entries that are not listed, are in `about`. Never raises, whatever the values are.
    """
    update = _Update(known, f"listed by {source} on {when}")
    strange: dict[str, list[str]] = {}
    for name in CATALOGUES:
        if name not in answers:
            continue
        read = words(answers[name], "group and word" if name == "experiments" else "word and title")
        _add(update, name, read.words)
        if read.not_understood:
            strange[name] = list(read.not_understood)
    return {
        "about": {
            "updated": when,
            "service": source,
            "not_understood": strange,
            "unlisted": _unlisted(known, answers, update),
        },
        "products": list(update.products.values()),
        "instruments": list(update.instruments.values()),
        "fields": list(update.fields.values()),
        "experiments": {"groups": list(update.groups.values())},
    }


def store(path: str, made: Mapping[str, Any]) -> None:
    """Put a vocabulary file in its place, all at once. Raises OSError."""
    atomic.write(path, (json.dumps(made, indent=1) + "\n").encode())


class _Update:
    """The entries of a vocabulary file, by section and name."""

    def __init__(self, known: Vocabulary, source: str) -> None:
        self.known = known
        self.source = source
        self.products: dict[str, dict[str, Any]] = {}
        self.instruments: dict[str, dict[str, Any]] = {}
        self.fields: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.listed_tags: set[tuple[str, str]] = set()
        self._tags: dict[tuple[str, str], dict[str, Any]] = {}
        constraints = {*known.constraint_names(), *known.instruments, *known.fields, *_TAKEN}
        self._taken = {"products": {*known.products, *_TAKEN}, "fields": constraints}
        self._by_spelling = {
            "products": _spellings(known.products.values()),
            "fields": _spellings(known.fields.values()),
        }

    def entry(self, name: str, word: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "wire": word, "confirmed": True, "source": self.source, **more}

    def named(self, section: str, word: str) -> str | None:
        """The known entry that a word is a spelling of."""
        spellings = self._by_spelling[section]
        return spellings.get(word) or spellings.get(_plain(word))

    def new_name(self, section: str, word: str) -> str:
        """A name for a word that is new, one that nothing else has."""
        plain = re.sub("[^a-z0-9]+", "-", word.lower()).strip("-")
        what = section.removesuffix("s")
        plain = plain if re.match("[a-z]", plain) else f"{what}-{plain}".rstrip("-")
        taken = self._taken[section]
        name, count = plain, 1
        while name in taken or self.known.canonical(name) != name:
            count += 1
            name = f"{plain}-{what}" if count == 2 else f"{plain}-{what}-{count}"
        taken.add(name)
        # The same spelling once more is this entry again.
        self._by_spelling[section].setdefault(word, name)
        return name

    def begin_group(self, name: str, base: Mapping[str, Any] | None) -> None:
        """A group of experiments with the tags that are known of it: those of a file replace all others."""
        made = dict(base or {"name": name, "confirmed": False, "source": "the service lists its tags without a group"})
        made["tags"] = [dict(tag) for tag in made.get("tags", ())]
        for tag in made["tags"]:
            for text in (_plain(tag["name"]), tag["name"]):
                self._tags[name, text] = tag
        self.groups[name] = made

    def add_tag(self, group: str, word: Word) -> None:
        tag = self._tags.get((group, word.text)) or self._tags.get((group, _plain(word.text)))
        if tag is None:
            tag = self.entry(word.text, word.text, title=word.title)
            self._tags[group, word.text] = tag
            self.groups[group]["tags"].append(tag)
        tag |= self.entry(tag["name"], word.text)
        self.listed_tags.add((group, tag["name"]))


def _add_products(update: _Update, words: Iterable[Word]) -> None:
    for word in words:
        instruments = [name for name in (*word.groups, word.text) if name in update.known.instruments]
        for name in instruments:
            if update.known.instruments[name].get("wire", name) == name:
                update.instruments.setdefault(name, update.entry(name, name))
        if word.text in instruments:
            continue
        if known := update.named("products", word.text):
            update.products.setdefault(known, update.entry(known, word.text))
            continue
        name = update.new_name("products", word.text)
        hints = (*map(str.lower, word.groups), _plain(word.text).partition("-")[0])
        instrument = next((hint for hint in hints if hint in update.known.instruments), None)
        update.products[name] = update.entry(name, word.text, title=word.title, instrument=instrument)


def _add_fields(update: _Update, words: Iterable[Word], tab: str) -> None:
    for word in words:
        if known := update.named("fields", word.text):
            update.fields.setdefault(known, update.entry(known, word.text))
            continue
        name = update.new_name("fields", word.text)
        # How a value stands on the wire is not told; a pair is what other fields are taken to have.
        made = update.entry(name, word.text, title=word.title, tab=tab, shape="pair", low=word.low, high=word.high)
        update.fields[name] = {**made, "unit": word.unit, "source": f"{update.source}; value shape guessed"}


def _add_experiments(update: _Update, words: Iterable[Word]) -> None:
    known = update.known.data["experiments"].get("groups", [])
    by_group = {_plain(group["name"]): group for group in known}
    of_tag = {_plain(tag["name"]): group for group in known for tag in group.get("tags", [])}
    for word in words:
        spelled = word.groups[-1] if word.groups else None
        base = of_tag.get(_plain(word.text)) if spelled is None else by_group.get(_plain(spelled))
        name = base["name"] if base else spelled or UNGROUPED
        if name not in update.groups:
            update.begin_group(name, base)
        if spelled is not None:
            update.groups[name] |= {"wire": spelled, "confirmed": True, "source": update.source}
        update.add_tag(name, word)


def _add(update: _Update, catalogue: str, words: Iterable[Word]) -> None:
    if catalogue == "products":
        _add_products(update, words)
    elif catalogue == "experiments":
        _add_experiments(update, words)
    else:
        _add_fields(update, words, catalogue)


def _unlisted(known: Vocabulary, answers: Mapping[str, Any], update: _Update) -> dict[str, list[str]]:
    """The known entries that a catalogue does not have."""
    unlisted: dict[str, list[str]] = {}
    if "products" in answers:
        unlisted["products"] = [name for name in known.products if name not in update.products]
    for tab in ("spacecraft", "geophysical"):
        if tab in answers:
            fields = known.fields.items()
            unlisted[tab] = [name for name, entry in fields if entry["tab"] == tab and name not in update.fields]
    if "experiments" in answers:
        groups = known.groups().items()
        pairs = ((group, tag) for group, (_, tags) in groups for tag in tags)
        unlisted["experiments"] = [f"{group} > {tag}" for group, tag in pairs if (group, tag) not in update.listed_tags]
    return {section: names for section, names in unlisted.items() if names}


def _spellings(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of entries by their spelling on the wire, and by whatever else they are called."""
    names: dict[str, str] = {}
    for entry in entries:
        for text in (entry["name"], *entry.get("aliases", ()), entry.get("wire", entry["name"])):
            names.setdefault(_plain(text), entry["name"])
    return names | {entry.get("wire", entry["name"]): entry["name"] for entry in entries}


def _plain(text: str) -> str:
    """A spelling apart from case, blanks and signs; a text of nothing else is itself."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-") or text
