"""`drop`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Take parts of the query under hand away: constraints by number or name, a product by its name, `product` (all
of them), `logic`, `email`, or a parameter as $NAME. What is left is numbered anew, and the logic with it."""
EXAMPLE = "drop 2 storm"


def arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_argument("parts", metavar="PART", nargs="+", help="a number, name, product, logic, email, $NAME")
    parts.completer = numbers_and_words  # type: ignore[attr-defined]  # read by argcomplete


def run(options: argparse.Namespace) -> int:
    from edexql.compiler.editing import dropped
    from edexql.repl import answer

    session = options.session
    session.change_text(dropped(session.hand.text, options.parts))
    return answer.give(session)


def numbers_and_words(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """What can be dropped from the query under hand, each with the text it stands for."""
    from edexql.commands.local import constraint_text
    from edexql.compiler.request import meaning

    session = parsed_args.session
    query = meaning(session.source, session.setting())[0].query
    texts = [constraint_text(constraint) for constraint in query.constraints]
    labels = {c.label: text for c, text in zip(query.constraints, texts, strict=True) if c.label}
    numbers = {f"{number}": text for number, text in enumerate(texts, 1)}
    return numbers | labels | dict.fromkeys(query.products, "product") | {"logic": "", "email": "", "product": ""}
