"""Whether a text that is being typed goes on in the next line."""

from __future__ import annotations

from edexql.language.lexer import JOINED, NEWLINE, tokenize

# A line that is joined to nothing by itself. The blank keeps the line break apart from a CR before it.
_NEXT_LINE = " \nx"


def is_open(text: str) -> bool:
    """Whether Enter at the end of a text begins a new line of the same statement.

    It does where a bracket is open or the last token joins the next line (a comma, an operator, a comparison,
    NOT or `/`), by the lexer's own rule; not behind an empty line, with which the writer asks to be let out.
    An open quote is not open: texts in quotes end at their line.
    """
    kinds = tokenize(text + _NEXT_LINE).kinds
    before, line_break = kinds[-4:-3], kinds[-3]
    return line_break == JOINED and before not in (bytes([JOINED]), bytes([NEWLINE]))
