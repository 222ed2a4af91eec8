"""A network by name, by the user's own code, by a run or a checkpoint, and wrong ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnntui.errors import UserError
from cnntui.models.loading import load_model
from cnntui.models.naming import known_nets

NETS = {
    "Net": """
        class Net(nn.Module):
            def __init__(self, num_classes=10, in_channels=3):
                super().__init__()
                self.fc = nn.Linear(in_channels, num_classes)
    """,
    "factory": "def factory(**kwargs): return nn.Linear(2, kwargs.get('num_classes', 5))",
    "made": "made = nn.Conv2d(1, 2, 3)",
    "Wide": "class Wide(nn.Linear):\n    def __init__(self, rows, columns=2, *, bias): pass",
    "Sized": "def sized(num_classes): return nn.Linear(2, num_classes)",
    "none": "def none(): pass",
    "data": "data = {'a': 1}",
    "raises": "def raises():\n    raise ValueError('first\\nsecond')",
    "ends": "def ends():\n    raise SystemExit(3)",
    "Other": "class Other: pass",
    "zoo": "class zoo:\n    small = nn.ReLU",
}


@pytest.fixture
def mine(tmp_path):
    """Write the user's file, with one network of each kind."""
    parts = ["from torch import nn", *(textwrap.dedent(part) for part in NETS.values())]
    path = tmp_path / "mymodel.py"
    path.write_text("\n".join(parts))
    return str(path)


def problem(text, **options) -> str:
    """Return the one line that is said of it."""
    with pytest.raises(UserError) as caught:
        load_model(text, **options)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 700
    return line


# by name


@pytest.mark.parametrize("net", known_nets(), ids=lambda net: net.name)
def test_every_known_network_is_built_on_meta_with_its_parameters(net):
    loaded = load_model(net.name)
    found = list(loaded.model.parameters())
    assert sum(p.numel() for p in found) == net.params
    assert all(p.is_meta and p.requires_grad for p in found)
    assert (loaded.name, loaded.title, loaded.origin) == (net.name, net.title, "net")
    assert loaded.input_shape == net.input


def test_classes_and_channels():
    loaded = load_model("resnet18", classes=7, in_channels=1)
    assert loaded.model.fc.weight.shape == (7, 512)
    assert loaded.model.conv1.weight.shape == (64, 1, 7, 7)
    assert loaded.input_shape == (1, 224, 224)
    assert load_model("ResNet-18").name == "resnet18"


def test_off_meta_it_is_initialised_and_runs():
    torch.manual_seed(0)
    model = load_model("squeezenet1_1", on_meta=False).model
    torch.manual_seed(0)
    again = load_model("squeezenet1_1", on_meta=False).model
    assert model(torch.ones(1, 3, 64, 64)).shape == (1, 1000)
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    assert model.features[0].weight.std() > 0


