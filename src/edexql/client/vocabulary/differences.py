"""What is different between two vocabularies, entry by entry."""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Literal

    from edexql.model.vocabulary import Vocabulary

    Kind = Literal["new", "gone", "respelled", "confirmed", "doubted", "changed"]


class Difference(Record):
    """An entry that is not what it was: `before` and `after` are spellings, or what else changed, as texts."""

    section: str
    name: str
    kind: Kind
    before: str = ""
    after: str = ""


def differences(old: Vocabulary, new: Vocabulary) -> tuple[Difference, ...]:
    """The differences of two vocabularies, in the order of the newer one; what is gone comes last."""
    before, after = dict(_entries(old)), dict(_entries(new))
    changes: list[Difference] = []
    for (section, name), entry in after.items():
        if (section, name) in before:
            changes += _changes(section, name, before[section, name], entry)
        else:
            changes.append(Difference(section, name, "new", "", str(entry.get("wire", name))))
    gone = ((section, name, entry) for (section, name), entry in before.items() if (section, name) not in after)
    changes += [Difference(section, name, "gone", str(entry.get("wire", name))) for section, name, entry in gone]
    return tuple(changes)


def _changes(section: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    spelled = [str(entry.get("wire", name)) for entry in (old, new)]
    if spelled[0] != spelled[1]:
        yield Difference(section, name, "respelled", *spelled)
    sure = [bool(entry.get("confirmed", False)) for entry in (old, new)]
    if sure[0] != sure[1]:
        source = (str(old.get("source", "")), str(new.get("source", "")))
        yield Difference(section, name, "confirmed" if sure[1] else "doubted", *source)
    compared = ("wire", "confirmed", "source", "tags", "values", "groups")
    keys = [key for key in {**old, **new} if key not in compared and old.get(key) != new.get(key)]
    for key in keys:
        yield Difference(section, name, "changed", f"{key} {old.get(key)}", f"{key} {new.get(key)}")


def _entries(vocabulary: Vocabulary) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    data = vocabulary.data
    for section in ("products", "instruments", "fields"):
        for entry in data[section]:
            yield (section, entry["name"]), entry
            for value in entry.get("values", ()):
                yield (section, f"{entry['name']} {value['name']}"), value
    for group in data["experiments"].get("groups", ()):
        yield ("experiments", group["name"]), group
        for tag in group.get("tags", ()):
            yield ("experiments", f"{group['name']} > {tag['name']}"), tag
