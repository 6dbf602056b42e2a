"""The vocabulary: products, instruments, fields and experiments, and how each is spelled on the wire.

It is data. Every entry says whether its spelling is confirmed and what it rests on; a vocabulary loaded from
elsewhere changes and adds entries by name, or replaces it all.

package  the vocabulary of the package, made of vocabulary.json by tools/make_vocabulary.py
form     what a vocabulary file may have
files    how vocabulary files are read and change a vocabulary
"""

from __future__ import annotations

import os
from functools import cache, cached_property, lru_cache

from edexql.base import stdlib
from edexql.model.field import Entry, Field, entry_of, field_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from edexql.model.mission import Mission, NameForms
    from edexql.model.spacecraft import Satellite

SECTIONS = ("products", "instruments", "fields")


class Vocabulary:
    """What is known of the archive's names. Lookups take names in any case, and aliases."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.fields = _by_name(data["fields"])
        self.instruments = _by_name(data["instruments"])
        self.products = _by_name(data["products"])
        self._aliases: dict[str, str] = {
            alias: entry["name"]
            for section in SECTIONS
            for entry in data[section]
            for alias in entry.get("aliases", ())
        }
        # Entries are made when they are first looked up.
        self._made: dict[str, Field] = {}
        self._entries: dict[str, dict[str, Entry]] = {"instruments": {}, "products": {}}
        self._values: dict[str, dict[str, Entry]] = {}

    @property
    def launch(self) -> str:
        """The launch of the spacecraft, an ISO 8601 time in UTC."""
        return str(self._data["mission"]["launch"])

    @cached_property
    def launch_day(self) -> stdlib.date:
        """The day of the launch, in UTC."""
        return stdlib.date.fromisoformat(self.launch[:10])

    @property
    def example_product(self) -> str:
        """The product that examples name: the first one, `NAME` where there is none."""
        return next(iter(self.products), "NAME")

    @property
    def replaced(self) -> bool:
        """Whether a file replaces the mission of the package by another."""
        return bool(self._data.get("replace"))

    @cached_property
    def mission(self) -> Mission:
        """What the mission is called, and where it answers."""
        from edexql.model.mission import mission_of

        return mission_of(self._data)

    @cached_property
    def name_forms(self) -> NameForms:
        """What names of files of the mission say in a way of their own."""
        from edexql.model.mission import name_forms_of

        return name_forms_of(self._data)

    @cached_property
    def satellites(self) -> Mapping[str, Satellite]:
        """The satellites of the mission, by name."""
        from edexql.model.spacecraft import satellite_of

        return {entry["name"]: satellite_of(entry) for entry in self._data["satellites"]}

    def satellite_numbered(self, norad: int) -> Satellite | None:
        """The satellite of a number in the public catalogue."""
        return next((one for one in self.satellites.values() if one.norad == norad), None)

    def satellite_of(self, product: str) -> str | None:
        """The satellite that files of a product are of: the one that its entry names, else the only one.

        None where that leaves several or none.
        """
        named = self.products.get(product, {}).get("satellite")
        return named or self.only_satellite

    @property
    def only_satellite(self) -> str | None:
        """The satellite of a mission that has one, None of one that has several or none."""
        return next(iter(self.satellites)) if len(self.satellites) == 1 else None

    @property
    def data(self) -> Mapping[str, Any]:
        """Everything, as it stands in the file."""
        return self._data

    def canonical(self, name: str) -> str:
        """The name that an alias stands for."""
        name = name.lower()
        return self._aliases.get(name, name)

    @cached_property
    def synonyms(self) -> dict[str, str]:
        """Names that other archives, indices and papers use, each with the field or `date` that it means.

        They are in small letters with hyphens. They are suggested, never taken.
        """
        entries = (*self._data["fields"], self._data["date"])
        return {synonym: entry["name"] for entry in entries for synonym in entry.get("synonyms", ())}

    def field(self, name: str) -> Field | None:
        made = self._made.get(name)
        if made is None or name in self._aliases:
            name = self.canonical(name)
            if name not in self.fields:
                return None
            made = self._made.setdefault(name, field_of(self.fields[name]))
        return made

    def instrument(self, name: str) -> Entry | None:
        return self._entry("instruments", self.instruments, name)

    def product(self, name: str) -> Entry | None:
        return self._entry("products", self.products, name)

    def values(self, key: str) -> Mapping[str, Entry]:
        """The values of an instrument or of a field of words, by name."""
        if key not in self._values:
            entry = self.instruments.get(key) or self.fields.get(key)
            if entry is None:
                return {}
            self._values[key] = {value["name"]: entry_of(value) for value in entry.get("values", ())}
        return self._values[key]

    def _entry(self, section: str, entries: Mapping[str, dict[str, Any]], name: str) -> Entry | None:
        known = self._entries[section]
        entry = known.get(name)
        if entry is None or name in self._aliases:
            name = self.canonical(name)
            if name not in entries:
                return None
            entry = known.setdefault(name, entry_of(entries[name]))
        return entry

    @property
    def date(self) -> Entry:
        return self._date

    @property
    def experiment(self) -> Entry:
        return self._experiment

    @property
    def experiment_shape(self) -> str:
        return str(self._data["experiments"].get("shape", "pair"))

    def groups(self) -> Mapping[str, tuple[Entry, dict[str, Entry]]]:
        """The groups of experiments: the entry of each, and its tags by name."""
        return self._groups

    @cached_property
    def _date(self) -> Entry:
        return entry_of(self._data["date"])

    @cached_property
    def _experiment(self) -> Entry:
        return entry_of(self._data["experiments"])

    @cached_property
    def _groups(self) -> dict[str, tuple[Entry, dict[str, Entry]]]:
        return {
            group["name"]: (entry_of(group), {tag["name"]: entry_of(tag) for tag in group.get("tags", ())})
            for group in self._data["experiments"].get("groups", ())
        }

    def constraint_names(self) -> list[str]:
        """Every name that a constraint can begin with, aliases included."""
        names = [*self.instruments, *self.fields]
        return names + [alias for alias, name in self._aliases.items() if name not in self.products]

    def authority(self, section: str) -> str:
        """The address of the live catalogue that confirms a section."""
        return str(self._data.get("authorities", {}).get(section, ""))

    def wire_order(self) -> Sequence[tuple[str, str]]:
        """The keys of the wire in the order of the web UI's tabs, each with its section.

        Dates, geophysical fields, instruments, spacecraft fields, experiments: then numbers that
        follow the keys and numbers that follow the tabs are the same.
        """
        return self._wire_order

    @cached_property
    def wire_places(self) -> dict[str, int]:
        """The place of each key in that order."""
        places: dict[str, int] = {}
        for key, _ in self._wire_order:
            places.setdefault(key, len(places))
        return places

    @cached_property
    def _wire_order(self) -> tuple[tuple[str, str], ...]:
        fields = self._data["fields"]
        return (
            (self.date.wire, "date"),
            *((f["wire"], f["name"]) for f in fields if f["tab"] == "geophysical"),
            *((i["wire"], i["name"]) for i in self._data["instruments"]),
            *((f["wire"], f["name"]) for f in fields if f["tab"] != "geophysical"),
            (self.experiment.wire, "experiment"),
        )


@cache
def snapshot() -> Vocabulary:
    """The vocabulary of the package."""
    from edexql.model.vocabulary.package import DATA

    return Vocabulary(DATA)


def load(*paths: str) -> Vocabulary:
    """The snapshot of the package, with the entries of other files put in its place.

    A file has the form of the snapshot and may leave out sections; the facts of an entry replace those of the entry
    of the same name, or it is added. With `"replace": true` a file holds another mission than the
    package's. Raises VocabularyError for a file that cannot be read or is of another form.
    """
    if not paths:
        return snapshot()
    from edexql.model.vocabulary.files import merged, read

    package = data = snapshot().data
    for path in paths:
        data = merged(data, read(path), path, package)
    return Vocabulary(data)


def load_once(*paths: str) -> Vocabulary:
    """The same, read once as long as the files do not change: a prompt asks for it at every key."""
    try:
        stamps = tuple((path, status.st_mtime_ns, status.st_size) for path in paths for status in [os.stat(path)])
    except (OSError, ValueError):
        # It is read all the same, so that the message is the one of a file that cannot be read.
        return load(*paths)
    return _loaded(stamps)


@lru_cache(maxsize=4)
def _loaded(stamps: tuple[tuple[str, int, int], ...]) -> Vocabulary:
    return load(*(path for path, _, _ in stamps))


def _by_name(entries: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in entries}
