"""Loops that a user writes, each timed in a process of its own: ``python -m tests.bench.loops``.

Prints the images a second of every turn; the bench runs ours and a reference side by side in turns.
"""

from __future__ import annotations

import select
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

AUGMENT = "flip,crop=4"
MEAN, DEVIATION = 0.5, 0.29


def pictures(count: int, channels: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    draw = np.random.default_rng(0)
    images = draw.integers(0, 256, (count, channels, 32, 32), dtype=np.uint8)
    return images, draw.integers(0, 10, count)


def made(name: str) -> nn.Module:
    from cnntui.models.building import build_net
    from cnntui.models.naming import find_net

    net = find_net(name)
    torch.manual_seed(0)
    return build_net(net, 10, net.input[0], on_meta=False)


def transforms() -> Callable[[Any], Tensor]:
    """RandomCrop(32, padding=4), RandomHorizontalFlip, ToTensor, Normalize, one picture at a time.

    They do what torchvision 0.2x's do, call for call: it is no dependency of this project.
    """
    from PIL import Image, ImageOps

    class Crop(nn.Module):
        def forward(self, picture: Any) -> Any:
            picture = ImageOps.expand(picture, 4, 0)
            width, height = picture.size
            top = torch.randint(0, height - 32 + 1, size=(1,)).item()
            left = torch.randint(0, width - 32 + 1, size=(1,)).item()
            return picture.crop((left, top, left + 32, top + 32))

    class Flip(nn.Module):
        def forward(self, picture: Any) -> Any:
            if torch.rand(1) < 0.5:
                return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            return picture

    def to_tensor(picture: Any) -> Tensor:
        values = torch.from_numpy(np.array(picture, np.uint8, copy=True))
        values = values.view(picture.size[1], picture.size[0], len(picture.getbands()))
        return values.permute((2, 0, 1)).contiguous().to(dtype=torch.float32).div(255)

    class Normalize(nn.Module):
        def forward(self, values: Tensor) -> Tensor:
            values = values.clone()
            mean = torch.as_tensor([MEAN] * len(values), dtype=values.dtype)
            deviation = torch.as_tensor([DEVIATION] * len(values), dtype=values.dtype)
            if (deviation == 0).any():
                raise ValueError("a deviation of 0")
            return values.sub_(mean.view(-1, 1, 1)).div_(deviation.view(-1, 1, 1))

    steps = (Crop(), Flip(), to_tensor, Normalize())

    def composed(picture: Any) -> Tensor:
        for step in steps:
            picture = step(picture)
        values: Tensor = picture
        return values

    return composed


def users(name: str, batch: int, count: int, precision: str) -> Iterator[int]:
    """DataLoader, per-image PIL flip and padded crop, ``.item()`` each step."""
    from PIL import Image
    from torch.utils.data import DataLoader

    model = made(name)
    channels = 1 if name == "lenet5" else 3
    images, labels = pictures(count, channels)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    transform = transforms()

    class Set(torch.utils.data.Dataset[Any]):
        def __len__(self) -> int:
            return count

        def __getitem__(self, index: int) -> tuple[Tensor, int]:
            pixels = images[index]
            picture = Image.fromarray(pixels[0] if channels == 1 else pixels.transpose(1, 2, 0))
            return transform(picture), int(labels[index])

    loader = DataLoader(Set(), batch, shuffle=True)
    model.train()
    total = 0.0
    while True:
        for inputs, targets in loader:
            optimizer.zero_grad()
            output = model(inputs)
            loss = F.cross_entropy(output, targets)
            loss.backward()
            optimizer.step()
            total += loss.item() + (output.argmax(1) == targets).sum().item()
            yield len(targets)


def resident(name: str, batch: int, count: int, precision: str) -> Iterator[int]:
    """By hand: data in memory, an epoch augmented at once, channels_last, fused, no accuracy."""
    from cnntui.training.augment.augmenting import Augmenter
    from cnntui.training.augment.combinations import parse

    model = made(name).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    plain, named = pictures(count, 1 if name == "lenet5" else 3)
    images, labels = torch.from_numpy(plain), torch.from_numpy(named)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, fused=True)
    augment, drawn = Augmenter(parse(AUGMENT)), torch.Generator().manual_seed(0)
    model.train()
    while True:
        order = torch.randperm(count)
        for part in torch.split(order, 16 * batch):
            floats, _ = augment(images[part], labels[part], drawn)
            floats = floats.sub_(MEAN).div_(DEVIATION).contiguous(memory_format=torch.channels_last)
            for inputs, targets in zip(
                torch.split(floats, batch), torch.split(labels[part], batch), strict=True
            ):
                with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                    output = model(inputs)
                loss = F.cross_entropy(output.float(), targets)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                yield len(targets)


