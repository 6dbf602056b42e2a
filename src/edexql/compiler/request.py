"""The compiled request, and the way from text to it."""

from __future__ import annotations

import time

from edexql.base import stdlib
from edexql.base.record import Record
from edexql.base.stdlib import date
from edexql.compiler.lint import lint_query
from edexql.compiler.lower import Lowered, lower
from edexql.compiler.resolve import Resolved, resolve
from edexql.language.diagnostics import Diagnostic, in_order
from edexql.language.lexer import COMMENT
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Let, Logic
from edexql.model.vocabulary import Vocabulary, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeVar

    from edexql.compiler.fixes import Examine
    from edexql.compiler.parameters import Given
    from edexql.compiler.residual import Residual
    from edexql.language.limit import Limit
    from edexql.model.query import Query

    T = TypeVar("T")


# Warnings that concern no query but the one that is sent to eDEx.
ABOUT_THE_WIRE = frozenset({"W601", "W607"})
# Errors that say what a warning would say again.
_REPLACES = {"E507": "W614"}
# Characters from which on the search for garbage waits until a text is compiled.
_LONG = 100_000


class Setting(Record):
    """What a text is compiled with, beside itself.

    `vocabulary` is the package's snapshot where None; `today` (UTC) closes open periods and is the day of
    compiling where None; `parameters` are texts of values for `$NAME`, which win over `let`. `allow` are the codes
    of warnings that are not given, beside those that the text itself allows.
    """

    vocabulary: Vocabulary | None = None
    today: date | None = None
    parameters: Mapping[str, str] | None = None
    allow: frozenset[str] = frozenset()


class Compilation(Record):
    """Everything that compiling a text found out: the query and its text, its form on the wire, diagnostics."""

    resolved: Resolved
    lowered: Lowered
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


