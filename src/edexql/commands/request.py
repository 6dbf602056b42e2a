"""`edexql request`."""

from __future__ import annotations

import json
import sys

from edexql.base.record import Record
from edexql.base.table import table_lines
from edexql.base.text import printable, shown
from edexql.client.credentials import public_url
from edexql.commands import environment, inputs, selections, service
from edexql.commands.exits import FINE, MISTAKES, SERVICE, UsageError, say
from edexql.commands.options import (
    add_colour,
    add_dry_run,
    add_inputs,
    add_network,
    add_output,
    add_pick,
    add_quiet,
    add_service,
    add_setting,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from edexql.client.delivery.ledger import Entry
    from edexql.client.delivery.mail import ReportError
    from edexql.commands.parser import Parser
    from edexql.commands.service import Party
    from edexql.compiler.request import Request
    from edexql.model.answer import File

DESCRIPTION = """\
Request files by mail, as the Results tab of eDEx does: the files that the service lists for a query, or the
ticked ones if FILE is a selection. The answer of the service is printed as it is. A request is sent once, and never
repeated automatically. The ledger has all requests: --list shows them, and `edexql continue` continues when the mail
has arrived."""
EXAMPLE = """\
edexql request -e 'product fai-lv1-hdf5-images; date 2019-05-01' --email me@institute.example --dry-run"""


class Wish(Record):
    """What is asked for: the text of the query, its request, and the files; None where they are not listed yet."""

    query: str
    request: Request
    files: tuple[File, ...] | None
    party: Party


def arguments(parser: Parser) -> None:
    add_inputs(parser)
    parser.add_argument("--email", metavar="ADDRESS", help="who gets the mail (default: `email` of the query)")
    add_pick(parser, "only these: 1-3,7 or *_15* or >1GB, as in select")
    add_service(parser)
    add_dry_run(parser, "print what would be sent and send nothing")
    parser.add_argument("--again", action="store_true", help="even if the same files are requested already")
    parser.add_argument("--list", action="store_true", help="the requests that were made, the newest first")
    add_output(parser)
    add_network(parser)
    add_setting(parser)
    add_quiet(parser)
    add_colour(parser)


def run(options: argparse.Namespace) -> int:
    if options.list:
        return _list(options)
    wish = _wish(options)
    email = options.email or wish.request.parameters.get("email")
    if not email:
        raise UsageError("say who gets the mail: --email ADDRESS, or `email ADDRESS` in the query")
    from edexql.client.delivery.mail import is_address

    if not isinstance(email, str) or not is_address(email):
        raise UsageError(f"{shown(str(email))} is not an e-mail address: write it as name@institute.example")
    if options.dry_run:
        return _show(wish, email, options)
    files = wish.files
    if files is None:
        files = tuple(service.listing_of(wish.request, wish.party, options))
        if not files:
            say("no files match the query, so nothing was requested")
            return MISTAKES
        files = _picked(files, options)
    if not files:
        raise UsageError("no files are left to send: choose some with --pick, or tick some in the selection")
    return _send(wish, files, email, options)


def _wish(options: argparse.Namespace) -> Wish:
    """What the options ask for. Raises UsageError, QueryError and SelectionError."""
    if len(options.files) + len(options.texts) > 1:
        raise UsageError("give one query or one selection")
    if options.files and selections.is_selection(options.files[0]):
        return _of_selection(options)
    from edexql.compiler.request import request
    from edexql.terminal.diagnostics import report

    party = service.party(options)
    setting = inputs.setting(options)
    for source in inputs.sources(options):
        made = request(source, setting)
        report(made.diagnostics, options)
        return Wish(source.text, made, None, party)
    raise UsageError("there is no query for the request")


def _of_selection(options: argparse.Namespace) -> Wish:
    from edexql.base.stdlib import json_line
    from edexql.client.selection import file as selection_file
    from edexql.compiler.request import Request

    kept = selection_file.load(options.files[0], inputs.vocabulary(options))
    party = service.party(options, kept.service)
    files = kept.ticked
    if options.pick:
        files = _picked(tuple(choice.file for choice in kept.files), options)
    return Wish(kept.query, Request(json_line(json.loads(kept.wire))), files, party)


def _picked(files: tuple[File, ...], options: argparse.Namespace) -> tuple[File, ...]:
    """The files that --pick means, all where it is not given. Raises PickError."""
    from edexql.client.selection.picks import pick

    ticks = pick(files, selections.words(files, options.pick))
    return tuple(file for file, tick in zip(files, ticks, strict=True) if tick)


def _show(wish: Wish, email: str, options: argparse.Namespace) -> int:
    """Print what would be sent."""
    from edexql.client.delivery.mail import delivery_parameters

    places, parameters = wish.party.places, wish.request.parameters
    texts = [file.text for file in wish.files or ()]
    sent = delivery_parameters(parameters, texts, email)
    steps: list[tuple[str, str, dict[str, Any]]] = [("POST", public_url(places.delivery), sent)]
    if wish.files is None:
        steps.insert(0, (places.method, public_url(places.listing), parameters))
    if options.output == "json":
        document = [{"method": method, "url": url, "parameters": body} for method, url, body in steps]
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        for method, url, body in steps:
            sys.stdout.write(f"{method} {printable(url)}\n{json.dumps(body, indent=2)}\n")
    if wish.files is None:
        selections.write_message("the files that are listed go into result_filenames\n")
    return FINE


def _send(wish: Wish, files: Sequence[File], email: str, options: argparse.Namespace) -> int:
    from edexql.client.delivery.mail import ReportError, delivery_parameters, request_report
    from edexql.model.answer import in_words, total

    texts = [file.text for file in files]
    places = wish.party.places
    _check_first_time(
        json.dumps(delivery_parameters(wish.request.parameters, texts, email)),
        public_url(places.delivery),
        options,
    )
    try:
        with environment.session(options, wish.party.configuration) as session:
            receipt = request_report(
                wish.request,
                texts,
                email,
                places,
                query=wish.query,
                session=session,
                ledger_path=environment.ledger(),
            )
    except ReportError as error:
        return _failed(error, texts, options)
    if options.output == "json":
        _write(receipt.number, receipt.url, "accepted", receipt.text, texts)
    else:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in receipt.text.splitlines()))
        selections.write_message(f"request {receipt.number}: {in_words(total(files))} for {printable(email)}\n")
        sys.stderr.write(f"when the mail has come: edexql continue {receipt.number} LINK\n")
    if receipt.unkept:
        say(f"the request was accepted, but could not be written to the ledger: {receipt.unkept}")
    return FINE


