"""What the current query gives, shown after each line: warnings, constraints and what each contributes, and files."""

from __future__ import annotations

import sys
import textwrap
from contextlib import contextmanager

from edexql.base.text import printable
from edexql.commands import engines
from edexql.commands.exits import FINE
from edexql.commands.local import NO_CATALOGUE, labelled_text, lacks_catalogue
from edexql.compiler.describe.explanation import logic_written
from edexql.compiler.editing.switches.comments import parts_off
from edexql.compiler.request import compilation
from edexql.model.logic import OR
from edexql.model.vocabulary import load
from edexql.terminal.diagnostics import coloured, columns, report_counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.commands.engines import Asked
    from edexql.compiler.request import Compilation, Setting
    from edexql.engines.evidence import Evidence
    from edexql.language.diagnostics import Diagnostic
    from edexql.model.answer import Answer
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
    from edexql.repl.session import Session


DEFAULT = "(none written: this is the default)"
ALTERNATIVES = "(none written: values of one kind are joined by OR; `logic` changes that)"
# More constraints than a screen shows; of more, the first and the last are shown.
MOST_ROWS = 30
# Columns of what stands before a constraint: its number, or a word.
HEAD = 9
# Logic with more parts than this is left to `influence`, which takes its time.
MOST_PARTS = 150
# Warnings of one line that are shown.
MOST_WARNINGS = 20
_COLOURS = {"number": "36", "remark": "2", "total": "1"}


def give(session: Session, done: Compilation | None = None) -> int:
    """Write the answer to the current query, as much of it as is set; `done` is its compilation where there is one."""
    wanted = session.choice("answer")
    if wanted == "full":
        return show(session, done)
    if wanted == "short":
        resolved = (done or compilation(session.query, session.setting())).resolved
        with asked(session) as one:
            _write(session, _total(resolved.query, one))
    return FINE


def show(session: Session, done: Compilation | None = None) -> int:
    """Write the current query with what its constraints contribute and what it gives."""
    done = done or compilation(session.query, session.setting())
    query, vocabulary = done.resolved.query, done.resolved.vocabulary
    if session.tables is None and lacks_catalogue(session.catalogue, vocabulary):
        _write(session, [*panel(done, {}), ("", NO_CATALOGUE)])
        return FINE
    with asked(session) as one:
        remarks = _remarks(query, one.evidence)
        _write(session, [*panel(done, remarks), *_total(query, one)])
    return FINE


def _write(session: Session, lines: Iterable[tuple[str, str]]) -> None:
    colour = coloured(sys.stdout, session.colour)
    width = columns() if session.interactive else None
    sys.stdout.write("".join(f"{line}\n" for line in _painted(_folded(lines, width), colour=colour)))


def panel(done: Compilation, remarks: dict[int, str]) -> Iterator[tuple[str, str]]:
    """The current query, a line a constraint, with the logic; each line as a head that stands out and the rest."""
    query = done.resolved.query
    if query.products:
        yield "product", ", ".join(query.products)
    yield from _numbered(query, remarks)
    effective = query.effective_logic()
    if effective is not None:
        written = logic_written(done.resolved.program)
        default = ALTERNATIVES if OR in effective.code else DEFAULT
        yield "logic", _clipped(printable(written)) if written else f"{_clipped(str(effective))}  {default}"
    sent = str(done.lowered.parameters.get("query-logic", "")).strip()
    if sent:
        yield "sent as", _clipped(sent)
    if done.lowered.residual is not None:
        yield "residual", done.lowered.residual.files
    if query.email:
        yield "email", query.email
    for number, (_, off) in enumerate(parts_off(done.resolved.program.tokens), 1):
        yield f"off {number}", _clipped(printable(off.text))


