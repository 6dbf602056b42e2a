"""Warnings that a text allows, in comments such as `# edq: allow W601, W605  -- a reason`; they hold for all of it."""

from __future__ import annotations

import re

from edexql.base.record import Record
from edexql.base.text import certain, did_you_mean, nearest, shown
from edexql.language.diagnostics import Fix
from edexql.language.diagnostics.codes import CODES, OWN, is_own
from edexql.language.lexer import COMMENT
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edexql.language.lexer import Tokens

WARNINGS = tuple(code for code in CODES if code.startswith("W"))
_ALLOW = "allow"
_FORM = "write it as `# edq: allow W601`"
_MARK = re.compile(r"#\s*edq:", re.IGNORECASE)
_WORD = re.compile(r"[^\s,]+")
_DIGIT = re.compile(r"\d")
# More words than these are no suggestion: most codes differ in a single digit.
_MOST_NEAR = 3


class Suppression(Record):
    """A code that a comment allows, and where it stands."""

    code: str
    span: Span


class InvalidSuppression(Record):
    """What cannot be meant in a comment that begins with `edq:`: a `word` and where it stands.

    `form` is code where the word is none of a warning, keyword where it is not `allow`, and missing where it is
    `allow` and no code follows, or is empty because nothing follows `edq:`.
    """

    form: str
    word: str
    span: Span

    def diagnosis(self) -> tuple[str, str, Fix | None]:
        """What there is to say of it, what to do, and an edit where one is certain."""
        if self.form == "code":
            return *_problem(self.word), None
        if self.form == "missing":
            return "missing code after `allow`" if self.word else "missing `allow` after `edq:`", _FORM, None
        near = nearest(self.word, (_ALLOW,))
        fix = Fix(self.span, _ALLOW) if certain(self.word, near) else None
        return f"unknown word {shown(self.word)} after `edq:`", did_you_mean(near) or _FORM, fix


def suppressed_codes(tokens: Tokens) -> frozenset[str]:
    """The codes that the comments of a text allow."""
    return frozenset(
        suppression.code for suppression in suppressions_in(tokens) if isinstance(suppression, Suppression)
    )


def suppressions_in(tokens: Tokens) -> Iterator[Suppression | InvalidSuppression]:
    """What the comments of a text that begin with `edq:` allow, and what is wrong with them, in order."""
    kinds = tokens.kinds
    index = kinds.find(COMMENT, 0, tokens.count)
    while index >= 0:
        start, end = tokens.starts[index], tokens.ends[index]
        mark = _MARK.match(tokens.text, start, end)
        if mark is not None:
            yield from _in_comment(tokens.text, start, mark.end(), end)
        index = kinds.find(COMMENT, index + 1, tokens.count)


def is_marked(comment: str) -> bool:
    """Whether a comment, with its `#`, is one of those that are looked at here."""
    return _MARK.match(comment) is not None


def warnings_of(texts: Iterable[str]) -> frozenset[str]:
    """The codes in texts, each of one or several. Raises ValueError for a word that is not the code of a warning."""
    words = [word for text in ([texts] if isinstance(texts, str) else texts) for word in _WORD.findall(text)]
    for word in words:
        if not _is_warning(word.upper()):
            raise ValueError(": ".join(_problem(word)))
    return frozenset(word.upper() for word in words)


def _in_comment(text: str, start: int, behind: int, end: int) -> Iterator[Suppression | InvalidSuppression]:
    """What stands after the mark of a comment, up to the reason that may follow."""
    reason = text.find("#", behind, end)
    words = _words(text, behind, end if reason < 0 else reason)
    first = next(words, None)
    if first is None:
        yield InvalidSuppression("missing", "", Span(start, behind))
        return
    keyword, place = first
    if keyword.lower() != _ALLOW:
        yield InvalidSuppression("keyword", keyword, place)
        return
    none = True
    for word, span in words:
        none = False
        code = word.upper()
        if _is_warning(code):
            yield Suppression(code, span)
            continue
        yield InvalidSuppression("code", word, span)
        # Words without a digit are a reason that nothing parts from the codes: one of them is reported.
        if _DIGIT.search(word) is None:
            return
    if none:
        yield InvalidSuppression("missing", keyword, place)


def _words(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """The words of a comment with their places, up to `--`."""
    for match in _WORD.finditer(text, start, end):
        if match[0].startswith("--"):
            return
        yield match[0], Span(*match.span())


def _is_warning(code: str) -> bool:
    """Whether a code may be that of a warning. Checks of other tools need not be registered where a text is read."""
    return code in WARNINGS or (is_own(code) and (code not in OWN or OWN[code].severity == "warning"))


def _problem(word: str) -> tuple[str, str]:
    """What is wrong with a word that is not the code of a warning, and what to do."""
    if word.upper() in CODES or is_own(word.upper()):
        return f"{shown(word)} is the code of an error, and errors cannot be suppressed", "correct the error"
    near = nearest(word, WARNINGS)
    help = did_you_mean(near) if len(near) <= _MOST_NEAR else None
    if help is None:
        help = f"warning codes are {WARNINGS[0]} to {WARNINGS[-1]}"
        help += "" if _DIGIT.search(word) else "; write a reason after ` -- `"
    return f"{shown(word)} is not the code of a warning", help
