"""Verbs that show and change the current query: show, drop, off, on, operator, label, undo, redo, clear, edit."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile

from edexql.base.text import printable, shown
from edexql.commands.exits import FINE, UsageError
from edexql.commands.registry import Implementation
from edexql.repl import current_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edexql.repl.current_query import CurrentQuery


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", action="store_true", help="the text of the query, as `save` writes it")


def _show(options: argparse.Namespace) -> int:
    from edexql.repl import answer

    text = options.session.current.text
    if not text.strip():
        sys.stdout.write("there is no query yet; `help` shows how to begin one\n")
    elif options.text:
        # To a terminal nothing goes that it would act upon.
        sys.stdout.write("\n".join(map(printable, text.split("\n"))) if sys.stdout.isatty() else text)
    else:
        answer.show(options.session)
    return FINE


SHOW = Implementation(
    """\
Show the current query: products, numbered constraints with their names and what each contributes, the
logic and how it is sent, and how many files that gives. With --text, its text.""",
    "show --text",
    _show_arguments,
    _show,
)


def _drop_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_argument("parts", metavar="PART", nargs="+", help="a number, name, product, logic, email, $NAME")
    parts.completer = _parts  # type: ignore[attr-defined]  # read by argcomplete


def _drop(options: argparse.Namespace) -> int:
    from edexql.compiler.editing import dropped
    from edexql.compiler.editing.switches import followed
    from edexql.repl import answer

    session = options.session
    text = session.current.text
    session.change_text(followed(text, dropped(text, options.parts), in_place=False))
    return answer.give(session)


def _parts(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """What can be dropped from the current query, each with the text it stands for."""
    from edexql.commands.local import constraint_text
    from edexql.compiler.request import meaning

    session = parsed_args.session
    query = meaning(session.query, session.setting())[0].query
    texts = [constraint_text(constraint) for constraint in query.constraints]
    labels = {c.label: text for c, text in zip(query.constraints, texts, strict=True) if c.label}
    numbers = {f"{number}": text for number, text in enumerate(texts, 1)}
    return numbers | labels | dict.fromkeys(query.products, "product") | {"logic": "", "email": "", "product": ""}


DROP = Implementation(
    """\
Remove parts of the current query: constraints by number or name, a product by its name, `product` (all
of them), `logic`, `email`, or a parameter as $NAME. The rest is renumbered, also in the logic.""",
    "drop 2 storm",
    _drop_arguments,
    _drop,
)


def _off_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_argument("parts", metavar="PART", nargs="+", help="a number or name, or `all`")
    parts.completer = _constraints  # type: ignore[attr-defined]  # read by argcomplete


def _off(options: argparse.Namespace) -> int:
    from edexql.compiler.editing.document import numbers_named, read
    from edexql.compiler.editing.switches import several_switched_off
    from edexql.repl import answer

    session = options.session
    text = session.current.text
    session.change_text(several_switched_off(text, numbers_named(read(text), options.parts)))
    return answer.give(session)


def _constraints(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    from edexql.compiler.editing.document import labels_of, read

    labels = labels_of(read(parsed_args.session.current.text).program)
    return {w: text for w, text in _parts(parsed_args).items() if w.isdigit() or w in labels} | {"all": ""}


OFF = Implementation(
    """\
Switch constraints of the current query off, by number or name, or `all`. Each becomes a comment in its
place, and is no longer in the logic; `show` lists what is off, and `on` brings it back.""",
    "off 2 storm",
    _off_arguments,
    _off,
)


def _on_arguments(parser: argparse.ArgumentParser) -> None:
    part = parser.add_argument("part", metavar="N", help="the number behind `off` in the answer of `show`, or `all`")
    part.completer = _parts_off  # type: ignore[attr-defined]  # read by argcomplete


def _on(options: argparse.Namespace) -> int:
    from edexql.compiler.editing.switches.comments import parts_off
    from edexql.compiler.editing.switches.restoration import all_switched_on, switched_on
    from edexql.language.lexer import tokenize
    from edexql.repl import answer

    session = options.session
    text = session.current.text
    places = [offset for offset, _ in parts_off(tokenize(text))]
    if not places:
        raise UsageError("nothing is switched off; `off 2` does that to constraint 2")
    wanted = options.part.lower()
    if wanted == "all":
        text = all_switched_on(text)
    elif wanted in map(str, range(1, len(places) + 1)):
        text = switched_on(text, places[int(wanted) - 1])
    else:
        raise UsageError(
            f"nothing that is off has the number {shown(options.part)}; there are 1 to {len(places)}, or `all`"
        )
    session.change_text(text)
    return answer.give(session)


def _parts_off(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    from edexql.compiler.editing.switches.comments import parts_off
    from edexql.language.lexer import tokenize

    parts = parts_off(tokenize(parsed_args.session.current.text))
    return {f"{number}": off.text for number, (_, off) in enumerate(parts, 1)} | {"all": ""}


ON = Implementation(
    """\