def _numbered(query: Query, remarks: dict[int, str]) -> Iterator[tuple[str, str]]:
    count = len(query.constraints)
    shown = [*range(1, count + 1)]
    if count > MOST_ROWS:
        shown = [*shown[: MOST_ROWS // 2], *shown[-MOST_ROWS // 2 :]]
    texts = {number: labelled_text(query.constraints[number - 1]) for number in shown}
    width = max((len(text) for text in texts.values()), default=0)
    previous = 0
    for number in shown:
        if number > previous + 1:
            yield "", f"… {number - previous - 1} more"
        previous = number
        yield f"{number}", f"{texts[number]:{width}}  {remarks.get(number, '')}".rstrip()


def _remarks(query: Query, evidence: Evidence) -> dict[int, str]:
    """What each constraint contributes, as far as an engine can tell it."""
    logic = query.effective_logic()
    if logic is None or len(query.constraints) > MOST_ROWS or len(logic.code) > MOST_PARTS:
        return {}
    from edexql.engines.influence import influences, remark

    parts = influences(query, evidence).parts
    remarks = {part.number: remark(part) for part in parts if part.number is not None}
    return {number: remarks.get(number, "not in the logic") for number in range(1, len(query.constraints) + 1)}


def _total(query: Query, asked: Asked) -> Iterator[tuple[str, str]]:
    from edexql.engines.sources import evaluate

    answer = evaluate(query, asked.evidence)
    reason = f": {printable(str(answer.emptiness))}" if answer.emptiness else ""
    yield "", f"{totals(answer)}{reason}{_whose(asked)}"


def totals(answer: Answer) -> str:
    """How many files an answer has, how much, and of how many nothing is known."""
    from edexql.model.answer import in_full

    unknown = len(answer.unknown)
    return in_full(answer.total) + (f", {unknown} more unknown" if unknown else "")


def _whose(asked: Asked) -> str:
    if asked.is_sample:
        return "  (sample catalogue)"
    return "  (SYNTHETIC data: simulated)" if asked.is_synthetic else ""


@contextmanager
def asked(session: Session) -> Iterator[Asked]:
    """What a session asks for counts and influence: an engine over tables, or its catalogue.

    Raises UsageError where it cannot be used, EngineError and MissingExtra.
    """
    vocabulary = vocabulary_of(session.setting())
    with engines.asked(session.tables, session.given(), vocabulary, session.catalogue, aloud=False) as one:
        yield one


def vocabulary_of(setting: Setting) -> Vocabulary:
    return setting.vocabulary or load()


def _folded(lines: Iterable[tuple[str, str]], width: int | None) -> Iterator[tuple[str, str]]:
    """Lines that are too long for a terminal of this width cut between words, what goes on set in."""
    for head, rest in lines:
        indent = HEAD if head else 0
        if width is None or indent + len(rest) <= width:
            yield head, rest
            continue
        pieces = textwrap.wrap(rest, max(width - indent, 10), break_on_hyphens=False)
        yield from zip([head] + [" " * indent] * (len(pieces) - 1), pieces, strict=True)


def _painted(lines: Iterable[tuple[str, str]], *, colour: bool) -> Iterator[str]:
    for head, rest in lines:
        if not head and not rest.startswith("…"):
            yield _paint(rest, "total", colour=colour)
        else:
            text, gap, remark = rest.partition("  ")
            before = _paint(f"{head:{HEAD}}", "number", colour=colour)
            yield f"{before}{text}{gap}{_paint(remark, 'remark', colour=colour)}"


def _paint(text: str, style: str, *, colour: bool) -> str:
    return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if colour and text else text


def _clipped(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def warn(session: Session, diagnostics: Sequence[Diagnostic]) -> None:
    """Print warnings, each once and one code and message only once; those that are counted once a session."""
    if not session.all_warnings:
        options = session.given()
        options.counted = [one for one in diagnostics if one.counted]
        diagnostics = [one for one in diagnostics if not one.counted]
        report_counted(options)
    head, end = ("\x1b[1;33m", "\x1b[0m") if coloured(sys.stderr, session.colour) else ("", "")
    said = dict.fromkeys((one.code, printable(one.message)) for one in diagnostics)
    sys.stdout.flush()
    for code, message in [*said][:MOST_WARNINGS]:
        sys.stderr.write(f"{head}warning[{code}]{end}: {message} (`help {code}`)\n")
