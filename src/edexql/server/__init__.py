"""An eDEx of one's own: the service's HTTP interface over a local catalogue and a local archive.

What is known of the real service is followed to the letter, in addresses, bodies and answers (source: the
Canadian Space Agency's tutorial and the University of Calgary's page about the interface). Everything else,
status codes, diagnostics, the direct download and all limits, is a choice made here.
"""

from __future__ import annotations
