"""One process among those that train one model, and what they tell each other."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True)
class Processes:
    """The place of this process: ``rank`` of ``count``; rank 0 alone writes."""

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and listens."""
        return self.rank == 0

    def summed(self, values: Tensor) -> Tensor:
        """Return the sum over all processes, in every one of them; in place."""
        if self.count > 1:
            dist.all_reduce(values)
        return values

    def from_first(self, values: Tensor) -> Tensor:
        """Return the first process's values in every one of them; in place."""
        if self.count > 1:
            dist.broadcast(values, 0)
        return values

    def agree(self, tensors: Iterable[Tensor]) -> None:
        """Give every process the first one's values, in place."""
        if self.count > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def gathered(self, values: Tensor) -> list[Tensor]:
        """Return every process's values, by rank, in every one of them."""
        if self.count == 1:
            return [values]
        parts = [torch.empty_like(values) for _ in range(self.count)]
        dist.all_gather(parts, values)
        return parts

    def share(self, count: int) -> slice:
        """Return this process's part of ``count`` examples; parts differ by one at most."""
        return slice(count * self.rank // self.count, count * (self.rank + 1) // self.count)

    def wrapped(self, model: nn.Module, device: torch.device) -> nn.Module:
        """Return the model as the loop calls it: gradients become means over the processes."""
        if self.count == 1:
            return model
        ids = [device.index or 0] if device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(model, device_ids=ids)


ALONE = Processes()


def joined(cuda: bool) -> Processes:
    """Join the group that torchrun's environment describes; alone where there is none."""
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) < 2:
        return ALONE
    dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo")  # words go by the CPU
    return Processes(dist.get_rank(), dist.get_world_size())


def left(processes: Processes) -> None:
    """Leave the group together, once the model is gone. Measured: shorter endings abort."""
    if processes.count > 1:
        gc.collect()
        dist.barrier()
        dist.destroy_process_group()
