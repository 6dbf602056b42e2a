"""Links, as they are: each is saved under the last step of its path."""

from __future__ import annotations

from edexql.client.strategies.strategy import Strategy, is_link, name_in_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.download.model import RemoteFile
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Service


def remote_files(items: Sequence[Item], configuration: Configuration, service: Service | None) -> list[RemoteFile]:  # noqa: ARG001
    """The files that links lead to."""
    from edexql.client.download.model import RemoteFile

    return [RemoteFile(str(link), name_in_link(str(link))) for link in items]


STRATEGY = Strategy("link", "links", "a link", is_link, remote_files, default=True)
