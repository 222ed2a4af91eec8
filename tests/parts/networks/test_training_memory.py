"""What training takes, as the Layers pane says it; the sums themselves are the engine's tests'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.engine.tracing.memory import Saved
from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.layers.state import LayersState
from cnntui.parts.networks.training_memory import (
    OPTIMIZERS,
    Training,
    estimate,
    gpu_room,
    memory_line,
)
from tests.opened import open_network

LENET = open_network("lenet5")
SAVED = Saved(100)
PARAMS = 4 * 61_706


def test_optimizers_differ_by_their_states():
    states = {"adam": 2, "adamw": 2, "rmsprop": 1, "sgd": 0, "sgd-momentum": 1}
    training = Training()
    for _ in OPTIMIZERS:
        memory, fit = estimate(LENET.trace, SAVED, training)
        assert (memory.parameters, memory.gradients) == (PARAMS, PARAMS)
        assert memory.optimizer_state == states[training.optimizer] * PARAMS
        assert fit is None
        training = training.next_optimizer()
    assert training == Training()


@given(st.integers(1, 1 << 20), st.booleans())
def test_doubling_stays_within_the_limits(batch, up):
    assert 1 <= Training(batch).doubled(up).batch <= 1 << 20
    assert Training(batch).doubled(False).batch in (batch // 2, 1)


def test_a_batch_and_an_optimizer_are_typed():
    assert Training().typed("32") == Training(32)
    assert Training().typed("1,024 SGD") == Training(1024, "sgd")
    for text, says in (("0", "1 to"), ("cat", "no batch"), ("8 lion", "adamw"), ("-3", "no batch")):
        with pytest.raises(UserError, match=says):
            Training().typed(text)
    state = LayersState.of(LENET).trained("typed", "cat")
    assert "no batch" in state.problem
    assert state.training == Training()


@given(st.integers(20, 160), st.sampled_from(OPTIMIZERS), st.integers(1, 4096))
def test_the_line_keeps_its_width_and_its_total(width, optimizer, batch):
    text = plain(memory_line(LENET.trace, SAVED, Training(batch, optimizer), width))
    assert len(text) <= width
    assert text.startswith(f"training, batch {batch:,}, {optimizer}: "[:width])


@pytest.mark.parametrize(
    ("free", "says", "role"), [(1, "does not fit", "bad"), (1 << 40, "fits", "good")]
)
def test_with_a_gpu_it_says_whether_it_fits(free, says, role):
    training = Training(8, gpu="cuda:0", free=free)
    line = memory_line(LENET.trace, SAVED, training, 118)
    assert f" · {says} on cuda:0" in plain(line)
    assert line[-1][1] == role


def test_a_gpu_is_looked_for(monkeypatch):
    import torch

    assert gpu_room("cpu") == ("", 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (123, 456))
    assert gpu_room("auto") == ("cuda:0", 123)


def test_of_what_stopped_nothing_is_known():
    stopped = LENET.again(shapes=[(1, 40, 40)]).trace
    assert stopped.error is not None
    assert estimate(stopped, None, Training()) == (None, None)
    assert "the network stopped" in plain(memory_line(stopped, None, Training(), 100))
    assert plain(memory_line(LENET.trace, None, Training(), 100)).endswith("adam: …")
