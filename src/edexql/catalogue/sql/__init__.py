"""A query as SQL text for engines that people already run, and the schema that it runs on.

schema, export       what the tables are; a catalogue as Parquet files of them
units                the logic of a query, gathered by the tables that its values are in
conditions, spells   ranges as comparisons; the rows that say when a unit holds
sweep, text          one sweep over all of them; the query as a whole
"""
