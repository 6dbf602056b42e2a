"""What the prompt adds to the options of a command: the current query, whom it is asked of, its ticked files."""

from __future__ import annotations

from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.request import Setting
    from edexql.language.source import Source
    from edexql.model.answer import File


class PromptContext(Protocol):
    """The prompt as a command sees it, in `options.prompt`; None on the command line.

    `query` is the current query, `service` what it is asked of: `local`, or the address of an eDEx; `catalogue` the
    folder of the catalogue, empty for the sample. `counted_told` is whether the warnings that are counted were told of.
    """

    counted_told: bool
    service: str
    catalogue: str

    @property
    def query(self) -> Source: ...

    def setting(self) -> Setting:
        """What the current query is compiled with. Raises UsageError."""

    def ticked(self) -> tuple[File, ...]:
        """The files of the current query that are ticked. Raises UsageError where there is no query yet."""

    def replace(self, text: str) -> None:
        """Make this the current query, and answer it."""
