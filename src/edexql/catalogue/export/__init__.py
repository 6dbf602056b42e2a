"""A catalogue as the tables of the schema, outside of it: Parquet files, or the tables of a database.

export      what an export does: what changed is written, the manifest last, and what nobody names removed
jobs        the months that are to be written, and about how much that is
processes   several processes that write them
parts       what is written together: the tables of a satellite and month, and whether they changed
parquet     the rows of a table as one file of Parquet
place       where the files stand: a folder of this machine, or an object store
manifest    the one file that says which files an export is
vocabulary  what of a vocabulary the rows depend on
postgres    the rows in the tables of PostgreSQL, replaced as a whole
database    the address of a database without its secrets, and a connection to it
views       the statements with which users of their own SQL read the files
"""
