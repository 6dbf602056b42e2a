"""`help`."""

from __future__ import annotations

import sys

from edexql.shell.exits import FINE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
One screen on how to begin; with a word, what there is to say of a verb, a statement (date, logic, ...) or the code
of a diagnostic (E206)."""
EXAMPLE = "help logic"

SCREEN = """\
Type a query, at once or one statement after the other. Each line is answered.

  product fai-lv1-hdf5-images; date 2019-05-01; fai has-data     a query
  kp >= 3                 one more constraint
  3: kp >= 2              constraint 3 becomes another
  drop 3                  it goes;  undo  brings it back
  logic 1 AND 2           how they are joined;  label 1 day  gives number 1 a name
  results                 the files: page, sort, filter, untick with keys

Tab completes, Right takes what is suggested in grey, Ctrl-R searches what was typed before,
Alt-Enter begins a new line, Ctrl-C stops what goes on, Ctrl-D leaves.

  the query  show drop label undo redo clear edit open save diff history check fmt
  answers    fetch results influence why timeline explain compile vocabulary
  around     use set catalogue serve decompile help quit  !COMMAND of the shell

`vocabulary products` lists what can be asked for, `help date` and `help logic` tell of a
statement, `help fetch` of a verb, `help E206` of a diagnostic.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    word = parser.add_argument("word", metavar="WORD", nargs="?", help="a verb, a statement, a topic or a code")
    word.completer = _words  # type: ignore[attr-defined]  # read by argcomplete


def run(options: argparse.Namespace) -> int:
    from edexql.shell.manual import section
    from edexql.shell.repl.lines import NAMES, module_of
    from edexql.shell.repl.verbs import OTHER_NAMES
    from edexql.shell.running import parser_of

    if options.word is None:
        sys.stdout.write(SCREEN)
        return FINE
    word = OTHER_NAMES.get(options.word.lower(), options.word.lower())
    if word in NAMES:
        parser_of(module_of(word), word).print_help()
        return FINE
    text = section(word)
    if text is None:
        raise UsageError(f"there is nothing on {options.word}; `help` alone tells where to begin")
    sys.stdout.write(text)
    return FINE


def _words(**_: object) -> list[str]:
    from edexql.language.codes import CODES
    from edexql.shell.manual import TOPICS
    from edexql.shell.repl.lines import NAMES

    return [*NAMES, *TOPICS, *CODES]
