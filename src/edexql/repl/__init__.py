"""The REPL: a current query, changed line by line, and each line answered.

A line comes from a reader (prompt, plain or script), `lines` says what it is, `acting` does it to the
session, and `answer` tells what the query gives now. What a session remembers on disk is in `state`.
"""
