"""Checks that other tools register: what they are given, and what becomes of what they say."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import Record
from edexql.compiler.lint import statements
from edexql.language.diagnostics import Diagnostic, Fix, Note
from edexql.language.diagnostics.codes import OWN, OwnCode, is_own
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from typing import TypeVar

    from edexql.base.json_forms import Severity
    from edexql.compiler.expressions import Origin
    from edexql.compiler.resolve import Resolved
    from edexql.language.syntax import Program
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

    Check = Callable[["Context"], Iterable["Finding"]]
    Decorated = TypeVar("Decorated", bound=Check)

# By code.
CHECKS: dict[str, Check] = {}


class CheckError(EdexqlError):
    """A registered check ended in an error, which is its cause, or gave something else than findings."""

    __module__ = "edexql"


class Finding(Record):
    """What a check found: a message, where in the text, what to do, an edit, and other places that belong to it."""

    message: str
    span: Span
    help: str | None = None
    fix: Fix | None = None
    notes: tuple[Note, ...] = ()


class Context:
    """What a check is given: a query and the text that it was read from."""

    __slots__ = ("_resolved",)

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved

    @property
    def query(self) -> Query:
        """The query, which has no errors."""
        return self._resolved.query

    @property
    def text(self) -> str:
        """The text that spans count in."""
        return self._resolved.program.source.text

    @property
    def program(self) -> Program:
        """The syntax tree."""
        return self._resolved.program

    @property
    def vocabulary(self) -> Vocabulary:
        return self._resolved.vocabulary

    @property
    def today(self) -> date:
        """The day at which open periods end."""
        return self._resolved.today

    def span(self, number: int) -> Span:
        """Where the value of the constraint of a number stands. Raises IndexError where there is none."""
        return self._origin(number).span

    def head(self, number: int) -> Span:
        """Where the name of the field or instrument of a constraint stands, which may be the name of several."""
        return self._origin(number).head

    def _origin(self, number: int) -> Origin:
        if not 0 < number <= len(self._resolved.query.constraints):
            raise IndexError(f"there is no constraint {number}")
        return self._resolved.origins[number - 1]

    def finding(
        self,
        message: str,
        place: int | Span | None = None,
        *,
        help: str | None = None,
        fix: str | None = None,
    ) -> Finding:
        """A finding about the value of a constraint by its number, a stretch of the text, or the whole query.

        `fix` is a text that is certain to be better in that place; it is offered if the query has no more errors then.
        """
        span = place if isinstance(place, Span) else Span(0, 0) if place is None else self.span(place)
        return Finding(message, span, help, None if fix is None else Fix(span, fix))


def check(
    code: str, title: str, *, severity: Severity = "warning", documentation: str | None = None
) -> Callable[[Decorated], Decorated]:
    """Register a function as a check of every query without errors that is compiled or checked in this process.

    `code` is X and three digits, and no other check has it. `title` says in a few words what the code stands for,
    `documentation` is the address of a page about it. Findings of a check whose severity is "error" keep a query from
    being compiled; those of a "warning" can be suppressed as all others. Raises ValueError.
    """
    if not is_own(code):
        raise ValueError(f"the code of a check is X and three digits, such as X101, not {code!r}")
    if severity not in ("error", "warning"):
        raise ValueError(f"the severity of {code} has to be error or warning, not {severity!r}")

    def register(function: Decorated) -> Decorated:
        if CHECKS.get(code, function) is not function:
            raise ValueError(f"there is another check with the code {code}: {OWN[code].title}")
        OWN[code] = OwnCode(title, severity, documentation)
        CHECKS[code] = function
        if _findings not in statements.CHECKS:
            statements.CHECKS.append(_findings)
        return function

    return register


def unregister(code: str) -> None:
    """Take a check out again. Raises KeyError where there is none of this code."""
    del CHECKS[code], OWN[code]
    if not CHECKS:
        statements.CHECKS.remove(_findings)


def _findings(resolved: Resolved) -> Iterator[Diagnostic]:
    """What all registered checks say of a query that has no errors."""
    if resolved.program.damaged or resolved.has_errors:
        return
    context = Context(resolved)
    for code, function in list(CHECKS.items()):
        try:
            found = list(function(context))
        except Exception as error:
            raise CheckError(f"the check {code} ended in an error: {type(error).__name__}: {error}") from error
        for one in found:
            if not isinstance(one, Finding):
                raise CheckError(f"the check {code} gave {type(one).__name__}, not a finding")
            yield Diagnostic(
                code,
                one.message,
                resolved.program.source,
                one.span,
                one.notes,
                one.help,
                one.fix,
                level=OWN[code].severity,
            )
