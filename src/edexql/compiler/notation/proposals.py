"""The statements that a text of another notation may mean, the likeliest first, without what stands around them."""

from __future__ import annotations

import re
from decimal import Decimal

from edexql.base.record import Record
from edexql.compiler.notation import conditions
from edexql.compiler.notation.conditions import NoEquivalent
from edexql.compiler.notation.dictionaries import as_expression, as_request, dictionary
from edexql.compiler.notation.names import Archive
from edexql.compiler.notation.reader import Reader
from edexql.compiler.notation.words import words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from edexql.compiler.notation.words import Word
    from edexql.model.vocabulary import Vocabulary


_PROMPT = re.compile(r"(?:edexql>|>>>|In \[\d+\]:|\$)\s+")
_COLUMN = re.compile(r"\b[A-Za-z_]\w*(?:\.loc)?\[\s*(['\"])([A-Za-z][\w. -]*)\1\s*\]")
_ATTRIBUTE = re.compile(r"\b(?:df|data|table|frame|x|row|rows|self|ds|t|tbl|properties|doc|record)\.(?=[A-Za-z])")
_METHOD = re.compile(r"\.\s*(between|isin|notnull|notna|isnull|isna|eq|ne|gt|ge|lt|le)\s*\(")
_TABLE = re.compile(r"[A-Za-z_][\w.]*\[(.*)\]")
_CALL = re.compile(
    r"(?:[A-Za-z_][\w.]*\.)?(?:query|filter|where|eval|get|search|find|select|fetch|list_files)\s*\((.*)\)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\s*(?:f?(['\"]))(.*)\1\s*", re.DOTALL)
_LAMBDA = re.compile(r"\s*lambda\s+\w+\s*:")
_SELECT = re.compile(r"\s*select\b(?P<columns>.*?)\bfrom\b", re.IGNORECASE | re.DOTALL)
_TAIL = re.compile(r"\b(order\s+by|limit|offset|group\s+by|sort\s+by)\b(.*)\Z", re.IGNORECASE | re.DOTALL)
_SORT = re.compile(r"\.(?:head|tail|sort_values|limit|first|sort|sample)\([^()]*\)\s*\Z")
_MARKED = re.compile(r"(?:(?<=\s)|\A)(?:--|//|;;|%%|REM\s)(?P<remark>.*)\Z|/\*(?P<block>.*?)\*/\s*\Z", re.DOTALL)
_TABLES = ("files?", "data", "archive", "table", "catalogue", "catalog", "t", "observations?", "edex")


_NAMED = re.compile(r"\s*([A-Za-z][\w-]*)\b")


class Bare(Record):
    """The conditions of a statement, and what stood around them that the language does not have.

    `remark` is a comment and `mark` the sign it begins with; `order` a part that sorts or counts the answer, which no
    query does; `table` is what SELECT takes them from, where that may be a product.
    """

    text: str
    remark: str = ""
    mark: str = ""
    order: str = ""
    table: str = ""


def bare(text: str, vocabulary: Vocabulary) -> Bare:
    """A statement without what stands around its conditions."""
    remark = mark = order = table = ""
    text = _PROMPT.sub("", text, count=1) if _PROMPT.match(text) else text
    marked = _MARKED.search(text)
    if marked is not None:
        remark = (marked["remark"] or marked["block"] or "").strip()
        mark = marked[0][:2]
        text = text[: marked.start()]
    text = text.strip().rstrip(";").rstrip()
    if (sorted_ := _SORT.search(text)) is not None:
        order = sorted_[0]
        text = text[: sorted_.start()]
    selected = _SELECT.match(text)
    if selected is not None:
        text = text[selected.end() :]
        source = _table(vocabulary).match(text) or _NAMED.match(text)
        if source is not None:
            table = source[1] if source.re is _NAMED else ""
            text = text[source.end() :]
    tail = _TAIL.search(text)
    if tail is not None and (selected is not None or tail.start()):
        order = tail[0]
        text = text[: tail.start()]
    for _ in range(3):
        text = _unwrapped(text.strip())
    text = _COLUMN.sub(r" \2 ", text)
    text = _ATTRIBUTE.sub("", text)
    text = _METHOD.sub(r" \1 (", text)
    return Bare(text.strip(), remark, mark, order.strip(), table)


def _table(vocabulary: Vocabulary) -> re.Pattern[str]:
    """What all files are called, in SELECT ... FROM: the mission, a satellite of it, or a word for files."""
    own = [vocabulary.mission.name, *vocabulary.satellites]
    names = [re.escape(one) for name in own if name for one in (name, name.replace("-", ""))]
    return re.compile(rf"\s*(?:{'|'.join((*names, *_TABLES))})\b(?!-)", re.IGNORECASE)


def _unwrapped(text: str) -> str:
    call = _CALL.fullmatch(text)
    if call is not None and _closed(call[1]):
        text = call[1]
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None and quoted[1] not in quoted[2]:
        return quoted[2]
    table = _TABLE.fullmatch(text)
    if table is not None and _closed(table[1]) and table[1].strip()[:1] not in "'\"0123456789-":
        return table[1]
    return _LAMBDA.sub("", text, count=1)


