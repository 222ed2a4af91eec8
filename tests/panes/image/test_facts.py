"""Facts of the Pictures pane against Pillow, colorsys, torch and published figures."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnntui.course.pane_facts import facts_of, facts_there
from cnntui.panes.image.state import PicturesState
from cnntui.parts.links.link import parse_link, state_of
from cnntui.sources import samples
from tests.course.test_pane_facts import plain

torch.set_num_threads(1)

with Image.open(samples.folder() / "chelsea.png") as _image:
    CAT = _image.convert("RGB")
ROWS, COLUMNS = st.integers(0, CAT.height - 1), st.integers(0, CAT.width - 1)


def facts(link: str) -> dict[str, Any]:
    """The facts of a link's state, all of them documented and plain."""
    found = facts_of("image", state_of(parse_link(link), trusted=False))
    assert set(found) <= set(facts_there("image"))
    assert all(map(plain, found.values())), found
    return found


def test_every_fact_is_told_but_a_strength_of_no_kind() -> None:
    assert set(facts_there("image")) - set(facts("image")) == {"strength"}
    assert set(facts("image?mode=augment&kind=noise")) == set(facts_there("image"))
    assert facts_of("image", None) == {}


def test_the_counts_are_pillows() -> None:
    found, pixels = facts("image"), np.asarray(CAT)
    assert found["input_shape"] == pixels.shape[:2]
    assert (found["values"], found["pixels"]) == (pixels.size, CAT.width * CAT.height)
    assert (found["value_min"], found["value_max"]) == (pixels.min(), pixels.max())
    assert (found["dtype"], found["white"], found["channels"]) == (str(pixels.dtype), 255, 3)
    digit = facts("image?image=digit:7")
    assert (digit["channels"], digit["white"], digit["values"]) == (1, 16, 64)


@given(ROWS, COLUMNS)
@settings(max_examples=40, deadline=None)
def test_a_pixel_is_pillows_in_every_space(row: int, column: int) -> None:
    link = f"image?cursor={row},{column}&space="
    rgb = CAT.getpixel((column, row))
    found = facts(f"{link}rgb")
    assert (found["cursor"], found["pixel"], found["converted"]) == ((row, column), rgb, rgb)
    assert facts(f"{link}bgr")["converted"] == rgb[::-1]
    grey = CAT.convert("L").getpixel((column, row))
    assert facts(f"{link}gray")["converted"] == (grey,)
    assert facts(f"{link}gray3")["converted"] == (grey,) * 3
    hue, saturation, value = colorsys.rgb_to_hsv(*(each / 255 for each in rgb))
    told = facts(f"{link}hsv")
    assert told["converted"] == pytest.approx((360 * hue, saturation, value), abs=1e-9)
    assert (told["space"], told["pixel"]) == ("hsv", rgb)


@given(ROWS, COLUMNS)
@settings(max_examples=20, deadline=None)
def test_a_prepared_pixel_is_torchs(row: int, column: int) -> None:
    link = f"image?cursor={row},{column}&preprocess="
    rgb = torch.tensor(CAT.getpixel((column, row)), dtype=torch.float64)
    mean, deviation = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))
    wanted = {  # as torchvision, TensorFlow and Caffe publish them
        "none": rgb,
        "unit": rgb / 255,
        "imagenet": (rgb / 255 - mean) / deviation,
        "signed": rgb / 127.5 - 1,
        "caffe": rgb.flip(0) - torch.tensor((103.939, 116.779, 123.68)),
    }
    for name, values in wanted.items():
        found = facts(link + name)
        assert found["recipe"] == name
        assert found["prepared"] == pytest.approx(tuple(values.tolist()), rel=1e-4, abs=1e-4)


def test_the_cells_are_told_on_every_screen() -> None:
    assert not facts("image")["in_cells"]
    assert facts("image?zoom=cells")["in_cells"]
    state = PicturesState.open("chelsea").sized(40, 12)
    found = facts_of("image", state.zoomed(9).sized(150, 50))
    assert found["in_cells"]
    assert not facts_of("image", state.zoomed(9).shown("resize"))["in_cells"]


def test_a_resized_picture_is_told() -> None:
    found = facts("image?mode=resize&resize=224x224&method=torch bilinear")
    assert (found["resized_to"], found["resized_values"]) == ((224, 224), 150_528)
    assert found["method"] == "torch bilinear"
    assert facts("image?image=digit:7&resize=32x32")["resized_values"] == 1_024


def test_what_is_combined_is_told() -> None:
    found = facts("image?augment=rotate=30,flip,fill=edge&seed=7&kind=rotate")
    assert (found["mode"], found["kind"], found["strength"]) == ("augment", "rotate", 30)
    assert found["combination"] == "flip=0.5,rotate=30,fill=edge"
    assert found["combined"] == ("flip", "rotate")
    assert (found["outside"], found["seed"]) == ("edge", 7)
    nothing = facts("image?augment=none")
    assert (nothing["combination"], nothing["combined"]) == ("none", ())
    assert (nothing["kind"], facts("image")["kind"]) == ("combined", "each")
