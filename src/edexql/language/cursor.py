"""Where in a text someone is writing: the word under the cursor, and what fits in its place.

What fits is read off the parser's own states. The cursor can stand for more than one thing: after `>`
a value may follow, or the sign may become `>=`; on a new line a statement may begin, or the logic before go on.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.language.driver import Driver, reductions
from edexql.language.lexer import (
    COMMENT,
    COMPARISONS,
    FIRST_READ,
    JOINED,
    KIND,
    NAME,
    NEWLINE,
    STRAY,
    STRAY_QUOTE,
    Tokens,
    join_lines,
    scan,
)
from edexql.language.recovery.surroundings import SEPARATORS, STATEMENT_HEADS, Surroundings
from edexql.language.source import WATCHES
from edexql.language.tables import NODES, WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DATE, _DOTS, _SLASH = KIND["_DATE"], KIND["DOTS"], KIND["SLASH"]
_NUMBER, _MOMENT, _UNIT = KIND["NUMBER"], KIND["MOMENT"], KIND["UNIT"]
_VALUES = ("MOMENT", "CLOCK", "NUMBER", "PATTERN", "ADDRESS", "UNIT", "STRING", "PARAMETER", "NAME")
_WORD_KINDS = frozenset({KIND[name] for name in _VALUES} | set(WORDS.values()))
_HEADS = STATEMENT_HEADS | {NAME}
# What more may be written onto a number or a date without a space: `5` may become `5..` or `5km`.
_ONTO = frozenset({_DOTS, _UNIT})
_NUMERIC = frozenset(KIND[name] for name in ("MOMENT", "CLOCK", "NUMBER"))
_ALL = frozenset(KIND.values())
_SIGNS = COMPARISONS | {_DOTS}
# Words of logic, which continue a statement that could have ended with its line.
_GOING_ON = frozenset(KIND[name] for name in ("_AND", "_OR", "_NOT"))
# With these a word of another kind begins: a parameter, a range, a negative number.
_BEGINNINGS = frozenset("$.+-")
_ENDS_OF_TEXT = frozenset('>,;#")')


class Place(Record):
    """A place where a word is written, or could be.

    `tokens` are those of the whole text, one of which, at the index `word`, is the word: it reaches past the
    cursor, has no text where none was begun, and its kind says nothing. `typed` is its part before the cursor.
    `expected` are the kinds of token that fit in its place. `first` is where its statement begins. `read` are
    the tokens before it that the parser took, from the head of the constraint or else of the statement on; it is
    empty at the beginning of a statement.
    """

    tokens: Tokens
    word: int
    typed: str
    expected: frozenset[int]
    first: int
    read: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.tokens.starts[self.word]

    @property
    def end(self) -> int:
        return self.tokens.ends[self.word]

    @property
    def head(self) -> str:
        """The word that the constraint, or else the statement, begins with; empty at its beginning."""
        return self.tokens.read(self.read[0]).lower() if self.read else ""

    @property
    def last(self) -> int:
        """The kind of the token before the word, -1 at the beginning of a statement."""
        return self.tokens.kinds[self.read[-1]] if self.read else -1

    def fits(self, *names: str) -> bool:
        """Whether tokens of all these kinds fit here."""
        return all(KIND[name] in self.expected for name in names)

    def behind(self) -> Iterator[int]:
        """The tokens of the statement that stand after the word, and that the parser reads."""
        kinds = self.tokens.kinds
        for i in range(self.word + 1, len(kinds)):
            if kinds[i] in SEPARATORS:
                break
            if kinds[i] >= FIRST_READ:
                yield i


def readings(text: str, position: int) -> Iterator[tuple[Place, ...]]:
    """The places that the cursor can stand for, the likeliest first; none inside a comment.

    Where the first reading has nothing to say, the next one is tried: in it the line of the cursor is a
    statement of its own, though a bracket or a comma above it is left open.
    """
    position = min(max(position, 0), len(text))
    before = scan(text[:position])
    last = before.count - 2
    touching = last >= 0 and before.ends[last] == position
    kind = before.kinds[last] if touching else NEWLINE
    if kind == COMMENT:
        return
    start = _start(before, last) if touching else position
    sign = kind in _SIGNS or text[start:position] == "."
    prefix = _Text(text, before, start, position)
    whole = prefix.end == position
    places_to_try: list[tuple[int, int, frozenset[int]]] = []
    if not sign:
        places_to_try.append((start, NAME, _ALL))
        if whole and kind in _NUMERIC:
            places_to_try.append((position, NAME, _ONTO))
    else:
        if whole and kind in _SIGNS:
            places_to_try.append((position, NAME, _ALL))
        places_to_try.append((start, _DOTS if kind == STRAY else kind, _ALL))
    places = [_only(prefix.place(begin, kind), allowed) for begin, kind, allowed in places_to_try]
    going_on = prefix.place(start, KIND["_AND"])
    more = [_only(going_on, _GOING_ON)] if going_on.first < places[0].first else []
    yield (*places, *more)
    yield tuple(
        _only(_read(place.tokens, line, place.word, place.typed), allowed)
        for place, (_, _, allowed) in zip(places, places_to_try, strict=True)
        for line in (_line(place),)
        if line > place.first and (line < place.word or place.typed)
    )


class _Text:
    """The tokens before and after a word that begins at `start` and was typed up to `position`."""

    def __init__(self, text: str, before: Tokens, start: int, position: int) -> None:
        self._text = text
        self._before = before
        self._position = position
        self.end = _end(text, start, position)
        self._behind = scan(text[self.end :])

    def place(self, start: int, kind: int) -> Place:
        """The place of a word from `start` on, lines joined as they are before a token of this kind."""
        before, behind, end = self._before, self._behind, self.end
        count = before.count - 1
        while count and before.ends[count - 1] > start:
            count -= 1
        kinds = before.kinds[:count] + bytes([kind]) + behind.kinds
        starts, ends = before.starts[:count], before.ends[:count]
        if count < before.count - 1 and before.starts[count] < start:
            # A sign at the end of other characters that mean nothing.
            kinds.insert(count, STRAY)
            starts.append(before.starts[count])
            ends.append(start)
            count += 1
        starts.append(start)
        ends.append(end)
        starts.extend(offset + end for offset in behind.starts)
        ends.extend(offset + end for offset in behind.ends)
        join_lines(kinds)
        first = count
        while first and kinds[first - 1] not in SEPARATORS:
            first -= 1
        return _read(Tokens(self._text, kinds, starts, ends), first, count, self._text[start : self._position])


def _start(before: Tokens, last: int) -> int:
    """Where the word begins that the last token belongs to; after it where that is no word."""
    kind, text = before.kinds[last], before.text
    if kind == STRAY and text[-1] in _BEGINNINGS:
        return len(text) - 1
    if kind == STRAY_QUOTE and before.read(last).startswith('"'):
        return before.starts[last]
    if last and before.ends[last - 1] == before.starts[last] and _halves(before, last):
        return before.starts[last - 1]
    return before.starts[last] if kind in _WORD_KINDS | _SIGNS else len(text)


def _halves(before: Tokens, last: int) -> bool:
    """Whether the last two tokens are one that is being written."""
    kinds, first, second = before.kinds[last - 1 : last + 1], before.read(last - 1), before.read(last).upper()
    # A year and the hyphen before its month; a day and the letter before its time; `km/` before the second.
    year = kinds == bytes([_NUMBER, _UNIT]) and len(first) == 4 and second == "-"
    day = kinds == bytes([_MOMENT, NAME]) and second == "T"
    return year or day or (kinds == bytes([NAME, _SLASH]) and first in ("m", "km", "cm"))


def _end(text: str, start: int, position: int) -> int:
    """Where the word ends that begins at `start` and reaches to the cursor at least."""
    if start == position:
        return position
    begin = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    stop = min((at for at in (text.find("\n", position), text.find("\r", position)) if at >= 0), default=len(text))
    line = scan(text[begin:stop])
    index = next((i for i in range(line.count) if line.starts[i] == start - begin), None)
    if text[start] == '"' and (index is None or not _closed(line, index)):
        end = position
        while end < stop and text[end] not in _ENDS_OF_TEXT:
            end += 1
        return max(position, start + len(text[start:end].rstrip()))
    return position if index is None else max(position, begin + line.ends[index])


def _closed(line: Tokens, index: int) -> bool:
    """Whether the quotes that begin here are closed, and not by the first quote of the next text."""
    return line.kinds[index] != STRAY_QUOTE and STRAY_QUOTE not in line.kinds[index + 1 :]


def _read(tokens: Tokens, first: int, word: int, typed: str) -> Place:
    """Read a statement up to a word. What does not fit is skipped, or begins a statement where it begins a line."""
    near, kinds = Surroundings(tokens), tokens.kinds
    driver = _driver()
    step = _step(driver)
    read: list[int] = []
    index = first
    while index < word:
        kind = kinds[index]
        if kind < FIRST_READ:
            index += 1
            continue
        begins = kind in _HEADS and driver.accepts((_DATE,)) == 1
        if step(kind, index):
            if begins:
                read.clear()
            read.append(index)
            index += 1
            continue
        line = next((i for i in (index, *read[-1:]) if i > first and near.begins_line(i)), None)
        if line is None:
            index += 1
            continue
        first = index = line
        driver = _driver()
        step = _step(driver)
        read.clear()
    return Place(tokens, word, typed, driver.expected(), first, tuple(read))


def _line(place: Place) -> int:
    """The token that the line of the word begins with."""
    kinds = place.tokens.kinds
    index = place.word
    while index and kinds[index - 1] not in (JOINED, NEWLINE):
        index -= 1
    return index


def _only(place: Place, kinds: frozenset[int]) -> Place:
    return Place(place.tokens, place.word, place.typed, place.expected & kinds, place.first, place.read)


def _driver() -> Driver:
    """A parser that makes nothing of what it reads."""
    return Driver(_REDUCTIONS, [])


def _step(driver: Driver) -> Callable[[int, int], bool]:
    if not WATCHES:
        return driver.step
    from edexql.language.limit import watched_step

    return watched_step(driver.step)


def _nothing(_: object, children: list[object]) -> None:
    pass


_REDUCTIONS = reductions([_nothing] * len(NODES))
