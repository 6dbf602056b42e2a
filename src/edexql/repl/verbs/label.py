"""`label`."""

from __future__ import annotations

from edexql.repl.verbs.drop import numbers_and_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Give a constraint of the query under hand a name, which `logic` can then use."
EXAMPLE = "label 1 storm"


def arguments(parser: argparse.ArgumentParser) -> None:
    number = parser.add_argument("number", metavar="NUMBER", type=int, help="that of the constraint, as `show` has it")
    number.completer = _numbers  # type: ignore[attr-defined]  # read by argcomplete
    parser.add_argument("name", metavar="NAME", help="letters, digits and hyphens")


def run(options: argparse.Namespace) -> int:
    from edexql.compiler.editing import labelled
    from edexql.repl import answer

    session = options.session
    session.change_text(labelled(session.hand.text, options.number, options.name))
    return answer.give(session)


def _numbers(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    return {word: text for word, text in numbers_and_words(parsed_args).items() if word.isdigit()}
