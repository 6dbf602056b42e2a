"""The parts of a running service that its endpoints work with."""

from __future__ import annotations

from edexql.base.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.server.answering import Answering
    from edexql.server.evaluations import Evaluations
    from edexql.server.settings import Settings
    from edexql.server.shelf import Shelf
    from edexql.server.workers import Workers


@record(frozen=True, slots=True)
class Service:
    """Who knows the files, where questions are answered, where jobs are kept and who does them, and how."""

    answering: Answering
    evaluations: Evaluations
    shelf: Shelf
    workers: Workers
    settings: Settings
