"""Ask eDEx for the files of a request: a GET that carries a JSON body, as the service takes it.

Address, method, body and the form of the answer are those of the Canadian Space Agency's tutorial. What
the service answers when it refuses is not known, so everything but that form is reported as it came."""

from __future__ import annotations

import re

from edexql.base.record import record
from edexql.base.units import bytes_of, name_and_size
from edexql.client import endpoints

# Where it is public.
from edexql.client.errors import ServiceError as ServiceError
from edexql.client.http.request import excerpt, json_answer
from edexql.model.filename import span_of_name
from edexql.model.period import day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, overload

    import requests

    from edexql.client.endpoints import Endpoints
    from edexql.client.http.request import Retries, Waiting
    from edexql.compiler.request import Request
    from edexql.compiler.residual import Residual
    from edexql.model.period import Period
    from edexql.model.vocabulary import Vocabulary


@record(frozen=True, slots=True)
class Total:
    """Files, the bytes of those whose size is known, and how many are of unknown size."""

    files: int
    bytes: int
    unsized: int


def total(files: Iterable[ListedFile]) -> Total:
    """The total of files."""
    sizes = [file.size for file in files]
    known = [size for size in sizes if size is not None]
    return Total(len(sizes), sum(known), len(sizes) - len(known))


def per_day(files: Iterable[ListedFile]) -> dict[str, Total]:
    """The totals of each day on which files begin, in order; "" is for names without times."""
    return dict(sorted(_grouped(files, day).items()))


def per_product(files: Iterable[ListedFile], vocabulary: Vocabulary | None = None) -> dict[str, Total]:
    """The totals of each product that the names tell, in order; "" is for names that tell none."""
    product = products(vocabulary)
    return dict(sorted(_grouped(files, lambda file: product(file.name)).items()))


def day(file: ListedFile) -> str:
    """The day on which a file begins, as `2019-05-01`."""
    period = file.period
    return "" if period is None or period.start is None else str(day_of(period.start))


def products(vocabulary: Vocabulary | None = None) -> Callable[[str], str]:
    """A function from the name of a file to its product; the vocabulary is that of the package where None."""
    from edexql.model.vocabulary import load

    entries = (vocabulary or load()).products.items()
    patterns = [(re.compile(entry["names"]), name) for name, entry in entries if entry.get("names")]
    return lambda name: next((product for pattern, product in patterns if pattern.fullmatch(name)), "")


def _grouped(files: Iterable[ListedFile], of_file: Callable[[ListedFile], str]) -> dict[str, Total]:
    groups: dict[str, list[ListedFile]] = {}
    for file in files:
        groups.setdefault(of_file(file), []).append(file)
    return {name: total(group) for name, group in groups.items()}


@record(frozen=True, slots=True)
class ListedFile:
    """A file of the answer: the text as it came, its name, its size, and the period that its name tells.

    `size_text` is as the service writes it, `size` in bytes as far as that can be read (MB is 10^6),
    `period` None where the name carries no times.
    """

    text: str
    name: str
    size_text: str
    size: int | None
    period: Period | None


