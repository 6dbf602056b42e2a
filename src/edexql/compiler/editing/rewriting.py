"""A statement without some of its tokens, or with other texts for some."""

from __future__ import annotations

from edexql.language.lexer import CLOSING, COMMENT, FIRST_READ, JOINED, JOINS_NEXT, JOINS_PREVIOUS, KIND, OPENING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from edexql.language.lexer import Tokens
    from edexql.language.source import Span

_COMMA = KIND["_COMMA"]


def rewritten(tokens: Tokens, first: int, last: int, gone: Container[int], instead: Mapping[int, str]) -> str:
    """The text of a statement, from its first token to its last, without `gone` and with `instead` for some tokens.

    All comments stay. One behind which a line break would now end the statement comes before it, on a line of
    its own; the text ends with a line break where a comment ends it.
    """
    kinds = tokens.kinds
    kept = [i for i in range(first, last + 1) if kinds[i] != JOINED and (i not in gone or kinds[i] == COMMENT)]
    moved: list[str] = []
    pieces: list[str] = []
    depth, before = 0, -1
    for index, following in zip(kept, _following(kinds, kept), strict=True):
        kind = kinds[index]
        if kind == COMMENT:
            joined = depth or following < 0 or kinds[before] in JOINS_NEXT or kinds[following] in JOINS_PREVIOUS
            if before < 0 or not joined:
                moved.append(f"{tokens.read(index)}\n")
            else:
                pieces.append(f"  {tokens.read(index)}\n")
            continue
        if before == index - 1:
            glued = before >= 0 and tokens.ends[before] == tokens.starts[index]
        else:
            glued = kinds[before] in OPENING or kind in CLOSING
        pieces += ("" if glued or before < 0 else " ", instead.get(index) or tokens.read(index))
        depth += (kind in OPENING) - (kind in CLOSING)
        before = index
    return "".join(moved + pieces)


def splice_of(text: str, span: Span, new: str) -> tuple[int, int, str]:
    """The splice that puts a new text in the place of a statement, in a text that is laid out."""
    ends_line = new.endswith("\n") and text[span.end : span.end + 1] in ("\n", "")
    return span.start, span.end, new[:-1] if ends_line else new


def without_elements(tokens: Tokens, ranges: Sequence[tuple[int, int]], lost: Container[int]) -> set[int]:
    """The tokens that go with elements of a list, which `lost` tells by their place in it, and the commas between."""
    gone: set[int] = set()
    last_kept = max((place for place in range(len(ranges)) if place not in lost), default=-1)
    for place, (first, last) in enumerate(ranges):
        if place in lost:
            gone.update(i for i in range(first, last + 1) if tokens.kinds[i] >= FIRST_READ)
        if place + 1 < len(ranges) and (place in lost or place >= last_kept):
            gone.update(i for i in range(last + 1, ranges[place + 1][0]) if tokens.kinds[i] == _COMMA)
    return gone


def _following(kinds: Sequence[int], kept: Sequence[int]) -> list[int]:
    """For each token kept, the next that is read, -1 behind the last."""
    found: list[int] = []
    following = -1
    for index in reversed(kept):
        found.append(following)
        if kinds[index] != COMMENT:
            following = index
    return found[::-1]
