"""Queries in Python: compiled, checked, read, formatted, explained, completed, and made of parameters."""

from __future__ import annotations

from edexql.compiler.request import Request, Setting, compilation, query_of, within
from edexql.compiler.request import request as compiled
from edexql.language.diagnostics.suppressions import warnings_of
from edexql.language.parser import parse as parsed
from edexql.language.source import source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any

    from lark import Lark

    from edexql.compiler.completion.matching import Candidate
    from edexql.compiler.describe.explanation import Explanation
    from edexql.language.diagnostics import Diagnostic
    from edexql.language.limit import Limit
    from edexql.language.source import Source
    from edexql.language.syntax import Program
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def compile(
    query: str | bytes | Query,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
    limit: Limit | None = None,
) -> Request:
    """Compile a query into the request that eDEx takes.

    `query` is its text (bytes are read as UTF-8), or a Query, which stands for its canonical text. `name` stands in
    diagnostics for its file. `today` (UTC) ends periods that are open towards the future; None is the day of
    compiling. `parameters` gives values to `$NAME`, as text. `vocabulary` comes from `load_vocabulary`; None is the
    package's snapshot. `allow` has the codes of warnings that are not given, as in `("W601",)`. `limit` is how much
    the call may do with texts that come from others: `edexql.Limit`.

    Raises QueryError, with all diagnostics, where the query has errors, and ValueError where `allow`
    has something else than the code of a warning.

    >>> import edexql
    >>> request = edexql.compile("product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2")
    >>> request.parameters["date"], request.parameters["query-logic"]
    ([['2019-05-01', '2019-05-01']], ' ( 1 AND 2 ) ')
    """
    source, setting = _source(query, name, vocabulary), Setting(vocabulary, today, parameters, warnings_of(allow))
    return within(limit, source, lambda: compiled(source, setting))


def check(
    query: str | bytes | Query,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
    limit: Limit | None = None,
) -> tuple[Diagnostic, ...]:
    """All errors and warnings of a query, in the order of the text. Arguments as for `compile`; no text makes it raise.

    >>> import edexql
    >>> [(d.code, d.span.start, d.help) for d in edexql.check("fai has-data; date 2019; logic 1 ADN 2") if d.is_error]
    [('E206', 33, 'did you mean `logic 1 AND 2`?')]
    """
    source, setting = _source(query, name, vocabulary), Setting(vocabulary, today, parameters, warnings_of(allow))
    if limit is None:
        return compilation(source, setting).diagnostics
    from edexql.language.diagnostics.query_error import QueryError

    try:
        return within(limit, source, lambda: compilation(source, setting)).diagnostics
    except QueryError as error:
        return error.diagnostics


def parse(text: str | bytes, *, name: str = "<text>", limit: Limit | None = None) -> Program:
    """Read a query into its syntax tree, names and values as written.

    Raises QueryError where the syntax is wrong.

    >>> import edexql
    >>> [type(s).__name__ for s in edexql.parse("fai has-data; logic NOT 1").statements]
    ['Constraint', 'Logic']
    """
    source = source_of(text, name)
    program, diagnostics = within(limit, source, lambda: parsed(source))
    if diagnostics:
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(diagnostics)
    return program


def query(
    text: str | bytes,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> Query:
    """The query that a text means, apart from any service and from how the text is written.

    Arguments as for `compile`. Raises QueryError where the query has errors.

    >>> import edexql
    >>> for constraint in edexql.query("date 2019-05; kp >= 5").constraints:
    ...     print(constraint)
    date 2019-05
    kp >= 5
    """
    source, setting = source_of(text, name), Setting(vocabulary, today, parameters)
    return within(limit, source, lambda: query_of(source, setting))


def format(text: str | bytes, *, name: str = "<text>", limit: Limit | None = None) -> str:
    """The same query in its one layout: comments kept, meaning unchanged, line ends LF.

    Raises QueryError where the syntax is wrong.

    >>> import edexql
    >>> print(edexql.format("fai   has-data;LOGIC 1 & !2 # why"), end="")
    fai has-data
    logic 1 AND NOT 2  # why
    """
    from edexql.language.formatter import layout

    return layout(parse(text, name=name, limit=limit).tokens)


def decompile(
    parameters: Mapping[str, Any] | str,
    *,
    name: str = "<parameters>",
    today: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> str:
    """The query whose compilation gives a parameter dictionary, as canonical text.

    `parameters` is the dictionary, or a text that holds one: JSON, a script or notebook, or a curl command.
    Raises QueryError where it is not of the form that eDEx takes, and for a text that holds several.

    >>> import edexql
    >>> print(edexql.decompile({"date": [["2017-11-01", "2017-11-30"]], "query-logic": " ( 1 ) "}), end="")
    date 2017-11
    logic 1
    """
    from edexql.compiler.decompile import decompiled, read_parameters
    from edexql.language.source import Source

    setting = Setting(vocabulary, today)
    if isinstance(parameters, str):
        source = Source(parameters, name)
        return decompiled(read_parameters(source), setting, source).text
    return decompiled(parameters, setting).text


def complete(
    text: str,
    position: int,
    *,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    limit: Limit | None = None,
) -> tuple[Candidate, ...]:
    """What could stand in place of the word at a position of a query, best first, for an editor or a prompt.

    `position` is the offset of the cursor in the text, in characters. The text need not be whole, nor right.
    Other arguments as for `compile`; never raises, and offers nothing where `limit` is reached.

    >>> import edexql
    >>> [(c.text, c.start, c.end) for c in edexql.complete("fai has-data; date 2018-11; logic 1 AND ", 40)]
    [('2', 40, 40), ('NOT', 40, 40), ('(', 40, 40), ('1', 40, 40)]
    """
    from edexql.compiler.completion import complete as completed

    setting = Setting(vocabulary, today, parameters)
    if limit is None:
        return completed(text, position, setting)
    from edexql.language.diagnostics.query_error import QueryError

    try:
        return within(limit, source_of(text), lambda: completed(text, position, setting))
    except QueryError:
        return ()


def explain(
    query: str | bytes | Query,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
    limit: Limit | None = None,
) -> Explanation:
    """What becomes of each constraint: its numbers as written and as sent, the logic both ways, the residual.

    Arguments as for `compile`. Raises QueryError where the query has errors.

    >>> import edexql
    >>> edexql.explain("fai has-data; date 2018-11; logic 1 AND 2").logic_sent
    ' ( 2 AND 1 ) '
    """
    from edexql.compiler.describe.explanation import explanation

    source, setting = _source(query, name, vocabulary), Setting(vocabulary, today, parameters, warnings_of(allow))
    return within(limit, source, lambda: explanation(compilation(source, setting)))


def load_vocabulary(*paths: str) -> Vocabulary:
    """The vocabulary of the package, with the entries of JSON files of the same form put in its place.

    Raises `edexql.VocabularyError` for a file that cannot be used.
    """
    from edexql.model.vocabulary import load

    return load(*paths)


def lark_parser() -> Lark:
    """The grammar of the language as a Lark parser, for tools that build on Lark.

    It accepts the same texts and builds the same trees as edexql's own parser, which runs on the tables
    that Lark computes from the same grammar.

    >>> import edexql
    >>> edexql.lark_parser().parse("logic 1 AND 2").children[0].data
    'logic'
    """
    from edexql.language.grammar import lark_parser

    return lark_parser()


def _source(query: str | bytes | Query, name: str, vocabulary: Vocabulary | None) -> Source:
    if isinstance(query, (str, bytes)):
        return source_of(query, name)
    from edexql.compiler.query_text import source_of_query

    return source_of_query(query, name, vocabulary)
