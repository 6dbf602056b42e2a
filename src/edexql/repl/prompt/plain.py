"""Lines read plainly: nothing is drawn over, so that a screen reader says each line once."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.language.lexer import is_open
from edexql.terminal.signals import repeated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from edexql.repl.session import Session


# Seconds between two looks at a line that is being typed.
_PAUSE = 0.4


class PlainReader:
    """Reads with `input`, and with the line editing of readline where Python has it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._readline = _readline()
        if self._readline is not None:
            self._readline.set_completer(self._complete)
            self._readline.set_completer_delims("")
            self._readline.parse_and_bind("tab: complete")
            for text in reversed(session.state.newest(500)):
                self._readline.add_history(text.replace("\n", " "))
        self._candidates: list[str] = []

    def __enter__(self) -> PlainReader:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self) -> str:
        """The next input. Raises EOFError and KeyboardInterrupt."""
        try:
            return self._read()
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            raise

    def _read(self) -> str:
        if self._session.draft:
            sys.stdout.write("".join(f"{printable(line)}\n" for line in self._session.draft.split("\n")))
            answer = input("take this? yes or no: ")
            draft, self._session.draft = self._session.draft, ""
            return draft if answer.strip().lower() in ("y", "yes") else ""
        lines = [self._line("query: ", [])]
        while is_open("\n".join(lines)):
            lines.append(self._line("more: ", lines))
        text = "\n".join(lines)
        self._session.state.remember(text)
        return text

    def _line(self, prompt: str, before: list[str]) -> str:
        """A line, typed behind others; what there is of it is kept meanwhile."""
        kept = "\n".join(before)
        self._session.state.draft(kept)

        def keep(*_: object) -> None:
            nonlocal kept
            typed = "\n".join([*before, self._readline.get_line_buffer()])
            if typed != kept:
                kept = typed
                self._session.state.draft(typed)

        if self._readline is None:
            return input(prompt)
        # Between two keys, in this thread: no other may look at the line, since readline moves it while it grows.
        with repeated(keep, _PAUSE):
            return input(prompt)

    def _complete(self, text: str, number: int) -> str | None:
        if number == 0:
            from edexql.repl.prompt.completion import completions

            candidates = completions(self._session, text, len(text))[:50]
            self._candidates = [text[: candidate.start] + candidate.text for candidate in candidates]
        return self._candidates[number] if number < len(self._candidates) else None


def _readline() -> Any:
    try:
        import readline
    except ImportError:
        return None
    return readline
