"""Errors with the line that was meant: a proposal is shown only where the text with it reads and loses nothing."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from edexql.base.text import shown
from edexql.compiler.fixes import with_fixes
from edexql.compiler.notation import phrases
from edexql.compiler.notation.names import unavailable
from edexql.compiler.notation.proposals import NO_NAME, odd_number, proposals
from edexql.compiler.notation.words import LONGEST, words_of
from edexql.language.diagnostics import Diagnostic, Fix
from edexql.language.lexer import FIRST_READ, tokenize
from edexql.language.recovery.surroundings import SEPARATORS
from edexql.language.source import Source, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from edexql.compiler.fixes import Examine
    from edexql.compiler.notation.names import Unavailable
    from edexql.model.vocabulary import Vocabulary

# Each proposal is tried by reading the whole text with it: of so many statements, and so many characters, no more. A
# longer text is left as it is.
_MOST_STATEMENTS = 10
_MOST_TRIED = 16
_MOST_READ = 200_000
_LONGEST_LINE = 200
_QUOTED = re.compile(r"`[^`]+`")
# Errors that are not about how a statement is written, or have a line of their own to write.
_OF_OTHER_KINDS = frozenset({"E202", "E209", "E210", "E305", "E307", "E308", "E309", "E310", "E401"})
# The help of these errors says how to write the part that they are about.
_OF_PARTS = frozenset({"E402", "E403", "E404"})
# Warnings that say that something of a query was lost.
_LOSSES = frozenset({"W602", "W609", "W619"})


def advised(
    diagnostics: Sequence[Diagnostic], source: Source, vocabulary: Vocabulary, today: date, examine: Examine
) -> tuple[Diagnostic, ...]:
    """The diagnostics of a text; where a statement was meant to be another one, its first error says which.

    The errors after it are about the same and are left out.
    """
    if source.undecodable or len(source.text) > _MOST_READ:
        return tuple(diagnostics)
    errors = [d for d in diagnostics if d.is_error and d.source is source]
    trial = _Trial(source, diagnostics, examine)
    result = {id(d): d for d in diagnostics}
    for statement in islice(_statements(source.text, errors), _MOST_STATEMENTS):
        there = [d for d in errors if statement.start <= d.span.start <= statement.end]
        if not there or statement.end - statement.start > LONGEST or any(d.code in _OF_OTHER_KINDS for d in there):
            continue
        text = source.text[statement.start : statement.end]
        better = _better(there, text, statement, trial, vocabulary, today)
        if better is not None:
            result[id(there[0])] = better[0]
            for other in there[1:] if better[1] else ():
                result.pop(id(other))
    return tuple(result.values())


class _Trial:
    """Reads a text with other statements in it."""

    def __init__(self, source: Source, diagnostics: Sequence[Diagnostic], examine: Examine) -> None:
        self._source = source
        self._examine = examine
        self._errors = _errors(diagnostics)
        self._losses = Counter(d.code for d in diagnostics if d.code in _LOSSES)
        self._read = 0

    def holds(self, line: str, statement: Span, errors: int) -> bool:
        """Whether the text with a line in place of a statement lacks its errors and loses nothing."""
        text = self._source.text
        if not self._affordable():
            return False
        changed = f"{text[: statement.start]}{line}{text[statement.end :]}"
        _, left = self._examine(Source(changed, self._source.name))
        end = statement.start + len(line)
        return (
            _errors(left) <= self._errors - errors
            and not any(
                d.is_error and d.code != "E210" and d.span.start < end and d.span.end > statement.start for d in left
            )
            and Counter(d.code for d in left if d.code in _LOSSES) <= self._losses
        )

    def _affordable(self, times: int = 1) -> bool:
        """Whether the text may be read some more times, which are counted."""
        self._read += times * len(self._source.text)
        return self._read <= max(_MOST_READ, 2 * len(self._source.text))

    def line(self, line: str, statement: Span, errors: int) -> str | None:
        """A line that holds: the one that is proposed, or for a `where` one that joins the other constraints too."""
        if self.holds(line, statement, errors):
            return line
        joined = self.joined(line, statement) if line.startswith("where ") else None
        return joined if joined is not None and self.holds(joined, statement, errors) else None

    def joined(self, line: str, statement: Span) -> str | None:
        """A `where` that joins what stands before it too, None where something else says how all are joined."""
        text = self._source.text
        if not self._affordable(2):
            return None
        before, _ = self._examine(Source(text[: statement.start], self._source.name))
        rest, _ = self._examine(Source(text[: statement.start] + text[statement.end :], self._source.name))
        logic = before.effective_logic()
        if logic is None or before.logic is not None or before.constraints != rest.constraints:
            return None
        others = f"({logic})" if " OR " in str(logic) else str(logic)
        inner = line.removeprefix("where ")
        return f"where {others} AND {f'({inner})' if ' OR ' in inner else inner}"


def _errors(diagnostics: Sequence[Diagnostic]) -> int:
    """How many errors are about something that is there: a query may ask for nothing as yet."""
    return sum(d.is_error and d.code != "E210" for d in diagnostics)


def _better(
    there: list[Diagnostic], text: str, statement: Span, trial: _Trial, vocabulary: Vocabulary, today: date
) -> tuple[Diagnostic, bool] | None:
    """The first error of a statement with the line that was meant, and whether the line settles the other errors."""
    first = there[0]
    fixed = _fixed(there, text, statement, trial)
    if fixed is None and first.code == "E404":
        return None
    if fixed is not None:
        return Diagnostic(first.code, first.message, first.source, first.span, first.notes, fixed, first.fix), False
    missing = _unavailable(text, vocabulary) if first.code == "E301" or first.code.startswith("E2") else None
    seen: set[str] = set()
    guesses: list[str] = []
    for proposal in islice(proposals(text, vocabulary, today), _MOST_TRIED):
        if (
            proposal.line in seen
            or proposal.line == text
            or len(proposal.line) > _LONGEST_LINE
            or (proposal.guessed and missing is not None)
        ):
            continue
        seen.add(proposal.line)
        line = trial.line(proposal.line, statement, len(there))
        if line is not None and proposal.guessed:
            guesses.append(line)
        elif line is not None and not guesses:
            pair = proposal.pair if proposal.pair and trial.holds(proposal.pair, statement, len(there)) else ""
            where = _at_comparison(first, text, statement, line)
            return _with_help(where, _help(line, pair, proposal.remark), proposal.message), True
    if guesses:
        return _with_help(first, f"did you mean {' or '.join(f'`{line}`' for line in guesses[:3])}?"), True
    if missing is not None:
        return _with_help(first, missing.way_out, missing.message), True
    number = odd_number(text)
    return (_with_help(first, "write decimal digits", number), True) if number else None


def _unavailable(text: str, vocabulary: Vocabulary) -> Unavailable | None:
    """What there is to say of the first word of a statement that is about something that cannot be asked for."""
    words = words_of(text) or []
    if not words or words[0].text.lower() == "logic":
        return None
    labelled = len(words) > 1 and words[1].text == ":"
    names = (unavailable(word.text, vocabulary) for word in words[2 if labelled else 0 :] if word.kind == "name")
    return next(filter(None, names), None)


def _fixed(there: list[Diagnostic], text: str, statement: Span, trial: _Trial) -> str | None:
    """The help of the first error with the whole statement in place of each part that it says to write.

    That is the statement with all of its fixes, or with the one part that is wrong written as the help says.
    """
    first = there[0]
    help = first.help or ""
    fixes = [d.fix for d in there if d.fix is not None]
    written = [word[1:-1] for word in _QUOTED.findall(help)]
    if len(fixes) == len(there):
        line = _line(text, statement, fixes)
        return None if line is None else _instead(help, {first.fix.text if first.fix else "": line})
    if len(there) > 1 or first.code not in _OF_PARTS or not written:
        return None
    lines = {part: _line(text, statement, [Fix(first.span, part)]) for part in written}
    if any(line is None or not trial.holds(line, statement, 1) for line in lines.values()):
        return None
    return _instead(help, {part: line for part, line in lines.items() if line})


def _line(text: str, statement: Span, fixes: list[Fix]) -> str | None:
    """A statement with fixes made, None where it is no line to be shown."""
    moved = [Fix(Span(f.span.start - statement.start, f.span.end - statement.start), f.text) for f in fixes]
    if any(not 0 <= fix.span.start <= fix.span.end <= len(text) for fix in moved):
        return None
    line = with_fixes(text, moved)
    if not any(sign in line for sign in '"#'):
        line = " ".join(line.split())
    return line if len(line) <= _LONGEST_LINE and line.isprintable() else None


def _instead(help: str, lines: dict[str, str]) -> str:
    """Help with lines in place of the parts that it says to write; a line alone where it does not name them."""
    if not all(re.search(rf"\b(?:write|mean|or) `{re.escape(part)}`", help) for part in lines):
        return " or ".join(f"write `{line}`" for line in lines.values())
    for part, line in lines.items():
        help = help.replace(f"`{part}`", f"`\0{line}`", 1)
    return help.replace("\0", "")


def _at_comparison(first: Diagnostic, text: str, statement: Span, line: str) -> Diagnostic:
    """The error of a word in or right behind a comparison in words, such as `below`, about the whole comparison.

    `line` is what is to be written, with the sign of the comparison.
    """
    if first.code != "E201" or not first.message.startswith("unexpected `"):
        return first
    words = words_of(text) or []
    place = first.span.start - statement.start
    last = next((number for number, word in enumerate(words) if word.end > place), 0)
    for begin in range(max(last - phrases.LONGEST, 0), last + 1):
        ahead = [word.text.lower() for word in words[begin : begin + phrases.LONGEST]]
        match = phrases.phrase(ahead, phrases.COMPARISONS)
        if match is None or begin + match[1] < last or f" {match[0]} " not in line:
            continue
        start, end = words[begin].start, words[begin + match[1] - 1].end
        message = f"unexpected {shown(' '.join(text[start:end].split()))}"
        span = Span(statement.start + start, statement.start + end)
        return Diagnostic(first.code, message, first.source, span, first.notes, first.help, first.fix)
    return first


def _help(line: str, pair: str, remark: str) -> str:
    if remark == NO_NAME:
        return f"{NO_NAME}, as in `{line}`"
    said = f"write `{line}` for two values or `{pair}` for a range" if pair else f"write `{line}`"
    return f"{said}; {remark}" if remark else said


def _with_help(first: Diagnostic, help: str, message: str = "") -> Diagnostic:
    return Diagnostic(first.code, message or first.message, first.source, first.span, first.notes, help)


def _statements(text: str, errors: Sequence[Diagnostic]) -> Iterator[Span]:
    """The statements of a text that have errors in them."""
    if not errors:
        return
    tokens = tokenize(text)
    starts = iter(sorted(d.span.start for d in errors))
    at = next(starts)
    first = last = -1
    for index in range(tokens.count):
        kind = tokens.kinds[index]
        if kind not in SEPARATORS:
            if kind >= FIRST_READ:
                first = tokens.starts[index] if first < 0 else first
                last = tokens.ends[index]
            continue
        # An error at the end of a statement may stand after it, before the next one.
        if first >= 0 and at <= tokens.starts[index]:
            yield Span(first, last)
            while at <= tokens.starts[index]:
                following = next(starts, None)
                if following is None:
                    return
                at = following
        first = last = -1
