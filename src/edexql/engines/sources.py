"""The evidence of an engine of any kind, and the files of a query from it."""

from __future__ import annotations

from edexql.engines.kinds.local import CatalogueEvidence, Local
from edexql.engines.protocol import EngineError, TableEngine
from edexql.model.answer import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.engines.evidence import Evidence
    from edexql.engines.kinds.edex import Edex
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary

    Engine = Edex | Local | TableEngine


def evidence(engine: Engine, vocabulary: Vocabulary) -> Evidence:
    """What an engine knows.

    Raises EngineError for eDEx, which lists files and says nothing of times, and where the tables are not those of an
    export; `edexql.CatalogueError` where there is no catalogue; TypeError for what is no engine.
    """
    if isinstance(engine, Local):
        return CatalogueEvidence(engine.opened(vocabulary), vocabulary)
    if isinstance(engine, TableEngine):
        from edexql.engines.tables import TableEvidence

        return TableEvidence(engine, vocabulary)
    if getattr(engine, "name", None) == "edex":
        raise EngineError("eDEx lists files alone: ask a catalogue, or the tables of an export")
    raise TypeError(f"an engine is what a function of edexql.engines gives, not {type(engine).__name__}")


def evaluate(query: Query, evidence: Evidence) -> Answer:
    """The files of a query, with the reason where there are none."""
    answer = evidence.answer(query)
    if answer.files:
        return answer
    from edexql.engines.emptiness import emptiness

    reason = emptiness(answer, query, evidence)
    return Answer(answer.files, answer.unknown, answer.times, answer.notes, reason)
