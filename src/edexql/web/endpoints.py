"""The endpoints of the workbench below `/workbench/api/`: what each takes, what it does, and in which threads."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.pictures.picture import KINDS
from edexql.web import answers, deliveries, edits, summaries, texts
from edexql.web.bodies import COUNT, NAMES, NUMBER, OBJECT, TEXT, TRUTH, WIDTH, YEAR, Form, choice
from edexql.web.setting import setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from edexql.web.bodies import Kind
    from edexql.web.workbench import Call

# The threads for what only reads a text, and those for what asks a catalogue or a service.
TEXTS, QUERIES = "texts", "queries"


class Action(Record):
    """An endpoint: what it does with a call, the form of its body, and its method.

    `pool` says in which threads it is done, and `writes` that it wants the token.
    """

    run: Callable[[Call], dict[str, Any]]
    form: Form = Form({})
    method: str = "POST"
    pool: str = TEXTS
    writes: bool = False


def _of_text(run: Callable[[Call], dict[str, Any]], pool: str = TEXTS, **more: Kind) -> Action:
    """An endpoint for the text of a query, and the values that it also needs."""
    return Action(run, Form({"text": TEXT, **more}, {"version": COUNT}), pool=pool)


ENDPOINTS = {
    "setting": Action(setting, method="GET"),
    "read": _of_text(texts.read),
    "edit": _of_text(edits.edit, edit=OBJECT),
    "complete": _of_text(texts.complete, position=COUNT),
    "compile": _of_text(texts.compile, target=choice(*texts.FILES)),
    "import": _of_text(texts.decompile),
    "answer": _of_text(answers.answer, QUERIES),
    "influence": _of_text(answers.influence, QUERIES),
    "why": _of_text(answers.why, QUERIES, file=TEXT),
    "field": _of_text(summaries.field, QUERIES, name=TEXT),
    "calendar": _of_text(summaries.calendar, QUERIES, year=YEAR),
    "presence": _of_text(summaries.presence, QUERIES, instrument=TEXT, value=TEXT),
    "picture": Action(
        summaries.picture,
        Form(
            {"text": TEXT, "kind": choice(*KINDS)},
            {"from": TEXT, "to": TEXT, "match": NUMBER, "width": WIDTH, "version": COUNT},
        ),
        pool=QUERIES,
    ),
    "plan": _of_text(deliveries.plan, QUERIES, files=NAMES),
    "request": Action(
        deliveries.request,
        Form({"text": TEXT, "files": NAMES, "dry": TRUTH}, {"email": TEXT, "again": TRUTH, "version": COUNT}),
        pool=QUERIES,
        writes=True,
    ),
    "requests": Action(deliveries.requests, method="GET", writes=True),
    "save": Action(deliveries.save, Form({"text": TEXT}, {"digest": TEXT, "version": COUNT}), writes=True),
}
