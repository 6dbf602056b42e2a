"""What a query asks for in a sentence, and what became of each constraint: its number as written and as sent."""

from __future__ import annotations

from edexql.base import stdlib
from edexql.base.record import Record
from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.compiler.canonical import constraint_text
from edexql.language.diagnostics.query_error import QueryError
from edexql.language.formatter import single_line
from edexql.language.lexer import tokenize
from edexql.language.syntax import Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from edexql.compiler.lower import Use
    from edexql.compiler.request import Compilation
    from edexql.compiler.residual import Residual
    from edexql.language.diagnostics import Diagnostic
    from edexql.language.syntax import Program


class Explained(Record):
    """A constraint: its number in the query, its label and text, and how it is sent: itself, its opposite, or both."""

    number: int
    label: str | None
    text: str
    sent: tuple[Use, ...]


class Explanation(Record):
    """How a query is read and what is sent for it; `str()` gives the table, `to_dict()` plain data.

    `sentence` says in English what is asked for, and counts what would make it long. `logic_written` is the
    text of the logic, None where none was written; `logic_numbered` the same, or the default, over constraint
    numbers; `logic_sent` is over wire numbers.
    """

    sentence: str
    products: tuple[str, ...]
    constraints: tuple[Explained, ...]
    logic_written: str | None
    logic_numbered: str | None
    logic_sent: str
    residual: Residual | None
    email: str | None
    today: str
    diagnostics: tuple[Diagnostic, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "products": list(self.products),
            "constraints": [_row(constraint) for constraint in self.constraints],
            "logic": {
                "written": self.logic_written,
                "default": self.logic_numbered if self.logic_written is None else None,
                "numbered": self.logic_numbered,
                "sent": self.logic_sent,
            },
            "residual": None if self.residual is None else _residual(self.residual),
            "email": self.email,
            "today": self.today,
        }

    def __str__(self) -> str:
        return "\n".join(_text(self))


def explanation(done: Compilation) -> Explanation:
    """Explain a compilation. Raises QueryError where it has errors."""
    if done.failed:
        raise QueryError(done.diagnostics)
    from edexql.compiler.describe.sentence import sentence

    query, lowered = done.resolved.query, done.lowered
    uses: dict[int, list[Use]] = {}
    for use in lowered.uses:
        uses.setdefault(use.number, []).append(use)
    constraints = tuple(
        Explained(number, constraint.label, constraint_text(constraint), tuple(uses.get(number, ())))
        for number, constraint in enumerate(query.constraints, 1)
    )
    effective = query.effective_logic()
    return Explanation(
        sentence(query, done.resolved.vocabulary),
        tuple(lowered.parameters.get("product", ())),
        constraints,
        logic_written(done.resolved.program),
        str(effective) if effective else None,
        lowered.parameters["query-logic"],
        lowered.residual,
        query.email,
        str(done.resolved.today),
        done.diagnostics,
    )


def logic_written(program: Program) -> str | None:
    """The expression of `logic` or `where` as it stands in the text, on one line."""
    statement = next((s for s in program.statements if isinstance(s, Logic)), None)
    if statement is None:
        return None
    text = program.source.text[statement.span.start : statement.span.end]
    return single_line(tokenize(text)).partition(" ")[2]


def _row(constraint: Explained) -> dict[str, Any]:
    return {
        "number": constraint.number,
        "label": constraint.label,
        "text": constraint.text,
        "sent": [
            {
                "negated": use.negated,
                "key": use.key,
                "wire_numbers": list(use.wire_numbers),
                "wire_values": list(use.elements),
            }
            for use in constraint.sent
        ],
    }


def _residual(residual: Residual) -> dict[str, Any]:
    return {
        "text": str(residual),
        "periods": [{"start": period.start, "end": period.end} for period in residual.periods],
    }


def _text(explained: Explanation) -> Iterable[str]:
    yield f"asks for  {explained.sentence}"
    yield "products  " + (", ".join(map(printable, explained.products)) or "none")
    yield ""
    if explained.constraints:
        rows = [("number", "wire", "label", "constraint", "sent as")]
        for constraint in explained.constraints:
            rows += _rows(constraint)
        yield from table_lines(rows)
        yield ""
    if explained.logic_written is not None:
        yield f"logic     {_clipped(printable(explained.logic_written))}"
        if explained.logic_numbered not in (None, explained.logic_written):
            yield f"numbered  {_clipped(explained.logic_numbered or '')}"
    elif explained.logic_numbered is not None:
        yield f"logic     {_clipped(explained.logic_numbered)}"
        yield "          (default: AND between kinds of constraints, OR between values of one kind)"
    yield f"sent as   {_clipped(explained.logic_sent.strip()) or 'no logic'}"
    if explained.residual is not None:
        yield f"residual  {explained.residual.files}"
    else:
        yield "residual  none: all of it is sent"
    if explained.email:
        yield f"email     {printable(explained.email)}"
    if any(explained.today in map(str, element) for c in explained.constraints for element in _dates(c)):
        yield f"today     {explained.today}, the end of open periods; --today sets another day"


def _dates(constraint: Explained) -> Iterable[list[str]]:
    return (element for use in constraint.sent if use.key == "date" for element in use.elements)


def _rows(constraint: Explained) -> Iterable[tuple[str, str, str, str, str]]:
    number, label = str(constraint.number), constraint.label or ""
    text = _clipped(printable(constraint.text), 80)
    if not constraint.sent:
        yield number, "-", label, text, "not sent"
    for use in constraint.sent:
        first, last = use.wire_numbers[0], use.wire_numbers[-1]
        wire = str(first) if first == last else f"{first}-{last}"
        values = ", ".join(stdlib.readable_json(element) for element in use.elements[:3])
        more = ", …" if len(use.elements) > 3 else ""
        opposite = "its opposite, " if use.negated else ""
        yield number, wire, label, text, _clipped(f"{opposite}{printable(use.key)} {printable(values)}{more}", 100)
        number = label = text = ""


def _clipped(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
