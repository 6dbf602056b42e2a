"""One door to all edits: plain data that names an edit, into the least changes of the text as it stands.

    {"kind": "enter", "typed": "kp >= 5"}      {"kind": "replace", "reference": "2", "typed": "kp >= 6"}
    {"kind": "value", "number": 2, "typed": "kp >= 6"}
    {"kind": "drop", "references": ["2"]}      {"kind": "label", "number": 2, "name": "storm"}
    {"kind": "logic", "expression": "1 AND 2"} {"kind": "product", "name": "fai-lv1-hdf5-images", "on": true}
    {"kind": "email", "address": ""}           {"kind": "whole", "typed": "product ..."}
    {"kind": "off", "number": 2}               {"kind": "off-logic", "node": 4}
    {"kind": "on", "from": 40}                 {"kind": "move", "node": 0, "target": 4, "place": "into"}
    {"kind": "group", "nodes": [0, 1], "operator": "or"}
    {"kind": "operator", "node": 4, "operator": "or"}
    {"kind": "negate", "node": 4}              {"kind": "remove", "node": 4}

`value` is `replace` by a form that shows values and not the names of parameters: where a `let` gives the value for this
constraint alone, it is changed there; where the new value cannot be written there, the `let` goes if nothing else uses
it, and its comments stay. An empty expression or address removes it. `from` is the place of a comment in
the text, and nodes are those of the form of the query.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.compiler.editing.differences import applied, differences, plain_difference
from edexql.compiler.editing.document import EditError, Piece, logic_of, read
from edexql.compiler.editing.entry import diagnosed, entered
from edexql.compiler.editing.let_values import with_values, without_unused
from edexql.compiler.editing.product_edits import with_product, without_product
from edexql.compiler.editing.removal import dropped, without_logic
from edexql.compiler.editing.replacement import labelled, replaced
from edexql.compiler.editing.switches import followed, logic_switched_off, switched_off, switched_on, tree_followed
from edexql.compiler.editing.tree_edits import grouped, moved, negated, removed, with_operator
from edexql.compiler.request import compilation
from edexql.language.source import Source
from edexql.language.syntax import Logic
from edexql.model.vocabulary import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from edexql.compiler.editing.differences import Edit
    from edexql.compiler.editing.document import Edited
    from edexql.compiler.request import Setting
    from edexql.language.diagnostics import Diagnostic


class Change(Record):
    """A text after an edit, and the edits of the text before that give it, in order.

    A byte order mark before a text is no part of it.
    """

    text: str
    edits: tuple[Edit, ...]


def edited(text: str, edit: Mapping[str, Any], setting: Setting) -> Change:
    """The query `text` after an edit, named by plain data as this module describes.

    Comments, labels and layout of what the edit does not concern stay as they are. Raises EditError where the edit is
    refused, or is not of the form that its kind has, and QueryError, with diagnostics in the typed text, where what was
    typed is wrong.
    """
    own = Source(text).text
    kind = edit.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        name = shown(str(kind)) if kind is not None else "without `kind`"
        raise EditError(f"unknown edit {name}", f"the kinds of edits are {', '.join(KINDS)}")
    form = KINDS[kind]
    new = form.action(own, setting, *_values(edit, form.parts))
    if kind not in ("off", "on", "off-logic", "whole"):
        new = followed(own, new, in_place=kind in ("replace", "value", "label"))
    if form.action in _TREE_EDITS and _HAS_OFF in own.lower():

        def again(other: str, places: Mapping[int, int]) -> str:
            return form.action(other, setting, *_values(_at(edit, places), form.parts))

        new = tree_followed(own, new, again, setting.vocabulary or load())
    edits = plain_difference(own, new) if kind == "whole" else differences(own, new)
    return Change(applied(own, edits), edits)


class Kind(Record):
    """A kind of edit: the parts that it has, each with its shape, and the function that gives the edited text."""

    action: Callable[..., str]
    parts: Mapping[str, Shape]


class Shape(Record):
    """What a part of an edit has to be: in words, and as a test."""

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


TEXT = Shape("a text", lambda value: isinstance(value, str))
NUMBER = Shape("a whole number", _is_number)
NUMBERS = Shape("a list of whole numbers", lambda value: isinstance(value, list) and all(map(_is_number, value)))
REFERENCE = Shape("a number or a text", _is_reference)
REFERENCES = Shape(
    "a list of numbers or texts", lambda value: isinstance(value, list) and all(map(_is_reference, value))
)
YES_OR_NO = Shape("true or false", lambda value: isinstance(value, bool))
OPERATOR = Shape('"and" or "or"', lambda value: value in ("and", "or"))
PLACE = Shape('"before", "after" or "into"', lambda value: value in ("before", "after", "into"))


def _values(edit: Mapping[str, Any], parts: Mapping[str, Shape]) -> list[Any]:
    """The values of the parts of an edit, in order. Raises EditError for one that is missing, unknown or misshapen."""
    kind = shown(edit["kind"])
    for name in edit:
        if name != "kind" and name not in parts:
            raise EditError(f"the edit {kind} has no part {shown(str(name))}", f"its parts are {', '.join(parts)}")
    for name, shape in parts.items():
        if name not in edit:
            raise EditError(f"the edit {kind} needs `{name}`", f"give {shape.words}")
        if not shape.fits(edit[name]):
            raise EditError(f"`{name}` of the edit {kind} is not {shape.words}")
    return [edit[name] for name in parts]


def _checked(result: Edited, typed: str, setting: Setting) -> str:
    """The text of an edit by typed text. Raises QueryError where that is wrong."""
    diagnostics = diagnosed(result, typed, setting)
    _refuse(diagnostics)
    if result.text is None:
        raise EditError("this cannot be read", "write a statement, as in `kp >= 5`")
    return result.text


def _refuse(diagnostics: Sequence[Diagnostic]) -> None:
    if any(diagnostic.is_error for diagnostic in diagnostics):
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(tuple(diagnostics))


def _enter(text: str, setting: Setting, typed: str) -> str:
    return _checked(entered(text, typed), typed, setting)


def _replace(text: str, setting: Setting, reference: str | int, typed: str) -> str:
    return _checked(replaced(text, str(reference), typed), typed, setting)


def _value(text: str, setting: Setting, number: int, typed: str) -> str:
    result = with_values(text, number, typed)
    if result is None:
        return without_unused(text, _replace(text, setting, number, typed))
    return _checked(result, typed, setting)


def _drop(text: str, _: Setting, references: list[str | int]) -> str:
    return dropped(text, [str(reference) for reference in references])


def _label(text: str, _: Setting, number: int, name: str) -> str:
    return labelled(text, number, name)


def _logic(text: str, setting: Setting, expression: str) -> str:
    if not expression.strip():
        return without_logic(text)
    sheet = read(text)
    index = logic_of(sheet.program)
    statement = None if index is None else sheet.program.statements[index]
    keyword = statement.keyword if isinstance(statement, Logic) else "logic"
    return _entered_behind(f"{keyword} ", text, setting, expression)


def _product(text: str, setting: Setting, name: str, on: bool) -> str:  # noqa: FBT001  # a part of the edit
    vocabulary = setting.vocabulary or load()
    return with_product(text, name, vocabulary) if on else without_product(text, name, vocabulary)


def _email(text: str, setting: Setting, address: str) -> str:
    if not address.strip():
        return dropped(text, ["email"])
    return _entered_behind("email ", text, setting, address)


def _entered_behind(word: str, text: str, setting: Setting, typed: str) -> str:
    """The text after a statement whose first word was not typed: diagnostics are about what was."""
    result = entered(text, word + typed)
    pieces = []
    for piece in result.pieces:
        skipped = max(0, len(word) - piece.typed_start)
        start = piece.typed_start + skipped - len(word)
        pieces.append(Piece(start, piece.typed_end - len(word), piece.start + skipped))
    return _checked(result.__replace__(pieces=tuple(pieces)), typed, setting)


def _off(text: str, _: Setting, number: int) -> str:
    return switched_off(text, number)


def _off_logic(text: str, _: Setting, node: int) -> str:
    return logic_switched_off(text, node)


def _on(text: str, _: Setting, offset: int) -> str:
    return switched_on(text, offset)


def _move(text: str, setting: Setting, node: int, target: int, place: str) -> str:
    return moved(text, node, target, place, setting.vocabulary or load())


def _group(text: str, setting: Setting, nodes: list[int], operator: str) -> str:
    return grouped(text, nodes, operator, setting.vocabulary or load())


def _operator(text: str, setting: Setting, node: int, operator: str) -> str:
    return with_operator(text, node, operator, setting.vocabulary or load())


def _negate(text: str, setting: Setting, node: int) -> str:
    return negated(text, node, setting.vocabulary or load())


def _remove(text: str, setting: Setting, node: int) -> str:
    return removed(text, node, setting.vocabulary or load())


_TREE_EDITS = (_move, _group, _operator, _negate, _remove)
_HAS_OFF = "off:"


def _at(edit: Mapping[str, Any], places: Mapping[int, int]) -> dict[str, Any]:
    """An edit of a tree with other places of its nodes."""
    moved_to = {name: places[edit[name]] for name in ("node", "target") if name in edit}
    nodes = {"nodes": [places[node] for node in edit["nodes"]]} if "nodes" in edit else {}
    return {**edit, **moved_to, **nodes}


def _whole(_: str, setting: Setting, typed: str) -> str:
    source = Source(typed, "<line>")
    done = compilation(source, setting)
    if done.resolved.program.statements or done.resolved.program.damaged:
        _refuse(done.diagnostics)
    return source.text


KINDS: Mapping[str, Kind] = {
    "enter": Kind(_enter, {"typed": TEXT}),
    "replace": Kind(_replace, {"reference": REFERENCE, "typed": TEXT}),
    "value": Kind(_value, {"number": NUMBER, "typed": TEXT}),
    "drop": Kind(_drop, {"references": REFERENCES}),
    "label": Kind(_label, {"number": NUMBER, "name": TEXT}),
    "logic": Kind(_logic, {"expression": TEXT}),
    "product": Kind(_product, {"name": TEXT, "on": YES_OR_NO}),
    "email": Kind(_email, {"address": TEXT}),
    "off": Kind(_off, {"number": NUMBER}),
    "off-logic": Kind(_off_logic, {"node": NUMBER}),
    "on": Kind(_on, {"from": NUMBER}),
    "move": Kind(_move, {"node": NUMBER, "target": NUMBER, "place": PLACE}),
    "group": Kind(_group, {"nodes": NUMBERS, "operator": OPERATOR}),
    "operator": Kind(_operator, {"node": NUMBER, "operator": OPERATOR}),
    "negate": Kind(_negate, {"node": NUMBER}),
    "remove": Kind(_remove, {"node": NUMBER}),
    "whole": Kind(_whole, {"typed": TEXT}),
}
