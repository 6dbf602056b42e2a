"""A query as SQL text for engines that people already run, and the schema that it runs on.

schema      the tables: their columns, types and meaning
rows        the rows of the tables, for a satellite and a month
values      the values of a field second by second, for the export
predicates  the logic of a query, gathered by the tables that its values are in
conditions  ranges and texts as comparisons
counters    the rows that say when a predicate holds, as changes of counters
sweep       one sweep over all of them, and what files have of it
moments     the same for the times of a query, whatever files there are
text        the query as a whole
"""
