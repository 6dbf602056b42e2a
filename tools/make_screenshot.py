"""Make the pictures of the REPL that the documentation shows.

    python tools/make_screenshot.py            # writes docs/repl.svg and docs/repl-results.svg
    python tools/make_screenshot.py --check    # exits 1 when they are not what the REPL draws

A session with the sample catalogue is typed into a real REPL on a pseudo-terminal, and its screen is written down
with its colours, as text. What `pip install -e '.[test]'` installs is needed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

import pyte.graphics

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from commands import EDEXQL  # noqa: E402
from screen import Terminal  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 84
ENTER, HOME, CLEAR_SCREEN = "\r", "\x01", "\x0c"
ASKS = "edexql>"

# Of a cell and of a line, in units of the picture; what stands round the screen.
WIDE, HIGH, FONT = 8.4, 19, 14
MARGIN, BAR = 14, 34
GROUND, INK, FAINT, FRAME = "#1e1e1e", "#e0e0e0", "#a0a0a0", "#5a5a5a"
DOTS = ("#ff5f57", "#febc2e", "#28c840")
LINE = "\n"
# What single blanks keep together; wider gaps are left to the place of what follows.
WORDS = re.compile(r"\S+(?: \S+)*")
FAMILY = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
# The terminal's own colours, by pyte's names.
PALETTE = {
    "black": "#000000",
    "red": "#ff6b6b",
    "green": "#a5e075",
    "brown": "#ffcb6b",
    "blue": "#82aaff",
    "magenta": "#e29bff",
    "cyan": "#6fd3ff",
    "white": "#e0e0e0",
    "brightblack": "#9a9a9a",
}
# pyte does not know faint text. It is taken down as blinking, which nothing here is.
pyte.graphics.TEXT[2] = "+blink"


class Look(NamedTuple):
    """How a stretch of text is drawn."""

    ink: str
    ground: str
    bold: bool
    italic: bool
    underlined: bool


def prompt_picture() -> str:
    """A line being typed: the answers above it, its mistake underlined, what its numbers stand for below."""
    typed = "logic (1 ADN 2) AND NOT"
    with tempfile.TemporaryDirectory() as folder, repl(folder, lines=24) as terminal:
        begin(terminal)
        enter(terminal, "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data", "3 files, 1.63 GB")
        enter(terminal, "storm: kp >= 3", "1 file, 543.11 MB")
        # The line is typed from its end, so that the cursor stays where the menu opens.
        terminal.send(f"storm{HOME}")
        terminal.wait_until(lambda: terminal.cursor[1] == len(ASKS) + 1, "go to the beginning")
        terminal.send(f"{typed} ")
        terminal.wait_until(
            lambda: (
                terminal.cursor[1] == len(f"{ASKS} {typed} ")
                and underlined(terminal) == "ADN"
                and shows(terminal, "1      date 2019-05-01", "2      fai has-data", "storm  kp >= 3")
                and terminal.display[-1] == "unknown operator `ADN`; did you mean `logic (1 AND 2) AND NOT storm`?"
            ),
            "point at the mistake and offer the constraints",
        )
        return svg(
            terminal,
            "edexql repl",
            "The prompt of edexql",
            "Two queries are answered: three files of May Day 2019, one of them in storm time. In the third line, "
            "which is being typed, ADN is underlined as a mistake, a menu shows which constraint each number stands "
            "for, and the line at the bottom asks: did you mean logic (1 AND 2) AND NOT storm?",
        )


def results_picture() -> str:
    """The table of the files of an answer, sorted and with some ticked."""
    with tempfile.TemporaryDirectory() as folder, repl(folder, lines=15) as terminal:
        begin(terminal)
        enter(terminal, "date 2015..2023", "11 files, 1.63 GB")
        terminal.send(f"results{ENTER}")
        terminal.wait_until(lambda: terminal.alternate and "11 of 11 files" in terminal.text, "show the table")
        terminal.send("2")
        terminal.wait_for("2 size ▲")
        terminal.send("n   ")
        terminal.wait_until(
            lambda: (
                terminal.display[-2].startswith("3 of 11 files ticked, 1.63 GB")
                and terminal.display[-2].endswith("4/11")
                and terminal.display[4].startswith(">[ ]")
            ),
            "tick three files",
        )
        return svg(
            terminal,
            "edexql repl: results",
            "The table of results of edexql",
            "Eleven files with their sizes and the time that matched, sorted by size; three of them are ticked. "
            "The lines at the bottom show what is ticked, and the keys.",
        )


PICTURES = {
    ROOT / "docs" / "repl.svg": prompt_picture,
    ROOT / "docs" / "repl-results.svg": results_picture,
}


# The session


def repl(folder: str, lines: int) -> Terminal:
    return Terminal(
        EDEXQL,
        "repl",
        columns=COLUMNS,
        lines=lines,
        cwd=folder,
        EDEXQL_STATE=str(Path(folder, "state")),
        EDEXQL_CATALOGUE=None,
        NO_COLOR=None,
        PROMPT_TOOLKIT_COLOR_DEPTH="DEPTH_24_BIT",
    )


def begin(terminal: Terminal) -> None:
    """An empty screen in the colours for a dark ground."""
    terminal.wait_for(ASKS)
    terminal.send(f"set theme dark{ENTER}")
    terminal.wait_until(lambda: asks_again(terminal, after="set theme dark"), "ask again")
    terminal.send(CLEAR_SCREEN)
    terminal.wait_until(lambda: terminal.display[0] == ASKS and terminal.cursor == (0, len(ASKS) + 1), "clear")


def enter(terminal: Terminal, text: str, answer: str) -> None:
    """Type a line, and wait for the line that its answer ends with and for the next prompt."""
    terminal.send(f"{text}{ENTER}")
    terminal.wait_until(
        lambda: asks_again(terminal, after=text) and any(line.startswith(answer) for line in terminal.display[:-1]),
        f"answer with {answer!r}",
    )


def asks_again(terminal: Terminal, after: str) -> bool:
    above, here = terminal.display[: terminal.cursor[0]], terminal.display[terminal.cursor[0]]
    return f"{ASKS} {after}" in above and here == ASKS and terminal.cursor[1] == len(ASKS) + 1


def underlined(terminal: Terminal) -> str:
    """What is underlined in the line of the cursor."""
    cells = [terminal.style(terminal.cursor[0], column) for column in range(COLUMNS)]
    return "".join(cell.data for cell in cells if cell.underscore)


def shows(terminal: Terminal, *texts: str) -> bool:
    return all(any(text in line for line in terminal.display) for text in texts)


# The picture


def svg(terminal: Terminal, bar: str, title: str, description: str) -> str:
    """The screen of a terminal as a picture of its window."""
    lines = len(terminal.display)
    width, height = round(COLUMNS * WIDE) + 2 * MARGIN, lines * HIGH + BAR + MARGIN
    looks: dict[Look, str] = {}
    marks: list[str] = []
    texts: list[str] = []
    for line in range(lines):
        pieces = []
        for column, text, look in stretches(terminal, line):
            if look.ground != GROUND:
                marks.append(bar_of(column, len(text), y(line), HIGH, look.ground))
            if look.underlined:
                marks.append(bar_of(column, len(text), y(line) + HIGH - 3, 1, look.ink))
            for word in WORDS.finditer(text):
                name = looks.setdefault(look._replace(ground="", underlined=False), f"c{len(looks)}")
                # With place and length given, text keeps to the cells in any font.
                place = f'x="{x(column + word.start())}" textLength="{wide(len(word[0]))}"'
                pieces.append(f'<tspan class="{name}" {place}>{escape(word[0])}</tspan>')
        if pieces:
            texts.append(f'<text xml:space="preserve" y="{y(line) + 14}">{"".join(pieces)}</text>')
    dots = [
        f'<circle cx="{MARGIN + 6 + 18 * number}" cy="{BAR // 2}" r="5.5" fill="{colour}"/>'
        for number, colour in enumerate(DOTS)
    ]
    named = "".join(f".{name} {{ {css(look)} }}\n" for look, name in looks.items())
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" \
role="img" aria-labelledby="title desc">
<title id="title">{escape(title)}</title>
<desc id="desc">{escape(description)}</desc>
<style>
text {{ font-family: {FAMILY}; font-size: {FONT}px; fill: {INK} }}
{named}</style>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="{GROUND}" stroke="{FRAME}"/>
{"".join(dots)}
<text x="{width / 2:g}" y="{BAR // 2 + 5}" text-anchor="middle" style="fill: {FAINT}">{escape(bar)}</text>
{LINE.join([*marks, *texts])}
</svg>
"""