def _closed(text: str) -> bool:
    """Whether no bracket in a text closes one that was opened before it."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return False
    return depth == 0


_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LABEL = re.compile(r"\s*(?:label\s+)?([A-Za-z][A-Za-z0-9-]*)\s*(?::=?|=(?!=))\s*(?=[A-Za-z])", re.IGNORECASE)
_LABEL_BEHIND = re.compile(r"(.*\S)\s+as\s+([A-Za-z][A-Za-z0-9-]*)\s*", re.IGNORECASE | re.DOTALL)
_LET = re.compile(r"\s*let\s+([A-Za-z][A-Za-z0-9-]*)\s*(?::=?|==|to\b|be\b)?\s*([^\s=:].*)", re.IGNORECASE)
_LOGIC = re.compile(r"\s*(logic|log|query[-_ ]logic|logik|expression|combine)\b\s*[:=]?", re.IGNORECASE)
_LOGIC_WORDS = {"&": "AND", "|": "OR", "!": "NOT", "and": "AND", "or": "OR", "not": "NOT", "(": "(", ")": ")"}
_HEXADECIMAL = re.compile(r"(?<!\w)0[xX][0-9a-fA-F]+(?!\w)")
# Rather one number than two: `1,500`, and the beginning of `2,5..4` and `2,5 - 4`.
_ONE_NUMBER = re.compile(r"(?<!\d)\d{1,3},\d{3}(?!\d)|(?<!\d)\d+,\d+(?:\.\.|\s+(?:-|to|bis|[aà])\s)")
_UNDERSCORES = re.compile(r"(?<!\w)\d+(?:_\d+)+(?!\w)")
_MOST_GUESSES = 3
# A statement that begins with a value, and the unit that it ends with.
_VALUE_FIRST = re.compile(r"\s*(?:between\b|[<>=!]+|[-+]?\d)", re.IGNORECASE)
_LAST_UNIT = re.compile(r"([A-Za-z°][A-Za-z/]*)\s*\Z")
NO_NAME = "start with the name of a field"
# A part of a unit of time, and what it is in a smaller one.
_PART_OF_TIME = re.compile(r"(?<!\d)\+?(\d*\.\d+)\s*(weeks?|days?|hours?|minutes?|min|w|d|h)\b", re.IGNORECASE)
_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60}


class Proposal(Record):
    """A line to write in place of a statement.

    `guessed` says whether a name was taken for another, `remark` is what the reader of the line has to know. `pair` is
    the other reading of the same statement, where two values can be a range as well. `message` says what is not of the
    language, where that can be said better than by where the parser stopped.
    """

    line: str
    guessed: bool = False
    remark: str = ""
    pair: str = ""
    message: str = ""


def proposals(text: str, vocabulary: Vocabulary, today: date) -> Iterator[Proposal]:
    """What a statement may mean. Nothing is left out of it without a remark."""
    addresses = _ADDRESS.findall(text)
    if addresses:
        yield from _email(text, addresses)
        return
    parameters = dictionary(text)
    if parameters is not None:
        line = as_request(parameters, vocabulary, today)
        if line is not None:
            yield Proposal(line)
        text = as_expression(parameters) or ""
    whole = _PART_OF_TIME.sub(_whole_length, text)
    if whole != text:
        yield Proposal(whole)
    stripped = bare(text, vocabulary)
    message = f"`{stripped.mark}` does not start a comment" if stripped.mark else odd_number(stripped.text)
    for one in _unmarked(stripped, vocabulary, today):
        yield Proposal(one.line, one.guessed, one.remark, one.pair, message)


def _whole_length(length: re.Match[str]) -> str:
    """A length of time in a unit of which it has a whole number."""
    seconds = Decimal(length[1]) * _SECONDS[length[2][0].lower()]
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if seconds % size == 0 and seconds:
            return f"+{seconds // size}{unit}"
    return length[0]


def _unmarked(stripped: Bare, vocabulary: Vocabulary, today: date) -> Iterator[Proposal]:
    behind = f"  # {stripped.remark}" if stripped.remark else ""
    remark = "answers cannot be sorted or limited: all files are listed, by time" if stripped.order else ""
    if stripped.mark and not stripped.text:
        yield Proposal(f"# {stripped.remark}".rstrip())
        return
    if stripped.mark:
        yield Proposal(f"{stripped.text}{behind}", remark=remark)
    logic = _LOGIC.match(stripped.text)
    if logic is not None and (words := words_of(stripped.text[logic.end() :])):
        line = _logic(words)
        if line is not None:
            yield Proposal(f"logic {line}{behind}")
        in_place = f"where {stripped.text[logic.end() :]}"
        yield from _read(in_place, words_of(in_place) or [], Archive(vocabulary, today), "", behind, remark)
    let = _LET.fullmatch(stripped.text)
    if let is not None:
        yield Proposal(f"let {let[1]} = {let[2]}{behind}")
    labelled = _LABEL_BEHIND.fullmatch(stripped.text)
    if labelled is not None:
        part = labelled[1]
        yield from _read(part, words_of(part) or [], Archive(vocabulary, today), labelled[2], behind, remark)
    texts = [f"product {stripped.table}; {stripped.text}"] if stripped.table else []
    for text in (*texts, stripped.text):
        words = words_of(text)
        if not words:
            continue
        label = _LABEL.match(text)
        for guess in (None, *range(_MOST_GUESSES)):
            yield from _read(text, words, Archive(vocabulary, today, guess), "", behind, remark)
            if guess is None and _VALUE_FIRST.match(text):
                unit = _LAST_UNIT.search(text)
                named = f"{_field_of_unit(unit[1] if unit else '', vocabulary)} {text}"
                yield from _read(named, words_of(named) or [], Archive(vocabulary, today), "", behind, NO_NAME)
            if label is not None:
                part = [word for word in words if word.start >= label.end()]
                yield from _read(text, part, Archive(vocabulary, today, guess), label[1], behind, remark)


def _field_of_unit(unit: str, vocabulary: Vocabulary) -> str:
    """The first field that takes a unit, for an example; the first without a unit, where none takes it."""
    fields = [field for name in vocabulary.fields if (field := vocabulary.field(name)) and field.shape != "word"]
    names = {
        taken.lower(): field.name
        for field in reversed(fields)
        for taken in (field.unit or "", *(other for other, _ in field.units))
    }
    return names.get(unit.lower()) or names.get("", "")


def odd_number(text: str) -> str:
    """What is to be said of a number in a notation that the language does not have."""
    match = _HEXADECIMAL.search(text)
    if match is not None:
        return f"`{match[0]}` is a hexadecimal number"
    match = _UNDERSCORES.search(text)
    return f"a number cannot have underscores: `{match[0]}`" if match is not None else ""


def _read(text: str, words: list[Word], archive: Archive, label: str, behind: str, remark: str) -> Iterator[Proposal]:
    as_values = _line(text, words, archive, label)
    as_range = _line(text, words, archive, label, pairs_are_ranges=True)
    as_decimal = _line(text, words, archive, label, commas_are_points=True)
    likely = (as_decimal, as_values) if _ONE_NUMBER.search(text) else (as_values, as_decimal)
    for proposal in (*likely, as_range):
        if proposal is None:
            continue
        remarks = "; ".join(filter(None, (proposal.remark, remark)))
        pair = (
            f"{as_range.line}{behind}" if proposal is as_values and as_range and as_range.line != proposal.line else ""
        )
        yield Proposal(f"{proposal.line}{behind}", proposal.guessed, remarks, pair)


def _line(
    text: str,
    words: list[Word],
    archive: Archive,
    label: str,
    *,
    pairs_are_ranges: bool = False,
    commas_are_points: bool = False,
) -> Proposal | None:
    in_where = bool(words) and words[0].text.lower() == "where"
    reader = Reader(
        text,
        words[1:] if in_where else words,
        archive,
        pairs_are_ranges=pairs_are_ranges,
        commas_are_points=commas_are_points,
        joins=not in_where,
    )
    archive.besides, archive.brackets = (), 0
    try:
        expression = reader.expression()
        if pairs_are_ranges and not reader.pairs:
            return None
        lines = [f"product {', '.join(dict.fromkeys(reader.products))}"] if reader.products else []
        if expression is not None:
            lines.append(conditions.where(expression) if in_where else conditions.statements(expression))
    except NoEquivalent:
        return None
    if not lines or (label and ("; " in lines[-1] or lines[-1].startswith(("where", "product")) or len(lines) > 1)):
        return None
    remarks = []
    if archive.besides:
        remarks.append(f"also available: {' and '.join(archive.besides)}")
    if expression is not None and conditions.has_left_out_ends(expression):
        remarks.append("a range includes both ends")
    line = f"{label}: {lines[0]}" if label else "; ".join(lines)
    return Proposal(line, archive.guessed > 0 or reader.swapped, "; ".join(remarks))


def _logic(words: list[Word]) -> str | None:
    """Logic over numbers and labels with the operators of the language."""
    parts: list[str] = []
    for word in words:
        written = _LOGIC_WORDS.get(word.text.lower())
        if written is None and word.kind not in ("number", "name"):
            return None
        parts.append(written or word.text)
    return " ".join(parts).replace("( ", "(").replace(" )", ")") if parts else None


def _email(text: str, addresses: list[str]) -> Iterator[Proposal]:
    left = re.sub(r"[\s,;:=<>'\"()]|mailto:", "", _ADDRESS.sub("", text)).lower()
    if left in ("email", "mail", "e-mail", "to", "address", "emailaddress", ""):
        yield Proposal(f"email {addresses[0]}", remark="a query has one address" if len(addresses) > 1 else "")
