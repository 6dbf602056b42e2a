"""What a query is compiled to: the parameter dictionary, a curl command, a Python script, or query text.

To add a target, write a function of a compilation and the addresses of the service, and add it to TARGETS.
"""

from __future__ import annotations

from edexql.base.record import Record
from edexql.base.stdlib import indented_json
from edexql.compiler.request import request_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from edexql.compiler.request import Compilation
    from edexql.compiler.residual import Residual


# A word of a command can have 128 KiB on Linux; beyond this the request goes in by standard input.
LONGEST_WORD = 100_000


class Addresses(Record):
    """The URLs of the service: where files are listed, and where their delivery is requested."""

    listing: str
    delivery: str


def dictionary(done: Compilation, _: Addresses) -> str:
    """The parameter dictionary as JSON."""
    return indented_json(done.lowered.parameters) + "\n"


def text(done: Compilation, _: Addresses) -> str:
    """The query in canonical form."""
    from edexql.compiler.canonical import canonical

    return canonical(done.resolved.query, done.resolved.vocabulary)


def curl(done: Compilation, addresses: Addresses) -> str:
    """A curl command that lists the files; it runs in a POSIX shell as it stands."""
    import shlex

    request = request_of(done)
    words = ["curl", "--silent", "--show-error", "--fail", "--request", "GET"]
    words += ["--header", "Content-Type: application/json"]
    body = request.json()
    if len(body) < LONGEST_WORD:
        command = " ".join(shlex.quote(word) for word in [*words, "--data", body, addresses.listing])
    else:
        command = " ".join(shlex.quote(word) for word in [*words, "--data", "@-", addresses.listing])
        command += f" <<'QUERY'\n{body}\nQUERY"
    if request.residual is None:
        return f"{command}\n"
    return f"# Of the files listed, keep {request.residual.files} (UTC).\n{command}\n"


_HEAD = '''"""A request to eDEx, compiled by edexql."""

{imports}

# URL to list the files
API_fetch = {listing!r}

# The query
PARAMS = {parameters}

# Get the list of files
r = requests.get(url=API_fetch, json=PARAMS, timeout=120)
r.raise_for_status()
filename_list = r.json()["result_filenames"]
'''

_RESIDUAL = """
# The request can name whole days only: keep the files that meet these times (start, end; UTC)
TIMES = {times}


def meets_times(name):
    dated = re.search(r"(?<!\\d)(\\d{{8}})T(\\d{{6}})_(\\d{{8}})T(\\d{{6}})(?!\\d)", name)
    clocked = re.search(r"(?<!\\d)(\\d{{8}})_(\\d{{6}})_(\\d{{6}})(?!\\d)", name)
    if not dated and not clocked:
        return True
    day, start, last_day, end = dated.groups() if dated else (clocked[1], clocked[2], clocked[1], clocked[3])
    try:
        first = datetime.strptime(day + start, "%Y%m%d%H%M%S")
        last = datetime.strptime(last_day + end, "%Y%m%d%H%M%S")
    except ValueError:
        return True
    if last < first and not dated:
        last += timedelta(days=1)
    if last < first:
        return True
    first, last = first.strftime("%Y%m%d%H%M%S"), last.strftime("%Y%m%d%H%M%S")
    return any(first < stop and start <= last for start, stop in TIMES)


filename_list = [name for name in filename_list if meets_times(name)]
"""

_PRINT = """
print("List of files corresponding to your request :")
for name in filename_list:
    print(name)
"""

_DELIVERY = """
# URL to have the files sent
API_get = {delivery!r}

# Send the list back, to have its files sent
PARAMS["result_filenames"] = filename_list
status = requests.post(url=API_get, json=PARAMS, timeout=120)
print("Status of your request :")
print(status)
print(status.text)
"""


def python(done: Compilation, addresses: Addresses) -> str:
    """A script that lists the files and, where the query has an address, requests their delivery.

    It runs as it stands and needs the package requests.
    """
    request = request_of(done)
    parameters = request.parameters
    imports = "import requests"
    if request.residual is not None:
        imports = "import re\nfrom datetime import datetime, timedelta\n\nimport requests"
    script = _HEAD.format(imports=imports, listing=addresses.listing, parameters=_literal(parameters))
    if request.residual is not None:
        script += _RESIDUAL.format(times=_literal(_times(request.residual)))
    script += _PRINT
    if "email" in parameters:
        script += _DELIVERY.format(delivery=addresses.delivery)
    return script


def _literal(value: object) -> str:
    import pprint

    return pprint.pformat(value, width=100, sort_dicts=False)


def _times(residual: Residual) -> list[tuple[str, str]]:
    """The times of a residual as strings that compare like those in file names."""
    from edexql.model.period import day_of

    def moment(second: int) -> str:
        clock = second % 86400
        return f"{day_of(second):%Y%m%d}{clock // 3600:02}{clock // 60 % 60:02}{clock % 60:02}"

    return [
        ("" if p.start is None else moment(p.start), "9" * 14 if p.end is None else moment(p.end))
        for p in residual.periods
    ]


TARGETS: dict[str, Callable[[Compilation, Addresses], str]] = {
    "wire": dictionary,
    "curl": curl,
    "python": python,
    "text": text,
}
