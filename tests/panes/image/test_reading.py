"""Strangers' pictures as numbers: grey, alpha, CMYK, 16 bits, animated, turned."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cnntui.errors import UserError
from cnntui.panes.image.reading import read_photo

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)


def read(image, path, **options):
    image.save(path, **options)
    return read_photo(str(path))


def deep_png(path, values):
    """A PNG of 16 bits a channel by the specification: Pillow can't write one of several."""
    height, width, channels = values.shape
    kind = {1: 0, 3: 2, 4: 6}[channels]

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return read_photo(str(path))


def test_a_sample():
    photo = read_photo("chelsea")
    assert (photo.size, photo.channels, photo.dtype, photo.white) == ((213, 320), 3, "uint8", 255)
    assert photo.pixels == 213 * 320
    assert photo.facts == ("PNG, RGB, 8 bits",)


def test_grey(tmp_path):
    photo = read(Image.fromarray(GREY), tmp_path / "a.png")
    assert np.array_equal(photo.values[0], GREY)
    assert (photo.channels, photo.dtype) == (1, "uint8")
    assert np.array_equal(photo.rgb(slice(1, 2), slice(2, 3)).ravel() * 255, [GREY[1, 2]] * 3)


def test_alpha_is_laid_on_white(tmp_path):
    alpha = np.full((5, 7), 51, np.uint8)  # a fifth
    photo = read(Image.fromarray(np.dstack([RGB, alpha])), tmp_path / "a.png")
    expected = RGB.transpose(2, 0, 1) * 0.2 + 255 * 0.8
    assert np.abs(photo.values - expected).max() <= 1
    assert photo.facts == ("PNG, RGBA, laid on white",)


@pytest.mark.parametrize("suffix", [".tif", ".jpg"])
def test_cmyk(tmp_path, suffix):
    # no ink but cyan's opposite: full magenta and yellow are red
    photo = read(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), tmp_path / f"a{suffix}")
    assert photo.values[:, 4, 4] == pytest.approx([255, 0, 0], abs=2)
    assert photo.facts[0].endswith("CMYK, made RGB")


def test_sixteen_bits_of_grey_keep_their_values(tmp_path):
    wide = np.array([[0, 1, 256, 65535]], np.uint16)
    for photo in (
        read(Image.fromarray(wide), tmp_path / "a.png"),
        read(Image.fromarray(wide), tmp_path / "a.tif"),
        deep_png(tmp_path / "b.png", wide[..., None]),
    ):
        assert photo.values[0].tolist() == [[0, 1, 256, 65535]]
        assert (photo.dtype, photo.white) == ("uint16", 65535)
        assert photo.in_bytes[0].tolist() == [[0, 0, 1, 255]]
        assert photo.facts[0].endswith("grey, 16 bits")


def test_sixteen_bits_of_colour_are_read_as_eight(tmp_path):
    wide = RGB.astype(np.uint16) * 257
    photo = deep_png(tmp_path / "a.png", wide)
    assert np.array_equal(photo.values, RGB.transpose(2, 0, 1))
    assert "16 bits a channel, read as 8" in photo.facts
    opaque = np.dstack([wide, np.full((5, 7), 65535, np.uint16)])
    photo = deep_png(tmp_path / "b.png", opaque)
    assert np.array_equal(photo.values, RGB.transpose(2, 0, 1))
    assert "16 bits a channel, read as 8" in photo.facts


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_of_an_animation_the_first_frame(tmp_path, suffix):
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    first, *rest = (Image.new("RGB", (8, 8), colour) for colour in colours)
    options = {"lossless": True} if suffix == ".webp" else {}
    photo = read(first, tmp_path / f"a{suffix}", save_all=True, append_images=rest, **options)
    assert photo.values[:, 0, 0].tolist() == [250, 0, 0]
    assert "the first of 3 frames" in photo.facts


TURNS = {  # EXIF 2.3, table of Orientation: what the 0th row and column are → how to see it upright
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize(("orientation", "turn"), TURNS.items())
def test_a_turned_picture_stands_upright(tmp_path, orientation, turn):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = read(Image.fromarray(GREY), tmp_path / "a.png", exif=exif)
    assert np.array_equal(photo.values[0], turn(GREY))
    assert f"turned upright: EXIF orientation {orientation}" in photo.facts


def test_palettes_and_floats(tmp_path):
    one = Image.new("P", (2, 1))
    one.putpalette([255, 0, 0, 0, 0, 255])
    one.putdata([0, 1])
    photo = read(one, tmp_path / "p.png")
    assert photo.values[:, 0].T.tolist() == [[255, 0, 0], [0, 0, 255]]
    floats = read(Image.fromarray(np.array([[0, 0.25, 1]], np.float32)), tmp_path / "f.tif")
    assert (floats.dtype, floats.white) == ("float32", 1)
    assert floats.in_bytes.ravel().tolist() == [0, 64, 255]


def test_arrays_and_digits(tmp_path):
    np.save(tmp_path / "a.npy", RGB.transpose(2, 0, 1))
    photo = read_photo(str(tmp_path / "a.npy"))
    assert (photo.dtype, photo.white, photo.channels, photo.facts) == ("uint8", 255, 3, ())
    digit = read_photo("digit:7")
    assert (digit.white, digit.size, digit.dtype) == (16, (8, 8), "uint8")


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((2, 4, 4)), "has 2 channels; a picture has 1 or 3"),
        (np.array([[0, np.nan]]), "NaN or infinity"),
        (np.array([[0.0, -1.0]]), "below 0"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, array, says):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(UserError, match=says):
        read_photo(str(tmp_path / "a.npy"))


def test_a_missing_file():
    with pytest.raises(UserError, match="no such file"):
        read_photo("nothing.png")
