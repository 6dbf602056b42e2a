"""The four catalogues of names. That each is a JSON list is known (source: the University of Calgary's page about
the interface); what its elements look like is not. Here they are what a request takes.
"""

from __future__ import annotations

from edexql.server.answers import json_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from edexql.model.vocabulary import Vocabulary
    from edexql.server.listing import Endpoint


def lists(vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """The catalogues, by the last part of their addresses."""
    return {
        "get_instrument_products": [entry["wire"] for entry in vocabulary.products.values()],
        "get_experiment_tags": _tags(vocabulary),
        "get_spacecraft_constraint_fields": _fields(vocabulary, "spacecraft"),
        "get_geophysical_constraint_fields": _fields(vocabulary, "geophysical"),
    }


def endpoint(names: list[Any]) -> Endpoint:
    """An endpoint that answers with a list."""

    async def listed(request: Request) -> Response:  # noqa: ARG001  # every request is answered alike
        return json_answer(names)

    return listed


def _fields(vocabulary: Vocabulary, tab: str) -> list[str]:
    return [entry["wire"] for entry in vocabulary.fields.values() if entry["tab"] == tab]


def _tags(vocabulary: Vocabulary) -> list[Any]:
    """Pairs of a group and a tag, or tags alone, as requests take them."""
    pairs = [(group.wire, tag.wire) for group, tags in vocabulary.groups().values() for tag in tags.values()]
    return [tag if vocabulary.experiment_shape == "word" else [group, tag] for group, tag in pairs]
