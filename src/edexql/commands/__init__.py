"""The verbs of edexql, one a file, and what they share.

Each module of a verb has DESCRIPTION and EXAMPLE (for --help), `arguments(parser)` and `run(options) -> exit code`.
What they share:

registry        a line for each verb: its name, where it can be typed, where it is written
options         the options that several verbs have
plain_words     words that name options plainly, read without argparse
parser          the parser of all other words, and of the help
prompt          what the prompt adds to them: itself, and the current query
exits           how a verb is run, and what its end means
inputs          queries that are named, what they are read with, files that are put in their place
environment     configuration, sessions with services, folders of the user
local           the catalogue that is asked, and queries for it
engines         which engine is asked, and what it knows
pictures        what the commands that draw have in common: times, characters, files
service         the service that is asked, and what it lists
answers         how answers are written
selections      how selections are written
downloads       downloads that are recorded, shown and reported
delivery        a delivery from its link to its files
catalogue_info  what a catalogue holds
catalogue_export  a catalogue exported, and the views of an export
"""
