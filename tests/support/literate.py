"""Reads the fenced blocks of a Markdown page, so that what a page shows can be run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import edexql
from edexql.compiler.decompile import decompiled, read_parameters
from edexql.compiler.request import Setting
from edexql.language.source import Source

CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Block:
    """A fenced block: the words behind its fence, its text, its line (from 1), the heading above it.

    `follows` says that only blank lines stand between it and the block before it.
    """

    info: str
    text: str
    line: int
    heading: str
    follows: bool

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]

    @property
    def words(self) -> list[str]:
        return shlex.split(self.info)[1:]


@dataclass(frozen=True)
class Example:
    """A query as a page shows it, and the block that states its result, where there is one."""

    query: Block
    result: Block | None


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order. Fails on a fence that is not closed."""
    found: list[Block] = []
    heading, info, start, text = "", None, 0, []
    follows = False
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        if info is not None:
            if line == "```":
                found.append(Block(info, "\n".join([*text, ""]) if text else "", start, heading, follows))
                info, follows = None, True
            else:
                text.append(line)
        elif line.startswith("```"):
            info, start, text = line[3:], number, []
        elif line.strip():
            follows = False
            if line.startswith("#"):
                heading = line.lstrip("#").strip()
    assert info is None, f"{page.name}: the block of line {start} is not closed"
    return found


def sections(page: Path, level: str = "## ") -> list[str]:
    """The headings of one level, those inside fenced blocks left out."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [line.removeprefix(level) for line in text.split("\n") if line.startswith(level)]


@dataclass(frozen=True)
class Row:
    """A row of a table with the columns `written` and `sent`; `applied` is its third column where that is code."""

    written: str
    sent: str
    applied: str | None
    line: int


def rows(page: Path) -> list[Row]:
    """The rows of all tables of a page that show what is sent for a constraint."""
    found: list[Row] = []
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if cells[:2] == ["written", "sent"] or not cells:
            inside = bool(cells)
        elif inside and not line.startswith("|---"):
            code = [cell.strip("`") if cell.startswith("`") else None for cell in cells]
            written, sent = code[:2]
            assert written, f"{page.name}:{number}: the first cell is not code"
            assert sent, f"{page.name}:{number}: the second cell is not code"
            whole = len(cells) > 2 and cells[2].count("`") == 2 and cells[2].endswith("`")
            found.append(Row(written, sent, code[2] if whole else None, number))
    return found


def content(block: Block) -> bytes:
    """The text of a block as a file has it; in a block of bytes, `\\xNN` is one byte."""
    data = block.text.encode()
    if "bytes" not in block.words:
        return data
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


def setting(block: Block, vocabulary: Path | None = None) -> dict[str, object]:
    """What the words of a block (`-D NAME=VALUE`, `--today DAY`, `--characters N`, `--seconds N`) compile it with."""
    words = block.words
    given = dict(pairwise(words))
    amounts = {word: float(given[f"--{word}"]) for word in ("characters", "seconds") if f"--{word}" in given}
    limit = edexql.Limit(**amounts) if amounts else None
    parameters = dict(words[i + 1].split("=", 1) for i, word in enumerate(words) if word == "-D")
    today = date.fromisoformat(words[words.index("--today") + 1]) if "--today" in words else TODAY
    loaded = None if vocabulary is None else edexql.load_vocabulary(str(vocabulary))
    return {"parameters": parameters, "today": today, "vocabulary": loaded, "limit": limit}


def codes_of_query(block: Block, vocabulary: Path | None = None) -> list[str]:
    """The codes of all errors and warnings of a query."""
    return [found.code for found in edexql.check(content(block), **setting(block, vocabulary))]


def codes_of_parameters(block: Block) -> list[str]:
    """The codes of all errors and warnings about a parameter dictionary."""
    source = Source(block.text)
    try:
        done = decompiled(read_parameters(source), Setting(today=TODAY), source)
    except edexql.QueryError as error:
        return [found.code for found in error.diagnostics]
    return [found.code for found in done.diagnostics]


def typed(block: str, folder: Path) -> str:
    """A console block with each command followed by what it really prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    environment.pop("EDEXQL_CATALOGUE", None)
    shown = []
    for line in block.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                ["bash", "-c", line[2:]], cwd=folder, env=environment, text=True, capture_output=True, check=False
            )
            shown.append(f"{line}\n{done.stdout}{done.stderr}".rstrip() + "\n")
    return "".join(shown)


def as_run(page: Path, folder: Path) -> str:
    """The text of a page with what its commands print today; its files are written into the folder they run in."""
    for block in blocks(page):
        if "file=" in block.info:
            (folder / block.info.partition("file=")[2]).write_text(block.text, encoding="utf-8")
    return CONSOLE.sub(lambda found: typed(found[0], folder), page.read_text(encoding="utf-8"))
