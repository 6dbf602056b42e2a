"""Statements in the notation of other languages, and what to write instead.

advice        the diagnostics of a text, with the statement that was probably meant where that can be proved
proposals     the statements that a text may mean, the likeliest first
words         the words of other notations
phrases       comparisons in words
names         what words name: fields, instruments, products, experiments, units, days
reader        a statement read into conditions
fields        what a statement says of a field, an instrument or dates
cursor        a place among the words, and the values read there
conditions    what a statement asks for, and its text in the language
dictionaries  queries that are dictionaries: eDEx's own, document databases, CQL2
"""
