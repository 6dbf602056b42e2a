"""A catalogue on this machine."""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.model.answer import Answer
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


class CatalogueEvidence(Record):
    """What a catalogue says."""

    catalogue: Catalogue
    vocabulary: Vocabulary

    def answer(self, query: Query) -> Answer:
        """The files of a query, its times within those that the files cover, notes, and why there are no files."""
        from edexql.catalogue.emptiness import evaluate

        return evaluate(query, self.catalogue, self.vocabulary)

    def holding(self, query: Query) -> Answer:
        """The times of a query, whatever files there are, and notes."""
        from edexql.catalogue.evaluation import holding

        return holding(query, self.catalogue, self.vocabulary)
