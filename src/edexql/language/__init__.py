"""Text, and nothing of eDEx: from characters to a syntax tree with diagnostics, and back.

source       the text, its name, lines and columns
limit        how much a call may do with a text, and how it is ended
lexer        text to tokens, plain texts word by word; which line breaks end a statement
scanner      any text to tokens, by the patterns of the grammar
tables       the parse tables, generated from grammar/edq.lark
driver       the LALR(1) parser that runs on them
syntax       the syntax tree
repetition   runs of the same shape in a long text: lists and operands that are read at once
parser       all of it: text to tree and diagnostics; what each rule of the grammar makes of its children
recovery/    what to do when a token does not fit
diagnostics/ errors and warnings as values, and how they are shown
formatter    the layout of a text
highlight    the classes of tokens, for editors
cursor       what fits at a place of the text, for completion
literals     days of the calendar, lengths of time, numbers with a comma
grammar      the grammar as Lark reads it: the reference for tests
"""
