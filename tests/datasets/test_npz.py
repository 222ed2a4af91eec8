"""Arrays that numpy saved, in the shapes and types people save them in."""

from __future__ import annotations

import contextlib
import io
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError
from tests.datasets.written import some


def keras(path, shape=(6, 5), classes=4, **more):
    x, y = some(40, shape, classes=classes)
    u, v = some(20, shape, 1, classes)
    arrays = {"x_train": x, "y_train": y, "x_test": u, "y_test": v, **more}
    np.savez(path, **arrays)
    return arrays


@pytest.mark.parametrize(
    ("shape", "axes", "wanted"),
    [
        ((6, 5), None, (1, 6, 5)),
        ((6, 5, 1), (0, 3, 1, 2), (1, 6, 5)),
        ((6, 5, 3), (0, 3, 1, 2), (3, 6, 5)),
        ((3, 6, 5), (0, 1, 2, 3), (3, 6, 5)),
        ((1, 6, 5), (0, 1, 2, 3), (1, 6, 5)),
    ],
)
def test_keras_arrays_of_every_shape(tmp_path, shape, axes, wanted):
    arrays = keras(tmp_path / "a.npz", shape)
    dataset = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert dataset.shape == wanted
    assert dataset.notes == ()
    assert dataset.classes == ("0", "1", "2", "3")
    for split, x, y in (("train", "x_train", "y_train"), ("test", "x_test", "y_test")):
        pictures = arrays[x][:, None] if axes is None else arrays[x].transpose(axes)
        assert np.array_equal(getattr(dataset, split).images, pictures)
        assert np.array_equal(getattr(dataset, split).labels, arrays[y])
        assert getattr(dataset, split).images.flags.writeable  # torch warns of others
        assert getattr(dataset, split).images.flags.c_contiguous


def test_an_unclear_shape_is_noted_and_can_be_said(tmp_path):
    arrays = keras(tmp_path / "a.npz", (3, 5, 3))
    last = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert np.array_equal(last.train.images, arrays["x_train"].transpose(0, 3, 1, 2))
    assert "read as (N, H, W, C); :layout=NCHW" in last.notes[0]
    first = load_dataset(f"{tmp_path / 'a.npz'}:layout=NCHW", validation=0)
    assert np.array_equal(first.train.images, arrays["x_train"])


def test_keras_cifar_labels_and_packed_files(tmp_path):
    arrays = keras(tmp_path / "a.npz")
    arrays["y_train"] = arrays["y_train"][:, None].astype(np.int32)
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    dataset = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert np.array_equal(dataset.train.labels, arrays["y_train"][:, 0])


def test_validation_that_is_there_is_taken(tmp_path):
    x, y = some(8, (6, 5), 7, 4)
    keras(tmp_path / "a.npz", x_val=x, y_val=y)
    dataset = load_dataset(str(tmp_path / "a.npz"))
    assert len(dataset.train) == 40
    assert np.array_equal(dataset.validation.images[:, 0], x)


def test_images_and_labels_are_split_by_a_seed(tmp_path):
    images, labels = some(100, (6, 5), classes=5)
    np.savez(tmp_path / "a.npz", images=images, labels=labels)
    dataset = load_dataset(str(tmp_path / "a.npz"))
    assert [len(s) for s in (dataset.train, dataset.validation, dataset.test)] == [72, 8, 20]
    assert np.bincount(dataset.test.labels).tolist() == [4] * 5
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for split in (dataset.train, dataset.test):
        assert [known[image.tobytes()] for image in split.images[:, 0]] == split.labels.tolist()
    other = load_dataset(str(tmp_path / "a.npz"), seed=1)
    assert not np.array_equal(other.test.images, dataset.test.images)


def test_our_own_digits_are_such_a_file():
    from cnntui.sources import samples

    dataset = load_dataset(str(samples.folder() / "digits.npz"))
    assert len(dataset.train) + len(dataset.validation) + len(dataset.test) == 1797


def test_labels_and_classes_by_name(tmp_path):
    arrays = keras(tmp_path / "a.npz", classes_=np.zeros(1))
    named = np.array(["ant", "bee", "cow", "dog"])
    np.savez(tmp_path / "a.npz", **{**arrays, "classes": named})
    assert load_dataset(str(tmp_path / "a.npz")).classes == tuple(named)
    texts = {key: named[arrays[key]] for key in ("y_train", "y_test")}
    np.savez(tmp_path / "b.npz", **{**arrays, **texts})
    dataset = load_dataset(str(tmp_path / "b.npz"), validation=0)
    assert dataset.classes == tuple(named)
    assert np.array_equal(dataset.train.labels, arrays["y_train"])


