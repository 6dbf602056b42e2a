"""Parts of a query that are switched off, as comments in their place, and on again.

switches     what is switched off and on, in the text and in the logic
comments     comments that hold what is switched off
lists        values of a statement that become comments and come back
records      the logic that such comments record
numbers      numbers in recorded logic, which stand for the same constraints after an edit
"""

from __future__ import annotations

from edexql.compiler.editing.switches.numbers import followed
from edexql.compiler.editing.switches.switches import logic_switched_off, switched_off, switched_on

__all__ = ["followed", "logic_switched_off", "switched_off", "switched_on"]
