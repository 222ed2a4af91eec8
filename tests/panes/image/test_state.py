"""The state of the Pictures pane: what it knows of a picture, and what each key makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnntui.errors import UserError
from cnntui.panes.image.reading import read_photo
from cnntui.panes.image.state import MODES, PicturesState

PHOTO = read_photo("chelsea")


def state(**more):
    return PicturesState.of(PHOTO, **more)


def pillow(name="chelsea"):
    from cnntui.sources import samples

    with Image.open(samples.folder() / f"{name}.png") as image:
        return image.convert("RGB")


def test_the_pixel_is_the_files():
    row, column = state().cursor
    assert state().pixel == pillow().getpixel((column, row))


def test_the_figures_of_lesson_1(tmp_path):
    Image.new("RGB", (640, 480)).save(tmp_path / "a.png")
    found = PicturesState.open(str(tmp_path / "a.png"))
    assert (found.pixels, found.values) == (307_200, 921_600)
    Image.new("RGB", (224, 224)).save(tmp_path / "b.png")
    assert PicturesState.open(str(tmp_path / "b.png")).values == 150_528


def test_any_picture_can_be_resized_to_the_sizes_of_lesson_1():
    assert {(224, 224), (480, 640)} <= set(state().sizes)
    assert state().resized((480, 640)).resized_to == (480, 640)
    with pytest.raises(UserError, match=r"no size 7; give one of"):
        state().resized((7, 7))


@given(st.integers(-9999, 9999), st.integers(-9999, 9999))
def test_the_cursor_stays_on_the_picture(rows, columns):
    found = state().moved(rows, columns)
    assert 0 <= found.cursor[0] < 213
    assert 0 <= found.cursor[1] < 320
    far = state().jumped(rows, columns).cursor
    assert 0 <= far[0] < 213
    assert 0 <= far[1] < 320


def test_the_cursor_is_typed():
    assert state().typed("3, 4").cursor == (3, 4)
    assert state().typed("3 4").cursor == (3, 4)
    for text in ("3", "a, b", "-1, 2", "1, 2, 3", "٣, 4"):
        with pytest.raises(UserError, match="type a row and a column"):
            state().typed(text)
    with pytest.raises(UserError, match="rows are 0 to 212, columns 0 to 319"):
        state().typed("213, 0")


def test_modes_go_round():
    found = state()
    for name in (*MODES[1:], MODES[0]):
        found = found.turned(1)
        assert found.mode == name
    assert found.turned(-1).mode == MODES[-1]


@pytest.mark.parametrize("size", [(42, 10), (78, 19), (118, 35), (198, 55)])
def test_zoom_goes_from_the_whole_to_the_cells_and_back(size):
    found = state().sized(*size)
    assert not found.in_cells
    for _ in range(9):
        found = found.zoomed(1)
    assert found.in_cells
    assert found.zoomed(1).zoom == found.zoom
    for _ in range(9):
        found = found.zoomed(-1)
    assert found.zoom == 0


def test_zoom_elsewhere_goes_to_the_numbers():
    assert state(mode="channels").zoomed(1).mode == "numbers"
    assert state(mode="histogram").zoomed(1).zoom == 1


def test_spaces_go_round_and_say_the_pixel():
    found, seen = state(), []
    for _ in range(6):
        seen.append(found.space)
        found = found.again()
    assert seen == ["rgb", "bgr", "gray", "gray3", "hsv", "lab"]
    assert found.space == "rgb"
    row, column = state().cursor
    assert state(space="gray").converted[0] == pillow().convert("L").getpixel((column, row))
    assert state(space="bgr").converted == state().pixel[::-1]
    with pytest.raises(UserError, match="no colour space"):
        state(space="xyz")


def test_sixteen_bits_stay_in_their_units(tmp_path):
    wide = np.array([[0, 1000, 65535]], np.uint16)
    Image.fromarray(wide).save(tmp_path / "a.png")
    found = PicturesState.open(str(tmp_path / "a.png"))
    assert found.pixel == found.converted[:1] == (1000,)
    assert found.in_space("gray").converted == pytest.approx((1000,))
    assert found.in_space("hsv").converted == pytest.approx((0, 0, 1000 / 65535))


def test_again_in_every_mode():
    assert state(mode="resize").again().target == 1
    assert state(mode="resize").again(-1).target == len(state().sizes) - 1
    assert state(mode="preprocess").again().recipe.name == "signed"
    assert state(mode="preprocess").again(-1).recipe.name == "unit"
    assert state(mode="augment").again().augmenting.seed == 1
    assert state(mode="augment").again(-1).augmenting.seed == 0


def test_the_keys_of_augmentation():
    found = state(mode="augment")
    assert found.augmenting.kind is None
    found = found.moved(4, 0)
    assert found.augmenting.kind.name == "rotate"
    assert found.moved(0, 2).augmenting.strength("rotate") == 25
    assert found.zoomed(-1).augmenting.strength("rotate") == 10
    assert found.moved(0, 99).augmenting.strength("rotate") == 180
    assert found.moved(0, -99).augmenting.strength("rotate") == 0
    assert "rotate" in str(found.augmenting.combination)
    assert "rotate" not in str(found.combined().augmenting.combination)
    assert found.filled().augmenting.fill == "edge"
    assert str(found.reset().augmenting.combination) == str(state().augmenting.combination)
    assert found.moved(-99, 0).augmenting.row == 0
    assert found.moved(99, 0).augmenting.kind is None


def test_a_list_is_combined():
    found = state().augmented("shift=0.3,flip,fill=edge")
    assert found.mode == "augment"
    assert str(found.augmenting.combination) == "flip=0.5,shift=0.3,fill=edge"
    assert found.augmented(str(found.augmenting.combination)).augmenting == found.augmenting
    with pytest.raises(UserError, match="did you mean flip"):
        state().augmented("flop")


def test_another_picture_keeps_what_can_be_kept():
    found = state(mode="resize", space="hsv").compared(2).with_photo(read_photo("camera"))
    assert (found.mode, found.space, found.method) == ("resize", "hsv", 2)
    assert found.cursor == tuple(side // 2 for side in found.photo.size)


@pytest.mark.parametrize("mode", MODES)
def test_reset(mode):
    found = state(mode=mode)
    changed = found.pointed(1, 1).zoomed(1).again().moved(1, 1).shown(mode).reset()
    assert changed.mode == mode
    names = {"resize": ("method", "target", "zoom"), "preprocess": ("recipe",), "augment": ()}
    for name in names.get(mode, ("space", "zoom", "cursor")):
        assert getattr(changed, name) == getattr(found, name)
