"""What the compiler says of a text: its diagnostics and form, completion, the query in other forms and from them."""

from __future__ import annotations

from edexql.compiler.completion import complete as completed
from edexql.compiler.decompile import decompiled, read_parameters
from edexql.compiler.describe.form import form
from edexql.compiler.describe.sentence import sentence
from edexql.compiler.request import compilation, within
from edexql.compiler.targets import TARGETS, Addresses
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.limit import Limit
from edexql.server.errors import http_error
from edexql.web.diagnostics import forms
from edexql.web.workbench import COMPILING, Offsets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.compiler.request import Compilation
    from edexql.web.workbench import Call

# Completion is soon or of no use.
_COMPLETING = Limit(seconds=2)
# What a query is saved as: the target of `compile`, the name of the file, the type of its content.
SERVICE_TARGETS = ("curl", "python")
FILES = {
    "edq": ("", "query.edq", "text/plain"),
    "json": ("wire", "query.json", "application/json"),
    "curl": ("curl", "query.sh", "text/x-shellscript"),
    "python": ("python", "query.py", "text/x-python"),
}


def compiled(call: Call) -> Compilation:
    """The compilation of the text of a call. Raises QueryError where it takes too long."""
    source, setting = call.source, call.workbench.setting
    return within(COMPILING, source, lambda: compilation(source, setting))


def read(call: Call) -> dict[str, Any]:
    """What a text is: whether it can be read, what is wrong with it, what it asks for and what is sent."""
    source, offsets = call.source, Offsets(call.values["text"])
    answer: dict[str, Any] = {
        "readable": False,
        "form": None,
        "sentence": None,
        "sent": None,
        "residual": None,
        "parameters": None,
    }
    try:
        done = compiled(call)
    except QueryError as error:
        return {**answer, "diagnostics": forms(error.diagnostics, source, offsets)}
    program = done.resolved.program
    answer["diagnostics"] = forms(done.diagnostics, program.source, offsets)
    shape = form(done)
    answer["readable"] = shape is not None
    answer["form"] = None if shape is None else offsets.placed(shape.to_dict())
    if done.failed:
        return answer
    query, lowered = done.resolved.query, done.lowered
    sent = str(lowered.parameters.get("query-logic", "")).strip()
    return {
        **answer,
        "sentence": sentence(query, done.resolved.vocabulary),
        "sent": sent or None,
        "residual": None if lowered.residual is None else lowered.residual.files,
        "parameters": lowered.parameters,
    }


def complete(call: Call) -> dict[str, Any]:
    """What could stand at a position of a text, best first."""
    offsets = Offsets(call.values["text"])
    source, position = call.source, offsets.inside(call.values["position"])
    try:
        candidates = within(_COMPLETING, source, lambda: completed(source.text, position, call.workbench.setting))
    except QueryError:
        candidates = ()
    return {
        "candidates": [
            {
                "text": one.text,
                "from": offsets.outside(one.start),
                "to": offsets.outside(one.end),
                "detail": one.detail,
                "kind": one.kind,
                "confirmed": one.confirmed,
            }
            for one in candidates
        ]
    }


def compile(call: Call) -> dict[str, Any]:
    """A query as a file: its own text, or what it is compiled to. Raises QueryError where it has errors."""
    target, name, media_type = FILES[call.values["target"]]
    if not target:
        return {"name": name, "type": media_type, "text": call.values["text"]}
    addresses = call.workbench.addresses
    if addresses is None:
        if target in SERVICE_TARGETS:
            raise http_error(409, "the mission has no eDEx that a command or script could ask")
        addresses = Addresses("", "")
    done = compiled(call)
    if done.failed:
        raise QueryError(tuple(one for one in done.diagnostics if one.is_error))
    return {"name": name, "type": media_type, "text": TARGETS[target](done, addresses)}


def decompile(call: Call) -> dict[str, Any]:
    """The query of a parameter dictionary, which may stand in a script or a command. Raises QueryError."""
    source, setting = call.source, call.workbench.setting

    def read_query() -> str:
        return decompiled(read_parameters(source), setting, source).text

    return {"text": within(COMPILING, source, read_query)}
