"""``cnntui layers``: totals against published figures and torch's counts; what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import pickle
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import cnntui.cli.running
from cnntui.models.loading import load_model
from cnntui.models.opening import NetRequest
from cnntui.ui.terminal import Terminal

OWN = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Linear(8 * 16 * 16, num_classes)

    def forward(self, x):
        return self.head(self.conv(x).relu().flatten(1))


class Broken(Net):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(100, 10)


class Asks(Net):
    def __init__(self, width, depth):
        super().__init__()


class Looks(Net):
    def forward(self, x):
        return super().forward(x if x.sum().item() > 0 else -x)


def factory():
    return Net(5)


def fails():
    raise RuntimeError("no \\x1b[31mluck")


instance = Net(3)
something = 3
"""
AT = OWN[: OWN.index("raise ")].count("\n") + 1
SMALL = ("--input", "3x16x16")
CONV, HEAD = 3 * 3 * 3 * 8 + 8, 8 * 16 * 16 * 10 + 10


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "my nets.py"
    path.write_text(OWN)
    return path


# the object


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("alexnet", 61_100_840),
        ("googlenet", 6_624_904),
        ("inception_v3", 27_161_264),
        ("resnet18", 11_689_512),
        ("squeezenet1_1", 1_235_496),
        ("efficientnet_b0", 5_288_548),
        ("lenet5", 61_706),
        ("mnist_cnn", 225_034),
    ],
)
def test_published_totals_are_the_rows_sums(found, name, params):
    told = found("layers", name)
    assert (told["name"], told["error"]) == (name, None)
    assert told["total_params"] == told["trainable_params"] == params
    unused = sum(each["params"] for each in told["uncalled"])
    assert sum(row["params"] for row in told["rows"]) + unused == params
    assert sum(row["macs"] for row in told["rows"]) == told["total_macs"] == told["flops"] / 2
    for what in ("activation_bytes", "parameter_bytes"):
        rows = sum(row[what] for row in told["rows"])
        assert told[what] == rows + (4 * unused if what == "parameter_bytes" else 0)
    assert [row["index"] for row in told["rows"]] == list(range(len(told["rows"])))
    assert all(at < row["index"] for row in told["rows"] for at in row["inputs"])


@pytest.mark.parametrize(("name", "batch"), [("resnet18", 1), ("densenet121", 2), ("vgg11", 3)])
def test_macs_are_half_of_what_torch_counts(found, name, batch):
    told = found("layers", name, "--batch", batch)
    model = load_model(name).model.eval()
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model(torch.empty(batch, 3, 224, 224, device="meta"))
    assert told["flops"] == counter.get_total_flops()
    assert told["input_shape"] == [batch, 3, 224, 224]


def test_every_row_of_lenet_by_hand(found):
    rows = found("layers", "lenet5")["rows"]
    conv = rows[0]
    assert (conv["name"], conv["type"], conv["settings"]) == ("c1", "Conv2d", "k5")
    assert (conv["input_shape"], conv["output_shape"]) == ([1, 1, 32, 32], [1, 6, 28, 28])
    assert conv["params"] == conv["trainable_params"] == 5 * 5 * 6 + 6
    assert conv["params_formula"] == "5×5×1×6 + 6"
    assert conv["macs"] == 28 * 28 * 6 * 25
    assert conv["activation_bytes"] == 6 * 28 * 28 * 4
    assert (conv["receptive_field"], conv["jump"], conv["inputs"]) == ([5, 5], [1, 1], [-1])
    third = next(row for row in rows if row["name"] == "c3")
    assert (third["receptive_field"], third["jump"]) == ([14, 14], [2, 2])


def test_a_known_network_with_other_sizes(found):
    told = found("layers", "resnet18", "--input", "1x64x48", "--classes", "7", "--batch", "2")
    assert told["input_shape"] == [2, 1, 64, 48]
    assert told["rows"][-1]["output_shape"] == [2, 7]
    assert told["total_params"] == 11_689_512 - 2 * 64 * 49 - 993 * 513


def test_depth_does_not_fold_the_object(found):
    assert found("layers", "resnet18", "--depth", "1") == found("layers", "resnet18")


