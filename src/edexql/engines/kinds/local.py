"""A catalogue on this machine."""

from __future__ import annotations

import numpy as np

from edexql.base.record import Record
from edexql.catalogue import evaluation
from edexql.catalogue.evaluation import Lookup, Remembered
from edexql.catalogue.files import candidates, file_named, names_that_begin, newest_version
from edexql.catalogue.notes import sources
from edexql.catalogue.satellites import Part, of_product, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edexql.catalogue.files import Candidates
    from edexql.catalogue.intervals import Intervals
    from edexql.catalogue.notes import Source
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.catalogue.three_valued import Truth
    from edexql.engines.evidence import Floats, Seconds
    from edexql.model.answer import Answer, File, Note
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


class Local(Record):
    """A catalogue that is asked: in a folder, None for the sample that comes with the package."""

    folder: str | None = None

    @property
    def name(self) -> str:
        """What users write."""
        return "local"

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return f"the catalogue in {self.folder}" if self.folder else "the sample catalogue"

    def opened(self, vocabulary: Vocabulary) -> Catalogue:
        """The catalogue. Raises `edexql.CatalogueError` where it is not there, or none of this mission is named."""
        from edexql.catalogue.store.catalogue import open_catalogue
        from edexql.catalogue.store.schema import CatalogueError

        if not self.folder and vocabulary.replaced:
            raise CatalogueError("there is no sample catalogue of this mission: name a catalogue")
        return open_catalogue(self.folder)

    def close(self) -> None:
        """Nothing is open."""


class CatalogueView(Record):
    """A query about one satellite, and the catalogue as seen from it."""

    part: Part
    vocabulary: Vocabulary

    @property
    def title(self) -> str:
        return self.part.title

    @property
    def query(self) -> Query:
        return self.part.query

    def files(self) -> Candidates:
        return candidates(self.query.products, self.part.catalogue)

    def sessions(self) -> dict[str, Intervals]:
        catalogue, products = self.part.catalogue, self.query.products
        return {
            name: catalogue.times(f"session:{name}")
            for name, _ in catalogue.product_ranges()
            if name is not None and (name in products or not products)
        }

    def covered(self) -> Intervals:
        return self.files().covered()

    def look_up(self, window: Intervals | None = None) -> Lookup:
        if window is None:
            return Lookup(self.query, self.part.catalogue, self.vocabulary)
        return Remembered(self.query, self.part.catalogue, self.vocabulary, window)

    def times(self, window: Intervals) -> Truth:
        return evaluation.times(self.query, self.part.catalogue, self.vocabulary, window)

    def sources(self, field: str) -> Iterator[Source]:
        return sources(field, self.part.catalogue)

    def values(self, fields: Sequence[str], times: Seconds) -> Floats:
        from edexql.catalogue.samples import values_at

        catalogue, vocabulary = self.part.catalogue, self.vocabulary
        return np.array([values_at(field, times, catalogue, vocabulary) for field in fields])


class CatalogueEvidence(Record):
    """What a catalogue says."""

    catalogue: Catalogue
    vocabulary: Vocabulary

    @property
    def has_files(self) -> bool:
        return self.catalogue.files > 0

    @property
    def empty(self) -> bool:
        return self.catalogue.empty

    @property
    def synthetic(self) -> bool:
        return self.catalogue.synthetic

    @property
    def products(self) -> list[str]:
        ranges = self.catalogue.product_ranges()
        return [name for name, (first, end) in ranges if name is not None and end > first]

    def views(self, query: Query) -> list[CatalogueView]:
        return [CatalogueView(part, self.vocabulary) for part in parts(query, self.catalogue, self.vocabulary)]

    def view_of(self, file: File, query: Query) -> CatalogueView:
        seen = of_product(file.product, self.catalogue, self.vocabulary)
        return CatalogueView(Part("", query, seen), self.vocabulary)

    def answer(self, query: Query) -> Answer:
        return evaluation.evaluate(query, self.catalogue, self.vocabulary)

    def holding(self, query: Query) -> Answer:
        return evaluation.holding(query, self.catalogue, self.vocabulary)

    def notes(self, query: Query, window: Intervals) -> tuple[Note, ...]:
        return evaluation.notes_within(query, self.catalogue, self.vocabulary, window)

    def file(self, name: str) -> tuple[File, str] | None:
        file = file_named(name, self.catalogue)
        return None if file is None else (file, newest_version(name, self.catalogue))

    def names_that_begin(self, prefix: str, most: int) -> list[str]:
        return names_that_begin(prefix, self.catalogue, most)
