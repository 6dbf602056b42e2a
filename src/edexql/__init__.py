"""edexql: the query language of the e-POP Data Explorer (eDEx), its compiler and its client.

    import edexql
    request = edexql.compile("product fai-lv1-hdf5-images; date 2019-05-01; fai has-data")
    request.parameters      # the dictionary that eDEx takes

Names are imported when they are first used, so that `import edexql` costs next to nothing.
"""

__all__ = [
    "Answer",
    "Candidate",
    "CatalogueError",
    "Comparison",
    "Condition",
    "ConfigurationError",
    "Diagnostic",
    "EdexqlError",
    "EngineError",
    "Explanation",
    "FieldName",
    "LedgerError",
    "Limit",
    "PickError",
    "Program",
    "Query",
    "QueryError",
    "QueryValueError",
    "Request",
    "SelectionError",
    "ServiceError",
    "UnpackError",
    "Vocabulary",
    "VocabularyError",
    "__version__",
    "availability",
    "build",
    "check",
    "compare",
    "compile",
    "complete",
    "date",
    "decompile",
    "decompile_all",
    "download",
    "engines",
    "evaluate",
    "experiment",
    "explain",
    "fetch",
    "field",
    "format",
    "from_dict",
    "influence",
    "instrument",
    "lark_parser",
    "lint",
    "load_vocabulary",
    "model",
    "parse",
    "plot",
    "query",
    "raw",
    "render",
    "request",
    "schemas",
    "simplify",
    "syntax",
    "timeline",
    "to_dict",
    "to_text",
    "unpack",
    "why",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql import engines, lint, model, plot, schemas, syntax
    from edexql.api.delivery import download, request, unpack
    from edexql.api.engines import availability, evaluate, fetch, influence, timeline, why
    from edexql.api.queries import (
        check,
        compile,
        complete,
        decompile,
        explain,
        format,
        lark_parser,
        load_vocabulary,
        parse,
        query,
    )
    from edexql.base.errors import EdexqlError
    from edexql.base.version import __version__
    from edexql.catalogue.store.schema import CatalogueError
    from edexql.client.delivery.ledger import LedgerError
    from edexql.client.listing import ServiceError
    from edexql.client.selection.file import SelectionError
    from edexql.client.selection.picks import PickError
    from edexql.client.settings.configuration import ConfigurationError
    from edexql.client.unpack.model import UnpackError
    from edexql.compiler.build import Condition, FieldName, build, date, experiment, field, instrument, raw
    from edexql.compiler.completion.matching import Candidate
    from edexql.compiler.decompile import decompile_all
    from edexql.compiler.describe.explanation import Explanation
    from edexql.compiler.query_json import from_dict, to_dict
    from edexql.compiler.query_parts import QueryValueError
    from edexql.compiler.query_text import to_text
    from edexql.compiler.request import Request
    from edexql.compiler.solver.comparison import Comparison, compare
    from edexql.compiler.solver.rewrites import simplify
    from edexql.engines.protocol import EngineError
    from edexql.language.diagnostics import Diagnostic
    from edexql.language.diagnostics.interchange import render
    from edexql.language.diagnostics.query_error import QueryError
    from edexql.language.limit import Limit
    from edexql.language.syntax import Program
    from edexql.model.answer import Answer
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary
    from edexql.model.vocabulary.files import VocabularyError
else:
    _MODULES = {"engines", "lint", "model", "plot", "schemas", "syntax"}
    _ELSEWHERE = {
        "download": "edexql.api.delivery",
        "request": "edexql.api.delivery",
        "unpack": "edexql.api.delivery",
        "availability": "edexql.api.engines",
        "evaluate": "edexql.api.engines",
        "fetch": "edexql.api.engines",
        "influence": "edexql.api.engines",
        "timeline": "edexql.api.engines",
        "why": "edexql.api.engines",
        "Answer": "edexql.model.answer",
        "Candidate": "edexql.compiler.completion.matching",
        "CatalogueError": "edexql.catalogue.store.schema",
        "Comparison": "edexql.compiler.solver.comparison",
        "EdexqlError": "edexql.base.errors",
        "EngineError": "edexql.engines.protocol",
        "QueryError": "edexql.language.diagnostics.query_error",
        "Explanation": "edexql.compiler.describe.explanation",
        "Request": "edexql.compiler.request",
        "Diagnostic": "edexql.language.diagnostics",
        "render": "edexql.language.diagnostics.interchange",
        "Limit": "edexql.language.limit",
        "Program": "edexql.language.syntax",
        "Query": "edexql.model.query",
        "Vocabulary": "edexql.model.vocabulary",
        "VocabularyError": "edexql.model.vocabulary.files",
        "ConfigurationError": "edexql.client.settings.configuration",
        "LedgerError": "edexql.client.delivery.ledger",
        "PickError": "edexql.client.selection.picks",
        "SelectionError": "edexql.client.selection.file",
        "ServiceError": "edexql.client.listing",
        "UnpackError": "edexql.client.unpack.model",
        "__version__": "edexql.base.version",
        "compare": "edexql.compiler.solver.comparison",
        "Condition": "edexql.compiler.build",
        "FieldName": "edexql.compiler.build",
        "build": "edexql.compiler.build",
        "date": "edexql.compiler.build",
        "experiment": "edexql.compiler.build",
        "field": "edexql.compiler.build",
        "instrument": "edexql.compiler.build",
        "raw": "edexql.compiler.build",
        "QueryValueError": "edexql.compiler.query_parts",
        "from_dict": "edexql.compiler.query_json",
        "to_dict": "edexql.compiler.query_json",
        "to_text": "edexql.compiler.query_text",
        "decompile_all": "edexql.compiler.decompile",
        "simplify": "edexql.compiler.solver.rewrites",
    }

    # A type checker would take any name for one that is there.
    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'edexql' has no attribute {name!r}")
        from importlib import import_module

        if name in _MODULES:
            return import_module(f"edexql.{name}")
        from edexql.base.record import resolvable

        value: object = resolvable(getattr(import_module(_ELSEWHERE.get(name, "edexql.api.queries")), name))
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
