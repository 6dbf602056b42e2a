"""Diagnostics: what is wrong with a text, as values, and how they are shown.

value         a diagnostic: code, message, place, notes, help, fix
codes         every code and what it stands for
query_error   the exception that carries the diagnostics of a query
suppressions  comments that allow warnings: `# edq: allow W601`
terminal      diagnostics for people
interchange   diagnostics for programs: one line each, JSON, SARIF, GitHub
"""
