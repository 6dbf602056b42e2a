"""The vocabulary: products, instruments, fields and experiments, and how each is spelled on the wire.

It is data, in vocabulary.json beside this file. Every entry says whether its spelling is confirmed and
what it rests on; a vocabulary loaded from elsewhere replaces or adds entries by name.
"""

from __future__ import annotations

import json
import os
from functools import cache

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction
    from typing import Any

    from edexql.model.range import Number

SNAPSHOT = os.path.join(os.path.dirname(__file__), "vocabulary.json")
SECTIONS = ("products", "instruments", "fields")
# Of fields that the package does not know, a catalogue keeps thousandths of the unit.
OTHER_QUANTA = 1000


@record(frozen=True, slots=True)
class Entry:
    """A word of the vocabulary and its spelling on the wire."""

    name: str
    wire: str
    title: str
    confirmed: bool
    source: str


@record(frozen=True, slots=True)
class Field:
    """A geophysical or spacecraft field. Bounds are in `unit`; `period` is the length of its circle.

    `shape` is how a value stands on the wire: pair `[low, high]`, object `{"min": low, "max": high}`,
    or word. `units` maps other units to the factor that makes `unit` of them. `low` and `high` are
    bounds that no sample exceeds. `step` is the distance of the values of a coarse index.

    `quanta` is how many of the whole steps in which a catalogue keeps the field make one unit; `wide` says that
    they need 32 bits. `spoken` is what people call the field, where that is not its title. Where the field has no
    value of its own in a catalogue, the first of `substitutes` that has one gives it. `example` has the ends of a
    range that someone might ask for.
    """

    name: str
    wire: str
    title: str
    confirmed: bool
    source: str
    tab: str
    shape: str
    unit: str | None = None
    units: tuple[tuple[str, float], ...] = ()
    low: Number | None = None
    high: Number | None = None
    period: Number | None = None
    integer: bool = False
    step: Fraction | None = None
    values: tuple[Entry, ...] = ()
    quanta: int = OTHER_QUANTA
    wide: bool = False
    spoken: str | None = None
    substitutes: tuple[str, ...] = ()
    example: tuple[Number, Number] | None = None


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
        self._made: dict[str, Field] = {}

    @property
    def launch(self) -> str:
        """The launch of the spacecraft, an ISO 8601 time in UTC."""
        return str(self._data["mission"]["launch"])

    @property
    def data(self) -> Mapping[str, Any]:
        """Everything, as it stands in the file."""
        return self._data

    def canonical(self, name: str) -> str:
        """The name that an alias stands for."""
        name = name.lower()
        return self._aliases.get(name, name)

    def field(self, name: str) -> Field | None:
        name = self.canonical(name)
        if name not in self._made:
            if name not in self.fields:
                return None
            self._made[name] = _field(self.fields[name])
        return self._made[name]

    def instrument(self, name: str) -> Entry | None:
        found = self.instruments.get(self.canonical(name))
        return _entry(found) if found else None

    def product(self, name: str) -> Entry | None:
        found = self.products.get(self.canonical(name))
        return _entry(found) if found else None

    def values(self, key: str) -> dict[str, Entry]:
        """The values of an instrument or of a field of words, by name."""
        found = self.instruments.get(key) or self.fields.get(key) or {}
        return {value["name"]: _entry(value) for value in found.get("values", ())}

    @property
    def date(self) -> Entry:
        return _entry(self._data["date"])

    @property
    def experiment(self) -> Entry:
        return _entry(self._data["experiments"])

    @property
    def experiment_shape(self) -> str:
        return str(self._data["experiments"].get("shape", "pair"))

    def groups(self) -> dict[str, tuple[Entry, dict[str, Entry]]]:
        """The groups of experiments: the entry of each, and its tags by name."""
        return {
            group["name"]: (_entry(group), {tag["name"]: _entry(tag) for tag in group.get("tags", ())})
            for group in self._data["experiments"].get("groups", ())
        }

    def constraint_names(self) -> list[str]:
        """Every name that a constraint can begin with, aliases included."""
        names = [*self.instruments, *self.fields]
        return names + [alias for alias, name in self._aliases.items() if name not in self.products]

    def authority(self, section: str) -> str:
        """The address of the live catalogue that confirms a section."""
        return str(self._data.get("authorities", {}).get(section, ""))

    def wire_order(self) -> list[tuple[str, str]]:
        """The keys of the wire in the order of the web UI's tabs, each with its section.

        Dates, geophysical fields, instruments, spacecraft fields, experiments: then numbers that
        follow the keys and numbers that follow the tabs are the same.
        """
        fields = self._data["fields"]
        return [
            (self.date.wire, "date"),
            *((f["wire"], f["name"]) for f in fields if f["tab"] == "geophysical"),
            *((i["wire"], i["name"]) for i in self._data["instruments"]),
            *((f["wire"], f["name"]) for f in fields if f["tab"] != "geophysical"),
            (self.experiment.wire, "experiment"),
        ]


@cache
def snapshot() -> Vocabulary:
    """The vocabulary of the package."""
    with open(SNAPSHOT, encoding="utf-8") as file:
        return Vocabulary(json.load(file))


def load(*paths: str) -> Vocabulary:
    """The snapshot of the package, with the entries of other files put in its place.

    A file has the form of the snapshot and may leave out sections; an entry replaces that of the same
    name, or is added. Raises VocabularyError for a file that cannot be read or is of another form.
    """
    if not paths:
        return snapshot()
    from edexql.model.vocabulary_files import merged, read

    data = snapshot().data
    for path in paths:
        data = merged(data, read(path), path)
    return Vocabulary(data)


def _by_name(entries: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in entries}


def _entry(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["name"],
        data.get("wire", data["name"]),
        data.get("title", ""),
        bool(data.get("confirmed", False)),
        data.get("source", ""),
    )


def _field(data: Mapping[str, Any]) -> Field:
    entry = _entry(data)
    return Field(
        entry.name,
        entry.wire,
        entry.title,
        entry.confirmed,
        entry.source,
        data["tab"],
        data["shape"],
        data.get("unit"),
        tuple(data.get("units", {}).items()),
        data.get("low"),
        data.get("high"),
        data.get("period"),
        bool(data.get("integer", False)),
        distance(data["step"]) if data.get("step") else None,
        tuple(_entry(value) for value in data.get("values", ())),
        _in_a_unit(data["quantum"]) if "quantum" in data else OTHER_QUANTA,
        bool(data.get("wide", False)),
        data.get("spoken"),
        tuple(data.get("substitutes", ())),
        tuple(data["example"]) if "example" in data else None,
    )


def distance(written: float | str) -> Fraction:
    """The distance of neighbouring values, from a number or a text such as `1/3`; 0.3333 is a third, too."""
    from fractions import Fraction

    exact = Fraction(str(written))
    whole = Fraction(1, max(1, round(1 / exact)))
    return whole if whole.denominator % 3 == 0 and abs(exact - whole) <= whole / 100 else exact


def _in_a_unit(quantum: float | str) -> int:
    """How many quanta make one unit: of 0.01 it is 100, of `1/3` it is 3."""
    return round(1 / quantum) if not isinstance(quantum, str) else int(quantum.partition("/")[2])
