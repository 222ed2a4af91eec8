"""Every data set that the registry finds is well formed, and is what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import torch

from cnntui.datasets.dataset import Wanted
from cnntui.datasets.naming import known_datasets, load_dataset
from cnntui.errors import UserError
from cnntui.registry import entries

FILES = entries("datasets")
KNOWN = known_datasets()
EVERY_FILE = pytest.mark.parametrize("entry", FILES, ids=[entry.name for entry in FILES])
EVERY_SET = pytest.mark.parametrize("known", KNOWN, ids=[known.name for known in KNOWN])
OFFLINE = [known for known in KNOWN if known.offline]
EVERY_OFFLINE = pytest.mark.parametrize("known", OFFLINE, ids=[known.name for known in OFFLINE])


def test_the_sets_that_are_promised():
    promised = {"digits", "shapes", "glyphs", "mnist", "fashion_mnist", "cifar10", "cifar100"}
    assert {known.name for known in KNOWN} == {*promised, "folder", "npz"}
    assert {known.name for known in OFFLINE} == {"digits", "shapes", "glyphs"}


@pytest.mark.parametrize("what", ["name", "title"])
def test_no_two_sets_are_called_the_same(what):
    said = Counter(getattr(known, what) for known in KNOWN)
    assert [name for name, times in said.items() if times > 1] == []


def test_the_room_is_listed_without_torch_numpy_or_a_data_set():
    code = (
        "import sys; from cnntui.cli.commands import datasets; datasets.listed();"
        "loaded = {'torch', 'numpy', 'PIL', 'cnntui.datasets.shapes'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@EVERY_SET
def test_a_set_says_what_it_is(known):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", known.name)
    for said in (known.title, known.licence, known.source):
        assert said == said.strip() != ""
    for name, option in known.options.items():
        assert re.fullmatch(r"[a-z_]+", name)
        assert option.means.strip()
    assert known.offline == (known.train is not None and not known.files)
    assert known.flip == (known.name not in ("digits", "glyphs", "mnist"))


@EVERY_SET
def test_files_have_names_folders_and_checksums(known):
    for layout in known.files:
        assert layout.folders[-1] == "."
        sums = [layout.archive_md5, *layout.files.values()]
        assert any(sums)
        assert all(re.fullmatch(r"[0-9a-f]{32}", md5) for md5 in sums if md5)
        assert len(set(filter(None, sums))) == len(list(filter(None, sums)))


@EVERY_FILE
def test_another_name_is_refused_by_the_file_itself(entry):
    with pytest.raises(UserError, match="no data set 'no-such'"):
        entry.load()(Wanted("no-such"))


@EVERY_FILE
def test_another_option_is_refused_in_a_line_that_names_the_known(entry):
    name = entry.about["datasets"][0]["name"]
    with pytest.raises(UserError, match=rf"{name} has no option 'colr'; it has .*validation"):
        entry.load()(Wanted(name, options={"colr": "red"}))


@EVERY_OFFLINE
def test_a_set_holds_what_it_says(known):
    dataset = load_dataset(known.name)
    assert dataset.name == known.name
    assert dataset.shape == known.shape
    assert len(dataset.train) + len(dataset.validation) == known.train
    assert len(dataset.test) == known.test
    classes = known.classes if isinstance(known.classes, int) else len(known.classes)
    assert len(dataset.classes) == len(set(dataset.classes)) == classes
    for split in (dataset.train, dataset.validation, dataset.test):
        assert split.images.dtype == np.uint8
        assert split.labels.dtype == np.int64
        assert len(split.images) == len(split)
        assert torch.from_numpy(split.images).is_contiguous()  # warns where it is read-only
        assert len(torch.from_numpy(split.labels)) == len(split)
        assert set(split.labels.tolist()) <= set(range(classes))
    assert len(dataset.validation) == pytest.approx(known.train / 10, abs=1)


@EVERY_OFFLINE
def test_a_set_is_the_same_twice(known):
    one, two = (load_dataset(known.name, seed=3) for _ in range(2))
    for name in ("train", "validation", "test"):
        assert np.array_equal(getattr(one, name).images, getattr(two, name).images)
        assert np.array_equal(getattr(one, name).labels, getattr(two, name).labels)
