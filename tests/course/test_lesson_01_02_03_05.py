"""Lessons 1, 2, 3 and 5: the curriculum's figures, and what is typed, against sources outside."""

from __future__ import annotations

import colorsys
from functools import cache

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnntui.course.finding import shipped_folder
from cnntui.course.format.lesson import Lesson, Quiz
from cnntui.course.format.prose import lines_of
from cnntui.course.format.reading import read_lesson
from cnntui.course.pane_facts import facts_of
from cnntui.engine.colours import LUMA
from cnntui.engine.preprocessing import CAFFE_MEAN, IMAGENET_DEVIATION, IMAGENET_MEAN
from cnntui.panes.compare.charts import HUMAN, WINNERS
from cnntui.parts.links.link import parse_link, state_of
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel

PICTURES, HISTORY, DENSE, PADDING = (
    "01-pictures",
    "02-history",
    "03-why-convolutions",
    "05-padding-stride-dilation",
)
LINES = 9  # of words on a page, without those that are empty, in 76 columns


@cache
def lesson(name: str) -> Lesson:
    return read_lesson(shipped_folder() / f"{name}.md")


@cache
def words(name: str) -> str:
    """All that a lesson says by itself: prose, goals and notes; no question."""
    found = lesson(name)
    rows = [part.text for page in found.pages for part in page.prose]
    rows += [f"{task.goal}\n{task.note}" for task in found.tasks]
    return " ".join("\n".join(rows).split())


def quiz(name: str, id: str) -> Quiz:
    found = next(part for part in lesson(name).questions if part.id == id)
    assert isinstance(found, Quiz)
    return found


@pytest.mark.parametrize("name", [PICTURES, HISTORY, DENSE, PADDING])
def test_pages_are_short(name):
    for page in lesson(name).pages:
        assert sum(len(lines_of(part, 76)) for part in page.prose) <= LINES, page.title
        blocks = [
            row for part in page.prose if part.kind == "block" for row in part.text.split("\n")
        ]
        assert all(len(row) <= 72 for row in blocks), page.title


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        (PICTURES, ("307,200 pixels", "921,600 values", "224×224: 150,528 values", "256 steps")),
        (PICTURES, ("0.485 0.456 0.406", "0.229 0.224 0.225", "= 1.17", "= 160")),
        (HISTORY, ("1962", "1980", "1998", "2012", "2014", "2015", "2019", "2022")),
        (HISTORY, ("61,706 parameters", "61.1 million", "138.4 million", "5.3 million")),
        (DENSE, ("150,528 · 1,000 = 150,528,000 weights", "38,535,168", "38.5 million")),
        (DENSE, ("12,288 · 32 = 393,216 weights", "896 parameters", "3·3·3 = 27 weights")),
        (DENSE, ("64 · (27 + 1) = 1,792 parameters", "84,000 times")),
        (
            PADDING,
            (
                "P = 1 8 → 8 5 cells of kernel: P = 2 32 → 32",
                "P 1: 16",
                "14 places",
                "222 of 224",
                "8 + 3 - 1 = 10",
            ),
        ),
        (PADDING, ("3, d 2: 5 3, d 4: 9 5, d 2: 9", "⌈W/S⌉", "112 P 1: 112", "16 P 0: 14")),
    ],
)
def test_the_curriculum_s_figures_are_there(name, figures):
    for figure in figures:
        assert figure in words(name), figure


# what is typed by hand: published, or a fact about a sample


def test_published_figures_are_those_of_the_panes():
    text = words(PICTURES)
    assert " ".join(map(str, IMAGENET_MEAN)) in text
    assert " ".join(map(str, IMAGENET_DEVIATION)) in text
    assert "grey = {} · red + {} · green + {} · blue".format(*LUMA) in text


def test_errors_are_those_of_the_chart():
    errors = {each.name: each.error for each in WINNERS}
    assert f"{errors['AlexNet']} % with more" in words(HISTORY)
    assert f"{HUMAN} %" in words(HISTORY)
    assert 25 < errors["XRCE, no network"] < 26.5  # about 26 %
    told = {option.text for option in quiz(HISTORY, "end-alexnet").options}
    assert told == {"16 %", "25 %", "7 %", "3.6 %"}
    assert round(errors["ResNet"], 1) == 3.6
    assert {round(errors[name]) for name in ("VGG, second", "GoogLeNet")} == {7}


