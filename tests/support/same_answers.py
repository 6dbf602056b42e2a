"""Two answers that have to be the same."""

from __future__ import annotations


def same(answer, expected) -> None:
    """All that an answer has is that of another."""
    assert tuple(answer.files) == tuple(expected.files)
    assert tuple(answer.unknown) == tuple(expected.unknown)
    same_times(answer.times, expected.times)
    assert answer.total == expected.total
    assert answer.emptiness == expected.emptiness
    assert answer.notes == expected.notes


def same_times(times, expected) -> None:
    assert list(times.yes) == list(expected.yes)
    assert list(times.may) == list(expected.may)
