"""The oracle is the uninterrupted run: weights and epochs of a resumed one are its, bit for bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnntui.training.events import Ended, Epoch, Resumed
from cnntui.training.loop.job import Job
from cnntui.training.loop.loop import Beat
from cnntui.training.loop.snapshots import go_on
from tests.training.small import (
    DROPPED,
    Always,
    Told,
    dataset,
    ending,
    job,
    judged,
    of,
    run,
    same_weights,
    snapshots,
)

KINDS: dict[str, dict[str, Any]] = {
    "plain": {"optimizer": "sgd"},
    "dropout and augmentation": {"net_text": DROPPED, "augment": "flip,shift=0.2,noise=0.1"},
    "mixup": {"augment": "mixup=1", "label_smoothing": 0.1, "schedule": "one-cycle"},
    "averaged": {"net_text": DROPPED, "average": 0.9, "schedule": "cosine", "clip": 1.0},
    "bf16": {"net_text": DROPPED, "precision": "bf16", "augment": "shift=0.2"},
    "plateau": {"optimizer": "sgd", "lr": 0.3, "schedule": "plateau", "plateau": 1, "epochs": 5},
    "patience": {"optimizer": "sgd", "lr": 0.5, "patience": 1, "epochs": 9},
}


def _final(made: Job, events: list[Any]) -> tuple[Any, ...]:
    last = ending(events)
    assert isinstance(last, Ended)
    return (last.step, last.stopped, last.train_loss, last.val_loss, last.test_loss)


@pytest.mark.parametrize("kind", KINDS)
def test_resuming_anywhere_gives_the_same_run(kind: str) -> None:
    data = dataset()
    whole = job(data, **KINDS[kind])
    events = run(whole, Always())
    epochs = {epoch.epoch: judged(epoch) for epoch in of(Epoch, events)}
    best: dict[str, torch.Tensor] | None = None
    assert len(snapshots(events)) > len(epochs)
    for taken in snapshots(events):
        best = taken.weights if taken.best else best
        again = job(data, **KINDS[kind])
        torch.manual_seed(99)  # nothing of this process's random numbers is to matter
        go_on(again, taken.state, best)
        rest = run(again)
        assert isinstance(rest[0], Resumed)
        assert (rest[0].step, rest[0].epoch) == (taken.step, taken.epoch)
        found = {epoch.epoch: judged(epoch) for epoch in of(Epoch, rest)}
        assert found == {k: epochs[k] for k in epochs if k > taken.epoch}
        assert same_weights(dict(again.model.state_dict()), dict(whole.model.state_dict()))
        assert _final(again, rest) == _final(whole, events)


def test_a_snapshot_is_not_changed_by_the_run_that_goes_on_from_it() -> None:
    taken = snapshots(run(job(), Always()))[3]
    results = []
    for _ in range(2):
        again = job()
        go_on(again, taken.state)
        run(again)
        results.append(dict(again.model.state_dict()))
    assert same_weights(*results)


def test_a_users_rate_is_gone_on_with() -> None:
    told = {4: Beat(lr=0.002)}
    whole = job()
    run(whole, Told(told))
    stopped = job()
    events = run(stopped, Told(told | {7: Beat(stop=True)}))
    again = job()
    go_on(again, snapshots(events)[-1].state)
    run(again)
    assert same_weights(dict(again.model.state_dict()), dict(whole.model.state_dict()))


def test_the_threads_are_those_of_the_run() -> None:
    taken = snapshots(run(job(threads=2, epochs=1)))[-1]
    again = job(threads=0)
    torch.set_num_threads(1)
    go_on(again, taken.state)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
