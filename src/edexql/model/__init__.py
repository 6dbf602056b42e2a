"""Meaning, and nothing of text: queries, constraints, logic, periods and ranges, the vocabulary, the answer.

query, logic           what is asked for: constraints, and how they are joined
period, timeset        times
range, number, steps   values of fields: ranges, also round a circle; numbers as they are written; indices in steps
field, vocabulary      what a field is; products, instruments, fields and experiments, and their spelling on the wire
vocabulary_files       the vocabulary files of a user
filename, spacecraft   what names of files say; how files name CASSIOPE
availability           when instruments had data
answer                 what an engine answers: files, times, notes, totals
"""
