"""Commands that do outside of the page what is shown in it: downloading ticked files, or all that a query gives."""

from __future__ import annotations

import shlex

from edexql.client.credentials import public_url
from edexql.server.errors import http_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.web.workbench import Call

# Names that stand in one line of a command; of more, each has its own.
_MOST_WORDS = 10
# Characters of a query that stand in a command; a longer one is read from a file.
_LONGEST_TEXT = 4000


def download(names: Sequence[str]) -> str:
    """The command as a shell takes it, whatever the names are. Raises RequestError for a name that cannot be shown."""
    if not all(name.isprintable() for name in names):
        raise http_error(409, "the name of a file has characters that cannot be shown")
    start = "edexql download --" if any(name.startswith("-") for name in names) else "edexql download"
    separator = " " if len(names) <= _MOST_WORDS else " \\\n  "
    return separator.join([start, *map(shlex.quote, names)])


def download_all(call: Call) -> str:
    """The command that downloads all files of the query of a call, from whoever answers the workbench.

    A client without the token may be on another machine: it asks the service itself, not its catalogue by its folder.
    """
    text = call.source.text
    is_short = len(text) <= _LONGEST_TEXT and all(c.isprintable() or c == "\n" for c in text)
    words = ["edexql", "fetch", *_place(call), "--output", "names"]
    words += ["-e", text.strip()] if is_short else ["query.edq"]
    return f"{shlex.join(words)} \\\n  | edexql download -"


def _place(call: Call) -> list[str]:
    workbench = call.workbench
    today = [] if workbench.setting.today is None else ["--today", str(workbench.setting.today)]
    if workbench.upstream is not None:
        return ["--service", public_url(workbench.upstream.url), *today]
    if workbench.catalogue is None or not call.trusted:
        return ["--service", call.service.settings.base, *today]
    catalogue = workbench.catalogue.current()
    folder = [] if catalogue.is_sample else ["--catalogue", str(catalogue.folder)]
    return ["--local", *folder, "--unknown", "include", *today]
