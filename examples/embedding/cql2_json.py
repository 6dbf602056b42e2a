"""A query as CQL2-JSON, the filter language of OGC APIs and STAC, for a catalogue that speaks it.

python examples/embedding/cql2_json.py "date 2019-05; kp >= 5; fai has-data; logic 1 AND (2 OR NOT 3)"
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import edexql
from edexql.model import Constraint, Period, Range, fold

Filter = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def instant(second: int | None) -> str:
    """A second of the clock as CQL2 has it; ".." is open."""
    return ".." if second is None else f"{EPOCH + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}"


def of_constraint(constraint: Constraint) -> Filter:
    """One constraint."""
    value, name = constraint.value, {"property": constraint.key}
    if isinstance(value, Period):
        interval = {"interval": [instant(value.start), instant(value.end)]}
        return {"op": "t_intersects", "args": [{"property": "datetime"}, interval]}
    if isinstance(value, Range):
        signs = (">" if value.without_low else ">=", value.low), ("<" if value.without_high else "<=", value.high)
        bounds: list[Filter] = [{"op": sign, "args": [name, bound]} for sign, bound in signs if bound is not None]
        return bounds[0] if len(bounds) == 1 else {"op": "and", "args": bounds}
    return {"op": "=", "args": [name, str(value)]}


def of_query(query: edexql.Query) -> Filter | None:
    """The filter of a query; None where it has no constraints. The fold needs no recursion, however deep the logic."""
    logic = query.effective_logic()
    if logic is None:
        return None

    def joined(operator: str, left: Filter, right: Filter) -> Filter:
        return {"op": operator, "args": [left, right]}

    return fold(
        logic.code,
        lambda number: of_constraint(query.constraints[number - 1]),
        lambda inner: {"op": "not", "args": [inner]},
        lambda left, right: joined("and", left, right),
        lambda left, right: joined("or", left, right),
    )


if __name__ == "__main__":
    print(json.dumps(of_query(edexql.query(" ".join(sys.argv[1:]))), indent=2))
