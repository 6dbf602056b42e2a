"""The command line, which composes the faces: which command is meant, and what its end means to the shell.

completion   what a shell asks when the tab key is pressed
repl         `edexql repl`, which starts the prompt
serve        `edexql serve`, which starts the service
workbench    `edexql workbench`, which starts the page and opens it
service      what these two have in common
"""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

from edexql.commands.exits import FINE, INTERRUPTED, USAGE, guarded, run_verb, say
from edexql.commands.registry import COMMAND_LINE, implementation, program, verb_of

# Modules that, once imported, may have threads, children or results of their own.
_WATCHING = {"threading", "multiprocessing", "cProfile", "profile", "trace", "pdb", "coverage"}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. None is the one that the process was started with."""
    if arguments is not None:
        return _ended(list(arguments))
    # A process of one command ends before there is garbage worth the search for it, at its end too.
    gc.disable()
    _prepare_streams()
    code = _ended(sys.argv[1:])
    gc.freeze()
    if not _has_more_to_end():
        # All is written: taking the modules apart, as Python does at its end, is a tenth of the time of a command.
        try:
            sys.stderr.flush()
        finally:
            os._exit(code)
    return code


def _has_more_to_end() -> bool:
    """Whether more than this command waits for the end of the process: threads, callbacks, a debugger, a profiler."""
    watched = sys.gettrace() or sys.getprofile() or sys.flags.inspect or _WATCHING & sys.modules.keys()
    # Where nobody has imported it, nobody has registered a callback.
    atexit = sys.modules.get("atexit")
    return bool(watched) or (atexit is not None and getattr(atexit, "_ncallbacks", lambda: 1)() > 0)


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
    if not words:
        from edexql.commands.help import usage

        sys.stderr.write(usage())
        return USAGE
    if words[0] in ("-h", "--help"):
        words = ["help", *words[1:]]
    if words[0] in ("-V", "--version"):
        from edexql.base.version import __version__

        sys.stdout.write(f"edexql {__version__}\n")
        return FINE
    verb = verb_of(COMMAND_LINE, words[0])
    if verb is None:
        return _unknown(words[0])
    from edexql.commands.plain_words import plain_options

    done = implementation(verb)
    options = plain_options(done, words[1:])
    if options is not None:
        return guarded(lambda: done.run(options), options)
    from edexql.commands.parser import parser_of

    return run_verb(done, parser_of(done, program(verb, COMMAND_LINE)), words[1:])


def _on_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _unknown(word: str) -> int:
    from edexql.base.text import did_you_mean, nearest, shown
    from edexql.commands.registry import verbs_of

    if word.startswith("-"):
        say(f"there is no option {shown(word)} before a command; see `edexql --help`")
        return USAGE
    help = did_you_mean(nearest(word, verbs_of(COMMAND_LINE))) or "see `edexql --help`"
    if os.path.exists(word):
        help = f"to compile the file, write `edexql compile {word}`"
    say(f"there is no command {shown(word)}: {help}")
    return USAGE
