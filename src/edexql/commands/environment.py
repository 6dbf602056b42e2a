"""What commands run in: the configuration, sessions with services, and the folders of the user."""

from __future__ import annotations

import os

from edexql.base.system import user_folder
from edexql.commands.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from datetime import date

    import requests
    from requests.adapters import BaseAdapter

    from edexql.client.settings.configuration import Configuration
    from edexql.model.vocabulary import Vocabulary

STATE = "EDEXQL_STATE"
CONFIG = "EDEXQL_CONFIG"
VOCABULARY = "EDEXQL_VOCABULARY"
ALLOW = "EDEXQL_CHECK_ALLOW"
CHECKS = "EDEXQL_CHECK_CHECKS"
CATALOGUE = "EDEXQL_CATALOGUE"


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


def own(options: argparse.Namespace) -> Configuration | None:
    """The configuration, None where nobody has one that is about queries and catalogues: reading it takes time.

    Raises UsageError.
    """
    # A file that is named has to be there; the user's own may be missing, and most often is.
    variables = (CONFIG, VOCABULARY, ALLOW, CHECKS, CATALOGUE)
    named = getattr(options, "config", None) or any(map(os.environ.get, variables))
    if named or os.path.exists(os.path.join(user_folder("config"), "config.toml")):
        return settings(options)
    return None


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


def state_folder() -> str:
    """Where edexql keeps what it remembers for a user: the folder that EDEXQL_STATE names, else that of the system."""
    named = os.environ.get(STATE)
    return os.path.abspath(named) if named else user_folder("state")


def vocabulary_path() -> str:
    """Where `edexql vocabulary update` puts what the service says; the file is there after the first update."""
    return os.path.join(state_folder(), "vocabulary.json")


def days(text: str, today: date, vocabulary: Vocabulary) -> list[date]:
    """The days of periods (see `edexql.client.archive.locations.days`). Raises QueryError and UsageError."""
    from edexql.client.archive import locations

    try:
        return locations.days(text, today, vocabulary)
    except ValueError as error:
        raise UsageError(str(error)) from error
