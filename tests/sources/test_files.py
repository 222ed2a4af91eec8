"""Strangers' arrays and tables: what numpy wrote is read, everything else is refused politely."""

from __future__ import annotations

import contextlib
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.lib import format as npy

from cnntui.errors import UserError
from cnntui.sources import files
from cnntui.sources.files import read_array, read_grid


def saved(tmp_path: Path, values: np.ndarray) -> Path:
    path = tmp_path / "a.npy"
    np.save(path, values)
    return path


def header(shape: object, descr: str = "<f4", version: tuple[int, int] = (1, 0)) -> bytes:
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    size = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return npy.MAGIC_PREFIX + bytes(version) + size + text


def refused(path: Path, told: str, read=read_grid) -> None:
    with pytest.raises(UserError, match=told) as caught:
        read(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", ">i2", "<u4", "i8", "u8", "f2", ">f4", "<f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_plain_type_and_order(tmp_path, dtype, order):
    values = np.asarray(np.arange(24).reshape(2, 3, 4) % 2, dtype=dtype, order=order)
    read = read_grid(saved(tmp_path, values))
    assert read.dtype == np.float32
    assert np.array_equal(read, values)


def test_a_flat_grid_is_one_channel(tmp_path):
    assert read_grid(saved(tmp_path, np.ones((2, 3)))).shape == (1, 2, 3)


def test_the_suffix_does_not_matter_for_an_array(tmp_path):
    path = saved(tmp_path, np.ones((2, 3))).rename(tmp_path / "a.png")
    assert read_grid(path).shape == (1, 2, 3)


@pytest.mark.parametrize("version", [(2, 0), (3, 0)])
def test_later_versions(tmp_path, version):
    path = tmp_path / "a.npy"
    path.write_bytes(header((1, 2), version=version) + np.array([3, 4], "<f4").tobytes())
    assert read_grid(path).tolist() == [[[3, 4]]]


def test_nan_and_infinity_are_values(tmp_path):
    values = np.array([[np.nan, np.inf, -np.inf]])
    assert np.array_equal(read_grid(saved(tmp_path, values))[0], values, equal_nan=True)
    path = tmp_path / "a.csv"
    path.write_text("nan, inf, -inf, Infinity\n")
    assert np.array_equal(read_grid(path)[0], [[np.nan, np.inf, -np.inf, np.inf]], equal_nan=True)


def test_a_value_beyond_float32(tmp_path):
    refused(saved(tmp_path, np.array([[1.0, -1e39]])), "-1e.39 does not fit float32")
    path = tmp_path / "a.csv"
    path.write_text("1 1e39\n")
    refused(path, "1e.39 does not fit float32")


@pytest.mark.parametrize("shape", [(3,), (), (0, 3), (2, 0, 3), (1, 2, 3, 4)])
def test_the_shape_of_a_grid(tmp_path, shape):
    with pytest.raises(UserError, match=r"\(H, W\) or \(C, H, W\)") as caught:
        read_grid(saved(tmp_path, np.ones(shape)))
    assert str(shape) in str(caught.value)


def test_the_shape_of_a_kernel(tmp_path):
    for shape in ((2, 3), (2, 3, 4), (1, 2, 3, 4)):
        assert read_array(saved(tmp_path, np.ones(shape))).shape == shape
    for shape in ((3,), (0, 3), (1, 1, 1, 1, 1)):
        refused(saved(tmp_path, np.ones(shape)), r"\(F, C, kh, kw\)", read_array)


class Trap:
    sprung = False

    def __reduce__(self):
        return (setattr, (Trap, "sprung", True))


def test_a_pickle_is_never_loaded(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.array([[Trap()]], dtype=object), allow_pickle=True)
    refused(path, "holds Python objects, which are never loaded; save a plain numeric array")
    refused(path, "never loaded", read_array)
    assert not Trap.sprung


@pytest.mark.parametrize(
    "values",
    [
        np.ones((2, 2), complex),
        np.array([["a"]]),
        np.array([[b"a"]]),
        np.zeros((2, 2), [("a", "<f4")]),
        np.zeros((2, 2), "M8[s]"),
        np.zeros((2, 2), "V3"),
    ],
    ids=lambda values: str(values.dtype),
)
def test_other_types_are_refused(tmp_path, values):
    refused(saved(tmp_path, values), "holds values of type")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (header((100, 100)) + b"1234", "claims 40,000 bytes of values, 4 are there"),
        (header((10**9, 10**9)), "at most"),
        (header((10**4000, 10**4000)), "at most"),
        (header((-1, -4)) + b"1234" * 4, "claims the shape"),
        (header((1,) * 100) + b"1234", "claims the shape"),
        (header((2.5, 2)), "not a valid"),
        (header("x"), "not a valid"),
        (header((1, 1), "|O"), "Python objects"),
        (header((1, 1), "garbage"), "not a valid"),
        (npy.MAGIC_PREFIX + b"\x01\x00\xff\xff{", "not a valid"),
        (npy.MAGIC_PREFIX + b"\x09\x09\x01\x00{", "not a valid"),
        (npy.MAGIC_PREFIX + b"\x01\x00\x02\x00'(", "not a valid"),
        (npy.MAGIC_PREFIX + b"\x01\x00\xe8\x03" + b"(" * 1000, "not a valid"),
        (npy.MAGIC_PREFIX, "not a valid"),
        (b"garbage", "not a valid"),
    ],
)
def test_a_damaged_array(tmp_path, content, told):
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    refused(path, told)
    refused(path, told, read_array)


