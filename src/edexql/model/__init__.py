"""Meaning, and nothing of text: queries, constraints, logic, periods and ranges, the vocabulary, the answer.

query, logic           what is asked for: constraints, and how they are joined
period, timeset        times
range, number, steps   values of fields: ranges, also round a circle; numbers as they are written; indices in steps
field, vocabulary/     what a field is; products, instruments, fields and experiments, and their spelling on the wire
mission, spacecraft    the mission of a vocabulary and its satellites: what they are called, and how files name them
filename               what names of files say
availability           when instruments had data
files, answer          what an engine answers: files, one and many by columns, and totals; times and notes

For other tools the names of `__all__` are here, too, each imported when it is first used.
"""

__all__ = [
    "AND",
    "NOT",
    "OR",
    "Answer",
    "Constraint",
    "Entry",
    "Field",
    "File",
    "Json",
    "Logic",
    "Period",
    "Query",
    "Range",
    "Tag",
    "Vocabulary",
    "fold",
    "walk",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.model.answer import Answer, File
    from edexql.model.field import Entry, Field
    from edexql.model.logic import AND, NOT, OR, Logic, fold, walk
    from edexql.model.period import Period
    from edexql.model.query import Constraint, Json, Query, Tag
    from edexql.model.range import Range
    from edexql.model.vocabulary import Vocabulary
else:
    _ELSEWHERE = {
        "AND": "logic",
        "NOT": "logic",
        "OR": "logic",
        "Answer": "answer",
        "Constraint": "query",
        "Entry": "field",
        "Field": "field",
        "File": "answer",
        "Json": "query",
        "Logic": "logic",
        "Period": "period",
        "Query": "query",
        "Range": "range",
        "Tag": "query",
        "Vocabulary": "vocabulary",
        "fold": "logic",
        "walk": "logic",
    }

    # A type checker would take any name for one that is there.
    def __getattr__(name: str) -> object:
        if name not in _ELSEWHERE:
            raise AttributeError(f"module 'edexql.model' has no attribute {name!r}")
        from importlib import import_module

        from edexql.base.record import resolvable

        value: object = resolvable(getattr(import_module(f"edexql.model.{_ELSEWHERE[name]}"), name))
        globals()[name] = value
        return value
