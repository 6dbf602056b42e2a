"""The least edits that turn a text into another that was laid out: what an edit does not concern keeps its layout.

The tokens of the laid-out text before and after are aligned. A token that stays keeps its spelling, and what stands
between two tokens that stay neighbours keeps its spaces, line breaks and semicolons.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from edexql.base.record import Record
from edexql.compiler.editing.alignment import matches, stretches
from edexql.language.formatter import layout
from edexql.language.lexer import (
    CLOSING,
    COMMENT,
    COMPARISONS,
    END,
    JOINED,
    JOINS_NEXT,
    JOINS_PREVIOUS,
    KIND,
    NEWLINE,
    OPENING,
    tokenize,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edexql.language.lexer import Tokens

_SEMICOLON = KIND["_SEMICOLON"]
_BETWEEN = frozenset({NEWLINE, JOINED, _SEMICOLON, END})
# What can stand beside anything without becoming one token with it.
_SIGNS = OPENING | CLOSING | COMPARISONS | {KIND["_COMMA"], KIND["_AMPERSAND"], KIND["_BAR"], KIND["_BANG"]}


class Edit(Record):
    """`text[start:end]` becomes `insert`; offsets in code points."""

    start: int
    end: int
    insert: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """A text after edits, which are in order and do not overlap."""
    pieces: list[str] = []
    place = 0
    for edit in edits:
        pieces += (text[place : edit.start], edit.insert)
        place = edit.end
    return "".join([*pieces, text[place:]])


def differences(text: str, edited: str) -> tuple[Edit, ...]:
    """The edits of `text`, which has no errors of syntax, that give a text whose layout is `edited`.

    None where `text` laid out is `edited`. Comments that `edited` still has are not touched.
    """
    tokens = tokenize(text)
    laid_out = layout(tokens)
    if laid_out == edited:
        return ()
    sides = _Words(text, tokens), _Words(laid_out, tokenize(laid_out)), _Words(edited, tokenize(edited))
    if len(sides[0]) == len(sides[1]):
        for glue in (True, False):
            edits = tuple(_Splicing(*sides, glue=glue).edits())
            if layout(tokenize(applied(text, edits))) == edited:
                return edits
    return plain_difference(text, edited)


def plain_difference(text: str, other: str) -> tuple[Edit, ...]:
    """The one edit between two texts, without what they begin and end with alike."""
    if text == other:
        return ()
    from edexql.base.text import common_start

    start = common_start(text, other)
    most = min(len(text), len(other)) - start
    end = common_start(text[start:][::-1], other[start:][::-1], most)
    return (Edit(start, len(text) - end, other[start : len(other) - end]),)


class _Words:
    """The tokens of a text that layout writes, comments among them, and what stands between them."""

    __slots__ = ("ends", "kinds", "starts", "text")

    def __init__(self, text: str, tokens: Tokens) -> None:
        self.text = text
        kept = [index for index in range(tokens.count) if tokens.kinds[index] not in _BETWEEN]
        self.kinds = [tokens.kinds[index] for index in kept]
        self.starts = [tokens.starts[index] for index in kept]
        self.ends = [tokens.ends[index] for index in kept]

    def __len__(self) -> int:
        return len(self.kinds)

    def read(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def gap(self, index: int) -> tuple[int, int]:
        """What stands before a token, or behind the last."""
        start = self.ends[index - 1] if index else 0
        return start, self.starts[index] if index < len(self.starts) else len(self.text)

    def between(self, index: int) -> str:
        start, end = self.gap(index)
        return self.text[start:end]


def _breaks(gap: str) -> int:
    """How many line breaks end a statement in a gap of a text that is laid out: none inside a statement."""
    return gap.count("\n") if gap.endswith("\n") else 0


def _alike(gap: str, other: str) -> bool:
    """Whether gaps of two layouts are the same, but for where a long line is broken."""
    ends = _breaks(gap), _breaks(other)
    return ends[0] == ends[1] and (ends[0] > 0 or bool(gap) == bool(other))


class _Splicing:
    """The way from a text, by its layout, to another layout; with `glue`, what touches may go on to touch."""

    def __init__(self, own: _Words, before: _Words, after: _Words, *, glue: bool) -> None:
        self._own = own
        self._before = before
        self._after = after
        self._glue = glue
        self._newline = next((sign for sign in ("\r\n", "\r", "\n") if sign in own.text), "\n")
        # A query on one line stays on one line.
        self._on_one_line = _on_one_line(own)
        self._first, self._end = _middle(before, after)
        self._joined = _joined(after.kinds)
        # For each token of the new layout between, the one of the old whose place it has, -1 for none.
        self._pairs = _paired(before, after, self._first, self._end)
        self._staying = {*self._pairs, self._first - 1} - {-1}
        self._used: set[int] = set()

    def edits(self) -> list[Edit]:
        """The edits, found from the last token to the first, so that a gap goes to what stands behind it."""
        pieces: list[tuple[int, int] | str] = []
        for index in range(self._end, self._first - 1, -1):
            pieces.append(self._gap(index))
            if index > self._first:
                pieces.append(self._token(index - 1))
        start = self._own.gap(self._first)[0]
        end = self._own.gap(self._pair(self._end) or 0)[1]
        return list(_edits(self._own.text, start, end, reversed(pieces)))

    def _token(self, index: int) -> tuple[int, int] | str:
        before, after = self._before, self._after
        pair = self._pair(index)
        if pair is not None and before.kinds[pair] == after.kinds[index] and before.read(pair) == after.read(index):
            return self._own.starts[pair], self._own.ends[pair]
        return after.read(index)

    def _kind(self, index: int) -> int:
        """The kind that a token of the new layout has in the text: `&` stays what it is."""
        pair = self._pair(index)
        stays = pair is not None and self._before.kinds[pair] == self._after.kinds[index]
        return self._own.kinds[pair] if stays and pair is not None else self._after.kinds[index]

    def _pair(self, index: int) -> int | None:
        """The token of the old layout that stays for one of the new; the end of the one for the end of the other."""
        if index < self._first:
            return index
        if index >= self._end:
            return index + len(self._before) - len(self._after)
        pair = self._pairs[index - self._first]
        return pair if pair >= 0 else None

    def _gap(self, index: int) -> tuple[int, int] | str:
        """What stands before a token of the new layout: a gap of the text, or another text."""
        left, right = self._pair(index - 1), self._pair(index)
        gaps = [] if right is None else [right]
        gaps += [] if left is None or left + 1 in gaps else [left + 1]
        if left is None and right is not None and right - 1 in self._staying and self._is_within(index):
            # Put in within a line: the gap stays with what is before it.
            gaps = []
        if not self._glue and len(gaps) > 1:
            gaps = []
        for gap in gaps:
            text = self._own.between(gap)
            if self._fits(gap, text, index):
                if gap not in self._used:
                    self._used.add(gap)
                    return self._own.gap(gap)
                if ";" in text and "\n" not in text and "\r" not in text:
                    return text
        return self._new_gap(index, gaps)

    def _was_for_comment(self, gap: int, index: int) -> bool:
        """Whether a gap within a statement stands beside a comment that is there no more."""
        kinds = self._before.kinds
        gone_before = kinds[gap - 1] == COMMENT and self._pair(index - 1) != gap - 1
        return gone_before or (kinds[gap] == COMMENT and self._pair(index) != gap)

    def _is_within(self, index: int) -> bool:
        """Whether a token stands on a line behind another, and is no comment."""
        kinds = self._after.kinds
        return index < len(kinds) and kinds[index] != COMMENT and not _breaks(self._after.between(index))

    def _new_gap(self, index: int, gaps: Sequence[int]) -> str:
        between = self._after.between(index)
        if _breaks(between) and 0 < index < len(self._after):
            if self._on_one_line and self._after.kinds[index - 1] != COMMENT:
                return "; "
            # A new line begins where its neighbour does.
            texts = [self._own.between(gap) for gap in gaps]
            between += next((text[-_indent(text) :] for text in texts if _indent(text)), "")
        return between.replace("\n", self._newline)

    def _fits(self, gap: int, text: str, index: int) -> bool:
        """Whether a gap of the text can stand before a token of the new layout."""
        before, after = self._before, self._after
        if (gap == 0, gap == len(before)) != (index == 0, index == len(after)):
            return False
        breaks = "\n" in text or "\r" in text
        if index and after.kinds[index - 1] == COMMENT and not breaks and index < len(after):
            return False
        if index in (0, len(after)):
            return True
        between = after.between(index)
        ends = _breaks(between)
        if not _alike(before.between(gap), between) or (breaks and not ends and not self._joined[index]):
            return False
        if not ends and 0 < gap < len(before) and self._was_for_comment(gap, index):
            return False
        if ends and after.kinds[index] == COMMENT and text.rpartition(";")[2].strip(" \t\f") == "":
            # Behind a semicolon it would be a comment on the statement before.
            return False
        if text or not between:
            return True
        kinds = self._kind(index - 1), self._kind(index)
        glued = kinds == (self._own.kinds[gap - 1], self._own.kinds[gap]) or not _SIGNS.isdisjoint(kinds)
        return self._glue and glued


def _on_one_line(words: _Words) -> bool:
    breaks = [words.between(index) for index in range(1, len(words))]
    return not any("\n" in gap or "\r" in gap for gap in breaks) and any(";" in gap for gap in breaks)


def _indent(gap: str) -> int:
    """How many spaces stand at the end of a gap, behind its last line break."""
    count = len(gap) - len(gap.rstrip(" \t"))
    return count if gap[: len(gap) - count].endswith(("\n", "\r")) else 0


def _edits(text: str, start: int, end: int, pieces: Iterable[tuple[int, int] | str]) -> Iterator[Edit]:
    """What puts pieces, stretches of a text in their order and new texts, in place of a stretch."""
    place = start
    new: list[str] = []
    for piece in (*pieces, (end, end)):
        if isinstance(piece, str):
            new.append(piece)
            continue
        insert = "".join(new)
        if text[place : piece[0]] != insert:
            yield Edit(place, piece[0], insert)
        new = []
        place = piece[1]


def _joined(kinds: Sequence[int]) -> list[bool]:
    """Whether a line break before each token ends no statement, and before the end."""
    joined: list[bool] = []
    depth, before = 0, NEWLINE
    for kind in kinds:
        joined.append(depth > 0 or before in JOINS_NEXT or kind in JOINS_PREVIOUS)
        if kind != COMMENT:
            depth += (kind in OPENING) - (kind in CLOSING)
            before = kind
    return [*joined, True]


def _middle(before: _Words, after: _Words) -> tuple[int, int]:
    """The first token that two layouts may not have in common, and that of the new from which on they have all."""
    from edexql.base.text import common_start

    a, b = before.text, after.text
    start = common_start(a, b)
    end = common_start(a[start:][::-1], b[start:][::-1])
    first = bisect_left(before.ends, start)
    behind = min(
        len(before) - bisect_right(before.starts, len(a) - end), len(after) - bisect_right(after.starts, len(b) - end)
    )
    return first, len(after) - behind


def _paired(before: _Words, after: _Words, first: int, end: int) -> list[int]:
    """For each token of the new layout from `first` to `end`, the one of the old whose place it has, -1 for none."""
    stop = end + len(before) - len(after)
    pairs = [-1] * (end - first)
    old, new = _lines(before, first, stop), _lines(after, first, end)
    equal = matches([line[2] for line in old], [line[2] for line in new]) or ()
    for i, j in equal:
        for place in range(old[i][1] - old[i][0]):
            pairs[new[j][0] + place - first] = old[i][0] + place
    for a, b, c, d in stretches(equal, len(old), len(new)):
        if a < b and c < d:
            _pair_tokens(before, after, (old[a][0], old[b - 1][1]), (new[c][0], new[d - 1][1]), pairs, first)
    return pairs


def _lines(words: _Words, first: int, end: int) -> list[tuple[int, int, str]]:
    """The lines of a layout from one token to another: first token, that behind the last, and text."""
    lines: list[tuple[int, int, str]] = []
    begin = first
    for index in range(first + 1, end + 1):
        if index == end or "\n" in words.between(index):
            lines.append((begin, index, words.text[words.starts[begin] : words.ends[index - 1]]))
            begin = index
    return lines


def _pair_tokens(
    before: _Words, after: _Words, old: tuple[int, int], new: tuple[int, int], pairs: list[int], first: int
) -> None:
    """Pair the tokens of some lines: those that are alike, and between them those of one kind."""
    known = matches([before.read(i) for i in range(*old)], [after.read(i) for i in range(*new)]) or ()
    for i, j in known:
        pairs[new[0] + j - first] = old[0] + i
    for a, b, c, d in stretches(known, old[1] - old[0], new[1] - new[0]):
        kinds = before.kinds[old[0] + a : old[0] + b], after.kinds[new[0] + c : new[0] + d]
        for i, j in matches(*kinds) or ():
            pairs[new[0] + c + j - first] = old[0] + a + i