def test_the_samples_are_as_the_words_say():
    cat, digit = load_input("chelsea").values, load_input("digit:7").values
    assert cat[:, 106, 160].tolist() == [192, 151, 123]
    assert digit[0, 0, 5] == digit.max() == 16


def test_the_cat_s_pixel_is_orange_in_the_middle_of_the_picture():
    cat = load_input("chelsea").values
    red, green, blue = (
        float(value) / 255 for value in cat[:, cat.shape[1] // 2, cat.shape[2] // 2]
    )
    hue = 360 * colorsys.rgb_to_hsv(red, green, blue)[0]
    assert f"The cat's pixel has {hue:.0f}: orange" in words(PICTURES)
    assert f"150,528 values from {cat.size:,}" in words(PICTURES)


def test_bytes_less_caffe_s_mean_lie_where_the_words_say():
    assert f"between −{max(CAFFE_MEAN):.0f} and {255 - min(CAFFE_MEAN):.0f}" in words(PICTURES)


def test_the_pictures_pane_s_tasks_fail_at_first_and_hold_in_the_state_they_ask_for():
    there = {
        "to-the-cells": ("image", "image?zoom=cells"),
        "in-hsv": ("image?mode=channels", "image?mode=channels&space=hsv"),
        "to-224": ("image?mode=resize", "image?mode=resize&resize=224x224"),
        "as-caffe": ("image?mode=preprocess", "image?preprocess=caffe"),
    }
    tasks = {task.id: task for task in lesson(PICTURES).tasks}
    pages = [page for page in lesson(PICTURES).pages if page.task and page.view]
    views = {page.task.id: page.view.link for page in pages}
    for id, (before, after) in there.items():
        facts = [facts_of("image", state_of(parse_link(link))) for link in (before, after)]
        assert [tasks[id].check.holds(found) for found in facts] == [False, True], id
        assert views[id] == before


def test_the_gradient_has_false_edges_under_zeros_alone():
    picture = torch.from_numpy(np.array(load_input("gradient").values))[None]
    kernel = torch.from_numpy(np.array(load_kernel("sobel-y").values))[None, None]
    for mode in ("reflect", "replicate", "circular"):
        assert not F.conv2d(F.pad(picture, (1, 1, 1, 1), mode=mode), kernel).any()
    assert F.conv2d(picture, kernel, padding=1).any()


def test_typed_answers_of_the_padding_lesson_are_torch_s():
    def wide(size: int, kernel: int, padding: int | str = 0, stride: int = 1) -> int:
        ones = torch.ones(1, 1, 1, kernel)
        return F.conv2d(torch.ones(1, 1, 1, size), ones, stride=stride, padding=(0, padding)).shape[
            -1
        ]

    assert quiz(PADDING, "end-valid").answers == (str(wide(224, 3)),)
    assert wide(40, 7, int(quiz(PADDING, "end-same").answers[0])) == 40
    assert wide(40, 11, int(quiz(PADDING, "same-eleven").answers[0])) == 40
    assert quiz(PADDING, "end-stride").answers == (str(wide(32, 5, stride=2)),)
    assert quiz(PADDING, "full-size").answers == (str(wide(28, 5, 4)),)
    shape = F.conv2d(torch.ones(1, 3, 224, 224), torch.ones(64, 3, 3, 3), stride=2, padding=1).shape
    assert quiz(PADDING, "end-shape").answers == ("x".join(map(str, shape[1:])),)


def test_a_corner_is_read_once_by_any_kernel():
    assert quiz(PADDING, "corner").answers == ("1",)
    ones = torch.ones(1, 1, 12, 12, requires_grad=True)
    F.conv2d(ones, torch.ones(1, 1, 5, 5)).sum().backward()
    assert ones.grad is not None
    assert ones.grad[0, 0, 0, 0] == 1
    assert ones.grad.max() == 25


def test_keras_same_pads_behind():
    """⌈8/2⌉ = 4 places from 0 on need 9 cells: windows at 0, 2, 4, 6, the last one over the end."""
    places, kernel, stride = -(-8 // 2), 3, 2
    missing = (places - 1) * stride + kernel - 8
    assert missing == 1  # half of it, rounded down, goes before: none
    right = next(option for option in quiz(PADDING, "first-window").options if option.right)
    assert right.text == "at 0"
