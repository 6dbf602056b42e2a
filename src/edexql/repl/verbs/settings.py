"""Verbs about the session: its history, what it asks, how it looks, and its end."""

from __future__ import annotations

import os
import sys

from edexql.base.table import table_lines
from edexql.base.text import printable
from edexql.client.credentials import public_url
from edexql.commands import inputs
from edexql.commands.engines import Choice
from edexql.commands.environment import configured
from edexql.commands.exits import FINE, UsageError
from edexql.commands.local import THE_SAMPLE, lacks_catalogue, opened_catalogue
from edexql.commands.registry import Implementation
from edexql.engines.registry import TABLES
from edexql.repl.session import CHOICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.repl.session import Session


def _history_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", metavar="WORDS", nargs="*")
    parser.add_argument("-n", metavar="N", dest="count", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--clear", action="store_true", help="forget all of it")


def _history(options: argparse.Namespace) -> int:
    state = options.session.state
    if options.clear:
        state.clear()
        return FINE
    count = max(options.count, 1)
    texts = state.search(options.words, count) if options.words else state.newest(count)
    sys.stdout.write("".join(f"{one_line(text)}\n" for text in reversed(texts)))
    return FINE


def one_line(text: str) -> str:
    """A text of several lines on one."""
    return printable("; ".join(line.strip() for line in text.splitlines() if line.strip()))


HISTORY = Implementation(
    """\
List earlier lines, the newest last; with WORDS, the lines that have all of them. Lines that begin with a space, or
have an `email`, are never saved. Ctrl-R searches at the prompt.""",
    "history kp",
    _history_arguments,
    _history,
)

_PLACES = {
    inputs.LOCAL: "a catalogue on this machine",
    "sample": "the catalogue that comes with edexql",
    "edex": "the service of the mission, as it is configured",
}


def _use_arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument("where", metavar="local|sample|edex|URL|ENGINE", nargs="?")
    places = {**_PLACES, **dict.fromkeys(TABLES, "the tables of an export")}
    where.completer = lambda **_: places  # type: ignore[attr-defined]  # read by argcomplete
    parser.add_argument(
        "place", metavar="PLACE", nargs="?", help="the folder of a catalogue, or where the tables of an engine are"
    )


def _use(options: argparse.Namespace) -> int:
    session, where, place = options.session, options.where, options.place
    if place is not None and (where in ("sample", "edex") or "://" in where):
        raise UsageError("a folder needs `use local`, the place of an export `use` and its engine")
    if where in (inputs.LOCAL, "sample"):
        folder = place and os.path.expanduser(place)
        if where == "sample" or folder:
            opened_catalogue(folder, session.setting().vocabulary).close()
            session.catalogue = folder or THE_SAMPLE
        session.use(inputs.LOCAL)
    elif where == "edex":
        from edexql.client.settings.configuration import listing_address

        configuration = configured(session.given())
        session.use(configuration.mission.listing or listing_address(configuration))
    elif where is not None and place is not None:
        session.use("", Choice(where, place))
    elif where is not None:
        if where in TABLES:
            raise UsageError(f"`use {where}` needs the place of its tables: `use {where} {TABLES[where].place}`")
        if not where.startswith(("http://", "https://")):
            raise UsageError(f"`use` takes local, sample, edex or an address that begins with https://, not {where}")
        session.use(where)
    if where is not None:
        session.state.use(session.service, session.catalogue)
    sys.stdout.write(f"{printable(in_use(session))}\n")
    return FINE


def in_use(session: Session) -> str:
    """What the session asks, in a sentence."""
    if session.tables is not None:
        return f"{session.service.replace(' ', ' at ', 1)} is asked, for counts and influence too"
    if lacks_catalogue(session.catalogue, session.setting().vocabulary):
        catalogue = "no catalogue"
    else:
        catalogue = f"the catalogue in {session.catalogue}" if session.catalogue else "the sample catalogue"
    if session.service == inputs.LOCAL:
        return f"{catalogue} is asked"
    address, configuration = session.service, configured(session.given())
    if address == configuration.mission.listing:
        from edexql.client.settings.configuration import listing_address

        # The configuration may name another host for eDEx.
        address = listing_address(configuration)
    return f"{public_url(address)} lists the files; counts and influence come from {catalogue}"


USE = Implementation(
    """\
Choose what `fetch` and `results` ask: `use local` a catalogue on this machine (a FOLDER, or the one in use),
`use sample` the one that comes with edexql, `use edex` the service of the mission, `use URL` another service, `use
ENGINE PLACE` the tables of an export, such as `use duckdb epop-export`. Counts and influence come from the catalogue or
from these tables, while typing from a catalogue alone. Without arguments it shows what is in use.""",
    "use local",
    _use_arguments,
    _use,
)

_NOW = "now"
_TODAY = "today"
_ABOUT = {name: about for name, (_, about) in CHOICES.items()} | {_TODAY: "the day at which open periods end"}


def _set_arguments(parser: argparse.ArgumentParser) -> None:
    name = parser.add_argument("name", metavar="NAME", nargs="?", choices=(*CHOICES, _TODAY))
    name.completer = lambda **_: _ABOUT  # type: ignore[attr-defined]  # read by argcomplete
    value = parser.add_argument("value", metavar="VALUE", nargs="?")
    value.completer = _values  # type: ignore[attr-defined]  # read by argcomplete


def _set(options: argparse.Namespace) -> int:
    session, name, value = options.session, options.name, options.value
    if name is None or value is None:
        sys.stdout.write("".join(f"{line}\n" for line in _table(session, name)))
    elif name == _TODAY:
        session.today = None if value == _NOW else str(inputs.day(value, _TODAY))
    elif value not in CHOICES[name][0]:
        raise UsageError(f"{name} is one of {', '.join(CHOICES[name][0])}, not {value}")
    else:
        session.choose(name, value)
    return FINE


def _table(session: Session, only: str | None) -> list[str]:
    """The settings, or the one that is named: value, choices and meaning."""
    rows = [
        (name, session.choice(name), " ".join(values), about)
        for name, (values, about) in CHOICES.items()
        if only in (None, name)
    ]
    if only in (None, _TODAY):
        rows.append((_TODAY, session.today or _NOW, f"YYYY-MM-DD {_NOW}", _ABOUT[_TODAY]))
    return table_lines(rows)


def _values(parsed_args: argparse.Namespace, **_: object) -> tuple[str, ...]:
    return CHOICES[parsed_args.name][0] if parsed_args.name in CHOICES else (_NOW,)


SET = Implementation(
    """\
Set how the prompt looks and answers. Without arguments it lists the settings. They are saved for later sessions, except
`today`, the day (UTC) at which open periods end.""",
    "set theme light",
    _set_arguments,
    _set,
)


def _quit_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _quit(options: argparse.Namespace) -> int:
    session = options.session
    if session.current.unsaved and session.interactive and not session.warned:
        session.warned = True
        sys.stdout.write(
            f"{printable(session.current.file.name)} is not saved: `save` does, a second `quit` leaves it as it was\n"
        )
        return FINE
    session.over = True
    return FINE


QUIT = Implementation(
    """\
Leave the prompt, as Ctrl-D does. The history stays. A query that was not saved to a file comes back with `undo`
in the next session.""",
    "quit",
    _quit_arguments,
    _quit,
)
