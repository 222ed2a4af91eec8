"""Faults: each is really in the job it is said to be in, shows as it is said, and can be mended."""

import random
from dataclasses import replace

import numpy as np
import pytest

from cnntui.course.faults import nets as fault_nets
from cnntui.course.faults.case import REPAIRED, SEEDS, TRAINED, Case, case_of, drawn
from cnntui.course.faults.kinds import FAULTS, NAMES, fault
from cnntui.course.faults.training import config_of, job_with
from cnntui.course.format.lesson import Predict
from cnntui.course.questions.faults import FAULT_TOPICS
from cnntui.course.questions.hidden_fault import HIDDEN_FAULT_TOPICS
from cnntui.course.questions.topics import posed
from cnntui.errors import UserError
from cnntui.panes.watch.state import WatchState
from cnntui.training.events import Ended, Epoch, Step
from cnntui.training.loop.loop import Steady, fit

ASKED_FOR = (  # by the issue
    *("inputs", "relu", "rate-high", "labels", "zeros", "eval", "leak", "normal", "flip"),
    "batch-of-one",
)
GUESSING = 2.302585  # ln 10


def test_every_fault_that_was_asked_for_is_there():
    assert set(ASKED_FOR) <= set(NAMES)
    assert len(set(NAMES)) == len(NAMES) == len(TRAINED) + 1
    for texts in ("title", "repair", "shows", "seen", "unlike", "useless"):
        assert len({getattr(one, texts) for one in FAULTS}) == len(FAULTS)


def test_what_a_fault_is_taken_for_is_another_fault():
    for one in FAULTS:
        assert one.name not in one.near
        assert all(fault(name) for name in one.near)
    with pytest.raises(UserError, match="zeros"):
        fault("zeroes")


def test_a_run_s_name_tells_its_case_to_the_program_and_nothing_to_the_learner():
    cases = [Case(one, seed) for one in TRAINED for seed in range(SEEDS)]
    names = {case.name for case in cases}
    assert len(names) == len(cases)
    for case in cases:
        assert case_of(case.name) == case == case_of(case.name + REPAIRED)
        assert case.fault.name not in case.name
    assert case_of("trial-digits") is None


def test_every_fault_is_drawn():
    found = {drawn(random.Random(seed)).fault.name for seed in range(200)}
    assert found == {one.name for one in TRAINED}


@pytest.mark.parametrize("one", TRAINED, ids=lambda one: one.name)
def test_the_repaired_settings_differ_by_the_fault_alone(one):
    wrong, right = config_of(one, 3), config_of(one, 3, repaired=True)
    differing = {name for name in vars(wrong) if getattr(wrong, name) != getattr(right, name)}
    assert differing == set(one.faulty)


@pytest.mark.parametrize("at", range(len(fault_nets.NETS)))
def test_a_broken_network_stops_and_the_mended_one_runs_with_the_figures_told(at):
    import torch

    net = fault_nets.NETS[at]
    pictures = torch.zeros(2, 1, net.side, net.side)
    broken = getattr(fault_nets, f"broken_{at}")()
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        broken(pictures)
    mended = getattr(fault_nets, f"mended_{at}")()
    assert mended(pictures).shape == (2, 10)
    assert mended[6](mended[:6](pictures)).shape == (2, net.inputs)
    assert sum(p.numel() for p in mended.parameters()) == net.params
    with pytest.raises(AttributeError):
        getattr(fault_nets, f"broken_{at}0")


@pytest.mark.parametrize("about", FAULT_TOPICS)
def test_drawn_questions_about_faults_have_one_right_answer_and_reasons(about):
    for seed in range(40):
        question = posed(Predict(1, "x", about), None, seed).question
        assert sum(option.right for option in question.options) == 1
        assert len({option.text for option in question.options}) == 4
        assert all(option.why for option in question.options)


