"""What every other part uses, and nothing of eDEx.

dates       `date` and `timedelta` without the start-up time of `datetime`
errors      the root of the errors that users meet
extras      optional packages
files/      files and folders on every system
json_plain  JSON that this program wrote, without the start-up time of `json`
json_forms  the JSON that edexql writes and takes, as types
json_text   JSON from outside: strictly read, within limits; how deep brackets are nested
record      frozen values, made without `dataclasses`, which costs start-up time
system      the system that this runs on: what it has and what it lacks
table       rows of cells to lines whose columns stand under each other
text        text from outside, made safe for terminals; what two texts have in common
units       sizes of files: read and written; lengths of time: written
version     the version
"""
