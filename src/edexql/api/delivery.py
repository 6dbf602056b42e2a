"""Files of an answer in Python: downloaded, unpacked, asked for by mail."""

from __future__ import annotations

from edexql.api.queries import compile
from edexql.compiler.request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from edexql.client.delivery.mail import Receipt
    from edexql.client.download.model import Existing, Report, Watch
    from edexql.client.unpack.model import Existing as Standing
    from edexql.client.unpack.model import Nesting, Unpacked
    from edexql.model.answer import File
    from edexql.model.query import Query
    from edexql.model.vocabulary import Vocabulary


def download(
    files: Iterable[str | File],
    folder: str | None = None,
    *,
    existing: Existing = "keep",
    watch: Watch | None = None,
    configuration: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> tuple[Report, ...]:
    """Download files, each of which gets its name only if it is complete and verified, as far as possible.

    `files` is a listing, or files of one, or names, which are looked for in the archive by what they tell, or
    addresses of the web. `folder` is made where it is missing; None is that of the configuration. A file that is
    there and right is taken; another is kept, or replaced where `existing` is "replace". `watch` hears how it goes.
    `configuration` is a file, None the user's; where it has no archive, that of the `vocabulary` is meant, which says
    where its files lie. Returns a report for each file, in their order: its `state`, its `path`, and the `reason` where
    it failed. After an interrupt, a later call resumes. Raises `edexql.ConfigurationError`, `edexql.ServiceError` where
    the archive's address is none, and ValueError for a mission without an archive.
    """
    import threading

    from edexql.client.download.batch import download as downloaded
    from edexql.client.download.model import RemoteFile, Report, Watch
    from edexql.client.settings.configuration import read
    from edexql.client.strategies.registry import remote_files

    settings = read(configuration)
    items = remote_files(list(files), settings.with_vocabulary(vocabulary))
    reports = iter(
        downloaded(
            [one for one in items if isinstance(one, RemoteFile)],
            folder or settings.paths.folder,
            network=settings.network,
            watch=watch or Watch(),
            stop=threading.Event(),
            existing=existing,
        )
    )
    return tuple(one if isinstance(one, Report) else next(reports) for one in items)


def unpack(
    archive: str,
    folder: str,
    *,
    existing: Standing = "refuse",
    nesting: Nesting = "leave",
    configuration: str | None = None,
) -> Unpacked:
    """Unpack an archive (zip, tar, tar.gz, tar.bz2, tar.xz) into a folder, all of it or nothing.

    Another file in place of a member is a reason to refuse, or gives way where `existing` is "replace". Zips
    in the archive are left as they are, or unpacked into folders of their names where `nesting` is "unpack". How
    much is unpacked at most is in the configuration: a file, None the user's. Returns which files came new, were
    replaced, or were there already. Raises `edexql.UnpackError`, whose `code` and `member` say what is wrong with
    which member, and `edexql.ConfigurationError`.
    """
    import threading

    from edexql.client.settings.configuration import read
    from edexql.client.unpack.execution import unpack as unpacked
    from edexql.client.unpack.model import Limits, NoWatch
    from edexql.client.unpack.plan import plan

    limits = Limits(read(configuration).unpacking)
    planned = plan(archive, folder, limits=limits, existing=existing, nesting=nesting)
    return unpacked(planned, watch=NoWatch(), stop=threading.Event())


def request(
    query: str | bytes | Query | Request,
    files: Iterable[str | File],
    email: str,
    *,
    service: str | None = None,
    ledger: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> Receipt:
    """Have files of a query sent by mail: asked for once, and never again by itself.

    `query` is a text or a Query, compiled first, or a compiled request; `files` is its listing, or files of it, or
    strings as the service lists them, sizes included. `service` is the base address of an eDEx, None for that of the
    `vocabulary`, which is the package's where None; `ledger` a file in which the request and what comes of it are kept,
    None for none. Returns the answer in the service's own words. Raises QueryError for a query with errors,
    `edexql.ServiceError` where nothing was sent or it is not known whether it was, and `edexql.LedgerError` before
    anything is sent.
    """
    from edexql.client.delivery.mail import request_report
    from edexql.client.endpoints import endpoints_of

    compiled = query if isinstance(query, Request) else compile(query, vocabulary=vocabulary)
    places = endpoints_of(service, None if vocabulary is None else vocabulary.mission)
    texts = [file if isinstance(file, str) else file.text for file in files]
    return request_report(compiled, texts, email, places, query=_text_of(query, vocabulary), ledger_path=ledger)


def _text_of(query: str | bytes | Query | Request, vocabulary: Vocabulary | None) -> str:
    """The text of a query as the ledger keeps it, empty for a compiled request."""
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    if isinstance(query, Request):
        return ""
    if isinstance(query, str):
        return query
    from edexql.compiler.query_text import to_text

    return to_text(query, vocabulary=vocabulary)
