"""How many files the query would give with what is typed, counted in a thread of its own."""

from __future__ import annotations

from edexql.compiler import editing
from edexql.repl.lines import line
from edexql.repl.prompt.mistakes import EDIT_KINDS, edited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.commands.engines import Choice
    from edexql.compiler.request import Setting
    from edexql.engines.evidence import Evidence
    from edexql.engines.protocol import TableEngine
    from edexql.model.query import Query
    from edexql.repl.session import Session


class Counts:
    """What a session asks, for the thread that counts: of an engine over tables a connection of its own, as that of
    the prompt may be at work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chosen: Choice | None = None
        self._engine: TableEngine | None = None

    def count(self, current: str, text: str) -> str | None:
        """How many files the query would give; None where the text has mistakes, or there is nothing to ask.

        Raises EngineError, MissingExtra and `edexql.CatalogueError`.
        """
        from edexql.engines.sources import evaluate
        from edexql.repl.answer import totals

        setting = self._session.setting()
        query = _whole(current, text, setting)
        evidence = None if query is None else self._evidence(setting)
        return None if query is None or evidence is None else totals(evaluate(query, evidence))

    def _evidence(self, setting: Setting) -> Evidence | None:
        from edexql.commands.local import lacks_catalogue
        from edexql.engines.kinds.local import Local
        from edexql.engines.sources import evidence
        from edexql.repl.answer import vocabulary_of

        chosen, vocabulary = self._session.tables, vocabulary_of(setting)
        if chosen != self._chosen:
            self.close()
        if chosen is None:
            folder = self._session.catalogue
            return None if lacks_catalogue(folder, vocabulary) else evidence(Local(folder), vocabulary)
        if self._engine is None:
            from edexql.engines.registry import named

            self._engine, self._chosen = named(chosen.name, chosen.place), chosen
        return evidence(self._engine, vocabulary)

    def interrupted(self) -> bool:
        """End the statement that runs in another thread, where the engine can do that. False without an engine."""
        interrupt = getattr(self._engine, "interrupt", None)
        if interrupt is not None:
            interrupt()
        return self._engine is not None

    def close(self) -> None:
        """Let go of an engine that is open."""
        if self._engine is not None:
            self._engine.close()
        self._engine = self._chosen = None


def _whole(current: str, text: str, setting: Setting) -> Query | None:
    """The query with what is typed; None where there is none, or it has mistakes."""
    from edexql.compiler.request import query_of
    from edexql.language.diagnostics.query_error import QueryError
    from edexql.language.source import Source

    try:
        whole = edited(current, text).text if line(text).kind in EDIT_KINDS else current
        return query_of(Source(whole), setting) if whole and whole.strip() else None
    except (editing.EditError, QueryError):
        return None
