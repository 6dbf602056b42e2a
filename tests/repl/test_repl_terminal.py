"""The REPL on a pseudo-terminal, as its users have it before them."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from commands import EDEXQL
from edexql.repl import execution, loop
from edexql.repl.current_query import CurrentQuery
from screen import Terminal

MAY_DAY = "product fai-lv1-hdf5-images; date 2019-05-01; fai has-data"
ANSWERED = "(sample catalogue)"
CTRL_C, CTRL_D, CTRL_R, ENTER, ESCAPE, TAB, RIGHT, UP = "\x03", "\x04", "\x12", "\r", "\x1b", "\t", "\x1b[C", "\x1b[A"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state")


@pytest.fixture
def repl(state, tmp_path):
    """Starts a REPL with its own state folder; words are options of `edexql repl`."""

    def start(*words, **changes):
        usual = {"EDEXQL_STATE": state, "columns": 100, "cwd": tmp_path}
        return Terminal(EDEXQL, "repl", *words, **{**usual, **changes})

    return start


PROMPTS = ("edexql>", "query:")


def prompts(terminal):
    """How many prompts there have been."""
    return sum(any(prompt in line for prompt in PROMPTS) for line in [*terminal.scrolled, *terminal.display])


def asks(terminal):
    """Whether an empty prompt waits for keys."""
    return terminal.takes_keys and terminal.display[terminal.cursor[0]].endswith(PROMPTS)


def ready(terminal):
    """Wait for the first prompt."""
    terminal.wait_until(lambda: asks(terminal), "ask")


def typed(terminal, keys):
    """Type what leads to another prompt, and wait for that one."""
    before = prompts(terminal)
    terminal.send(keys)
    terminal.wait_until(lambda: prompts(terminal) > before and asks(terminal), f"ask again behind {keys!r}")


def answered(terminal, text, what=ANSWERED):
    """Type a line, and wait for the answer and the next prompt."""
    ready(terminal)
    typed(terminal, text + ENTER)
    terminal.wait_for(what)


def stop(terminal):
    """Type Ctrl-C in a line, and wait for the prompt behind it."""
    typed(terminal, CTRL_C)


def leave(terminal):
    """Type Ctrl-D at a prompt."""
    # What is typed before the prompt is there goes another way into the program, on which Ctrl-D is lost.
    ready(terminal)
    terminal.send(CTRL_D)


def underlined(terminal, text):
    """The part of a text on the screen that is underlined."""
    line = next((number for number, shown in enumerate(terminal.display) if text in shown), None)
    if line is None:
        return ""
    column = terminal.display[line].index(text)
    cells = [terminal.style(line, column + offset) for offset in range(len(text))]
    return "".join(cell.data for cell in cells if cell.underscore)


# Beginning and leaving


def test_without_arguments_on_a_terminal_it_is_the_repl(state):
    with Terminal(EDEXQL, EDEXQL_STATE=state) as terminal:
        terminal.wait_for("edexql>")
        assert "`help` shows how to begin" in terminal.text
        leave(terminal)
        assert terminal.wait() == 0


def test_quit_leaves(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send(f"quit{ENTER}")
        assert terminal.wait() == 0


def test_an_unsaved_file_is_asked_about_once(repl, tmp_path):
    (tmp_path / "may.edq").write_text(MAY_DAY)
    with repl("may.edq") as terminal:
        answered(terminal, "kp >= 3", "keeps out 2 files")
        terminal.send(f"quit{ENTER}")
        terminal.wait_for("is not saved")
        terminal.send(f"quit{ENTER}")
        assert terminal.wait() == 0
    assert (tmp_path / "may.edq").read_text() == MAY_DAY


# Typing


def test_a_line_is_answered_and_the_toolbar_counts(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        assert "3 files, 1.63 GB" in terminal.text
        terminal.send("kp >= 3")
        terminal.wait_for("with this: 1 file, 543.11 MB")


def test_mistakes_are_underlined_and_told_of_while_typing(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send("kp >= banana ")
        terminal.wait_until(lambda: underlined(terminal, "kp >= banana") == "banana", "underline it")
        toolbar = terminal.display[-1] + terminal.display[-2]
        assert "banana" in toolbar


def test_the_tokens_of_the_language_have_colours(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send("date 2019-05-01 # a day")
        terminal.wait_for("date 2019-05-01 # a day")
        line, column = terminal.cursor[0], terminal.display[terminal.cursor[0]].index("date")

        def colours():
            return {terminal.style(line, column + offset).fg for offset in (0, 5, 16)}

        terminal.wait_until(lambda: len(colours()) == 3, "colour keyword, moment and comment")


@pytest.mark.parametrize("theme", ["light", "dark", "none"])
def test_themes_are_chosen_and_kept(repl, theme):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, f"set theme {theme}", "edexql>")
        leave(terminal)
        terminal.wait()
    with repl() as terminal:
        terminal.wait_for("edexql>")
        line = terminal.cursor[0]
        colour = terminal.style(line, 0).fg
        assert colour == {"light": "005f87", "dark": "5fd7ff", "none": "default"}[theme]
        answered(terminal, "set theme", f"theme  {theme}")


def test_no_color_is_heeded(repl):
    with repl(NO_COLOR="1") as terminal:
        answered(terminal, MAY_DAY)
        terminal.send("kp >= 12")
        terminal.wait_until(lambda: underlined(terminal, "kp >= 12") != "", "underline it")
        cells = [terminal.style(line, column) for line in range(24) for column in range(100)]
        assert {(cell.fg, cell.bg) for cell in cells} == {("default", "default")}


def test_enter_knows_what_is_open(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        terminal.send(f"logic (1 AND{ENTER}2){ENTER}")
        terminal.wait_for("logic    1 AND 2")
        # An empty line lets one out.
        terminal.send(f"logic (1 AND{ENTER}{ENTER}")
        terminal.wait_for("error[E202]")


def test_the_bracket_under_the_cursor_shows_its_partner(repl):
    with repl() as terminal:
        answered(terminal, f"{MAY_DAY}; kp >= 3")
        terminal.send("logic (1 AND (2 OR 3))")
        terminal.wait_until(lambda: underlined(terminal, "(1 AND (2 OR 3))") == "()", "show the pair")


def test_a_paste_of_many_lines_is_one_input(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        text = MAY_DAY.replace("; ", "\n")
        terminal.send(f"{PASTE}{text}{PASTED}")
        terminal.wait_for("> fai has-data")
        typed(terminal, ENTER)
        assert "logic    1 AND 2" in terminal.text


def test_a_dictionary_is_offered_as_a_query(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        old = "parameters = {'product': ['fai-lv1-hdf5-images'],\n 'date': [['2019-05-01', '2019-05-01']],"
        old += "\n 'query-logic': ' ( 1 ) '}"
        terminal.send(f"{PASTE}{old}{PASTED}{ENTER}")
        terminal.wait_for("edexql> product fai-lv1-hdf5-images")
        terminal.wait_for("> date 2019-05-01")
        typed(terminal, ENTER)
        assert "3 files" in terminal.text


def test_vi_keys(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, "set keys vi", "edexql>")
        terminal.send("dote 2019-05-01")
        terminal.send(ESCAPE)
        terminal.wait_for("[command]")
        terminal.send("0lra")
        terminal.wait_for("edexql> date 2019-05-01")


def test_the_line_can_be_edited_in_an_editor(repl, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "date 2019-05-01" > "$1"\n')
    editor.chmod(0o755)
    with repl(EDITOR=str(editor), VISUAL=None) as terminal:
        terminal.wait_for("edexql>")
        terminal.send("kp")
        terminal.send("\x18\x05")
        terminal.wait_for("date 2019-05-01")


# Completion and history


def test_the_menu_offers_products_with_what_they_are(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send("product h5im")
        terminal.wait_for("fai-lv1-hdf5-images")
        terminal.send(TAB)
        terminal.wait_for("edexql> product fai-lv1-hdf5-images")


def test_a_second_tab_takes_no_completion_away(repl):
    with repl() as terminal:
        ready(terminal)
        terminal.send("prod")
        terminal.wait_for("what to fetch")
        terminal.send(TAB)
        terminal.wait_for("edexql> product")
        terminal.send(TAB + "x")
        terminal.wait_for("edexql> productx")
        stop(terminal)
        terminal.send("product fai-lv1-")
        terminal.wait_for("fai-lv1-png-images")
        candidates = sum("fai-lv1-" in line for line in terminal.display) - 1
        terminal.send(TAB * (candidates + 1) + "x")
        terminal.wait_until(lambda: any("-imagesx" in line for line in terminal.display), "begin with the first again")


def test_the_menu_of_logic_shows_what_numbers_stand_for(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        terminal.send("logic ")
        terminal.wait_until(
            lambda: any(" 2 " in line and "fai has-data" in line for line in terminal.display[8:]), "tell"
        )


def test_verbs_and_their_files_are_completed(repl, tmp_path):
    (tmp_path / "storms.edq").write_text("kp >= 7\n")
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send("open sto")
        terminal.wait_for("storms.edq")
        terminal.send(TAB)
        terminal.wait_for("edexql> open storms.edq")


def test_the_history_is_kept_suggested_and_searched(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        answered(terminal, " kp >= 4", "keeps out")
        answered(terminal, "email me@example.ca", "email    me@example.ca")
        leave(terminal)
        terminal.wait()
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send("prod")
        terminal.wait_for(f"edexql> {MAY_DAY}")
        terminal.send(RIGHT)
        terminal.wait_until(lambda: terminal.cursor[1] == len(f"edexql> {MAY_DAY}"), "take the suggestion")
        stop(terminal)
        answered(terminal, "history", MAY_DAY)
        assert "kp >= 4" not in terminal.text
        assert "me@example.ca" not in terminal.text
        terminal.send(CTRL_R)
        terminal.wait_for("search>")
        terminal.send("fai 05")
        terminal.wait_for(MAY_DAY)
        terminal.send(ENTER)
        terminal.wait_for(f"edexql> {MAY_DAY}")
        stop(terminal)
        terminal.send(CTRL_R)
        terminal.wait_for("search>")
        terminal.send("zzz")
        terminal.send(ESCAPE)
        terminal.wait_gone("search>")
        terminal.send(UP)
        terminal.wait_for("edexql> history")


# Work that is stopped, sessions that are lost


def test_ctrl_c_stops_the_work_and_keeps_the_session(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        terminal.send(f"!echo begun; sleep 600{ENTER}")
        terminal.wait_until(lambda: "begun" in terminal.display, "begin to work")
        stop(terminal)
        terminal.wait_for("interrupted")
        answered(terminal, "show")
        assert "2        fai has-data" in terminal.text


def test_a_line_that_is_killed_is_gone_and_nothing_else(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        ready(terminal)
        typed(terminal, f"kp >= 9{CTRL_C}")
        answered(terminal, "show --text", "fai has-data")
        assert "kp >= 9" not in terminal.text.partition("show --text")[2]


def test_an_interrupt_between_two_lines_ends_nothing(monkeypatch):
    """Not on a terminal, where nobody can hit that moment each time."""
    lines, done = iter(["show", "show", "history"]), []

    class Reader:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self):
            line = next(lines, None)
            if line is None:
                raise EOFError
            return line

    def act(session, text):
        done.append(text)
        if len(done) == 1:
            raise KeyboardInterrupt

    ended = []
    state = SimpleNamespace(
        trouble=None,
        draft=lambda text: None,
        end=lambda: ended.append(True),
        set=lambda name, value: None,
        setting=lambda name: None,
    )
    session = SimpleNamespace(
        over=False,
        draft="kept",
        state=state,
        current=CurrentQuery(),
        left=None,
        given=lambda: SimpleNamespace(config=None),
        close=lambda: None,
    )
    monkeypatch.setattr(loop, "_reader", lambda session, plain: Reader())
    monkeypatch.setattr(execution, "act", act)
    assert loop.talk(session, None, plain=False, fresh=True) == 0
    assert (done, session.draft, ended) == (["show", "show", "history"], "", [True])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_a_killed_session_is_taken_up_again(repl, state, number):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        answered(terminal, "storm: kp >= 3", "keeps out")
        terminal.send("logic 1 AND st")
        terminal.wait_until(lambda: draft(state) == "logic 1 AND st", "keep what is typed")
        terminal.signal(number)
        terminal.wait()
    with repl() as terminal:
        terminal.wait_for("its query is the current query again")
        terminal.wait_for("edexql> logic 1 AND st")
        stop(terminal)
        answered(terminal, "show", "storm: kp >= 3")
        answered(terminal, "undo", "logic    1 AND 2")
        leave(terminal)
        terminal.wait()
    with repl() as terminal:
        terminal.wait_for("edexql>")
        assert "is the current query again" not in terminal.text


def test_a_query_that_was_left_without_saving_can_be_had_again(repl, tmp_path):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        leave(terminal)
        assert terminal.wait() == 0
    for _ in range(2):
        with repl() as terminal:
            terminal.wait_for("the last query was not saved: `undo` brings it back")
            leave(terminal)
            terminal.wait()
    with repl() as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, "undo", "logic    1 AND 2")
        answered(terminal, "save kept.edq", "kept.edq")
        leave(terminal)
        terminal.wait()
    assert "fai has-data" in (tmp_path / "kept.edq").read_text()
    with repl() as terminal:
        ready(terminal)
        assert "was not saved" not in terminal.text


def test_a_killed_session_is_taken_up_with_what_it_asked(repl):
    with repl() as terminal:
        terminal.send(f"use http://127.0.0.1:9/edex{ENTER}")
        terminal.wait_for("lists the files")
        answered(terminal, MAY_DAY)
        terminal.signal(signal.SIGKILL)
        terminal.wait()
    with repl() as terminal:
        terminal.wait_for("its query is the current query again")
        terminal.wait_for("http://127.0.0.1:9/edex lists the files")
        terminal.signal(signal.SIGKILL)
        terminal.wait()
    # What the command line says is stronger.
    with repl("--service", "http://127.0.0.1:9/other") as terminal:
        terminal.wait_for("its query is the current query again")
        terminal.send(f"use{ENTER}")
        terminal.wait_for("http://127.0.0.1:9/other lists the files")


def test_plain_lines_that_were_typed_when_the_session_was_killed_are_offered_again(repl, state):
    with repl("--plain") as terminal:
        terminal.wait_for("query:")
        terminal.send(f"where (kp >= 3{ENTER}")
        terminal.wait_for("more:")
        terminal.send("OR date 2019")
        terminal.wait_until(lambda: "OR date 2019" in draft(state), "keep what is typed")
        terminal.signal(signal.SIGKILL)
        terminal.wait()
    with repl("--plain") as terminal:
        terminal.wait_for("take this? yes or no:")
        assert terminal.text.endswith("where (kp >= 3\nOR date 2019\ntake this? yes or no:")


def draft(folder):
    """What the state has of a line that is being typed."""
    with closing(sqlite3.connect(f"file:{folder}/state.sqlite?mode=ro", uri=True)) as connection:
        (row,) = connection.execute("SELECT draft FROM session").fetchall()
    return (row[0] or b"").decode()


def test_a_file_is_still_its_own_after_the_session_was_killed(repl, tmp_path):
    (tmp_path / "may.edq").write_text(MAY_DAY)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "may.edq").write_text("kp >= 9\n")
    with repl("may.edq") as terminal:
        terminal.wait_for(ANSWERED)
        terminal.wait_until(lambda: terminal.display[terminal.cursor[0]].endswith("edexql>"), "ask")
        terminal.signal(signal.SIGKILL)
        terminal.wait()
    with repl(cwd=tmp_path / "sub") as terminal:
        terminal.wait_for("is the current query again")
        terminal.wait_for("edexql>")
        answered(terminal, "kp >= 3", "keeps out")
        answered(terminal, "save", "saved to")
    assert (tmp_path / "sub" / "may.edq").read_text() == "kp >= 9\n"
    assert (tmp_path / "may.edq").read_text().endswith("kp >= 3\n")


def test_control_characters_of_a_comment_do_not_reach_the_terminal(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send(f"{PASTE}kp >= 3 # \x1b]0;owned\x07{PASTED}{ENTER}")
        terminal.wait_for("logic    1")
        answered(terminal, "show --text", "\\x1b]0;owned")
        assert terminal.title != "owned"


def test_two_at_once_do_not_disturb_each_other(repl):
    with repl() as one, repl() as other:
        answered(one, MAY_DAY)
        other.wait_for("edexql>")
        assert "is the current query again" not in other.text
        answered(other, "date 2015", "logic    1")
        answered(one, "show")
        assert "fai has-data" in one.text


def test_a_state_folder_that_cannot_be_made_is_told_of(repl, tmp_path):
    (tmp_path / "blocked").write_text("")
    with repl(EDEXQL_STATE=str(tmp_path / "blocked" / "state")) as terminal:
        terminal.wait_for("cannot keep history")
        answered(terminal, MAY_DAY)


# The table, and other looks


def test_results_on_the_screen(repl):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        terminal.send(f"results{ENTER}")
        terminal.wait_until(lambda: terminal.alternate, "show the table")
        terminal.send(" ")
        terminal.wait_for("2 of 3 files ticked")
        terminal.send("q")
        terminal.wait_until(lambda: not terminal.alternate, "leave the table")
        answered(terminal, "results --names", "2 of 3 files ticked")
        assert "FAI_lv1_h5_20190501_150534" not in terminal.text.partition("results --names")[2]


@pytest.mark.parametrize("columns", [40, 20])
def test_narrow_terminals(repl, columns):
    with repl(columns=columns) as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, MAY_DAY, "catalogue)" if columns == 20 else "3 files")
        terminal.send("kp >= banana ")
        terminal.wait_for("banana")
        stop(terminal)
        terminal.send(f"drop 1{ENTER}")
        terminal.wait_until(lambda: "sent as  ( 1 )" in terminal.text and " has-data" in terminal.text, "answer")
        assert not any(len(line) > columns for line in terminal.display)


def test_parts_are_switched_off_and_on_by_what_tab_offers(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, f"{MAY_DAY}; kp >= 3", "sent as")
        answered(terminal, "off 3", "off 1    kp >= 3")
        terminal.send("on \t")
        terminal.wait_for("all")
        stop(terminal)
        answered(terminal, "on all", "3        kp >= 3")
        answered(terminal, "undo", "off 1    kp >= 3")


def test_an_operator_is_changed_by_what_tab_offers(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        answered(terminal, f"{MAY_DAY}; storm: kp >= 3", "sent as")
        terminal.send("operator st\t")
        terminal.wait_for("storm  kp >= 3")
        stop(terminal)
        answered(terminal, "operator storm 2", "logic    1 OR 2 OR 3")


def test_wide_characters(repl):
    with repl() as terminal:
        terminal.wait_for("edexql>")
        terminal.send('experiment "極光" > "観測" ')
        width = len("edexql> experiment ") + 6 + 3 + 6 + 1
        terminal.wait_until(lambda: terminal.cursor[1] == width, "have the cursor behind two characters of two columns")
        assert '"極光"' in terminal.display[terminal.cursor[0]]


def test_plain_lines_draw_nothing(repl):
    with repl("--plain") as terminal:
        terminal.wait_for("query:")
        terminal.send(f"{MAY_DAY}{ENTER}")
        terminal.wait_for(ANSWERED)
        terminal.send(f"results{ENTER}")
        terminal.wait_for("[x] 3")
        terminal.send(f"logic (1 OR{ENTER}")
        terminal.wait_for("more:")
        terminal.send(f"2){ENTER}")
        terminal.wait_for("sent as  ( 1 OR 2 )")
        ready(terminal)
        stop(terminal)
        answered(terminal, "shwo", "did you mean")
        leave(terminal)
        assert terminal.wait() == 0
        assert b"\x1b[" not in terminal.transcript.replace(b"\x1b[?2004h", b"").replace(b"\x1b[?2004l", b"")


def test_a_dumb_terminal_gets_plain_lines(repl):
    with repl(TERM="dumb") as terminal:
        terminal.wait_for("query:")


def test_nothing_is_left_in_the_working_folder(repl, tmp_path):
    with repl() as terminal:
        answered(terminal, MAY_DAY)
        leave(terminal)
        terminal.wait()
    assert sorted(os.listdir(tmp_path)) == ["state"]


def test_a_newcomer_who_types_help_and_what_it_says_has_files_listed(repl):
    with repl(lines=40) as terminal:
        terminal.wait_for("edexql>")
        terminal.send(f"help{ENTER}")
        terminal.wait_for("Type a complete query")
        shown = next(line for line in terminal.display if line.strip().startswith("product "))
        answered(terminal, shown.split("     ")[0].strip(), "3 files")
        terminal.send(f"results{ENTER}")
        terminal.wait_for("FAI_lv1_h5_20190501_182724_183456_6.0.0.zip")
