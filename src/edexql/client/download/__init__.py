"""Files over HTTP, each of them right under its final name or not there at all.

From above to below; `batch.download` is what others call.

batch         many files at once: which can be asked for, room for them, threads
transfer      one file, from what is there already to its final name, over as many attempts as its budget allows
attempt       one try: ask for what is missing, and put the bytes of the response where they belong
digest_files  files of digests beside a file, such as SHA256SUMS
run           what the files of one download share: hosts and their places, connections, the end of all of it
response      the response to a request: redirects, status, bytes, compression
connection    HTTP framed without doubt or refused; a connection that nothing holds up
destination   names of files, what is there already, room on the disk, the step into the final name
part          the unfinished file and its journal
headers       what header fields say
model         what is to be downloaded; what became of it; who hears of it; what can go wrong
"""
