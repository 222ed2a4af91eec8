"""Weights from files as torch and safetensors write them; hostile and damaged files are refused."""

from __future__ import annotations

import argparse
import collections
import os
import pickle
import struct
import zipfile

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnntui.errors import UserError
from cnntui.models.loading import load_model
from cnntui.models.weights import apply_weights, read_state


class Net(nn.Module):
    """A normalised convolution and a head, and a buffer that no file holds."""

    def __init__(self, classes=3, channels=2):
        super().__init__()
        self.conv = nn.Conv2d(channels, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.head = nn.Linear(4, classes)

    def forward(self, x):
        return self.head(self.bn(self.conv(x)).mean((2, 3)))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(3, 3, bias=False)
        self.two = nn.Linear(3, 3, bias=False)
        self.two.weight = self.one.weight


class Payload:
    """What runs on unpickling: it makes the file."""

    def __init__(self, flag):
        self.flag = str(flag)

    def __reduce__(self):
        return os.mkdir, (self.flag,)


def net(**sizes):
    torch.manual_seed(1)
    made = Net(**sizes)
    nn.init.normal_(made.bn.running_mean)
    return made.eval()


def legacy(found, path):
    torch.save(found, path, _use_new_zipfile_serialization=False)


def problem(path, **options) -> str:
    """Return the one line that is said of a file."""
    with pytest.raises(UserError) as caught:
        read_state(path, **options)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 500
    assert str(path) in line
    return line


def same(one, other):
    assert list(one) == list(other)
    assert all(torch.equal(one[name], other[name]) for name in one)


WRITERS = {
    "a.safetensors": save_file,
    "a.pt": torch.save,
    "a.pth": torch.save,
    "a.bin": torch.save,
    "old.pth": legacy,
    "tensors-without-a-suffix": save_file,
    "pickle-without-a-suffix": torch.save,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_state_is_read_on_meta_or_with_its_values(tmp_path, name):
    path, state = tmp_path / name, net().state_dict()
    WRITERS[name](state, path)
    found = read_state(path)
    assert {n: t.shape for n, t in found.items()} == {n: t.shape for n, t in state.items()}
    assert {n: t.dtype for n, t in found.items()} == {n: t.dtype for n, t in state.items()}
    assert all(tensor.is_meta for tensor in found.values())
    values = read_state(str(path), meta=False)
    assert (values.under, values.skipped, len(values)) == ("", 0, len(state))
    same({n: values[n] for n in state}, state)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int8])
@pytest.mark.parametrize("write", [save_file, torch.save])
def test_types_are_kept(tmp_path, write, dtype):
    path = tmp_path / ("a.safetensors" if write is save_file else "a.pt")
    write(
        {"a": torch.ones(3, 2, dtype=dtype), "none": torch.zeros(0, 3), "one": torch.ones(())}, path
    )
    assert read_state(path)["a"].dtype == dtype
    assert read_state(path, meta=False)["a"].sum() == 6
    assert read_state(path)["none"].shape == (0, 3)
    assert read_state(path)["one"].shape == ()


@pytest.mark.parametrize(
    "nests",
    [("state_dict",), ("model",), ("model_state_dict",), ("ema",), ("model", "state_dict")],
    ids=".".join,
)
def test_a_nested_checkpoint(tmp_path, nests):
    state = net().state_dict()
    found = state
    for nest in reversed(nests):
        found = {"epoch": 3, "lr": torch.ones(()), "optimizer": {"state": {0: 1}}, nest: found}
    torch.save(found, tmp_path / "a.pt")
    read = read_state(tmp_path / "a.pt", meta=False)
    assert read.under == ".".join(nests)
    same(read, state)


def test_the_weights_come_before_their_average(tmp_path):
    torch.save({"ema": {"a": torch.zeros(1)}, "model": {"a": torch.ones(1)}}, tmp_path / "a.pt")
    assert read_state(tmp_path / "a.pt", meta=False)["a"] == 1


def test_what_is_no_tensor_is_counted(tmp_path):
    found = {"a": nn.Parameter(torch.ones(1)), "name": "x", 3: torch.ones(1), "none": None}
    torch.save(found, tmp_path / "a.pt")
    read = read_state(tmp_path / "a.pt", meta=False)
    assert (list(read), read.skipped) == (["a"], 3)
    assert not read["a"].requires_grad


