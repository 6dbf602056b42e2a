"""What the prompt adds to the options of a verb: itself, in `options.prompt`, and the current query."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.commands.engines import Choice
    from edexql.compiler.request import Setting
    from edexql.engines.protocol import TableEngine
    from edexql.language.source import Source
    from edexql.model.answer import File


class Prompt(Protocol):
    """The prompt as a verb sees it, in `options.prompt`; None on the command line.

    `service` is what queries are asked of: `local`, or the address of an eDEx; `catalogue` the folder of the catalogue,
    empty for the sample. `tables` is the engine over tables that is asked, None where it is another; `engine` opens it
    where it is not open. `counted_shown` is whether the warnings that are counted were shown.
    """

    service: str
    catalogue: str
    tables: Choice | None
    counted_shown: bool

    def engine(self) -> TableEngine: ...


class CurrentQuery(Protocol):
    """The current query as a verb sees it, in `options.current`; None on the command line. `source` is its text."""

    source: Source

    def setting(self) -> Setting:
        """What it is compiled with. Raises UsageError."""

    def ticked(self) -> tuple[File, ...]:
        """Those of its files that are ticked. Raises UsageError where there is no query yet."""

    def replace(self, text: str) -> None:
        """Make this text the current query, and answer it."""
