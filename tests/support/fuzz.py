"""Break the language if you can: random queries, damaged and whole, against what must always hold.

    python tests/support/fuzz.py                          # a minute
    python tests/support/fuzz.py --seconds 36000 --seed 7 --out failure.edq

For every text: no exception but QueryError; places of diagnostics inside the text; formatting twice is
formatting once, with every comment kept and the meaning unchanged; parameters into a query and back are the
same parameters; and, for some of the texts, Lark reads the same. The first text that breaks one of these is
made smaller, written to the file of --out, and the exit code is 1. A seed gives the same texts every time.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import edexql
from edexql.language.diagnostics.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2024, 6, 15)
LARK_EVERY = 10

SNIPPETS = (
    "product fai-lv1-hdf5-images; date 2019-05-01..2019-05-01; fai has-data; logic 1 AND 2",
    "fai has-data; date 2018-11, 2017-11; logic 1 AND (2 OR NOT 3)",
    '# twice a year\nproduct fai-*, "quite new"  # all of them\r\ndate 2019-05-01T15:00..T16:00,\n  2018\n',
    "storm: kp >= 5\ndst < -50 nT\nlogic !storm & (2 | 1) # why not\nemail a.b@example.ca",
    "let day = 2019-05-01\nlet high = 300 km\ndate $day..+7d; altitude $high..0.5e3 km\n",
    "where date 2019-05 AND (fai has-data OR kp >= 6) OR NOT mlt 22..2",
    'raw "k" [1, -2.5e3, null, true, {"a": ["\\u00e9", []]}, "x"]; raw "other" {"a": 1}; logic 1 OR (2 AND 3)',
    'experiment "Point of Interest" > "Fort McMurray Fire", New > Tag',
    "longitude 170..-170, = 10 deg, > 3; latitude ..60, 30..; logic (NOT 1 AND 2) OR (NOT 4 AND 5)",
    "date 2015-01-01/P3M, P7D/2016, .. 2014, 2023.., > 2020-02-29, <= today; eclipse umbra",
    "date 2019-05-01T15:00:00Z, 2019-05-01T23:00..+2h; logic NOT 1 AND 2",
    "date 9999-12-31, 0001-01-01, 9999..; logic 2 OR NOT 3",
    "solar-wind-speed 300..500 m/s; imf-by 1e-7..5; ap > 3.5; logic NOT 3 AND NOT 2 AND 1",
    "wher date 2019; logic 1 ADN 2) AND (3; kp >= 6 knots; date 2019-13-01, 01/05/2019; fai has-dat",
    "{'product': ['x'], 'date': [['2019-05-01', '2019-05-31']], 'query-logic': ' ( 1 ) '}",
)
TOKENS = (
    *("product", "date", "experiment", "raw", "email", "let", "logic", "where", "not", "AND", "or", "kp", "fai", "mlt"),
    *("has-data", "longitude", "a", "today", "km", "deg", "1", "2", "3", "-5", "+7", "0.5", "1e300", "1e-9", "00"),
    *("2019", "2019-05", "2019-02-29", "2019-05-01T15:00", "T16:00", "9999-12-31", "0001-01-01", "P1D", "+3mo", "$x"),
    *("..", "/", ">", "<", ">=", "<=", "=", ",", ":", ";", "(", ")", "[", "]", "{", "}", "!", "&", "|", "\n", "\r\n"),
    *(
        '"',
        '"x"',
        "'y'",
        "\\",
        "#",
        "# c\n",
        "\x00",
        "§",
        "°",
        "km/s",
        "\ufeff",
        "\u2013",
        "\u0130",
        "\u017f",
        "\U0001f600",
    ),
    *("me@example.ca", "fai-*", "null", " ", "\t", "x" * 70, "((((", "))))", "NOT NOT NOT ", " AND 1" * 9),
)


class Broken(Exception):
    """An invariant that does not hold; the message says which."""


def corpus() -> list[str]:
    """The snippets, and every query that the project shows."""
    files = sorted(path for folder in ("examples", "docs", "tests") for path in (ROOT / folder).rglob("*.edq"))
    return [*SNIPPETS, *(path.read_text(encoding="utf-8", errors="replace") for path in files)]


def mutated(rng: random.Random, texts: Sequence[str]) -> str:
    """A text of the corpus, changed in up to a few places."""
    text = rng.choice(texts)
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        a, b = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        b = min(b, a + rng.choice((0, 1, 3, 12, 200)))
        change = rng.randrange(7)
        if change == 0:
            put = ""
        elif change == 1:
            put = text[a:b] * rng.choice((2, 2, 3, 50))
        elif change in (2, 3):
            put = rng.choice(TOKENS)
        elif change == 4:
            put = f" {rng.choice(TOKENS)} {rng.choice(TOKENS)} "
        elif change == 5:
            other = rng.choice(texts)
            start = rng.randint(0, len(other))
            put = other[start : start + rng.choice((5, 20, 80))]
        else:
            put = chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000))))
        text = text[:a] + put + text[b:]
    if rng.random() < 0.2:
        text = rng.choice(("\n", "; ")).join((text, mutated(rng, texts)))
    return text[:20_000]


def check(text: str, *, with_lark: bool) -> Counter[str]:
    """Try everything on a text. Raises Broken, or whatever edexql should not have raised."""
    seen: Counter[str] = Counter()
    found = edexql.check(text, today=TODAY)
    _placed(found)
    edexql.check(text.encode("utf-8", "surrogatepass"), today=TODAY)
    request = _answer(lambda: edexql.compile(text, today=TODAY))
    if (request is None) != any(d.is_error for d in found):
        raise Broken("check and compile do not agree")
    once = _answer(lambda: edexql.format(text))
    if once is not None:
        seen["formatted"] += 1
        _formatted(text, once, request)
    if request is not None:
        seen["compiled"] += 1
        _compiled(text, request)
    readable = _answer(lambda: edexql.decompile(text, today=TODAY))
    if readable is not None and any(d.code.startswith("E2") for d in edexql.check(readable, today=TODAY)):
        raise Broken("a dictionary becomes a text that is no query")
    if with_lark:
        seen["with Lark"] += 1
        if _lark_accepts(text.removeprefix("\ufeff")) != (once is not None):
            raise Broken("Lark and edexql do not accept the same texts")
    return seen


def _placed(diagnostics: Sequence[Any]) -> None:
    for diagnostic in diagnostics:
        end = len(diagnostic.source.text)
        spans = [
            diagnostic.span,
            *(n.span for n in diagnostic.notes),
            *([diagnostic.fix.span] if diagnostic.fix else []),
        ]
        if diagnostic.code not in CODES or not all(0 <= s.start <= s.end <= end for s in spans):
            raise Broken(f"a diagnostic without a place or a code: {diagnostic}")


def _answer(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except edexql.QueryError as error:
        _placed(error.diagnostics)
        str(error)
        return None


def _formatted(text: str, once: str, request: Any) -> None:
    if edexql.format(once) != once:
        raise Broken("formatting twice is not formatting once")
    again = _answer(lambda: edexql.compile(once, today=TODAY))
    if again != request or (again is not None and again.query != request.query):
        raise Broken("formatting changed the meaning")
    if _comments(once) != _comments(text):
        raise Broken("formatting lost or moved a comment")


def _comments(text: str) -> list[str]:
    from edexql.language.lexer import COMMENT, tokenize

    tokens = tokenize(text.removeprefix("\ufeff"))
    return [tokens.read(i).rstrip() for i, kind in enumerate(tokens.kinds) if kind == COMMENT]


def _compiled(text: str, request: Any) -> None:
    explained = edexql.explain(text, today=TODAY)
    str(explained)
    parameters = request.parameters
    if explained.logic_sent != parameters["query-logic"]:
        raise Broken("explain tells another logic than is sent")
    back = edexql.decompile(parameters, today=TODAY)
    if edexql.compile(back, today=TODAY).parameters != parameters:
        raise Broken(f"decompiled and compiled again it is another request; the query was:\n{back}")


def _lark_accepts(text: str) -> bool:
    from lark.exceptions import UnexpectedInput

    try:
        edexql.lark_parser().parse(text)
    except UnexpectedInput:
        return False
    return True


def failure(text: str, *, with_lark: bool) -> str | None:
    """What a text breaks, in one word to compare by; None where all holds."""
    try:
        check(text, with_lark=with_lark)
    except Broken as error:
        return str(error).partition(":")[0].partition(";")[0]
    except Exception as error:  # noqa: BLE001 - any exception is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    return None


def smaller(text: str, reason: str, *, with_lark: bool, seconds: float = 20) -> str:
    """The text with as much taken out as leaves it broken in the same way."""
    deadline = time.monotonic() + seconds
    size = max(len(text) // 2, 1)
    while size and time.monotonic() < deadline:
        at = 0
        while at < len(text) and time.monotonic() < deadline:
            shorter = text[:at] + text[at + size :]
            if failure(shorter, with_lark=with_lark) == reason:
                text = shorter
            else:
                at += size
        size //= 2
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on (default: 60)")
    parser.add_argument("--seed", type=int, default=None, help="the same texts as last time")
    parser.add_argument("--out", default="fuzz-failure.edq", help="where a text that breaks something is written")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    rng = random.Random(seed)
    texts = corpus()
    counts: Counter[str] = Counter()
    start = time.monotonic()
    while time.monotonic() - start < options.seconds:
        with_lark = counts["texts"] % LARK_EVERY == 0
        text = mutated(rng, texts)
        counts["texts"] += 1
        try:
            counts += check(text, with_lark=with_lark)
        except Exception:  # noqa: BLE001 - any exception is what is looked for
            reason = failure(text, with_lark=with_lark) or "it broke once and not again"
            least = smaller(text, reason, with_lark=with_lark)
            Path(options.out).write_bytes(least.encode("utf-8", "surrogatepass"))
            traceback.print_exc()
            print(f"\nseed {seed}, text {counts['texts']}: {reason}\n{least!r}\nwritten to {options.out}")
            return 1
    done = ", ".join(f"{counts[name]} {name}" for name in ("texts", "formatted", "compiled", "with Lark"))
    print(f"seed {seed}: {done}, nothing broken in {time.monotonic() - start:.0f} seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
