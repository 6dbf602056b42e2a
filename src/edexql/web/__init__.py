"""The workbench: a page of the service, and what it asks for. The page's own files are in the folder `static`.

It has no logic of its own: endpoints turn JSON into calls of what the other faces call, too.

    workbench    what a workbench is configured with, one request to it, and offsets as browsers count
    routes       its routes, and what holds for each request
    endpoints    what each endpoint takes and does
    bodies       the bodies of requests
    page         the page and its files
    token        the secret that writing wants
    query_file   the query file that it was started with
    setting      what the page needs to know once
    texts        what the compiler says of a text
    diagnostics  diagnostics as the page takes them
    edits        edits that a form makes
    answers      what a query gives
    summaries    what helps to choose: fields, days, instruments, pictures
    deliveries   files that are had from the page: plans, requests by mail, the query file
    command_lines  commands that do the same outside of the page
    upstream     an eDEx in place of a catalogue
    listings     the last listings of that eDEx
"""