def test_training_memory_of_the_batch(found):
    one, many = (found("layers", "resnet18", "--batch", n)["memory"] for n in (1, 8))
    assert one["parameters"] == 4 * (11_689_512 + 9_600) + 8 * 20  # with batch norm's statistics
    assert one["gradients"] == one["optimizer_state"] / 2 == 4 * 11_689_512
    assert one["total"] == sum(
        one[part] for part in ("parameters", "gradients", "optimizer_state", "activations")
    )
    assert many["activations"] == pytest.approx(8 * one["activations"], rel=0.01)
    assert one["fits"] is None  # on the CPU


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_whether_it_fits_on_the_gpu(ran):
    told = json.loads(ran("layers", "resnet18", "--device", "cuda", "--json").out)["memory"]
    assert told["fits"] is (told["total"] <= told["free"])
    assert told["device"].startswith("cuda")


# the user's own


@pytest.mark.parametrize(("what", "classes"), [("Net", 10), ("factory", 5), ("instance", 3)])
def test_a_class_a_function_and_an_instance(found, own, what, classes):
    told = found("layers", f"{own}:{what}", *SMALL)
    assert told["name"] == what
    assert [row["type"] for row in told["rows"]] == ["Conv2d", "relu", "flatten", "Linear"]
    assert told["total_params"] == CONV + 2048 * classes + classes
    assert told["total_macs"] == 16 * 16 * 8 * 27 + 2048 * classes
    assert (told["how"], told["why"]) == ("fake", "")


def test_classes_of_a_class(found, own):
    assert found("layers", f"{own}:Net", *SMALL, "--classes", 4)["rows"][-1]["output_shape"] == [
        1,
        4,
    ]


