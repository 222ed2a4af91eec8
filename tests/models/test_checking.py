"""What is refused before torch is imported: the same as afterwards, and nothing that opens."""

from __future__ import annotations

import pytest

from cnntui.errors import UserError
from cnntui.models.checking import check_net
from cnntui.models.loading import load_model

REFUSED = [
    "",
    "resnet5",
    "https://example.org/net.pt",
    "nowhere.py:Net",
    "nowhere.py",
    "nowhere.pt",
    "nowhere/here.safetensors",
    "nowhere_at_all:Net",
    "nowhere_at_all.sub:Net",
    "a b:c d",
    ":Net",
    "mymodel.py:1x",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_at_once_could_not_be_loaded(text):
    with pytest.raises(UserError):
        check_net(text)
    with pytest.raises(UserError):
        load_model(text)


def test_a_folder_that_is_no_run(tmp_path):
    for check in (check_net, load_model):
        with pytest.raises(UserError, match=r"no config\.json"):
            check(str(tmp_path))


def test_what_may_open_passes_and_runs_nothing(tmp_path):
    file = tmp_path / "mymodel.py"
    file.write_text("raise SystemExit('run')\n")
    weights = tmp_path / "w.pt"
    weights.write_bytes(b"")
    for text in (
        "resnet18",
        "ResNet-18",
        f"{file}:Net",
        f"{file}:a.b",
        "torch.nn:Module",
        str(weights),
    ):
        check_net(text)
