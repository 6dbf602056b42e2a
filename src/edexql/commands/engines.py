"""Which engine a verb asks: a catalogue on this machine, or the tables of an export, and what it knows."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from copy import copy

from edexql.base.record import Record
from edexql.commands import inputs, local
from edexql.commands.exits import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.engines.evidence import Evidence
    from edexql.engines.protocol import TableEngine
    from edexql.model.vocabulary import Vocabulary


class Choice(Record):
    """An engine over tables, by its name and its place, which may have a password in it."""

    name: str
    place: str


class Asked(Record):
    """What a verb asks: what it knows, how selections name it, and the catalogue where it is one."""

    evidence: Evidence
    base: str
    catalogue: Catalogue | None = None

    @property
    def is_sample(self) -> bool:
        """Whether it is the sample catalogue."""
        return self.catalogue is not None and self.catalogue.is_sample

    @property
    def is_synthetic(self) -> bool:
        """Whether something in it is simulated."""
        return self.evidence.synthetic


def settled(options: Namespace, *, listing: bool = False) -> Namespace:
    """The options with `--engine local` and `--engine edex` as what they are short for.

    eDEx can be named where a `listing` is asked for. Raises UsageError.
    """
    if options.engine is None and options.at is not None:
        raise UsageError("--at is the place of an engine: name the engine with --engine")
    if options.engine not in ("local", "edex"):
        return options
    changed = copy(options)
    changed.engine = changed.at = None
    if options.engine == "local":
        changed.service, changed.catalogue = inputs.LOCAL, options.at or options.catalogue
    elif not listing:
        raise UsageError("eDEx lists files alone: ask a catalogue with --engine local, or the tables of an export")
    else:
        changed.service = options.at
    return changed


def choice(options: Namespace) -> Choice | None:
    """The engine over tables that the options name, or the prompt uses; None where it is another. Raises UsageError."""
    if options.engine is not None:
        if options.at is None:
            raise UsageError(f"--engine {options.engine} needs its place: --at PLACE")
        return Choice(options.engine, options.at)
    prompt = options.prompt
    if prompt is None or prompt.tables is None:
        return None
    in_use = options.service == prompt.service and options.catalogue == prompt.catalogue
    return prompt.tables if in_use else None


def of_base(base: str) -> Choice | None:
    """The engine over tables that a selection names; None where it names a catalogue or a service."""
    name, gap, place = base.partition(" ")
    return Choice(name, place) if gap and "://" not in name else None


def base_of(engine: TableEngine) -> str:
    """How selections name an engine over tables: they keep no passwords."""
    return f"{engine.name} {engine.place}"


@contextmanager
def opened(chosen: Choice, options: Namespace) -> Iterator[TableEngine]:
    """An engine over tables; that of the prompt stays open. Raises EngineError and MissingExtra."""
    prompt = options.prompt
    if prompt is not None and chosen == prompt.tables:
        yield prompt.engine()
        return
    from edexql.engines.registry import named

    engine = named(chosen.name, chosen.place)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def asked(
    chosen: Choice | None, options: Namespace, vocabulary: Vocabulary, folder: str | None, *, aloud: bool = True
) -> Iterator[Asked]:
    """What an engine over tables knows, or where None is chosen the catalogue in a folder; a note marks simulated data
    where it is to be said `aloud`.

    Raises UsageError, EngineError and MissingExtra.
    """
    if chosen is not None:
        from edexql.engines.sources import evidence

        with opened(chosen, options) as engine:
            known = evidence(engine, vocabulary)
            if aloud and known.synthetic:
                sys.stderr.write(f"note: {local.SIMULATED.format('export')}\n")
            yield Asked(known, base_of(engine))
        return
    with (local.catalogue_at if aloud else local.opened_catalogue)(folder, vocabulary) as catalogue:
        from edexql.engines.kinds.local import CatalogueEvidence

        yield Asked(CatalogueEvidence(catalogue, vocabulary), inputs.LOCAL, catalogue)