def stretches(terminal: Terminal, line: int) -> Iterator[tuple[int, str, Look]]:
    """The cells of a line cut where their look changes: each piece with its column, text and look."""
    cells = [(look_of(terminal, line, column), terminal.style(line, column).data) for column in range(COLUMNS)]
    column = 0
    for look, run in groupby(cells, key=lambda cell: cell[0]):
        text = "".join(data for _, data in run)
        yield column, text, look
        column += len(text)


def look_of(terminal: Terminal, line: int, column: int) -> Look:
    cell = terminal.style(line, column)
    ink, ground = colour(cell.fg, INK), colour(cell.bg, GROUND)
    if cell.blink and cell.fg == "default":
        ink = FAINT
    under_cursor = terminal.cursor_shown and terminal.cursor == (line, column)
    if cell.reverse != under_cursor:
        ink, ground = ground, ink
    return Look(ink, ground, cell.bold, cell.italics, cell.underscore)


def colour(name: str, default: str) -> str:
    """A colour of pyte as one of SVG: a name, or six digits."""
    return default if name == "default" else PALETTE.get(name) or f"#{int(name, 16):06x}"


def css(look: Look) -> str:
    words = [f"fill: {look.ink}"]
    words += ["font-weight: bold"] * look.bold
    words += ["font-style: italic"] * look.italic
    return "; ".join(words)


def x(column: int) -> str:
    return f"{MARGIN + column * WIDE:g}"


def y(line: int) -> int:
    return BAR + line * HIGH


def wide(count: int) -> str:
    return f"{count * WIDE:g}"


def bar_of(column: int, count: int, top: int, high: int, fill: str) -> str:
    """So many cells of a line, or a part of their height, in one colour."""
    return f'<rect x="{x(column)}" y="{top}" width="{wide(count)}" height="{high}" fill="{fill}"/>'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale = []
    for path, made in PICTURES.items():
        text = made()
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
    if stale:
        print(f"{' and '.join(stale)} not as the REPL draws it now: run python tools/make_screenshot.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
