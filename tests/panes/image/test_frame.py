"""What the Pictures pane shows: Pillow, torch and NumPy say what has to come out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import interpolate

from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.image.augment import COMBINED, EACH, SAMPLES, Augmenting, samples, small
from cnntui.panes.image.cells import boards_of, picture_of
from cnntui.panes.image.chain import checked, recipe_of, stages_of
from cnntui.panes.image.drawing import Crop, hues
from cnntui.panes.image.frame import frame_of
from cnntui.panes.image.histogram import counts_of
from cnntui.panes.image.reading import read_photo
from cnntui.panes.image.resize import METHODS, resized
from cnntui.panes.image.state import MODES, PicturesState
from cnntui.training.augment.augmenting import Augmenter
from cnntui.training.augment.combinations import KINDS, parse
from cnntui.ui.frames.boards import CURSOR

PHOTO = read_photo("chelsea")


def state(**more):
    return PicturesState.of(PHOTO, **more)


def pillow():
    return Image.fromarray(PHOTO.values.astype(np.uint8).transpose(1, 2, 0))


def text(found):
    return "\n".join(map(plain, found.words))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("room", [(38, 8), (58, 15), (78, 19), (118, 35), (198, 55)])
def test_every_line_fits(mode, room):
    for name in ("chelsea", "camera", "digit:3"):
        found = PicturesState.of(read_photo(name), mode, "hsv").sized(*room)
        frame = frame_of(found)
        lines = [frame.heading, frame.modes, frame.status, frame.hints]
        lines += [] if frame.beside else frame.words
        assert max(len(plain(line)) for line in lines) <= room[0]
        assert len(frame.words) <= room[1]
        if frame.sheet:
            rows = -(-len(frame.sheet.tiles) // frame.sheet.columns)
            taken = 0 if frame.beside else len(frame.words)
            taken += frame.sheet.tile_height * rows
            assert frame.sheet.columns * frame.sheet.tile_width <= room[0] + 2
            assert taken <= room[1] or room[1] < 15


# numbers


def test_cells_show_the_files_values():
    found = state().pointed(10, 20).sized(78, 19)
    red, green, blue = boards_of(found, 16)
    for board, plane in zip((red, green, blue), PHOTO.values, strict=True):
        rows, columns = len(board.values), len(board.values[0])
        expected = plane[board.top : board.top + rows, board.left : board.left + columns]
        assert np.array_equal(np.array(board.values), expected)
        assert board.marks[10 - board.top][20 - board.left] & CURSOR
    assert red.title == "red"


@pytest.mark.parametrize("cursor", [(0, 0), (212, 319), (0, 319), (100, 7)])
def test_the_cursor_is_always_among_the_cells(cursor):
    for board in boards_of(state().pointed(*cursor), 16):
        assert 0 <= cursor[0] - board.top < len(board.values)
        assert 0 <= cursor[1] - board.left < len(board.values[0])


@pytest.mark.parametrize("cursor", [(0, 0), (212, 319), (106, 160)])
@pytest.mark.parametrize("factor", [0.25, 1, 4])
def test_a_crop_holds_the_cursor(cursor, factor):
    crop = Crop.around(cursor, (213, 320), (38, 42), factor)
    assert crop.rows[0] <= cursor[0] < crop.rows[1]
    assert crop.columns[0] <= cursor[1] < crop.columns[1]
    rows, columns = crop.box(cursor)
    assert 0 <= rows[0] < rows[1] <= crop.drawn[0] + 1
    assert 0 <= columns[0] < columns[1] <= crop.drawn[1] + 1


def test_a_picture_drawn_pixel_by_pixel_is_the_picture():
    whole = PicturesState.of(read_photo("digit:7"))
    frame, crop = picture_of(whole.sized(78, 4), "truecolor")
    assert crop.drawn == (8, 8)
    shown = np.array([frame.palette[i][0] for i in frame.indices]).reshape(8, 8)
    arms = np.abs(np.arange(8)[:, None] - 4) + np.abs(np.arange(8) - 4) > 3
    expected = whole.photo.values[0] * (255 / 16)
    assert np.abs(shown - expected)[arms].max() <= 255 / 32


def test_words_of_the_picture_and_the_pixel():
    said = text(frame_of(state(space="hsv")))
    assert "213×320×3 uint8" in said
    assert "68,160 pixels, 204,480 values" in said
    red, green, blue = state().pixel
    assert f"#{int(red):02x}{int(green):02x}{int(blue):02x}" in said
    assert "Smith 1978" in said


# channels and counts


def test_the_hue_wheel():
    found = hues(np.array([0.0, 60, 120, 180, 240, 300]))
    expected = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]]).T
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("space", "names"),
    [
        ("rgb", ["RGB", "red", "green", "blue"]),
        ("bgr", ["taken", "blue", "green", "red"]),
        ("gray", ["grey", "grey"]),
        ("gray3", ["all", "grey", "grey", "grey"]),
        ("lab", ["RGB", "L*", "a*", "b*"]),
    ],
)
def test_channels_are_named(space, names):
    tiles = frame_of(state(mode="channels", space=space)).sheet.tiles
    assert [plain(tile.captions[0]).split()[0] for tile in tiles] == names


def test_counts_are_numpys():
    for found, plane in zip(counts_of(state()), PHOTO.values, strict=True):
        assert list(found.counts) == np.histogram(plane, 64, (0, 256))[0].tolist()
        assert (found.low, found.high) == (plane.min(), plane.max())
        assert found.mean == pytest.approx(plane.mean(), rel=1e-5)
        assert found.deviation == pytest.approx(plane.astype(np.float64).std())


def test_grey_counts_are_those_of_pillow():
    expected = np.array(pillow().convert("L").histogram()).reshape(64, 4).sum(1)
    assert list(counts_of(state(space="gray"))[0].counts) == expected.tolist()


@pytest.mark.parametrize("space", ["rgb", "bgr", "gray", "gray3", "hsv", "lab"])
def test_every_pixel_is_counted(space):
    for found in counts_of(state(space=space)):
        assert sum(found.counts) == 213 * 320


# resize


@pytest.mark.parametrize("name", ["NEAREST", "BOX", "BILINEAR", "BICUBIC", "LANCZOS"])
def test_resizing_is_pillows(name):
    found = resized(PHOTO, (27, 40))
    at = next(i for i, method in enumerate(METHODS) if method.pillow == name)
    expected = pillow().resize((40, 27), Image.Resampling[name])
    assert np.array_equal(found.images[at], np.asarray(expected).transpose(2, 0, 1))


def test_resizing_is_torchs():
    found = resized(PHOTO, (27, 40))
    whole = torch.from_numpy(PHOTO.values.copy())[None]
    for at, mode in ((5, "nearest"), (6, "bilinear"), (7, "bicubic")):
        expected = interpolate(whole.double(), (27, 40), mode=mode)[0].numpy()
        assert np.abs(found.images[at] - expected).max() <= 1e-4
    smooth = interpolate(whole, (27, 40), mode="bilinear", antialias=True)[0]
    bytes_ = np.asarray(pillow().resize((40, 27), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
    assert found.torch[2] == pytest.approx(np.abs(smooth.numpy() - bytes_).max(), abs=1e-4)
    assert found.torch[0] == 0
    assert found.torch[4] is None


def test_the_largest_difference_is_where_it_is_said_to_be():
    found = resized(PHOTO, (27, 40))
    value, (row, column) = found.difference(0, 2)
    apart = np.abs(found.images[0] - found.images[2])
    assert value == apart.max() == apart[:, row, column].max()
    assert found.difference(2, 0)[0] == value
    assert found.difference(3, 3)[0] == 0


def test_resize_words_say_the_counts_of_lesson_1():
    said = text(frame_of(state(mode="resize").resized((480, 640))))
    assert "307,200 pixels, 921,600 values" in said
    said = text(frame_of(state(mode="resize").resized((224, 224))))
    assert "50,176 pixels, 150,528 values" in said


# preprocess


def test_stages_follow_the_pixel_and_the_whole_picture():
    found = state().pointed(5, 6)
    stages = stages_of(found)
    mean, deviation = np.array((0.485, 0.456, 0.406)), np.array((0.229, 0.224, 0.225))
    whole = (PHOTO.values.astype(np.float64) / 255 - mean[:, None, None]) / deviation[:, None, None]
    assert stages[-1].pixel == pytest.approx(whole[:, 5, 6], abs=1e-5)
    assert (stages[-1].low, stages[-1].high) == pytest.approx((whole.min(), whole.max()), abs=1e-5)
    assert stages[1].formulas[0] == f"{PHOTO.values[0, 5, 6]:.0f} / 255"
    assert checked(PHOTO, found.recipe).agrees
    assert checked(PHOTO, found.recipe).pixels == 213 * 320


def test_a_data_sets_own_mean_and_deviation():
    from cnntui.datasets.figures import figures_of
    from cnntui.datasets.naming import load_dataset

    recipe = recipe_of("digits", PHOTO)
    train = load_dataset("digits").train.images.astype(np.float64) / 255
    figures = figures_of(load_dataset("digits"))
    assert figures.mean[0] == pytest.approx(train.mean())
    found = state(recipe=recipe)
    luma = np.tensordot((0.299, 0.587, 0.114), PHOTO.values, 1)
    row, column = found.cursor
    expected = (luma / 255 - train.mean()) / train.std()
    stages = stages_of(found)
    assert stages[-1].pixel == pytest.approx((expected[row, column],), abs=1e-4)
    assert stages[-1].low == pytest.approx(expected.min(), abs=1e-4)
    assert "grey" in stages[1].words


def test_an_unknown_preprocessing():
    with pytest.raises(UserError, match="no preprocessing 'vgg'; give none, unit, imagenet"):
        recipe_of("vgg", PHOTO)


# augment


def test_the_first_line_shows_one_of_each():
    found = samples(PHOTO, Augmenting(), 99)
    assert [each.name for each in found] == [
        "original",
        *(kind.name for kind in KINDS),
        "combined",
    ]


def test_samples_are_the_training_rooms():
    wanted = "flip,rotate=30,contrast=0.5"
    own = Augmenting(seed=5).listed(wanted)
    found = samples(PHOTO, own, SAMPLES)
    batch = torch.from_numpy(np.stack([small(PHOTO)] * SAMPLES + [small(PHOTO)] * 20))
    generator = torch.Generator().manual_seed(5)
    images, _ = Augmenter(parse(wanted))(batch, torch.zeros(len(batch)).long(), generator)
    expected = images[:SAMPLES].clamp(0, 1).numpy() * 255
    away = np.abs(np.stack([each.image for each in found[1:]]) - expected)
    assert away.max() < 0.502  # rounded, a half up


def test_a_seed_draws_the_same_and_another_others():
    own = Augmenting(row=COMBINED)
    once, again, other = (samples(PHOTO, each, 4)[1].image for each in (own, own, own.reseeded(1)))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_strength_nothing_changes_nothing():
    own = Augmenting().moved(4).stronger(-99)
    for each in samples(PHOTO, own, 4):
        assert np.array_equal(each.image, small(PHOTO))


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_mixing_tells_the_weight_of_the_own_label(name):
    found = samples(PHOTO, Augmenting().listed(f"{name}=1"), SAMPLES)
    weights = [each.weight for each in found]
    assert weights[0] == 1
    assert min(weights) < 1
    for each in found[1:]:
        same = np.abs(each.image.astype(int) - small(PHOTO)).max() <= 1
        assert same == (each.weight > 0.995)


def test_a_grey_picture_is_augmented_too():
    photo = read_photo("camera")
    assert all(each.image.shape == (1, 64, 64) for each in samples(photo, Augmenting(), 1))
    row = frame_of(PicturesState.of(photo, "augment")).sheet
    assert len(row.tiles) == COMBINED + 1


def test_the_list_says_strengths_and_what_is_combined():
    found = state(mode="augment").moved(EACH + 4, 1)
    said = text(frame_of(found))
    assert "> + rotate        20 degrees" in said
    assert "combined (4 with +)" in said


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (300, 2), (7, 5)])
def test_odd_pictures_in_odd_rooms(mode, size, tmp_path):
    values = np.random.default_rng(0).integers(0, 65536, (*size,)).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    photo = read_photo(str(tmp_path / "a.png"))
    for room, colors in (((1, 1), "none"), ((40, 3), "16"), ((78, 19), "256")):
        found = PicturesState.of(photo, mode, "lab").sized(*room)
        for each in (found, found.zoomed(1), found.zoomed(9).again().shown(mode)):
            frame = frame_of(each, colors, unicode=False)
            assert len(plain(frame.heading)) <= room[0]
            assert len(frame.words) <= room[1] or frame.beside
