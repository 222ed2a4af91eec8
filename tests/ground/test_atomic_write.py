"""Files are put into place whole; what lies beside them is left alone."""

from __future__ import annotations

import os

import pytest

from cnntui.ground import atomic_write
from cnntui.ground.atomic_write import TEMPORARY, write_whole


def test_what_lies_beside_is_left_alone(tmp_path):
    (tmp_path / "victim").write_text("kept")
    (tmp_path / f"{TEMPORARY}a.txt").symlink_to(tmp_path / "victim")
    write_whole(tmp_path / "a.txt", lambda file: file.write_text("new"))
    assert (tmp_path / "victim").read_text() == "kept"
    assert not (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.parametrize("name", ["x" * 250, "\u732b" * 80])
def test_a_name_as_long_as_the_disk_takes(tmp_path, name):
    write_whole(tmp_path / name, lambda file: file.write_text("x"))
    assert os.listdir(tmp_path) == [name]


def test_what_could_not_be_written_leaves_all_as_it_was(tmp_path):
    def broken(file):
        file.write_text("half")
        raise ValueError("no more")

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(ValueError, match="no more"):
        write_whole(tmp_path / "a.txt", broken)
    assert os.listdir(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    synced = atomic_write._synced

    def of_files_alone(path):
        if path.is_dir():
            raise OSError(22, "Invalid argument")
        synced(path)

    monkeypatch.setattr(atomic_write, "_synced", of_files_alone)
    write_whole(tmp_path / "a.txt", lambda file: file.write_text("new"))
    assert os.listdir(tmp_path) == ["a.txt"]
