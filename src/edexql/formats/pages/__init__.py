"""Pages of folders, as web servers write them and as people save them, read in one way.

page     what is on a page, in HTML, JSON or XML, and whether it is a listing at all
text     the text of its bytes, parted into markup and scripts; what can be wrong with a page
links    the links of markup, with what stands beside each
folders  which links are entries: those below an address, or those that name what they lead to
cells    dates and sizes beside entries
items    entries in JSON
bucket   the XML of S3
"""
