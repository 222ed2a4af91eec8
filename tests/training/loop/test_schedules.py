"""The oracle is torch's own scheduler, stepped beside."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntui.training.config import SCHEDULES, Config
from cnntui.training.loop.schedules import USUAL_RATES, Plateau, peak_rate, rate_at

LR = torch.optim.lr_scheduler


def _torchs(peak: float, steps: int, made: Callable[[Any], Any]) -> list[float]:
    """The rates that torch's scheduler gives the steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    scheduler = made(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def _ours(config: Config, steps: int, steps_per_epoch: int = 1) -> list[float]:
    return [rate_at(config, step, steps, steps_per_epoch) for step in range(steps)]


@pytest.mark.parametrize(
    ("steps", "warmup"), [(100, 0.1), (100, 0.3), (37, 0.25), (3, 0.5), (10, 0.0)]
)
def test_one_cycle_is_torchs(steps: int, warmup: float) -> None:
    config = Config(schedule="one-cycle", lr=0.02, warmup=warmup)
    wanted = _torchs(
        0.02,
        steps - 1,  # torch steps once while it is made, and refuses a step too many
        lambda o: LR.OneCycleLR(o, 0.02, total_steps=steps, pct_start=warmup, cycle_momentum=False),
    )
    assert _ours(config, steps)[:-1] == pytest.approx(wanted, rel=1e-9)
    assert _ours(config, steps)[-1] == pytest.approx(0.02 / 25e4, rel=1e-6)


def test_cosine_is_torchs() -> None:
    wanted = _torchs(0.1, 50, lambda o: LR.CosineAnnealingLR(o, 50))
    assert _ours(Config(schedule="cosine", lr=0.1), 50) == pytest.approx(wanted, rel=1e-9)


def test_step_falls_as_torchs_does_after_every_few_epochs() -> None:
    config = Config(schedule="step", lr=0.1, step_size=3, gamma=0.5)
    wanted = _torchs(0.1, 10, lambda o: LR.StepLR(o, 3, 0.5))
    ours = _ours(config, 40, steps_per_epoch=4)
    assert ours == pytest.approx([rate for rate in wanted for _ in range(4)])


def test_warm_up_rises_evenly_and_then_falls_along_a_cosine() -> None:
    ours = _ours(Config(schedule="warmup-cosine", lr=1.0, warmup=0.2), 20)
    assert ours[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    fall = [(1 + math.cos(math.pi * k / 16)) / 2 for k in range(16)]
    assert ours[4:] == pytest.approx(fall)


@given(
    st.lists(st.sampled_from([1.0, 0.99995, 0.9, 0.5, 0.4, 2.0, math.nan]), max_size=30),
    st.integers(1, 4),
)
def test_plateau_falls_when_torchs_does(losses: list[float], patience: int) -> None:
    config = Config(schedule="plateau", plateau=patience, gamma=0.1)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    oracle = LR.ReduceLROnPlateau(optimizer, factor=0.1, patience=patience, eps=0)
    ours = Plateau()
    for loss in losses:
        oracle.step(loss)
        ours = ours.after(loss, config)
        assert ours.factor == pytest.approx(optimizer.param_groups[0]["lr"])


def test_plateau_is_of_no_other_schedule() -> None:
    assert Plateau().after(1.0, Config(schedule="cosine")) == Plateau()


@given(
    st.sampled_from(SCHEDULES),
    st.integers(1, 300),
    st.floats(0, 0.9),
    st.integers(1, 20),
    st.floats(1e-6, 10),
)
def test_no_rate_is_ever_negative_or_above_the_peak(
    schedule: str, steps: int, warmup: float, per_epoch: int, peak: float
) -> None:
    config = Config(schedule=schedule, lr=peak, warmup=warmup)
    for rate in _ours(config, steps, per_epoch):
        assert 0 <= rate <= peak * (1 + 1e-12)


def test_the_usual_rate_is_the_optimizers() -> None:
    for name, rate in USUAL_RATES.items():
        assert peak_rate(Config(optimizer=name)) == rate
        assert peak_rate(Config(optimizer=name, lr=0.5)) == 0.5