def test_a_module_of_the_working_folder(found, own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own.rename(tmp_path / "mynets_of_test.py")
    assert found("layers", "mynets_of_test:Net", *SMALL)["total_params"] == CONV + HEAD


def test_a_model_that_looks_at_its_values_runs_on_real_ones(found, ran, own):
    told = found("layers", f"{own}:Looks", *SMALL)
    assert told["how"] == "real"
    assert "data" in told["why"]
    assert told["total_params"] == CONV + HEAD
    assert told["why"] in ran("layers", f"{own}:Looks", *SMALL).out


# printed


def numbers_of(line):
    return [int(word.replace(",", "")) for word in line]


def test_the_columns_of_csv_sum_to_the_totals(ran, found):
    told = found("layers", "inception_v3")
    for depth in ((), ("--depth", "1")):
        done = ran("layers", "inception_v3", "--csv", *depth)
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert sum(int(row["params"]) for row in rows) == told["total_params"]
        assert sum(int(row["trainable_params"]) for row in rows) == told["trainable_params"]
        assert sum(int(row["macs"]) for row in rows) == told["total_macs"]
        for what in ("activation_bytes", "parameter_bytes"):
            assert sum(int(row[what]) for row in rows) == told[what]
        assert rows[0]["output_shape"] == "x".join(map(str, told["rows"][0]["output_shape"]))
    assert len(rows) < 25
    assert rows[-1]["type"] == "8 parameter tensors"


@pytest.mark.parametrize("form", ["--markdown", "--print"])
@pytest.mark.parametrize("depth", [None, 1, 2])
def test_the_columns_of_the_text_sum_to_its_last_line(ran, found, form, depth):
    told = found("layers", "googlenet_aux")
    out = ran("layers", "googlenet_aux", form, *(("--depth", depth) if depth else ())).out
    rows = table_of(out, form)
    *lines, total = rows
    totals = [told["total_params"], told["total_macs"], told["activation_bytes"]]
    assert numbers_of(total[-3:]) == totals
    for at, whole in zip((-5, -4, -3), totals, strict=True):
        cells = [line[at] for line in lines if line[-1] not in ("", "0")]
        cells += [line[at + 2] for line in lines if line[-1] == "0"]  # no call: no field, no jump
        assert sum(numbers_of(cells)) == whole


def table_of(out, form):
    """Return the words of each line of numbers; the last three, or five, are numbers."""
    if form == "--markdown":
        lines = [line.replace("*", "").strip("| ").split("|") for line in out.splitlines()]
        rows = [[cell.strip() for cell in line if cell.strip()] for line in lines]
        return rows[2:]
    lines = out.splitlines()
    start = lines.index("") + 2
    return [line.split() for line in lines[start : lines.index("", start)]]


def test_printed_without_a_terminal(ran):
    done = ran("layers", "resnet18")
    assert (done.code, done.err) == (0, "")
    for words in ("layer4.1.conv2", "total", "11,689,512", "1,814,073,344", "3,628,146,688"):
        assert words in done.out
    assert "multiply–adds of convolutions" in done.out
    assert ran("layers").out == done.out  # the pane's first network
    folded = ran("layers", "resnet18", "--depth", "1").out
    assert "block of 16" in folded
    assert "layer4.1" not in folded


def test_a_global_path_is_explained(ran):
    assert "a global path sees the whole picture" in ran("layers", "efficientnet_b0").out
    assert "global path" not in ran("layers", "resnet18").out


def test_help_names_every_option(ran):
    out = ran("layers", "--help").out
    promised = (
        "--input --classes --weights --batch --depth --device --print --json --csv --markdown "
        "--verbose"
    )
    assert all(f"{option} " in out or f"{option}\n" in out for option in promised.split())


# the pane


@pytest.fixture
def opened(monkeypatch):
    """Return what is opened, as on a terminal."""
    found = []
    terminal = Terminal(80, 24, "truecolor", True, True, "")
    monkeypatch.setattr("cnntui.ui.terminal.here", lambda: terminal)
    monkeypatch.setattr(cnntui.cli.running, "open_app", lambda *given: found.append(given) or 0)
    return found


def test_on_a_terminal_the_pane_opens_and_is_told_what_to_trace(ran, opened):
    assert ran("layers", "resnet18", "--depth", "2", "--batch", "4").code == 0
    pane, asked = opened[0]
    assert (pane, type(asked), asked.text, asked.depth) == ("layers", NetRequest, "resnet18", 2)
    assert asked.opened().trace.input_shape == (4, 3, 224, 224)


def test_with_nothing_asked_the_pane_begins_with_resnet18(ran, opened):
    assert ran("layers").code == 0
    assert opened[0] == ("layers", NetRequest(text="resnet18", device="auto"))


def test_nothing_is_traced_before_the_app_is_there(own):
    code = (
        "import sys\nimport cnntui.cli.running as c\nfrom cnntui.ui.terminal import Terminal\n"
        "import cnntui.ui.terminal as t\n"
        "t.here = lambda: Terminal(80, 24, 'truecolor', True, True, '')\n"
        "c.open_app = lambda *given: print('torch' in sys.modules, 'numpy' in sys.modules) or 0\n"
        "c.run(sys.argv[1:])\n"
    )
    for words in (["resnet50", "--batch", "4"], [f"{own}:Net", "--input", "3x16x16"]):
        done = subprocess.run(
            [sys.executable, "-c", code, "layers", *words], capture_output=True, text=True
        )
        assert (done.stdout, done.stderr) == ("False False\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["resnet5"], "did you mean 'resnet50'"),
        (["resnet18", "--input", "cat"], "no input shape"),
        (["nowhere.py:Net"], "no such file"),
        (["nowhere.module:Net"], "No module named 'nowhere'"),
        (["resnet18", "--weights", "nowhere.pt"], "No such file"),
        (["resnet18", "--depth", "0"], "a depth of 0"),
    ],
)
def test_what_shows_without_torch_is_refused_before_the_app(refused, opened, words, says):
    assert says in refused("layers", *words)
    assert not opened


def test_what_the_app_could_not_open_is_told_when_it_has_left(ran, opened, own, monkeypatch):
    def ends(pane, asked):
        asked.opened()

    monkeypatch.setattr(cnntui.cli.running, "open_app", ends)
    done = ran("layers", f"{own}:fails", *SMALL)
    assert (done.code, done.out) == (2, "")
    assert "RuntimeError" in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" in ran("layers", f"{own}:fails", *SMALL, "--verbose").err
    save_file({"a": torch.zeros(2)}, own.parent / "other.safetensors")
    listed = ran("layers", own.parent / "other.safetensors")
    assert (listed.code, listed.err) == (0, "")
    assert "no known network" in listed.out


