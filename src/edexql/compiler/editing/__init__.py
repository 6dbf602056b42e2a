"""Edits of a query's text; what an edit does not concern stays as it is.

An edit goes from one text, laid out, to the next; `changes` gives it as the least changes of a text in any layout.

document     the query that is edited, its numbered elements, and the result of an edit
logic_edits  logic without some of its operands, and the new numbers of what stays
placement    where typed statements go
entry        statements that are typed: `kp >= 5`; and what is wrong with them
replacement  one constraint in place of another, and labels
let_values   a constraint given other values by the `let` of its parameters
removal      parts that are removed
product_edits  products added and taken out
changes      one door to all edits: plain data that names an edit, into the least changes of the text
differences  the least edits between a text and another layout
alignment    which parts of one sequence are parts of another
logic_tree   the logic as a flat tree, each node with its tokens
tree_edits   parts of the logic moved, grouped, negated and removed
switches/    parts switched off, as comments, and on again
"""

from __future__ import annotations

from edexql.compiler.editing.document import Edited, EditError, Piece
from edexql.compiler.editing.entry import diagnosed, entered, whole
from edexql.compiler.editing.removal import dropped
from edexql.compiler.editing.replacement import labelled, replaced

__all__ = ["EditError", "Edited", "Piece", "diagnosed", "dropped", "entered", "labelled", "replaced", "whole"]
