"""What the commands that ask a catalogue have in common: which one, with what query, and how times are written."""

from __future__ import annotations

import sys

from edexql.base.record import Record
from edexql.base.text import printable
from edexql.commands import inputs
from edexql.commands.exits import UsageError
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.client.settings.configuration import Configuration
    from edexql.compiler.request import Setting
    from edexql.compiler.resolve import Resolved
    from edexql.language.diagnostics import Diagnostic
    from edexql.language.source import Source
    from edexql.model.query import Constraint, Query
    from edexql.model.vocabulary import Vocabulary

# Characters of a constraint that a table has room for.
LONGEST = 48
SIMULATED = "this {} holds SYNTHETIC (simulated) data"
# Instead of a folder: the sample, whatever is configured.
THE_SAMPLE = ""
NO_CATALOGUE = "there is no sample catalogue of this mission: name one with --catalogue FOLDER, or `use local FOLDER`"


class Meaning(Record):
    """A text that was compiled apart from any service, without errors."""

    source: Source
    resolved: Resolved
    diagnostics: tuple[Diagnostic, ...]


def catalogue_folder(options: argparse.Namespace) -> str | None:
    """The folder of the catalogue that the options or the configuration name, nothing for the sample.

    Raises UsageError.
    """
    return str(options.catalogue) if options.catalogue is not None else _folder(options, inputs.own(options))


def _folder(options: argparse.Namespace, own: Configuration | None) -> str | None:
    if options.catalogue is not None:
        return str(options.catalogue)
    return own.paths.catalogue if own else None


def settings(options: argparse.Namespace) -> tuple[Setting, str | None]:
    """What a query is compiled with, and the folder of the catalogue that is asked, None for the sample.

    The configuration is read once for both. Raises UsageError.
    """
    own = inputs.own(options)
    return inputs.setting_with(options, own), _folder(options, own)


def catalogue(options: argparse.Namespace) -> Catalogue:
    """The catalogue that is asked. Raises UsageError."""
    return catalogue_at(catalogue_folder(options), inputs.vocabulary(options))


def catalogue_at(folder: str | None, vocabulary: Vocabulary | None) -> Catalogue:
    """The catalogue in a folder, the sample of no folder; a note marks simulated data. Raises UsageError."""
    local_catalogue = opened_catalogue(folder, vocabulary)
    if local_catalogue.synthetic:
        sys.stderr.write(f"note: {SIMULATED.format('catalogue')}\n")
    return local_catalogue


def opened_catalogue(folder: str | None, vocabulary: Vocabulary | None) -> Catalogue:
    """The catalogue in a folder, the sample of no folder.

    Raises UsageError where it cannot be used, and for the sample where the vocabulary is of another mission.
    """
    if lacks_catalogue(folder, vocabulary):
        raise UsageError(NO_CATALOGUE)
    try:
        from edexql.catalogue.store.catalogue import open_catalogue
        from edexql.catalogue.store.schema import CatalogueError
    except ImportError as error:
        raise UsageError(f"the embedded catalogue needs {error.name}: pip install {error.name}") from error
    try:
        return open_catalogue(folder)
    except CatalogueError as error:
        raise UsageError(str(error)) from error


def lacks_catalogue(folder: str | None, vocabulary: Vocabulary | None) -> bool:
    """Whether nothing but the sample could be asked, and the vocabulary is of another mission."""
    return not folder and vocabulary is not None and vocabulary.replaced


def compiled(options: argparse.Namespace, setting: Setting) -> list[Meaning]:
    """The queries that the options name, compiled apart from any service. Raises QueryError with all that is wrong."""
    from edexql.compiler.request import meaning

    meanings: list[Meaning] = []
    wrong: list[Diagnostic] = []
    for source in inputs.sources(options):
        resolved, diagnostics = meaning(source, setting)
        if any(diagnostic.is_error for diagnostic in diagnostics):
            wrong += diagnostics
        else:
            report(diagnostics, options)
            meanings.append(Meaning(source, resolved, diagnostics))
    if wrong:
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(tuple(wrong))
    return meanings


def one_query(options: argparse.Namespace, setting: Setting) -> Query:
    """The one query that the options name. Raises QueryError and UsageError."""
    if len(options.files) + len(options.texts) > 1:
        raise UsageError("give one query")
    for one in compiled(options, setting):
        return one.resolved.query
    raise UsageError("no query given: name a FILE, or give -e TEXT")


def constraint_text(constraint: Constraint) -> str:
    """A constraint in a few words, as a query has it."""
    text = printable(str(constraint))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def labelled_text(constraint: Constraint) -> str:
    """The same behind its label, where it has one."""
    return (f"{constraint.label}: " if constraint.label else "") + constraint_text(constraint)
