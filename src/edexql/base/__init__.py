"""What every part stands on and no part of eDEx is.

errors     the root of the errors that users meet
json_text  JSON from outside: strictly read, within limits
names      names of files: which are possible, and as they stand in an address
nesting    how deep brackets are nested
record     frozen values, made without `dataclasses`, which costs start-up time
table      rows of cells to lines whose columns stand under each other
text       text from outside, made safe for terminals; what two texts have in common
units      sizes of files: read and written; lengths of time: written
version    the version
"""
