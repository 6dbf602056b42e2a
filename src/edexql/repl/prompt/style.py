"""How the line is drawn: colours for terminals of either ground, by class of token, and underlines of mistakes."""

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
    from prompt_toolkit.styles import BaseStyle

    from edexql.repl.prompt.mistakes import Mistake


# `auto` keeps to the terminal's own sixteen colours, which suit its ground.
_AUTO = {
    "prompt": "ansicyan bold",
    "keyword": "ansiblue bold",
    "verb": "ansimagenta bold",
    "operator": "ansimagenta",
    "label": "ansicyan",
    "number": "ansigreen",
    "moment": "ansigreen",
    "string": "ansiyellow",
    "address": "ansiyellow",
    "parameter": "ansicyan",
    "unit": "ansigreen",
    "comment": "ansibrightblack italic",
    "stray": "ansired",
    "mistake": "underline",
    "mistake.error": "ansired underline",
    "mistake.warning": "ansiyellow underline",
    "matching-bracket.cursor": "bold underline",
    "matching-bracket.other": "bold underline",
    "auto-suggestion": "ansibrightblack",
    "bottom-toolbar": "noreverse",
    "toolbar": "",
    "toolbar.error": "ansired bold",
    "toolbar.warning": "ansiyellow bold",
    "toolbar.help": "italic",
}
_LIGHT = {
    "prompt": "#00688b bold",
    "keyword": "#0037a6 bold",
    "verb": "#8b008b bold",
    "operator": "#8b008b",
    "label": "#00688b",
    "number": "#1a6b1a",
    "moment": "#1a6b1a",
    "string": "#8a4b00",
    "address": "#8a4b00",
    "parameter": "#00688b",
    "unit": "#1a6b1a",
    "comment": "#6a6a6a italic",
    "stray": "#b00020",
    "mistake.error": "#b00020 underline",
    "mistake.warning": "#8a4b00 underline",
    "auto-suggestion": "#767676",
    "bottom-toolbar": "noreverse bg:#e8e8e8 #202020",
    "toolbar.error": "#b00020 bold",
    "toolbar.warning": "#8a4b00 bold",
    "completion-menu": "bg:#eeeeee #202020",
    "completion-menu.completion.current": "noreverse bg:#005f87 #ffffff",
    "completion-menu.meta.completion": "bg:#e4e4e4 #4e4e4e",
    "completion-menu.meta.completion.current": "bg:#005f87 #ffffff",
    "scrollbar.background": "bg:#d0d0d0",
    "scrollbar.button": "bg:#6a6a6a",
    "matching-bracket.cursor": "bg:#d0d0d0 #000000",
    "matching-bracket.other": "bg:#d0d0d0 #000000",
}
_DARK = {
    "prompt": "#6fd3ff bold",
    "keyword": "#82aaff bold",
    "verb": "#e29bff bold",
    "operator": "#e29bff",
    "label": "#6fd3ff",
    "number": "#a5e075",
    "moment": "#a5e075",
    "string": "#ffcb6b",
    "address": "#ffcb6b",
    "parameter": "#6fd3ff",
    "unit": "#a5e075",
    "comment": "#9a9a9a italic",
    "stray": "#ff6b6b",
    "mistake.error": "#ff6b6b underline",
    "mistake.warning": "#ffcb6b underline",
    "auto-suggestion": "#8a8a8a",
    "bottom-toolbar": "noreverse bg:#303030 #e0e0e0",
    "toolbar.error": "#ff8080 bold",
    "toolbar.warning": "#ffcb6b bold",
    "completion-menu": "bg:#303030 #e0e0e0",
    "completion-menu.completion.current": "noreverse bg:#005f87 #ffffff",
    "completion-menu.meta.completion": "bg:#262626 #b2b2b2",
    "completion-menu.meta.completion.current": "bg:#005f87 #ffffff",
    "scrollbar.background": "bg:#3a3a3a",
    "scrollbar.button": "bg:#8a8a8a",
    "matching-bracket.cursor": "bg:#4e4e4e #ffffff",
    "matching-bracket.other": "bg:#4e4e4e #ffffff",
}
_NONE = {
    "mistake.error": "underline",
    "mistake.warning": "underline",
    "bottom-toolbar": "noreverse",
    "matching-bracket.cursor": "bold",
    "matching-bracket.other": "bold",
}


def style(theme: str) -> BaseStyle:
    """The style of a theme: auto, light, dark or none."""
    from prompt_toolkit.styles import Style

    themes = {"auto": _AUTO, "light": {**_AUTO, **_LIGHT}, "dark": {**_AUTO, **_DARK}, "none": _NONE}
    return Style.from_dict(themes[theme])


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
        mistakes = self._mistakes(text)
        if self._sorted[0] is not text or self._sorted[1] is not mistakes:
            lines: dict[int, list[Mistake]] = {}
            for one in mistakes:
                first, last = (document.translate_index_to_position(at)[0] for at in (one.span.start, one.span.end))
                for line in range(first, last + 1):
                    lines.setdefault(line, []).append(one)
            self._sorted = (text, mistakes, lines)
        return self._sorted[2].get(number, [])
