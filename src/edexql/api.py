"""The functions that other tools call. `import edexql` gives them by name, each imported when first used."""

from __future__ import annotations

from edexql.compiler.request import Request, Setting, compilation
from edexql.language.diagnostics.suppressions import warnings_of
from edexql.language.source import source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any

    from lark import Lark

    from edexql.client.delivery.mail import Receipt
    from edexql.client.download.model import Existing, Report, Watch
    from edexql.client.unpack.model import Existing as Standing
    from edexql.client.unpack.model import Nesting, Unpacked
    from edexql.compiler.completion.matching import Candidate
    from edexql.compiler.describe.explanation import Explanation
    from edexql.language.diagnostics.value import Diagnostic
    from edexql.language.syntax import Program
    from edexql.model.answer import Answer, File
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def compile(
    text: str | bytes,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
) -> Request:
    """Compile a query into the request that eDEx takes.

    `text` is the query (bytes are read as UTF-8), `name` stands in diagnostics for its file. `today`
    (UTC) ends periods that are open towards the future; None is the day of compiling. `parameters`
    gives values to `$NAME`, as text. `vocabulary` comes from `load_vocabulary`; None is the
    package's snapshot. `allow` has the codes of warnings that are not given, as in `("W601",)`.

    Raises QueryError, with all diagnostics, where the query has errors, and ValueError where `allow`
    has something else than the code of a warning.

    >>> import edexql
    >>> request = edexql.compile("product fai-lv1-hdf5-images; date 2019-05-01; fai has-data; logic 1 AND 2")
    >>> request.parameters["date"], request.parameters["query-logic"]
    ([['2019-05-01', '2019-05-01']], ' ( 1 AND 2 ) ')
    """
    from edexql.compiler.request import request as compiled

    return compiled(source_of(text, name), Setting(vocabulary, today, parameters, warnings_of(allow)))


def check(
    text: str | bytes,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
) -> tuple[Diagnostic, ...]:
    """All errors and warnings of a query, in the order of the text. Arguments as for `compile`; no text makes it raise.

    >>> import edexql
    >>> [(d.code, d.span.start, d.help) for d in edexql.check("fai has-data; date 2019; logic 1 ADN 2") if d.is_error]
    [('E206', 33, 'did you mean `logic 1 AND 2`?')]
    """
    return compilation(source_of(text, name), Setting(vocabulary, today, parameters, warnings_of(allow))).diagnostics


def parse(text: str | bytes, *, name: str = "<text>") -> Program:
    """Read a query into its syntax tree, names and values as written.

    Raises QueryError where the syntax is wrong.

    >>> import edexql
    >>> [type(s).__name__ for s in edexql.parse("fai has-data; logic NOT 1").statements]
    ['Constraint', 'Logic']
    """
    from edexql.language.parser import parse as parsed

    program, diagnostics = parsed(source_of(text, name))
    if diagnostics:
        from edexql.language.diagnostics.query_error import QueryError

        raise QueryError(diagnostics)
    return program


def format(text: str | bytes, *, name: str = "<text>") -> str:
    """The same query in its one layout: comments kept, meaning unchanged, line ends LF.

    Raises QueryError where the syntax is wrong.

    >>> import edexql
    >>> print(edexql.format("fai   has-data;LOGIC 1 & !2 # why"), end="")
    fai has-data
    logic 1 AND NOT 2  # why
    """
    from edexql.language.formatter import layout

    return layout(parse(text, name=name).tokens)


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
) -> tuple[Candidate, ...]:
    """What could stand in the place of the word at a position of a query, best first, for an editor or a prompt.

    `position` is the offset of the cursor in the text, in characters. The text need not be whole, nor right.
    Other arguments as for `compile`; never raises.

    >>> import edexql
    >>> [(c.text, c.start, c.end) for c in edexql.complete("fai has-data; date 2018-11; logic 1 AND ", 40)]
    [('2', 40, 40), ('NOT', 40, 40), ('(', 40, 40), ('1', 40, 40)]
    """
    from edexql.compiler.completion import complete as completed

    return completed(text, position, Setting(vocabulary, today, parameters))


def explain(
    text: str | bytes,
    *,
    name: str = "<text>",
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
    allow: Iterable[str] = (),
) -> Explanation:
    """What becomes of each constraint: its numbers as written and as sent, the logic both ways, the residual.

    Arguments as for `compile`. Raises QueryError where the query has errors.

    >>> import edexql
    >>> edexql.explain("fai has-data; date 2018-11; logic 1 AND 2").logic_sent
    ' ( 2 AND 1 ) '
    """
    from edexql.compiler.describe.explanation import explanation

    return explanation(compilation(source_of(text, name), Setting(vocabulary, today, parameters, warnings_of(allow))))


def fetch(query: str | bytes | Request, *, service: str | None = None) -> Answer:
    """List the files of a query, as the service answers it, with the residual of the query applied.

    `query` is a text, compiled first, or a compiled request; `service` the base address of an eDEx,
    None for the one that is configured. Raises QueryError for a query with errors and
    `edexql.ServiceError` where the service cannot be reached or does not answer as eDEx does.
    """
    from edexql.client import listing
    from edexql.client.settings.configuration import read, service_endpoints

    compiled = query if isinstance(query, Request) else compile(query)
    return listing.fetch(compiled, service or service_endpoints(read()))


