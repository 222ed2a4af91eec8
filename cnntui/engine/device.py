"""Which device torch computes on; imports torch when called."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from cnntui.errors import UserError

if TYPE_CHECKING:
    import torch

CHOICES = "auto, cpu, cuda, cuda:N or mps"


def check_name(name: str) -> None:
    """Refuse a name that is no device's, without importing torch. Raises UserError."""
    kind, colon, number = name.partition(":")
    numbered = not colon or (kind == "cuda" and number.isdecimal())
    if kind not in ("auto", "cpu", "cuda", "mps") or not numbered:
        raise UserError(f"unknown device {name!r}; give {CHOICES}")


def torch_device(name: str) -> torch.device:
    """Return the device of that name; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises UserError where the name is unknown or this machine has no such device.
    """
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    check_name(name)
    kind, _, number = name.partition(":")
    if kind == "cuda":
        return _cuda(number)
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UserError("torch finds no MPS device here; cpu is there, auto chooses by itself")
    return torch.device(kind)


def _cuda(number: str) -> torch.device:
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        raise UserError("torch finds no CUDA device here; cpu is there, auto chooses by itself")
    if number and int(number) >= count:
        raise UserError(f"there is no cuda:{number}; this machine has cuda:0 to cuda:{count - 1}")
    return torch.device("cuda", int(number) if number else torch.cuda.current_device())


def full_precision() -> AbstractContextManager[None]:
    """Hold cuDNN to float32: by default it rounds convolutions to TF32's 10-bit mantissa."""
    import torch

    return torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, allow_tf32=False)