@pytest.mark.parametrize("form", ["--json", "--csv", "--markdown", "--print"])
def test_on_a_terminal_it_prints_where_asked(ran, opened, form):
    assert ran("layers", "lenet5", form).out
    assert not opened


# files of weights


def test_a_checkpoint_of_a_known_network_opens_it(found, tmp_path):
    model = load_model("mnist_cnn", classes=4, on_meta=False).model
    save_file(model.state_dict(), tmp_path / "w.safetensors")
    told = found("layers", tmp_path / "w.safetensors")
    assert told["name"] == "mnist_cnn"
    assert told["total_params"] == sum(p.numel() for p in model.parameters())


def test_a_run_directory(found, tmp_path):
    model = load_model("cifar_cnn", on_meta=False).model
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "config.json").write_text('{"net": "cifar_cnn"}')
    save_file(model.state_dict(), tmp_path / "checkpoints/last.safetensors")
    assert found("layers", tmp_path)["name"] == "cifar_cnn"


@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_a_checkpoint_of_no_known_network_is_listed(ran, found, tmp_path, suffix):
    path = tmp_path / f"w.{suffix}"
    state = {"a.weight": torch.zeros(3, 5), "a.bias": torch.zeros(3, dtype=torch.float16)}
    torch.save(state, path) if suffix == "pt" else save_file(state, path)
    told = found("layers", path)
    by_name = {tensor.pop("name"): tensor for tensor in told["tensors"]}
    assert by_name == {
        "a.weight": {"shape": [3, 5], "dtype": "float32", "bytes": 60},
        "a.bias": {"shape": [3], "dtype": "float16", "bytes": 6},
    }
    assert told["total_bytes"] == 66
    assert "66 bytes" in ran("layers", path).out
    rows = list(csv.DictReader(io.StringIO(ran("layers", path, "--csv").out)))
    assert {row["name"]: row["shape"] for row in rows} == {"a.weight": "3x5", "a.bias": "3"}
    assert "| a.weight | 3×5 | float32 | 60 |" in ran("layers", path, "--markdown").out


def test_names_in_a_file_do_not_reach_the_terminal_raw(ran, tmp_path):
    save_file({"a\x1b[31mb": torch.zeros(2)}, tmp_path / "w.safetensors")
    for form in ("--print", "--csv", "--markdown", "--json"):
        done = ran("layers", tmp_path / "w.safetensors", form)
        assert done.code == 0
        assert "\x1b" not in done.out


def test_weights_that_fit(found, own, tmp_path):
    state = {"conv.weight": torch.zeros(8, 3, 3, 3), "conv.bias": torch.zeros(8)}
    state |= {"head.weight": torch.zeros(10, 2048), "head.bias": torch.zeros(10)}
    torch.save(state, tmp_path / "w.pt")
    told = found("layers", f"{own}:Net", *SMALL, "--weights", tmp_path / "w.pt")
    assert told["total_params"] == CONV + HEAD


# what is wrong


def test_wrong_weights_are_counted_and_named(refused, own, tmp_path):
    state = {"conv.weight": torch.zeros(8, 3, 5, 5), "conv.bias": torch.zeros(8)}
    torch.save(state | {"tail.weight": torch.zeros(1)}, tmp_path / "w.pt")
    line = refused("layers", f"{own}:Net", *SMALL, "--weights", tmp_path / "w.pt")
    assert "2 missing (head.weight, head.bias)" in line
    assert "1 unexpected (tail.weight)" in line
    assert "1 of another shape or type (conv.weight: the file has (8, 3, 5, 5)" in line