def test_flat_inputs_agree_with_torch():
    import re

    import torch
    from torch import nn

    for seed in range(25):
        question = posed(Predict(1, "x", "flat inputs", typed=True), None, seed).question
        side, first, padding, second = map(
            int,
            re.search(
                r"1×(\d+)×.*?conv (\d+) 3×3 padding (\d).*?conv (\d+)", question.ask
            ).groups(),
        )
        net = nn.Sequential(
            nn.Conv2d(1, first, 3, padding=padding), nn.MaxPool2d(2),
            nn.Conv2d(first, second, 3, padding=padding), nn.MaxPool2d(2), nn.Flatten(),
        )  # fmt: skip
        assert (
            int(question.answers[0].replace(",", "")) == net(torch.zeros(1, 1, side, side)).numel()
        )


@pytest.mark.parametrize("about", ["repair", "repaired", "mended parameters"])
def test_without_a_case_on_view_a_question_is_asked_in_words(about, tmp_path):
    state = WatchState.of(tmp_path / "trial-digits")
    if about == "mended parameters":
        from cnntui.models.opening import NetRequest

        state = NetRequest(text="lenet5")
    found = posed(Predict(1, "x", about), state, 1)
    assert (found.before, found.after) == (None, None)
    assert found.question.options


def test_a_fault_asks_for_a_run():
    for about in ("fault", "repair", "repaired", "wrong inputs", "mended parameters"):
        assert about in HIDDEN_FAULT_TOPICS
        with pytest.raises(UserError, match="give the page a view of"):
            posed(Predict(1, "x", about), object(), 1)


# Each fault is in its job


def job(name, seed=0, repaired=False):
    return job_with(fault(name), seed, repaired)


def test_shuffled_labels_are_the_same_labels_on_other_pictures():
    wrong, right = job("labels"), job("labels", repaired=True)
    labels, before = wrong.feed.pictures.labels.numpy(), right.feed.pictures.labels.numpy()
    assert (wrong.feed.pictures.images == right.feed.pictures.images).all()
    assert (np.bincount(labels) == np.bincount(before)).all()
    assert (labels == before).mean() < 0.2
    assert (wrong.validation.labels == right.validation.labels).all()


def test_zeros_are_all_weights_and_only_those():
    weights = [p for p in job("zeros").model.parameters() if p.ndim > 1]
    assert weights
    assert all(not p.any() for p in weights)
    assert all(p.any() for p in job("zeros", repaired=True).model.parameters() if p.ndim > 1)


def test_the_leak_is_every_test_picture():
    wrong, right = job("leak"), job("leak", repaired=True)
    images = {picture.tobytes() for picture in wrong.feed.pictures.images.numpy()}
    tested = {picture.tobytes() for picture in wrong.test.images.numpy()}
    assert tested <= images
    assert len(wrong.feed.pictures) == len(right.feed.pictures) + len(right.test)
    clean = {picture.tobytes() for picture in right.feed.pictures.images.numpy()}
    assert not tested & clean


def test_judged_pictures_are_left_as_bytes():
    wrong = job("normal")
    byte = wrong.validation.images[:1].float()
    assert (wrong.normal(byte / 255) - byte).abs().max() < 1e-3
    assert wrong.feed.normal is not wrong.normal


def test_the_network_is_judged_in_training_mode():
    for repaired in (False, True):
        made = job("eval", repaired=repaired)
        with made.judging() as answer:
            pictures = made.normal(made.validation.images[:64].float() / 255)
            differs = bool((answer(pictures) != answer(pictures)).any())
        assert differs is not repaired


def test_no_relu_is_left():
    from torch import nn

    assert not [m for m in job("relu").model.modules() if isinstance(m, nn.ReLU)]
    assert (
        len([m for m in job("relu", repaired=True).model.modules() if isinstance(m, nn.ReLU)]) == 3
    )


def test_settings_that_are_the_fault_are_in_force():
    high, low = fault("rate-high"), fault("rate-low")
    good = config_of(high, 0, repaired=True).lr
    assert config_of(high, 0).lr == pytest.approx(100 * good)
    assert config_of(low, 0).lr == pytest.approx(good / 1000)
    assert job("flip").feed.augment is not None
    assert job("batch-of-one").feed.batches == len(job("batch-of-one").feed.pictures)


# Each fault shows, and is mended; seconds each