def job_of_noise(name: str, batch: int, count: int, precision: str) -> Any:
    from cnntui.datasets.dataset import Dataset, Split
    from cnntui.training.config import Config
    from cnntui.training.loop.preparing import job_of

    images, labels = pictures(count, 1 if name == "lenet5" else 3)
    few = Split(images[:500], labels[:500])
    data = Dataset("noise", "noise", tuple("0123456789"), Split(images, labels), few, few)
    config = Config(
        net=name,
        batch_size=batch,
        epochs=100_000,
        optimizer="adam",
        lr=1e-4,
        schedule="constant",
        weight_decay=0.0,
        augment=AUGMENT,
        precision=precision,
        device="cpu",
        threads=torch.get_num_threads(),
    )
    return job_of(config, data)


def ours(name: str, batch: int, count: int, precision: str) -> Iterator[int]:
    """The bare generator: metrics, a log four times a second, judging and snapshots in memory."""
    from cnntui.training.loop.loop import Steady, fit

    job = job_of_noise(name, batch, count, precision)
    return _steps(job, fit(job, Steady()), lambda event: None)


def worker(name: str, batch: int, count: int, precision: str) -> Iterator[int]:
    """What the worker does: the log, the control folder and the checkpoints as well."""
    from cnntui.training.fitting import RunLog
    from cnntui.training.listening import RunBeats
    from cnntui.training.loop.loop import fit
    from cnntui.training.loop.processes import ALONE
    from cnntui.training.runs import RunWriter

    job = job_of_noise(name, batch, count, precision)
    with tempfile.TemporaryDirectory() as folder, RunWriter(folder, {}) as writer:
        notes = RunLog(writer, lambda event: None)
        print(folder, flush=True)
        yield from _steps(job, fit(job, RunBeats(Path(folder), 0.25, 30.0, ALONE)), notes.take)


def watched(name: str, batch: int, count: int, precision: str) -> Iterator[int]:
    return worker(name, batch, count, precision)


def _steps(job: Any, events: Iterator[Any], take: Callable[[Any], object]) -> Iterator[int]:
    """Yield the pictures trained on between two events."""
    before = 0
    for event in events:
        take(event)
        yield (job.step - before) * job.config.batch_size
        before = job.step


def watch(run: str) -> None:
    """Read a run four times a second, as an app does, until the standard input ends."""
    from cnntui.training.run.history import History
    from cnntui.training.run.reading import RunReader

    reader, history = RunReader(run), History()
    while not select.select([sys.stdin], [], [], 0.25)[0]:
        history.extend(reader.poll())


def main(kind: str, threads: str, name: str, batch: str, count: str, precision: str) -> None:
    """Train for as many seconds as each line of the standard input says."""
    torch.set_num_threads(int(threads))
    loop = globals()[kind](name, int(batch), int(count), precision)
    next(loop)
    print("ready", flush=True)
    for line in sys.stdin:
        start, images = time.perf_counter(), 0
        while (passed := time.perf_counter() - start) < float(line):
            images += next(loop)
        print(images / passed, flush=True)


if __name__ == "__main__":
    watch(sys.argv[2]) if sys.argv[1] == "watch" else main(*sys.argv[1:])