def _failed(error: ReportError, texts: list[str], options: argparse.Namespace) -> int:
    if options.output == "json":
        _write(error.number, error.url, error.outcome, error.text, texts)
    sys.stdout.flush()
    say(str(error))
    if error.outcome == "unknown" and error.number is not None:
        sys.stderr.write(
            f"it is request {error.number} in the ledger; when its mail has come: edexql continue {error.number} LINK\n"
            "if none comes within some hours, request the files once more with --again\n"
        )
    return SERVICE


def _check_first_time(wire: str, url: str, options: argparse.Namespace) -> None:
    """Raise UsageError where the same was asked for, and its mail may still come."""
    from edexql.client.delivery import ledger

    if options.again:
        return
    entry = ledger.awaited(environment.ledger(), wire, url)
    if entry is not None:
        known = "" if entry.receipt == "accepted" else ", and it is unknown whether that was received"
        raise UsageError(
            f"the same files were requested at {entry.steps[0].at}, as request {entry.number}{known}: wait for its"
            " mail, or request them once more with --again"
        )


def _write(number: int | None, url: str, outcome: str, text: str, texts: list[str]) -> None:
    document = {"number": number, "url": url, "outcome": outcome, "answer": text, "files": texts}
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _list(options: argparse.Namespace) -> int:
    """Show the ledger."""
    from edexql.client.delivery import ledger

    if options.files or options.texts:
        raise UsageError("--list shows all requests that were made: leave the query out")
    made = ledger.entries(environment.ledger())
    if options.output == "json":
        sys.stdout.write(json.dumps([entry.to_dict() for entry in made], indent=2) + "\n")
        return FINE
    sys.stdout.write("".join(f"{line}\n" for line in table_lines([_row(entry) for entry in made], right=(0,))))
    if not made:
        selections.write_message("no requests were made yet\n")
    return FINE


def _row(entry: Entry) -> tuple[str, str, str, str]:
    from edexql.model.answer import in_words, listed, total

    outcomes = {"unknown": ", unknown whether it was received", "refused": ", refused", "not sent": ", not sent"}
    state = entry.state + (outcomes.get(entry.receipt, "") if entry.state == "asked" else "")
    if entry.state == "asked" and entry.link is not None:
        state += ", its link did not work"
    size = in_words(total(listed(text) for text in entry.files))
    return str(entry.number), entry.steps[0].at if entry.steps else "", size, state
