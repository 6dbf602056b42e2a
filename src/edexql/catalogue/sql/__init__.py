"""A query as SQL text for engines that people already run, and the schema that it runs on.

schema      the tables: their columns, types and meaning
export      a catalogue as Parquet files of these tables
values      the values of a field second by second, for the export
predicates  the logic of a query, gathered by the tables that its values are in
conditions  ranges and texts as comparisons
sweep       the rows that say when a predicate holds, and one sweep over all of them
text        the query as a whole
"""
