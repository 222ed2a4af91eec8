"""IDX files written by struct: what is read, and what is said of each way to be wrong."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntui.datasets.idx import IMAGES, LABELS, read_idx
from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError
from tests.datasets.written import IDX_NAMES, idx, mnist, some


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("below", ["MNIST/raw", "raw", "mnist", "."])
def test_mnist_as_it_lies_on_disk(tmp_path, packed, below):
    images, labels, test_images, test_labels = mnist(tmp_path / below, packed)
    dataset = load_dataset("mnist", data_dir=tmp_path, validation=0)
    assert dataset.shape == (1, 28, 28)
    assert dataset.classes == tuple("0123456789")
    assert np.array_equal(dataset.train.images[:, 0], images)
    assert np.array_equal(dataset.train.labels, labels)
    assert np.array_equal(dataset.test.images[:, 0], test_images)
    assert np.array_equal(dataset.test.labels, test_labels)
    assert dataset.test.images.flags.writeable  # torch warns of others
    assert dataset.test.images.flags.c_contiguous


def test_the_folder_itself_is_the_data_set(tmp_path):
    mnist(tmp_path / "MNIST/raw")
    for folder in (tmp_path, tmp_path / "MNIST", tmp_path / "MNIST/raw"):
        assert load_dataset(str(folder)).name == "mnist"
    mnist(tmp_path / "FashionMNIST/raw")
    assert load_dataset(str(tmp_path / "FashionMNIST")).name == "fashion_mnist"
    with pytest.raises(UserError, match="holds mnist and fashion_mnist; write the name"):
        load_dataset(str(tmp_path))


def test_names_with_a_dot_are_read_too(tmp_path):
    mnist(tmp_path, packed=False)
    for name in IDX_NAMES:
        (tmp_path / name).rename(tmp_path / name.replace("-idx", ".idx"))
    assert len(load_dataset("mnist", data_dir=tmp_path).test) == 20


def test_validation_is_cut_from_training_by_class(tmp_path):
    mnist(tmp_path, train=100)
    dataset = load_dataset("mnist", data_dir=tmp_path, validation=0.2)
    assert np.bincount(dataset.validation.labels).tolist() == [2] * 10
    assert np.bincount(dataset.train.labels).tolist() == [8] * 10


def test_other_counts_and_checksums_are_noted(tmp_path):
    mnist(tmp_path)
    notes = load_dataset("mnist", data_dir=tmp_path).notes
    assert notes[0] == "40 and 20 pictures; 60,000 and 10,000 were published"
    assert notes[1].startswith("not the published file, by its checksum: train-images-idx3")
    mnist(tmp_path, packed=False)
    for path in tmp_path.glob("*.gz"):
        path.unlink()
    assert len(load_dataset("mnist", data_dir=tmp_path).notes) == 1  # unpacked: none is published


def test_the_right_checksum_is_not_noted(tmp_path, monkeypatch):
    from cnntui.datasets import locating

    mnist(tmp_path)
    sums = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    layout = locating.Layout("idx", (".",), sums)
    files = {name: tmp_path / name for name in sums}
    assert locating.checked(locating.Place(layout, tmp_path, files)) == ()


@pytest.mark.parametrize(
    ("named", "other", "first"),
    [
        ("fashion_mnist", "mnist", [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]),
        ("mnist", "fashion_mnist", [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]),
    ],
)
def test_one_set_is_not_taken_for_the_other(tmp_path, named, other, first):
    """Their files have the same names; the published test labels begin like this."""
    mnist(tmp_path, packed=False)
    labels = np.array([*first, *range(10)], np.uint8)
    (tmp_path / IDX_NAMES[3]).write_bytes(idx(labels))
    with pytest.raises(UserError, match=f"these are the files of {other}, not of {named}"):
        load_dataset(named, data_dir=tmp_path)
    assert load_dataset(other, data_dir=tmp_path).name == other


# what is missing


def test_a_missing_set_says_which_files_go_where_and_their_checksums(tmp_path):
    with pytest.raises(UserError) as raised:
        load_dataset("mnist", data_dir=tmp_path)
    said = str(raised.value)
    assert "\n" not in said
    for name in IDX_NAMES:
        assert f"{name}.gz (md5 " in said
    assert "f68b3c2dcbeaaa9fbdd348bbdeb94873" in said
    assert str(tmp_path / "MNIST/raw") in said
    assert "`cnntui datasets`" in said


def test_a_half_set_says_what_is_lacking(tmp_path):
    mnist(tmp_path)
    (tmp_path / f"{IDX_NAMES[3]}.gz").unlink()
    with pytest.raises(UserError, match=r"but lacks t10k-labels-idx1-ubyte.gz \(md5 ec29112d"):
        load_dataset("mnist", data_dir=tmp_path)


# what is wrong

PICTURES = idx(some(4, (28, 28))[0])
NAMES = idx(np.arange(4, dtype=np.uint8))


@pytest.mark.parametrize(
    ("magic", "content", "said"),
    [
        (IMAGES, b"", "has 0 bytes; an IDX file starts with the magic number 2051"),
        (IMAGES, b"\0\0\x08", "has 3 bytes"),
        (IMAGES, NAMES, "has the magic number 2049, of labels; 2051, of images, is wanted"),
        (LABELS, PICTURES, "has the magic number 2051, of images; 2049, of labels, is wanted"),
        (IMAGES, idx(np.zeros((2, 3, 3), ">f4"), 13), "3331, of 3-dimensional float; 2051"),
        (IMAGES, b"\x89PNG" * 9, "has the magic number 2303741511; 2051"),
        (IMAGES, PICTURES[:10], "ends within its header; 3 sizes are wanted"),
        (IMAGES, PICTURES[:-1], "has 3,135 values; its header promises 3,136: it is cut short"),
        (IMAGES, PICTURES + b"\0", "has more than the 3,136 values that its header promises"),
        (LABELS, NAMES[:-4], "has 0 values; its header promises 4"),
        (LABELS, struct.pack(">II", 2049, 0), "claims 0 values; 1 to"),
        (IMAGES, struct.pack(">IIII", 2051, *[2**32 - 1] * 3), "claims 4294967295 × 4294967295"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_wrong_file_is_named_with_what_it_has(tmp_path, magic, content, said, packed):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(UserError) as raised:
        read_idx(path, magic)
    assert str(raised.value).startswith(f"{path}: ")
    assert said in str(raised.value)


def test_a_header_that_claims_much_takes_no_memory(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(struct.pack(">IIII", 2051, 2**21, 28, 28) + bytes(100))
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(UserError, match="cut short"):
        read_idx(path, IMAGES)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(PICTURES + bytes(2**27)))
    with pytest.raises(UserError, match="has more than the 3,136 values"):
        read_idx(path, IMAGES)


@pytest.mark.parametrize("cut", [3, 12, 40, -4])
def test_a_damaged_gzip(tmp_path, cut):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(PICTURES)[:cut])
    with pytest.raises(UserError, match="is a damaged gzip file"):
        read_idx(path, IMAGES)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (IDX_NAMES[0], np.zeros((40, 28, 27), np.uint8), "has pictures of 28×27; 28×28"),
        (IDX_NAMES[1], np.zeros(39, np.uint8), "has 39 labels for 40 pictures"),
        (IDX_NAMES[3], np.full(20, 10, np.uint8), "has the label 10; 0 to 9 are wanted"),
    ],
)
def test_files_that_do_not_fit(tmp_path, name, values, said):
    mnist(tmp_path, packed=False)
    (tmp_path / name).write_bytes(idx(values))
    with pytest.raises(UserError, match=said):
        load_dataset("mnist", data_dir=tmp_path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_changed_bytes_are_read_or_refused(tmp_path, data):
    content = bytearray(gzip.compress(PICTURES))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert read_idx(path, IMAGES).size
