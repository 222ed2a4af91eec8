from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnntui.datasets.dataset import Split
from cnntui.training.augment.augmenting import Augmenter
from cnntui.training.augment.combinations import parse
from cnntui.training.augment.mixing import Mixed
from cnntui.training.loop import feeding
from cnntui.training.loop.feeding import (
    Batch,
    Feed,
    Normal,
    Pictures,
    resident,
    resized,
    statistics,
)

CPU = torch.device("cpu")


def _pictures(count: int = 45) -> Pictures:
    """Picture k is filled with k: what comes out tells which one went in."""
    images = torch.arange(count, dtype=torch.uint8).reshape(-1, 1, 1, 1).repeat(1, 1, 4, 4)
    return Pictures(images, torch.arange(count))


def _normal(channels: int = 1) -> Normal:
    return Normal(torch.full((1, channels, 1, 1), 0.5), torch.full((1, channels, 1, 1), 0.25))


def _feed(batch: int = 8, augment: str = "", count: int = 45, **rest: Any) -> Feed:
    order, drawn = torch.Generator().manual_seed(3), torch.Generator().manual_seed(4)
    wanted = parse(augment)
    augmenter = Augmenter(wanted) if wanted else None
    return Feed(_pictures(count), _normal(), batch, order, drawn, augmenter, **rest)


def _whole(count: int) -> slice:
    return slice(0, count)


def _epoch(feed: Feed) -> Iterator[Batch]:
    return feed.epoch(_whole)


@pytest.mark.parametrize("batch", [1, 8, 9, 44, 45, 64])
@pytest.mark.parametrize("chunk", [1, 3000, 16 << 20])
def test_an_epoch_is_a_permutation(batch: int, chunk: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(feeding, "CHUNK", chunk)
    feed = _feed(batch)
    for _ in range(2):
        seen = [label for each in _epoch(feed) for label in each.labels.tolist()]
        expected = 44 if batch == 44 else 45  # one picture alone is left out
        assert len(seen) == len(set(seen)) == expected


def test_the_order_is_torchs_permutation_and_another_each_epoch() -> None:
    feed, oracle = _feed(), torch.Generator().manual_seed(3)
    for _ in range(3):
        wanted = torch.randperm(45, generator=oracle)
        assert torch.equal(torch.cat([batch.labels for batch in _epoch(feed)]), wanted)


def test_pictures_are_normalised_and_go_with_their_labels() -> None:
    for batch in _epoch(_feed()):
        wanted = ((batch.labels / 255 - 0.5) / 0.25).reshape(-1, 1, 1, 1).expand(-1, 1, 4, 4)
        torch.testing.assert_close(batch.images, wanted)
        assert torch.equal(batch.targets, batch.labels)
        assert batch.total == len(batch.labels)


@pytest.mark.parametrize(("count", "sizes"), [(45, [8] * 5 + [5]), (41, [8] * 5), (40, [8] * 5)])
def test_a_last_batch_of_one_is_left_out(count: int, sizes: list[int]) -> None:
    feed = _feed(count=count)
    assert [batch.total for batch in _epoch(feed)] == sizes
    assert feed.batches == len(sizes)


def test_processes_share_a_batch() -> None:
    halves = [
        torch.cat(
            [b.labels for b in _feed().epoch(lambda n, r=rank: slice(n * r // 2, n * (r + 1) // 2))]
        )
        for rank in (0, 1)
    ]
    assert sorted(torch.cat(halves).tolist()) == list(range(45))


def _same(one: Batch, other: Batch) -> bool:
    if isinstance(one.targets, Mixed):
        pairs = [(one.targets.others, other.targets.others)]
        pairs += [(one.targets.weight, other.targets.weight)]
    else:
        pairs = [(one.targets, other.targets)]
    pairs += [(one.images, other.images), (one.labels, other.labels)]
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("augment", ["", "flip,shift=0.25,noise=0.1", "mixup=1"])
@pytest.mark.parametrize("chunk", [1, 1200, 16 << 20])
def test_going_on_anywhere_gives_the_same_batches(
    augment: str, chunk: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(feeding, "CHUNK", chunk)
    whole, kept = [], []
    feed = _feed(augment=augment)
    for _ in range(3):
        kept.append(feed.kept())
        for batch in _epoch(feed):
            whole.append(batch)
            kept.append(feed.kept())
    kept.append(feed.kept())
    for state in kept:
        other = _feed(augment=augment)
        other.restore(state)
        done = _done(kept, state)
        rest = [batch for _ in range(3) for batch in _epoch(other)]
        for ours, theirs in zip(rest, whole[done:], strict=False):
            assert _same(ours, theirs)


def _done(kept: list[dict[str, Any]], state: dict[str, Any]) -> int:
    """Batches given out when ``state`` was taken: an epoch's first state follows its last."""
    place = next(i for i, one in enumerate(kept) if one is state)
    return sum(bool(one["position"]) for one in kept[: place + 1])


@pytest.mark.parametrize("shape", [(50, 1, 5, 7), (9000, 3, 2, 2), (3, 4, 8, 8)])
def test_statistics_are_numpys(shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    mean, deviation = statistics(images)
    assert mean == pytest.approx((images / 255).mean((0, 2, 3)), abs=1e-12)
    assert deviation == pytest.approx((images / 255).std((0, 2, 3)), abs=1e-12)


def test_a_channel_that_never_changes_can_be_divided_by() -> None:
    assert statistics(np.full((4, 1, 2, 2), 51, np.uint8)) == ((pytest.approx(0.2),), (1.0,))


def test_resident_pictures_are_resized_once() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    pictures = resident(Split(images, np.arange(5)), 16, CPU)
    exact = F.interpolate(
        torch.from_numpy(images).double(), (16, 16), mode="bilinear", antialias=True
    )
    assert pictures.images.dtype == torch.uint8
    assert float((pictures.images.double() - exact).abs().max()) <= 1  # torch's own rounding


def test_no_pictures_can_be_resized() -> None:
    assert resized(torch.zeros(0, 1, 8, 8, dtype=torch.uint8), 16).shape == (0, 1, 16, 16)


def test_layout_is_as_asked() -> None:
    split = Split(np.zeros((20, 3, 4, 4), np.uint8), np.zeros(20, np.int64))
    for augment in (None, Augmenter(parse("flip"))):
        feed = Feed(
            resident(split, 0, CPU),
            _normal(3),
            8,
            torch.Generator(),
            torch.Generator(),
            augment,
            torch.channels_last,
        )
        for batch in _epoch(feed):
            assert batch.images.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("augment", ["shift=0.25", "crop=1", "flip,shift=0.25", "cutout=0"])
@pytest.mark.parametrize("channels", [1, 3])
def test_layout_changes_no_picture(augment: str, channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, channels, 6, 6), dtype=np.uint8)
    split, found = Split(images, np.arange(40)), []
    for layout in (torch.contiguous_format, torch.channels_last):
        order, drawn = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
        feed = Feed(resident(split, 0, CPU), _normal(channels), 8, order, drawn)
        feed.augment, feed.layout = Augmenter(parse(augment)), layout
        found.append(torch.cat([batch.images for batch in _epoch(feed)]))
    assert torch.equal(*found)
