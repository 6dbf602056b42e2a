"""The request as a Python script that lists its files and, where there is an address, asks for them by mail."""

from __future__ import annotations

import pprint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from edexql.compiler.request import Request
    from edexql.compiler.residual import Residual

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


def python(request: Request, listing: str, delivery: str) -> str:
    """A script that runs as it stands; it needs the package requests."""
    parameters = request.parameters
    imports = "import requests"
    if request.residual is not None:
        imports = "import re\nfrom datetime import datetime, timedelta\n\nimport requests"
    text = _HEAD.format(imports=imports, listing=listing, parameters=_literal(parameters))
    if request.residual is not None:
        text += _RESIDUAL.format(times=_literal(_times(request.residual)))
    text += _PRINT
    if "email" in parameters:
        text += _DELIVERY.format(delivery=delivery)
    return text


def _literal(value: object) -> str:
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
