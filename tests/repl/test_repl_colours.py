"""The colours of the REPL's themes can be read on the ground that they are made for."""

from __future__ import annotations

import re

import pytest
from prompt_toolkit.output import vt100
from prompt_toolkit.styles import default_ui_style, merge_styles
from pyte.graphics import FG_BG_256

from edexql.language import highlight
from edexql.repl.prompt.style import style

GROUNDS = {"light": ("#ffffff", "#000000"), "dark": ("#1e1e1e", "#e0e0e0")}
# What WCAG 2.1 asks of text (AA).
LEAST = 4.5
TYPED = [
    *sorted({*highlight._CLASSES, "label", "unit"}),
    *("verb", "prompt", "auto-suggestion", "mistake.error", "mistake.warning"),
]
DRAWN = [
    *(f"class:{name}" for name in TYPED),
    *(f"class:bracket class:matching-bracket.{which}" for which in ("cursor", "other")),
    *(f"class:{name} class:mistake.{severity}" for name in TYPED for severity in ("error", "warning")),
    "class:bottom-toolbar class:bottom-toolbar.text class:toolbar",
    *(f"class:bottom-toolbar class:bottom-toolbar.text class:toolbar.{name}" for name in ("error", "warning", "help")),
    *(
        f"class:completion-menu class:completion-menu.{part}completion{current}"
        for part in ("", "meta.")
        for current in ("", f" class:completion-menu.{part}completion.current")
    ),
]


def channels(colour):
    return tuple(int(colour.removeprefix("#")[at : at + 2], 16) for at in (0, 2, 4))


def luminance(colour):
    red, green, blue = (
        part / 255 / 12.92 if part <= 0.04045 * 255 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def inked(theme, classes_):
    """The colours of text of these classes and of what is behind it, as a theme draws them."""
    attributes = merge_styles([default_ui_style(), style(theme)]).get_attrs_for_style_str(classes_)
    ground, text = GROUNDS[theme]
    colours = (attributes.color or text, attributes.bgcolor or ground)
    return colours[::-1] if attributes.reverse else colours


def of_256(colour):
    """What a terminal of 256 colours shows for a colour; its own ground stays as it is."""
    grounds = {ground.removeprefix("#") for pair in GROUNDS.values() for ground in pair}
    if colour.removeprefix("#") in grounds:
        return colour
    return FG_BG_256[vt100._256_colors[channels(colour)]]


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", GROUNDS)
def test_text_stands_out_from_what_is_behind_it(theme):
    inks = {drawn: inked(theme, drawn) for drawn in DRAWN}
    assert [pair for pair in inks.items() if contrast(*pair[1]) < LEAST] == []
    assert [pair for pair in inks.items() if contrast(*map(of_256, pair[1])) < LEAST] == [], "with 256 colours"


@pytest.mark.parametrize("theme", GROUNDS)
def test_a_theme_does_not_depend_on_the_colours_of_the_terminal(theme):
    inks = [colour.removeprefix("#") for drawn in DRAWN for colour in inked(theme, drawn)]
    assert [colour for colour in inks if not re.fullmatch("[0-9a-f]{6}", colour)] == []


@pytest.mark.parametrize("theme", GROUNDS)
def test_the_scrollbar_of_the_menu_is_seen(theme):
    button, bar = (inked(theme, f"class:scrollbar.{part}")[1] for part in ("button", "background"))
    # Of what is no text WCAG asks less.
    assert contrast(button, bar) >= 3
