"""What stands round the conditions in other notations: a table and its brackets, a call, SELECT, a prompt, a remark."""

from __future__ import annotations

import re

from edexql.base.record import record

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
_TABLES = re.compile(
    r"\s*(?:epop|e-pop|edex|cassiope|files?|data|archive|table|catalogue|catalog|t|observations?)\b(?!-)", re.IGNORECASE
)


_NAMED = re.compile(r"\s*([A-Za-z][\w-]*)\b")


@record(frozen=True, slots=True)
class Bare:
    """The conditions of a statement, and what stood round them that the language does not have.

    `remark` is a comment and `mark` the sign it begins with; `order` a part that sorts or counts the answer, which no
    query does; `table` is what SELECT takes them from, where that may be a product.
    """

    text: str
    remark: str = ""
    mark: str = ""
    order: str = ""
    table: str = ""


def bare(text: str) -> Bare:
    """A statement without what stands round its conditions."""
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
        source = _TABLES.match(text) or _NAMED.match(text)
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
