"""Diagnostics: what is wrong with a text, where, what else has to do with it, and what to do.

Each is a value; how it is shown is decided in `terminal` and `interchange`. `Mistake` is the exception that carries
the parts of one from the place where a value is read to the place where it becomes a diagnostic.

codes         every code and what it stands for
query_error   the exception that carries the diagnostics of a query
suppressions  comments that allow warnings: `# edq: allow W601`
terminal      diagnostics for people
interchange   diagnostics for programs: one line each, JSON, SARIF, GitHub
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.base.json_forms import DiagnosticForm, Severity
    from edexql.language.source import Source


# The most diagnostics of one pass over a text; more are not reported.
MOST = 200


class Note(Record):
    """Another place that has to do with a diagnostic, and what it has to do with it."""

    span: Span
    message: str


class Fix(Record):
    """An edit that is certain: replace `span` by `text`."""

    span: Span
    text: str


class Diagnostic(Record):
    """One mistake or doubt. `code` is E2nn syntax, E3nn names, E4nn values, E5nn logic, W6nn warning or Xnnn own check.

    `counted` is for doubts that come in numbers: what this one is about, and of how many such things there are. `level`
    is the severity that the check of another tool was registered with.
    """

    code: str
    message: str
    source: Source
    span: Span
    notes: tuple[Note, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    counted: tuple[str, int] | None = None
    level: Severity | None = None

    @property
    def severity(self) -> Severity:
        """`error` or `warning`."""
        return self.level or ("warning" if self.code.startswith("W") else "error")

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def to_dict(self) -> DiagnosticForm:
        """The diagnostic as JSON has it, in the form of docs/diagnostics.md."""
        stretch = self.source.stretch
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": self.source.name,
            **stretch(self.span),
            "notes": [{"message": note.message, **stretch(note.span)} for note in self.notes],
            "help": self.help,
            "fix": None if self.fix is None else {**stretch(self.fix.span), "text": self.fix.text},
        }


def in_order(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place in the text, errors before warnings of the same place, each given once."""
    if not diagnostics:
        return ()
    unique = {(d.code, d.span.start, d.span.end, d.message): d for d in diagnostics}
    return tuple(sorted(unique.values(), key=lambda d: (d.span.start, not d.is_error, d.span.end, d.code)))


def quoted(text: str) -> str:
    """A text between double quotes as the language reads it: JSON's escapes, also for what a terminal would act on."""
    import json

    written = json.dumps(text, ensure_ascii=False)
    if written.isprintable():
        return written
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in written)


def empty(offset: int) -> Span:
    return Span(offset, offset)


class Mistake(Exception):
    """The parts of a diagnostic, raised while one item of a list is read; the other items are read all the same."""

    def __init__(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        notes: tuple[Note, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.help = help
        self.fix = fix
        self.notes = notes

    def diagnostic(self, source: Source) -> Diagnostic:
        return Diagnostic(self.code, self.message, source, self.span, self.notes, self.help, self.fix)


class AlreadyReported(Exception):
    """An item that a diagnostic was already given for."""
