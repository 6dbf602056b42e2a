"""Measure how many listings a second `edexql serve` answers to 200 clients at once, against a route of a constant.

    python benchmarks/serve_load.py           # print
    python benchmarks/serve_load.py --write   # print, and put the table into benchmarks/README.md

Runs with the interpreter of an environment that has edexql[serve]. Service and yardstick are processes of
their own, with the same server and the same settings; they are asked in turn.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from figures import Row, collected, program, ratio, row
from measure import Spread, in_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from figures import Options, Table

CLIENTS = 200
# Requests that each client sends, one after the other on one connection.
EACH = 5
ROUNDS = 15
PATH = "/api_fetch_data"
# The request of the Canadian Space Agency's tutorial.
QUERY = {
    "product": ["fai-lv1-hdf5-images"],
    "date": [["2019-05-01", "2019-05-01"]],
    "fai": ["has-data"],
    "email": "youremail@example.ca",
    "result_filenames": [],
    "query-logic": " ( 1 AND 2 ) ",
}

SERVICE = """
import sys
from edexql.model.vocabulary import load
from edexql.server import connections
from edexql.server.catalogue import LocalCatalogue
from edexql.server.app import application
from edexql.server.settings import Limits, Settings
listener = connections.listening_socket("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
vocabulary = load()
app = application(LocalCatalogue(None, vocabulary), Settings(state=sys.argv[1], vocabulary=vocabulary))
connections.http_server(app, Limits()).run(sockets=[listener])
"""
BARE = """
import sys
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from edexql.server import connections
from edexql.server.settings import Limits
body = sys.argv[2].encode()
async def constant(request):
    return Response(body, media_type="application/json")
listener = connections.listening_socket("127.0.0.1", 0)
print(listener.getsockname()[1], flush=True)
app = Starlette(routes=[Route("/api_fetch_data", constant)])
connections.http_server(app, Limits()).run(sockets=[listener])
"""


class Round(NamedTuple):
    """What one round gave: its length in seconds, and the requests that were not answered with 200."""

    seconds: float
    failed: int


@contextmanager
def running(program: str, *words: str) -> Iterator[int]:
    """The port of a server in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


async def client(port: int, start: asyncio.Event, ready: asyncio.Semaphore) -> int:
    """Send a client's requests, and return how many failed."""
    body = json.dumps(QUERY).encode()
    head = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ready.release()
    await start.wait()
    failed = 0
    for _ in range(EACH):
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        failed += not answer.startswith(b"HTTP/1.1 200 ")
    writer.close()
    return failed


async def crowd(port: int) -> Round:
    """All clients at once, each with a connection that is open before the clock starts."""
    start, ready = asyncio.Event(), asyncio.Semaphore(0)
    clients = [asyncio.create_task(client(port, start, ready)) for _ in range(CLIENTS)]
    for _ in range(CLIENTS):
        await ready.acquire()
    begin = perf_counter()
    start.set()
    failed = sum(await asyncio.gather(*clients))
    return Round(perf_counter() - begin, failed)


def answer_of(port: int) -> str:
    """The answer to one request, for the yardstick to give."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", PATH, json.dumps(QUERY), {"Content-Type": "application/json"})
    text = connection.getresponse().read().decode()
    connection.close()
    assert len(json.loads(text)["result_filenames"]) == 3, text
    return text


def listings(rounds: int) -> Iterable[Row]:
    failures = {"listing": 0, "constant": 0}

    def measured(name: str, port: int) -> float:
        found = asyncio.run(crowd(port))
        failures[name] += found.failed
        return found.seconds

    with (
        tempfile.TemporaryDirectory() as state,
        running(SERVICE, state) as service,
        running(BARE, state, answer_of(service)) as bare,
    ):
        found = in_turn(
            {"listing": lambda: measured("listing", service), "constant": lambda: measured("constant", bare)},
            rounds,
        )
    count = CLIENTS * EACH
    pace = {name: Spread.of([count / one for one in seconds]) for name, seconds in found.items()}
    yield ratio(f"{count:,} listings from the sample", found["listing"], "as many constants", found["constant"])
    yield row("listings a second", pace["listing"], "/s", other=f"{failures['listing']} failed")
    yield row("constants a second", pace["constant"], "/s", other=f"{failures['constant']} failed")


def tables(options: Options) -> Iterable[Table]:
    note = (
        f"{CLIENTS} clients at once, {EACH} requests each. The yardstick is a Starlette route that answers the same "
        "bytes, behind the same server. The client runs on the same cores. Seconds of the clock."
    )
    yield collected("", listings(options.rounds(ROUNDS)), note)


if __name__ == "__main__":
    program("serve_load", __doc__, tables, ("edexql", "starlette", "uvicorn", "h11"))
