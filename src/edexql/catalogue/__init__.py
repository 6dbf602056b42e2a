"""The embedded catalogue: data on the user's machine on which every query can be evaluated.

evaluation      a query over a catalogue: its times and its files
constraints     the times at which a single constraint holds
plan            the logic of a query as operators with any number of operands
scan            the samples of a series that lie in a range
quanta          how finely values are kept, and which of them a range admits
samples         the value of a field at some seconds
intervals       sets of times as arrays
three_valued    times that are matched, not matched, or without information
files, notes    the files of an answer, and what it rests on
satellites      the parts of a query that are about one satellite each
availability    when instruments had data
summaries/      what a catalogue has at large: files of products and days, values of fields
store/          a catalogue on disk: read by queries, changed all or nothing
ingest/         files of others read into a catalogue
orbit/          positions, and when fields that follow from them are in a range
geometry/       coordinate systems
sql/            a query as SQL text, and the rows of the tables that it runs on
export/         these tables as files, in a folder or an object store
simulate/       a simulated mission
"""
