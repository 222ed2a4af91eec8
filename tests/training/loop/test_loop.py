"""The oracle is the textbook loop below: the same order, torch's loss and optimizer, no more."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from cnntui.training.augment.augmenting import Augmenter
from cnntui.training.augment.combinations import parse
from cnntui.training.augment.mixing import Mixed
from cnntui.training.events import Ended, Epoch, Failed, Noted, Start, Step
from cnntui.training.loop.feeding import statistics
from cnntui.training.loop.job import Job
from cnntui.training.loop.loop import Beat
from cnntui.training.loop.losses import Loss
from tests.training.small import (
    DROPPED,
    Told,
    config,
    dataset,
    ending,
    job,
    judged,
    of,
    run,
    same_weights,
    snapshots,
)

CLOSE = {"rtol": 1e-5, "atol": 1e-6}  # the sums are taken in another order


def _textbook(start: nn.Module, made: Any, epochs: int = 3, **rest: Any) -> nn.Module:
    """Train a copy of ``start`` in the plain way; ``rest`` goes to cross_entropy."""
    model, data = deepcopy(start), dataset()
    model.train()
    mean, deviation = statistics(data.train.images)
    images = (torch.from_numpy(data.train.images).float() / 255 - mean[0]) / deviation[0]
    labels = torch.from_numpy(data.train.labels)
    optimizer = made.pop("optimizer")(model)
    order = torch.Generator().manual_seed(0)
    after = made.pop("after", lambda model, optimizer: None)
    clip = made.pop("clip", 0.0)
    for _ in range(epochs):
        for chosen in torch.split(torch.randperm(len(labels), generator=order), 8):
            loss = F.cross_entropy(model(images[chosen]), labels[chosen], **rest)
            optimizer.zero_grad()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            after(model, optimizer)
    return model


def _alike(one: nn.Module, other: nn.Module) -> None:
    for (name, ours), theirs in zip(
        one.state_dict().items(), other.state_dict().values(), strict=True
    ):
        torch.testing.assert_close(ours, theirs, **CLOSE, msg=lambda m, n=name: f"{n}: {m}")


def _decays(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """The two groups: what decays and what doesn't, by the names of these small nets."""
    named = dict(model.named_parameters())
    weights = [p for n, p in named.items() if p.dim() > 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": [p for p in named.values() if p.dim() <= 1], "weight_decay": 0.0},
    ]


def _sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(_decays(model, 0.01), 0.01, momentum=0.9, nesterov=True)


OPTIMIZERS = {
    "sgd": _sgd,
    "adam": lambda model: torch.optim.Adam(_decays(model, 0.01), 0.01),
    "adamw": lambda model: torch.optim.AdamW(_decays(model, 0.01), 0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weights_are_those_of_the_textbook_loop(optimizer: str) -> None:
    ours = job(optimizer=optimizer, weight_decay=0.01)
    oracle = _textbook(ours.model, {"optimizer": OPTIMIZERS[optimizer]})
    run(ours)
    _alike(ours.model, oracle)


def test_label_smoothing_is_torchs() -> None:
    ours = job(optimizer="sgd", weight_decay=0.01, label_smoothing=0.2)
    oracle = _textbook(ours.model, {"optimizer": _sgd}, label_smoothing=0.2)
    run(ours)
    _alike(ours.model, oracle)


def test_gradients_are_clipped_by_their_norm() -> None:
    ours = job(optimizer="sgd", weight_decay=0.01, clip=0.05)
    oracle = _textbook(ours.model, {"optimizer": _sgd, "clip": 0.05})
    events = run(ours)
    _alike(ours.model, oracle)
    assert all(step.grad_norm > 0 for step in of(Step, events))


def test_the_average_is_torchs_with_a_faster_start() -> None:
    ours = job(
        optimizer="sgd", weight_decay=0.01, average=0.9, net_text=DROPPED.replace("0.3", "0")
    )
    taken: list[int] = []

    def moved(own: Tensor, other: Tensor, _: Any) -> Tensor:
        decay = min(0.9, (1 + len(taken)) / (10 + len(taken)))
        return decay * own + (1 - decay) * other

    averaged = AveragedModel(ours.model, avg_fn=moved, use_buffers=True)
    averaged.n_averaged.fill_(1)  # the first one isn't copied

    def after(model: nn.Module, _: Any) -> None:
        taken.append(1)
        averaged.update_parameters(model)

    _textbook(ours.model, {"optimizer": _sgd, "after": after})
    run(ours)
    assert ours.average is not None
    ours_state = ours.average.model.state_dict()
    for name, theirs in averaged.module.state_dict().items():
        if "num_batches" not in name:
            torch.testing.assert_close(ours_state[name], theirs, **CLOSE)


def test_one_cycle_is_torchs() -> None:
    ours = job(optimizer="adamw", weight_decay=0.01, schedule="one-cycle", warmup=0.3)
    made: list[Any] = []

    def after(_: nn.Module, optimizer: Any) -> None:
        if made[0].last_epoch < 17:  # torch refuses a step after the last
            made[0].step()

    def optimizer(model: nn.Module) -> torch.optim.Optimizer:
        chosen = OPTIMIZERS["adamw"](model)
        made.append(
            torch.optim.lr_scheduler.OneCycleLR(
                chosen, 0.01, total_steps=18, pct_start=0.3, cycle_momentum=False
            )
        )
        return chosen

    oracle = _textbook(ours.model, {"optimizer": optimizer, "after": after})
    run(ours)
    _alike(ours.model, oracle)


def test_classes_are_weighed_by_the_inverse_of_their_number() -> None:
    ours = job(class_weights=True)
    counts = torch.bincount(torch.from_numpy(dataset().train.labels)).double()
    assert ours.class_weights is not None
    torch.testing.assert_close(ours.class_weights.double(), 44 / (3 * counts), rtol=1e-6, atol=0)
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 1, 0])
    plain = F.cross_entropy(logits, labels, reduction="none")
    wanted = (plain * ours.class_weights[labels]).sum()
    torch.testing.assert_close(ours.loss(logits, labels), wanted)


