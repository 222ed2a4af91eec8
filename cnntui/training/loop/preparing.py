"""From settings to a job that can be run: data, network, device and seeds come together here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnntui.datasets.dataset import Dataset, Split
from cnntui.engine.device import torch_device
from cnntui.errors import UserError
from cnntui.training.augment.augmenting import Augmenter
from cnntui.training.augment.combinations import parse
from cnntui.training.config import Config
from cnntui.training.cores import threads
from cnntui.training.events import Start
from cnntui.training.loop.feeding import Feed, Normal, Pictures, resident, statistics
from cnntui.training.loop.job import Job
from cnntui.training.loop.networks import network, usual_size
from cnntui.training.loop.processes import ALONE, Processes

_STANDS_IN = "the test pictures stand in, or the training ones where there are none"


def job_from(config: Config, processes: Processes = ALONE) -> Job:
    """Read the data set and return the job. Raises UserError for what can't be trained."""
    from cnntui.datasets.naming import load_dataset

    folder = Path(config.data_dir) if config.data_dir else None
    data = load_dataset(
        config.dataset, data_dir=folder, validation=config.validation, seed=config.seed
    )
    return job_of(config, data, processes)


def job_of(config: Config, data: Dataset, processes: Processes = ALONE) -> Job:
    """Return the job, at its beginning. Raises UserError for what can't be trained."""
    device = chosen_device(config, processes)
    _check(config, data, processes)
    _set_up(config, device, processes)
    size = usual_size(config, data.shape[1])
    train, validation, test = (
        resident(split, size, device) for split in (data.train, _validation(data), data.test)
    )
    channels, height, width = train.images.shape[1:]
    feed = _feed(config, train, device, processes)
    model = network(config, len(data.classes), (channels, height, width)).to(device)
    model.to(memory_format=feed.layout)  # type: ignore[call-overload]
    about = _about(config, data, model, feed, device, processes)
    torch.manual_seed(config.seed + 2 + processes.rank)  # of dropout: each process its own
    return Job(
        config,
        model,
        feed,
        validation,
        test,
        feed.normal,
        len(data.classes),
        device,
        about.precision,
        about,
        class_weights(data, device) if config.class_weights else None,
        processes,
    )


def _check(config: Config, data: Dataset, processes: Processes) -> None:
    if len(data.train) < 2:
        raise UserError(f"{data.name} has {len(data.train)} training pictures; two are the least")
    if processes.count > 1 and config.batch_size < 2 * processes.count:
        raise UserError(
            f"a batch of {config.batch_size} can't be shared by {processes.count} processes; "
            f"give --batch-size {2 * processes.count} or more"
        )


def _set_up(config: Config, device: torch.device, processes: Processes) -> None:
    torch.set_num_threads(threads(config.threads, processes.count))
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # its deterministic algorithms
        torch.use_deterministic_algorithms(config.deterministic, warn_only=True)
        torch.backends.cudnn.benchmark = not config.deterministic


def _feed(config: Config, train: Pictures, device: torch.device, processes: Processes) -> Feed:
    mean, deviation = statistics(train.images)
    return Feed(
        train,
        Normal(_channels(mean, device), _channels(deviation, device)),
        config.batch_size,
        torch.Generator().manual_seed(config.seed),
        torch.Generator(device).manual_seed(config.seed + 1),
        _augment(config.augment),
        torch.channels_last if device.type in ("cpu", "cuda") else torch.contiguous_format,
        least=2 * processes.count,
    )


def _about(
    config: Config,
    data: Dataset,
    model: nn.Module,
    feed: Feed,
    device: torch.device,
    processes: Processes,
) -> Start:
    channels, height, width = feed.pictures.images.shape[1:]
    return Start(
        dataset=data.name,
        net=config.net,
        classes=data.classes,
        input_shape=(channels, height, width),
        params=sum(p.numel() for p in model.parameters()),
        epochs=config.epochs,
        steps_per_epoch=feed.batches,
        images=(len(data.train), len(data.validation), len(data.test)),
        device=device_name(device),
        precision=chosen_precision(config, device),
        threads=torch.get_num_threads(),
        processes=processes.count,
        mean=tuple(feed.normal.mean.flatten().tolist()),
        deviation=tuple(feed.normal.deviation.flatten().tolist()),
        notes=(*data.notes, *_notes(data, model, processes)),
    )


def _notes(data: Dataset, model: nn.Module, processes: Processes) -> Iterator[str]:
    if not len(data.validation):
        yield f"no validation pictures: {_STANDS_IN}"
    if processes.count > 1 and any(isinstance(m, _BatchNorm) for m in model.modules()):
        yield "batch norm sees each process's share alone: not what one process would give"


def chosen_device(config: Config, processes: Processes) -> torch.device:
    """Return the device; of several processes each takes the GPU of its number."""
    device = torch_device(config.device)
    if device.type == "cuda" and processes.count > 1:
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if config.graphs and device.type != "cuda":
        raise UserError(f"CUDA graphs need a CUDA device; this run is on {device}")
    return device


def chosen_precision(config: Config, device: torch.device) -> str:
    """Return fp32 or bf16; ``auto`` is bf16 on a CUDA device that has it, else fp32."""
    if config.precision != "auto":
        return config.precision
    return "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"


def device_name(device: torch.device) -> str:
    """Return ``cpu``, or the device with the name its maker gave it."""
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    return str(device)


def class_weights(data: Dataset, device: torch.device) -> Tensor:
    """Return N / (K · n_k), the inverse of a class's frequency; 0 where it has no example."""
    classes = len(data.classes)
    counts = torch.bincount(torch.from_numpy(data.train.labels.copy()), minlength=classes).double()
    weights = torch.where(counts > 0, counts.sum() / (classes * counts.clamp(min=1)), 0.0)
    return weights.float().to(device)


def _validation(data: Dataset) -> Split:
    """Return the validation pictures, or what stands in for them."""
    return next((part for part in (data.validation, data.test) if len(part)), data.train)


def _channels(values: tuple[float, ...], device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=device).reshape(1, -1, 1, 1)


def _augment(text: str) -> Augmenter | None:
    wanted = parse(text)
    return Augmenter(wanted) if wanted else None
