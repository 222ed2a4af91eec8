"""CIFAR's two versions, written by hand as their authors' tools did."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError
from tests.datasets.written import (
    array,
    cifar10,
    cifar10_binary,
    cifar100,
    dictionary,
    numbers,
    some,
    texts,
)

NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
WRITERS = {"cifar-10-batches-py": cifar10, "cifar-10-batches-bin": cifar10_binary}


@pytest.mark.parametrize("folder", WRITERS)
@pytest.mark.parametrize("inside", [False, True])
def test_cifar10_in_both_versions(tmp_path, folder, inside):
    batches = WRITERS[folder](tmp_path if inside else tmp_path / folder)
    dataset = load_dataset("cifar10", data_dir=tmp_path, validation=0)
    images = np.concatenate([images for images, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    assert dataset.shape == (3, 32, 32)
    assert dataset.classes == tuple(NAMES)
    assert np.array_equal(dataset.train.images.reshape(50, -1), images[:50])
    assert np.array_equal(dataset.test.images.reshape(10, -1), images[50:])
    assert np.array_equal(dataset.train.labels, labels[:50])
    assert np.array_equal(dataset.test.labels, labels[50:])
    assert dataset.test.images.flags.writeable  # torch warns of others
    assert dataset.test.images.flags.c_contiguous


def test_the_planes_are_red_green_and_blue(tmp_path):
    """A record's first 1,024 bytes are the red plane, row by row (the authors' page)."""
    cifar10_binary(tmp_path, 1)
    red = bytes([7]) + bytes(range(256)) * 4 + bytes([50]) * 1024 + bytes([60]) * 1024
    (tmp_path / "test_batch.bin").write_bytes(red)
    image = load_dataset("cifar10", data_dir=tmp_path).test.images[0]
    assert image[0, 0].tolist() == list(range(32))
    assert image[0, 1, 0] == 32
    assert set(image[1].ravel()) == {50}
    assert set(image[2].ravel()) == {60}


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("labels", ["fine", "coarse"])
def test_cifar100_fine_and_coarse(tmp_path, binary, labels):
    folder = tmp_path / ("cifar-100-binary" if binary else "cifar-100-python")
    train, test = cifar100(folder, binary)
    dataset = load_dataset(f"cifar100:labels={labels}", data_dir=tmp_path, validation=0)
    which = 1 if labels == "fine" else 2
    assert np.array_equal(dataset.train.labels, train[which])
    assert np.array_equal(dataset.test.labels, test[which])
    assert np.array_equal(dataset.test.images.reshape(200, -1), test[0])
    assert len(dataset.classes) == {"fine": 100, "coarse": 20}[labels]


def test_fine_is_what_is_usual(tmp_path):
    cifar100(tmp_path)
    assert len(load_dataset("cifar100", data_dir=tmp_path).classes) == 100


def test_names_beside_the_batches(tmp_path):
    cifar10(tmp_path)
    names = [f"name{n}" for n in range(10)]
    (tmp_path / "batches.meta").write_bytes(dictionary(label_names=texts(names)))
    assert load_dataset("cifar10", data_dir=tmp_path).classes == tuple(names)
    (tmp_path / "batches.meta").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    assert load_dataset("cifar10", data_dir=tmp_path).classes == tuple(NAMES)


def test_names_beside_the_binary_files(tmp_path):
    cifar100(tmp_path, binary=True)
    names = [f"class_{n}" for n in range(100)]
    (tmp_path / "fine_label_names.txt").write_text("\n".join(names) + "\n")
    assert load_dataset("cifar100", data_dir=tmp_path).classes == tuple(names)


def test_the_folder_itself_is_the_data_set(tmp_path):
    cifar10(tmp_path / "cifar-10-batches-py")
    assert load_dataset(str(tmp_path / "cifar-10-batches-py")).name == "cifar10"
    assert load_dataset(f"{tmp_path}:validation=0.5").name == "cifar10"


def test_a_missing_set_names_the_archive_and_its_checksum(tmp_path):
    with pytest.raises(UserError) as raised:
        load_dataset("cifar100", data_dir=tmp_path)
    said = str(raised.value)
    assert "cifar-100-python.tar.gz (md5 eb9058c3a382ffc7106e4002c42a8d85)" in said
    assert "cifar-100-python with train, test" in said


def test_a_missing_batch_is_named(tmp_path):
    cifar10(tmp_path / "cifar-10-batches-py")
    (tmp_path / "cifar-10-batches-py/data_batch_4").unlink()
    with pytest.raises(UserError, match=r"lacks data_batch_4 \(md5 634d18415352ddfa80567"):
        load_dataset("cifar10", data_dir=tmp_path)


def batch(**changed):
    images, labels = some(10, (3072,))
    items = {"labels": numbers(labels), "data": array(images), **changed}
    return dictionary(**{name: item for name, item in items.items() if item})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (batch(labels=b""), "lacks data or labels; it has data"),
        (batch(data=b""), "lacks data or labels; it has labels"),
        (batch(data=numbers([1])), "lacks data or labels"),
        (batch(labels=texts(["a"])), "lacks data or labels"),
        (batch(labels=numbers(range(9))), r"has data of \(10, 3072\) for 9 labels"),
        (batch(labels=numbers(range(1, 11))), "has the label 10; 0 to 9 are wanted"),
        (batch(data=array(some(10, (3071,))[0])), r"\(10, 3071\) for 10 labels; \(N, 3072\)"),
        (batch()[:-900], "is no pickle of CIFAR"),
        (b"", "is no pickle of CIFAR"),
        (pickle.dumps([1, 2]), "holds a list; CIFAR's files hold a dict"),
        (b"cos\nsystem\n(S'true'\ntR.", r"asks for os\.system"),
    ],
)
def test_a_wrong_batch_is_named_with_what_it_has(tmp_path, content, said):
    cifar10(tmp_path)
    (tmp_path / "data_batch_3").write_bytes(content)
    with pytest.raises(UserError, match=said) as raised:
        load_dataset("cifar10", data_dir=tmp_path)
    assert str(raised.value).startswith(str(tmp_path / "data_batch_3"))


@pytest.mark.parametrize(("size", "shown"), [(0, "0"), (3072, "3,072"), (30_731, "30,731")])
def test_a_binary_file_of_another_size(tmp_path, size, shown):
    cifar10_binary(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(bytes(size))
    with pytest.raises(UserError, match=f"has {shown} bytes; a multiple of 3,073 is wanted"):
        load_dataset("cifar10", data_dir=tmp_path)
