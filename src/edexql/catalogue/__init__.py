"""The embedded eDEx: a catalogue on the user's own machine that gives every query a meaning.

intervals, truth     sets of times, and three-valued answers
store/               what a catalogue is on disk; reading it, and changing it all or nothing
ingest/              readers, one a format
orbit/               positions: element sets, knots, magnetic coordinates
plan, evaluation     a query over a catalogue; influence, why, timeline
sql/                 the same plan as SQL text, and the schema it runs on
"""
