"""Shapes of text by their number of parts, well-formed and damaged: work should grow with the text and no faster."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import edexql
from strategies import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable


def checked(function: Callable[..., object], text: str | bytes) -> Callable[[], object]:
    """An action that does something with a text, and takes it well where the text is refused."""

    def action() -> None:
        with suppress(edexql.QueryError):
            function(text, today=TODAY)

    return action


GROWING: dict[str, Callable[[int], str | bytes]] = {
    "brackets": lambda n: f"date 2015; logic {'(' * n}1{')' * n}",
    "operands": lambda n: "date 2015; logic " + " OR ".join(["1"] * n),
    "alternating": lambda n: "date 2015, 2016; logic " + "1 AND (2 OR (" * n + "1" + "))" * n,
    "nots": lambda n: "date 2015; logic " + "NOT (1 OR " * n + "1" + ")" * n,
    "periods": lambda n: "date " + ", ".join(["2015..2016"] * n),
    "times of day": lambda n: "date " + ", ".join(f"2015-01-{1 + i % 28:02}T{i % 24:02}:00..T23:30" for i in range(n)),
    "labels": lambda n: (
        "".join(f"l{i}: date 2015\n" for i in range(n)) + "logic " + " OR ".join(f"l{i}" for i in range(n))
    ),
    "parameters": lambda n: "".join(f"let p{i} = {i % 9}; kp $p{i}\n" for i in range(n)),
    "comments": lambda n: "date 2015 # x\n# y\n" * n,
    "joined lines": lambda n: "date 2015,\n# y\n2016\n" + "logic (\n1\nOR\n" + "1 OR\n" * n + "1)",
    "raw values": lambda n: 'raw "k" [' + ", ".join(['{"a": [1, "x"]}'] * n) + "]",
    # Damaged
    "unclosed brackets": lambda n: "logic " + "(1 AND " * n,
    "unclosed brackets with a missing operator each": lambda n: "logic " + "(1 2 " * n,
    "unclosed statements": lambda n: "where (1\nkp 5\n" * n,
    "unclosed brackets on lines": lambda n: "logic " + "(\n1 2 " * n,
    "extra brackets": lambda n: "logic 1" + " )" * n,
    "wrong brackets": lambda n: "logic " + "(1] " * n,
    "hyphens": lambda n: "-" * n,
    "typographic quotes that are not closed": lambda n: "\u201ca" * n,
    "stray characters": lambda n: "kp 5 § 6\n" * n,
    "bytes that are not UTF-8": lambda n: b"\xffa " * n,
    "lines of bytes": lambda n: b"\xff\n" * n,
    "missing operands": lambda n: "logic " + "AND " * n,
    "missing values": lambda n: "date " + "," * n,
    "unknown names": lambda n: "".join(f"nome{i} 5\n" for i in range(n)),
    "unknown labels": lambda n: "kp 5\nlogic " + " AND ".join(f"nome{i}" for i in range(n)),
    "unknown labels among many": lambda n: (
        "".join(f"name{i}: kp 5\n" for i in range(n)) + "logic " + " AND ".join(f"nome{i}" for i in range(n))
    ),
    "unknown parameters among many": lambda n: "".join(f"let name{i} = 5; kp $nome{i}\n" for i in range(n)),
    "labels given twice": lambda n: "a: kp 5\n" * n,
    "numbers too high": lambda n: "kp 5; logic " + " OR ".join(["7"] * n),
    "unused constraints": lambda n: "kp 5\n" * n + "logic 1",
}


# Each unknown name is compared with each known one, up to a limit that only long texts reach.
COMPARED = {"unknown labels among many", "unknown parameters among many"}
