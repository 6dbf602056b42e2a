"""The verbs of the prompt alone. `options.session` is the session.

editing    show, drop, off, on, label, undo, redo, clear, edit
files      open, save, diff, results
settings   history, use, set, quit
"""
