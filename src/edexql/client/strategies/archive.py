"""Files of the archive: by their names, which show where they are in its dated tree, or by their paths in it."""

from __future__ import annotations

import re

from edexql.client.strategies.strategy import Strategy, is_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Service

_PATH = re.compile(r"/*\d{4}/\d\d/\d\d/.+", re.ASCII)


def is_path(text: str) -> bool:
    """Whether a text is a path below the archive's address, as 2019/05/01/FAI/NAME."""
    return _PATH.fullmatch(text) is not None


def remote_files(
    items: Sequence[Item],
    configuration: Configuration,
    service: Service | None,  # noqa: ARG001
) -> list[RemoteFile | Report]:
    """The files at their addresses; a report for a name that does not show where the file is."""
    from edexql.base.files.names import quoted
    from edexql.base.text import printable
    from edexql.client.archive import locations
    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.settings.configuration import archive_address

    base = archive_address(configuration)
    names = [item if isinstance(item, str) else item.name for item in items]
    files: list[RemoteFile | Report] = []
    for item, name, place in zip(items, names, locations.located(names, base, configuration.vocabulary), strict=True):
        if isinstance(item, str) and is_path(item):
            path, _, last = item.rpartition("/")
            files.append(RemoteFile(locations.address(path, base) + quoted(last), last))
        elif isinstance(place, locations.Located):
            files.append(RemoteFile(place.url, name, None if isinstance(item, str) else item.size_range))
        else:
            reason = f"its place in the archive is unknown: {place.reason}"
            files.append(Report(name, "failed", code="address", reason=printable(reason)))
    return files


STRATEGY = Strategy(
    "archive",
    "the archive's dated tree",
    "a file of the archive",
    lambda item: not is_link(item),
    remote_files,
    default=True,
)
