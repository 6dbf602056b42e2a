"""A constraint given other values by the `let` of its parameters, as a form does that shows values and not names."""

from __future__ import annotations

from edexql.compiler.editing.document import Edited, EditError, Piece, finished, line_end, ranges_of, read, spliced
from edexql.compiler.editing.removal import comments_between
from edexql.compiler.editing.switches.comments import read_off
from edexql.language.lexer import COMMENT, FIRST_READ, KIND
from edexql.language.parser import parse
from edexql.language.source import Source
from edexql.language.syntax import Constraint, Let

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.compiler.editing.document import Sheet
    from edexql.language.lexer import Tokens

_PARAMETER = KIND["PARAMETER"]


def with_values(text: str, number: int, typed: str) -> Edited | None:
    """The query in which a constraint has the values of a typed one, by `let`, laid out; None where that cannot be.

    It can where the typed constraint is the same but for the parameters, and each of them has a `let` and is used
    nowhere else. Raises EditError where the current query cannot be read.
    """
    sheet = read(text)
    source = Source(typed)
    program, diagnostics = parse(source)
    statement = program.statements[0] if len(program.statements) == 1 else None
    if diagnostics or not isinstance(statement, Constraint) or not 1 <= number <= len(sheet.elements):
        return None
    element, ranges = sheet.elements[number - 1], ranges_of(statement, program.tokens)
    old = element.constraint
    if len(ranges) != 1 or old.kind == "raw" or old.head.text.lower() != statement.head.text.lower():
        return None
    values = _values(
        _read(sheet.tokens, element.first, element.last),
        sheet.tokens,
        _read(program.tokens, *ranges[0]),
        program.tokens,
    )
    splices: list[tuple[int, int, str]] = []
    pieces: list[Piece] = []
    mark, moved = len(typed) - len(source.text), 0
    for name, start, end in sorted(values, key=lambda value: _place(sheet, value[0])):
        let = _let(sheet, name)
        if let is None:
            return None
        splices.append((let.item.span.start, let.item.span.end, source.text[start:end]))
        pieces.append(Piece(start + mark, end + mark, let.item.span.start + moved))
        moved += end - start - (let.item.span.end - let.item.span.start)
    if not splices:
        return None
    draft = spliced(sheet.text, splices)
    try:
        return Edited(finished(draft), tuple(pieces), draft, sheet.text)
    except EditError:
        return None


def without_unused(before: str, after: str) -> str:
    """A query, laid out, without each `let` whose parameter it no longer uses, as the query before the edit did.

    The comments of such a `let` stay.
    """
    was, sheet = read(before), read(after)
    while names := {name for name in _names(sheet) if _uses(was, name) and not _uses(sheet, name)}:
        splices: list[tuple[int, int, str]] = []
        for statement in sheet.program.statements:
            if isinstance(statement, Let) and statement.name.text.lower() in names:
                end = line_end(sheet.text, statement.span.end)
                comments = comments_between(sheet, statement.span.start, end)
                splices.append((statement.span.start, end, "".join(f"{comment}\n" for comment in comments)))
        sheet = read(spliced(sheet.text, splices))
    return sheet.text


def _names(sheet: Sheet) -> set[str]:
    return {statement.name.text.lower() for statement in sheet.program.statements if isinstance(statement, Let)}


def _read(tokens: Tokens, first: int, last: int) -> list[int]:
    return [i for i in range(first, last + 1) if tokens.kinds[i] >= FIRST_READ and tokens.kinds[i] != COMMENT]


def _values(old: Sequence[int], had: Tokens, new: Sequence[int], has: Tokens) -> list[tuple[str, int, int]]:
    """The name of each parameter of an element, and the start and end of its value in a typed one; else nothing."""
    places = [place for place, i in enumerate(old) if had.kinds[i] == _PARAMETER]
    if not places or len(new) < len(old) or (len(places) > 1 and len(new) > len(old)):
        return []
    longer = len(new) - len(old)
    values: list[tuple[str, int, int]] = []
    for place, i in enumerate(old):
        first = place + longer * bool(values)
        last = place + longer * (bool(values) or had.kinds[i] == _PARAMETER)
        if had.kinds[i] == _PARAMETER:
            values.append((had.read(i)[1:].lower(), has.starts[new[first]], has.ends[new[last]]))
        elif had.read(i).lower() != has.read(new[first]).lower():
            return []
    return values


def _let(sheet: Sheet, name: str) -> Let | None:
    """The `let` of a parameter that is used once; None where there is none, or more than one."""
    lets = [s for s in sheet.program.statements if isinstance(s, Let) and s.name.text.lower() == name]
    return lets[0] if _uses(sheet, name) == len(lets) == 1 else None


def _uses(sheet: Sheet, name: str) -> int:
    """How often a query uses a parameter, also in what is switched off."""
    tokens = sheet.tokens
    uses = 0
    for i in range(tokens.count):
        if tokens.kinds[i] == _PARAMETER:
            uses += tokens.read(i)[1:].lower() == name
        elif tokens.kinds[i] == COMMENT and (part := read_off(tokens.read(i))):
            uses += f"${name}" in f"{part.text} {part.logic or ''}".lower()
    return uses


def _place(sheet: Sheet, name: str) -> int:
    let = _let(sheet, name)
    return -1 if let is None else let.span.start
