"""The files of an answer as a table to page, sort, filter and untick with keys."""
