"""`edexql continue`."""

from __future__ import annotations

import json
import os
import re
import sys

from edexql.base.text import printable
from edexql.client.credentials import public_url
from edexql.client.delivery import ledger
from edexql.commands import environment, selections
from edexql.commands.exits import FINE, MISTAKES, UsageError
from edexql.commands.options import add_colour, add_folder, add_nested, add_network, add_output, add_quiet, add_replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edexql.client.delivery.ledger import Entry
    from edexql.commands.delivery import Delivered
    from edexql.commands.parser import Parser

DESCRIPTION = """\
Continue a delivery: take the link from its mail, download the zip, verify that it has the requested files, and
unpack it. Run it again to resume where it stopped; a zip that was damaged in the meantime is downloaded again.
NUMBER is the one of `edexql request --list`; leave it out where one request is open. LINK is needed once; `-` reads
it from standard input: the saved mail, or the part of it that you copied."""
EXAMPLE = "edexql continue 3 LINK"

MOST_BYTES = 2**24
_MOST_LINKS = 20


def arguments(parser: Parser) -> None:
    parser.add_argument("words", metavar="NUMBER LINK", nargs="*", help="which request, and the link of its mail")
    add_folder(parser)
    parser.add_argument("--no-unpack", action="store_true", help="do not unpack the zip after it is verified")
    add_nested(parser)
    add_replace(parser)
    add_output(parser)
    add_network(parser)
    add_quiet(parser, "no progress")
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    from edexql.client.unpack.model import UnpackError
    from edexql.commands import delivery, downloads

    number, link = _meant(options.words)
    configuration = environment.configured(options)
    folder = downloads.checked_folder(options.to or configuration.paths.folder)
    entry = _entry(number, link)
    if link is not None:
        entry = ledger.receive_link(environment.ledger(), entry.number, link)
    if entry.link is None:
        raise UsageError(
            f"request {entry.number} has no link yet: when its mail has come, edexql continue {entry.number} LINK"
        )
    where = delivery.noted(entry)
    if entry.state == delivery.UNPACKED and (where is None or not os.path.lexists(where)):
        # The files are what was wanted; the zip they came in may go.
        last = entry.steps[-1]
        wrong = delivery.wrong_in(entry)
        message = f"request {entry.number} was unpacked into {printable(last.note)} at {last.at}"
        selections.write_message(f"{message}, with {wrong}\n" if wrong else f"{message}\n")
        return MISTAKES if wrong else FINE
    if options.to is None and where is not None:
        folder = os.path.dirname(where)
    code, entry = delivery.fetch_zip(entry, link or entry.link, folder, options, configuration)
    if code != FINE:
        return code
    delivered = delivery.Delivered(entry, delivery.noted(entry))
    try:
        assert delivered.path is not None
        code, delivered = delivery.verified(entry, delivered.path, options, configuration)
        if delivered.entry.state in (delivery.VERIFIED, delivery.UNPACKED) and not options.no_unpack:
            failed, delivered = delivery.unpacked(delivered, folder, options, configuration)
            code = failed or code
    except UnpackError as error:
        return delivery.refused(error, delivered.entry)
    _write_result(delivered, options.output)
    return code


def _meant(words: Sequence[str]) -> tuple[int | None, str | None]:
    """The number and the link among the words. Raises UsageError."""
    number, link = None, None
    for word in words:
        if re.fullmatch(r"[0-9]{1,18}", word) and number is None:
            number = int(word)
        elif link is None and word == "-":
            link = _pasted()
        elif link is None and word.startswith(("http://", "https://")):
            link = word
        else:
            raise UsageError(f"continue takes a number and a link that begins with http:// or https://, not {word}")
    return number, link


def _pasted() -> str:
    """The one link in what comes from standard input, which may be a mail as it was saved. Raises UsageError."""
    from edexql.formats.mail import links as links_of

    if sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    links = links_of(sys.stdin.buffer.read(MOST_BYTES))
    if not links:
        raise UsageError("there is no link in this text: a link begins with http:// or https://")
    if len(links) > 1:
        more = f" and {len(links) - _MOST_LINKS} more" if len(links) > _MOST_LINKS else ""
        listed = "  ".join(links[:_MOST_LINKS]) + more
        raise UsageError(
            f"there are {len(links)} links in this text: give the one for the files instead of -: {listed}"
        )
    return links[0]


def _entry(number: int | None, link: str | None) -> Entry:
    """The request that is meant. Raises UsageError and LedgerError."""
    if number is not None:
        return ledger.one(environment.ledger(), number)
    made = ledger.entries(environment.ledger())
    known = [entry for entry in made if link is not None and entry.link in (link, public_url(link))]
    if known:
        return known[0]
    waiting = [entry for entry in made if entry.receipt in ("accepted", "unknown")]
    if link is None:
        candidates = [entry for entry in waiting if entry.link is not None and entry.state != ledger.STATES[-1]]
        candidates = candidates or [entry for entry in waiting if entry.link is None]
    else:
        # A link that did not work may have been another's, or a slip.
        candidates = [entry for entry in waiting if entry.link is None or entry.state == ledger.STATES[0]]
        candidates = candidates or [entry for entry in waiting if entry.state == ledger.STATES[1]]
    if not candidates:
        way = "`edexql download LINK` takes any link" if link is not None else "`edexql request` makes one"
        raise UsageError(f"no request is open: {way}, and `edexql request --list` shows those that were made")
    if len(candidates) > 1:
        numbers = ", ".join(str(entry.number) for entry in candidates[:10])
        raise UsageError(
            f"several requests are open, {numbers}: say which, as `edexql continue {candidates[0].number} ...`"
        )
    return candidates[0]


def _write_result(delivered: Delivered, output: str) -> None:
    entry, done = delivered.entry, delivered.unpacked
    if output == "json":
        document = {
            "number": entry.number,
            "state": entry.state,
            "zip": delivered.path,
            "missing": list(delivered.missing),
            "more": list(delivered.extra),
            "folder": done and os.path.abspath(done.folder),
            "written": list(done.written) if done else [],
            "replaced": list(done.replaced) if done else [],
            "present": list(done.present) if done else [],
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return
    for path in (*done.written, *done.replaced, *done.present) if done else (delivered.path or "",):
        sys.stdout.write(f"{printable(os.path.join(done.folder, path) if done else path)}\n")
    selections.write_message(f"request {entry.number}: {entry.state}\n")
