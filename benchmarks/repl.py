"""The REPL: how soon the first prompt is there, and what a keystroke costs the thread that draws.

python benchmarks/repl.py            writes the tables of the section "The REPL" of README.md to standard output
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import gc
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from argparse import Namespace
from statistics import median, quantiles

from measure import ratios

BARE = "from prompt_toolkit import PromptSession\nPromptSession().prompt('edexql> ')"
ASKS = b"edexql>"
HISTORY = 100_000
CONSTRAINTS = 1_000
TYPED = "kp >= 5; fai has-data; logic 1 AND 2 AND (3 OR 4)"


def first_prompt(words: list[str], folder: str) -> float:
    """Seconds from the start of a program on a terminal to its prompt."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "EDEXQL_STATE": folder}
    begin = time.perf_counter()
    process = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    seen = b""
    while ASKS not in seen:
        assert select.select([ours], [], [], 30)[0], seen
        seen += os.read(ours, 65536)
        if b"\x1b[6n" in seen:
            # prompt_toolkit asks where the cursor is.
            os.write(ours, b"\x1b[1;1R")
            seen = seen.replace(b"\x1b[6n", b"")
    took = time.perf_counter() - begin
    process.kill()
    process.wait()
    os.close(ours)
    return took


def start(rounds: int, folder: str) -> None:
    edexql = [sys.executable, "-m", "edexql", "repl"]
    bare = [sys.executable, "-c", BARE]
    imports = [sys.executable, "-c", f"import numpy\n{BARE}"]
    taken: dict[str, list[float]] = {"bare": [], "edexql": [], "numpy": []}
    for _ in range(rounds):
        taken["bare"].append(first_prompt(bare, folder))
        taken["edexql"].append(first_prompt(edexql, folder))
        taken["numpy"].append(first_prompt(imports, folder))
    print("| first prompt | ms, median | x bare, median (quartiles) |")
    print("|---|---|---|")
    for name, words in (
        ("bare", "bare prompt_toolkit prompt"),
        ("edexql", f"`edexql repl`, a history of {HISTORY:,}"),
        ("numpy", "bare prompt, NumPy imported before it"),
    ):
        spread = ratios(taken[name], taken["bare"])
        print(
            f"| {words} | {1000 * median(taken[name]):.0f} "
            f"| {spread.middle:.2f} ({spread.low:.2f} to {spread.high:.2f}) |"
        )


def keystrokes(folder: str, current: str, begun: str) -> list[float]:
    """Seconds that each keystroke takes of the drawing thread, drawing included.

    `current` is the current query, `begun` what already stands at the prompt.
    """
    os.environ["EDEXQL_STATE"] = folder
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output.vt100 import Vt100_Output

    from edexql.repl.current_query import CurrentQuery
    from edexql.repl.prompt.prompt import Prompt
    from edexql.repl.session import Session
    from edexql.repl.state import open_state

    options = Namespace(color="always", service=None, catalogue=None, today=None, vocabulary=[], values=[])
    costs: list[float] = []
    with open_state() as state, create_pipe_input() as keys, open(os.devnull, "w") as sink:
        state.begin()
        session = Session(state, options, interactive=True)
        session.change(CurrentQuery(current))
        session.draft = begun
        output = Vt100_Output(sink, lambda: Size(rows=40, columns=120), term="xterm-256color")
        with Prompt(session, keys, output) as prompt:
            application = prompt._prompt.app
            drawn = threading.Event()
            began = 0.0

            def pressed(_: object) -> None:
                nonlocal began
                began = time.thread_time()

            def rendered(_: object) -> None:
                nonlocal began
                if began:
                    costs.append(time.thread_time() - began)
                    began = 0.0
                    drawn.set()

            application.key_processor.before_key_press += pressed
            application.after_render += rendered

            def type_it() -> None:
                time.sleep(3)
                for character in TYPED:
                    drawn.clear()
                    keys.send_text(character)
                    drawn.wait(10)
                    time.sleep(0.12)
                keys.send_text("\x03")

            threading.Thread(target=type_it, daemon=True).start()
            # As the REPL does after the first line.
            gc.freeze()
            with contextlib.suppress(KeyboardInterrupt):
                prompt.read()
    return costs[: len(TYPED)]


def fill(folder: str) -> None:
    """A history of many queries."""
    os.environ["EDEXQL_STATE"] = folder
    from edexql.repl.state import open_state

    with open_state() as state:
        state.remember_all(map(old_query, range(HISTORY)))


def old_query(number: int) -> str:
    day = f"20{13 + number % 10}-{1 + number // 10 % 12:02}-{1 + number // 120 % 28:02}"
    return f"product fai-lv1-hdf5-images; date {day}; kp >= {number % 9}.{number % 100:02}; fai has-data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    many = "product fai-lv1-hdf5-images\n" + "\n".join(f"kp {n % 9}.{n % 100:02}..9" for n in range(CONSTRAINTS))
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        start(options.rounds, folder)
        print()
        print("| a keystroke, work on the drawing thread | ms, median | 95 % | worst |")
        print("|---|---|---|---|")
        for name, current, begun in (
            ("an empty session", "", ""),
            (f"{CONSTRAINTS:,} constraints in the current query, history of {HISTORY:,}", many + "\n", ""),
            (f"{CONSTRAINTS:,} constraints typed at the prompt, history of {HISTORY:,}", "", many + "\n"),
        ):
            costs = keystrokes(folder, current, begun)
            high = quantiles(costs, n=20)[-1]
            print(f"| {name} | {1000 * median(costs):.1f} | {1000 * high:.1f} | {1000 * max(costs):.1f} |")


if __name__ == "__main__":
    main()
