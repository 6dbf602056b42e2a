"""How much a call may do with a text: characters, seconds, and until it is cancelled.

A call that has a limit has a watch, which `source.WATCHES` has by thread while it runs. Long loops look at it
where there is any, and are what they would be without limits where there is none.
"""

from __future__ import annotations

from threading import get_ident
from time import monotonic

from edexql.base.record import Record
from edexql.language.diagnostics import Diagnostic
from edexql.language.source import WATCHES, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    from edexql.language.source import Source

    T = TypeVar("T")

# Tokens, or statements, between two looks at the time.
_EVERY = 64


class Limit(Record):
    """How much a call may do, for programs that are given texts by others: `limit=edexql.Limit(characters=20_000)`.

    `characters` is the most that a text may have, in code points. `seconds` is how long a call may take, of time that
    passes. `cancelled` is a function without arguments, such as the `is_set` of a `threading.Event`, that says whether
    the call is to end; it is called often, in the thread of the call. None limits nothing.
    """

    characters: int | None = None
    seconds: float | None = None
    cancelled: Callable[[], bool] | None = None


class Stop(BaseException):
    """The call is to end, for a reason in words. No `except Exception` on its way keeps it from doing so."""


def _watch(limit: Limit) -> Callable[[], None]:
    """What raises Stop where a call that begins now is to end."""
    cancelled, seconds = limit.cancelled, limit.seconds
    end = None if seconds is None else monotonic() + seconds

    def watch() -> None:
        if cancelled is not None and cancelled():
            raise Stop("the work was cancelled")
        if end is not None and monotonic() >= end:
            raise Stop(f"the work took longer than the limit of {seconds:g} s")

    return watch


def look() -> None:
    """End the call where it is to end."""
    watch = WATCHES.get(get_ident())
    if watch is not None:
        watch()


def watched(items: Iterable[T], every: int = _EVERY) -> Iterator[T]:
    """The same items; the call may end before each, or each of so many."""
    watch = WATCHES.get(get_ident())
    for number, item in enumerate(items):
        if watch is not None and not number % every:
            watch()
        yield item


def watched_step(step: Callable[[int, Any], bool]) -> Callable[[int, Any], bool]:
    """The same step of a parser; the call may end now, and before each of so many."""
    watch = WATCHES.get(get_ident())
    if watch is None:
        return step
    watch()
    count = 0

    def steps(kind: int, value: Any) -> bool:
        nonlocal count
        count += 1
        if not count % _EVERY:
            watch()
        return step(kind, value)

    return steps


def limited(limit: Limit, source: Source, action: Callable[[], T]) -> T:
    """What an action gives within a limit. Raises QueryError, with E211 or E212, where it is reached."""
    from edexql.language.diagnostics.query_error import QueryError

    if limit.characters is not None and len(source.text) > limit.characters:
        message = f"the text has {len(source.text):,} characters; the limit is {limit.characters:,}"
        raise QueryError((_about(source, "E211", message, "shorten it, or split it into several queries"),))
    thread = get_ident()
    outer = WATCHES.get(thread)
    WATCHES[thread] = watch = _watch(limit)
    try:
        watch()
        return action()
    except Stop as stop:
        if outer is not None:
            outer()
        help = "shorten the query, or split it into several"
        raise QueryError((_about(source, "E212", str(stop), help),)) from None
    finally:
        if outer is None:
            del WATCHES[thread]
        else:
            WATCHES[thread] = outer


def _about(source: Source, code: str, message: str, help: str) -> Diagnostic:
    return Diagnostic(code, message, source, Span(0, 0), help=help)
