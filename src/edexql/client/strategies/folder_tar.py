"""Folders of the archive, each as one tar, which h5ai packs while it is sent.

The request is one that is known to work. Whether the archive packs a given folder is not known before it is asked.
"""

from __future__ import annotations

from edexql.client.archive.locations import address, path_of
from edexql.client.errors import ServiceError
from edexql.client.strategies.strategy import Strategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.download.model import RemoteFile
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Service


def tar_of(path: str, base: str | None = None) -> RemoteFile:
    """The tar of a folder, by its path below the archive's address: `2016/04/18/RRI`.

    It is asked for by a POST that changes nothing, and whose body is empty: all fields are in the address. The file is
    named after all of the path, `2016-04-18-RRI.tar`. Raises ServiceError for a path that is not a folder's.
    """
    from urllib.parse import unquote, urlencode, urlsplit

    from edexql.client.download.model import RemoteFile

    folder = address(path, base)
    steps = [step for step in path.strip("/").split("/") if step]
    if not steps:
        raise ServiceError("the whole archive cannot be packed: give a folder, as 2019/05/01", folder)
    fields = {
        "action": "download",
        "as": f"{steps[-1]}.tar",
        "type": "php-tar",
        "baseHref": unquote(urlsplit(folder).path),
        "hrefs": "",
    }
    return RemoteFile(f"{folder}?{urlencode(fields)}", f"{'-'.join(steps)}.tar", kind="tar", form=())


def remote_files(items: Sequence[Item], configuration: Configuration, service: Service | None) -> list[RemoteFile]:  # noqa: ARG001
    """A tar for each folder, given by its path or address. Raises ServiceError for a path that is none."""
    from edexql.client.settings.configuration import archive_address

    base = archive_address(configuration)
    return [tar_of(path_of(str(path), base, configuration.vocabulary), base) for path in items]


STRATEGY = Strategy(
    "folder-tar",
    "folders of the archive, each as one tar",
    "a folder of the archive, as 2019/05/01",
    lambda item: isinstance(item, str),
    remote_files,
)
