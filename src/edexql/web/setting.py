"""What the page needs to know once: the mission and its vocabulary, who answers, and what can be written."""

from __future__ import annotations

import os

from edexql.base.version import __version__
from edexql.client.credentials import public_url
from edexql.compiler.request import today
from edexql.pictures.picture import KINDS
from edexql.web.bodies import LONGEST_TEXT
from edexql.web.query_file import QueryFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from edexql.model.field import Entry
    from edexql.model.vocabulary import Vocabulary
    from edexql.web.workbench import Call

# What kinds of pictures are called on the page, and what they show; any other has its name alone.
_PICTURES = {
    "timeline": ("Timeline", "When files exist and when the query matches"),
    "track": ("Ground track", "Where the spacecraft was over the ground"),
    "dial": ("Dial", "Magnetic latitude and local time"),
    "panels": ("Panels", "Indices and position over time"),
}


def setting(call: Call) -> dict[str, Any]:
    """The setting of the workbench. Raises CatalogueError."""
    workbench, vocabulary = call.workbench, call.workbench.vocabulary
    upstream = workbench.upstream
    archive = call.service.settings.archive is not None and upstream is None
    return {
        "program": f"edexql {__version__}",
        "mission": {"name": vocabulary.mission.name, "title": vocabulary.mission.title, "launch": vocabulary.launch},
        "mode": "catalogue" if upstream is None else "upstream",
        "upstream": None if upstream is None else public_url(upstream.url),
        "catalogue": _catalogue(call),
        "archive": archive,
        "mail": archive or (upstream is not None and bool(upstream.endpoints.delivery)),
        "today": str(workbench.setting.today or today()),
        "file": _file(call),
        "writes": call.trusted,
        "longest": LONGEST_TEXT,
        "pictures": [{"kind": kind, "title": title, "words": words} for kind, (title, words) in _pictures()],
        "vocabulary": vocabulary_form(vocabulary, _counts(call)),
    }


def _pictures() -> Iterator[tuple[str, tuple[str, str]]]:
    """Each kind of picture with its title and what it shows."""
    for kind in KINDS:
        yield kind, _PICTURES.get(kind, (kind.capitalize(), ""))


def _file(call: Call) -> dict[str, Any] | None:
    file = call.workbench.file
    if file is None or not call.trusted:
        return None
    try:
        content = file.read()
    except QueryFileError as error:
        return {"name": file.name, "text": None, "digest": "", "reason": error.message}
    return {"name": file.name, "text": content.text, "digest": content.digest, "reason": None}


def _catalogue(call: Call) -> dict[str, Any] | None:
    """What the catalogue that answers is called, and whether something in it is simulated."""
    source = call.workbench.catalogue
    if source is None:
        return None
    catalogue = source.current()
    title = (
        catalogue.title if catalogue.is_sample else f"catalogue {os.path.basename(os.path.abspath(catalogue.folder))}"
    )
    return {"title": title, "synthetic": catalogue.synthetic}


def _counts(call: Call) -> dict[str, int] | None:
    """How many files there are of each product, None where nobody knows."""
    catalogue = call.workbench.catalogue
    if catalogue is None:
        return None
    from edexql.catalogue.summaries.counts import files_of_products

    return files_of_products(catalogue.current())


def vocabulary_form(vocabulary: Vocabulary, counts: dict[str, int] | None) -> dict[str, Any]:
    """The vocabulary by tabs, with how many files there are of each product."""
    return {
        "products": [_product(entry, counts) for entry in vocabulary.products.values()],
        "fields": [_field(name, vocabulary) for name in vocabulary.fields],
        "instruments": [
            {
                "name": name,
                "title": entry.get("title", ""),
                "values": [_named(value) for value in vocabulary.values(name).values()],
            }
            for name, entry in vocabulary.instruments.items()
        ],
        "experiments": [
            {"name": name, "tags": [_named(tag) for tag in tags.values()]}
            for name, (_, tags) in vocabulary.groups().items()
        ],
    }


def _product(entry: dict[str, Any], counts: dict[str, int] | None) -> dict[str, Any]:
    return {
        "name": entry["name"],
        "instrument": entry.get("instrument"),
        "description": entry.get("title", ""),
        "confirmed": bool(entry.get("confirmed", False)),
        "files": None if counts is None else counts.get(entry["name"], 0),
    }


def _field(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    field = vocabulary.field(name)
    assert field is not None
    return {
        "name": field.name,
        "tab": field.tab,
        "group": vocabulary.fields[name].get("group"),
        "unit": field.unit,
        "low": field.low,
        "high": field.high,
        "circle": field.period,
        "precision": 1 / field.quanta,
        "integer": field.integer,
        "step": None if field.step is None else float(field.step),
        "units": [unit for unit, _ in field.units],
        "values": [_named(value) for value in field.values],
        "example": None if field.example is None else list(field.example),
        "description": field.title,
        "confirmed": field.confirmed,
    }


def _named(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "description": entry.title, "confirmed": entry.confirmed}
