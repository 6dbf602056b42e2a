"""What a catalogue is on disk.

A folder with a SQLite database, which has every row with its origin and names the files of the moment,
and immutable files of arrays, which are what queries read. A change writes new files beside the old ones
and names them in the transaction that makes it true.
"""
