"""What a keystroke costs the thread that draws: calls, near those of a bare prompt, however long the text is."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from argparse import Namespace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit import PromptSession
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.layout.processors import TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments
from prompt_toolkit.output.vt100 import Vt100_Output

from edexql.language.source import Span
from edexql.repl.prompt.mistakes import Mistake
from edexql.repl.prompt.prompt import Prompt
from edexql.repl.prompt.style import LineColours, LineMarks
from edexql.repl.session import Session
from edexql.repl.state import State, open_state

TYPED = "kp >= 5; logic 1 AND 2"


def constraints(number):
    return "".join(f"kp {at % 9}.{at % 100:02}..9\n" for at in range(number))


class Counter:
    """Counts the calls that an application makes in its thread from each key to what is drawn for it."""

    def __init__(self, application):
        self.costs = []
        self.drawn = threading.Event()
        self._calls = None
        application.key_processor.before_key_press += self._begin
        application.after_render += self._end

    def _begin(self, _):
        self._calls = 0
        sys.setprofile(self._count)

    def _count(self, _frame, event, _):
        if event in ("call", "c_call"):
            self._calls += 1

    def _end(self, _):
        sys.setprofile(None)
        if self._calls is not None:
            self.costs.append(self._calls)
            self._calls = None
            self.drawn.set()


@contextlib.contextmanager
def terminal():
    with create_pipe_input() as keys, open(os.devnull, "w") as sink:
        yield keys, Vt100_Output(sink, lambda: Size(rows=40, columns=120), term="xterm-256color")


def cost(application, read, keys, ready):
    """The median of the calls that a key takes."""
    counter = Counter(application)

    def type_keys():
        until = time.monotonic() + 30
        while not ready() and time.monotonic() < until:
            time.sleep(0.02)
        for character in TYPED:
            counter.drawn.clear()
            keys.send_text(character)
            counter.drawn.wait(30)
            time.sleep(0.02)
        keys.send_text("\x03")

    threading.Thread(target=type_keys, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        read()
    return median(counter.costs[: len(TYPED)])


def bare_cost(text):
    with terminal() as (keys, output):
        session = PromptSession(
            "edexql> ",
            multiline=True,
            wrap_lines=False,
            bottom_toolbar="a",
            reserve_space_for_menu=6,
            input=keys,
            output=output,
        )
        return cost(session.app, lambda: session.prompt(default=text), keys, lambda: session.app.is_running)


def prompt_cost(text):
    options = Namespace(color="always", service=None, catalogue=None, today=None, vocabulary=[], values=[])
    with open_state() as state, terminal() as (keys, output):
        state.begin()
        session = Session(state, options, interactive=True)
        session.draft = text
        with Prompt(session, keys, output) as prompt:
            return cost(prompt._prompt.app, prompt.read, keys, lambda: prompt._live._last_mistakes[0] == text)


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("EDEXQL_STATE", str(tmp_path))


def test_a_key_costs_little_more_than_in_a_bare_prompt_and_no_more_in_a_longer_text(monkeypatch):
    asked = []
    work = State._try

    def _try(self, *arguments):
        if sys.getprofile() is not None:
            asked.append(arguments)
        return work(self, *arguments)

    monkeypatch.setattr(State, "_try", _try)
    short, long = (prompt_cost(constraints(number)) for number in (100, 2000))
    assert long < 1.2 * short
    assert long < 1.4 * bare_cost(constraints(2000))
    assert not asked, "the thread that draws asked the disk"


def exploded(fragments, first, mistakes):
    """Each character of a line with its style and the underlines over it, from the definition."""
    characters = [(style, text) for style, text, *_ in explode_text_fragments(fragments)]
    for one in mistakes:
        for place in range(one.span.start - first, max(one.span.end, one.span.start + 1) - first):
            if 0 <= place < len(characters):
                style, text = characters[place]
                characters[place] = (f"{style} class:mistake.{one.severity}", text)
    return characters


SPANS = st.tuples(st.integers(0, 60), st.integers(0, 30), st.sampled_from(["E301", "W601"]))


@given(st.lists(SPANS, max_size=8), st.lists(st.sampled_from(["kp 1..2", "", "fai has-data # a", "("]), max_size=6))
def test_each_line_has_the_underlines_of_the_mistakes_that_touch_it(spans, lines):
    document = Document("\n".join(lines))
    end = len(document.text)
    mistakes = tuple(
        Mistake(Span(min(start, end), min(start + length, end)), code, "a") for start, length, code in sorted(spans)
    )
    marks = LineMarks(lambda _: mistakes)
    coloured = LineColours().lex_document(document)
    first = 0
    for number, text in enumerate(document.lines):
        last = number + 1 == len(document.lines)
        fragments = [*coloured(number), *([("class:auto-suggestion", "later")] if last else [])]
        line = TransformationInput(None, document, number, lambda place: place, fragments, 80, 24)
        drawn = marks.apply_transformation(line).fragments
        assert [(style, part) for style, part, *_ in explode_text_fragments(drawn)] == exploded(
            list(fragments), first, mistakes
        )
        first += len(text) + 1
