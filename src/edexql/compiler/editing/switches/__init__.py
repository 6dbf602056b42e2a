"""Parts of a query that are switched off, as comments in their place, and on again.

switches     what is switched off, in the text and in the logic
restoration  what is switched on again
batches      many parts switched at once
splices      another logic in place of one
comments     comments that hold what is switched off
lists        values of a statement that become comments and come back
records      the logic that such comments record, read
numbers      what numbers in recorded logic count, before and after an edit
tree_records  edits of the logic as a tree, made on recorded logic too
losses       what recorded logic has lost by what is off, and has again when that comes back
"""

from __future__ import annotations

from edexql.compiler.editing.switches.numbers import followed
from edexql.compiler.editing.switches.restoration import switched_on
from edexql.compiler.editing.switches.switches import logic_switched_off, several_switched_off, switched_off
from edexql.compiler.editing.switches.tree_records import tree_followed

__all__ = ["followed", "logic_switched_off", "several_switched_off", "switched_off", "switched_on", "tree_followed"]
