"""Selections: files of a listing that the user has ticked.

file        a selection, as it is saved to a file
picks       files chosen by numbers, names, sizes and times
comparison  which files are new, gone, or replaced by a newer version
"""
