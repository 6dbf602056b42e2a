"""Threads, processes and asyncio: what is used by many at once gives what it gives alone, and keeps nothing."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import edexql

TEXTS = [
    "product fai-lv1-hdf5-images; date 2019-05-01; kp >= 3",
    "product rri-lv1-hdf5; date 2019-05; latitude 40..60; logic 1 AND NOT 2",
    "fai has-dta; date 2019; logic 1 ADN 2",
    "where kp >= 5 AND fai has-data OR eclipse umbra",
    'let day = 2019-05-01; date $day; raw "K" [1]; logic (1 OR 2) AND 1',
]


def all_of(text: str) -> tuple[object, ...]:
    """What the functions about queries give for a text."""
    diagnostics = edexql.check(text)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return diagnostics
    query = edexql.query(text)
    return (
        diagnostics,
        query,
        edexql.compile(query).json(),
        edexql.explain(text).sentence,
        edexql.format(text),
        edexql.from_dict(edexql.to_dict(query)),
        edexql.complete(text, len(text)),
        edexql.parse(text),
    )


ALONE = [all_of(text) for text in TEXTS]


def test_eight_threads_are_given_what_one_is():
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(all_of, TEXTS * 40))
    assert found == ALONE * 40


def test_processes_are_given_what_one_is():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(edexql.check, TEXTS * 2)) == [edexql.check(text) for text in TEXTS * 2]
        assert list(pool.map(edexql.format, TEXTS[:2])) == [edexql.format(text) for text in TEXTS[:2]]


def test_tasks_of_asyncio_are_given_what_one_is():
    async def together() -> list[tuple[object, ...]]:
        return await asyncio.gather(*(asyncio.to_thread(all_of, text) for text in TEXTS * 4))

    assert asyncio.run(together()) == ALONE * 4


def test_threads_ask_one_catalogue_at_once():
    text = TEXTS[0]
    alone = [file.name for file in edexql.evaluate(text)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(edexql.evaluate, [text] * 40))
    assert [[file.name for file in answer] for answer in answers] == [alone] * 40


@pytest.mark.slow
def test_thirty_thousand_calls_keep_no_memory():
    def calls(count: int) -> None:
        for number in range(count):
            # A text that was not there before, so that what is kept by text would be seen.
            edexql.check(f"date 2019-05-01; kp >= {number % 9}; latitude {number % 50}.{number}..60 # {number}")

    calls(3_000)
    gc.collect()
    before = sys.getallocatedblocks()
    calls(27_000)
    gc.collect()
    assert sys.getallocatedblocks() - before < 2_000
