"""The line as it is drawn: the language's classes of tokens line by line, and underlines where something is wrong."""

from __future__ import annotations

from functools import lru_cache

from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation
from prompt_toolkit.layout.utils import explode_text_fragments
from prompt_toolkit.lexers import Lexer

from edexql.repl.lines import verb_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.layout.processors import TransformationInput

    from edexql.repl.looking import Mistake


class LineColours(Lexer):
    """Colours by line, which is all it takes: no token of the language goes over the end of one."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        return lambda number: list(coloured_line(lines[number])) if number < len(lines) else []


@lru_cache(maxsize=10_000)
def coloured_line(text: str) -> Sequence[tuple[str, str]]:
    """A line cut into pieces, each with its style."""
    if not text:
        return ()
    from edexql.language.highlight import classes

    verb = verb_in(text)
    if verb is not None or text.lstrip().startswith("!"):
        head = len(text) - len(text.lstrip())
        end = text.find(" ", head)
        end = len(text) if end < 0 else end
        return ("", text[:head]), ("class:verb", text[head:end]), ("", text[end:])
    pieces: list[tuple[str, str]] = []
    place = 0
    for start, end, name in classes(text):
        if start > place:
            pieces.append(("", text[place:start]))
        pieces.append((f"class:{name}", text[start:end]))
        place = end
    pieces.append(("", text[place:]))
    return tuple(pieces)


class Underlines(Processor):
    """Underlines the mistakes of a line; `mistakes` gives those of a text."""

    def __init__(self, mistakes: Callable[[str], tuple[Mistake, ...]]) -> None:
        self._mistakes = mistakes
        self._sorted: tuple[str, tuple[Mistake, ...], dict[int, list[Mistake]]] = ("", (), {})

    def apply_transformation(self, ti: TransformationInput) -> Transformation:
        here = self._of_line(ti.document, ti.lineno)
        if not here:
            return Transformation(ti.fragments)
        first = ti.document.translate_row_col_to_index(ti.lineno, 0)
        fragments = explode_text_fragments(ti.fragments)
        length = len(fragment_list_to_text(fragments))
        for one in here:
            start, end = one.span.start - first, max(one.span.end, one.span.start + 1) - first
            for place in range(max(start, 0), min(end, length)):
                old, text, *_ = fragments[place]
                fragments[place] = (f"{old} class:mistake.{one.severity}", text)
        return Transformation(fragments)

    def _of_line(self, document: Document, number: int) -> list[Mistake]:
        """The mistakes that touch a line."""
        text = document.text
        found = self._mistakes(text)
        if self._sorted[0] is not text or self._sorted[1] is not found:
            lines: dict[int, list[Mistake]] = {}
            for one in found:
                first, last = (document.translate_index_to_position(at)[0] for at in (one.span.start, one.span.end))
                for line in range(first, last + 1):
                    lines.setdefault(line, []).append(one)
            self._sorted = (text, found, lines)
        return self._sorted[2].get(number, [])
