"""Trials: begun once, by name alone, and each comes out as the lessons say."""

import subprocess

import pytest

from cnntui.training import trials
from cnntui.training.config import from_json
from cnntui.training.events import Ended, Epoch
from cnntui.training.loop.loop import Steady, fit
from cnntui.training.loop.preparing import job_from
from cnntui.training.run.folder import config_of
from cnntui.training.run.listing import status_of


@pytest.fixture
def commands(monkeypatch):
    """What would have been started."""
    found = []

    class Process:
        def __init__(self, command, **_):
            found.append(command)

    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(trials, "_workers", {})
    return found


def test_a_trial_is_begun_once_with_its_settings(tmp_path, commands):
    for _ in range(2):
        trials.begun("trial-digits", tmp_path)
    assert len(commands) == 1
    assert commands[0][-1] == str(tmp_path / "trial-digits")
    assert from_json(config_of(tmp_path / "trial-digits")) == trials.TRIALS["trial-digits"]


def test_nothing_is_trained_while_lessons_are_checked(tmp_path, commands, monkeypatch):
    monkeypatch.setenv(trials.UNTRAINED, "1")
    trials.begun("trial-digits", tmp_path)
    assert not commands
    assert status_of(tmp_path / "trial-digits").state == "starting"


def test_any_other_name_is_left_alone(tmp_path, commands):
    for name in ("mine", "trial-", "trial-digits/..", "../trial-digits"):
        trials.begun(name, tmp_path)
    assert not commands
    assert not list(tmp_path.iterdir())


def test_a_link_begins_a_trial_also_for_a_lesson(monkeypatch, tmp_path, commands):
    from cnntui import settings
    from cnntui.parts.links.link import link_of, parse_link, state_of

    monkeypatch.setattr(settings, "runs_folder", lambda: tmp_path)
    text = "watch?run=trial-digits,trial-sgd"
    state = state_of(parse_link(text), trusted=False)
    assert [run.name for run in state.runs] == ["trial-digits", "trial-sgd"]
    assert len(commands) == 2
    assert link_of("watch", state) == text


def trained(name):
    events = list(fit(job_from(trials.TRIALS[f"trial-{name}"]), Steady()))
    assert isinstance(events[-1], Ended)
    return [each for each in events if isinstance(each, Epoch)], events[-1]


@pytest.mark.slow
def test_trials_wait_for_each_other_and_end(tmp_path):
    for name in ("trial-digits", "trial-sgd"):
        trials.begun(name, tmp_path)
    for run in (tmp_path / "trial-digits", tmp_path / "trial-sgd"):
        assert trials._workers[run].wait(timeout=100) == 0
        assert status_of(run).state == "finished"
    assert status_of(tmp_path / "trial-digits").test_accuracy > 0.99  # the curriculum's figure


@pytest.mark.slow
def test_the_overfitted_run_knows_its_pictures_by_heart_and_the_cure_helps():
    learnt, _ = trained("overfit")
    assert learnt[-1].train_accuracy == 1
    assert learnt[-1].train_loss < 0.001
    assert learnt[-1].val_loss > 1.05 * min(each.val_loss for each in learnt)  # it creeps up
    cured, _ = trained("cured")
    assert cured[-1].train_accuracy < cured[-1].val_accuracy
    assert cured[-1].val_loss < 0.6 * learnt[-1].val_loss
    assert cured[-1].val_accuracy > learnt[-1].val_accuracy + 0.01


@pytest.mark.slow
def test_moved_digits_help_mirrored_ones_harm_and_thrown_ones_ruin():
    found = {name: trained(name)[0][-1] for name in ("plain", "moved", "mirrored", "thrown")}
    accuracy = {name: each.val_accuracy for name, each in found.items()}
    assert accuracy["thrown"] < 0.5 < accuracy["mirrored"] < accuracy["plain"] - 0.02
    assert accuracy["moved"] > accuracy["plain"] + 0.015
    pairs = zip(found["plain"].per_class, found["mirrored"].per_class, strict=True)
    lost = [before.recall - after.recall for before, after in pairs]
    assert min(lost[3], lost[5], lost[7]) > max(lost[8], 0.03)
    assert found["thrown"].train_accuracy < 0.5  # training is bad as well


@pytest.mark.slow
def test_rates_too_high_and_too_low_look_as_they_are_said_to():
    fast, slow = trained("too-fast")[0], trained("too-slow")[0]
    assert max(each.val_loss for each in fast) > 100
    assert slow[0].train_loss > slow[-1].train_loss > 2
