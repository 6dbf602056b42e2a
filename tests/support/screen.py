"""A program on a pseudo-terminal of a given size, and what its user sees there."""

from __future__ import annotations

import copy
import errno
import os
import select
import signal
import struct
import subprocess
import time
from typing import TYPE_CHECKING

import pyte
import pytest
from pyte import modes

from commands import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pyte.screens import Char

_NONE = "this system has no pseudo-terminals"
fcntl, pty, termios = (pytest.importorskip(name, reason=_NONE) for name in ("fcntl", "pty", "termios"))
# The private modes that switch to the alternate screen, as pyte numbers them.
_ALTERNATE = {number << 5 for number in (47, 1047, 1049)}
# Seconds after which what has not come will not come.
PATIENCE = 60


class Terminal:
    """A program on a terminal. To be used in a `with`, at the end of which the program is no more.

    `words` are the program and its arguments, `environment` what is changed in the environment of
    commands.environment, None for what is taken out. Lines and columns count from 0. What waits fails the test
    after `patience` seconds, and shows the screen as it was then.
    """

    def __init__(
        self,
        *words: str | os.PathLike[str],
        columns: int = 80,
        lines: int = 24,
        cwd: str | os.PathLike[str] | None = None,
        patience: float = PATIENCE,
        **changes: str | None,
    ) -> None:
        self._screen = _Screen(columns, lines, self._answer)
        self._stream = pyte.ByteStream(self._screen)
        self._patience = patience
        self._written = bytearray()
        self._end, theirs = pty.openpty()
        self._sized(columns, lines)
        os.set_blocking(self._end, False)
        try:
            self._process = subprocess.Popen(
                list(words),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                cwd=cwd,
                env=environment(**{"LINES": None, **changes}),
                start_new_session=True,
                # Without a controlling terminal there is neither Ctrl-C nor the news that its size is another.
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        except BaseException:
            os.close(self._end)
            raise
        finally:
            os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._end)

    # What the user does

    def send(self, text: str | bytes) -> None:
        """Type a text, control characters and escape sequences as keys send them."""
        data = text.encode() if isinstance(text, str) else text
        self._within(lambda: self._typed(data), f"take {data[:40]!r}")

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size, of which the program is told as by a window."""
        self._read(0)
        self._screen.resize(lines, columns)
        self._sized(columns, lines)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self._process.send_signal(number)

    @property
    def process_id(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """End the program and what it has started, if it is still there."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    # What the user waits for

    def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen, in one line of it."""
        self.wait_until(lambda: any(text in line for line in self.display), f"show {text!r}")

    def wait_gone(self, text: str) -> None:
        """Wait until a text is in no line of the screen any more."""
        self.wait_until(lambda: not any(text in line for line in self.display), f"stop showing {text!r}")

    def wait_until(self, condition: Callable[[], bool], what: str = "come so far") -> None:
        """Wait until a condition holds; `what` completes the sentence "it did not" where it never does."""
        self._within(condition, what)

    def wait(self) -> int:
        """Wait until the program ends: its exit code, or the negative number of the signal that ended it."""
        self._within(lambda: self._process.poll() is not None, "end")
        while self._read(0):
            pass
        return self._process.returncode

    # What the user sees

    @property
    def display(self) -> list[str]:
        """The lines of the screen, without the blanks that end them."""
        self._read(0)
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text, without the empty lines below."""
        return "\n".join(self.display).rstrip()

    @property
    def scrolled(self) -> list[str]:
        """The lines that have left the screen at its top, the oldest first."""
        self._read(0)
        return list(self._screen.scrolled)

    @property
    def cursor(self) -> tuple[int, int]:
        """The line and the column of the cursor."""
        self._read(0)
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def cursor_shown(self) -> bool:
        self._read(0)
        return not self._screen.cursor.hidden

    @property
    def alternate(self) -> bool:
        """Whether the program has the alternate screen, as full-screen programs do."""
        self._read(0)
        return self._screen.aside is not None

    @property
    def takes_keys(self) -> bool:
        """Whether the program reads single keys, as line editors do, and not whole lines."""
        return not termios.tcgetattr(self._end)[3] & termios.ICANON

    @property
    def title(self) -> str:
        self._read(0)
        return self._screen.title

    def style(self, line: int, column: int) -> Char:
        """A cell: its `data`, colours `fg` and `bg`, and whether it is `bold`, `italics`, `underscore`, `reverse`."""
        self._read(0)
        return self._screen.buffer[line][column]

    @property
    def transcript(self) -> bytes:
        """All that the program has written so far, as it came."""
        self._read(0)
        return bytes(self._written)

    # How it works

    def _within(self, condition: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + self._patience
        while not condition():
            if time.monotonic() > limit:
                raise AssertionError(f"in {self._patience} s it did not {what}; the screen was\n{self._framed()}")
            self._read(0.05)
            if self._process.poll() is not None and not condition():
                while self._read(0):
                    pass
                if not condition():
                    code = self._process.returncode
                    raise AssertionError(f"it ended with {code} and did not {what}; the screen was\n{self._framed()}")

    def _framed(self) -> str:
        edge = "+" + "-" * self._screen.columns + "+"
        return "\n".join([edge, *(f"|{line}|" for line in self._screen.display), edge])

    def _typed(self, data: bytes) -> bool:
        try:
            os.write(self._end, data)
        except BlockingIOError:
            return False
        return True

    def _answer(self, text: str) -> None:
        """What a terminal sends by itself, such as the place of the cursor when it is asked for it."""
        if self._process.poll() is None:
            self.send(text)

    def _read(self, seconds: float) -> bool:
        """Take in what there is to read; whether there was something."""
        if not select.select([self._end], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self._end, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            # How a pseudo-terminal says that its other end is closed.
            return False
        self._written += piece
        self._stream.feed(piece)
        return bool(piece)

    def _sized(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


class _Screen(pyte.Screen):
    """pyte's screen with what it lacks: the alternate screen, and the lines that have scrolled away."""

    def __init__(self, columns: int, lines: int, answer: Callable[[str], None]) -> None:
        self.aside: tuple[object, object] | None = None
        self.scrolled: list[str] = []
        self._answer = answer
        super().__init__(columns, lines)

    def set_mode(self, *numbers: int, **options: bool) -> None:
        super().set_mode(*numbers, **options)
        if self.aside is None and options.get("private") and _ALTERNATE & {number << 5 for number in numbers}:
            self.aside = copy.deepcopy(self.buffer), copy.copy(self.cursor)
            self.erase_in_display(2)

    def reset_mode(self, *numbers: int, **options: bool) -> None:
        super().reset_mode(*numbers, **options)
        if self.aside is not None and options.get("private") and _ALTERNATE & {number << 5 for number in numbers}:
            hidden = self.cursor.hidden
            self.buffer, self.cursor = self.aside
            self.cursor.hidden = hidden
            self.aside = None
            self.ensure_hbounds()
            self.ensure_vbounds()
            self.dirty.update(range(self.lines))

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        # Lines go at the bottom as far as the cursor lets them, and only then at the top.
        lines = lines or self.lines
        if lines < self.lines:
            gone = max(self.cursor.y + 1 - lines, 0)
            if self.aside is None:
                self.scrolled += [line.rstrip() for line in self.display[:gone]]
            left = {y - gone: line for y, line in self.buffer.items() if gone <= y < gone + lines}
            self.buffer.clear()
            self.buffer.update(left)
            self.cursor.y -= gone
            self.margins = None
            self.lines = lines
        super().resize(lines, columns)
        self.ensure_hbounds()

    def index(self) -> None:
        bottom = self.margins.bottom if self.margins else self.lines - 1
        if self.aside is None and self.cursor.y == bottom and not (self.margins and self.margins.top):
            self.scrolled.append(self.display[0].rstrip())
        super().index()

    def select_graphic_rendition(self, *numbers: int, private: bool = False) -> None:
        # With a private mark it is a question about the keyboard, not a style.
        if not private:
            super().select_graphic_rendition(*numbers)

    def report_device_status(self, mode: int, **options: bool) -> None:
        if not options.get("private"):
            super().report_device_status(mode)

    def write_process_input(self, data: str) -> None:
        self._answer(data)


assert modes.DECTCEM == 25 << 5, "pyte numbers private modes otherwise than this file takes it"