def test_meta_needs_no_compiler():
    code = """
import sys
from cnntui.models.loading import load_model
load_model("densenet121"), load_model("convnext_tiny"), load_model("inception_v3")
assert not {"torch._dynamo", "sympy"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("count", [0, -1, 1 << 40])
def test_a_size_that_cannot_be(count):
    assert f"resnet18 can't have {count} classes" in problem("resnet18", classes=count)
    assert f"can't have {count} input channels" in problem("resnet18", in_channels=count)


def test_a_size_that_no_memory_holds():
    line = problem("resnet18", classes=2**31 - 1, in_channels=1, on_meta=False)
    assert "can't be built with 2147483647 classes" in line


@pytest.mark.parametrize("text", ["resnet5O", "", "Résnet", "torchvision.models", "a" * 5000])
def test_an_unknown_name(text):
    assert "no network is called" in problem(text)


def test_nothing_is_fetched():
    assert "nothing is fetched" in problem("https://example.org/resnet50.pth")


# the user's own


def test_a_class_a_factory_and_an_instance(mine):
    net = load_model(f"{mine}:Net")
    assert isinstance(net.model, nn.Module)
    assert (net.name, net.title, net.origin) == ("Net", "Net of mymodel.py", "file")
    assert net.input_shape is None
    assert net.model.fc.weight.shape == (10, 3)
    assert not net.model.fc.weight.is_meta
    assert load_model(f"{mine}:factory").model.weight.shape == (5, 2)
    assert load_model(f"{mine}:made").model.weight.shape == (2, 1, 3, 3)
    assert isinstance(load_model(f"{mine}:zoo.small").model, nn.ReLU)


def test_classes_go_where_they_are_taken(mine):
    assert load_model(f"{mine}:Net", classes=4, in_channels=6).model.fc.weight.shape == (4, 6)
    assert load_model(f"{mine}:factory", classes=4, in_channels=6).model.weight.shape == (4, 2)
    assert load_model(f"{mine}:sized", classes=4).model.weight.shape == (4, 2)
    assert load_model(f"{mine}:made", in_channels=9).model.in_channels == 1
    assert "is made already" in problem(f"{mine}:made", classes=4)
    assert "takes no num_classes" in problem(f"{mine}:none", classes=4)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Wide", "needs rows and bias; give defaults, or name a function without arguments"),
        ("sized", "needs num_classes; --classes gives the number of classes"),
        ("none", "returns None, no nn.Module"),
        ("data", "is a dict; name an nn.Module class, a function"),
        ("Other", "makes an Other, no nn.Module"),
        ("nn", "is a module"),
        ("raises", "failed: ValueError: first second (mymodel.py, line "),
        ("ends", "failed: SystemExit: 3 (mymodel.py, line "),
        ("Nett", "has no 'Nett'; did you mean 'Net'? it defines Net, factory, Wide, sized"),
        ("zoo.big", "has no 'zoo.big'"),
        ("1x", "is no network; write package.module:callable"),
        ("a b", "is no network"),
    ],
)
def test_what_cannot_be_called_is_told(mine, name, says):
    assert says in problem(f"{mine}:{name}")


def test_a_callable_is_missing(mine):
    assert "say what to load from it: mymodel.py:ClassOrFunction" in problem(mine)
    assert "there is no such file" in problem(mine.replace("mymodel", "absent") + ":Net")
    assert "is a folder" in problem(f"{os.path.dirname(mine)}/:Net")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("import nosuchmodule_x", "ModuleNotFoundError: No module named 'nosuchmodule_x'"),
        ("def f(:", "SyntaxError: invalid syntax (broken.py, line 1)"),
        ("x = 1\n1 / 0", "ZeroDivisionError: division by zero (broken.py, line 2)"),
        ("raise SystemExit('usage')", "SystemExit: usage"),
        ("raise ImportError('\\x1b[2Jbad')", r"ImportError: \x1b[2Jbad"),
        ("x = '\\ud800'\nraise RuntimeError(x * 9000)", "RuntimeError: "),
    ],
)
def test_an_import_error_is_one_line_and_keeps_its_cause(tmp_path, source, says):
    path = tmp_path / "broken.py"
    path.write_text(source)
    with pytest.raises(UserError) as caught:
        load_model(f"{path}:Net")
    line = str(caught.value)
    assert says in line
    assert line.isprintable()
    assert line.endswith("--verbose shows the traceback")
    assert caught.value.__cause__ is not None
    assert "cnntui_user_broken" not in sys.modules


def test_neighbours_are_found_and_sys_path_is_as_before(tmp_path):
    (tmp_path / "own_blocks.py").write_text("from torch import nn\nclass Block(nn.ReLU): pass\n")
    (tmp_path / "late_blocks.py").write_text("from own_blocks import Block as Late\n")
    path = tmp_path / "net.py"
    path.write_text(
        "import sys\nsys.path.append('/somewhere')\nfrom own_blocks import Block\n"
        "def late():\n    from late_blocks import Late\n    return Late()\n"
    )
    before = sys.path[:]
    assert type(load_model(f"{path}:Block").model).__name__ == "Block"
    assert type(load_model(f"{path}:late").model).__name__ == "Block"
    assert sys.path == before


def test_a_changed_file_and_its_changed_neighbour_are_read_anew(tmp_path):
    path, block = tmp_path / "net.py", tmp_path / "own_block.py"
    path.write_text("from own_block import block\nfrom torch import nn\nmade = nn.Linear(2, 3)\n")
    block.write_text("from torch import nn\nblock = nn.Linear(1, 2)\n")
    assert load_model(f"{path}:block").model.out_features == 2
    assert load_model(f"{path}:made").model.out_features == 3
    path.write_text("from own_block import block\nfrom torch import nn\nmade = nn.Linear(2, 4)\n")
    block.write_text("from torch import nn\nblock = nn.Linear(1, 22)\n")  # not its .pyc's size
    assert load_model(f"{path}:made").model.out_features == 4
    assert load_model(f"{path}:block").model.out_features == 22


def test_two_folders_with_neighbours_of_one_name(tmp_path):
    for folder, size in (("a", 3), ("b", 4)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "own_parts.py").write_text(f"SIZE = {size}\n")
        source = (
            "from torch import nn\nfrom own_parts import SIZE\ndef f(): return nn.Linear(1, SIZE)"
        )
        (tmp_path / folder / "net.py").write_text(source)
    assert load_model(f"{tmp_path}/a/net.py:f").model.out_features == 3
    assert load_model(f"{tmp_path}/b/net.py:f").model.out_features == 4


def test_a_file_of_a_package_may_import_relatively(tmp_path):
    package = tmp_path / "own_package" / "deep"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package.parent / "base.py").write_text("from torch import nn\n")
    (package / "net.py").write_text("from ..base import nn\nclass Net(nn.ReLU): pass\n")
    assert type(load_model(f"{package}/net.py:Net").model).__module__ == "own_package.deep.net"


def test_a_module_of_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "own_zoo").mkdir()
    (tmp_path / "own_zoo" / "nets.py").write_text("from torch import nn\nmade = nn.ReLU()\n")
    monkeypatch.chdir(tmp_path)
    before = sys.path[:]
    loaded = load_model("own_zoo.nets:made")
    assert (loaded.origin, loaded.title) == ("module", "ReLU of own_zoo.nets")
    assert sys.path == before
    assert load_model("torch.nn:ReLU").origin == "module"
    assert "needs in_features and out_features" in problem("torch.nn:Linear")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nosuch.module:Net", "No module named 'nosuch'"),
        ("torch.nn:Relu", "did you mean 'ReLU'"),
        (":Net", "is no network"),
        ("json:", "is no network"),
        ("a-b:Net", "is no module's name"),
        (".x:Net", "is no module's name"),
    ],
)
def test_a_wrong_module(text, says):
    assert says in problem(text)


def test_what_the_users_code_prints_does_not_mix_with_ours(tmp_path, capsys):
    path = tmp_path / "loud.py"
    path.write_text(
        "print('import')\nfrom torch import nn\ndef f():\n    print('call')\n    return nn.ReLU()\n"
    )
    load_model(f"{path}:f")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "import\ncall\n")


# checkpoints and runs


@pytest.fixture
def weights(tmp_path):
    torch.manual_seed(3)
    state = load_model("lenet5", classes=3, on_meta=False).model.state_dict()
    path = tmp_path / "some.safetensors"
    save_file(state, path)
    return path, state


def test_a_checkpoint_opens_its_network(weights):
    path, state = weights
    loaded = load_model(str(path))
    assert (loaded.name, loaded.origin, loaded.weights) == ("lenet5", "checkpoint", path)
    assert loaded.input_shape == (1, 32, 32)
    assert all(p.is_meta for p in loaded.model.parameters())
    full = load_model(str(path), on_meta=False).model.state_dict()
    assert full.keys() == state.keys()
    assert all(torch.equal(full[name], state[name]) for name in state)
    assert "has 3 classes, not 5" in problem(str(path), classes=5)


def test_a_checkpoint_of_something_else(tmp_path):
    path = tmp_path / "own.pt"
    torch.save(nn.Linear(2, 3).state_dict(), path)
    assert f"{path} is of no known network; name the network too" in problem(str(path))
    assert "No such file" in problem(str(tmp_path / "absent.pt"))


def test_a_run_opens_its_best_weights(weights, tmp_path):
    path, _ = weights
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"net": "lenet5"}))
    assert "the run has no weights yet" in problem(str(run))
    kept = path.rename(run / "checkpoints" / "last.safetensors")
    loaded = load_model(str(run))
    assert (loaded.name, loaded.origin, loaded.weights) == ("lenet5", "run", kept)


def test_a_run_never_runs_the_code_that_it_names(tmp_path):
    run, flag = tmp_path / "run", tmp_path / "ran"
    (run / "checkpoints").mkdir(parents=True)
    (run / "evil.py").write_text(f"open({str(flag)!r}, 'w')\n")
    (run / "config.json").write_text(json.dumps({"net": f"{run}/evil.py:Net"}))
    save_file(nn.Linear(2, 3).state_dict(), run / "checkpoints" / "best.safetensors")
    assert "name the network too" in problem(str(run))
    assert not flag.exists()


@pytest.mark.parametrize("config", [None, "", "[1]", "{", "[" * 100_000, "\xff"])
def test_a_folder_that_is_no_run(tmp_path, config):
    if config is not None:
        (tmp_path / "config.json").write_text(config, encoding="latin-1")
    assert str(tmp_path) in problem(str(tmp_path))
