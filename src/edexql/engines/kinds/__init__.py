"""The engines, one a file.

edex        the service of the mission, over the network
local       a catalogue on this machine
duckdb      DuckDB over an export
datafusion  DataFusion over an export
postgres    PostgreSQL with the tables of an export
spark       Spark over an export: a session of the user's own, or a server of Spark Connect
"""