class Payload:
    """Unpickling it creates a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("plain", [True, False])
def test_a_pickle_with_code_is_never_run(refused, tmp_path, plain):
    proof, path = tmp_path / "proof", tmp_path / "w.pt"
    if plain:
        path.write_bytes(pickle.dumps({"a": Payload(proof)}))
    else:
        torch.save({"a": torch.zeros(1), "b": Payload(proof)}, path)
    for words in (("layers", path), ("layers", "lenet5", "--weights", path)):
        line = refused(*words, "--json")
        assert "no file's code is run" in line or "running it" in line
    assert not proof.exists()


TYPED = [
    ("resnet5", ["did you mean 'resnet50'", "`cnntui nets` lists them"]),
    ("lenet5 --input 32x32", ["channels x height x width", "1x32x32", "not 32x32"]),
    ("lenet5 --input three", ["'three' is no input shape", "3x224x224"]),
    ("lenet5 --input 1x0x32", ["1x0x32", "1 or more"]),
    ("lenet5 --input -1x3x3", ["is no input shape"]),
    ("lenet5 --input 1x90000x90000", ["8,100,000,000 values"]),
    ("resnet18 --batch 100000", ["an input of 100000 x 3x224x224"]),
    ("lenet5 --batch 0", ["a batch of 0", "1 is the least"]),
    ("lenet5 --batch x", ["'x' is no batch"]),
    ("lenet5 --depth 0", ["depth of 0"]),
    ("lenet5 --depth x", ["'x' is no depth"]),
    ("lenet5 --classes 0", ["can't have 0 classes"]),
    ("lenet5 --classes x", ["'x' is no number of classes"]),
    ("lenet5 --device tpu", ["unknown device 'tpu'"]),
    ("lenet5 --csv --json", ["--json", "--csv"]),
    ("lenet5 --weights nowhere.pt", ["nowhere.pt", "No such file"]),
    ("nowhere.pt", ["nowhere.pt", "No such file"]),
    ("nowhere.py:Net", ["no such file"]),
    ("nowhere.module:Net", ["importing it failed", "No module named 'nowhere'", "--verbose"]),
    ("a/b.py", ["say what to load from it", "b.py:ClassOrFunction"]),
]


@pytest.mark.parametrize(("words", "says"), TYPED, ids=[words for words, _ in TYPED])
def test_what_is_typed_wrong(refused, words, says):
    line = refused("layers", *words.split())
    for each in says:
        assert each in line


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("Asks", ["needs width and depth"]),
        ("Nets", ["has no 'Nets'", "did you mean 'Net'"]),
        ("something", ["is an int"]),
        ("fails", ["RuntimeError", r"\x1b[31mluck", f"line {AT}"]),
    ],
)
def test_of_the_users_file(refused, own, what, says):
    line = refused("layers", f"{own}:{what}", *SMALL)
    for each in says:
        assert each in line


def test_an_input_is_needed_for_the_users_own(refused, own):
    assert "--input 3x224x224" in refused("layers", f"{own}:Net")


def test_a_file_that_is_no_python(refused, tmp_path):
    (tmp_path / "bad.py").write_text("def (:\n")
    assert "SyntaxError" in refused("layers", f"{tmp_path}/bad.py:Net", *SMALL)


def test_verbose_shows_the_traceback_of_the_users_code(ran, own):
    done = ran("layers", f"{own}:fails", "--verbose")
    assert (done.code, done.out) == (2, "")
    *before, last = done.err.splitlines()
    assert before[0] == "Traceback (most recent call last):"
    assert any("raise RuntimeError" in line for line in before)
    assert last.startswith("cnntui: ")
    assert "\x1b" not in done.err


def test_a_network_that_stops(ran, own):
    done = ran("layers", f"{own}:Broken", *SMALL, "--json")
    assert done.code == 2
    assert done.err.count("\n") == 1
    for words in ("stopped at head (Linear)", "mat1 and mat2", "in_features=2048"):
        assert words in done.err
    told = json.loads(done.out)
    error = told["error"]
    assert (error["name"], error["type"], error["fix"]) == ("head", "Linear", "in_features=2048")
    assert (error["got"], error["expected"]) == ("1×2048", "1×100")
    with pytest.raises(RuntimeError) as raised:
        nn.Linear(100, 10)(torch.zeros(1, 2048))
    assert error["message"] == str(raised.value)
    assert [row["name"] for row in told["rows"]] == ["conv", "relu", "flatten"]
    assert (told["total_params"], told["memory"]) == (CONV + 1010, None)
    printed = ran("layers", f"{own}:Broken", *SMALL)
    assert (printed.code, printed.err) == (2, done.err)
    assert "it stopped at head" in printed.out


def test_nothing_of_the_users_folder_stays_importable(ran, own):
    before = list(sys.path)
    ran("layers", f"{own}:Net", *SMALL, "--json")
    assert sys.path == before
