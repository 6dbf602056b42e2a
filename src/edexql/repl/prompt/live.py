"""What is known of the line being typed, kept up to date by threads: its mistakes and its count."""

from __future__ import annotations

import threading

from edexql.base.record import Record
from edexql.language.source import movement
from edexql.repl.lines import VERBS, line
from edexql.repl.session import OFF, ON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from edexql.repl.prompt.counts import Counts
    from edexql.repl.prompt.mistakes import Mistake
    from edexql.repl.session import Session

    Fragments = list[tuple[str, str]]


# Seconds in which nothing more is typed before the work begins.
CALM = 0.06


class Job(Record):
    """What is looked at: the text of the current query, and what is typed and not entered yet."""

    current: str
    typed: str


class Watcher:
    """A thread that works on the newest job.

    `work` is called in it, and then `done` with the job and what the work gave, unless a newer job has
    come meanwhile. The job that was done last is not done again. `ended` is called in it at its end.
    """

    def __init__(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Job, Any], None],
        calm: float = CALM,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._work = work
        self._ended = ended
        self._done = done
        self._calm = calm
        self._changed = threading.Condition()
        self._job: Job | None = None
        self._last: Job | None = None
        self._over = False
        self._thread: threading.Thread | None = None

    def look_at(self, job: Job) -> None:
        """Work on this, and on nothing that came before."""
        with self._changed:
            if job == (self._job or self._last):
                return
            self._job = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="edexql watcher", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self, patience: float = 0) -> None:
        """End the thread, after the job that it is at, and wait for that for so many seconds."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                result = self._work(job)
            except Exception:  # noqa: BLE001  # the error is reported when the text is entered
                result = None
            if self._job is None:
                self._done(job, result)
        self._ended()

    def _next(self) -> Job | None:
        """The newest job, once no newer one has come for a moment; None at the end."""
        with self._changed:
            while not self._over:
                job = self._job
                if job is None:
                    self._changed.wait()
                elif not self._changed.wait_for(lambda: self._over or self._job is not job, self._calm):  # noqa: B023
                    self._job, self._last = None, job
                    return job
            return None


# A program that ends while a library of its engine is at work may be ended by that.
PATIENCE = 10
# Counting waits longer than looking for mistakes does: it costs more, and is read later.
CALM_BEFORE_COUNTING = 4 * CALM


class Live:
    """The findings of the line at the prompt. `redraw` is called from other threads when there are new ones."""

    def __init__(self, session: Session, redraw: Callable[[], None]) -> None:
        self._session = session
        self._redraw = redraw
        self._last_mistakes: tuple[str, tuple[Mistake, ...]] = ("", ())
        self._open: tuple[str, bool] = ("", False)
        self._shifted: tuple[str, tuple[Mistake, ...]] = ("", ())
        self._counted: tuple[Job, str | None] | None = None
        self._counts: Counts | None = None
        self._checker = Watcher(self._look, self._take_mistakes)
        self._counter = Watcher(self._count, self._take_count, CALM_BEFORE_COUNTING, self._no_more_counts)

    def typed(self, text: str) -> None:
        """The line is this now."""
        job = Job(self._session.current.text, text)
        self._checker.look_at(job)
        self._counter.look_at(job)

    def close(self) -> None:
        self._checker.close()
        is_engine = self._counts is not None and self._counts.interrupted()
        self._counter.close(PATIENCE if is_engine else 0)

    def mistakes(self, text: str) -> tuple[Mistake, ...]:
        """The mistakes of a line; while they are looked for again, those found before, where they stand now."""
        before, last_mistakes = self._last_mistakes
        if before == text:
            return last_mistakes
        if self._shifted[0] != text:
            self._shifted = (text, _moved(last_mistakes, before, text))
        return self._shifted[1]

    def goes_on(self, text: str) -> bool:
        """Whether a line goes on in the next one; most often that was found out while it was typed."""
        if self._open[0] == text:
            return self._open[1]
        from edexql.repl.prompt.mistakes import goes_on

        return goes_on(text)

    def toolbar(self, text: str, mistakes: tuple[Mistake, ...], cursor: int, width: int) -> Fragments:
        """What there is to say: the mistake at the cursor or the first one; without an error the count, and doubts."""
        typed = line(text)
        if typed.kind == "verb":
            return [("class:toolbar.help", f"{typed.name}: {VERBS[typed.name].summary}"[:width])]
        worst = min(
            mistakes, key=lambda one: (one.severity, not one.span.start <= cursor <= one.span.end), default=None
        )
        if worst is not None and worst.severity == "error":
            return _fitted("class:toolbar.error", worst.message, "class:toolbar.help", worst.help or "", width)
        count = self._count_text(text)
        return _fitted("class:toolbar", count, "class:toolbar.warning", worst.message if worst else "", width)

    def _count_text(self, text: str) -> str:
        if self._counted is None or self._counted[1] is None:
            return "" if self._session.current.text.strip() or text.strip() else "`help` shows how to begin"
        job, count = self._counted
        if job != Job(self._session.current.text, text):
            return f"… {count}"
        return f"{'with this: ' if text.strip() else ''}{count}"

    # In the threads that look and count: neither reading a setting nor writing a draft is for the thread that draws.

    def _look(self, job: Job) -> tuple[Mistake, ...]:
        from edexql.repl.prompt.mistakes import goes_on, mistakes

        self._session.state.draft(job.typed)
        self._open = (job.typed, goes_on(job.typed))
        live = self._session.choice("live") != OFF
        return mistakes(job.current, job.typed, self._session.setting()) if live else ()

    def _count(self, job: Job) -> str | None:
        if self._session.choice("live") != ON:
            return None
        if self._counts is None:
            from edexql.repl.prompt.counts import Counts

            self._counts = Counts(self._session)
        return self._counts.count(job.current, job.typed)

    def _no_more_counts(self) -> None:
        if self._counts is not None:
            self._counts.close()

    def _take_mistakes(self, job: Job, mistakes: tuple[Mistake, ...] | None) -> None:
        self._last_mistakes = self._shifted = (job.typed, mistakes or ())
        self._redraw()

    def _take_count(self, job: Job, count: str | None) -> None:
        self._counted = (job, count)
        self._redraw()


def _fitted(style: str, text: str, other_style: str, other: str, width: int) -> Fragments:
    """Two texts for a window of this width: on one line, else on two, clipped where even that is too short."""
    if len(text) + len(other) + 2 <= width:
        return [(style, text), (other_style, f"{'; ' if text and other else ''}{other}")]
    return [(style, clipped(text, width)), (other_style, f"\n{clipped(other, width)}" if text and other else "")]


def clipped(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def _moved(mistakes: tuple[Mistake, ...], before: str, after: str) -> tuple[Mistake, ...]:
    """Mistakes as they stand in a text after an edit, but for those that it touches."""
    from edexql.repl.prompt.mistakes import Mistake

    place = movement(before, after)
    moved = []
    for one in mistakes:
        span = place(one.span)
        if span is one.span:
            moved.append(one)
        elif span is not None:
            moved.append(Mistake(span, one.code, one.message, one.help))
    return tuple(moved)