@pytest.mark.parametrize("wrap", [nn.DataParallel, torch.optim.swa_utils.AveragedModel])
def test_wrappers_leave_no_prefix(tmp_path, wrap):
    made = net()
    torch.save(wrap(made).state_dict(), tmp_path / "a.pt")
    same(read_state(tmp_path / "a.pt", meta=False), made.state_dict())


def test_a_compiled_network_of_several_processes(tmp_path):
    state = {f"module._orig_mod.{n}": t for n, t in net().state_dict().items()}
    save_file(state, tmp_path / "a.safetensors")
    same(
        read_state(tmp_path / "a.safetensors", meta=False), dict(sorted(net().state_dict().items()))
    )


def test_the_old_spelling_of_torchvisions_densenets(tmp_path):
    made = load_model("densenet121", on_meta=False).model
    # torchvision 0.2's files, which it renames itself on loading
    old = {
        n.replace(".norm1.", ".norm.1.")
        .replace(".conv1.", ".conv.1.")
        .replace(".norm2.", ".norm.2.")
        .replace(".conv2.", ".conv.2."): t
        for n, t in made.state_dict().items()
        if not n.endswith("num_batches_tracked")
    }
    torch.save(old, tmp_path / "densenet121-a639ec97.pth")
    assert apply_weights(made, tmp_path / "densenet121-a639ec97.pth").fits


# hostile files


@pytest.mark.parametrize("save", [torch.save, legacy, "pickle"])
def test_code_in_a_file_is_refused_and_never_run(tmp_path, save):
    flag, path = tmp_path / "ran", tmp_path / "evil.pt"
    if save == "pickle":
        path.write_bytes(pickle.dumps({"a": Payload(flag)}, protocol=2))
    else:
        save({"state_dict": {"a": torch.ones(1), "b": Payload(flag)}}, path)
    for meta in (True, False):
        line = problem(path, meta=meta)
        assert not flag.exists()
    assert "posix" in line
    assert "no file's code is run; where you trust it, save its weights alone" in line
    with pytest.raises(UserError):
        apply_weights(net(), path)
    with pytest.raises(UserError):
        load_model(str(path))
    assert not flag.exists()
    pickle.loads(pickle.dumps(Payload(flag)))  # it would have run
    assert flag.is_dir()


def test_no_setting_lets_code_run(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    torch.save({"b": Payload(tmp_path / "ran")}, tmp_path / "evil.pt")
    problem(tmp_path / "evil.pt")
    assert not (tmp_path / "ran").exists()


def test_what_needs_a_class_is_refused_by_its_name(tmp_path):
    torch.save(net(), tmp_path / "whole.pt")
    assert "needs " in problem(tmp_path / "whole.pt")
    assert ".Net to be run" in problem(tmp_path / "whole.pt")
    torch.save({"args": argparse.Namespace(), "model": {}}, tmp_path / "args.pt")
    assert "needs argparse.Namespace to be run" in problem(tmp_path / "args.pt")


@pytest.mark.filterwarnings("ignore:.*torch.jit")
def test_torchscript_is_refused(tmp_path):
    torch.jit.script(nn.Linear(2, 3)).save(str(tmp_path / "script.pt"))
    assert "is a TorchScript archive: it holds code" in problem(tmp_path / "script.pt")


def header(text, *, claim=None, data=b""):
    text = text.encode()
    return struct.pack("<Q", len(text) if claim is None else claim) + text + data


HOSTILE = {
    "claims-2**62.safetensors": header("{}", claim=1 << 62),
    "claims-90MB.safetensors": header("{", claim=90_000_000),
    "no-json.safetensors": header("{]"),
    "large.safetensors": header(
        '{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}}', data=b"1234"
    ),
    "overflow.safetensors": header(
        '{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}'
    ),
    "gap.safetensors": header(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', data=b"12345678"
    ),
    "type.safetensors": header(
        '{"a":{"dtype":"X9","shape":[1],"data_offsets":[0,4]}}', data=b"1234"
    ),
    "short.safetensors": b"\x01",
    "empty.pt": b"",
    "empty.safetensors": b"",
    "text.pt": b"hello world\n",
    "page.pth": b"<!DOCTYPE html>",
    "lfs.bin": b"version https://git-lfs.github.com/spec/v1\noid sha256:00",
    "zip.pt": b"PK\x03\x04" + b"\0" * 100,
    "list.pt": pickle.dumps([1], 2),
    "frame.pt": pickle.dumps({"a": 1}, 4),
    "stop.pt": b"\x80\x02.",
    "numpy.npz": b"\x93NUMPY",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name])
    line = problem(tmp_path / name)
    assert any(way in line for way in ("again", "save", "git lfs", "are read")), line


