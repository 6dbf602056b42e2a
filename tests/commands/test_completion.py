"""The tab key in real shells: what `edexql completion` prints is sourced, and completing offers what there is."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time

import pytest

from commands import PATIENCE, environment, run, run_program
from edexql.commands.registry import COMMAND_LINE, verbs_of

pytestmark = pytest.mark.shells
pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

COMMANDS = {*verbs_of(COMMAND_LINE)}
TARGETS = {"wire", "curl", "python", "text", "sql"}
SHELLS = ("bash", "zsh", "fish")


def shell(name):
    found = shutil.which(name)
    assert found, f"{name} is needed for this test: install it (apt-get install {name})"
    return found


# How each shell is asked for completions without a person at the keyboard.
ASK_BASH = r"""
eval "$(edexql completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_python_argcomplete edexql
printf '%s\n' "${COMPREPLY[@]}"
"""
ASK_FISH = "edexql completion fish | source; complete -C $argv[1]"


def offered_by_bash(line, cwd):
    done = run_program(shell("bash"), "-c", ASK_BASH, "bash", line, cwd=cwd)
    assert (done.code, done.err) == (0, "")
    return {text.strip() for text in done.out.splitlines()}


def offered_by_fish(line, cwd):
    done = run_program(shell("fish"), "--no-config", "-c", ASK_FISH, line, cwd=cwd, HOME=str(cwd))
    assert (done.code, done.err) == (0, "")
    return {text.split("\t")[0].strip() for text in done.out.splitlines()}


class Typing:
    """An interactive shell on a pseudo-terminal, with someone typing."""

    def __init__(self, words, cwd):
        ours, theirs = pty.openpty()
        self._terminal = ours
        self._shown = b""
        self._process = subprocess.Popen(
            words,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            env=environment(HOME=str(cwd), ZDOTDIR=str(cwd), PS1="", INPUTRC="/dev/null", TERM="dumb", COLUMNS="200"),
            start_new_session=True,
        )
        os.close(theirs)

    def type(self, text):
        os.write(self._terminal, text.encode())

    def shows(self, text):
        """Wait until the terminal shows a text; what it showed up to there. Fails where it never does."""
        end = time.monotonic() + PATIENCE
        while text.encode() not in self._shown:
            ready, _, _ = select.select([self._terminal], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{text!r} never came; the terminal shows {self._shown!r}"
            self._shown += os.read(self._terminal, 65536)
        before, found, self._shown = self._shown.partition(text.encode())
        return (before + found).decode()

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


SET_UP = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(edexql completion bash)"'),
    "zsh": (["-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(edexql completion zsh)"'),
}


@pytest.fixture(params=SET_UP)
def typing(request, tmp_path):
    """An interactive shell in which completion is set up as its help says."""
    words, set_up = SET_UP[request.param]
    (tmp_path / "mayday.edq").write_text("date 2019\n")
    terminal = Typing([shell(request.param), *words], tmp_path)
    # The text is put together by the shell, so that the echo of the line is not taken for it.
    terminal.type(f"{set_up}; echo rea''dy\n")
    assert "not found" not in terminal.shows("ready")
    yield terminal
    terminal.close()


def test_the_tab_key_completes_a_command(typing):
    typing.type("echo : edexql; edexql expl\t")
    typing.shows("edexql explain")


def test_the_tab_key_completes_a_choice_and_the_line_then_runs(typing):
    typing.type("edexql compile --to cu\t-e 'date 2019' -q; echo do''ne\n")
    assert "curl --silent" in typing.shows("done")


def test_the_tab_key_completes_a_file_and_the_line_then_runs(typing):
    typing.type("edexql fmt --check may\t; echo status $?.\n")
    typing.shows("status 0.")


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_one_that_its_shell_reads(name, tmp_path):
    script = tmp_path / "completion"
    script.write_text(run("completion", name).out)
    done = run_program(shell(name), "-n", str(script))
    assert done == (0, "", "")


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
def test_every_command_is_offered(offered, tmp_path):
    assert offered("edexql ", tmp_path) >= COMMANDS


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
def test_only_what_begins_so_is_offered(offered, tmp_path):
    assert offered("edexql comp", tmp_path) == {"compare", "compile", "completion"}


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("edexql compile --to ", TARGETS),
        ("edexql check --output ", {"terminal", "plain", "json", "sarif", "github"}),
        ("edexql fetch --output ", {"text", "names", "csv", "json"}),
        ("edexql completion ", set(SHELLS)),
        ("edexql vocabulary ", {"products", "fields", "experiments", "update"}),
    ],
)
def test_the_choices_of_an_option_are_offered(offered, line, choices, tmp_path):
    assert choices <= offered(line, tmp_path) <= choices | {"-h", "--help"} | OPTIONS


OPTIONS = {"--output", "--today", "--vocabulary", "--from", "--dry-run", "--config", "--record", "--replay"}


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
def test_options_are_offered_to_a_dash(offered, tmp_path):
    assert offered("edexql check --", tmp_path) >= {"--fix", "--output", "--strict", "--today", "--vocabulary"}


@pytest.mark.parametrize("offered", [offered_by_bash, offered_by_fish])
def test_files_are_offered(offered, tmp_path):
    (tmp_path / "mayday.edq").write_text("date 2019\n")
    assert offered("edexql compile may", tmp_path) == {"mayday.edq"}


@pytest.mark.parametrize("name", SHELLS)
def test_the_protocol_of_completion_is_answered_for_each_shell(name, tmp_path):
    # What the scripts say to the program, without the shell: the answer comes on file descriptor 8.
    line = "edexql compile --to "
    done = run_program(
        shell("bash"),
        "-c",
        "edexql 8>&1 9>/dev/null 1>/dev/null",
        _ARGCOMPLETE="1",
        _ARGCOMPLETE_SHELL=name,
        _ARGCOMPLETE_IFS="\n",
        _ARGCOMPLETE_SUPPRESS_SPACE="1",
        COMP_LINE=line,
        COMP_POINT=str(len(line)),
        COMP_TYPE="9",
    )
    assert done.code == 0
    # zsh is given a description after a colon.
    assert {answer.split(":")[0].split("\t")[0] for answer in done.out.splitlines()} == TARGETS
