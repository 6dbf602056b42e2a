"""`set`."""

from __future__ import annotations

import sys

from edexql.commands import inputs
from edexql.commands.exits import FINE, UsageError
from edexql.repl.session import CHOICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.repl.session import Session

DESCRIPTION = """\
How the REPL looks and answers. Without words it lists the settings; they are kept for later sessions, but for
`today`, the day (UTC) at which open periods end."""
EXAMPLE = "set theme light"
NOW = "now"
TODAY = "today"
_ABOUT = {name: about for name, (_, about) in CHOICES.items()} | {TODAY: "the day at which open periods end"}


def arguments(parser: argparse.ArgumentParser) -> None:
    name = parser.add_argument("name", metavar="NAME", nargs="?", choices=(*CHOICES, TODAY))
    name.completer = lambda **_: _ABOUT  # type: ignore[attr-defined]  # read by argcomplete
    value = parser.add_argument("value", metavar="VALUE", nargs="?")
    value.completer = _values  # type: ignore[attr-defined]  # read by argcomplete


def run(options: argparse.Namespace) -> int:
    session, name, value = options.session, options.name, options.value
    if name is None or value is None:
        sys.stdout.write("".join(f"{line}\n" for line in _listed(session, name)))
    elif name == "today":
        _set_today(session, value)
    elif value not in CHOICES[name][0]:
        raise UsageError(f"{name} is one of {', '.join(CHOICES[name][0])}, not {value}")
    else:
        session.choose(name, value)
    return FINE


def _set_today(session: Session, value: str) -> None:
    session.today = None if value == NOW else str(inputs.day(value, "today"))


def _listed(session: Session, only: str | None) -> list[str]:
    rows = [
        (name, session.choice(name), " ".join(values), about)
        for name, (values, about) in CHOICES.items()
        if only in (None, name)
    ]
    if only in (None, "today"):
        rows.append(("today", session.today or NOW, f"YYYY-MM-DD {NOW}", "the day at which open periods end"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows]


def _values(parsed_args: argparse.Namespace, **_: object) -> tuple[str, ...]:
    return CHOICES[parsed_args.name][0] if parsed_args.name in CHOICES else (NOW,)
