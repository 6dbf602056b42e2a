"""The REPL: a current query, changed line by line, and each line answered.

loop            lines read until the user leaves, or a script ends
lines           what a line is: a verb, a part of a query, a command of the shell
execution       what a line says is done to the session
session         the current query, what is asked, how answers look
current_query   the text of the query, its earlier texts, its file
answer          what the query gives now
files           queries from files and to files
results         the files of the query, and which of them are ticked
verbs/          the verbs of the prompt alone
prompt/         readers of lines at a terminal
table/          the table of the results
state/          what is remembered on disk
"""
