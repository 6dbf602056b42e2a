"""What the REPL remembers on disk: history, settings, and the current query of each running session.

state      all that is asked of it and told to it, from any thread; it never fails
rows       the history and the sessions, as rows of the tables
database   the file, its tables, and what is done where it is damaged
locks      who is alive, and who may change the folder
"""

from edexql.repl.state.state import State, in_memory, open_state

__all__ = ["State", "in_memory", "open_state"]
