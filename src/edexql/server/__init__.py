"""The service: eDEx's HTTP interface, and the dated tree of the archive, over a local catalogue and a local archive.

The addresses, bodies and answers that are known of the real service are kept exactly (source: the Canadian Space
Agency's tutorial and the University of Calgary's page about the interface). Status codes, diagnostics, the direct
download and all limits are choices made here.

    settings      what a service is configured with, and its limits
    service       the parts of a running service that the endpoints share
    app           the ASGI application: routes, error handlers, the four lists of names
    middleware    what holds for every request and response; the access log
    connections   the listening socket, the HTTP server, time limits of a connection
    body          the body of a request, read strictly and within limits
    errors        errors as the service answers and logs them
    listing       the listing endpoint: a query in, its files out
    catalogue     the catalogue that a service answers from
    deliveries    the endpoints for files in a zip: report, download, progress, delivery
    transfers     responses that send files
    archive       files and folders of the archive, never outside its root
    archive_tree  the endpoints of the dated tree: pages, files, tars
    openapi       the description of the service in OpenAPI 3.1
    jobs/         zips made in the background, and their mail
"""

from __future__ import annotations
