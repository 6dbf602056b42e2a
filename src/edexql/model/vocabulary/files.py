"""Vocabulary files: read, and put in place of the entries of another vocabulary.

A file adds entries, gives those of the same name other facts, and takes some out. With `"replace": true` nothing of
the package stays but what `keep` names. The form of a file is in edexql.model.vocabulary.form.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

from edexql.model.field import OTHER_QUANTA
from edexql.model.number import exact
from edexql.model.vocabulary.form import LISTS, OBJECTS, VocabularyError, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

__all__ = ["VocabularyError", "merged", "read"]

# Before it there was no satellite, so that an open period of a mission without a launch begins with it.
FIRST_LAUNCH = "1957-10-04"
_CONFIRMED = {"confirmed": True}
_KEPT = {**_CONFIRMED, "source": "as edexql has it"}
# Words that begin a statement or join constraints, and so are the name of none.
KEYWORDS = frozenset(("product", "date", "experiment", "logic", "where", "email", "let", "raw", "and", "or", "not"))
_DEFAULTS: dict[str, dict[str, Any]] = {
    "fields": {"tab": "spacecraft", "shape": "pair"},
    "instruments": {"values": []},
    "products": {},
    "satellites": {},
    "groups": {"tags": []},
}
_TIME_GROUPS = ("day", "start", "end_day", "end")


def read(path: str) -> Any:
    """The JSON of a file. Raises VocabularyError."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except OSError as error:
        raise VocabularyError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise VocabularyError(f"{path}: not JSON: {error}") from error