def test_labels_need_not_start_at_zero(tmp_path):
    arrays = keras(tmp_path / "a.npz")
    for name in ("y_train", "y_test"):
        arrays[name] = arrays[name].astype(np.float64) * 10 - 5
    np.savez(tmp_path / "a.npz", **arrays)
    dataset = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert dataset.classes == ("-5", "5", "15", "25")
    assert dataset.train.labels.tolist()[:5] == [0, 1, 2, 3, 0]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_fractions_of_one_become_levels(tmp_path, kind):
    values = np.linspace(0, 1, 30).reshape(6, 5).astype(kind)
    arrays = keras(tmp_path / "a.npz")
    arrays["x_train"], arrays["x_test"] = np.tile(values, (40, 1, 1)), np.tile(values, (20, 1, 1))
    np.savez(tmp_path / "a.npz", **arrays)
    dataset = load_dataset(str(tmp_path / "a.npz"))
    wanted = [[round(float(value) * 255) for value in row] for row in values]
    assert dataset.train.images[0, 0].tolist() == wanted
    assert dataset.notes == ("its values of 0 to 1 are read as 0 to 255",)


@pytest.mark.parametrize("kind", [np.int64, np.uint16, np.float32])
def test_whole_values_of_other_types(tmp_path, kind):
    arrays = keras(tmp_path / "a.npz")
    wide = {name: arrays[name].astype(kind) for name in ("x_train", "x_test")}
    np.savez(tmp_path / "a.npz", **{**arrays, **wide})
    dataset = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert np.array_equal(dataset.train.images[:, 0], arrays["x_train"])


def test_true_and_false_are_white_and_black(tmp_path):
    arrays = keras(tmp_path / "a.npz")
    bits = {name: arrays[name] > 99 for name in ("x_train", "x_test")}
    np.savez(tmp_path / "a.npz", **{**arrays, **bits})
    dataset = load_dataset(str(tmp_path / "a.npz"), validation=0)
    assert np.array_equal(dataset.train.images[:, 0], (arrays["x_train"] > 99) * 255)


ZEROS = np.zeros(40)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"y_test": None}, "lacks y_test; it has x_train"),
        ({"x_test": None}, "x_train y_train x_test y_test or images labels wanted"),
        ({"y_train": np.zeros(39, np.int64)}, r"y_train has the shape \(39,\) for 40 pictures"),
        ({"y_train": np.eye(40)}, r"y_train has the shape \(40, 40\); save y_train.argmax\(1\)"),
        ({"y_train": ZEROS + 0.5}, "y_train holds float64; whole numbers or texts"),
        ({"y_train": ZEROS + np.nan}, "y_train holds float64"),
        ({"y_train": ZEROS, "y_test": np.zeros(20)}, "has 1 different labels; 2 to 10,000"),
        ({"x_train": np.zeros((40, 5))}, r"has pictures of \(40, 5\); \(N, H, W\)"),
        ({"x_train": np.zeros((40, 2, 5, 5))}, "1 or 3 channels are wanted"),
        ({"x_train": np.zeros((0, 5, 5))}, "has pictures of"),
        ({"x_train": np.zeros((40, 6, 4))}, r"its pictures are of \(1, 6, 4\) and \(1, 6, 5\)"),
        ({"x_test": np.zeros((20, 6, 5, 3))}, "one size|unlike the others"),
        ({"x_train": np.full((40, 6, 5), -1.0)}, "its values are -1 to 255; save 0 to 255"),
        ({"x_train": np.full((40, 6, 5), 256)}, "its values are 0 to 256"),
        ({"x_train": np.full((40, 6, 5), np.nan)}, "its values are nan to"),
        ({"x_train": np.full((40, 6, 5), 1j)}, "its pictures are no numbers"),
        (
            {"x_train": np.full((40, 6, 5), None)},
            "x_train holds Python objects, which are never",
        ),
        ({"classes": np.array(["a", "b"])}, "has 2 classes for labels 0 to 3"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, changed, said):
    arrays = {**keras(tmp_path / "a.npz"), **changed}
    np.savez(
        tmp_path / "a.npz", **{key: value for key, value in arrays.items() if value is not None}
    )
    with pytest.raises(UserError, match=said) as raised:
        load_dataset(str(tmp_path / "a.npz"))
    assert str(raised.value).startswith(str(tmp_path / "a.npz"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no sound .npz file"),
        (b"no archive", "is no sound .npz file"),
        (b"PK\x05\x06" + bytes(18), "has nothing; x_train"),
    ],
)
def test_what_is_no_archive(tmp_path, content, said):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match=said):
        load_dataset(str(tmp_path / "a.npz"))


@pytest.mark.parametrize("shape", ["(9999999999, 99, 99)", "(-1, 6, 5)", "(41, 6, 5)"])
def test_a_header_that_claims_what_is_not_there(tmp_path, shape):
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((40, 6, 5), np.uint8))
    lying = buffer.getvalue().replace(b"(40, 6, 5)", shape.encode(), 1)
    grown = len(lying) - len(buffer.getvalue())
    lying = lying.replace(b" " * grown + b"\n", b"\n", 1) if grown > 0 else lying
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", lying)
        archive.writestr("labels.npy", lying)
    with pytest.raises(UserError, match=r"damaged or too large|cut short|no sound"):
        load_dataset(str(tmp_path / "a.npz"))


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_changed_bytes_are_read_or_refused(tmp_path, data):
    path = tmp_path / "fuzz.npz"
    keras(path, (2, 2))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert len(load_dataset(str(path)).train)
