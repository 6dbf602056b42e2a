"""Checks of your own, beside those that edexql has.

    import edexql

    @edexql.lint.check("X101", "a storm query without a period of days")
    def storm_without_days(context):
        for number, constraint in enumerate(context.query.constraints, 1):
            if constraint.key == "kp" and not any(c.kind == "date" for c in context.query.constraints):
                yield context.finding("Kp is asked for in all years", number, help="add a date")

`edexql.check`, `edexql.compile` and all others give its findings then, in this process. A comment `# edq: allow X101`
and `allow=("X101",)` suppress them.
"""

from __future__ import annotations

from edexql.base.record import resolvable
from edexql.compiler.lint.installed import load
from edexql.compiler.lint.own import CheckError, Context, Finding, check, unregister

__all__ = ["CheckError", "Context", "Finding", "check", "load", "unregister"]

for _name in __all__:
    resolvable(globals()[_name])