@pytest.mark.parametrize("write", [save_file, torch.save, legacy])
def test_a_file_cut_anywhere_is_refused(tmp_path, write):
    suffix = ".safetensors" if write is save_file else ".pt"
    write({"weight": torch.ones(64, 9)}, tmp_path / f"whole{suffix}")
    whole = (tmp_path / f"whole{suffix}").read_bytes()
    cut = tmp_path / f"cut{suffix}"
    for length in range(0, len(whole), 37):
        cut.write_bytes(whole[:length])
        for meta in (True, False):
            problem(cut, meta=meta)


def packed(path, out, method, change=lambda name, data: data):
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", method) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))


def test_a_packed_archive_and_another_zip_are_refused(tmp_path):
    torch.save({"a": torch.zeros(4)}, tmp_path / "a.pt")
    packed(tmp_path / "a.pt", tmp_path / "b.pt", zipfile.ZIP_DEFLATED)
    assert "is packed" in problem(tmp_path / "b.pt")
    with zipfile.ZipFile(tmp_path / "c.pt", "w") as archive:
        archive.writestr("x/y", "z")
    assert "not one that torch.save wrote" in problem(tmp_path / "c.pt")


@pytest.mark.parametrize("meta", [True, False])
def test_a_tensor_larger_than_its_file_is_refused(tmp_path, meta):
    torch.save({"a": torch.zeros(70_000, dtype=torch.uint8)}, tmp_path / "a.pt")
    count = pickle.dumps(70_000, 2)[2:-1]
    grown = pickle.dumps(2_000_000_000, 2)[2:-1]

    def lie(name, data):
        return data.replace(count, grown) if name.endswith("data.pkl") else data

    packed(tmp_path / "a.pt", tmp_path / "b.pt", zipfile.ZIP_STORED, lie)
    assert "a claims 2,000,000,000 bytes, and the whole file has" in problem(
        tmp_path / "b.pt", meta=meta
    )


def test_a_folder_a_pipe_and_what_is_not_there(tmp_path):
    assert "is a folder; name a" in problem(tmp_path)
    os.mkfifo(tmp_path / "pipe.pt")
    assert "is a pipe or a device" in problem(tmp_path / "pipe.pt")
    assert "No such file" in problem(tmp_path / "absent.pt")
    with pytest.raises(UserError, match="not a file name"):
        read_state("a\0b.pt")
    with pytest.raises(UserError, match="too long"):
        read_state("a" * 300)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"epoch": 3, "optimizer": {}}, "holds no tensors by name, but the keys epoch, optimizer"),
        ({}, "but nothing"),
        (torch.ones(2, 3), "but one tensor (2, 3)"),
        ([torch.ones(2)], "but one value of type list"),
        (3, "but one value of type int"),
        ({"model": {"state_dict": {}}}, "but the keys model"),
    ],
)
def test_a_file_without_named_tensors(tmp_path, found, says):
    torch.save(found, tmp_path / "a.pt")
    assert says in problem(tmp_path / "a.pt")


def test_a_file_that_holds_itself(tmp_path):
    found = {"a": 1}
    found["model"] = found
    torch.save(found, tmp_path / "a.pt")
    assert "holds no tensors" in problem(tmp_path / "a.pt")


# into a network


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("on_meta", [True, False])
def test_a_network_gets_its_weights(tmp_path, name, on_meta):
    made, path = net(), tmp_path / name
    WRITERS[name](made.state_dict(), path)
    with torch.device("meta" if on_meta else "cpu"):
        other = Net().eval()
    other.conv.weight.requires_grad = False
    applied = apply_weights(other, path)
    assert (applied.loaded, applied.fits, applied.in_words()) == (9, True, "")
    same(other.state_dict(), made.state_dict())
    assert [p.requires_grad for p in other.parameters()] == [False, True, True, True, True, True]
    x = torch.rand(2, 2, 5, 5)
    assert torch.equal(other(x), made(x))
    other.train()(x).sum().backward()  # the file's pages are copied on writing
    with torch.no_grad():
        other.head.weight.add_(1)
    assert torch.equal(read_state(path, meta=False)["head.weight"], made.head.weight)


@pytest.mark.parametrize("on_meta", [True, False])
def test_half_precision_takes_the_networks_type(tmp_path, on_meta):
    save_file(net().half().state_dict(), tmp_path / "a.safetensors")
    with torch.device("meta" if on_meta else "cpu"):
        other = Net()
    apply_weights(other, tmp_path / "a.safetensors")
    assert {p.dtype for p in other.parameters()} == {torch.float32}
    assert torch.equal(other.conv.weight, net().half().float().conv.weight)


