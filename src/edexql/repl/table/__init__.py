"""The table of the files of a query, to page, sort, filter and tick.

table     the table as a value, and what each key makes of it
rows      its rows, one for each file
ordering  the orders in which it stands
filtering the words of its filter
drawing   what is drawn of it
screen    it on the whole of a terminal, worked with keys
plain     it as plain lines
"""
