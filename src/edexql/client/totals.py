"""How much is listed: in all, for each day, for each product."""

from __future__ import annotations

import re

from edexql.base.record import record
from edexql.model.period import day_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edexql.client.listing import ListedFile
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
