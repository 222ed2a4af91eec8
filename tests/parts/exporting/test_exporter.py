"""What a file's ending says, and what is written over only when told twice."""

from __future__ import annotations

import pytest

from cnntui.errors import UserError
from cnntui.parts.exporting.exporter import Overwriting, form_of


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("t.csv", "csv"),
        ("a.b/T.JSON", "json"),
        ("x.tar.md", "markdown"),
        (r"c:\d.markdown", "markdown"),
    ],
)
def test_the_ending_says_the_form(path, form):
    assert form_of(path) == form


@pytest.mark.parametrize("path", ["", "table", "a.csv/table", "table.txt", ".csvx"])
def test_another_ending_is_refused(path):
    with pytest.raises(UserError, match="end the name in"):
        form_of(path)


def test_what_is_there_is_written_over_when_told_twice_in_a_row(tmp_path):
    old, other = tmp_path / "old.csv", tmp_path / "other.csv"
    old.touch()
    other.touch()
    over = Overwriting()
    over.check(str(tmp_path / "new.csv"))
    for path in (old, other, old):
        with pytest.raises(UserError, match="once more"):
            over.check(str(path))
    over.check(str(old))
