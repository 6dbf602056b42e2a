"""A label given to a constraint, or another one."""

from __future__ import annotations

import re

from edexql.base.text import shown
from edexql.compiler.editing.edited import EditError
from edexql.compiler.editing.pruning import operands
from edexql.compiler.editing.sheet import finished, labels_of, logic_of, ranges_of, read, spliced, there_are
from edexql.compiler.editing.splitting import split
from edexql.language.lexer import NAME
from edexql.language.syntax import Logic
from edexql.language.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.editing.sheet import Sheet

_LABEL = re.compile(r"[a-z][a-z0-9-]*")


def labelled(text: str, number: int, name: str) -> str:
    """A query in which a constraint has a label, laid out; the logic stays as it is.

    Where its statement has other values beside it, the statement is cut round it; where the statement has a label,
    that label is changed, in the logic as well. Raises EditError for a name that cannot be a label or is given
    already, and for a constraint that is not there or stands in `where`.
    """
    sheet = read(text)
    _check(name, sheet)
    if not 1 <= number <= len(sheet.elements):
        raise EditError(f"there is no constraint {number}", there_are(len(sheet.elements)))
    element = sheet.elements[number - 1]
    constraint = element.constraint
    if isinstance(sheet.program.statements[element.statement], Logic):
        raise EditError(
            f"constraint {number} stands in the `where`, where there are no labels",
            "write it as a statement of its own to give it one",
        )
    if constraint.label is not None:
        return finished(spliced(sheet.text, _renamed(sheet, constraint.label.text.lower(), name)))
    span = constraint.span
    ranges = ranges_of(constraint, sheet.tokens)
    if len(ranges) == 1:
        return finished(spliced(sheet.text, [(span.start, span.start, f"{name}: ")]))
    cut = split(sheet.tokens, element, ranges)
    return finished(spliced(sheet.text, [(span.start, span.end, f"{cut.before}{name}: {cut.alone}{cut.behind}")]))


def _check(name: str, sheet: Sheet) -> None:
    if _LABEL.fullmatch(name) is None:
        raise EditError(f"{shown(name)} cannot be a label", "a label is letters, digits and hyphens, as in `storm-2`")
    if name in WORDS:
        raise EditError(f"{shown(name)} is a word of the language and cannot be a label")
    if name in labels_of(sheet.program):
        raise EditError(f"the label {shown(name)} is given already", "choose another name")


def _renamed(sheet: Sheet, before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """The splices that change a label where it is given and where the logic names it."""
    statement = sheet.program.statements[labels_of(sheet.program)[before]]
    yield statement.span.start, statement.span.start + len(before), after
    index = logic_of(sheet.program)
    logic = None if index is None else sheet.program.statements[index]
    if not isinstance(logic, Logic):
        return
    for first, _, constraint in operands(logic, sheet.tokens):
        token = sheet.tokens
        if constraint is None and token.kinds[first] == NAME and token.read(first).lower() == before:
            yield token.starts[first], token.ends[first], after
