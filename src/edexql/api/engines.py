"""Engines in Python: what eDEx, or a catalogue on this machine, answers to a query."""

from __future__ import annotations

from edexql.api.queries import compile
from edexql.compiler.request import Request, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from edexql.catalogue.store.catalogue import Catalogue
    from edexql.client.settings.configuration import Configuration
    from edexql.engines.evidence import Evidence
    from edexql.engines.influence import Influences
    from edexql.engines.sources import Engine
    from edexql.engines.timeline import Timeline
    from edexql.engines.why import Why
    from edexql.model.answer import Answer, File
    from edexql.model.availability import Availability
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def fetch(
    query: str | bytes | Query | Request,
    *,
    service: str | None = None,
    engine: Engine | None = None,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Answer:
    """Ask eDEx, or another engine, for the files of a query.

    The residual of the query is applied to what eDEx answers. `query` is a text or a Query, compiled first, or a
    compiled request. `engine` is what a function of `edexql.engines` gives: `engines.duckdb("epop-export")`. `service`
    is the base address of an eDEx, None for the one that is configured. `today`, `parameters` and `vocabulary` are as
    for `compile`, and the first two are not for a request. Raises QueryError for a query with errors,
    `edexql.ServiceError` where the service cannot be reached or does not answer as eDEx does, `edexql.EngineError`
    where another engine cannot answer, `edexql.CatalogueError` for a catalogue, and ValueError for `today` or
    `parameters` with what is compiled already, or a service and an engine.

    >>> import edexql
    >>> len(edexql.fetch("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3", engine=edexql.engines.local()))
    1
    """
    from edexql.engines.kinds.edex import Edex

    if engine is not None and service is not None:
        raise ValueError("name a service or an engine, not both: engines.edex(service) is an engine")
    asked = Edex(service) if engine is None else engine
    if not isinstance(asked, Edex):
        from edexql.engines.sources import evaluate as evaluated

        known = _vocabulary(vocabulary)
        compiled_query = _query(query, known, today, parameters)
        return evaluated(compiled_query, _evidence(asked, None, known))
    if isinstance(query, Request):
        _refuse_setting(today, parameters)
        compiled = query
    else:
        compiled = compile(query, today=today, parameters=parameters, vocabulary=vocabulary)
    return asked.answer(compiled, vocabulary)


def evaluate(
    query: str | bytes | Query | Request,
    *,
    catalogue: str | None = None,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Answer:
    """Ask a catalogue on this machine for the files of a query, newest versions only.

    `query` is a text, a query or a compiled request; `catalogue` the folder of a catalogue, None for the sample that
    comes with the package. `today`, `parameters` and `vocabulary` are as for `compile`, and the first two are for a
    text alone. Files that certainly match the query, and files that may match it for which there is no information
    (`unknown`), are kept apart; `emptiness` says why there are no files. Raises QueryError for a query with errors,
    `edexql.CatalogueError` for a catalogue that is not there or cannot be read, and ValueError for `today` or
    `parameters` with what is compiled already.

    >>> import edexql
    >>> answer = edexql.evaluate("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")
    >>> [(file.name, file.size_text, file.matched) for file in answer]
    [('FAI_lv1_h5_20190501_182724_183456_6.0.0.zip', '543.11MB', 453)]
    >>> print(answer)
    FAI_lv1_h5_20190501_182724_183456_6.0.0.zip  543.11MB  7:33 min of 7:33 min
    1 file, 543.11 MB, 7:33 min of matched time
    kp: from CelesTrak space weather data
    """
    from edexql.engines.sources import evaluate as evaluated

    known = _vocabulary(vocabulary)
    compiled = _query(query, known, today, parameters)
    return evaluated(compiled, _evidence(None, catalogue, known))


def influence(
    query: str | bytes | Query | Request,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Influences:
    """Find what each constraint of a query, and each larger operand of its logic, contributes on a catalogue.

    Arguments and errors as for `evaluate`; `engine` is asked in place of a catalogue, as by `fetch`. ValueError also
    for a logic of more than a thousand parts. `whole` of what is returned is the amount that the query gives: files,
    and seconds within the times that files of its products cover. Each of `parts` has the amount `without` it and
    `alone`, and what it alone `keeps_out` and `lets_in`; `none` says that it changes nothing.

    >>> import edexql
    >>> found = edexql.influence("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3")
    >>> found.whole.files, [(part.number, part.keeps_out.files) for part in found.parts]
    (1, [(1, 0), (2, 2)])
    """
    from edexql.engines.influence import influences

    known = _vocabulary(vocabulary)
    compiled = _query(query, known, today, parameters)
    return influences(compiled, _evidence(engine, catalogue, known))


def why(
    file: str | int | File,
    query: str | bytes | Query | Request,
    *,
    catalogue: str | None = None,
    engine: Engine | None = None,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Why:
    """Find why a file of a catalogue meets a query or does not, constraint by constraint.

    `file` is its name, a file of an answer, or the number of one in the answer to the query, counted from 1. Other
    arguments and errors as for `influence`; UnknownFileError, a LookupError, where the catalogue has no such file.
    `whole` of what is returned says how the query stands to the file, each of `constraints` how one of its constraints
    does: its `state`, `matched` seconds, the `nearest` interval `[start, end)` that would have matched it, and whether
    it is `decisive`. `remarks` say what has nothing to do with times.

    >>> import edexql
    >>> found = edexql.why("FAI_lv1_h5_20190501_150534_151306_6.0.0.zip", "date 2019-05-01; kp >= 5")
    >>> found.whole.state, [(reason.number, reason.state) for reason in found.constraints]
    ('not matched', [(1, 'matched'), (2, 'not matched')])
    """
    from edexql.engines.why import name_of_number
    from edexql.engines.why import why as reasons

    known = _vocabulary(vocabulary)
    evidence = _evidence(engine, catalogue, known)
    compiled = _query(query, known, today, parameters)
    if isinstance(file, int):
        name = name_of_number(file, compiled, evidence)
    else:
        name = file if isinstance(file, str) else file.name
    return reasons(name, compiled, evidence)


def timeline(
    query: str | bytes | Query | Request,
    *,
    bins: int = 80,
    catalogue: str | None = None,
    engine: Engine | None = None,
    today: date | None = None,
    parameters: Mapping[str, str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Timeline | None:
    """Find when a catalogue has files of the products of a query, and when they meet it, instrument by instrument.

    `bins` is into how many equal bins of time the line of each instrument is divided. Other arguments and errors as
    for `influence`; ValueError also for fewer bins than 1. A bin is 0 (nothing), 1 (files), 2 (files that may
    match: no information) or 3 (files that match). None where there is nothing to draw: no
    files of these products, or, in a catalogue without files, no dates.

    >>> import edexql
    >>> found = edexql.timeline("product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3", bins=24)
    >>> [(line.instrument, "".join(map(str, line.bins))) for line in found.lines]
    [('fai', '000000000000000110300000')]
    """
    from edexql.engines.timeline import timeline as lines

    if bins < 1:
        raise ValueError(f"a timeline has at least one bin, not {bins}")
    known = _vocabulary(vocabulary)
    compiled = _query(query, known, today, parameters)
    return lines(compiled, _evidence(engine, catalogue, known), bins)


def availability(
    days: str | Iterable[date],
    *,
    local: bool = False,
    catalogue: str | None = None,
    archive: str | None = None,
    today: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> Availability:
    """Find when instruments had data on some days, from the archive's availability text or a catalogue.

    `days` are days, or a text as `date` takes them: `2019-05-01..2019-05-03`. The archive at the address `archive` is
    asked, None for the one that is configured; or, where `local` says so, the `catalogue` in a folder, None for the
    sample. `today` ends periods that are open. `on` of each line is when the instrument had data, `known` of what
    times that is known, both as boundaries in UTC seconds: start, end, start, end. The instruments are those of the
    `vocabulary`, the package's where None. Raises QueryError for what is no period, ValueError for no days, for too
    many, and for an archive that has no such text, `edexql.CatalogueError`, and `edexql.ServiceError` where the archive
    cannot be read at all.

    >>> import edexql
    >>> found = edexql.availability("2019-05-01", local=True)
    >>> [(line.instrument, len(line.on) // 2) for line in found.lines if line.known][:1]
    [('FAI', 3)]
    """
    from edexql.client.archive.locations import days as read_days

    wanted = read_days(days, today, vocabulary) if isinstance(days, str) else sorted(set(days))
    if not wanted:
        raise ValueError("there are no such days between the launch and today")
    if local:
        from edexql.catalogue.availability import available as known_locally

        known = _vocabulary(vocabulary)
        return known_locally(wanted, _opened(catalogue, known), known)
    from edexql.client.archive.availability import availability_of
    from edexql.client.http.session import session
    from edexql.client.settings.configuration import archive_address

    configuration = _configuration(vocabulary)
    with session(configuration.network) as opened:
        return availability_of(wanted, opened, archive or archive_address(configuration), vocabulary=vocabulary)


def _query(
    query: str | bytes | Query | Request,
    vocabulary: Vocabulary,
    today: date | None,
    parameters: Mapping[str, str] | None,
) -> Query:
    """The query of a text, which is compiled apart from any service, or of what is compiled already."""
    from edexql.compiler.lift import lift
    from edexql.compiler.query_parts import checked
    from edexql.compiler.request import query_of
    from edexql.compiler.request import today as this_day
    from edexql.language.source import source_of

    if isinstance(query, (str, bytes)):
        return query_of(source_of(query, "<text>"), Setting(vocabulary, today, parameters))
    _refuse_setting(today, parameters)
    if isinstance(query, Request):
        return query.query or lift(query.parameters, vocabulary, this_day())[0]
    return checked(query)


def _evidence(engine: Engine | None, catalogue: str | None, vocabulary: Vocabulary) -> Evidence:
    """What an engine knows, or where none is named a catalogue, of None the sample. Errors as for `fetch`."""
    from edexql.engines.kinds.local import Local
    from edexql.engines.sources import evidence

    if engine is not None and catalogue is not None:
        raise ValueError("name a catalogue or an engine, not both: engines.local(folder) is an engine")
    return evidence(Local(catalogue) if engine is None else engine, vocabulary)


def evidence_with_query(
    query: str | bytes | Query | Request,
    catalogue: str | None,
    engine: Engine | None,
    today: date | None,
    parameters: Mapping[str, str] | None,
    vocabulary: Vocabulary | None,
) -> tuple[Query, Evidence]:
    """A query, and what an engine knows, or where none is named a catalogue. Errors as for `influence`."""
    known = _vocabulary(vocabulary)
    return _query(query, known, today, parameters), _evidence(engine, catalogue, known)


def _refuse_setting(today: date | None, parameters: Mapping[str, str] | None) -> None:
    if today is not None or parameters is not None:
        raise ValueError("today and parameters are for the text of a query; this one is compiled already")


def _vocabulary(vocabulary: Vocabulary | None) -> Vocabulary:
    from edexql.model.vocabulary import load

    return vocabulary or load()


def _configuration(vocabulary: Vocabulary | None) -> Configuration:
    from edexql.client.settings.configuration import read

    return read().with_vocabulary(vocabulary)


def _opened(folder: str | None, vocabulary: Vocabulary) -> Catalogue:
    from edexql.catalogue.store.catalogue import open_catalogue
    from edexql.catalogue.store.schema import CatalogueError

    if folder is None and vocabulary.replaced:
        raise CatalogueError("there is no sample catalogue of this mission: name a catalogue")
    return open_catalogue(folder)