@record(frozen=True, slots=True)
class Listing:
    """The files of an answer that meet the query, in the order of the answer.

    `removed` are those that the residual of the query rules out, `unjudged` those kept although their
    names do not tell their times. `answer` is what the service sent. It can be counted, gone through,
    indexed and sliced like a list of its files; a notebook shows it as a table.
    """

    files: tuple[ListedFile, ...]
    removed: tuple[ListedFile, ...]
    unjudged: tuple[ListedFile, ...]
    answer: dict[str, Any]

    def __len__(self) -> int:
        return len(self.files)

    def __bool__(self) -> bool:
        """A listing is true, with no files too: `if listing` never meant to ask how many there are."""
        return True

    def __iter__(self) -> Iterator[ListedFile]:
        return iter(self.files)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> ListedFile: ...

        @overload
        def __getitem__(self, place: slice) -> Listing: ...

    def __getitem__(self, place: int | slice) -> ListedFile | Listing:
        """One file, or a listing of some of them."""
        return self._of(self.files[place]) if isinstance(place, slice) else self.files[place]

    def filter(self, keep: Callable[[ListedFile], bool]) -> Listing:
        """A listing of the files for which `keep` says so."""
        return self._of(tuple(file for file in self.files if keep(file)))

    @property
    def total(self) -> Total:
        """How many files there are, and their bytes as far as they are known."""

        return total(self.files)

    def per_day(self) -> dict[str, Total]:
        """The totals of each day (`2019-05-01`, UTC) on which files begin, in order; "" is for names without times."""

        return per_day(self.files)

    def per_product(self) -> dict[str, Total]:
        """The totals of each product, by the names of files; "" is for names that belong to no known product."""

        return per_product(self.files)

    def to_pandas(self) -> Any:
        """The files as a table of pandas: name, product, size in bytes, start and end in UTC.

        Raises ImportError, with the way out, where pandas is not installed.
        """
        from edexql.client.tables import frame

        return frame(self.files)

    def _repr_html_(self) -> str:
        from edexql.client.tables import html

        return html(self)

    def _of(self, files: tuple[ListedFile, ...]) -> Listing:
        kept = set(files)
        return Listing(files, self.removed, tuple(file for file in self.unjudged if file in kept), self.answer)


def fetch(
    request: Request,
    service: str | Endpoints = endpoints.SERVICE,
    *,
    session: requests.Session | None = None,
    retries: Retries | None = None,
    waiting: Waiting | None = None,
) -> Listing:
    """List the files of a request.

    `service` is a base address, or the endpoints of a service; `session` is what it is asked with, one of its own
    where None. It is asked again, as `retries` says, where that helps, since it changes nothing; `waiting` is then
    called with the seconds until that and what was wrong. Raises ServiceError.
    """
    answer = ask(request, service, session=session, retries=retries, waiting=waiting)
    return listing(answer, request.residual)


def listing(answer: dict[str, Any], residual: Residual | None) -> Listing:
    """The files of an answer, with the residual of the query applied to them."""
    files = [listed(text) for text in answer["result_filenames"]]
    if residual is None:
        return Listing(tuple(files), (), (), answer)
    kept, removed, unjudged = [], [], []
    for file in files:
        if file.period is None:
            unjudged.append(file)
        elif not residual.admits(file.period.start or 0, file.period.end or 0):
            removed.append(file)
            continue
        kept.append(file)
    return Listing(tuple(kept), tuple(removed), tuple(unjudged), answer)


def ask(
    request: Request,
    service: str | Endpoints = endpoints.SERVICE,
    *,
    session: requests.Session | None = None,
    retries: Retries | None = None,
    waiting: Waiting | None = None,
) -> dict[str, Any]:
    """The answer to a request, checked for its form. Arguments as for `fetch`. Raises ServiceError."""
    places = endpoints.of_service(service) if isinstance(service, str) else service
    if session is None:
        from edexql.client.http.session import session as made

        with made() as own:
            return _form(*json_answer(own, places.method, places.listing, request.parameters, retries, waiting))
    return _form(*json_answer(session, places.method, places.listing, request.parameters, retries, waiting))


def listed(text: str) -> ListedFile:
    """A file, of the text that stands for it in an answer. A text that is not understood is a name without a size."""
    name, size_text = name_and_size(text)
    return ListedFile(text, name, size_text, bytes_of(size_text), span_of_name(name))


def _form(answer: Any, whole: Any) -> dict[str, Any]:
    names = answer.get("result_filenames") if isinstance(answer, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = f"{whole.url} answered without a list of result_filenames{excerpt(whole.body)}"
        raise ServiceError(message, whole.url)
    found: dict[str, Any] = answer
    return found
