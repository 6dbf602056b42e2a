"""What commands run in: the configuration, sessions with services, and the list of requests."""

from __future__ import annotations

import os

from edexql.base.system import state_folder
from edexql.commands.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from datetime import date

    import requests
    from requests.adapters import BaseAdapter

    from edexql.client.settings.configuration import Configuration
    from edexql.model.vocabulary import Vocabulary


def configured(options: argparse.Namespace, **flags: object) -> Configuration:
    """The configuration, with what the flags say (`service__listing="…"` is the setting service.listing).

    The vocabulary is that of the files that it and the options name. Raises UsageError with all that is wrong.
    """
    configuration = settings(options, **flags)
    files = [*configuration.paths.vocabulary, *getattr(options, "vocabulary", ())]
    return configuration.with_vocabulary(_loaded(files)) if files else configuration


def settings(options: argparse.Namespace, **flags: object) -> Configuration:
    """The configuration, with no vocabulary read. Raises UsageError."""
    from edexql.client.settings.configuration import ConfigurationError, read

    named = {name.replace("__", "."): value for name, value in flags.items()}
    try:
        return read(getattr(options, "config", None), None, named)
    except ConfigurationError as error:
        raise UsageError("; ".join(error.problems)) from error


def _loaded(files: list[str]) -> Vocabulary:
    from edexql.model.vocabulary import load_once

    try:
        return load_once(*files)
    except ValueError as error:
        raise UsageError(str(error)) from error


def session(options: argparse.Namespace, configuration: Configuration) -> requests.Session:
    """A session with the configured limits, which records or replays where the options say so."""
    from edexql.client.http.session import Adapter
    from edexql.client.http.session import session as made

    return made(configuration.network, carrier(options, Adapter()))


def carrier(options: argparse.Namespace, inner: BaseAdapter) -> BaseAdapter:
    """What requests go through: the network (`inner`), that with a record of it, or a record alone."""
    if getattr(options, "record", None):
        from edexql.client.http.recording import Recording

        return Recording(options.record, inner)
    if getattr(options, "replay", None):
        from edexql.client.http.replay import Replay

        return Replay(options.replay)
    return inner


def ledger() -> str:
    """Where requests made are noted; the folder is made when the first is."""
    return os.path.join(state_folder(), "ledger.sqlite")


def days(text: str, today: date, vocabulary: Vocabulary) -> list[date]:
    """The days of periods (see `edexql.client.archive.locations.days`). Raises QueryError and UsageError."""
    from edexql.client.archive import locations

    try:
        return locations.days(text, today, vocabulary)
    except ValueError as error:
        raise UsageError(str(error)) from error
