"""Names of devices, and what is said where there is no such device."""

from __future__ import annotations

import pytest
import torch

from cnntui.engine.device import full_precision, torch_device
from cnntui.errors import UserError

no_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
no_mps = pytest.mark.skipif(torch.backends.mps.is_available(), reason="there is an MPS device")


@pytest.mark.parametrize(
    "name", ["gpu", "", "CPU", "cuda:x", "cuda:-1", "cuda:", "cuda:²", "cpu:1", "mps:1", "a\nb"]
)
def test_an_unknown_name_is_refused_with_the_choice(name: str) -> None:
    with pytest.raises(
        UserError, match=r"unknown device .*auto, cpu, cuda, cuda:N or mps"
    ) as error:
        torch_device(name)
    assert "\n" not in str(error.value)


@no_cuda
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "cuda:7"])
def test_cuda_is_refused_where_there_is_none(name: str) -> None:
    with pytest.raises(UserError, match="no CUDA device"):
        torch_device(name)


@no_mps
def test_mps_is_refused_where_there_is_none() -> None:
    with pytest.raises(UserError, match="no MPS device"):
        torch_device("mps")


def test_a_number_past_the_last_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    with pytest.raises(UserError, match="no cuda:2; this machine has cuda:0 to cuda:1"):
        torch_device("cuda:2")
    assert torch_device("cuda:0") == torch.device("cuda", 0)
    assert torch_device("cuda") == torch_device("auto") == torch.device("cuda", 1)


def test_the_cpu_computes() -> None:
    assert torch.ones(2, device=torch_device("cpu")).sum().item() == 2
    assert torch_device("cpu").type == "cpu"


@no_cuda
@no_mps
def test_auto_takes_the_cpu_where_there_is_nothing_else() -> None:
    assert torch_device("auto") == torch.device("cpu")


def test_auto_is_a_device_that_computes() -> None:
    assert torch.ones(2, device=torch_device("auto")).sum().item() == 2


def test_full_precision_holds_cudnn_to_float32_and_restores_it() -> None:
    before = torch.backends.cudnn.allow_tf32, torch.backends.cudnn.enabled
    with full_precision():
        assert not torch.backends.cudnn.allow_tf32
        assert torch.backends.cudnn.enabled == before[1]
    assert (torch.backends.cudnn.allow_tf32, torch.backends.cudnn.enabled) == before
