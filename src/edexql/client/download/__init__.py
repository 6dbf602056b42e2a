"""Files over HTTP, each of them right under its final name or not there at all.

wanted, watch, fault      what is asked for and reported; who hears of it; what can go wrong
batch, hosts, crew, run   many files at once, within limits for each host; their threads; what they have in common
whole, budget             one file, over as many tries as its budget allows
attempt, asking           one try: the request with its redirects, and where its answer belongs
connecting, line, body    requests with framing taken strictly; a connection that nothing holds up; its bytes
headers, listed, names    what is read of headers, of sizes as listings write them, and of names
part, journal, plain      the unfinished file and what is known of it; files opened without following links
existing, placing, disk   what is there already; the last step; room
kinds, page, content      what a file of a kind begins with, what is no data, what came compressed
checking, zipped, marks   whether all of a file is there: of zips, and of formats that tell their own end
neighbours, crc           files of sums beside a file; sums that Python has not
"""