class Request(Record):
    """A query as eDEx takes it.

    `wire` is its parameter dictionary as one line of JSON. `residual` is what the request cannot say and the client has
    to apply to the answer, None where there is nothing of the kind; `diagnostics` are the warnings; `query` is what was
    compiled. Requests are equal where the dictionary and the residual are.
    """

    wire: str
    residual: Residual | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    query: Query | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameter dictionary, a fresh one each time."""
        parameters: dict[str, Any] = stdlib.read_json(self.wire)
        return parameters

    def json(self) -> str:
        """The parameter dictionary as one line of JSON."""
        return self.wire

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Request):
            return NotImplemented
        return (self.wire, self.residual) == (other.wire, other.residual)

    def __hash__(self) -> int:
        return hash((self.wire, self.residual))

    def __repr__(self) -> str:
        return f"Request({self.wire})"


def within(limit: Limit | None, source: Source, action: Callable[[], T]) -> T:
    """What an action with a text gives. Raises QueryError where it reaches the limit that it has, if it has one."""
    if limit is None:
        return action()
    from edexql.language.limit import limited

    return limited(limit, source, action)


def _undisturbed(source: Source, action: Callable[[], T]) -> T:
    """What an action makes of a text.

    It is kept, and Python would look through all of it for garbage again with each quarter that it grows.
    """
    if len(source.text) < _LONG:
        return action()
    import gc

    if not gc.isenabled():
        return action()
    gc.disable()
    try:
        return action()
    finally:
        gc.enable()


def compilation(source: Source, setting: Setting) -> Compilation:
    """Compile a text as far as it goes; whatever is wrong with it is among the diagnostics."""
    done = _undisturbed(source, lambda: _compiled(source, setting))

    def examine(other: Source) -> tuple[Query, Sequence[Diagnostic]]:
        compiled = _compiled(other, setting)
        return compiled.resolved.query, compiled.diagnostics

    diagnostics = _advised(done.diagnostics, source, setting, examine)
    return done if diagnostics is done.diagnostics else Compilation(done.resolved, done.lowered, diagnostics)


def _compiled(source: Source, setting: Setting) -> Compilation:
    resolved, diagnostics = _read(source, setting)
    if diagnostics and any(diagnostic.is_error for diagnostic in diagnostics):
        lowered = Lowered({}, (), None, ())
    else:
        lowered = lower(resolved.query, resolved.vocabulary, resolved.today)
        diagnostics += _problems(resolved, lowered)
    if resolved.program.statements:
        known = {_REPLACES.get(diagnostic.code) for diagnostic in diagnostics}
        diagnostics += [diagnostic for diagnostic in lint_query(resolved) if diagnostic.code not in known]
    return Compilation(resolved, lowered, _reported(diagnostics, resolved, setting))


def meaning(source: Source, setting: Setting) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """The query of a text apart from any service: what eDEx can be sent, and how it is spelled, is not looked at."""
    resolved, diagnostics = _undisturbed(source, lambda: _interpreted(source, setting))

    def examine(other: Source) -> tuple[Query, Sequence[Diagnostic]]:
        interpreted = _interpreted(other, setting)
        return interpreted[0].query, interpreted[1]

    return resolved, _advised(diagnostics, source, setting, examine)


def _interpreted(source: Source, setting: Setting) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    resolved, diagnostics = _read(source, setting)
    if resolved.program.statements:
        diagnostics += [diagnostic for diagnostic in lint_query(resolved) if diagnostic.code not in ABOUT_THE_WIRE]
    return resolved, _reported(diagnostics, resolved, setting)


def query_of(source: Source, setting: Setting) -> Query:
    """The query of a text, apart from any service. Raises QueryError where it has errors."""
    resolved, diagnostics = meaning(source, setting)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(diagnostics)
    return resolved.query


def _read(source: Source, setting: Setting) -> tuple[Resolved, list[Diagnostic]]:
    vocabulary = setting.vocabulary or load()
    outside: dict[str, Given] = {}
    diagnostics: list[Diagnostic] = []
    if setting.parameters:
        from edexql.compiler.parameters import from_outside

        outside, diagnostics = from_outside(setting.parameters)
    program, problems = parse(source)
    diagnostics += problems
    resolved = resolve(program, vocabulary, _day(setting), outside)
    diagnostics += resolved.diagnostics
    if all(isinstance(statement, Let) for statement in program.statements) and not diagnostics:
        diagnostics.append(_empty_query(source, vocabulary))
    return resolved, diagnostics


def request(source: Source, setting: Setting) -> Request:
    """Compile a text. Raises QueryError, with all diagnostics, where it has errors."""
    return request_of(compilation(source, setting))


def request_of(done: Compilation) -> Request:
    """The request that a compilation gave. Raises QueryError where it gave none."""
    if done.failed:
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(done.diagnostics)
    return Request(
        stdlib.json_line(done.lowered.parameters), done.lowered.residual, done.diagnostics, done.resolved.query
    )


def request_of_meaning(resolved: Resolved, diagnostics: tuple[Diagnostic, ...]) -> Request:
    """The request of a query that was read apart from any service. Raises QueryError where eDEx cannot be sent it."""
    lowered = lower(resolved.query, resolved.vocabulary, resolved.today)
    problems = in_order(_problems(resolved, lowered))
    if any(problem.is_error for problem in problems):
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(problems)
    return Request(stdlib.json_line(lowered.parameters), lowered.residual, diagnostics, resolved.query)


def today() -> date:
    """The day it is now, in UTC."""
    return date(*time.gmtime()[:3])


def _day(setting: Setting) -> date:
    """The day at which open periods end. Raises TypeError for what is not a date, such as a text."""
    day = setting.today
    if day is None:
        return today()
    if not isinstance(day, date):
        raise TypeError(f"today has to be a datetime.date, such as date(2019, 5, 1), not {type(day).__name__}")
    return day


def _advised(
    diagnostics: tuple[Diagnostic, ...], source: Source, setting: Setting, examine: Examine
) -> tuple[Diagnostic, ...]:
    """The same diagnostics with ways out that hold: fixes that are certain, and statements that were meant."""
    if not diagnostics:
        return diagnostics
    if any(diagnostic.fix is not None for diagnostic in diagnostics):
        from edexql.compiler.fixes import only_certain

        diagnostics = only_certain(diagnostics, source, examine)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        from edexql.compiler.notation.advice import advised

        diagnostics = advised(diagnostics, source, setting.vocabulary or load(), _day(setting), examine)
    return diagnostics


def _reported(diagnostics: Sequence[Diagnostic], resolved: Resolved, setting: Setting) -> tuple[Diagnostic, ...]:
    """What is reported, in the order of the text: all but the warnings that the setting or the text allows."""
    allow = setting.allow
    tokens = resolved.program.tokens
    if COMMENT in tokens.kinds:
        from edexql.language.diagnostics.suppressions import suppressed_codes

        allow |= suppressed_codes(tokens)
    return in_order([diagnostic for diagnostic in diagnostics if diagnostic.is_error or diagnostic.code not in allow])


def _problems(resolved: Resolved, lowered: Lowered) -> list[Diagnostic]:
    if not lowered.problems:
        return []
    source = resolved.program.source
    logic = (s.span for s in resolved.program.statements if isinstance(s, Logic))
    whole = next(logic, Span(0, 0))
    return [
        Diagnostic(
            problem.code,
            problem.message,
            source,
            whole if problem.number is None else resolved.origins[problem.number - 1].span,
            help=problem.way_out,
        )
        for problem in lowered.problems
    ]


def _empty_query(source: Source, vocabulary: Vocabulary) -> Diagnostic:
    return Diagnostic(
        "E210",
        "the query is empty",
        source,
        Span(0, 0),
        help=f"write a product and a date, as in `product {vocabulary.example_product}; date 2019-05-01`",
    )
