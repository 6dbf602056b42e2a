"""Files of others taken into a catalogue.

ingestion    files and folders, each recognised, read and put into one change
registry     the formats, how each is recognised, and its reader
readers      one module a format
batches      what readers give: files, spans, samples, positions, element sets, faults
source       the bytes of a file in blocks and lines, and the limit on its faults
rows         tables of numbers between blanks, read by the block
columns      tables as CSV or Parquet, read in chunks by column
series       samples put into order of time
times        dates and times as files write them; leap seconds
mapping      what the columns of a user's table mean
suggestion   a first mapping of such a table
tree         the files below a folder
"""
