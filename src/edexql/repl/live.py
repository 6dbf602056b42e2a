"""What is known of the line being typed, kept up to date from behind: its mistakes and its count."""

from __future__ import annotations

from edexql.language.source import movement
from edexql.repl.lines import VERBS, line
from edexql.repl.watching import CALM, Job, Watcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edexql.compiler.request import Setting
    from edexql.repl.looking import Mistake
    from edexql.repl.session import Session

    Fragments = list[tuple[str, str]]

# Counting waits longer than looking for mistakes does: it costs more, and is read later.
CALM_BEFORE_COUNTING = 4 * CALM


class Live:
    """The findings of the line at the prompt. `redraw` is called from other threads when there are new ones."""

    def __init__(self, session: Session, redraw: Callable[[], None]) -> None:
        self._session = session
        self._redraw = redraw
        self._looked: tuple[str, tuple[Mistake, ...]] = ("", ())
        self._open: tuple[str, bool] = ("", False)
        self._shifted: tuple[str, tuple[Mistake, ...]] = ("", ())
        self._counted: tuple[Job, str | None] | None = None
        self._checker = Watcher(self._look, self._take_mistakes)
        self._counter = Watcher(self._count, self._take_count, CALM_BEFORE_COUNTING)

    def typed(self, text: str) -> None:
        """The line is this now."""
        job = Job(self._session.current.text, text)
        self._checker.look_at(job)
        if self._session.choice("live") == "on":
            self._counter.look_at(job)

    def close(self) -> None:
        self._checker.close()
        self._counter.close()

    def mistakes(self, text: str) -> tuple[Mistake, ...]:
        """The mistakes of a line; while they are looked for anew, those found before, where they stand now."""
        before, found = self._looked
        if before == text:
            return found
        if self._shifted[0] != text:
            self._shifted = (text, tuple(_moved(found, before, text)))
        return self._shifted[1]

    def goes_on(self, text: str) -> bool:
        """Whether a line goes on in the next one; most often that was found out while it was typed."""
        if self._open[0] == text:
            return self._open[1]
        from edexql.repl.looking import goes_on

        return goes_on(text)

    def toolbar(self, text: str, found: tuple[Mistake, ...], cursor: int, width: int) -> Fragments:
        """What there is to say: the mistake at the cursor or the first one; without an error the count, and doubts."""
        typed = line(text)
        if typed.kind == "verb":
            return [("class:toolbar.help", f"{typed.name}: {VERBS[typed.name].summary}"[:width])]
        worst = min(found, key=lambda one: (one.severity, not one.span.start <= cursor <= one.span.end), default=None)
        if worst is not None and worst.severity == "error":
            return _fitted("class:toolbar.error", worst.message, "class:toolbar.help", worst.help or "", width)
        count = self._count_text(text)
        return _fitted("class:toolbar", count, "class:toolbar.warning", worst.message if worst else "", width)

    def _count_text(self, text: str) -> str:
        if self._counted is None or self._counted[1] is None:
            return "" if self._session.current.text.strip() or text.strip() else "`help` tells how to begin"
        job, count = self._counted
        if job != Job(self._session.current.text, text):
            return f"… {count}"
        return f"{'with this: ' if text.strip() else ''}{count}"

    # In the threads that look and count

    def _look(self, job: Job) -> tuple[Mistake, ...]:
        from edexql.repl.looking import goes_on, mistakes

        # Writing to the disk is not for the thread that draws.
        self._session.state.draft(job.typed)
        self._open = (job.typed, goes_on(job.typed))
        return mistakes(job, self._setting()) if self._session.choice("live") == "on" else ()

    def _count(self, job: Job) -> str | None:
        from edexql.repl.looking import count

        return count(job, self._setting(), self._session.catalogue)

    def _setting(self) -> Setting:
        return self._session.setting()

    def _take_mistakes(self, job: Job, found: tuple[Mistake, ...] | None) -> None:
        self._looked = self._shifted = (job.typed, found or ())
        self._redraw()

    def _take_count(self, job: Job, found: str | None) -> None:
        self._counted = (job, found)
        self._redraw()


def _fitted(style: str, text: str, other_style: str, other: str, width: int) -> Fragments:
    """Two texts for a window of this width: on one line, else on two, clipped where even that is too short."""
    if len(text) + len(other) + 2 <= width:
        return [(style, text), (other_style, f"{'; ' if text and other else ''}{other}")]
    return [(style, clipped(text, width)), (other_style, f"\n{clipped(other, width)}" if text and other else "")]


def clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def _moved(found: tuple[Mistake, ...], before: str, after: str) -> Iterator[Mistake]:
    """Mistakes as they stand in a text after an edit, but for those that it touches."""
    from edexql.repl.looking import Mistake

    place = movement(before, after)
    for one in found:
        span = place(one.span)
        if span is not None:
            yield Mistake(span, one.code, one.message, one.help)
