"""Edits that a form of the page makes: named by plain data, and given back as the least changes of the text."""

from __future__ import annotations

from edexql.compiler.editing import EditError
from edexql.compiler.editing.changes import edited
from edexql.compiler.request import within
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.source import BOM, Source
from edexql.web.diagnostics import forms
from edexql.web.workbench import COMPILING, Offsets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.web.workbench import Call


def edit(call: Call) -> dict[str, Any]:
    """The edits of a text that an edit of its form comes to, and the text after them.

    Where the edit is refused, the answer says why, and where what was typed is wrong, it has diagnostics, with offsets
    in the typed text.
    """
    text, named = call.values["text"], dict(call.values["edit"])
    offsets, source, setting = Offsets(text), call.source, call.workbench.setting
    place = named.get("from")
    if isinstance(place, int) and not isinstance(place, bool):
        named["from"] = offsets.inside(place)
    try:
        change = within(COMPILING, source, lambda: edited(source.text, named, setting))
    except EditError as error:
        return {"refused": {"message": error.message, "help": error.help}}
    except QueryError as error:
        typed = next((named[key] for key in ("typed", "expression", "address") if isinstance(named.get(key), str)), "")
        return {"diagnostics": forms(error.diagnostics, Source(typed), Offsets(typed))}
    return {
        "edits": [
            {"from": offsets.outside(one.start), "to": offsets.outside(one.end), "insert": one.insert}
            for one in change.edits
        ],
        "text": BOM * text.startswith(BOM) + change.text,
    }
