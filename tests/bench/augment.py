"""Augmentation in batches beside the same done picture by picture with Pillow, at 3×32×32."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tests.bench.figures import Action, Figure, interleaved

COUNT, FEW = 1024, 128  # pictures a call of ours, and of the reference
REPEATS = 20  # the quickest counts: what else runs only ever slows
EVERYTHING = "flip,shift,rotate,zoom,shear,brightness,contrast,saturation,noise,cutout,mixup,cutmix"
# µs a picture with two threads, of batched torch code written for the purpose (MEASURED.md)
LISTS = (
    ("flip,shift", 1e6 / 64_000),
    ("flip,shift,rotate,zoom,shear", 1e6 / 50_000),
    ("brightness,contrast", 1e6 / 398_000),
    ("cutout", 1e6 / 174_000),
    ("mixup", 1e6 / 311_000),
    ("cutmix", 1e6 / 122_000),
    (EVERYTHING, 1e6 / 25_000),
)


def figures() -> Iterator[Figure]:
    import torch

    kept = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            for text, limit in LISTS:
                yield alone(text, threads, limit)
            yield against_pillow(threads)
    finally:
        torch.set_num_threads(kept)


def alone(text: str, threads: int, limit: float) -> Figure:
    """Return µs a picture; only with two threads and two cores of its own is the limit meant."""
    taken = min(interleaved(batched(text, COUNT), lambda: None, REPEATS, 3)[0])
    name = "all together" if text == EVERYTHING else text
    what = f"{name}, threads {threads}"
    binding = threads == 2 and (os.cpu_count() or 1) >= 2
    return Figure(what, taken * 1000 / COUNT, None, "µs", limit, relative=False, binding=binding)


def against_pillow(threads: int) -> Figure:
    """Flip, shift, turn, brightness and contrast, bytes to floats on both sides."""
    text = "flip,shift,rotate,brightness,contrast"
    taken = interleaved(batched(text, FEW), one_by_one(FEW), REPEATS, 3)
    ours, theirs = (min(each) * 1000 / FEW for each in taken)
    what = f"flip, shift, turn, colours beside Pillow, threads {threads}"
    return Figure(what, ours, theirs, "µs", 0.5)


def batched(text: str, count: int) -> Action:
    import torch

    from cnntui.training.augment.augmenting import Augmenter
    from cnntui.training.augment.combinations import parse

    drawn = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=drawn)
    labels, augment = torch.arange(count) % 10, Augmenter(parse(text))
    buffer = torch.empty(images.shape)
    return lambda: augment(images, labels, drawn, out=buffer)


def one_by_one(count: int) -> Action:
    """Return what a data set's own transforms do: each picture through Pillow, then stacked."""
    import numpy as np
    import torch
    from PIL import Image, ImageEnhance, ImageOps

    draw = np.random.default_rng(0)
    pictures = [Image.fromarray(draw.integers(0, 256, (32, 32, 3), np.uint8)) for _ in range(count)]

    def one(picture: Image.Image) -> torch.Tensor:
        if draw.random() < 0.5:
            picture = ImageOps.mirror(picture)
        move = tuple(draw.integers(-3, 4, 2).tolist())
        turn = draw.uniform(-15, 15)
        picture = picture.rotate(turn, Image.Resampling.BILINEAR, translate=move)
        picture = ImageEnhance.Brightness(picture).enhance(draw.uniform(0.8, 1.2))
        picture = ImageEnhance.Contrast(picture).enhance(draw.uniform(0.8, 1.2))
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float().div(255)

    return lambda: torch.stack([one(picture) for picture in pictures])
