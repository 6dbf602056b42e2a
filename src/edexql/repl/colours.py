"""The colours of the prompt, for terminals of either ground and for any."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.styles import BaseStyle

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
