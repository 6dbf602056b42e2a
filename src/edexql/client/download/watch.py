"""Who hears how a download goes on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.download.wanted import Report


class Watch:
    """A listener that does nothing. The calls come from several threads, one at a time."""

    def begun(self, name: str, size: int | None, have: int) -> None:
        """A file is on its way: it has `size` bytes, None if that is not known, `have` of them here already.

        Called again when a try begins anew; `have` is less then than has been moved, if bytes had to be dropped.
        """

    def moved(self, name: str, count: int) -> None:
        """So many bytes more have come."""

    def waiting(self, name: str, seconds: float, reason: str) -> None:
        """The next try begins in so many seconds; `reason` says what was wrong with the last."""

    def checking(self, name: str) -> None:
        """All bytes are here, and are being checked."""

    def ended(self, report: Report) -> None:
        """Nothing more will be done about a file."""
