"""The verbs of edexql, one a file, and what they share.

Each module of a verb has DESCRIPTION and EXAMPLE (for --help), `arguments(parser)` and `run(options) -> exit code`.
`registry` has a line for each verb, and imports its module when the verb is used.
"""
