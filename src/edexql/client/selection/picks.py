"""Choosing files of a list by a few words: numbers, names, sizes and times.

    3        1-5          the third file; the first five
    *.h5     FAI_*        by name, as a shell has it
    >1GB     <=500MB      by size
    2019-05  2019-05-01T15:00..T16:00     files of these times, as `date` takes them
    !*.png                all but those
    *.h5&>1GB             what meets both

Words are taken in their order: each adds files, or takes some away where it begins with `!`.
"""

from __future__ import annotations

import re
from fnmatch import translate

from edexql.base.errors import EdexqlError
from edexql.base.text import shown
from edexql.base.units import bytes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from edexql.model.answer import File
    from edexql.model.period import Period

_NUMBERS = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_SIZE = re.compile(r"(<=|>=|<|>|=)\s*(.+)")
_TIME = re.compile(r"\d{4}-\d\d\d?(?!\d)|\d{4}\.\.|\.\.\d{4}|\d{4}$|today|yesterday", re.IGNORECASE)
_MOST_WORDS = 10_000
_LONGEST = 1000


class PickError(EdexqlError, ValueError):
    """A word that chooses nothing that could be meant."""

    __module__ = "edexql"


def pick(files: Sequence[File], words: Sequence[str]) -> tuple[bool, ...]:
    """Which of the files the words choose: all where there are none, or where the first takes away.

    Raises PickError for a word that is not understood, a number that no file has, and a name that none has.
    """
    if len(words) > _MOST_WORDS:
        raise PickError(f"there are more than {_MOST_WORDS} words that choose files")
    chosen = [not words or words[0].startswith("!")] * len(files)
    names = frozenset(file.name for file in files)
    for word in words:
        adds = not word.startswith("!")
        for place in _meant(files, names, word.removeprefix("!").strip()):
            chosen[place] = adds
    return tuple(chosen)


def _meant(files: Sequence[File], names: frozenset[str], word: str) -> Collection[int]:
    if len(word) > _LONGEST:
        raise PickError(f"{shown(word)} is longer than a name can be")
    if word in names or "&" not in word:
        return _places(files, names, word)
    parts = [_places(files, names, part.strip()) for part in word.split("&")]
    return set(parts[0]).intersection(*parts[1:])


def _places(files: Sequence[File], names: frozenset[str], word: str) -> Collection[int]:
    if word in names:
        return _by_name(files, word)
    match = _NUMBERS.fullmatch(word)
    # 2019-05 is a month: as numbers it would go backwards.
    if match and (match[2] is None or int(match[1]) <= int(match[2])) and not _is_day_of_year(word, len(files)):
        return _by_number(len(files), int(match[1]), int(match[2] or match[1]), word)
    if match := _SIZE.fullmatch(word):
        return _by_size(files, match[1], match[2], word)
    if _TIME.match(word) or _is_day_of_year(word[:7], len(files)):
        return _by_time(files, word)
    return _by_name(files, word)


def _is_day_of_year(word: str, count: int) -> bool:
    """Whether a number is a day as `2019121`, and not one of the files."""
    return re.fullmatch(r"(?:19|20)\d{5}", word) is not None and int(word) > count


def _by_number(count: int, first: int, last: int, word: str) -> range:
    if not 1 <= first <= last <= count:
        there = f"there are files 1 to {count}" if count else "there are no files"
        year = f"; for the year write {word}..{word}" if re.fullmatch(r"(?:19|20)\d\d", word) else _as_a_time(word)
        raise PickError(f"there is no file {shown(word)}: {there}{year}")
    return range(first - 1, last)


def _by_size(files: Sequence[File], comparison: str, text: str, word: str) -> list[int]:
    bound = bytes_of(text)
    # A prefix alone would be a power of two, and sizes of a listing are shown in powers of ten.
    if bound is None or text.strip()[-1] in "kKMGTPmgtp":
        raise PickError(f"{shown(word)} is not a size: write it as >1.5GB or <=500MB")
    tests: dict[str, Callable[[int], bool]] = {
        "<": lambda size: size < bound,
        "<=": lambda size: size <= bound,
        ">": lambda size: size > bound,
        ">=": lambda size: size >= bound,
        "=": lambda size: size == bound,
    }
    fits = tests[comparison]
    return [place for place, file in enumerate(files) if file.size is not None and fits(file.size)]


def _by_time(files: Sequence[File], word: str) -> list[int]:
    periods = _periods(word)
    return [
        place
        for place, file in enumerate(files)
        if file.period is not None and any(_meets(file.period, period) for period in periods)
    ]


def _by_name(files: Sequence[File], word: str) -> list[int]:
    if not word:
        raise PickError("an empty word matches nothing: write *, a number, a name, a size or a time")
    # `**` means no more than `*` here, and would take time.
    pattern = re.compile(translate(re.sub(r"\*+", "*", word)))
    matching = [place for place, file in enumerate(files) if file.name == word or pattern.match(file.name)]
    if not matching and files:
        raise PickError(f"none of the {len(files)} files is called {shown(word)}{_as_a_time(word)}")
    return matching


def _as_a_time(word: str) -> str:
    """What to write where a word is a time in another notation."""
    from edexql.language.recovery.period_notations import read

    reading = read(word)
    return f"; for the time {reading.help}" if reading and reading.texts else ""


def _periods(word: str) -> list[Period]:
    """The periods of a word, as `date` reads them."""
    from edexql.compiler.request import Setting, query_of
    from edexql.language.diagnostics.query_error import QueryError
    from edexql.language.source import Source
    from edexql.model.period import Period as Span

    try:
        # A word of several statements, or with a comment, would be read as more than a time.
        if re.search(r"[;#\n\r]", word):
            raise PickError(f"{shown(word)} is not a time: write it as 2019-05-01 or 2019-05-01T15:00..T16:00")
        query = query_of(Source(f"date {word}", "<word>"), Setting())
    except QueryError as error:
        first = next(diagnostic for diagnostic in error.diagnostics if diagnostic.is_error)
        raise PickError(f"{shown(word)}: {first.message}" + (f": {first.help}" if first.help else "")) from error
    return [constraint.value for constraint in query.constraints if isinstance(constraint.value, Span)]


def _meets(one: Period, other: Period) -> bool:
    begins = other.end is None or one.start is None or one.start < other.end
    return begins and (other.start is None or one.end is None or other.start < one.end)