def trained(name, seed, repaired=False):
    one = fault(name)
    made = job_with(one, seed, repaired)
    events = list(fit(made, Steady(0.0)))
    assert isinstance(events[-1], Ended)
    return (
        [e for e in events if isinstance(e, Epoch)],
        [e for e in events if isinstance(e, Step)],
        events[-1],
    )


def figure(one, epochs, ended):
    return ended.test_accuracy if one.figure == "test_accuracy" else epochs[-1].val_accuracy


def shown(name, epochs, steps, ended):
    """Whether what ``Fault.shows`` says is so."""
    last, first = epochs[-1], epochs[0]
    kernels = np.array(last.kernels)
    recalls = [each.recall for each in last.per_class]
    match name:
        case "relu":
            return last.train_accuracy < 0.95 and last.train_loss > 0.15
        case "rate-high":
            return max(e.val_loss for e in epochs) > 100 and max(s.lr for s in steps) > 0.49
        case "rate-low":
            return first.train_loss > last.train_loss > 2 and max(s.lr for s in steps) < 1e-5
        case "labels":
            return last.val_accuracy < 0.2 and abs(last.val_loss - GUESSING) < 0.1 and kernels.any()
        case "zeros":
            return not kernels.any() and all(abs(e.val_loss - GUESSING) < 0.002 for e in epochs)
        case "eval":
            return last.val_accuracy < last.train_accuracy + 0.03
        case "leak":
            return ended.test_accuracy == 1 and last.val_accuracy < 0.975
        case "normal":
            return last.train_accuracy > 0.99 and min(e.val_loss for e in epochs) > 2 * GUESSING
        case "flip":
            apart = [recalls[digit] for digit in (3, 5, 6)]
            return (
                last.train_accuracy > 0.98
                and max(apart) < 0.3
                and min(recalls[0], recalls[8]) > 0.9
            )
        case "batch-of-one":
            return first.step > 1000
    return False


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, SEEDS - 1])
@pytest.mark.parametrize("one", TRAINED, ids=lambda one: one.name)
def test_a_fault_shows_as_it_is_said_and_its_repair_reaches_its_band(one, seed):
    epochs, steps, ended = trained(one.name, seed)
    assert shown(one.name, epochs, steps, ended)
    wrong = figure(one, epochs, ended)
    assert not one.least <= wrong <= one.most
    epochs, steps, ended = trained(one.name, seed, repaired=True)
    assert one.least <= figure(one, epochs, ended) <= one.most
    assert not shown(one.name, epochs, steps, ended)


@pytest.mark.slow
def test_a_learner_finds_a_fault_repairs_it_and_reads_the_figure_of_a_real_run(
    monkeypatch, tmp_path
):
    from cnntui.course.questions import hidden_fault as on_fault
    from cnntui.training.run.listing import status_of
    from cnntui.training.trials import _workers

    monkeypatch.setattr(on_fault, "runs_folder", lambda: tmp_path)
    asked = posed(Predict(1, "found", "fault"), WatchState.of(tmp_path / "trial-digits"), 2)
    case = case_of(asked.before.run.name)
    right = next(option for option in asked.question.options if option.right)
    assert right.text == case.fault.title
    again = posed(Predict(1, "found", "fault"), asked.after, 2)
    assert again.before.run == asked.before.run  # begun once
    mended = posed(Predict(1, "mended", "repair"), asked.after, 2)
    assert next(o for o in mended.question.options if o.right).text == case.fault.repair
    runs = mended.after.runs
    assert [run.name for run in runs] == [case.name + REPAIRED, case.name]
    for run in runs:
        assert _workers[run].wait(timeout=100) == 0
    figures = [getattr(status_of(run), case.fault.figure) for run in runs]
    proven = posed(Predict(1, "proven", "repaired"), mended.after, 2).question
    answer = next(o for o in proven.options if o.right)
    assert float(answer.text) == pytest.approx(100 * figures[0], abs=0.006)
    assert case.fault.least <= figures[0] <= case.fault.most
    assert not case.fault.least <= figures[1] <= case.fault.most


def test_the_settings_of_a_case_are_those_of_a_run():
    one = replace(fault("flip"))
    assert config_of(one, 4).seed == 4
    assert config_of(one, 4).augment == "flip=1"
    assert config_of(one, 4, repaired=True).augment == ""
