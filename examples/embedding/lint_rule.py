"""A rule of a research group for its queries: searches by Kp say in which years.

python examples/embedding/lint_rule.py examples/*.edq
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import edexql
from edexql.lint import Context, Finding


@edexql.lint.check("X101", "an index is asked for without a date", documentation="https://group.example/rules#x101")
def index_without_date(context: Context) -> Iterator[Finding]:
    """Report the first constraint of a geomagnetic index in a query without dates."""
    constraints = context.query.constraints
    if any(constraint.kind == "date" for constraint in constraints):
        return
    for number, constraint in enumerate(constraints, 1):
        if constraint.key in ("kp", "ap", "dst"):
            yield context.finding(f"{constraint.key} is asked for in all years", number, help="add a date")
            return


def main(paths: list[str]) -> int:
    """Check files; the exit code is 1 where one has an error or breaks the rule."""
    found = [d for path in paths for d in edexql.check(Path(path).read_bytes(), name=path)]
    for diagnostic in found:
        place = diagnostic.to_dict()["start"]
        print(f"{diagnostic.source.name}:{place['line']}:{place['column']}: {diagnostic.code} {diagnostic.message}")
    return int(any(diagnostic.is_error or diagnostic.code == "X101" for diagnostic in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
