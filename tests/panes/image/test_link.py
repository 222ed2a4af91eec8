"""Links of the Pictures pane: every state comes back, and a stranger's link opens no file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnntui.engine.colours import NAMES
from cnntui.engine.preprocessing import recipes
from cnntui.errors import UserError
from cnntui.panes.image.reading import read_photo
from cnntui.panes.image.state import MODES, PicturesState
from cnntui.parts.links.link import Link, keys_of, link_of, parse_link, state_of, written
from tests.parts.stepping.verbs import applied

PHOTOS = {name: read_photo(name) for name in ("chelsea", "camera", "digit:3", "edge-5x5")}
ALIKE = ("mode", "cursor", "space", "method", "resized_to", "recipe", "augmenting", "in_cells")
BY_ONE = st.sampled_from((1, -1))
VERBS = st.one_of(
    st.tuples(st.just("turned"), st.tuples(BY_ONE)),
    st.tuples(st.just("shown"), st.tuples(st.sampled_from(MODES))),
    st.tuples(st.just("moved"), st.tuples(st.integers(-9, 9), st.integers(-9, 9))),
    st.tuples(st.just("jumped"), st.tuples(BY_ONE, BY_ONE)),
    st.tuples(st.just("cornered"), st.tuples(st.booleans())),
    st.tuples(st.just("zoomed"), st.tuples(st.integers(-5, 5))),
    st.tuples(st.just("in_space"), st.tuples(st.sampled_from(NAMES))),
    st.tuples(st.just("again"), st.tuples(BY_ONE)),
    st.tuples(st.just("compared"), st.tuples(st.integers(-7, 7))),
    st.tuples(st.just("resized_by"), st.tuples(BY_ONE)),
    st.tuples(st.just("prepared_by"), st.tuples(BY_ONE)),
    st.tuples(st.just("combined"), st.just(())),
    st.tuples(st.just("filled"), st.just(())),
    st.tuples(
        st.just("augmented"),
        st.tuples(st.sampled_from(("none", "fill=edge", "flip,rotate=31.5", "cutmix,fill=mean"))),
    ),
    st.tuples(st.just("reset"), st.just(())),
)


def opened(link: str, trusted: bool = False) -> Any:
    """Open a link, as a lesson would."""
    return state_of(parse_link(link), trusted)


@given(st.sampled_from(sorted(PHOTOS)), st.lists(VERBS, max_size=12))
@settings(max_examples=150, deadline=None)
def test_every_picture_comes_back(name: str, verbs: list[Any]) -> None:
    state = PicturesState.of(PHOTOS[name])
    for verb in verbs:
        state = applied(state, verb)
    link, left_out = written("image", state)
    found = opened(str(link))
    assert not left_out
    assert found.photo.source.name == name
    for each in ALIKE:
        assert getattr(found, each) == getattr(state, each), each
    most = state.most_zoom
    assert min(found.zoom, most) == min(state.zoom, most)
    assert link_of("image", found) == str(link)


def test_the_first_state_is_the_command_alone() -> None:
    assert link_of("image", PicturesState.of(PHOTOS["chelsea"])) == "image"
    assert parse_link("pictures?mode=channels") == Link("image", {"mode": "channels"})
    assert {"image", "mode", "space", "preprocess", "augment", "seed"} <= set(keys_of("image"))


@pytest.mark.parametrize(
    ("link", "mode"),
    [
        ("image?space=hsv", "channels"),
        ("image?preprocess=caffe&space=hsv", "preprocess"),
        ("image?augment=flip&preprocess=caffe", "augment"),
        ("image?preprocess=caffe&mode=histogram", "histogram"),
    ],
)
def test_the_words_of_a_link_are_those_of_the_command(link: str, mode: str) -> None:
    from cnntui.cli.parser import parse
    from cnntui.panes.image.command import state_with

    words = [f"--{part}" for part in link.partition("?")[2].split("&") if "mode" not in part]
    told = state_with(parse(["image", *words]))
    found = opened(link)
    assert found.mode == mode
    assert found.mode == told.mode or "mode=" in link
    assert (found.space, found.recipe) == (told.space, told.recipe)
    assert found.augmenting == told.augmenting


def test_cells_are_cells_on_every_screen() -> None:
    state = opened("image?image=digit:3&zoom=cells")
    for size in ((20, 5), (78, 19), (150, 50)):
        assert state.sized(*size).in_cells
        assert not state.sized(*size).zoomed(-1).in_cells
    assert not opened("image").in_cells


def test_a_data_sets_recipe_comes_back() -> None:
    found = opened("image?image=digit:3&preprocess=digits")
    assert (found.mode, found.recipe.name) == ("preprocess", "digits")
    assert found.recipe.name not in {recipe.name for recipe in recipes()}
    assert opened(link_of("image", found)).recipe == found.recipe


def test_a_file_is_opened_from_the_command_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a & b.png"
    Image.new("RGB", (6, 4), (10, 20, 30)).save(path)
    state = PicturesState.open(str(path)).pointed(3, 5)
    link = link_of("image", state)
    assert opened(link, trusted=True).pixel == (10, 20, 30)
    with pytest.raises(UserError, match=r"^image=.* is not opened for a lesson; give a sample"):
        opened(link)


@pytest.mark.parametrize("link", ["image?image=FOLDER/a.png", "image?preprocess=FOLDER"])
def test_a_strangers_link_reads_no_file(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (6, 4)).save(tmp_path / "a.png")
    monkeypatch.setattr("cnntui.sources.files._opened", lambda path: pytest.fail(f"read {path}"))
    with pytest.raises(UserError, match=r"is not opened for a lesson|no data set is called"):
        opened(link.replace("FOLDER", str(tmp_path)))


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("image?mode=loud", "numbers, channels, histogram, resize"),
        ("image?space=ultraviolet", "hsv"),
        ("image?image=nobody", "nobody"),
        ("image?preprocess=best", "give none, unit, imagenet"),
        ("image?augment=explode", "give some of flip"),
        ("image?strengths=rotate=999", "0 to 180"),
        ("image?seed=-1", "whole number from 0 on"),
        ("image?cursor=213,0", "0 to 212 and 0 to 319"),
        ("image?zoom=9", "give 0 to 4, or cells"),
        ("image?resize=7x7", "give one of"),
        ("image?resize=big", "224x224"),
        ("image?method=magic", "nearest, box"),
        ("image?kind=magic", "each, flip"),
        ("image?size=3", "no key 'size'; give image"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_known(link: str, says: str) -> None:
    with pytest.raises(UserError) as found:
        opened(link, trusted=True)
    assert says in str(found.value)
    assert "\n" not in str(found.value)
