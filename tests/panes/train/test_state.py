"""The set-up form's state: recipes followed, values refused, figures against torch and by hand."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.train.fields import FIELD_OF, FIELDS, decades, fields_of, stepped, value_text
from cnntui.panes.train.forecast import basis_of, forecast_of, memory_of, steps_of
from cnntui.panes.train.frame import BARS, PLAIN_BARS, frame_of, rate_bars
from cnntui.panes.train.start import ready, started
from cnntui.panes.train.state import SetupState
from cnntui.panes.train.values import same, value_of, with_augmentation
from cnntui.training.config import OPTIMIZERS, SCHEDULES, Config, as_json, checked
from cnntui.training.recipes import RECIPES, recipe, usual

LENET = recipe("digits-lenet5").config
NUMBERS = [f for f in FIELDS if f.steps and not isinstance(f.default, str)]
RUNS = Path("/runs")


@pytest.fixture
def no_worker(monkeypatch):
    """The command lines of the workers that would have been started."""
    started_commands = []

    class Worker:
        def __init__(self, command, **options):
            assert options["start_new_session"]
            self.args = command
            started_commands.append(command)

        def poll(self):
            return None

    monkeypatch.setattr("subprocess.Popen", Worker)
    monkeypatch.setattr("cnntui.training.launching._workers", [])
    return started_commands


# the fields


def test_every_field_is_of_the_settings_and_every_step_can_be_trained_with():
    names = [field.name for field in FIELDS]
    assert len(set(names)) == len(names)
    known = {field.name for field in fields(Config)}
    hidden = {"net_text", "deterministic", "log_every", "checkpoint_every"}
    assert set(names) == known - hidden | {"nice"}
    for field in FIELDS:
        for step in field.steps:
            if field.name != "nice":
                assert checked(replace(Config(), **{field.name: step}))


def test_labels_and_words_fit_their_columns():
    for field in FIELDS:
        assert len(field.label) <= 15, field
        assert len(field.words) <= 34, field


def test_the_learning_rate_goes_along_1_2_5():
    assert decades(-2, 0) == (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    field, rate, seen = FIELD_OF["lr"], 0.004, []
    for _ in range(4):
        rate = stepped(field, rate, 1)
        seen.append(rate)
    assert seen == [0.005, 0.01, 0.02, 0.05]
    assert [stepped(FIELD_OF["batch_size"], 64, by) for by in (1, -1)] == [128, 32]
    assert stepped(FIELD_OF["batch_size"], 100, -1) == 64


@given(st.sampled_from(NUMBERS), st.floats(0, 1e5), st.sampled_from([-1, 1]))
def test_a_step_goes_to_the_next_on_the_ladder(field, value, by):
    found = stepped(field, value, by)
    ladder = [s for s in field.steps if (s - value) * by > 0]
    assert found == (min(ladder, key=lambda s: abs(s - value)) if ladder else value)


@given(st.sampled_from([f for f in FIELDS if f.is_choice]), st.integers(-9, 9))
def test_choices_go_round(field, by):
    there = stepped(field, field.steps[0], by)
    assert there in field.steps
    assert stepped(field, there, -by) == field.steps[0]


def test_a_field_shows_only_where_it_matters():
    shown = {f.name for f in fields_of(Config(optimizer="sgd", schedule="step"))}
    assert {"momentum", "nesterov", "step_size", "gamma"} <= shown
    assert {"warmup", "plateau"}.isdisjoint(shown)
    shown = {f.name for f in fields_of(Config(optimizer="adam", schedule="one-cycle"))}
    assert "warmup" in shown
    assert {"momentum", "nesterov", "step_size", "gamma", "plateau"}.isdisjoint(shown)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "1_000", 1000),
        ("lr", "3e-4", 3e-4),
        ("lr", "usual", 0.0),
        ("clip", "none", 0.0),
        ("class_weights", "on", True),
        ("augment", "rotate=20,flip", "flip=0.5,rotate=20"),
        ("data_dir", "usual", ""),
        ("device", "cuda:1", "cuda:1"),
    ],
)
def test_what_is_typed_is_read(name, text, value):
    assert value_of(name, text) == value
    assert type(value_of(name, text)) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epochs", "many"),
        ("epochs", "0"),
        ("epochs", "2.5"),
        ("batch_size", "-3"),
        ("lr", "nan"),
        ("lr", "-1"),
        ("validation", "1"),
        ("class_weights", "perhaps"),
        ("augment", "flipp"),
        ("augment", "flip,,crop"),
        ("device", "tpu"),
        ("optimizer", "lion"),
        ("data_dir", "/no/such/folder"),
        ("dataset", "no_such_set"),
        ("net", "no_such_net"),
        ("net", "/no/such/file.txt"),
        ("nice", "20"),
        ("nice", "-1"),
    ],
)
def test_a_wrong_value_is_said_and_changes_nothing(name, text):
    before = SetupState.of(LENET)
    after = before.typed(name, text)
    assert after.problem
    assert "\n" not in after.problem
    assert (after.config, after.nice, after.touched) == (before.config, before.nice, before.touched)


# recipes are followed


def test_the_form_opens_on_a_recipe_untouched():
    assert SetupState.first().config == recipe("digits").config
    assert not SetupState.first().touched
    for one in RECIPES:
        assert SetupState.of(one.config).touched <= {"net"}
        assert SetupState.first().with_recipe(one.name).touched <= {"net"}
        assert SetupState.of(one.config).reset().config == one.config


def test_another_data_set_brings_its_recipe_but_what_was_touched_stays():
    state = SetupState.first().typed("lr", "0.02").typed("seed", "7").chosen("dataset", "mnist")
    wanted = usual("mnist")
    assert state.config == replace(wanted, lr=0.02, seed=7)
    assert state.touched == {"lr", "seed"}
    back = state.chosen("dataset", "digits")
    assert back.config == replace(recipe("digits").config, lr=0.02, seed=7)


def test_a_network_brings_the_recipe_of_both_and_stays_when_the_data_changes():
    state = SetupState.first().chosen("net", "lenet5")
    assert state.config == LENET
    assert state.touched == {"net"}
    assert state.chosen("dataset", "mnist").config == recipe("mnist-lenet5").config
    assert state.chosen("net", "digits_cnn") == replace(SetupState.first(), recipe=state.recipe)


def test_a_network_that_is_usual_for_other_data_has_no_star_there():
    state = SetupState.of(LENET)
    assert state.marked == {"net"}
    assert state.chosen("dataset", "mnist").marked == set()


def test_a_value_like_the_usual_one_is_not_touched():
    state = SetupState.of(LENET).typed("epochs", "5")
    assert "epochs" in state.touched
    assert "epochs" not in state.typed("epochs", str(LENET.epochs)).touched
    assert "epochs" not in state.to_field("epochs").undone().touched
    assert state.to_field("epochs").undone().config == LENET
    assert same("augment", "flip,crop=4", "crop=4,flip=0.5")


def test_reset_keeps_data_set_and_network():
    state = SetupState.of(LENET).typed("epochs", "5").typed("nice", "0").typed("lr", "1")
    assert state.reset().config == LENET
    assert state.reset().nice == 10
    assert state.reset().touched == {"net"}


def test_a_recipe_keeps_what_is_about_the_machine():
    state = SetupState.first().typed("threads", "3").typed("epochs", "2").with_recipe("cifar10")
    assert state.config == replace(recipe("cifar10").config, threads=3)
    assert state.touched == {"threads"}
    assert SetupState.first().with_recipe("no").problem


@given(st.lists(st.tuples(st.sampled_from(["moved", "stepped", "grouped"]), st.integers(-1, 1))))
def test_keys_never_leave_the_settings_that_can_be(keys):
    state = SetupState.of(LENET)
    for verb, by in keys:
        state = getattr(state, verb)(by or 1)
        assert checked(state.config)
        assert state.field in state.fields
        assert {n for n in state.touched if n != "nice"} == {
            f.name
            for f in fields(Config)
            if not same(f.name, state.value(f.name), state.default(f.name)) or f.name == "net"
        } - ({"net"} - state.touched)


def test_a_built_network_can_be_trained():
    text = "input 3x32x32\nconv 8 3 same relu\ngap\ndense 10\n"
    state = SetupState.with_text("mine", text)
    assert (state.config.net, state.config.net_text) == ("mine", text)
    assert state.config.dataset == "shapes"
    assert state.chosen("dataset", "digits").config.net_text == text
    assert state.chosen("net", "lenet5").config.net_text == ""


def test_a_build_file_is_taken_with_its_text(tmp_path):
    file = tmp_path / "small.txt"
    file.write_text("input 1x8x8\nflatten\ndense 10\n")
    state = SetupState.first().typed("net", str(file))
    assert state.config.net == "small"
    assert state.config.net_text == file.read_text()


def test_augmentations_are_added_changed_and_taken_away():
    assert with_augmentation("", "flip") == "flip"
    assert with_augmentation("flip,crop=4", "flip") == "crop=4"
    assert with_augmentation("flip", "rotate=20") == "flip=0.5,rotate=20"
    assert with_augmentation("rotate=20,flip", "rotate=0") == "flip=0.5"
    assert with_augmentation("shift=0.1", "fill=edge") == "shift=0.1,fill=edge"
    assert with_augmentation("shift=0.1", "none") == "none"
    assert SetupState.of(LENET).augmented("none").config.augment == ""
    assert SetupState.of(LENET).augmented("whirl").problem


def test_a_run_that_goes_on_changes_threads_and_niceness_alone():
    state = SetupState.resuming(Path("/runs/x"), replace(LENET, threads=2))
    assert state.field.name == "threads"
    assert state.typed("threads", "3").config.threads == 3
    assert state.typed("nice", "0").nice == 0
    for name in ("epochs", "lr", "dataset", "net"):
        refused = state.to_field(name).stepped(1)
        assert refused.config == state.config
        assert refused.problem
    assert state.with_recipe("mnist").config == state.config
    assert state.reset().config == state.config


# the figures


@given(st.integers(2, 400), st.integers(1, 500))
def test_steps_of_an_epoch_by_counting(pictures, batch):
    sizes = [min(batch, pictures - start) for start in range(0, pictures, batch)]
    kept = [size for at, size in enumerate(sizes) if at < len(sizes) - 1 or size >= 2 or at == 0]
    if batch == 1:  # every whole batch counts
        kept = sizes
    assert steps_of(pictures, batch) == len(kept)


def test_the_facts_of_lenet_on_digits():
    forecast = forecast_of(basis_of(LENET), "cpu")
    assert forecast.shape == (1, 32, 32)
    assert forecast.pictures.classes == 10
    assert sum(forecast.pictures.images) == 1797  # UCI's test set
    assert forecast.trace.total_params == 61_706  # LeCun et al. 1998, as usually built
    assert (forecast.precision, forecast.gpu) == ("fp32", "")


@pytest.mark.parametrize(
    "config",
    [
        LENET,
        replace(Config(), net="digits_cnn", batch_size=431, validation=0.4),
        replace(LENET, dataset="digits:split=writers", validation=0.0, batch_size=2000),
        replace(LENET, net="m", net_text="input 1x8x8\nconv 4 3\ngap\ndense 10\n", size=12),
    ],
)
def test_the_figures_are_those_of_the_job(config):
    from cnntui.training.loop.preparing import job_from

    about = job_from(replace(config, device="cpu", threads=1)).about
    forecast = forecast_of(basis_of(config), "cpu")
    assert forecast.trace.total_params == about.params
    assert forecast.pictures.images == about.images
    assert forecast.shape == about.input_shape
    assert forecast.precision == about.precision
    assert steps_of(forecast.pictures.images[0], config.batch_size) == about.steps_per_epoch


@pytest.mark.parametrize(("free", "said"), [(1 << 30, "fits on"), (1 << 20, "does not fit on")])
def test_a_gpu_with_and_without_room(free, said):
    state = SetupState.of(LENET)
    forecast = replace(forecast_of(state.basis, "cpu"), gpu="cuda:0", free=free)
    for width, height in ((118, 38), (78, 22)):
        frame = frame_of(state.with_forecast(forecast), width, height, True, RUNS)
        assert f"{said} cuda:0" in "\n".join(map(plain, frame.figures))


def test_a_machine_that_ends_processes_at_logout_is_told():
    state = SetupState.of(LENET)
    forecast = replace(forecast_of(state.basis, "cpu"), kills=True)
    for width, height in ((118, 38), (78, 22)):
        frame = frame_of(state.with_forecast(forecast), width, height, True, RUNS)
        assert "logging out ends it" in "\n".join(map(plain, frame.figures))


@pytest.mark.parametrize("optimizer", ["sgd", "sgd-momentum", "adam", "adamw"])
def test_the_memory_of_the_weights_is_torchs(optimizer):
    import torch

    from cnntui.training.loop.networks import network

    plain_name, _, momentum = optimizer.partition("-")
    config = replace(LENET, optimizer=plain_name, momentum=0.9 if momentum else 0.0, average=0.9)
    model = network(config, 10, (1, 32, 32))
    made = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    more = {"momentum": config.momentum} if plain_name == "sgd" else {}
    steps = made[plain_name](model.parameters(), lr=0.1, **more)
    model(torch.zeros(2, 1, 32, 32)).sum().backward()
    steps.step()
    weights = sum(p.nbytes for p in model.parameters())
    state = [v for s in steps.state.values() for v in s.values() if isinstance(v, torch.Tensor)]
    memory = memory_of(forecast_of(basis_of(config), "cpu"), config)
    assert memory.parameters == memory.average == weights
    assert memory.gradients == sum(p.grad.nbytes for p in model.parameters())
    assert memory.optimizer == sum(v.nbytes for v in state if v.ndim)
    assert memory.pictures == 1797 * 32 * 32
    assert memory.total == sum(
        (weights, weights, memory.gradients, memory.optimizer, memory.activations, memory.pictures)
    )
    half = memory_of(forecast_of(basis_of(config), "cpu"), replace(config, precision="bf16"))
    assert half.activations * 2 == pytest.approx(memory.activations, rel=0.01)
    assert half.parameters == memory.parameters


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (replace(LENET, size=8), "can't take pictures of 1x8x8"),
        (replace(LENET, net="unet", size=32), "10 classes must give 10"),
        (replace(LENET, dataset="mnist", data_dir="/nowhere"), "train-images"),
        (replace(LENET, net="m", net_text="input 1x8x8\nconv 4 99\n"), "conv"),
    ],
)
def test_what_cannot_be_trained_is_said(config, said):
    with pytest.raises(UserError, match=said):
        forecast_of(basis_of(config), "cpu")


def test_a_device_that_is_not_there_is_said():
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(UserError, match="no CUDA device"):
        forecast_of(basis_of(replace(LENET, device="cuda")), "cpu")


def test_old_facts_and_faults_are_not_taken_for_new_settings():
    state = SetupState.of(LENET)
    forecast = forecast_of(state.basis, "cpu")
    state = state.with_forecast(forecast)
    assert state.known is forecast
    assert state.typed("epochs", "3").known is forecast
    other = state.typed("size", "64")
    assert other.known is None
    assert other.with_forecast(forecast).known is None
    assert other.faulty(state.basis, "no").fault == ""
    assert other.faulty(other.basis, "no").typed("size", "32").fault == ""


@given(
    st.sampled_from(SCHEDULES),
    st.integers(1, 50),
    st.integers(1, 100),
    st.integers(1, 60),
    st.sampled_from([BARS, PLAIN_BARS]),
)
def test_the_drawn_rate_has_one_bar_a_column(schedule, epochs, each, width, bars):
    config = Config(schedule=schedule, epochs=epochs)
    drawn = rate_bars(config, each, width, bars)
    assert len(drawn) == width
    assert set(drawn) <= set(bars)
    if schedule in ("constant", "plateau"):
        assert drawn == bars[-1] * width
    if schedule in ("cosine", "step"):
        assert list(drawn) == sorted(drawn, key=bars.index, reverse=True)


def test_the_drawn_cosine_is_the_cosine():
    drawn = rate_bars(Config(schedule="cosine", epochs=1), 10_000, 8)
    heights = [(1 + math.cos(math.pi * (c + 0.5) / 8)) / 2 for c in range(8)]
    assert drawn == "".join(BARS[math.ceil(h * 8) - 1] for h in heights)


@given(
    st.integers(60, 200),
    st.integers(14, 60),
    st.integers(0, 40),
    st.sampled_from(OPTIMIZERS),
    st.sampled_from(SCHEDULES),
)
def test_the_cursor_is_on_view_at_any_size(width, height, at, optimizer, schedule):
    state = SetupState.of(LENET).chosen("optimizer", optimizer).chosen("schedule", schedule)
    state = state.with_forecast(forecast_of(state.basis, "cpu")).to(at)
    frame = frame_of(state, width, height, True, RUNS)
    assert state.cursor in frame.places
    line_on = frame.form[frame.places.index(state.cursor)]
    assert plain(line_on).startswith("▸")
    assert all(len(plain(each)) <= width for each in (*frame.form, *frame.figures))


def test_everything_is_visible_at_120_by_40():
    state = SetupState.of(replace(LENET, optimizer="sgd", schedule="step", average=0.9))
    state = state.with_forecast(forecast_of(state.basis, "cpu"))
    frame = frame_of(state, 118, 38, True, RUNS)
    assert [at for at in frame.places if at is not None] == list(range(len(state.fields)))
    assert len(frame.figures) <= 37


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_value_is_written_as_it_is_read(field):
    for step in field.steps:
        shown = value_text(field, step, LENET)
        if field.name == "lr" or "," in shown:
            continue
        assert value_of(field.name, shown) == step


# the start


def test_a_start_writes_the_settings_and_starts_a_worker(tmp_path, no_worker, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    state = SetupState.of(LENET).typed("epochs", "3").typed("nice", "5")
    run = started(state, tmp_path, "cpu")
    kept = json.loads((run / "config.json").read_text())
    wanted = replace(LENET, epochs=3, threads=5, device="cpu")
    assert {name: kept[name] for name in as_json(wanted)} == as_json(wanted)
    assert run.parent == tmp_path
    (command,) = no_worker
    assert command[1:] == ["-m", "cnntui.training.worker", str(run), "--nice", "5"]


def test_a_folder_that_is_named_is_taken_once(tmp_path, no_worker):
    state = SetupState.of(LENET, tmp_path / "here")
    assert started(state, tmp_path / "runs", "cpu") == tmp_path / "here"
    with pytest.raises(UserError, match="is a run already"):
        started(state, tmp_path / "runs", "cpu")
    assert len(no_worker) == 1


def test_what_cannot_be_trained_starts_nothing(tmp_path, no_worker):
    with pytest.raises(UserError, match="1x8x8"):
        started(SetupState.of(replace(LENET, size=8)), tmp_path, "cpu")
    assert not no_worker
    assert not list(tmp_path.iterdir())


def test_a_run_goes_on_with_other_threads(tmp_path, no_worker):
    run = started(SetupState.of(LENET), tmp_path, "cpu")
    before = json.loads((run / "config.json").read_text())
    state = SetupState.resuming(run, ready(LENET, "cpu")).typed("threads", "7").typed("nice", "0")
    assert started(state, tmp_path, "cpu") == run
    assert json.loads((run / "config.json").read_text()) == before | {"threads": 7}
    assert no_worker[-1][-3:] == [str(run), "--nice", "0"]


def test_the_command_opens_the_form(tmp_path):
    from cnntui.panes.train.command import TrainingOrder, opening

    state = opening(TrainingOrder(LENET, tmp_path), 3)
    assert (state.config, state.run, state.nice, state.resumed) == (LENET, tmp_path, 3, False)
    assert opening(TrainingOrder(LENET, tmp_path, resumed=True), None).resumed
    with pytest.raises(UserError, match="0 to 19"):
        opening(TrainingOrder(LENET), 25)


@pytest.mark.slow
def test_every_known_classifier_can_be_set_up_at_its_own_size():
    from cnntui.models.naming import known_nets

    for net in known_nets():
        config = replace(Config(dataset="shapes", net=net.name), size=net.input[1])
        if net.name.startswith("unet"):
            with pytest.raises(UserError, match="must give 10"):
                forecast_of(basis_of(config), "cpu")
        else:
            assert forecast_of(basis_of(config), "cpu").trace.total_params > 0


def test_the_code_of_a_network_of_ones_own_may_raise_anything(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(
        "from torch import nn\n"
        "class Odd(nn.Module):\n"
        "    def parameters(self, recurse=True):\n"
        "        raise LookupError('odd')\n"
    )
    state = SetupState.of(LENET).typed("net", f"{file}:Odd")
    with pytest.raises(UserError, match=r"own\.py:Odd"):
        forecast_of(state.basis, "cpu")
