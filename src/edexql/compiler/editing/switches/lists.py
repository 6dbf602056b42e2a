"""Values of a statement that become comments and come back: the others keep their order, their comments and numbers."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.text import shown
from edexql.compiler.editing.document import EditError, labels_of, line_end, on_line, ranges_of, within
from edexql.compiler.editing.switches.comments import SwitchedOff, read_off, written_off
from edexql.language.formatter import single_line
from edexql.language.lexer import COMMENT, FIRST_READ, NEWLINE, tokenize
from edexql.language.parser import parse
from edexql.language.source import Source, Span
from edexql.language.syntax import Constraint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edexql.compiler.editing.document import Element, Sheet
    from edexql.language.lexer import Tokens
    from edexql.language.syntax import Statement


class Part(Record):
    """A value of a list, or a comment in it."""

    text: str
    is_value: bool


Splice = tuple[int, int, str]


def value_text(tokens: Tokens, element: Element) -> str:
    """An element as a statement of its own, with the label that it has."""
    constraint = element.constraint
    value = on_line(tokens, element.first, element.last)
    text = f"{_prefix(tokens, constraint)} {f'[{value}]' if constraint.kind == 'raw' else value}"
    return single_line(tokenize(text))


def off_splice(sheet: Sheet, element: Element, logic: str | None) -> Splice:
    """What makes an element of a statement a comment, which holds the logic that named it."""
    tokens, constraint = sheet.tokens, element.constraint
    ranges = ranges_of(constraint, tokens)
    same = _list_of(constraint)
    parts = _parts(tokens, constraint)
    place = [index for index, part in enumerate(parts) if part.is_value][element.place]
    before = any(_belongs(part, same) for part in parts[:place]) or _neighbour(sheet, constraint, same, step=-1)
    behind = any(_belongs(part, same) for part in parts[place + 1 :]) or _neighbour(sheet, constraint, same, step=1)
    end = line_end(sheet.text, constraint.span.end)
    trailing = sheet.text[constraint.span.end : end].strip()
    alone = len(ranges) == 1
    off = SwitchedOff(value_text(tokens, element), logic, (trailing or None) if alone else None, before, behind)
    parts[place] = Part(written_off(off), is_value=False)
    text = _composed(_prefix(tokens, constraint), parts, "" if alone else trailing, (), raw=constraint.kind == "raw")
    return constraint.span.start, end, text


class Restored(Record):
    """What brings a switched-off constraint back: where, as what, and the number that it gets."""

    splice: Splice
    number: int


def restored(sheet: Sheet, comment: int, off: SwitchedOff) -> Restored:
    """The way back for what a comment, the token of an index, holds. Raises EditError where it is no constraint."""
    tokens, start = sheet.tokens, sheet.tokens.starts[comment]
    constraint = constraint_of(off)
    number = 1 + sum(element.last < comment for element in sheet.elements)
    home = _home(sheet, comment, off, _list_of(constraint)) if off.before or off.behind else None
    end = line_end(sheet.text, start)
    if home is None:
        label = constraint.label and constraint.label.text.lower()
        if label in labels_of(sheet.program):
            raise EditError(f"the label {shown(str(label))} is in use", "give the other constraint another label first")
        remark = f"  {off.comment}" if off.comment else ""
        lead = "" if sheet.text[:start].endswith("\n") or not start else "\n"
        return Restored((start, end, f"{lead}{off.text}{remark}\n"), number)
    own = parse(Source(off.text))[0].tokens
    first, last = ranges_of(constraint, own)[0]
    value = Part(on_line(own, first, last), is_value=True)
    parts = _parts(tokens, home)
    home_first, home_last = within(tokens, home.span)
    home_end = line_end(sheet.text, home.span.end)
    trailing = sheet.text[home.span.end : home_end].strip()
    rest: list[str] = []
    if comment > home_last:
        between = [i for i in range(home_last + 1, comment) if tokens.kinds[i] == COMMENT]
        members = [i for i in between if _is_member(tokens.read(i), _list_of(constraint))]
        if any(tokens.starts[i] < home_end for i in (*members, comment)):
            trailing = ""
        rest = [tokens.read(i) for i in between if i not in members and tokens.starts[i] >= home_end]
        parts += [Part(tokens.read(i), is_value=False) for i in members] + [value]
        splice_from, splice_to = home.span.start, end
    elif comment < home_first:
        between = [i for i in range(comment + 1, home_first) if tokens.kinds[i] == COMMENT]
        parts = [value, *(Part(tokens.read(i), is_value=False) for i in between), *parts]
        splice_from, splice_to = start, home_end
    else:
        text = tokens.read(comment).rstrip()
        place = next(i for i, part in enumerate(parts) if not part.is_value and part.text == text)
        parts[place] = value
        splice_from, splice_to = home.span.start, home_end
    if off.comment and trailing:
        rest.append(off.comment)
    trailing = trailing or off.comment or ""
    text = _composed(_prefix(tokens, home), parts, trailing, rest, raw=home.kind == "raw")
    return Restored((splice_from, splice_to, text), number)


def constraint_of(off: SwitchedOff) -> Constraint:
    """The constraint, of one value, that a comment holds. Raises EditError where it holds something else."""
    program, diagnostics = parse(Source(off.text))
    statement = program.statements[0] if len(program.statements) == 1 and not diagnostics else None
    if not isinstance(statement, Constraint) or len(ranges_of(statement, program.tokens)) != 1:
        raise EditError(
            f"{shown(off.text)} in this comment is no constraint with one value",
            "remove `# off:` in the text and write it as a statement",
        )
    return statement


def _prefix(tokens: Tokens, constraint: Constraint) -> str:
    """What stands before the values of a statement: label, name, and the key of `raw`."""
    end = constraint.head.span.end if constraint.key is None else constraint.key.span.end
    return on_line(tokens, *within(tokens, Span(constraint.span.start, end)))


def _parts(tokens: Tokens, constraint: Constraint) -> list[Part]:
    """The values and comments of a statement in order; a comment inside a value comes after it."""
    values = dict(ranges_of(constraint, tokens))
    first, last = within(tokens, constraint.span)
    parts: list[Part] = []
    for index in range(first, last + 1):
        if index in values:
            parts.append(Part(on_line(tokens, index, values[index]), is_value=True))
        elif tokens.kinds[index] == COMMENT:
            parts.append(Part(tokens.read(index).rstrip(), is_value=False))
    return parts


def _composed(prefix: str, parts: Sequence[Part], trailing: str, rest: Iterable[str], *, raw: bool) -> str:
    """A statement of values and comments, which stand above it where they are before its first value, or below it."""
    places = [place for place, part in enumerate(parts) if part.is_value]
    if not places:
        return "".join(f"{text}\n" for text in (*(part.text for part in parts), *rest, trailing) if text)
    first, last = places[0], places[-1]
    while raw and first and read_off(parts[first - 1].text) is None:
        first -= 1
    while raw and last < len(parts) - 1 and read_off(parts[last + 1].text) is None:
        last += 1
    lines = [f"{part.text}\n" for part in parts[:first]]
    lines += [prefix, " [" if raw else " "]
    for place, part in enumerate(parts[first : last + 1], first):
        if part.is_value:
            lines.append(part.text + (", " if place < places[-1] else ""))
        else:
            lines.append(f"  {part.text}\n")
    lines.append("]" if raw else "")
    lines.append(f"  {trailing}\n" if trailing else "\n")
    lines += [f"{part.text}\n" for part in parts[last + 1 :]]
    return "".join([*lines, *(f"{text}\n" for text in rest)])


List = tuple[str, str, str]


def _list_of(constraint: Constraint) -> List:
    """What values of one list have in common: label, name, and the key of `raw`."""
    label = "" if constraint.label is None else constraint.label.text.lower()
    return label, constraint.head.text.lower(), "" if constraint.key is None else constraint.key.text


def _is_member(comment: str, of: List) -> bool:
    """Whether a comment holds a value of a list."""
    off = read_off(comment)
    if off is None or not (off.before or off.behind):
        return False
    try:
        return _list_of(constraint_of(off)) == of
    except EditError:
        return False


def _belongs(part: Part, to: List) -> bool:
    """Whether a part of a statement is a value of its list, switched off or not."""
    return part.is_value or _is_member(part.text, to)


def _neighbour(sheet: Sheet, constraint: Constraint, of: List, *, step: int) -> bool:
    """Whether the comments next to a statement, before it (-1) or behind it (1), hold a value of its list."""
    tokens = sheet.tokens
    first, last = within(tokens, constraint.span)
    index = (first if step < 0 else last) + step
    while 0 <= index < tokens.count and (tokens.kinds[index] < FIRST_READ or tokens.kinds[index] == NEWLINE):
        if tokens.kinds[index] == COMMENT and _is_member(tokens.read(index), of):
            off = read_off(tokens.read(index))
            return off is not None and (off.behind if step < 0 else off.before)
        index += step
    return False


def _home(sheet: Sheet, comment: int, off: SwitchedOff, of: List) -> Constraint | None:
    """The statement of the list that a switched-off value belongs to: around it, before it or behind it."""
    tokens, start = sheet.tokens, sheet.tokens.starts[comment]
    before: Statement | None = None
    behind: Statement | None = None
    for statement in sheet.program.statements:
        if statement.span.start > start:
            behind = statement
            break
        before = statement
    for neighbour, wanted in ((before, off.before), (behind, off.behind)):
        if not isinstance(neighbour, Constraint) or _list_of(neighbour) != of:
            continue
        first, last = within(tokens, neighbour.span)
        if first < comment < last or (wanted and _is_one_list(sheet, (first, last), comment, of)):
            return neighbour
    return None


def _is_one_list(sheet: Sheet, statement: tuple[int, int], comment: int, of: List) -> bool:
    """Whether no other list begins or ends between a statement and a comment with a value of such a list."""
    is_before = statement[1] < comment
    between = range(statement[1] + 1, comment) if is_before else range(comment + 1, statement[0])
    texts = [sheet.tokens.read(i) for i in between if sheet.tokens.kinds[i] == COMMENT]
    held = [read_off(text) for text in texts if _is_member(text, of)]
    return all(off is not None and (off.before if is_before else off.behind) for off in held)
