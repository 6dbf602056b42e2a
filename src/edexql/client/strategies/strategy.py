"""A download strategy: a way from what a user names to the files to be downloaded."""

from __future__ import annotations

from edexql.base.errors import EdexqlError
from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    import requests

    from edexql.client.delivery.direct import Progress
    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.settings.configuration import Configuration
    from edexql.model.answer import File

    # A link, a name or path in the archive, or a file of an answer.
    Item = str | File


class StrategyError(EdexqlError, ValueError):
    """A strategy cannot download what is named."""


class Service(Record):
    """What a strategy needs to ask a service before there is anything to download.

    `parameters` are those of the listing that the files are of, None where the files are of no single listing.
    `session` opens a session of requests. Once `stop` is set, the strategy returns no files; `progress` hears of it.
    """

    parameters: Mapping[str, Any] | None
    session: Callable[[], AbstractContextManager[requests.Session]]
    stop: threading.Event
    progress: Callable[[Progress], None]


class Strategy(Record):
    """A way to download.

    `name` is the value of `--from`, `summary` its help, `items` what it accepts, with an article. `accepts` says which
    items it can download; a `default` strategy does so without being named. `remote_files` gives a file to be
    downloaded for each item, in their order, or for all of them together, or a report where that is not possible; it
    raises StrategyError and ServiceError. `asks` says that it needs a Service. `unavailable` says why the
    configuration does not allow it, None where it does.
    """

    name: str
    summary: str
    items: str
    accepts: Callable[[Item], bool]
    remote_files: Callable[[Sequence[Item], Configuration, Service | None], Sequence[RemoteFile | Report]]
    default: bool = False
    asks: bool = False
    unavailable: Callable[[Configuration], str | None] = lambda _: None


def is_link(item: Item) -> bool:
    """Whether an item is an http or https address."""
    return isinstance(item, str) and item.lower().startswith(("http://", "https://"))


def name_in_link(link: str) -> str:
    """The last step of a link's path, which may be empty or no name for a file."""
    from urllib.parse import unquote, urlsplit

    try:
        return unquote(urlsplit(link).path.rpartition("/")[2])
    except ValueError:
        return ""
