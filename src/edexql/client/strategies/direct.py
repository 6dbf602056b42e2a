"""The direct download of eDEx: the files of a listing, packed into one by the service."""

from __future__ import annotations

from edexql.client.strategies.strategy import Strategy, StrategyError, name_in_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.download.model import RemoteFile
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Service

_NAME = "edex-download.zip"


def remote_files(items: Sequence[Item], configuration: Configuration, service: Service | None) -> list[RemoteFile]:
    """The one file into which the service packs the files; none once the service's `stop` is set."""
    from edexql.client.delivery import direct
    from edexql.client.download.destination import name_problem
    from edexql.client.download.model import RemoteFile

    places = direct.addresses(configuration)
    if places is None:
        raise StrategyError(direct.UNKNOWN)
    if service is None or service.parameters is None:
        raise StrategyError("--from direct takes one selection (.edqs), because the service is asked with its query")
    texts = [item if isinstance(item, str) else item.text for item in items]
    with service.session() as session:
        link = direct.pack(dict(service.parameters), texts, places, session, stop=service.stop, report=service.progress)
    if link is None:
        return []
    name = name_in_link(link)
    # The service gives the link: passwords are sent only to the origin that the user gave.
    return [RemoteFile(link, _NAME if name_problem(name) else name, service=places.start)]


def unavailable(configuration: Configuration) -> str | None:
    """Why eDEx cannot be asked; None where it can."""
    from edexql.client.delivery import direct

    return direct.UNKNOWN if direct.addresses(configuration) is None else None


STRATEGY = Strategy(
    "direct",
    "eDEx's own download of a selection",
    "a file of a selection",
    lambda item: not isinstance(item, str),
    remote_files,
    asks=True,
    unavailable=unavailable,
)
