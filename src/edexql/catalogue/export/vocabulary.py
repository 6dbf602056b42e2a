"""What of a vocabulary the rows of an export depend on, and whether that of a reader says the same.

A vocabulary may know more products, words and titles than the one that an export was written with: its rows would be
the same. They would not be for another satellite of a product, another unit of a field, or a field that was not known.
"""

from __future__ import annotations

import json
from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from edexql.model.field import Field
    from edexql.model.vocabulary import Vocabulary


def relevant(vocabulary: Vocabulary) -> dict[str, Any]:
    """What rows depend on, as plain data: `digest`, `satellites`, `fields` by name, and of a mission of several
    satellites `products` with the satellite of each."""
    several = len(vocabulary.satellites) > 1
    fields = [field for field in map(vocabulary.field, vocabulary.fields) if field is not None]
    said = {
        "satellites": list(vocabulary.satellites),
        "fields": {field.name: _facts(field) for field in fields},
        "products": {name: vocabulary.satellite_of(name) for name in vocabulary.products} if several else {},
    }
    return {"digest": digest(said), **said}


def digest(document: Any) -> str:
    """A sum of plain data."""
    return blake2b(json.dumps(document, sort_keys=True).encode(), digest_size=16).hexdigest()


def difference(exported: Mapping[str, Any], vocabulary: Vocabulary) -> str | None:
    """What a vocabulary says otherwise than the one of an export, in words; None where that changes no answer."""
    ours = relevant(vocabulary)
    if exported.get("digest") == ours["digest"]:
        return None
    if exported.get("satellites") != ours["satellites"]:
        return f"its satellites are {_listed(exported.get('satellites'))}, here they are {_listed(ours['satellites'])}"
    for kind, plural in (("field", "fields"), ("product", "products")):
        theirs = exported.get(plural) or {}
        for name, facts in ours[plural].items():
            if name not in theirs:
                return f"it does not know the {kind} {name}"
            if theirs[name] != facts:
                return f"the {kind} {name} is another one there"
    return None


def _facts(field: Field) -> list[Any]:
    circle = None if field.period is None else [str(field.low), str(field.period)]
    return [field.tab, field.unit, field.quanta, circle]


def _listed(names: Any) -> str:
    return ", ".join(map(str, names)) if names else "none"