@pytest.mark.parametrize("on_meta", [True, False])
def test_tied_weights_stay_tied_and_may_be_stored_once(tmp_path, on_meta):
    save_file({"one.weight": torch.ones(3, 3)}, tmp_path / "a.safetensors")
    with torch.device("meta" if on_meta else "cpu"):
        tied = Tied()
    assert apply_weights(tied, tmp_path / "a.safetensors").fits
    assert tied.one.weight is tied.two.weight
    assert torch.equal(tied.two.weight, torch.ones(3, 3))


@pytest.mark.parametrize("prefixes", [("model.", ""), ("", "model."), ("model.", "net.")])
def test_one_prefix_does_not_matter(tmp_path, prefixes):
    stored, own = prefixes
    made = net()
    torch.save({stored + n: t for n, t in made.state_dict().items()}, tmp_path / "a.pt")
    other = nn.ModuleDict({own[:-1]: Net()}) if own else Net()
    if stored and own:
        with pytest.raises(UserError, match=r"9 unexpected \(model\.conv"):
            apply_weights(other, tmp_path / "a.pt")
    else:
        assert apply_weights(other, tmp_path / "a.pt").fits


def test_counters_of_before_0_4_1_are_not_missed(tmp_path):
    state = {n: t for n, t in net().state_dict().items() if "tracked" not in n}
    torch.save(collections.OrderedDict(state), tmp_path / "a.pt")
    with torch.device("meta"):
        other = Net()
    assert apply_weights(other, tmp_path / "a.pt").fits
    assert other.bn.num_batches_tracked == 0
    assert not any(t.is_meta for t in other.state_dict().values())


def test_what_does_not_fit_is_counted_and_named_before_anything_changes(tmp_path):
    state = dict(net(classes=5, channels=1).state_dict())
    for name in ("bn.weight", "bn.bias", "conv.bias", "bn.running_mean"):
        state[f"old.{name}"] = state.pop(name)
    save_file(state, tmp_path / "a.safetensors")
    other = net()
    before = {name: value.clone() for name, value in other.state_dict().items()}
    with pytest.raises(UserError) as caught:
        apply_weights(other, tmp_path / "a.safetensors")
    line = str(caught.value)
    assert "a.safetensors doesn't fit Net: 4 missing (conv.bias, bn.weight, bn.bias, …)" in line
    assert "4 unexpected (old.bn.bias, old.bn.running_mean, old.bn.weight, …)" in line
    assert (
        "3 of another shape or type (conv.weight: the file has (4, 1, 3, 3), the network "
        "(4, 2, 3, 3), head.weight: the file has (5, 4), the network (3, 4), " in line
    )
    same(other.state_dict(), before)

    applied = apply_weights(other, tmp_path / "a.safetensors", strict=False)
    assert applied.loaded == 2
    assert [len(part) for part in (applied.missing, applied.unexpected)] == [4, 4]
    assert [m.name for m in applied.mismatched] == ["conv.weight", "head.weight", "head.bias"]
    assert torch.equal(other.head.weight, before["head.weight"])


def test_numbers_packed_as_integers_are_no_weights(tmp_path):
    state = net().state_dict() | {"conv.weight": torch.ones(4, 2, 3, 3, dtype=torch.int8)}
    torch.save(state, tmp_path / "a.pt")
    with pytest.raises(UserError, match=r"1 of another shape or type .*\(4, 2, 3, 3\) int8"):
        apply_weights(net(), tmp_path / "a.pt")


def test_on_meta_what_the_file_lacks_stays_there(tmp_path):
    save_file({"conv.weight": torch.ones(4, 2, 3, 3)}, tmp_path / "a.safetensors")
    with torch.device("meta"):
        other = Net()
    applied = apply_weights(other, tmp_path / "a.safetensors", strict=False)
    assert (applied.loaded, other.conv.weight.is_meta, other.head.weight.is_meta) == (
        1,
        False,
        True,
    )


def test_a_lazy_layer_takes_its_size_from_the_file(tmp_path):
    save_file(nn.Linear(4, 3).state_dict(), tmp_path / "a.safetensors")
    lazy = nn.LazyLinear(3)
    assert apply_weights(lazy, tmp_path / "a.safetensors").fits
    assert lazy.weight.shape == (3, 4)
