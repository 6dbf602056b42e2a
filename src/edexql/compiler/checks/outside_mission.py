"""W604, W605: a period that lies wholly before the launch, or wholly in the future."""

from __future__ import annotations

from datetime import date

from edexql.language.diagnostic import Diagnostic
from edexql.model.period import DAY, Period, midnight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def outside_mission(resolved: Resolved) -> Iterator[Diagnostic]:
    source, today = resolved.program.source, resolved.today
    launch = date.fromisoformat(resolved.vocabulary.launch[:10])
    for constraint, origin in zip(resolved.query.constraints, resolved.origins, strict=True):
        period = constraint.value
        if not isinstance(period, Period):
            continue
        if period.end is not None and period.end <= midnight(launch):
            yield Diagnostic(
                "W604",
                f"this period ends before the launch on {launch}",
                source,
                origin.span,
                help="there are no data of that time",
            )
        elif period.start is not None and period.end is not None and period.start >= midnight(today) + DAY:
            yield Diagnostic(
                "W605",
                f"this period is in the future: today is {today}",
                source,
                origin.span,
                help="the query is sent as it is; --today sets another day",
            )