def merged(data: Mapping[str, Any], other: Any, name: str, package: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A vocabulary's data with the entries of another, from the file `name`, in their place. Raises VocabularyError.

    `package` is the data of the package, `data` where None.
    """
    package = data if package is None else package
    check(other, name)
    replaces = other.get("replace", False)
    result = _kept(package, other.get("keep", ()), name) if replaces else dict(data)
    for section, value in other.items():
        if section in LISTS:
            result[section] = _replaced(result[section], value, section, name, package)
        elif section in OBJECTS:
            groups = result["experiments"].get("groups", [])
            result[section] = {**result.get(section, {}), **value}
            if section == "experiments":
                result[section]["groups"] = _replaced(groups, value.get("groups", ()), "groups", name, package)
    if replaces:
        # Nobody but the file says how its names are spelled.
        for section in ("products", "instruments", "fields"):
            result[section] = [_with(entry, _CONFIRMED, {}) for entry in result[section]]
        for section in ("date", "experiments"):
            result[section] = _with(result[section], _CONFIRMED, {})
    fields = {entry["name"]: entry for entry in package["fields"]}
    for entry in result["fields"]:
        _check_field(entry, fields.get(entry["name"], {}), name)
    _check_names(result, name)
    _check_instruments(other.get("products", ()), result, name)
    _check_patterns(result.get("files", {}).get("times", ()), name)
    return result


def _kept(package: Mapping[str, Any], keep: Sequence[str], name: str) -> dict[str, Any]:
    """A vocabulary of nothing but the entries of the package that are kept, each for what it is, and no longer for
    where the package has it from.
    """
    date = {key: package["date"][key] for key in ("name", "wire", "shape", "synonyms") if key in package["date"]}
    result: dict[str, Any] = {section: [] for section in LISTS}
    result |= {section: {} for section in OBJECTS}
    result |= {
        "replace": True,
        "date": {**date, **_KEPT},
        "experiments": {"name": "experiment", "wire": "experiment", "shape": "pair", "groups": []},
        "mission": {"launch": FIRST_LAUNCH},
    }
    for place in keep:
        section, _, pattern = place.partition("/")
        entries = package["experiments"]["groups"] if section == "groups" else package[section]
        found = [entry for entry in entries if fnmatchcase(entry["name"], pattern or "*")]
        if not found:
            raise VocabularyError(f"{name}: keep: the package has no {place}")
        target = result["experiments"]["groups"] if section == "groups" else result[section]
        there = {entry["name"] for entry in target}
        target += [_with(entry, {}, _KEPT) for entry in found if entry["name"] not in there]
    # In the order of the package, in which people look for them.
    for section in ("products", "instruments", "fields"):
        order = {entry["name"]: place for place, entry in enumerate(package[section])}
        result[section].sort(key=lambda entry, order=order: order[entry["name"]])
    return result


def _with(entry: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """An entry and those inside it with facts that its own replace, and facts that replace its own."""
    inner: dict[str, Any] = {
        key: [_with(one, before, after) for one in entry[key]] for key in ("values", "groups", "tags") if key in entry
    }
    return {**before, **entry, **inner, **after}


def _replaced(
    old: Iterable[dict[str, Any]],
    new: Sequence[dict[str, Any]],
    section: str,
    file: str,
    package: Mapping[str, Any],
) -> list[dict[str, Any]]:
    entries = {entry["name"]: entry for entry in old}
    if section == "fields":
        stored = {one["name"]: {key: one[key] for key in ("quantum", "wide") if key in one} for one in package[section]}
    else:
        stored = {}
    said: set[str] = set()
    for number, entry in enumerate(new, 1):
        name, where = entry["name"], f"{file}: {section}, entry {number}"
        if name in said:
            raise VocabularyError(f"{where}: there are two entries {name}")
        said.add(name)
        if "removed" in entry:
            if name not in entries:
                raise VocabularyError(f"{where}: there is no {name} that could be removed")
            del entries[name]
            continue
        wire = {} if section == "satellites" else {"wire": name}
        base = entries.get(name, {**wire, **_DEFAULTS[section], **stored.get(name, {})})
        entries[name] = {**base, **entry}
    return list(entries.values())


def _check_field(entry: Mapping[str, Any], kept: Mapping[str, Any], name: str) -> None:
    """Raise VocabularyError where the facts of a field do not fit each other, or what catalogues are written in."""
    low, high, period = (entry.get(key) for key in ("low", "high", "period"))
    where = f"{name}: the field {entry['name']}"
    if low is not None and high is not None:
        if low > high:
            raise VocabularyError(f"{where}: low is greater than high")
        if period is not None and exact(high) - exact(low) != exact(period):
            raise VocabularyError(f"{where}: a circle goes from low to high once: high - low must be its period")
    for key, default in (("quantum", 1 / OTHER_QUANTA), ("wide", False)):
        fixed = kept.get(key, default)
        if entry.get(key, fixed) != fixed:
            raise VocabularyError(f"{where}: {key} must be {json.dumps(fixed)}, in which catalogues keep the field")


def _check_names(data: Mapping[str, Any], name: str) -> None:
    """Raise VocabularyError where a name means two things, or an entry names another that there is not."""
    for sections in (("products",), ("instruments", "fields")):
        meanings = dict.fromkeys(KEYWORDS, "a word of the language") if "fields" in sections else {}
        for word, where in _words(data, sections):
            if word in meanings:
                raise VocabularyError(f"{name}: {where}: {word} is the name of {meanings[word]}, too")
            meanings[word] = where
    satellites = {entry["name"] for entry in data["satellites"]}
    for product in data["products"]:
        satellite = product.get("satellite")
        if satellite is not None and satellite not in satellites:
            there = f"there are {', '.join(sorted(satellites))}" if satellites else "there are none"
            raise VocabularyError(f"{name}: the product {product['name']}: no satellite {satellite}; {there}")


def _check_instruments(products: Iterable[Mapping[str, Any]], data: Mapping[str, Any], name: str) -> None:
    """Raise VocabularyError where a product that a file gives is of an instrument that there is not."""
    instruments = {entry["name"] for entry in data["instruments"]}
    for number, product in enumerate(products, 1):
        instrument = product.get("instrument")
        if instrument is not None and instrument not in instruments:
            there = f"there are {', '.join(sorted(instruments))}" if instruments else "there are none"
            raise VocabularyError(f"{name}: products, entry {number}: no instrument {instrument}; {there}")


def _words(data: Mapping[str, Any], sections: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names and other names of sections, each with what it is one of."""
    for section in sections:
        for entry in data[section]:
            for word in (entry["name"], *entry.get("aliases", ())):
                yield word, f"the {section[:-1]} {entry['name']}"


def _check_patterns(patterns: Iterable[str], name: str) -> None:
    """Raise VocabularyError for a pattern of times that has a group which means nothing."""
    for pattern in patterns:
        groups = re.compile(pattern).groupindex
        if strange := [group for group in groups if group not in _TIME_GROUPS]:
            known = ", ".join(_TIME_GROUPS)
            raise VocabularyError(f"{name}: files: times: {pattern}: unknown group {strange[0]}; there are {known}")
