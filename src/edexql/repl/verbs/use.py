"""`use`."""

from __future__ import annotations

import os
import sys

from edexql.base.text import printable
from edexql.client import endpoints
from edexql.client.credentials import without
from edexql.commands.client import configured
from edexql.commands.exits import FINE, UsageError
from edexql.commands.inputs import LOCAL
from edexql.commands.local import THE_SAMPLE, opened_catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.repl.session import Session

_PLACES = {
    LOCAL: "a catalogue on this machine",
    "sample": "the catalogue that comes with edexql",
    "edex": endpoints.SERVICE,
}
DESCRIPTION = f"""\
Say whom `fetch` and `results` ask: `use local` a catalogue on this machine (a FOLDER, or the one in use),
`use sample` the one that comes with edexql, `use edex` {endpoints.SERVICE}, `use URL` another service. Counts and
influence come from the catalogue in any case. Without a word it tells what is in use."""
EXAMPLE = "use local"


def arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument("where", metavar="local|sample|edex|URL", nargs="?")
    where.completer = lambda **_: _PLACES  # type: ignore[attr-defined]  # read by argcomplete
    parser.add_argument("folder", metavar="FOLDER", nargs="?", help="of a catalogue, behind `local`")


def run(options: argparse.Namespace) -> int:
    session, where = options.session, options.where
    if options.folder is not None and where != LOCAL:
        raise UsageError("a folder goes with `use local`")
    if where in (LOCAL, "sample"):
        folder = options.folder and os.path.expanduser(options.folder)
        if where == "sample" or folder:
            opened_catalogue(folder).close()
            session.catalogue = folder or THE_SAMPLE
        session.service = LOCAL
    elif where == "edex":
        session.service = endpoints.SERVICE
    elif where is not None:
        if not where.startswith(("http://", "https://")):
            raise UsageError(f"`use` takes local, sample, edex or an address that begins with https://, not {where}")
        session.service = where
    if where is not None:
        session.state.use(session.service, session.catalogue)
    sys.stdout.write(f"{printable(told(session))}\n")
    return FINE


def told(session: Session) -> str:
    """Whom the session asks."""
    catalogue = f"the catalogue in {session.catalogue}" if session.catalogue else "the sample catalogue"
    if session.service == LOCAL:
        return f"{catalogue} is asked"
    asked = session.service
    if asked == endpoints.SERVICE:
        # The configuration may name another host for eDEx.
        asked = configured(session.given()).service.listing
    return f"{without(asked)} is asked for files; counts and influence come from {catalogue}"
