"""Error recovery: what to do when a token does not fit, and what was probably meant.

recovery          the choice between the ways to go on
repairs           the edits of tokens and stack that these ways make, brackets among them
surroundings      what stands around a token: open brackets, neighbours, the beginning of a line
token_names       kinds of token in words, for messages
foreign_syntax    operators and characters of other notations
date_statements   `date` statements in other notations, item by item
date_notations    single dates and times in other notations
period_notations  periods in other notations
"""
