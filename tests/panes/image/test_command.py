"""What ``cnntui image`` prints and writes: Pillow and NumPy say what has to come out."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
from PIL import Image

from cnntui.errors import UserError
from cnntui.panes.image import command as image_commands
from cnntui.sources import samples


def state(*argv):
    command = argparse.ArgumentParser(exit_on_error=False)
    image_commands.prepare(command)
    return image_commands.state_with(command.parse_args(argv))


def found(*argv):
    text = image_commands.text(state(*argv), json=True)
    assert "\n" not in text
    return json.loads(text)


def chelsea():
    with Image.open(samples.folder() / "chelsea.png") as image:
        return np.asarray(image.convert("RGB"))


def test_the_mode_is_what_was_asked_for():
    assert state().mode == "numbers"
    assert state("--space", "hsv").mode == "channels"
    assert state("--space", "hsv", "--preprocess", "unit").mode == "preprocess"
    asked = state("--augment", "flip", "--preprocess", "unit", "--seed", "7")
    assert (asked.mode, asked.augmenting.seed, asked.recipe.name) == ("augment", 7, "unit")


def test_json_of_a_picture():
    pixels = chelsea()
    data = found("--space", "gray")
    assert data["shape"] == [213, 320, 3]
    assert (data["pixels"], data["values"]) == (213 * 320, 213 * 320 * 3)
    assert (data["dtype"], data["range"]) == ("uint8", [pixels.min(), pixels.max()])
    assert data["pixel"]["values"] == pixels[106, 160].tolist()
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    channel = data["space"]["channels"][0]
    assert channel["pixel"] == grey[106, 160]
    assert channel["mean"] == pytest.approx(grey.mean())
    assert channel["counts"] == np.histogram(grey, 64, (0, 256))[0].tolist()
    assert data["preprocess"] is None
    assert data["augment"] is None


def test_json_of_a_preprocessing():
    chain = found("--preprocess", "imagenet")["preprocess"]
    expected = (chelsea() / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    assert chain["steps"][-1]["pixel"] == pytest.approx(expected[106, 160], abs=1e-5)
    assert chain["steps"][-1]["range"] == pytest.approx([expected.min(), expected.max()], abs=1e-5)
    assert chain["torch_agrees"] is True


def test_json_of_augmentation():
    data = found("--augment", "mixup=1,flip", "--seed", "3")["augment"]
    assert (data["list"], data["seed"], data["size"]) == ("flip=0.5,mixup=1", 3, [42, 64])
    assert len(data["samples"]) == 12
    assert data == found("--augment", "mixup=1,flip", "--seed", "3")["augment"]
    assert data != found("--augment", "mixup=1,flip", "--seed", "4")["augment"]


def test_text():
    text = image_commands.text(state("--preprocess", "caffe", "--augment", "rotate=30"))
    assert "213×320×3 uint8, 68,160 pixels, 204,480 values" in text
    assert "0 to 215" in text
    assert "augmented at 42×64" in text
    assert "rotate=30, seed 0" in text
    both = image_commands.text(state("--preprocess", "caffe"), augment=True)
    assert "− mean 103.939 116.779 123.68" in both
    assert "✓ torch, 68,160 pixels" in both
    assert max(map(len, text.splitlines())) <= 80


def test_a_picture_is_written_as_it_is(tmp_path):
    said = image_commands.write(state(), str(tmp_path / "a.png"))
    assert said == f"written: {tmp_path / 'a.png'}, 213×320"
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), chelsea())
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_channels_are_written_beside_it(tmp_path):
    image_commands.write(state("--space", "rgb"), str(tmp_path / "a.png"))
    written = np.asarray(Image.open(tmp_path / "a.png"))
    assert written.shape == (213, 4 * 320 + 3 * 2, 3)
    for channel in range(3):
        left = (channel + 1) * 322
        tile = written[:, left : left + 320]
        assert np.array_equal(tile, chelsea()[..., channel, None].repeat(3, axis=2))


def test_results_and_samples_are_written(tmp_path):
    path = str(tmp_path / "a.PNG")
    image_commands.write(state("--preprocess", "caffe"), path)
    written = np.asarray(Image.open(path)).astype(float)
    expected = chelsea()[..., ::-1] - np.array((103.939, 116.779, 123.68))
    span = expected.max() - expected.min()
    assert np.abs(written - (expected - expected.min()) / span * 255).max() <= 0.51
    image_commands.write(state("--augment", "flip"), path)
    assert np.asarray(Image.open(path)).shape == (4 * 42 + 3 * 2, 4 * 64 + 3 * 2, 3)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--image", "nothing.png"), "no such file"),
        (("--image", "chelsee"), "did you mean 'chelsea'"),
        (("--space", "cmyk"), "give one of rgb"),
        (("--preprocess", "vgg"), "give none, unit, imagenet"),
        (("--augment", "flop"), "did you mean flip"),
        (("--augment", "rotate=999"), "0 to 180"),
    ],
)
def test_bad_options_are_one_line(argv, says):
    with pytest.raises(UserError) as problem:
        state(*argv)
    assert says in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", "٣", "9" * 19])
def test_bad_seeds(seed):
    with pytest.raises(argparse.ArgumentError, match="no seed"):
        state(f"--seed={seed}")


@pytest.mark.parametrize(
    ("name", "says"),
    [("a.jpg", r"end the name in \.png"), ("none/a.png", "No such file"), ("", "PNG")],
)
def test_what_cannot_be_written(tmp_path, name, says):
    with pytest.raises(UserError, match=says):
        image_commands.write(state(), str(tmp_path / name))
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UserError, match="no regular file"):
        image_commands.write(state(), str(tmp_path / "folder.png"))
