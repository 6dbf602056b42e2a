"""The trials of network_trials.py: whatever a service does, a file is right, or not there, or said to be unsure."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest

from edexql.client.download.batch import download
from edexql.client.download.model import Watch
from edexql.client.settings.declarations import Network
from hostile import Hostile
from network_trials import Player, Trial, trials

PATIENT = Network("edexql/0", connect=30, read=30, window=60, lowest_speed=1, tries=2, seconds=300)
ALL = list(trials())


def assert_right(chosen: list[Trial], folder) -> Counter[str]:
    player = Player(chosen)
    with Hostile(player) as service:
        wanted = [trial.wanted(service.url, number) for number, trial in enumerate(chosen)]
        reports = download(
            wanted, str(folder), network=PATIENT, watch=Watch(), stop=threading.Event(), first_pause=0.001
        )
    wrong = []
    for one, trial, report in zip(wanted, chosen, reports, strict=True):
        path = folder / one.name
        found = path.read_bytes() if path.exists() else None
        if (what := trial.verdict(report, found)) is not None:
            wrong.append((what, tuple(trial), report.code, report.reason, report.checked))
    assert not wrong, "\n".join(map(str, wrong[:60])) + f"\n{len(wrong)} of {len(chosen)}"
    return Counter(report.state for report in reports)


def test_some_of_the_trials_end_as_they_should(tmp_path):
    chosen = random.Random(4).sample(ALL, 150)
    states = assert_right(chosen, tmp_path)
    assert min(states["downloaded"], states["failed"]) > 20


@pytest.mark.slow
def test_all_trials_end_as_they_should(tmp_path):
    assert len(ALL) > 3000
    states = assert_right(ALL, tmp_path)
    assert min(states["downloaded"], states["failed"]) > 500


def test_the_verdict_is_one_that_can_be_failed():
    from edexql.client.download.model import Report

    trial = Trial("zip", "flipped", "length", "at once", "nothing")
    assert trial.verdict(Report("a", "downloaded", checked="content"), trial.sent)
    assert trial.verdict(Report("a", "downloaded", checked="length"), trial.sent)
    assert trial.verdict(Report("a", "failed"), trial.sent)
    assert trial.verdict(Report("a", "failed"), None) is None
    sound = Trial("txt", "sound", "length", "at once", "nothing")
    assert sound.verdict(Report("a", "failed"), None)
    cut = Trial("txt", "cut in the middle", "length", "at once", "nothing")
    assert cut.verdict(Report("a", "downloaded", checked="length"), cut.sent) is None
    assert cut._replace(known="sum").verdict(Report("a", "downloaded", checked="length"), cut.sent)