def download(
    files: Iterable[str | File],
    folder: str | None = None,
    *,
    existing: Existing = "keep",
    watch: Watch | None = None,
    configuration: str | None = None,
) -> tuple[Report, ...]:
    """Download files, each of which is under its name only if it is whole and right, as far as that can be told.

    `files` is a listing, or files of one, or names, which are looked for in the archive by what they tell, or
    addresses of the web. `folder` is made where it is missing; None is that of the configuration. A file that is
    there and right is taken; another is kept, or replaced where `existing` is "replace". `watch` hears how it goes.
    `configuration` is a file, None the user's. Returns a report for each file, in their order: its `state`, its
    `path`, and the `reason` where it failed. An interrupt leaves what a later call goes on with. Raises
    `edexql.ConfigurationError`, and `edexql.ServiceError` where the archive's address is none.
    """
    import threading

    from edexql.client.download.batch import download as downloaded
    from edexql.client.download.model import RemoteFile, Report, Watch
    from edexql.client.settings.configuration import read
    from edexql.client.settings.limits import download_limits
    from edexql.client.strategies.registry import remote_files

    settings = read(configuration)
    found = remote_files(list(files), settings)
    reports = iter(
        downloaded(
            [one for one in found if isinstance(one, RemoteFile)],
            folder or settings.paths.folder,
            policy=download_limits(settings),
            watch=watch or Watch(),
            stop=threading.Event(),
            existing=existing,
        )
    )
    return tuple(one if isinstance(one, Report) else next(reports) for one in found)


def unpack(
    archive: str,
    folder: str,
    *,
    existing: Standing = "refuse",
    nesting: Nesting = "leave",
    configuration: str | None = None,
) -> Unpacked:
    """Unpack an archive (zip, tar, tar.gz, tar.bz2, tar.xz) into a folder, all of it or nothing.

    Another file in the place of a member is a reason to refuse, or gives way where `existing` is "replace". Zips
    in the archive are left as they are, or unpacked into folders of their names where `nesting` is "unpack". How
    much is unpacked at most is in the configuration: a file, None the user's. Returns which files came new, were
    replaced, or were there already. Raises `edexql.UnpackError`, whose `code` and `member` say what is wrong with
    which member, and `edexql.ConfigurationError`.
    """
    import threading

    from edexql.client.settings.configuration import read
    from edexql.client.settings.limits import NoListener, unpacking_limits
    from edexql.client.unpack.extraction import unpack as unpacked
    from edexql.client.unpack.plan import plan

    limits = unpacking_limits(read(configuration))
    planned = plan(archive, folder, limits=limits, existing=existing, nesting=nesting)
    return unpacked(planned, watch=NoListener(), stop=threading.Event())


def request(
    query: str | bytes | Request,
    files: Iterable[str | File],
    email: str,
    *,
    service: str | None = None,
    ledger: str | None = None,
) -> Receipt:
    """Have files of a query sent by mail: asked for once, and never again by itself.

    `query` is a text, compiled first, or a compiled request; `files` is its listing, or files of it, or strings as
    the service lists them, sizes included. `service` is the base address of an eDEx, None for the University of
    Calgary's; `ledger` a file in which the request and what comes of it are kept, None for none. Returns the
    answer in the service's own words. Raises QueryError for a query with errors, `edexql.ServiceError` where
    nothing was sent or it is not known whether it was, and `edexql.LedgerError` before anything is sent.
    """
    from edexql.client.delivery.mail import request_report

    compiled = query if isinstance(query, Request) else compile(query)
    text = query.decode("utf-8", "replace") if isinstance(query, bytes) else query if isinstance(query, str) else ""
    texts = [file if isinstance(file, str) else file.text for file in files]
    return request_report(compiled, texts, email, service, query=text, ledger_path=ledger)


def evaluate(
    query: str | bytes | Query | Request, *, catalogue: str | None = None, vocabulary: Vocabulary | None = None
) -> Answer:
    """Ask a catalogue on this machine for the files of a query, newest versions only.

    `query` is a text, a query or a compiled request; `catalogue` the folder of a catalogue, None for the
    sample that comes with the package. Files that surely meet the query, and files of which that cannot be
    told for want of information, are kept apart; `emptiness` says why there are no files. Raises QueryError
    for a query with errors and `edexql.CatalogueError` for a catalogue that is not there or cannot be read.

    >>> import edexql
    >>> answer = edexql.evaluate("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")
    >>> [(file.name, file.size_text, file.matched) for file in answer.files]
    [('FAI_lv1_h5_20190501_182724_183456_6.0.0.zip', '543.11MB', 453)]
    """
    from edexql.catalogue.emptiness import evaluate as evaluated
    from edexql.catalogue.store.catalogue import open_catalogue
    from edexql.compiler.lift import lift
    from edexql.compiler.request import query_of, today
    from edexql.model.vocabulary import load

    known = vocabulary or load()
    if isinstance(query, (str, bytes)):
        query = query_of(source_of(query, "<text>"), Setting(vocabulary))
    elif isinstance(query, Request):
        query = query.query or lift(query.parameters, known, today())[0]
    return evaluated(query, open_catalogue(catalogue), known)


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
