"""What is wrong is one line on stderr that says what would be right, and exit code 2."""

from __future__ import annotations

import os
import pickle
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

BOTH = pytest.mark.parametrize("command", ["conv", "pool"])

# files


def array(values):
    def write(path):
        np.save(path, np.asarray(values))

    return write


def text(content):
    return lambda path: path.write_text(content)


def truncated_png(path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(
        path
    )
    path.write_bytes(path.read_bytes()[:2000])


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb_png(path):
    """A picture of 60,000 by 60,000 cells whose header is genuine, in 100 bytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b""))
        + png_chunk(b"IEND", b"")
    )


FILES = [
    ("x.npy", None, ["no such file"]),
    ("x.csv", None, ["no such file"]),
    ("x.png", None, ["no such file"]),
    ("x.npy", lambda path: path.mkdir(), ["folder", "file in it"]),
    ("x.png", lambda path: path.mkdir(), ["folder"]),
    ("x.npy", lambda path: path.touch(), ["empty"]),
    ("x.csv", lambda path: path.touch(), ["empty"]),
    ("x.png", lambda path: path.touch(), ["empty"]),
    ("x.png", truncated_png, ["damaged picture"]),
    ("x.png", bomb_png, ["3,600,000,000 pixels", "at most"]),
    ("x.png", text("not a picture"), ["none of the pictures", "PNG"]),
    ("x.npy", text("not an array"), ["not a valid .npy"]),
    ("x.npy", array([1.0, 2.0]), ["(2,)", "(H, W) or (C, H, W)"]),
    ("x.npy", array(np.ones((1, 2, 3, 4))), ["(1, 2, 3, 4)", "(H, W) or (C, H, W)"]),
    ("x.npy", array(np.ones((0, 3))), ["(0, 3)"]),
    ("x.npy", array(1.0), ["()"]),
    ("x.npy", array(["a"]), ["type"]),
    ("x.npy", array([[1j]]), ["complex", "float"]),
    ("x.csv", text("1,2,3\n4,5\n"), ["line 2", "2 values", "3", "every row"]),
    ("x.csv", text("1,2\n3,x\n"), ["line 2, column 2", "'x'", "not a number"]),
    ("x.csv", text("1,2\n3,\n"), ["line 2, column 2", "not a number"]),
    ("x.txt", text("# nothing\n\n"), ["no numbers"]),
    ("x.csv", text("1,1e39\n"), ["float32"]),
    ("x.csv", text("a\x1b[31mb,1\n"), [r"\x1b[31mb"]),
]


@BOTH
@pytest.mark.parametrize(("name", "write", "says"), FILES)
def test_inputs(refused, tmp_path, command, name, write, says):
    path = tmp_path / name
    if write:
        write(path)
    line = refused(command, "--input", path, "--json")
    assert str(path) in line
    for words in says:
        assert words in line


KERNELS = [
    ("k.npy", None, ["no such file"]),
    ("k.npy", array([1.0, 2.0]), ["(kh, kw), (C, kh, kw) or (F, C, kh, kw)"]),
    ("k.npy", array(np.ones((1, 1, 1, 1, 1))), ["(1, 1, 1, 1, 1)"]),
    ("k.csv", text("1 2\n3\n"), ["line 2", "every row"]),
    ("k.png", truncated_png, ["picture", "numbers are wanted"]),
]


@pytest.mark.parametrize(("name", "write", "says"), KERNELS)
def test_kernel_files(refused, tmp_path, name, write, says):
    if write:
        write(tmp_path / name)
    line = refused("conv", "--kernel", tmp_path / name, "--json")
    for words in says:
        assert words in line


class Payload:
    """Unpickling it creates a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("option", ["--input", "--kernel"])
@pytest.mark.parametrize("content", ["array", "pickle"])
def test_nothing_is_ever_unpickled(refused, tmp_path, option, content):
    proof, path = tmp_path / "proof", tmp_path / "x.npy"
    if content == "array":
        np.save(path, np.array([[Payload(proof)]], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(Payload(proof)))
    line = refused("conv", option, path, "--json")
    assert "Python objects, which are never loaded" in line or "not a valid .npy" in line
    assert not proof.exists()
    np.load(path, allow_pickle=True)  # and it would have
    assert proof.exists()


def test_a_control_character_in_a_file_name(refused, tmp_path):
    path = tmp_path / "a\x1b]0;title\x07\nb.csv"
    path.write_text("1,2\n3\n")
    line = refused("conv", "--input", path)
    assert r"a\x1b]0;title\x07\nb.csv" in line
    assert r"\x1b[2Jk.npy" in refused("conv", "--kernel", "\x1b[2Jk.npy")
    assert r"\x9b31m" in refused("conv", "--input", "\x9b31m")


def test_control_characters_in_a_name_that_loads(ran, tmp_path):
    path = tmp_path / "a\x1b[31m\x07b.csv"
    path.write_text("1,2\n3,4\n")
    for options in (("conv", "--kernel", "1"), ("pool",)):
        done = ran(*options, "--input", path, "--print")
        assert done.code == 0
        assert r"a\x1b[31m\x07b.csv" in done.out
        assert all(c.isprintable() or c == "\n" for c in done.out)


def test_a_name_that_is_no_sample(refused):
    assert "did you mean 'chelsea'?" in refused("conv", "--input", "chelse")
    assert "did you mean 'sobel-x'?" in refused("conv", "--kernel", "sobelx")
    assert "`cnntui samples` lists them" in refused("pool", "--input", "nothing")


# what torch refuses


IMPOSSIBLE = [
    ("conv --input gradient:2", ["(2 x 2)", "Kernel size: (3 x 3)", "2,2 fits", "padding 1 more"]),
    ("conv --input gradient:5 --dilation 3", ["Kernel size: (7 x 7)"]),
    ("conv --stride 0", ["stride", "0", "1 is legal"]),
    ("conv --stride 1,0", ["stride"]),
    ("conv --stride -1", ["stride"]),
    ("conv --dilation 0", ["dilation"]),
    ("conv --padding -1", ["negative padding", "0 is legal"]),
    ("conv --padding 0,-2", ["negative padding"]),
    ("conv --padding same --stride 2", ["same", "strided", "stride 1"]),
    ("conv --padding 8 --padding-mode reflect", ["7 is the most for reflect"]),
    ("conv --padding 9 --padding-mode circular", ["8 is the most for circular"]),
    ("conv --groups 0", ["groups"]),
    ("conv --groups 2", ["1 input channels", "groups 1"]),
    ("conv --input random:1:6,5,5 --groups 4", ["groups 1, 2, 3, 6"]),
    ("conv --input random:1:6,5,5 --kernel random:1:4,3,3,3 --groups 3", ["groups=3", "4 filters"]),
    ("conv --kernel rgb-bank", ["expected input to have 3 channels, but got 1", "1 channels"]),
    ("conv --input chelsea --cells 8 --kernel edges-bank", ["3 channels"]),
    ("conv --kernel edges-bank --bias 1,2", ["4 elements", "got 2", "one number, or 4"]),
    ("conv --bias 1,2", ["one number"]),
    ("conv --step 36", ["no step 36", "0 to 35"]),
    ("conv --step -1", ["no step -1", "0 to 35"]),
    ("conv --cells 0", ["1 to 4096"]),
    ("conv --padding 4096 --input random:1:9,64,64", ["padded input", "at most 134,217,728"]),
    ("conv --device cuda:x", ["unknown device", "auto, cpu, cuda, cuda:N or mps"]),
    ("conv --device tpu", ["unknown device"]),
    ("pool --size 9", ["Output size is too small", "8,8"]),
    ("pool --size 0", ["kernel size"]),
    ("pool --stride 0", ["stride"]),
    ("pool --padding 2", ["half of kernel size", "padding 1 is the most"]),
    ("pool --padding -1", ["non-negative", "0 is legal"]),
    ("pool --kind avg --dilation 2", ["dilation 1 or max"]),
    ("pool --kind adaptive-avg --output-size 0", ["output size"]),
    ("pool --step 16", ["0 to 15"]),
    ("pool --device cpu:0", ["unknown device"]),
]


@pytest.mark.parametrize(("command", "says"), IMPOSSIBLE)
def test_what_cannot_be_done(refused, command, says):
    line = refused(*command.split(), "--json")
    for words in says:
        assert words in line


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:0", "cuda:7"])
@BOTH
def test_no_gpu(refused, command, device):
    line = refused(command, "--device", device, "--json")
    assert "no CUDA device" in line
    assert "cpu" in line


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_that_is_not_there(refused):
    assert "cuda:0 to" in refused("conv", "--device", "cuda:99", "--json")


# what is typed


TYPED = [
    ("bogus", ["'bogus'", "conv", "pool", "samples", "doctor"]),
    ("--bogus", ["--bogus", "--help"]),
    ("conv --bogus 1", ["--bogus"]),
    ("conv --inp digit", ["--inp"]),
    ("conv extra", ["extra"]),
    ("samples extra", ["extra"]),
    ("conv --print --json", ["--json", "--print"]),
    ("conv --stride", ["--stride", "one argument"]),
    ("conv --stride x", ["'x' is no stride", "2,1"]),
    ("conv --stride 1.5", ["'1.5'"]),
    ("conv --stride 1,2,3", ["'1,2,3'", "height,width"]),
    ("conv --stride 1_0", ["'1_0'"]),
    ("conv --stride 99999999999999999999", ["up to 4096"]),
    ("conv --dilation ,", ["is no dilation"]),
    ("conv --padding sam", ["'sam'", "valid, same, full"]),
    ("conv --padding-mode mirror", ["'mirror'", "zeros", "reflect", "replicate", "circular"]),
    ("conv --activation gelu", ["'gelu'", "none, relu, leaky-relu, sigmoid, tanh"]),
    ("conv --groups two", ["'two'", "whole number"]),
    ("conv --step 1.0", ["'1.0'", "whole number"]),
    ("conv --step 1_0", ["'1_0'"]),
    ("conv --bias one", ["'one' is no bias"]),
    ("conv --bias ,", ["is no bias"]),
    ("conv --bias 1_0", ["'1_0'"]),
    ("conv --bias 1e39", ["'1e39'", "float32"]),
    ("conv --kind max", ["--kind"]),
    ("pool --kind min", ["'min'", "max", "avg", "global-max", "global-avg", "adaptive-avg"]),
    ("pool --kernel sobel-x", ["--kernel"]),
    ("pool --size a,b", ["'a,b' is no size"]),
    ("pool --output-size x", ["output size"]),
]


@pytest.mark.parametrize(("command", "says"), TYPED)
def test_what_is_typed_wrong(refused, command, says):
    line = refused(*command.split())
    for words in says:
        assert words in line


def test_empty_words(refused):
    assert "''" in refused("")
    assert "''" in refused("conv", "--stride", "")
    refused("conv", "--input", "")
    refused("conv", "--kernel", "")
    refused("conv", "--kernel", ";")
    refused("conv", "--bias", "")


def test_control_characters_in_what_is_typed(refused):
    assert r"\x1b[31mred" in refused("\x1b[31mred")
    assert r"\x1b]0;t\x07" in refused("conv", "--stride", "\x1b]0;t\x07")
    assert r"\x1b[1m" in refused("pool", "--kind", "\x1b[1m")
    refused("conv", "--\x1b[31m")


@pytest.mark.parametrize(
    ("kernel", "says"),
    [
        ("1 0 x", ["row 1", "'x'", "not a number"]),
        ("1 2; 3", ["row 2", "1 values", "every row"]),
        ("1 2\x1b[31m; 3 4", [r"\x1b[31m"]),
        ("1 1e39", ["float32"]),
    ],
)
def test_a_kernel_written_wrong(refused, kernel, says):
    line = refused("conv", "--kernel", kernel)
    for words in says:
        assert words in line
