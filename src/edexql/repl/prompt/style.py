"""How the line is drawn: colours for terminals of either ground, by class of token, and underlines of mistakes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate

from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor, Transformation
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


class LineMarks(HighlightMatchingBracketProcessor):
    """Marks the bracket that fits the one at the cursor, and underlines mistakes; `mistakes` gives those of a text.

    One processor for both, as the editor runs each of them for each line on the screen at each key.
    """

    def __init__(self, mistakes: Callable[[str], tuple[Mistake, ...]]) -> None:
        super().__init__(chars="()[]{}")
        self._mistakes = mistakes
        self._index = _Index(())

    def apply_transformation(self, ti: TransformationInput) -> Transformation:
        transformation = super().apply_transformation(ti)
        mistakes = self._mistakes(ti.document.text)
        if not mistakes:
            return transformation
        if self._index.mistakes is not mistakes:
            self._index = _Index(mistakes)
        first = ti.document.translate_row_col_to_index(ti.lineno, 0)
        fragments = transformation.fragments
        for one in self._index.touching(first, first + len(ti.document.lines[ti.lineno])):
            start, end = one.span.start - first, max(one.span.end, one.span.start + 1) - first
            fragments = _restyled(fragments, start, end, f" class:mistake.{one.severity}")
        return Transformation(fragments)


class _Index:
    """Mistakes, in the order of their text, by place: those of a line are found without looking at all of them."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        self._starts = [one.span.start for one in mistakes]
        # How far the mistakes up to each reach.
        self._reach = list(accumulate([one.span.end for one in mistakes], max))

    def touching(self, start: int, end: int) -> list[Mistake]:
        """The mistakes that touch a stretch of the text."""
        some = self.mistakes[bisect_left(self._reach, start) : bisect_right(self._starts, end)]
        return [one for one in some if one.span.end >= start]


def _restyled(fragments: StyleAndTextTuples, start: int, end: int, style: str) -> StyleAndTextTuples:
    """The fragments of a line with a style added from one column to before another."""
    result: StyleAndTextTuples = []
    place = 0
    for fragment in fragments:
        old, text = fragment[0], fragment[1]
        if start < place + len(text) and place < end:
            first, last = max(start - place, 0), min(end - place, len(text))
            cut = ((old, text[:first]), (old + style, text[first:last]), (old, text[last:]))
            result += [piece for piece in cut if piece[1]]
        else:
            result.append(fragment)
        place += len(text)
    return result