Switch on again what `off` switched off, by its number in the answer of `show`, or `all`. It gets its place
in the logic back; where that is no longer certain, it stays off, and the answer says why.""",
    "on 1",
    _on_arguments,
    _on,
)


def _operator_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_argument("parts", metavar="PART", nargs="+", help="a number or name, or `all`")
    parts.completer = _constraints  # type: ignore[attr-defined]  # read by argcomplete


def _operator(options: argparse.Namespace) -> int:
    from edexql.compiler.editing.changes import edited
    from edexql.compiler.editing.tree_edits import operator_over
    from edexql.repl import answer

    session = options.session
    text, setting = session.current.text, session.setting()
    node, operator = operator_over(text, options.parts, answer.vocabulary_of(setting))
    other = "or" if operator == "and" else "and"
    session.change_text(edited(text, {"kind": "operator", "node": node, "operator": other}, setting).text)
    return answer.give(session)


OPERATOR = Implementation(
    """\
Change the AND that joins constraints to OR, or the OR to AND. With one constraint, it is what joins that to
others; with several, the innermost that joins them all. `all` names the outermost of the logic.""",
    "operator 2 storm",
    _operator_arguments,
    _operator,
)


def _label_arguments(parser: argparse.ArgumentParser) -> None:
    number = parser.add_argument("number", metavar="NUMBER", type=int, help="that of the constraint, as `show` has it")
    number.completer = _numbers  # type: ignore[attr-defined]  # read by argcomplete
    parser.add_argument("name", metavar="NAME", help="letters, digits and hyphens")


def _label(options: argparse.Namespace) -> int:
    from edexql.compiler.editing import labelled
    from edexql.compiler.editing.switches import followed
    from edexql.repl import answer

    session = options.session
    text = session.current.text
    session.change_text(followed(text, labelled(text, options.number, options.name), in_place=True))
    return answer.give(session)


def _numbers(parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    return {word: text for word, text in _parts(parsed_args).items() if word.isdigit()}


LABEL = Implementation(
    "Give a constraint of the current query a name, which `logic` can then use.",
    "label 1 storm",
    _label_arguments,
    _label,
)


def _times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("times", metavar="N", nargs="?", type=int, default=1, help="how often (default: once)")


def _undo(options: argparse.Namespace) -> int:
    return _step(options, current_query.undo, len(options.session.current.before), "there is nothing to undo")


def _redo(options: argparse.Namespace) -> int:
    return _step(options, current_query.redo, len(options.session.current.after), "there is nothing to redo")


def _step(options: argparse.Namespace, move: Callable[[CurrentQuery], CurrentQuery], most: int, otherwise: str) -> int:
    """Move the current query through its changes, as often as is asked. Raises UsageError where there are none."""
    from edexql.repl import answer

    if not most:
        raise UsageError(otherwise)
    for _ in range(min(options.times, most)):
        options.session.change(move(options.session.current))
    return answer.give(options.session)


UNDO = Implementation("Undo the last change of the current query. `redo` makes it again.", "undo", _times, _undo)
REDO = Implementation("Make the change again that the last `undo` undid.", "redo", _times, _redo)


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _clear(options: argparse.Namespace) -> int:
    session = options.session
    session.change(current_query.detach(current_query.edit(session.current, "")))
    if session.interactive:
        sys.stdout.write("a new query; `undo` brings the old one back\n")
    return FINE


CLEAR = Implementation("Begin a new query. `undo` brings the old one back.", "clear", _no_arguments, _clear)


def _edit(options: argparse.Namespace) -> int:
    from edexql.repl.files import take_text

    text = edited(options.session.current.text)
    return take_text(options.session, text, "<edited>")


def edited(text: str) -> str:
    """A text as it comes back from the user's editor. Raises UsageError."""
    from edexql.commands import inputs

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor is None:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError("without a terminal an editor has to be named by $EDITOR")
        editor = "vi"
    with tempfile.TemporaryDirectory(prefix="edexql-") as folder:
        path = os.path.join(folder, "query.edq")
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
        try:
            code = subprocess.run([*shlex.split(editor), path], check=False).returncode  # noqa: S603
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot run the editor {editor}: {error}; set $EDITOR to another") from error
        if code:
            raise UsageError(f"the editor {editor} ended with {code}: the query is as it was")
        return inputs.read(path).text


EDIT = Implementation(
    """\
Change the current query in an editor: $VISUAL, else $EDITOR, else vi. A text with errors is not accepted; it
appears at the next prompt, where you can correct it.""",
    "edit",
    _no_arguments,
    _edit,
)
