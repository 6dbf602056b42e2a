"""Times at which something is matched, not matched, or without information, kept apart."""

from __future__ import annotations

from edexql.base.record import Record
from edexql.catalogue import intervals
from edexql.catalogue.intervals import ALWAYS, NEVER, Intervals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Truth(Record):
    """When a constraint holds: surely in `yes`, possibly in `may`, which includes `yes`.

    In `may` without `yes` there is no information; outside `may` it surely does not hold.
    """

    yes: Intervals
    may: Intervals

    def __invert__(self) -> Truth:
        return Truth(~self.may, ~self.yes)

    @property
    def unknown(self) -> Intervals:
        """The times of which there is no information."""
        return self.may - self.yes

    @property
    def surely(self) -> Truth:
        """The same answer, taken to be no where there is no information."""
        return known(self.yes)

    def within(self, window: Intervals) -> Truth:
        """The same answer, taken to be no outside a window."""
        yes = self.yes & window
        if self.yes is self.may or not len(unknown := self.unknown & window):
            return known(yes)
        return Truth(yes, yes | unknown)


def known(times: Intervals) -> Truth:
    """An answer without a doubt: yes at these times, no at all others."""
    return Truth(times, times)


NOBODY_KNOWS = Truth(NEVER, ALWAYS)


def logged(yes: Intervals, covered: Intervals) -> Truth:
    """An answer from a log: yes as the log says, no elsewhere in what it covers, unknown beyond."""
    return Truth(yes, yes | ~covered)


def any_of(truths: Sequence[Truth]) -> Truth:
    """Where any of some holds."""
    if len(truths) == 1:
        return truths[0]
    yes = intervals.union([truth.yes for truth in truths])
    if all(truth.yes is truth.may for truth in truths):
        return known(yes)
    return Truth(yes, intervals.union([truth.may for truth in truths]))
