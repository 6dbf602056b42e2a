"""Readers of lines at a terminal.

prompt       the line editor, with prompt_toolkit
menu         what it offers: completion, and the history
keys         its keys beyond those of the editor that it works like
style        its colours and underlines
live         what is known of the line being typed, kept up to date by threads
mistakes     what one of these threads finds: mistakes
counts       and the other: how many files the query would give
completion   what could stand at a place in a line
plain        lines read with `input`, for screen readers and simple terminals
"""
