"""A catalogue on disk.

A folder with a SQLite database, which has every row with its origin and names the files of the present state,
and immutable files of arrays, which are what queries read. A change writes new files beside the old ones
and names them in the transaction that makes it true.

catalogue     a catalogue as queries see it
manifest      the file that names all others, replaced as a whole
arrays        immutable files of named arrays
index         the arrays derived from the rows, for queries
orbits        positions and element sets
segments      samples by chunks of time
writer        facts put into a catalogue
transaction   one change, all or nothing; new catalogues
upgrade       catalogues of earlier versions brought up to date
schema        the tables of the database, and its checksums
"""
