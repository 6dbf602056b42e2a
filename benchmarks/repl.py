"""The REPL: how soon the first prompt is there, and what a keystroke costs the thread that draws.

python benchmarks/repl.py           # print
python benchmarks/repl.py --write   # print, and put the tables into benchmarks/README.md
"""

from __future__ import annotations

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
from functools import partial
from statistics import quantiles
from typing import TYPE_CHECKING

from children import Used
from figures import Row, collected, program, ratio, row
from measure import Spread, in_turn, ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from figures import Options, Table
    from prompt_toolkit.application import Application
    from prompt_toolkit.input import PipeInput
    from prompt_toolkit.output import Output

BARE = "from prompt_toolkit import PromptSession\nPromptSession().prompt('edexql> ')"
ASKS = b"edexql>"
ROUNDS = 15
HISTORY = 100_000
CONSTRAINTS = 1_000
TYPED = "kp >= 5; fai has-data; logic 1 AND 2 AND (3 OR 4)"


def first_prompt(words: list[str], folder: str) -> Used:
    """What a program on a terminal takes from its start to its prompt."""
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
    wall = time.perf_counter() - begin
    process.kill()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    os.close(ours)
    return Used(usage.ru_utime + usage.ru_stime, wall)


def start(rounds: int, folder: str) -> Iterable[Row]:
    bare = "bare prompt"
    programs = {
        bare: [sys.executable, "-c", BARE],
        f"`edexql repl`, a history of {HISTORY:,}": [sys.executable, "-m", "edexql", "repl"],
        "bare prompt, NumPy imported before it": [sys.executable, "-c", f"import numpy\n{BARE}"],
    }
    used = in_turn({name: partial(first_prompt, words, folder) for name, words in programs.items()}, rounds)
    cpu = {name: [one.cpu for one in found] for name, found in used.items()}
    wall = {name: [one.wall for one in found] for name, found in used.items()}
    for name in list(programs)[1:]:
        goal = 1.2 if "edexql" in name else None
        clock = ratios(wall[name], wall[bare]).middle
        yield ratio(f"first prompt: {name}", cpu[name], bare, cpu[bare], goal, wall=clock)


@contextlib.contextmanager
def terminal() -> Iterator[tuple[PipeInput, Output]]:
    """The two ends of a terminal that shows nothing."""
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output.vt100 import Vt100_Output

    with create_pipe_input() as keys, open(os.devnull, "w") as sink:
        yield keys, Vt100_Output(sink, lambda: Size(rows=40, columns=120), term="xterm-256color")


def costs_of(application: Application[str], read: Callable[[], str], keys: PipeInput) -> list[float]:
    """Seconds that each keystroke takes of the drawing thread of an application, drawing included."""
    costs: list[float] = []
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
        read()
    return costs[: len(TYPED)]


def keystrokes(folder: str, current: str, begun: str) -> list[float]:
    """Seconds that each keystroke takes of the drawing thread.

    `current` is the current query, `begun` what already stands at the prompt.
    """
    os.environ["EDEXQL_STATE"] = folder
    from edexql.repl.current_query import CurrentQuery
    from edexql.repl.prompt.prompt import Prompt
    from edexql.repl.session import Session
    from edexql.repl.state import open_state

    options = Namespace(color="always", service=None, catalogue=None, today=None, vocabulary=[], values=[])
    with open_state() as state, terminal() as (keys, output):
        state.begin()
        session = Session(state, options, interactive=True)
        session.change(CurrentQuery(current))
        session.draft = begun
        with Prompt(session, keys, output) as prompt:
            return costs_of(prompt._prompt.app, prompt.read, keys)


def bare_keystrokes(begun: str) -> list[float]:
    """The same for a prompt of prompt_toolkit that has no more to show than the text."""
    from prompt_toolkit import PromptSession

    with terminal() as (keys, output):
        session: PromptSession[str] = PromptSession(
            "edexql> ",
            multiline=True,
            wrap_lines=False,
            bottom_toolbar=" ",
            reserve_space_for_menu=6,
            input=keys,
            output=output,
        )
        return costs_of(session.app, lambda: session.prompt(default=begun), keys)


def fill(folder: str) -> None:
    """A history of many queries."""
    os.environ["EDEXQL_STATE"] = folder
    from edexql.repl.state import open_state

    with open_state() as state:
        state.remember_all(map(old_query, range(HISTORY)))


def old_query(number: int) -> str:
    day = f"20{13 + number % 10}-{1 + number // 10 % 12:02}-{1 + number // 120 % 28:02}"
    return f"product fai-lv1-hdf5-images; date {day}; kp >= {number % 9}.{number % 100:02}; fai has-data"


def keys(folder: str) -> Iterable[Row]:
    many = "product fai-lv1-hdf5-images\n" + "\n".join(f"kp {n % 9}.{n % 100:02}..9" for n in range(CONSTRAINTS)) + "\n"
    typed = f"{CONSTRAINTS:,} constraints typed at the prompt"
    bare = bare_keystrokes(many)
    for name, goal, costs in (
        ("an empty session", 5, keystrokes(folder, "", "")),
        (f"{CONSTRAINTS:,} constraints in the current query", 5, keystrokes(folder, many, "")),
        (typed, None, keystrokes(folder, "", many)),
        (f"{typed}, bare prompt", None, bare),
    ):
        used = [1000 * cost for cost in costs]
        worst = f"95 % {quantiles(used, n=20)[-1]:.1f} ms, worst {max(used):.1f} ms"
        yield row(f"a keystroke: {name}", Spread.of(used), "ms", goal, other=worst)
        if name == typed:
            # The text of a prompt costs what it costs prompt_toolkit.
            yield ratio(f"a keystroke: {typed}, beside a bare prompt", costs, "bare prompt", bare, 1.5)


def tables(options: Options) -> Iterable[Table]:
    with tempfile.TemporaryDirectory() as folder:
        fill(folder)
        yield collected("", start(options.rounds(ROUNDS), folder), "CPU seconds up to the first prompt.")
        yield collected("", keys(folder), f"CPU time of the drawing thread, with a history of {HISTORY:,}.")


if __name__ == "__main__":
    program("repl", __doc__, tables, ("edexql", "prompt_toolkit"))
