"""What a training hears after each step: the beats of a clock, and what was asked of its run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cnntui.training import listening
from cnntui.training.listening import RunBeats
from cnntui.training.loop.processes import ALONE
from cnntui.training.run.control import Request, ask
from cnntui.training.runs import RunWriter

TICK = 1 / 16  # seconds a step takes; a sum of them is exact


class Clock:
    """A clock that the test moves on."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        fake = SimpleNamespace(monotonic=lambda: self.now, sleep=self.moved)
        monkeypatch.setattr(listening, "time", fake)

    def moved(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.mark.parametrize("tick", [TICK, 8 * TICK])  # steps shorter and longer than two looks
def test_a_log_beat_postpones_no_checkpoint_and_none_a_log_beat(tmp_path, clock, tick):
    asked = RunBeats(tmp_path, log_every=17 * tick, save_every=41 * tick, processes=ALONE)
    logged, saved = [], []
    for step in range(1, 130):
        clock.moved(tick)
        beat = asked.beat()
        logged += [step] * beat.log
        saved += [step] * beat.save
    assert saved == [41, 82, 123]
    assert logged == [17, 34, 51, 68, 85, 102, 119]


@pytest.mark.parametrize("hears", [RunBeats.beat, RunBeats.wait])
def test_the_last_of_several_learning_rates_wins(tmp_path, clock, hears):
    with RunWriter(tmp_path):
        for rate in (0.5, 0.001, 0.25):
            ask(tmp_path, Request("learning-rate", rate))
        asked = RunBeats(tmp_path, log_every=1.0, save_every=9.0, processes=ALONE)
        clock.moved(TICK * 4)
        assert hears(asked).lr == 0.25
