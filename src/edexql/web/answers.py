"""What a query gives: its files, what each part of it contributes, and why a file matches or not."""

from __future__ import annotations

from edexql.base.text import printable
from edexql.catalogue.files import Files
from edexql.compiler.request import query_of, within
from edexql.model.answer import total
from edexql.model.period import moment
from edexql.server.errors import http_error
from edexql.web import command_lines, upstream
from edexql.web.workbench import COMPILING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.engines.evidence import Evidence
    from edexql.engines.influence import Amount, Influence
    from edexql.engines.why import Reason
    from edexql.language.source import Source
    from edexql.model.answer import Answer, File
    from edexql.model.query import Query
    from edexql.web.workbench import Call

# Parts of a logic of which a page shows the influence; more would take longer than someone who types waits.
MOST_PARTS = 200
# Files of which the page has rows; of more it has the number and the size.
MOST_ROWS = 20_000


def query(call: Call) -> Query:
    """The query of the text of a call, apart from any service. Raises QueryError."""
    return query_of_source(call.source, call)


def query_of_source(source: Source, call: Call) -> Query:
    """The query of another text than that of a call, in its setting. Raises QueryError."""
    return within(COMPILING, source, lambda: query_of(source, call.workbench.setting))


def answer(call: Call) -> dict[str, Any]:
    """The files of a query by columns, and what they rest on. Raises QueryError and RequestError."""
    return _form(given(call), call)


def given(call: Call) -> Answer:
    """The answer to the query of a call, from the catalogue or from eDEx. Raises QueryError and RequestError."""
    workbench = call.workbench
    if workbench.upstream is not None:
        found = upstream.answer(call, workbench.upstream)
    else:
        from edexql.engines.sources import evaluate

        found = evaluate(query(call), _evidence(call, "files"))
    return found


def _evidence(call: Call, what: str) -> Evidence:
    """What the catalogue says. Raises RequestError where there is none."""
    from edexql.engines.kinds.local import CatalogueEvidence

    return CatalogueEvidence(call.catalogue(what), call.workbench.vocabulary)


def _form(found: Answer, call: Call) -> dict[str, Any]:
    files, unknown = found.files, found.unknown
    listed = [*files[:MOST_ROWS], *unknown[: max(MOST_ROWS - len(files), 0)]]
    sums = files.total() if isinstance(files, Files) else total(files)
    notes = [str(note) for note in found.notes]
    if found.removed:
        notes.append(f"{len(found.removed)} files left out by the times of day of the query")
    source = call.workbench.catalogue
    count = len(files) + len(unknown)
    return {
        "files": len(files),
        "unknown": len(unknown) + (0 if isinstance(files, Files) else len(found.unjudged)),
        "bytes": sums.bytes,
        "seconds": sums.matched,
        "rows": _rows(listed, call),
        "notes": notes,
        "synthetic": source is not None and source.current().synthetic,
        "all": command_lines.download_all(call) if len(listed) < count else None,
        "emptiness": None if found.emptiness is None else str(found.emptiness),
    }


def _rows(files: list[File], call: Call) -> dict[str, list[Any]]:
    """Files by columns. A size in bytes may be no more exact than the text that the service lists."""
    products = call.workbench.vocabulary.products
    return {
        "name": [file.name for file in files],
        "instrument": [products.get(file.product or "", {}).get("instrument") for file in files],
        "product": [file.product for file in files],
        "start": [None if file.start is None else moment(file.start) for file in files],
        "end": [None if file.end is None else moment(file.end) for file in files],
        "size": [file.bytes for file in files],
        "size_text": [file.size_shown for file in files],
        "matched": [file.matched for file in files],
        "state": [file.state for file in files],
    }


def influence(call: Call) -> dict[str, Any]:
    """What each constraint of a query, and each larger operand of its logic, contributes."""
    from edexql.engines.influence import influences

    asked, evidence = query(call), _evidence(call, "the influence of constraints")
    logic = asked.effective_logic()
    if logic is not None and len(logic.code) > MOST_PARTS:
        message = (
            f"the logic has {len(logic.code)} parts; the influence of at most {MOST_PARTS} is shown while one types"
        )
        raise http_error(409, message, help="ask for it with `edexql influence`")
    found = influences(asked, evidence)
    return {"whole": _amount(found.whole), "parts": [_part(part) for part in found.parts]}


def _part(part: Influence) -> dict[str, Any]:
    from edexql.engines.influence import remark

    return {
        "number": part.number,
        "text": part.text,
        "remark": remark(part),
        "without": _amount(part.without),
        "alone": _amount(part.alone),
        "keepsOut": _amount(part.keeps_out),
        "letsIn": _amount(part.lets_in),
        "none": part.none,
    }


def _amount(amount: Amount) -> dict[str, int]:
    return {"files": amount.files, "seconds": amount.seconds, "unknown": amount.unknown}


def why(call: Call) -> dict[str, Any]:
    """Why a file matches a query or not. Raises RequestError, 404, for a file that the catalogue does not have."""
    from edexql.engines.why import UnknownFileError
    from edexql.engines.why import why as reasons

    asked, evidence = query(call), _evidence(call, "the reasons of files")
    try:
        found = reasons(call.values["file"], asked, evidence)
    except UnknownFileError as error:
        raise http_error(404, str(error)) from None
    texts = {number: printable(str(one)) for number, one in enumerate(asked.constraints, 1)}
    return {
        "file": found.file.name,
        "whole": _reason(found.whole, texts),
        "constraints": [_reason(reason, texts) for reason in found.constraints],
        "remarks": list(found.remarks),
    }


def _reason(reason: Reason, texts: dict[int, str]) -> dict[str, Any]:
    return {
        "number": reason.number,
        "text": texts.get(reason.number or 0),
        "state": reason.state,
        "matched": reason.matched,
        "unknown": reason.unknown,
        "nearest": None if reason.nearest is None else [moment(second) for second in reason.nearest],
        "apart": reason.apart,
        "decisive": reason.decisive,
    }
