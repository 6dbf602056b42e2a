"""Edits of a query's text: from one laid-out text to the next, with nothing lost that an edit has nothing to do with.

edited                what an edit gives, and the error of one that is refused
sheet                 the text under hand as an edit sees it: statements, numbered elements, their places
pruning, rewriting    logic without some of its operands; a statement without some of its tokens
splitting, numbering  a statement cut round one of its elements; new numbers in the logic that stays
chunks, placing       typed text cut into statements; where each of them goes
entering, replacing, dropping, labelling   the edits
diagnosing            what is wrong with an edit, in terms of what was typed
"""

from __future__ import annotations

from edexql.compiler.editing.diagnosing import diagnosed
from edexql.compiler.editing.dropping import dropped
from edexql.compiler.editing.edited import Edited, EditError, Piece
from edexql.compiler.editing.entering import entered, whole
from edexql.compiler.editing.labelling import labelled
from edexql.compiler.editing.replacing import replaced

__all__ = ["EditError", "Edited", "Piece", "diagnosed", "dropped", "entered", "labelled", "replaced", "whole"]
