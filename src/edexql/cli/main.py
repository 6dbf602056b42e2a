"""The command line: which command is meant, and what its end means to the shell."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

from edexql.commands import COMMANDS
from edexql.commands.exits import FINE, INTERRUPTED, USAGE
from edexql.commands.running import module_of, program_of, run_verb, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_EXAMPLE = """\
example:
  edexql compile -e 'product fai-lv1-hdf5-images; date 2019-05-01; fai has-data'

exit codes: 0 fine, 1 errors in the input, 2 wrong usage, 3 network or service failure, 130 interrupted.
`edexql COMMAND --help` tells more of each command, `edexql help E206` of a diagnostic. `edexql` alone, on a
terminal, begins the REPL; `edexql -` reads the same lines from standard input."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. None is the one that the process was started with."""
    if arguments is not None:
        return _ended(list(arguments))
    # A process of one command ends before there is garbage worth the search for it, at its end too.
    gc.disable()
    _prepare_streams()
    code = _ended(sys.argv[1:])
    gc.freeze()
    return code


def _prepare_streams() -> None:
    """Results are UTF-8 wherever they go but to a terminal, and nothing that cannot be shown ends a command."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # for the rest of the process
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _ended(words: list[str]) -> int:
    if "_ARGCOMPLETE" in os.environ:
        from edexql.cli.completion import complete

        complete()
    if sys.stdout is None:
        say("cannot write the result: standard output is closed")
        return USAGE
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _discard_output()
        return FINE
    except OSError as error:
        _discard_output()
        say(f"cannot write the result: {error.strerror or error}")
        return USAGE
    return code


def _discard_output() -> None:
    """Nothing more can be written, when Python flushes its streams at the end neither."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    if words[:1] == ["-"] or (not words and _on_a_terminal()):
        words = ["repl", *words[1:]]
    if not words or words[0] in ("-h", "--help", "help"):
        return _help(words)
    if words[0] in ("-V", "--version"):
        from edexql.base.version import __version__

        sys.stdout.write(f"edexql {__version__}\n")
        return FINE
    if words[0] not in COMMANDS:
        return _unknown(words[0])
    return run_verb(module_of(words[0]), program_of(words[0]), words[1:])


def _on_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _help(words: list[str]) -> int:
    if len(words) > 1 and words[1] in COMMANDS:
        return _run([words[1], "--help"])
    if len(words) > 1 and not words[1].startswith("-"):
        from edexql.commands.manual import entry, section
        from edexql.repl.verbs import VERBS

        text = section(words[1]) or entry(words[1])
        if text is None and words[1] in VERBS:
            say(f"`{words[1]}` is a verb of the prompt ({VERBS[words[1]]}): `edexql`, then `help {words[1]}`")
            return USAGE
        if text is None:
            say(f"there is nothing on {words[1]}; `edexql help` lists the commands, `edexql vocabulary` the names")
            return USAGE
        sys.stdout.write(text)
        return FINE
    sys.stdout.write(usage()) if words else sys.stderr.write(usage())
    return FINE if words else USAGE


def usage() -> str:
    width = max(map(len, COMMANDS))
    listed = "".join(f"  {name:{width}}  {summary}\n" for name, summary in COMMANDS.items())
    head = "usage: edexql COMMAND [OPTIONS] [FILE...]\n\nQueries for the e-POP data of the CASSIOPE satellite.\n"
    return f"{head}\ncommands:\n{listed}\noptions:\n  --version   the version\n  --help      this help\n\n{_EXAMPLE}\n"


def _unknown(word: str) -> int:
    from edexql.base.text import shown
    from edexql.language.spelling import did_you_mean, nearest

    if word.startswith("-"):
        say(f"there is no option {shown(word)} before a command; see `edexql --help`")
        return USAGE
    help = did_you_mean(nearest(word, COMMANDS)) or "see `edexql --help`"
    if os.path.exists(word):
        help = f"to compile the file, write `edexql compile {word}`"
    say(f"there is no command {shown(word)}: {help}")
    return USAGE
