"""`help`."""

from __future__ import annotations

import sys

from edexql.commands.exits import FINE, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
One screen on how to begin; with a word, what there is to say of a verb, a statement (date, logic, ...) or the code
of a diagnostic (E206)."""
EXAMPLE = "help logic"

SCREEN = """\
Type a query, whole or one statement after the other; each line is answered:
  product fai-lv1-hdf5-images; date 2019-05-01; fai has-data
  kp >= 3             one more constraint (of one kind: either will do)
  3: kp >= 2          constraint 3 becomes another;  drop 3  takes it away
  logic 1 AND NOT 3   how they are joined;  label 1 day  gives a name
  results             the files: page, sort, filter, untick;  undo  goes back
Tab completes, Right takes the grey suggestion, Ctrl-R searches the history,
Alt-Enter begins a line, Ctrl-C stops, Ctrl-D leaves. The verbs:
  show drop label undo redo clear edit open save diff history check fmt explain
  compare fetch results influence why timeline vocabulary compile decompile
  catalogue select request continue download retry unpack browse availability
  use set config doctor serve help quit    !COMMAND of the shell
`vocabulary products` lists what can be asked for; `help date`, `help logic`,
`help kp` tell of the language, `help fetch` of a verb, `help E206` of a code.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    word = parser.add_argument("word", metavar="WORD", nargs="?", help="a verb, a statement, a topic or a code")
    word.completer = _words  # type: ignore[attr-defined]  # read by argcomplete


def run(options: argparse.Namespace) -> int:
    from edexql.commands.manual import entry, section
    from edexql.commands.running import parser_of
    from edexql.repl.lines import NAMES, module_of
    from edexql.repl.verbs import OTHER_NAMES

    if options.word is None:
        sys.stdout.write(SCREEN)
        return FINE
    word = OTHER_NAMES.get(options.word.lower(), options.word.lower())
    if word in NAMES:
        parser_of(module_of(word), word).print_help()
        return FINE
    text = section(word) or entry(word, options.session.setting().vocabulary)
    if text is None:
        raise UsageError(f"there is nothing on {options.word}; `help` alone tells where to begin")
    sys.stdout.write(text)
    return FINE


def _words(**_: object) -> dict[str, str]:
    from edexql.commands.manual import TOPICS
    from edexql.language.diagnostics.codes import CODES
    from edexql.repl.lines import NAMES

    return NAMES | dict.fromkeys(TOPICS, "the language") | CODES
