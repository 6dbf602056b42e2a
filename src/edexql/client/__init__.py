"""eDEx and the archive over the network. It knows requests and answers, and nothing of the terminal.

settings     every setting, what it may be, and the configuration that gives it a value
endpoints    the addresses of eDEx and of the archive
credentials  names and passwords: where they are sent, and texts without them
errors       the error of a service, and why the network failed
http         sessions of requests, their limits, and recordings of what was asked and answered
listing      the files that eDEx lists for a query, and how they are asked for
selection    files of a listing that the user has ticked: their file, how they are picked and compared
archive      the dated folders of the archive: locations, folders, availability
strategies   what can be downloaded: links, files of the archive, folders as tars, direct downloads
download     addresses to files, whole and right
manifest     what was to be downloaded into a folder, and what became of it
unpack       archives to folders, all of one or nothing
delivery     requests for mail and for direct downloads, and the ledger of those that were made
vocabulary   the lists of names that eDEx gives, as a vocabulary file
"""