@pytest.mark.parametrize(
    "text",
    [
        "1,2.5\n-3,4e0\n",
        "1;2.5\r\n-3;4\r\n",
        "1\t2.5\n-3\t4",
        "  1   2.5\n\n -3 4  \n",
        "\ufeff# head\n1, 2.5\n  # between\n\n-3 ,4\n",
        "1 2.5\r-3 4\r",
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".txt", ".dat", ""])
def test_separators_comments_and_line_ends(tmp_path, text, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(text.encode())
    assert read_grid(path).tolist() == [[[1, 2.5], [-3, 4]]]
    assert read_array(path).tolist() == [[1, 2.5], [-3, 4]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"1,2\n# c\n3\n", "line 3 has 1 values and the rows before it have 2"),
        (b"1,2\n3,x y\x1b[2J\n", r"line 2, column 2: 'x y\\+x1b\[2J' is not a number"),
        (b"1," + b"z" * 9999, "line 1, column 2: 'z+…' is not a number"),
        (b"1,,2\n", "line 1, column 2: '' is not a number"),
        (b"1,5;2,5\n", "line 1, column 1: '1,5' is not a number"),
        (b"1_000\n", "'1_000' is not a number"),
        (b"1e999\n", "'1e999' is not a number"),
        (b"# nothing\n\n", "holds no numbers"),
        (b"\xff\xfe1\x00", "is not text"),
        (b"1,\x00\n", "is not text"),
        (b"\x89PNG\r\n\x1a\n", "is not text"),
        (b"PK\x03\x04rest", "is an archive"),
        (b"", "is empty"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_a_damaged_table(tmp_path, content, told, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    refused(path, told)
    refused(path, told, read_array)


def test_a_text_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_TEXT_LIMIT", 10)
    path = tmp_path / "a.csv"
    path.write_text("1 2 3 4 5\n")
    assert read_grid(path).shape == (1, 1, 5)
    path.write_text("1 2 3 4 5 6\n")
    refused(path, "more than 10 bytes of text")


def test_a_picture_is_no_kernel(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    refused(path, "is a picture; numbers are wanted", read_array)


@pytest.mark.parametrize("read", [read_grid, read_array])
@pytest.mark.parametrize("suffix", [".npy", ".csv", ".png", ""])
def test_what_is_no_regular_file(tmp_path, read, suffix):
    refused(tmp_path / f"missing{suffix}", "there is no such file", read)
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    refused(folder, "is a folder", read)
    empty = tmp_path / f"empty{suffix}"
    empty.touch()
    refused(empty, "is empty", read)
    pipe = tmp_path / f"pipe{suffix}"
    os.mkfifo(pipe)
    refused(pipe, "is a pipe or a device", read)
    device = tmp_path / f"device{suffix}"
    device.symlink_to("/dev/zero")
    refused(device, "is a pipe or a device", read)
    loop = tmp_path / f"loop{suffix}"
    loop.symlink_to(loop)
    refused(loop, "symbolic links", read)


def test_a_file_without_permission(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("1\n")

    def denied(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    refused(path, "Permission denied")


SUFFIXES = [".npy", ".csv", ".txt", ".png", ".jpg", ".gif", ".tif", ".bmp", ".webp", ".ppm", ""]
MAGIC = [
    b"",
    header((1, 2)),
    npy.MAGIC_PREFIX + b"\x01\x00",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    b"GIF89a",
    b"II*\0\x08\0\0\0",
    b"BM",
    b"RIFF\x10\0\0\0WEBPVP8 ",
    b"P5 2 2 255\n",
    b"Pf 2 2 -1.0\n",
    b"PK\x03\x04",
    b"1,2\n",
]


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(MAGIC), st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path, start, rest):
    for suffix in SUFFIXES:
        path = tmp_path / f"fuzz{suffix}"
        path.write_bytes(start + rest)
        for read in (read_grid, read_array):
            with contextlib.suppress(UserError):
                assert read(path).dtype == np.float32


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_flipped_byte_is_read_or_refused(tmp_path, data):
    buffer = io.BytesIO()
    np.save(buffer, np.arange(6.0).reshape(2, 3))
    content = bytearray(buffer.getvalue())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.npy"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert read_grid(path).size
