"""eDEx, the service of the mission: it lists files, with what it cannot be asked applied to its answer."""

from __future__ import annotations

from edexql.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.client.endpoints import Endpoints
    from edexql.compiler.request import Request
    from edexql.model.answer import Answer
    from edexql.model.vocabulary import Vocabulary


class Edex(Record):
    """A service that is asked: its base address or its endpoints, None for the one that is configured."""

    service: str | Endpoints | None = None

    @property
    def name(self) -> str:
        """What users write."""
        return "edex"

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return "eDEx"

    def answer(self, request: Request, vocabulary: Vocabulary | None) -> Answer:
        """The files that it lists for a request. Raises `edexql.ServiceError`."""
        from edexql.client import listing
        from edexql.client.settings.configuration import read, service_endpoints

        where = self.service or service_endpoints(read().with_vocabulary(vocabulary))
        return listing.fetch(request, where, vocabulary=vocabulary)

    def close(self) -> None:
        """Nothing is open."""
