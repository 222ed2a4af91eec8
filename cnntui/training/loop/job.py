"""One training in memory: network, optimizer, data and where it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from cnntui.training.config import Config
from cnntui.training.events import Start
from cnntui.training.loop.averaging import Average
from cnntui.training.loop.feeding import Batch, Feed, Normal, Pictures
from cnntui.training.loop.judging import Answer, Eval, main_output
from cnntui.training.loop.losses import Loss
from cnntui.training.loop.metrics import Answers
from cnntui.training.loop.optimizing import optimizer_of, set_rate
from cnntui.training.loop.processes import ALONE, Processes
from cnntui.training.loop.schedules import Plateau, rate_at
from cnntui.training.loop.sums import Sums

KERNELS = 4096  # numbers of the first layer's kernels that an epoch tells
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


class NotFinite(Exception):
    """The loss is no number any more; gradients are still those of the step before."""

    def __init__(self, at: str, step: int) -> None:
        super().__init__(at)
        self.at, self.step = at, step


@dataclass
class Job:
    """Everything the loop works on, and where it stands."""

    config: Config
    model: nn.Module
    feed: Feed
    validation: Pictures
    test: Pictures
    normal: Normal
    classes: int
    device: torch.device
    precision: str  # fp32 or bf16
    about: Start
    class_weights: Tensor | None = None
    processes: Processes = ALONE
    epoch: int = 0  # whole epochs done
    step: int = 0
    waited: int = 0  # epochs since the best one
    best_epoch: int | None = None
    best_figures: tuple[float, float] = (-1.0, math.inf)  # accuracy, loss
    best_weights: dict[str, Tensor] | None = None  # kept where they are to be restored
    last_figures: tuple[float, float] | None = None  # accuracy, loss of the last epoch
    plateau: Plateau = field(default_factory=Plateau)
    rate_factor: float = 1.0  # what the user's own learning rate makes of the schedule's
    rate: float = 0.0
    resumed: bool = False

    def __post_init__(self) -> None:
        config = self.config
        self.optimizer = optimizer_of(self.model, config, self.device)
        self.average = Average(self.model, config.average) if config.average else None
        self.loss = Loss(config.label_smoothing, self.class_weights)
        self.sums = Sums(self.device, self.processes)
        self.called: Any = self.processes.wrapped(self.model, self.device)
        if config.compile or config.graphs:
            mode = "reduce-overhead" if config.graphs else "default"  # that is CUDA graphs
            self.called = torch.compile(self.called, mode=mode)

    # One step

    def train_step(self, batch: Batch) -> None:
        """Learn from one batch. Raises NotFinite where the loss is no finite number."""
        self.set_rate()
        with self.autocast():
            output = self.called(batch.images)
        loss_sum = self.loss(output, batch.targets)
        self._check(loss_sum.detach())
        self.optimizer.zero_grad(set_to_none=True)
        (loss_sum * (self.processes.count / batch.total)).backward()  # type: ignore[no-untyped-call]
        norm = self._clipped()
        self.optimizer.step()
        self.step += 1
        if self.average is not None:
            self.average.follow(self.step)
        right = (main_output(output).detach().argmax(1) == batch.labels).sum()
        self.sums.add(loss_sum.detach(), right, len(batch.labels), norm)

    def _check(self, loss_sum: Tensor) -> None:
        """Raise NotFinite, in all processes; on a GPU, which it would wait for, sums are read."""
        if self.device.type != "cpu":
            return
        if self.processes.count > 1:
            loss_sum = self.processes.summed(loss_sum.clone())
        if not math.isfinite(loss_sum.item()):
            raise NotFinite(f"at step {self.step + 1}", self.step + 1)

    def _clipped(self) -> Tensor | None:
        if not self.config.clip:
            return None
        return nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)

    def autocast(self) -> Any:
        """Return the context in which the network runs at its precision."""
        if self.precision == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, DTYPES[self.precision])

    # The learning rate

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return self.config.epochs * self.feed.batches

    def scheduled(self) -> float:
        """Return the rate of the next step, before what the user asked for."""
        rate = rate_at(self.config, min(self.step, self.steps - 1), self.steps, self.feed.batches)
        return rate * self.plateau.factor

    def set_rate(self) -> None:
        """Give the optimizer the next step's rate."""
        rate = self.scheduled() * self.rate_factor
        if rate != self.rate:
            set_rate(self.optimizer, rate)
            self.rate = rate

    def change_rate(self, rate: float) -> None:
        """Go on from here with this rate; the schedule scales it from then on."""
        scheduled = self.scheduled()
        self.rate_factor = rate / scheduled if scheduled else 1.0

    # Judging

    @property
    def judged_model(self) -> nn.Module:
        """The network that is judged and saved: the averaged one where there is one."""
        return self.model if self.average is None else self.average.model

    @property
    def layout(self) -> torch.memory_format:
        """How pictures lie in memory."""
        return self.feed.layout

    def split(self, name: str) -> Pictures:
        """Return the pictures of ``validation`` or ``test``."""
        return self.validation if name == "validation" else self.test

    @contextmanager
    def judging(self) -> Iterator[Answer]:
        """Give the answers in eval mode of the network that is judged, alike in all processes."""
        self.processes.agree(self.model.buffers())  # running statistics are each process's own
        self.processes.agree(self.judged_model.buffers())
        with Eval(self.judged_model) as model:

            def answer(images: Tensor) -> Tensor:
                with self.autocast():
                    return main_output(model(images))

            yield answer

    def judged(self, answers: Answers) -> bool:
        """Note what the validation said; return whether it is the best so far."""
        self.plateau = self.plateau.after(answers.loss, self.config)
        figures = self.last_figures = (answers.accuracy, answers.loss)
        best = (figures[0], -figures[1]) > (self.best_figures[0], -self.best_figures[1])
        self.waited = 0 if best else self.waited + 1
        if best:
            self.best_epoch, self.best_figures = self.epoch, figures
            if self.config.patience:
                weights = self.judged_model.state_dict()
                self.best_weights = {name: value.clone() for name, value in weights.items()}
        return best

    @property
    def tired(self) -> bool:
        """Whether patience is at its end."""
        return 0 < self.config.patience <= self.waited

    def take_best(self) -> None:
        """Go back to the best weights, where they were kept."""
        if self.best_weights is not None:
            self.judged_model.load_state_dict(self.best_weights)
            self.last_figures = self.best_figures

    def kernels(self) -> tuple[Any, ...]:
        """Return the first convolution's kernels, [out][in][row][column]; as many as are told."""
        layer = next((m for m in self.model.modules() if isinstance(m, nn.Conv2d)), None)
        if layer is None:
            return ()
        weight = layer.weight.detach()
        shown = weight[: max(1, KERNELS // weight[0].numel())][:32].double().cpu()
        return tuple(tuple(_rounded(plane) for plane in kernel.tolist()) for kernel in shown)

    def gpu_memory(self) -> int | None:
        """Return the most bytes held on the GPU so far; None on another device."""
        return torch.cuda.max_memory_allocated(self.device) if self.device.type == "cuda" else None

    def gpu_use(self) -> int | None:
        """Return the per cent of time that the GPU was busy; None where nobody tells."""
        if self.device.type != "cuda":
            return None
        try:
            return torch.cuda.utilization(self.device)
        except (ModuleNotFoundError, RuntimeError):  # it asks the driver through nvidia-ml-py
            return None

    def grad_norms(self) -> dict[str, float]:
        """Return the norm of each parameter's last gradient."""
        return {
            name: float(p.grad.norm())
            for name, p in self.model.named_parameters()
            if p.grad is not None
        }


def _rounded(plane: list[list[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(f"{value:.4g}") for value in row) for row in plane)