def test_a_mixed_batchs_loss_is_the_cross_entropy_with_soft_labels() -> None:
    draw = torch.Generator().manual_seed(0)
    logits = torch.randn(6, 4, generator=draw)
    labels, others = torch.randint(4, (2, 6), generator=draw)
    weight = torch.rand(6, generator=draw)
    soft = weight[:, None] * F.one_hot(labels, 4) + (1 - weight)[:, None] * F.one_hot(others, 4)
    for smoothing in (0.0, 0.1):
        wanted = F.cross_entropy(logits, soft, label_smoothing=smoothing, reduction="sum")
        found = Loss(smoothing)(logits, Mixed(labels, others, weight))
        torch.testing.assert_close(found, wanted)


def test_auxiliary_heads_count_three_tenths() -> None:
    draw = torch.Generator().manual_seed(0)
    main, one, two = torch.randn(3, 6, 4, generator=draw)
    labels = torch.randint(4, (6,), generator=draw)
    wanted = F.cross_entropy(main, labels, reduction="sum")
    wanted = wanted + 0.3 * F.cross_entropy(one, labels, reduction="sum")
    wanted = wanted + 0.3 * F.cross_entropy(two, labels, reduction="sum")
    torch.testing.assert_close(Loss()((main, one, two), labels), wanted)
    torch.testing.assert_close(Loss()((main, None), labels), F.cross_entropy(main, labels) * 6)


def test_an_epochs_figures_are_those_of_its_steps() -> None:
    ours = job()
    losses: list[float] = []
    hits: list[int] = []
    ours.model.register_forward_hook(
        lambda m, i, o: outputs.append(o.detach()) if m.training else None
    )
    outputs: list[Tensor] = []
    labels = []
    order = torch.Generator().manual_seed(0)
    events = run(ours)
    data = torch.from_numpy(dataset().train.labels)
    for _ in range(3):
        labels += torch.split(data[torch.randperm(44, generator=order)], 8)
    for said, truth in zip(outputs, labels, strict=True):
        losses += F.cross_entropy(said, truth, reduction="none").tolist()
        hits += (said.argmax(1) == truth).tolist()
    for number, epoch in enumerate(of(Epoch, events)):
        part = slice(44 * number, 44 * (number + 1))
        assert epoch.train_loss == pytest.approx(sum(losses[part]) / 44, rel=1e-6)
        assert epoch.train_accuracy == pytest.approx(sum(hits[part]) / 44)


def test_events_come_in_their_order_and_count_what_was_done() -> None:
    events = run(job())
    assert isinstance(events[0], Start)
    assert events[0].steps_per_epoch == 6
    assert [epoch.step for epoch in of(Epoch, events)] == [6, 12, 18]
    last = ending(events)
    assert isinstance(last, Ended)
    assert (last.stopped, last.epochs, last.step) == ("finished", 3, 18)
    assert last.test_accuracy is not None
    assert sum(map(sum, last.confusion)) == 16
    assert last.val_accuracy == of(Epoch, events)[-1].val_accuracy
    assert last.train_loss == of(Epoch, events)[-1].train_loss


def test_it_learns() -> None:
    last = ending(run(job(epochs=20)))
    assert isinstance(last, Ended)
    assert last.test_accuracy == 1


def test_looking_more_often_changes_nothing() -> None:
    from tests.training.small import Always

    quiet, loud = job(net_text=DROPPED), None
    one = [judged(e) for e in of(Epoch, run(quiet))]
    loud = job(net_text=DROPPED)
    assert one == [judged(e) for e in of(Epoch, run(loud, Always()))]
    assert same_weights(quiet.model.state_dict(), loud.model.state_dict())


def test_patience_stops_and_gives_back_the_best_weights() -> None:
    ours = job(epochs=50, lr=0.5, optimizer="sgd", patience=2)
    events = run(ours)
    epochs, last = of(Epoch, events), ending(events)
    assert isinstance(last, Ended)
    assert last.stopped == "patience"
    best = max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss, -e.epoch))
    assert last.best_epoch == best.epoch == len(epochs) - 2
    assert (last.val_accuracy, last.val_loss) == (best.val_accuracy, best.val_loss)
    kept = next(s for s in snapshots(events) if s.epoch == best.epoch)
    assert kept.best
    assert same_weights(dict(ours.model.state_dict()), kept.weights)


