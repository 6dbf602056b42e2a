"""What the commands that draw have in common: from when to when, in characters, and to files."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from edexql.commands.exits import UsageError
from edexql.terminal.diagnostics import coloured

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from edexql.compiler.request import Setting
    from edexql.pictures.picture import Picture


def span(options: argparse.Namespace, setting: Setting) -> tuple[int | None, int | None]:
    """The times that `--start` and `--end` name, in UTC seconds since 1970. Raises QueryError and UsageError."""
    from edexql.compiler.moments import end_second, first_second

    try:
        start = None if options.start is None else first_second(options.start, setting.today, setting.vocabulary)
        end = None if options.end is None else end_second(options.end, setting.today, setting.vocabulary)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if start is not None and end is not None and start >= end:
        raise UsageError("--start is not before --end: exchange them")
    return start, end


@contextmanager
def advice() -> Iterator[None]:
    """Errors of pictures say by which options the command line is given what they lack."""
    from edexql.pictures.model import FEWER_TIMES, TIMES, PictureError

    try:
        yield
    except PictureError as error:
        fewer = "name --start and --end that are nearer, or --match or --file"
        raise error.advised(
            {TIMES: "name --start and --end, or other dates in the query", FEWER_TIMES: fewer}
        ) from error


def draw(picture: Picture, width: int, options: argparse.Namespace) -> None:
    """Write a picture in characters to standard output, in letters that it can write."""
    text = picture.text(width, colour=coloured(sys.stdout, options.color))
    sys.stdout.write(writable(text, sys.stdout.encoding or "utf-8"))


def writable(text: str, encoding: str) -> str:
    """A drawing in the letters of an encoding: a terminal that has no Braille gets colons for dots."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(
            letter if letter.isascii() else ":" if "\u2801" <= letter <= "\u28ff" else "." if letter == "·" else " "
            for letter in text
        )
    return text


def write(picture: Callable[[], Picture], options: argparse.Namespace) -> None:
    """Write a picture to the files that `--svg` and `--png` name; it is made where there is one. Raises UsageError."""
    from edexql.commands.inputs import replace

    if options.svg is None and options.png is None:
        return
    drawn = picture()
    if options.svg is not None:
        replace(options.svg, drawn.svg().encode())
    if options.png is not None:
        replace(options.png, drawn.png())
