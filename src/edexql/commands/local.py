"""What the commands that ask a catalogue have in common: which one, with what query, and how times are written."""

from __future__ import annotations

import sys

from edexql.base.text import printable
from edexql.commands import client, inputs
from edexql.commands.exits import UsageError
from edexql.terminal.diagnostics import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.language.diagnostics.value import Diagnostic
    from edexql.model.query import Constraint, Query

# Characters of a constraint that a table has room for.
LONGEST = 48
# In the place of a folder: the sample, whatever is configured.
THE_SAMPLE = ""


def catalogue_folder(options: argparse.Namespace) -> str | None:
    """The folder of the catalogue that the options or the configuration name, nothing for the sample.

    Raises UsageError.
    """
    if options.catalogue is not None:
        return str(options.catalogue)
    own = client.own(options)
    return own.paths.catalogue if own else None


def catalogue(options: argparse.Namespace) -> Catalogue:
    """The catalogue that is asked. Raises UsageError."""
    found = opened_catalogue(catalogue_folder(options))
    if found.synthetic:
        sys.stderr.write("note: this catalogue holds SYNTHETIC data, which are made up\n")
    return found


def opened_catalogue(folder: str | None) -> Catalogue:
    """The catalogue in a folder, the sample of no folder. Raises UsageError where it cannot be used."""
    try:
        from edexql.catalogue.store.catalogue import open_catalogue
        from edexql.catalogue.store.schema import CatalogueError
    except ImportError as error:
        raise UsageError(f"the embedded catalogue needs {error.name}: pip install {error.name}") from error
    try:
        return open_catalogue(folder)
    except CatalogueError as error:
        raise UsageError(str(error)) from error


def queries(options: argparse.Namespace) -> Iterator[Query]:
    """The queries that the options name, all of them read before the first is given. Raises QueryError."""
    from edexql.compiler.request import meaning
    from edexql.language.diagnostics.query_error import QueryError

    setting = inputs.setting(options)
    found: list[Query] = []
    wrong: list[Diagnostic] = []
    for source in inputs.sources(options):
        resolved, diagnostics = meaning(source, setting)
        if any(diagnostic.is_error for diagnostic in diagnostics):
            wrong += diagnostics
        else:
            report(diagnostics, options)
            found.append(resolved.query)
    if wrong:
        raise QueryError(tuple(wrong))
    yield from found


def one_query(options: argparse.Namespace) -> Query:
    """The one query that the options name. Raises QueryError and UsageError."""
    if len(options.files) + len(options.texts) > 1:
        raise UsageError("give one query")
    for query in queries(options):
        return query
    raise UsageError("there is no query to look at")


def constraint_text(constraint: Constraint) -> str:
    """A constraint in a few words, as a query has it."""
    text = printable(str(constraint))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def labelled_text(constraint: Constraint) -> str:
    """The same behind its label, where it has one."""
    return (f"{constraint.label}: " if constraint.label else "") + constraint_text(constraint)
