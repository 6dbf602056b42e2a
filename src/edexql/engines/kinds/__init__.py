"""The engines, one a file.

edex    the service of the mission, over the network
local   a catalogue on this machine
duckdb  DuckDB over an export
"""