def test_a_loss_that_is_no_number_says_where_and_what_helps() -> None:
    events = run(job(lr=1e30, optimizer="sgd", momentum=0.0))
    last = ending(events)
    assert isinstance(last, Failed)
    assert last.step == 2  # the first step's loss is still that of the fresh weights
    assert last.lr == 1e30
    assert set(last.grad_norms) == {name for name, _ in job().model.named_parameters()}
    assert all(math.isfinite(norm) and norm > 0 for norm in last.grad_norms.values())
    assert "lower learning rate" in last.advice
    assert "clip" in last.advice
    assert "step 2" in last.reason


def test_weights_broken_by_the_last_step_fail_too() -> None:
    events = run(job(lr=1e30, optimizer="sgd", momentum=0.0, epochs=1, batch_size=64))
    last = ending(events)
    assert isinstance(last, Failed)
    assert "validation" in last.reason
    assert not of(Epoch, events)


def test_another_learning_rate_holds_from_the_step_on() -> None:
    told = Told({7: Beat(lr=0.003), 12: Beat(log=True)})
    events = run(job(schedule="step", step_size=2, gamma=0.1), told)
    assert [note.what for note in of(Noted, events)] == ["learning-rate"]
    rates = {step.step: step.lr for step in of(Step, events)}
    assert rates[7] == 0.01
    assert rates[12] == pytest.approx(0.003)
    assert rates[18] == pytest.approx(0.0003)  # the schedule scales it


def test_a_pause_keeps_a_checkpoint_and_hears_while_it_waits() -> None:
    paused = [Beat(pause=True), Beat(pause=True, lr=0.002), Beat()]
    events = run(job(), Told({5: Beat(pause=True)}, paused))
    place = next(i for i, e in enumerate(events) if isinstance(e, Noted))
    assert events[place - 1].step == 5  # its snapshot comes first
    assert [n.what for n in of(Noted, events)] == ["paused", "learning-rate", "continued"]
    assert of(Step, events)[-1].lr == pytest.approx(0.002)
    assert ending(events).step == 18


def test_a_pause_changes_no_weight() -> None:
    one, other = job(), job()
    run(one)
    run(other, Told({5: Beat(pause=True)}, [Beat(pause=True), Beat()]))
    assert same_weights(one.model.state_dict(), other.model.state_dict())


@pytest.mark.parametrize("paused", [False, True])
def test_stopping_leaves_a_checkpoint_and_judges_nothing(paused: bool) -> None:
    told = Told({8: Beat(pause=True)}, [Beat(stop=True)]) if paused else Told({8: Beat(stop=True)})
    events = run(job(), told)
    last = ending(events)
    assert isinstance(last, Ended)
    assert (last.stopped, last.step, last.epochs, last.test_loss) == ("asked", 8, 1, None)
    assert events[-2].step == 8
    assert "continued" not in [note.what for note in of(Noted, events)]


def test_augmented_runs_train_on_what_the_augmenter_gives() -> None:
    ours = job(augment="shift=0.2,noise=0.1", epochs=1, batch_size=44, optimizer="sgd")
    data, before = dataset(), deepcopy(ours.model)
    order = torch.randperm(44, generator=torch.Generator().manual_seed(0))
    images = torch.from_numpy(data.train.images)[order].float() / 255
    labels = torch.from_numpy(data.train.labels)[order]
    drawn = torch.Generator().manual_seed(1)
    altered, _ = Augmenter(parse("shift=0.2,noise=0.1"))(images, labels, drawn)
    mean, deviation = statistics(data.train.images)
    wanted = F.cross_entropy(before((altered - mean[0]) / deviation[0]), labels).detach()
    (epoch,) = of(Epoch, run(ours))
    assert epoch.train_loss == pytest.approx(float(wanted), rel=1e-5)


def test_the_first_kernels_are_told() -> None:
    ours = job(epochs=1)
    (epoch,) = of(Epoch, run(ours))
    weight = next(ours.model.parameters())
    torch.testing.assert_close(torch.tensor(epoch.kernels), weight.detach(), rtol=1e-3, atol=0)


def test_a_run_on_a_few_pictures_more_than_nothing() -> None:
    last = ending(run(job(dataset(train=2, validation=0, test=0), epochs=1)))
    assert isinstance(last, Ended)
    assert last.test_loss is None


def test_bf16_learns() -> None:
    last = ending(run(job(precision="bf16", epochs=20)))
    assert isinstance(last, Ended)
    assert last.test_accuracy is not None
    assert last.test_accuracy > 0.9


def test_the_seed_decides_the_weights() -> None:
    made: list[Job] = [job(seed=seed, net_text=DROPPED, epochs=1) for seed in (0, 0, 1)]
    for each in made:
        torch.manual_seed(config(seed=each.config.seed).seed + 2)  # made together, trained apart
        run(each)
    one, again, other = (each.model.state_dict() for each in made)
    assert same_weights(one, again)
    assert not same_weights(one, other)
