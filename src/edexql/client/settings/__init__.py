"""The settings: declared once, read from a file, the environment and the command line.

declarations   every setting: its kind, its default, its title and its variable
kinds          what a setting may be: read from TOML and from the text of a variable
configuration  all settings with their values, and where each value came from
"""
