"""How a data set is named on the command line, where it is looked for, and what is printed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.cli.commands import datasets as dataset_list
from cnntui.datasets.figures import figures_of
from cnntui.datasets.naming import (
    data_folder,
    data_folders,
    find_dataset,
    known_datasets,
    load_dataset,
    parse_spec,
)
from cnntui.errors import UserError
from cnntui.panes.gallery import command as gallery
from tests.datasets.written import IDX_NAMES, mnist


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Neither ./data nor the user's folder of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNTUI_DATA", str(tmp_path / "user"))


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("digits", "digits", {}),
        (" Digits ", "digits", {}),
        ("digits:split=writers", "digits", {"split": "writers"}),
        ("shapes:size=64, colour=grey", "shapes", {"size": "64", "colour": "grey"}),
        ("shapes:seed=", "shapes", {"seed": ""}),
        ("fashion-mnist", "fashion_mnist", {}),
        ("Fashion-MNIST", "fashion_mnist", {}),
        ("CIFAR-10", "cifar10", {}),
        ("cifar-100:labels=coarse", "cifar100", {"labels": "coarse"}),
    ],
)
def test_a_name_with_its_options(text, name, options):
    wanted = parse_spec(text)
    assert (wanted.name, wanted.folder, wanted.options) == (name, None, options)


def test_a_path_with_its_options(tmp_path):
    (tmp_path / "pets").mkdir()
    (tmp_path / "odd:name=x").mkdir()
    for text, folder, options in [
        (f"{tmp_path}/pets", "pets", {}),
        ("pets", "pets", {}),
        ("./pets:size=64", "pets", {"size": "64"}),
        ("odd:name=x", "odd:name=x", {}),
    ]:
        wanted = parse_spec(text)
        assert wanted.name == "folder"
        assert wanted.folder.resolve() == tmp_path / folder
        assert wanted.options == options
    wanted = parse_spec("some/file.NPZ:layout=NCHW")
    assert (wanted.name, wanted.folder) == ("npz", Path("some/file.NPZ"))


def test_a_name_wins_over_a_folder_so_called(tmp_path):
    (tmp_path / "digits").mkdir()
    assert parse_spec("digits").folder is None
    assert parse_spec("./digits").name == "folder"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no data set is named; `cnntui datasets` lists them"),
        ("mnst", "no data set is called 'mnst'; did you mean 'mnist'"),
        ("nothing-like-it-at-all", "`cnntui datasets` lists them; a folder of pictures"),
        ("digits:writers", "'writers' are no options; write them digits:option=value"),
        ("digits:split", "'split' are no options"),
        ("digits:", "'' are no options"),
        ("digits:split=a,split=b", "names an option twice"),
        ("digits:Split=a", "are no options"),
        ("some/where", "some/where: is no folder and no .npz file"),
        ("a\nb\x1b[31m", r"no data set is called 'a b\\\\x1b\[31m'"),
    ],
)
def test_a_wrong_name(text, said):
    with pytest.raises(UserError, match=said):
        parse_spec(text)


@given(st.text(max_size=60))
def test_any_text_is_a_request_or_refused_in_one_line(text):
    with contextlib.suppress(UserError):
        assert find_dataset(parse_spec(text).name)


def test_where_files_are_looked_for(tmp_path, monkeypatch):
    assert data_folders() == (Path("data"), tmp_path / "user")
    assert data_folders(Path("here")) == (Path("here"),)
    monkeypatch.delenv("CNNTUI_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder().parent.name == "cnntui"


@pytest.mark.parametrize("folder", ["data", "user"])
def test_files_are_found_in_each_place(tmp_path, folder):
    mnist(tmp_path / folder / "MNIST/raw")
    assert len(load_dataset("mnist").test) == 20
    with pytest.raises(UserError, match="mnist is not in"):
        load_dataset("mnist", data_dir=tmp_path / "other")


def test_a_missing_set_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(UserError, match=f"mnist is not in data or {tmp_path}/user; put train-"):
        load_dataset("mnist")


def test_validation_in_the_text_wins():
    assert len(load_dataset("digits:validation=0.5", validation=0.1).validation) == 719
    with pytest.raises(UserError, match="validation is '2'"):
        load_dataset("digits:validation=2")


# what is printed


def test_the_list_as_json(tmp_path):
    mnist(tmp_path / "data/MNIST/raw")
    listed = json.loads(json.dumps(dataset_list.listed()))
    by_name = {one["name"]: one for one in listed}
    assert list(by_name) == [known.name for known in known_datasets()]
    assert by_name["mnist"]["found"] == "data/MNIST/raw"
    assert by_name["cifar10"]["found"] is None
    assert by_name["digits"]["offline"] is True
    assert by_name["mnist"]["classes"] == list("0123456789")
    assert by_name["cifar100"]["classes"] == 100
    assert by_name["folder"]["shape"] is None
    sums = by_name["mnist"]["files"][0]["files"]
    assert list(sums) == [f"{name}.gz" for name in IDX_NAMES]
    assert sums["t10k-labels-idx1-ubyte.gz"] == "ec29112dd5afa0611ce80d1b7f02629c"


def test_the_list_as_text(tmp_path):
    mnist(tmp_path / "data")
    page = dataset_list.page(dataset_list.listed())
    for known in known_datasets():
        assert known.title in page
        assert known.licence in page
        for layout in known.files:
            for name, md5 in layout.files.items():
                assert name in page
                assert md5 is None or md5 in page
    assert "found in data" in page
    assert page.endswith("nothing is downloaded")


def test_the_figures_as_json_and_text():
    figures = figures_of(load_dataset("digits", validation=0))
    report = json.loads(json.dumps(gallery.report(figures)))
    assert sum(report["counts"]["train"]) == 1438
    assert sum(report["histogram"][0]) == 1438 * 64
    text = gallery.page(figures)
    assert text.splitlines()[0] == "Handwritten digits, 8×8: 10 classes, 1×8×8"
    total = text.splitlines()[-1].split()
    assert total == ["all", "1,438", "0", "359"]
    assert f"mean {report['mean'][0]:.3f}"[:9] in text
