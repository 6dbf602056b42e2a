"""The download strategies, and which of them is used for what. A new one is a file in this folder and a line here."""

from __future__ import annotations

from edexql.client.strategies import archive, direct, folder_tar, link
from edexql.client.strategies.strategy import StrategyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from edexql.client.download.model import RemoteFile, Report
    from edexql.client.settings.configuration import Configuration
    from edexql.client.strategies.strategy import Item, Service, Strategy

# By the values of `--from`. Without it, an item is downloaded by the first default strategy that accepts it.
STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        link.STRATEGY,
        archive.STRATEGY,
        folder_tar.STRATEGY,
        direct.STRATEGY,
    )
}


def remote_files(
    items: Sequence[Item], configuration: Configuration, *, name: str | None = None, service: Service | None = None
) -> list[RemoteFile | Report]:
    """The files to be downloaded for items, in their order, by the strategy of a `name`, or by the default ones.

    An item for which there is no file has a report of its failure. Raises StrategyError for items that the strategy
    does not accept, and ServiceError.
    """
    if name is not None:
        strategy = STRATEGIES[name]
        for item in items:
            if not strategy.accepts(item):
                text = item if isinstance(item, str) else item.name
                raise StrategyError(f"`{text}` is not {strategy.items}; leave out `--from {name}`")
        return list(strategy.remote_files(items, configuration, service))
    defaults = [strategy for strategy in STRATEGIES.values() if strategy.default]
    chosen = [next(strategy for strategy in defaults if strategy.accepts(item)) for item in items]
    groups = {
        strategy.name: iter(
            strategy.remote_files(
                [item for item, other in zip(items, chosen, strict=True) if other is strategy], configuration, service
            )
        )
        for strategy in dict.fromkeys(chosen)
    }
    return [next(groups[strategy.name]) for strategy in chosen]
