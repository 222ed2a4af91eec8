"""Folders of pictures that Pillow wrote: classes, splits, and the pictures that are damaged."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntui.datasets.naming import load_dataset
from cnntui.datasets.photos import square, squares
from cnntui.errors import UserError

RED, BLUE = (250, 10, 10), (10, 10, 250)


def picture(path: Path, colour=RED, size=(40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB" if isinstance(colour, tuple) else "L", size, colour).save(path)
    return path


def classes(root: Path, count: int = 10, names=("ant", "bee")) -> None:
    for name, colour in zip(names, (RED, BLUE), strict=True):
        for number in range(count):
            picture(root / name / f"{number}.png", colour)


def is_right(split) -> bool:
    """Whether the red ones are 0 and the blue ones 1."""
    red = split.images[:, 0].mean((1, 2)) > 128
    return np.array_equal(np.where(red, 0, 1), split.labels)


def test_one_folder_is_split_by_class(tmp_path):
    classes(tmp_path, 20)
    dataset = load_dataset(str(tmp_path))
    assert dataset.classes == ("ant", "bee")
    assert dataset.shape == (3, 32, 32)
    sizes = [len(split) for split in (dataset.train, dataset.validation, dataset.test)]
    assert sizes == [29, 3, 8]  # a fifth is the test's; a tenth of the other 32
    assert np.bincount(dataset.test.labels).tolist() == [4, 4]
    assert is_right(dataset.train)
    assert is_right(dataset.test)
    assert "a fifth of each class is the test" in dataset.notes[0]


def test_a_seed_decides_the_split(tmp_path):
    for number in range(20):
        picture(tmp_path / "ant" / f"{number}.png", (10 * number, 0, 0))
        picture(tmp_path / "bee" / f"{number}.png", (0, 0, 10 * number))
    one, two, other = (load_dataset(str(tmp_path), seed=seed).test.images for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(load_dataset(f"{tmp_path}:seed=2").test.images, other)


@pytest.mark.parametrize("name", ["val", "valid", "validation", "Val"])
def test_three_folders(tmp_path, name):
    for part, count in (("train", 8), (name, 3), ("test", 2)):
        classes(tmp_path / part, count)
    dataset = load_dataset(str(tmp_path))
    assert [len(s) for s in (dataset.train, dataset.validation, dataset.test)] == [16, 6, 4]
    assert dataset.notes == ()
    assert all(is_right(s) for s in (dataset.train, dataset.validation, dataset.test))


def test_without_validation_it_is_cut_from_training(tmp_path):
    classes(tmp_path / "train", 10)
    classes(tmp_path / "test", 2)
    dataset = load_dataset(str(tmp_path), validation=0.2)
    assert [len(s) for s in (dataset.train, dataset.validation, dataset.test)] == [16, 4, 4]


def test_without_a_test_validation_is_the_test(tmp_path):
    classes(tmp_path / "train", 10)
    classes(tmp_path / "val", 3)
    dataset = load_dataset(str(tmp_path))
    assert [len(s) for s in (dataset.train, dataset.validation, dataset.test)] == [18, 2, 6]
    assert dataset.notes == ("no test/: val/ is the test, validation is cut from train/",)


def test_training_alone_is_split(tmp_path):
    classes(tmp_path / "train", 10)
    assert len(load_dataset(str(tmp_path)).test) == 4


def test_pictures_may_lie_deeper_and_links_do_not_loop(tmp_path):
    classes(tmp_path, 5)
    picture(tmp_path / "ant/deep/deeper/x.JPG")
    picture(tmp_path / "ant/.hidden/x.png")
    (tmp_path / ".git").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/readme.txt").write_text("no picture")
    os.symlink(tmp_path / "ant", tmp_path / "ant/loop")
    dataset = load_dataset(str(tmp_path), validation=0)
    assert dataset.classes == ("ant", "bee")
    assert len(dataset.train) + len(dataset.test) == 11


@pytest.mark.parametrize(
    "suffix", ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp", "PNG"]
)
def test_every_format(tmp_path, suffix):
    read = square(picture(tmp_path / f"a.{suffix}", 200 if suffix == "pgm" else RED), 16)
    wanted = [200] if suffix == "pgm" else list(RED)
    assert abs(read[:, 8, 8].astype(int) - wanted).max() <= 6  # JPEG and WebP lose some


def test_grey_pictures_stay_grey_and_one_of_colour_makes_all_rgb(tmp_path):
    for name, level in (("ant", 50), ("bee", 200)):
        for number in range(5):
            picture(tmp_path / name / f"{number}.png", level)
    assert load_dataset(str(tmp_path)).shape == (1, 32, 32)
    assert load_dataset(f"{tmp_path}:colour=rgb,size=8").shape == (3, 8, 8)
    picture(tmp_path / "bee/9.png", RED)
    assert load_dataset(str(tmp_path)).shape == (3, 32, 32)
    grey = load_dataset(f"{tmp_path}:colour=grey")
    assert grey.shape == (1, 32, 32)
    every = np.concatenate([grey.train.images, grey.validation.images, grey.test.images])
    luma = Image.new("RGB", (1, 1), RED).convert("L").getpixel((0, 0))
    assert {50, 200, luma} == set(every.ravel().tolist())


def test_the_middle_is_cut_from_the_shorter_side(tmp_path):
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255  # the middle square
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide.transpose(1, 0, 2).copy()).save(tmp_path / "tall.png")
    for name in ("wide", "tall"):
        assert (square(tmp_path / f"{name}.png", 10) == 255).all()


def test_a_picture_is_turned_upright(tmp_path):
    values = np.zeros((30, 30), np.uint8)
    values[:, :15] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    Image.fromarray(values).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(square(tmp_path / "a.png", 30)[0], np.rot90(values, -1))


def test_sixteen_bits_transparency_and_palettes(tmp_path):
    Image.fromarray(np.full((8, 8), 200 * 256 + 7, np.uint16)).save(tmp_path / "wide.png")
    assert set(square(tmp_path / "wide.png", 8).ravel()) == {200}
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert set(square(tmp_path / "clear.png", 8).ravel()) == {255}
    Image.new("RGB", (8, 8), RED).quantize(4).save(tmp_path / "palette.png")
    assert square(tmp_path / "palette.png", 8)[:, 0, 0].tolist() == list(RED)
    Image.fromarray(np.full((8, 8), 1e9, np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(UserError, match="32-bit values"):
        square(tmp_path / "float.tif", 8)


def bomb(path: Path, side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


def test_damaged_pictures_are_left_out_counted_and_named(tmp_path):
    classes(tmp_path, 10)
    whole = picture(tmp_path / "ant/whole.jpg", size=(400, 400)).read_bytes()
    (tmp_path / "ant/a_cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "ant/b_text.png").write_text("no picture at all")
    (tmp_path / "ant/c_empty.webp").touch()
    bomb(tmp_path / "bee/bomb.png", 60_000)
    bomb(tmp_path / "bee/smaller_bomb.png", 10_000)
    dataset = load_dataset(str(tmp_path), validation=0)
    assert len(dataset.train) + len(dataset.test) == 21
    (note,) = [note for note in dataset.notes if "left out" in note]
    assert note.startswith("5 of 26 pictures are left out: ant/a_cut.jpg is damaged: ")
    assert "ant/b_text.png is no picture" in note
    assert note.endswith("; and 2 more")


def test_names_of_classes_are_fit_for_a_screen(tmp_path):
    for name in ("ant\x1b[31m", "bee"):
        for number in range(5):
            picture(tmp_path / name / f"{number}.png")
    assert load_dataset(str(tmp_path)).classes == ("ant\\x1b[31m", "bee")


def test_squares_keep_the_order(tmp_path):
    paths = [picture(tmp_path / f"{n}.png", (n, n, n), (8, 8)) for n in range(40)]
    paths.insert(7, tmp_path / "absent.png")
    read = squares(paths, 8)
    assert isinstance(read.pop(7), UserError)
    assert [int(image[0, 0, 0]) for image in read] == list(range(40))


def test_a_compressed_tiff_is_left_to_no_decoder_that_prints(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.tif", compression="tiff_lzw")
    with pytest.raises(UserError, match="compressed TIFF"):
        square(tmp_path / "a.tif", 8)


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        ([], "has 0 folders of pictures; a folder a class is wanted, at least two"),
        (["ant/1.png"], "has 1 folders of pictures"),
        (["1.png", "2.png"], "has 0 folders of pictures"),
        (["train/ant/1.png", "train/bee/1.png", "test/cow/1.png"], "cow: no such class is trained"),
        (["train/ant/1.png", "train/bee/1.png", "test/1.png"], "test: holds no pictures"),
        (["ant/1.png", "bee/1.png"], "too few pictures to train and to test"),
    ],
)
def test_a_folder_that_cannot_be_trained_on(tmp_path, folders, said):
    for path in folders:
        picture(tmp_path / path)
    with pytest.raises(UserError, match=said):
        load_dataset(str(tmp_path))


def test_only_damaged_pictures(tmp_path):
    for name in ("ant", "bee"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_text("no")
    with pytest.raises(UserError, match="too few pictures"):
        load_dataset(str(tmp_path))


def test_too_many_pixels_are_refused_before_they_are_read(tmp_path, monkeypatch):
    from cnntui.datasets import folder

    classes(tmp_path, 3)
    monkeypatch.setattr(folder, "MOST", 3 * 32 * 32 * 6 - 1)
    with pytest.raises(UserError, match="give a smaller one, PATH:size=32"):
        load_dataset(str(tmp_path))


def test_a_folder_by_name(tmp_path):
    classes(tmp_path, 5)
    assert load_dataset("folder", data_dir=tmp_path).title == tmp_path.name
    with pytest.raises(UserError, match="name the folder of pictures"):
        load_dataset("folder")
    with pytest.raises(UserError, match="there is no such folder"):
        load_dataset("folder", data_dir=tmp_path / "absent")
