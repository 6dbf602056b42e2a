"""W606, W607: a query without a constraint, or without a product."""

from __future__ import annotations

from edexql.language.diagnostic import Diagnostic
from edexql.language.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from edexql.compiler.resolve import Resolved


def missing_parts(resolved: Resolved) -> Iterator[Diagnostic]:
    if not resolved.complete:
        return
    source, query = resolved.program.source, resolved.query
    whole = Span(0, 0)
    if not query.constraints:
        yield Diagnostic(
            "W606",
            "this query has no constraint: it asks for every file of its products",
            source,
            whole,
            help="add a date, as in `date 2019-05-01`",
        )
    if not query.products:
        yield Diagnostic(
            "W607",
            "this query names no product",
            source,
            whole,
            help="add one, as in `product fai-lv1-hdf5-images`; what eDEx does without one is not known",
        )
