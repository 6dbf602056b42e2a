"""JSON as the service writes it."""

from __future__ import annotations

import json

from starlette.responses import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def as_json(value: Any) -> bytes:
    """A value as JSON. ASCII alone, so that half a surrogate pair, which JSON can hold, can be sent back."""
    return json.dumps(value, allow_nan=False).encode("ascii")


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(as_json(value), status, headers, media_type="application/json")
