"""Strangers' pictures, with Pillow as the oracle for what they hold."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnntui.errors import UserError
from cnntui.sources import samples
from cnntui.sources.files import read_grid
from cnntui.sources.inputs import load_input

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)


def saved(image: Image.Image, path: Path, **options: object) -> np.ndarray:
    image.save(path, **options)
    return read_grid(path)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".pgm"])
def test_grey_is_one_channel(tmp_path, suffix):
    assert np.array_equal(saved(Image.fromarray(GREY), tmp_path / f"a{suffix}"), GREY[None])


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".ppm"])
def test_rgb_is_three_channels(tmp_path, suffix):
    read = saved(Image.fromarray(RGB), tmp_path / f"a{suffix}")
    assert np.array_equal(read, RGB.transpose(2, 0, 1))


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_lossy_formats_are_what_pillow_decodes(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    read = saved(Image.fromarray(RGB), path)
    with Image.open(path) as image:
        assert np.array_equal(read, np.asarray(image.convert("RGB")).transpose(2, 0, 1))


def test_a_picture_without_a_suffix(tmp_path):
    path = tmp_path / "picture"
    Image.fromarray(GREY).save(path, "PNG")
    assert np.array_equal(read_grid(path), GREY[None])


@pytest.mark.parametrize("alpha", [0, 128, 255])
def test_transparency_is_laid_on_white(tmp_path, alpha):
    share = alpha / 255
    rgba = np.dstack([RGB, np.full((5, 7), alpha, np.uint8)])
    expected = RGB.transpose(2, 0, 1) * share + 255 * (1 - share)
    read = saved(Image.fromarray(rgba), tmp_path / "a.png")
    assert np.abs(read - expected).max() <= 1
    la = Image.fromarray(np.dstack([GREY, np.full((5, 7), alpha, np.uint8)]))
    read = saved(la, tmp_path / "la.png")
    assert read.shape == (1, 5, 7)
    assert np.abs(read - (GREY * share + 255 * (1 - share))).max() <= 1


def test_a_transparent_colour_is_white(tmp_path):
    grey = Image.fromarray(np.array([[0, 50, 100]], np.uint8))
    assert saved(grey, tmp_path / "l.png", transparency=50).tolist() == [[[0, 255, 100]]]
    one = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert saved(one, tmp_path / "1.png", transparency=0).tolist() == [[[255, 255]]]


def palette(transparency: bool, path: Path) -> np.ndarray:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.putdata([0, 1, 2])
    return saved(image, path, **({"transparency": 1} if transparency else {}))


@pytest.mark.parametrize("suffix", [".png", ".gif"])
def test_palettes(tmp_path, suffix):
    opaque = palette(False, tmp_path / f"a{suffix}")
    assert opaque[:, 0].T.tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    holed = palette(True, tmp_path / f"b{suffix}")
    assert holed[:, 0].T.tolist() == [[255, 0, 0], [255, 255, 255], [0, 0, 255]]


def test_cmyk_becomes_rgb(tmp_path):
    read = saved(Image.new("CMYK", (2, 2), (0, 255, 255, 0)), tmp_path / "a.tif")
    assert read[:, 0, 0].tolist() == [255, 0, 0]


def test_sixteen_bits_keep_their_values(tmp_path):
    wide = np.array([[0, 1, 256, 65535]], np.uint16)
    assert np.array_equal(saved(Image.fromarray(wide), tmp_path / "a.png"), wide[None])
    assert np.array_equal(saved(Image.fromarray(wide), tmp_path / "a.tif"), wide[None])


def test_32_bits_keep_their_values(tmp_path):
    for values in (np.array([[-70000, 0, 70000]], np.int32), np.array([[-1.5, 2e9]], np.float32)):
        assert np.array_equal(saved(Image.fromarray(values), tmp_path / "a.tif"), values[None])


def test_one_bit_is_black_and_white(tmp_path):
    bits = Image.fromarray(np.array([[0, 255, 0]], np.uint8)).convert("1")
    assert saved(bits, tmp_path / "a.png").tolist() == [[[0, 255, 0]]]


def test_exif_rotation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    read = saved(Image.fromarray(GREY), tmp_path / "a.png", exif=exif)
    assert np.array_equal(read[0], np.rot90(GREY, -1))


def test_an_animation_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (2, 2), color) for color in ("red", "blue")]
    read = saved(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read[:, 0, 0].tolist() == [255, 0, 0]


def test_wide_values_do_not_overshoot_when_reduced(tmp_path):
    Image.fromarray(np.repeat(np.array([[0, 60000]], np.uint16), 50, 1)).save(tmp_path / "a.tif")
    reduced = load_input(str(tmp_path / "a.tif"), cells=10).values
    assert (reduced.min(), reduced.max()) == (0, 60000)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".tif", ".webp", ".bmp"])
def test_a_truncated_picture(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UserError, match=r"is a damaged picture|is none of the pictures"):
        read_grid(path)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_a_compressed_tiff_is_refused(tmp_path, compression):
    with pytest.raises(UserError, match="compressed TIFF, which is not read; save it as PNG"):
        saved(Image.fromarray(RGB), tmp_path / "a.tif", compression=compression)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def claiming(path: Path, width: int, height: int) -> Path:
    ihdr = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + ihdr + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize(("side", "count"), [(60_000, "3,600,000,000"), (10_000, "100,000,000")])
def test_a_decompression_bomb_is_refused_at_once(tmp_path, side, count):
    path = claiming(tmp_path / "bomb.png", side, side)
    start = time.process_time()
    with pytest.raises(UserError, match=f"has {count} pixels; at most 89,478,485 are read"):
        read_grid(path)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "content", [b"garbage" * 9, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]
)
def test_what_is_no_picture(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is none of the pictures that are read: PNG, JPEG"):
        read_grid(path)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP", "PPM"]), st.data())
def test_a_picture_with_changed_bytes_is_read_or_refused(tmp_path, form, data):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, form)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.png"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert read_grid(path).ndim == 3


def test_the_samples_are_all_documented():
    table = (samples.folder() / "SOURCES.md").read_text()
    for path in samples.folder().glob("*.*"):
        assert path.name in table or path.name == "SOURCES.md"
