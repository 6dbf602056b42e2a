"""The parser for browsers, run by Node, and what it has to say: the same as the parser of the package."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from edexql.language.cursor import readings
from edexql.language.driver import Driver, reductions
from edexql.language.highlight import classes
from edexql.language.lexer import COMMENT, END, JOINED, KINDS, tokenize
from edexql.language.tables import NODES
from fuzz import TOKENS as FUZZ_TOKENS
from fuzz import corpus
from places import ROOT
from strategies import GARBAGE, TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

STATIC = ROOT / "src" / "edexql" / "web" / "static"
PROGRAM = """
import {readFileSync} from "node:fs";
import * as parser from "./parser.js";
parser.load(JSON.parse(readFileSync("tables.json", "utf8")));
const answers = {
  all: ({text, position}) => [parser.tokens(text).map(({kind, from, to, style}) => [kind, from, to, style]),
                              parser.accepts(text), parser.follow(text, position)],
  brackets: ({text}) => parser.brackets(text).map(({from, match}) => [from, match]),
  folds: ({text}) => parser.folds(text).map(({from, to}) => [from, to]),
  counts: ({text}) => [parser.tokens(text).length, parser.accepts(text), parser.brackets(text).length,
                       parser.folds(text).length, parser.follow(text, text.length).length],
};
const {question, about} = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(about.map(answers[question])));
"""
_DO_NOTHING = reductions([lambda _, children: None] * len(NODES))


def asked(folder: Path, question: str, about: Sequence[dict[str, Any]]) -> list[Any]:
    """What the parser for browsers answers about each text, in one run of Node. Skips where there is no Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("the parser for browsers is run by Node")
    for name in ("parser.js", "follow.js", "tables.json"):
        shutil.copy(STATIC / name, folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "run.js").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [node, "run.js"],
        cwd=folder,
        input=json.dumps({"question": question, "about": about}).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[Any] = json.loads(done.stdout)
    return answers


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def said(text: str, position: int) -> list[Any]:
    """The tokens with their classes, whether the text can be read, and what may follow, offsets as browsers count."""
    tokens = tokenize(text)
    named = {start: name for start, _, name in classes(text)}
    # By code point, the unit that it begins with.
    at = [0]
    for character in text:
        at.append(at[-1] + 1 + (character > "\uffff"))
    read = [
        [KINDS[kind], at[start], at[end], named.get(start)]
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
        if kind != END
    ]
    driver = Driver(_DO_NOTHING, [])
    accepted = all(driver.step(kind, None) for kind in tokens.kinds if kind not in (JOINED, COMMENT))
    expected = {kind for place in next(readings(text, position), ()) for kind in place.expected}
    return [read, accepted, [KINDS[kind] for kind in sorted(expected)]]


def assert_same(folder: Path, cases: Sequence[tuple[str, int]]) -> list[Any]:
    """Both parsers say the same of each text and position. Gives what they say."""
    answers = asked(folder, "all", [{"text": text, "position": units(text[:place])} for text, place in cases])
    for (text, place), answer in zip(cases, answers, strict=True):
        assert answer == said(text, place), (text, place)
    return answers


def generated(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """So many texts, each with a position in it: queries, cut and changed ones, tokens in any order, any characters."""
    rng = random.Random(seed)
    whole = [text for text in corpus() if len(text) < 2_000]
    statements = sorted({line for text in whole for line in text.splitlines() if line.strip()})
    words = (*TOKENS, *FUZZ_TOKENS, *GARBAGE)
    for number in range(count):
        kind = number % 5
        if kind == 0:
            text = _line_break(rng).join(rng.sample(statements, rng.randint(1, 8)))
        elif kind == 1:
            text = rng.choice(whole)
            text = text[: rng.randint(0, len(text))][-rng.randint(1, 400) :]
        elif kind == 2:
            text = _changed(rng, rng.choice(whole)[:600], words)
        elif kind == 3:
            text = "".join(
                rng.choice(words) + rng.choice(("", " ", " ", "\n", "\r\n")) for _ in range(rng.randint(0, 25))
            )
        else:
            some = "aT19.:/-+e\"'\\ \n\r\t#,;()[]{}*?@%$°km_=<>&|!\u2013\u0660\u201c\u201d\u0130\u212a\U0001f600\0"
            text = "".join(rng.choices(some, k=rng.randint(0, 30)))
        yield text, rng.randint(0, len(text))


def _changed(rng: random.Random, text: str, words: Sequence[str]) -> str:
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(text))
        put = rng.choice(("", rng.choice(words), f" {rng.choice(words)} ", text[at : at + 12] * 2, "# \U0001f6f0 \n"))
        text = text[:at] + put + text[at + rng.choice((0, 1, 3, 12)) :]
    return text.replace("\n", _line_break(rng)) if rng.random() < 0.2 else text


def _line_break(rng: random.Random) -> str:
    return rng.choice(("\n", "\n", "\r\n", "\r", "; ", "\n\n"))
