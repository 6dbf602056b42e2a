"""W620: a range that runs through the end of a circle and covers most of it, as bounds do that were swapped."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.model.range import Range, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def accidental_wrap(resolved: Resolved) -> Iterator[Diagnostic]:
    for constraint, origin in zip(resolved.query.constraints, resolved.origins, strict=True):
        value = constraint.value
        if not isinstance(value, Range) or value.low is None or value.high is None or value.low <= value.high:
            continue
        field = resolved.vocabulary.field(constraint.key)
        if field is None or field.period is None or field.low is None or field.high is None:
            continue
        from edexql.model.arc import arc_of

        arc = arc_of(value, field)
        if arc is not None and arc.length > arc.turn / 2:
            unit = f" {field.unit}" if field.unit else ""
            part = f"{plain(float(arc.length))} of {plain(float(arc.turn))}{unit}"
            way = "runs through the end of the circle" if arc.through_seam else "goes round the circle"
            between = f"{plain(arc.shown(arc.end))}..{plain(arc.shown(arc.start, high=True))}"
            yield Diagnostic(
                "W620",
                f"this range {way}, and covers {part}",
                resolved.program.source,
                origin.span,
                help=f"if the part between is meant, write `{field.name} {between}`",
            )
