"""The table of the files of a query, to page, sort, filter and tick.

table     the table as a value, and what each key makes of it
rows      its rows, the orders in which they stand, and the filter
drawing   what is drawn of it
screen    it on the whole of a terminal, worked with keys
plain     it as plain lines
"""
