"""The service that commands about listings ask: its addresses, how often it is asked, and what it lists."""

from __future__ import annotations

import sys

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.client.credentials import public_url
from edexql.client.endpoints import Endpoints
from edexql.commands import environment
from edexql.commands.exits import UsageError
from edexql.commands.inputs import LOCAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.client.http.request import Retries
    from edexql.client.selection.file import Selection
    from edexql.client.settings.configuration import Configuration
    from edexql.compiler.request import Request
    from edexql.model.answer import Answer
    from edexql.model.vocabulary import Vocabulary


class Party(Record):
    """A service that is asked: its base address as selections keep it, its endpoints, and the configuration.

    Names and passwords stand in the endpoints alone.
    """

    base: str
    places: Endpoints
    configuration: Configuration


def party(options: argparse.Namespace, usual: str | None = None) -> Party:
    """The service that the options name; `usual`, that of a selection, where their words name none.

    Answer and delivery are on the two hosts that are configured, or both below the address that is named. Raises
    UsageError where that is none, or where it is a catalogue on this machine.
    """
    prompt = options.prompt
    base: str | None = options.service
    own = prompt is not None and base == prompt.service
    if usual is not None and (base is None or (own and public_url(base) != usual)):
        base = usual
    if base == LOCAL or (base is not None and " " in base):
        raise UsageError(
            "a catalogue on this machine sends no mail and is asked with `fetch --local`: name an eDEx"
            " with --service URL" + (", or `use` one" if prompt is not None else "")
        )
    if base is not None and not base.startswith(("http://", "https://")):
        raise UsageError(f"--service takes an address that begins with http:// or https://, not {base}")
    configuration = environment.configured(options)
    configured, mission = configuration.service, configuration.mission
    listing = configured.listing or mission.listing
    # `use edex` means the service that is configured.
    own_names = (listing, listing and public_url(listing), mission.listing if prompt is not None else listing)
    if base is None or base in own_names:
        from edexql.client.settings.configuration import listing_address, service_endpoints

        return Party(public_url(listing_address(configuration)), service_endpoints(configuration), configuration)
    base = base.rstrip("/")
    delivery = mission.delivery if base == mission.listing else base
    places = Endpoints(
        f"{base}/{configured.listing_endpoint}",
        f"{delivery}/{configured.delivery_endpoint}" if delivery else "",
        configured.method,
    )
    return Party(public_url(base), places, configuration)


def listing_of(
    request: Request, target: Party, options: argparse.Namespace, vocabulary: Vocabulary | None = None
) -> Answer:
    """The files that a service lists for a request. Raises ServiceError."""
    from edexql.client.listing import fetch

    waiting = _waiting if sys.stderr.isatty() else None
    with environment.session(options, target.configuration) as session:
        retries = _retries(target.configuration)
        return fetch(request, target.places, session=session, retries=retries, waiting=waiting, vocabulary=vocabulary)


def listing_again(selection: Selection, options: argparse.Namespace) -> tuple[Answer, str]:
    """What is listed now for the query of a selection, and by which service.

    A selection of a catalogue is asked of a catalogue. Raises ServiceError, QueryError, and SelectionError where
    the query has come to mean something else.
    """
    from edexql.client.selection.file import request_of
    from edexql.commands import engines, inputs, local
    from edexql.model.vocabulary import load

    options = engines.settled(options, listing=True)
    vocabulary = inputs.setting(options).vocabulary
    request = request_of(selection, vocabulary)
    prompt = options.prompt
    named = options.service is not None and not (prompt is not None and options.service == prompt.service)
    kept = engines.of_base(selection.service)
    chosen = engines.choice(options) if options.engine is not None else None if named else kept
    of_catalogue = selection.service == LOCAL or kept is not None
    if chosen is None and (not of_catalogue or (named and options.service != LOCAL)):
        target = party(options, selection.service)
        return listing_of(request, target, options, vocabulary), target.base
    assert request.query is not None
    with engines.asked(chosen, options, vocabulary or load(), local.catalogue_folder(options)) as asked:
        return asked.evidence.answer(request.query), asked.base


def _retries(configuration: Configuration) -> Retries:
    """How often a listing is asked for: as is configured, and otherwise less often than files are."""
    from edexql.client.http.request import Retries

    usual = Retries()
    said = {name for name, origin in configuration.origins if origin.kind != "default"}
    network = configuration.network
    return Retries(
        tries=network.tries if "network.tries" in said else usual.tries,
        seconds=network.seconds if "network.seconds" in said else usual.seconds,
    )


def _waiting(seconds: float, reason: str) -> None:
    sys.stderr.write(f"{printable(reason)}: asked again in {seconds:.0f} s\n")
