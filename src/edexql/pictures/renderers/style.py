"""The roles of what is drawn: colours on light and on dark ground, strokes, and signs in characters.

States differ in shape as well as in colour, and their colours stay apart for people who see few. Kp has the colours
of the geomagnetic storm scale of NOAA.
"""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LIGHT, DARK = "light", "dark"
# How the stretches of a row are drawn: as high as the row, hatched, or as a line.
BAR, HATCH, THREAD = "bar", "hatch", "thread"


class Role(Record):
    """How a role is drawn: filled, or a line `stroke` points wide.

    `sign` and `colour` (of ANSI) are for characters; without a sign it is dots, and an area is drawn where it is
    `solid`. `form` is that of stretches of a row. Lines with a round `cap` are seen however short they are.
    """

    light: str
    dark: str
    stroke: float = 0
    dash: str = ""
    opacity: float = 1
    sign: str = ""
    colour: str = ""
    form: str = BAR
    solid: bool = False
    cap: str = ""


_GREEN, _YELLOW, _FAINT, _BOLD_GREEN, _CYAN = "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[1;32m", "\x1b[36m"
ROLES = {
    "ground": Role("#ffffff", "#14171c"),
    "ink": Role("#1f2328", "#e6e9ed"),
    "quiet": Role("#59636e", "#9da7b3"),
    "frame": Role("#8c959f", "#5d6772", stroke=1),
    "grid": Role("#dde2e7", "#2b313a", stroke=1),
    "ring": Role("#c9d0d7", "#3a424d", stroke=1),
    # What exists, matches, and of which there is no information.
    "exists": Role("#5f6771", "#a3adb8", stroke=2.5, sign=".", colour=_FAINT, form=THREAD),
    "unknown": Role("#985300", "#e0a044", stroke=3, dash="1.5 3.5", sign="?", colour=_YELLOW, form=HATCH),
    "matches": Role("#0a64c2", "#59a9ff", stroke=4, sign="#", colour=_BOLD_GREEN, cap="round"),
    # Instruments: on, off, no information.
    "off": Role("#8c959f", "#7d8590", stroke=1.5, sign=".", colour=_FAINT, form=THREAD),
    "none": Role("#985300", "#e0a044", stroke=3, dash="1.5 3.5", sign="?", colour=_YELLOW, form=HATCH),
    "on": Role("#0a64c2", "#59a9ff", sign="#", colour=_BOLD_GREEN),
    # Maps.
    "land": Role("#efece3", "#3b4552"),
    "coast": Role("#aaa491", "#76828f", stroke=0.7),
    "sea": Role("#fbfcfd", "#252e3a"),
    "night": Role("#94a0cd", "#020408", opacity=0.42),
    "terminator": Role("#5f6a96", "#93a0c8", stroke=1, dash="5 4"),
    "orbit": Role("#666e78", "#929ca8", stroke=1.2, colour=_FAINT, sign="·"),
    "tick": Role("#1f2328", "#e6e9ed"),
    "station": Role("#7a4fb5", "#b99af0", colour=_CYAN),
    # Curves, and the values that a query admits.
    "curve": Role("#1f2328", "#d5dae0", stroke=1.4, colour=_CYAN),
    "matching": Role("#0a64c2", "#59a9ff", stroke=2.8, sign="#", colour=_BOLD_GREEN, cap="round"),
    "admitted": Role("#0a64c2", "#59a9ff", opacity=0.13),
    "zero": Role("#8c959f", "#5d6772", stroke=0.8, dash="2 3"),
    "kp-quiet": Role("#78b84a", "#78b84a", colour=_GREEN, solid=True),
    "kp-g1": Role("#f2dd12", "#f6eb14", colour=_YELLOW, solid=True),
    "kp-g2": Role("#ffc800", "#ffc800", colour=_YELLOW, solid=True),
    "kp-g3": Role("#ff9600", "#ff9600", colour="\x1b[33;1m", solid=True),
    "kp-g4": Role("#ff0000", "#ff3b3b", colour="\x1b[31m", solid=True),
    "kp-g5": Role("#b00000", "#d01818", colour="\x1b[31;1m", solid=True),
    "bar": Role("#6b7f99", "#8496ad", colour=_CYAN, solid=True),
}  # fmt: skip
RESET = "\x1b[0m"


def fill(role: str, theme: str) -> str:
    """How a role is filled, as attributes of SVG, which any viewer understands."""
    one = ROLES[role]
    opacity = f' fill-opacity="{one.opacity:g}"' if one.opacity < 1 else ""
    return f'fill="{colour(role, theme)}"{opacity}'


def stroke(role: str, theme: str, width: float | None = None) -> str:
    """How the lines of a role are drawn, as attributes of SVG; `width` points wide, None as the role has it."""
    one = ROLES[role]
    dash = f' stroke-dasharray="{one.dash}"' if one.dash else ""
    cap = f' stroke-linecap="{one.cap}"' if one.cap else ""
    return f'stroke="{colour(role, theme)}" stroke-width="{one.stroke if width is None else width:g}"{dash}{cap}'


def colour(role: str, theme: str) -> str:
    """The colour of a role on light or on dark ground."""
    return ROLES[role].dark if theme == DARK else ROLES[role].light


def sheet(roles: Iterable[str]) -> str:
    """The style sheet of some roles: on dark ground other colours, and on any page those of its `--edexql-ROLE`."""
    roles = sorted(set(roles))
    light = "".join(_rule(role, ROLES[role].light) for role in roles)
    dark = "".join(_rule(role, ROLES[role].dark) for role in roles)
    return f".edexql{{max-width:100%;height:auto}}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _rule(role: str, colour: str) -> str:
    value = f"var(--edexql-{role},{colour})"
    return f".edexql .f-{role}{{fill:{value}}}.edexql .s-{role}{{stroke:{value}}}"
