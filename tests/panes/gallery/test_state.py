"""The gallery's state by its verbs, and what its frames say against counts one by one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.datasets.dataset import SPLITS, Dataset, Split
from cnntui.datasets.figures import figures_of
from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.gallery.figures import rebinned
from cnntui.panes.gallery.frame import frame_of
from cnntui.panes.gallery.order import label_of
from cnntui.panes.gallery.state import GalleryState, Request

ROOMS = [(78, 19), (118, 35), (38, 8)]


def split(count, channels=3, side=6, classes=4, seed=0):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, channels, side, side)).astype(np.uint8)
    return Split(images, random.integers(0, classes, count).astype(np.int64))


def dataset(train=40, validation=6, test=9, classes=("cat", "dog", "frog", "7"), channels=3):
    sizes = zip((train, validation, test), range(3), strict=True)
    parts = [split(size, channels, classes=len(classes), seed=seed) for size, seed in sizes]
    return Dataset("drawn", "Drawn pictures", classes, *parts, notes=("one was skipped",))


def opened(data=None, room=(78, 19), **asked):
    return GalleryState.of("drawn", **asked).sized(*room).loaded(data or dataset())


def indices(state):
    return state.order.indices.tolist()


# the order


def test_the_first_of_each_class_come_first():
    state = opened()
    labels = state.part.labels
    counts = np.zeros(4, int)
    for index in indices(state):
        rank = counts[labels[index]]
        assert rank == np.sum(labels[:index] == labels[index])
        counts[labels[index]] += 1
    assert sorted(indices(state)) == list(range(40))
    assert labels[indices(state)[:4]].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("label", ["dog", "DOG", "1", 1])
def test_a_class_is_kept_by_name_or_number(label):
    state = opened(label=label)
    assert state.label == 1
    assert indices(state) == [i for i, found in enumerate(state.part.labels) if found == 1]


def test_a_name_wins_over_a_number():
    assert label_of("7", ("cat", "dog", "7")) == 2
    assert label_of("0", ("cat", "dog", "7")) == 0


@pytest.mark.parametrize("text", ["bird", "4", "-1", "", "1.0"])
def test_an_unknown_class_names_those_there_are(text):
    with pytest.raises(UserError, match=r"no class is called .*cat, dog, frog, 7, or 0 to 3"):
        opened(label=text)


@pytest.mark.parametrize(("index", "told"), [(40, "train has no picture 40; it has 0 to 39")])
def test_an_index_beyond_the_end_is_refused(index, told):
    with pytest.raises(UserError, match=told):
        opened(index=index)


@pytest.mark.parametrize("asked", [{"split": "all"}, {"index": -1}])
def test_bad_requests_are_refused_before_anything_is_read(asked):
    with pytest.raises(UserError, match="give"):
        GalleryState.of("drawn", **asked)


def test_shuffling_is_a_permutation_by_seed():
    state = opened()
    first, second = state.shuffled(), state.shuffled().shuffled()
    assert sorted(indices(first)) == sorted(indices(second)) == list(range(40))
    assert indices(first) != indices(second)
    assert indices(first) == indices(opened().shuffled())
    assert (first.seed, second.seed) == (0, 1)
    assert indices(second.reset()) == indices(state)


def test_splits_come_in_turn_and_empty_ones_are_skipped():
    state = opened()
    names = [state.split]
    for _ in SPLITS:
        state = state.on_split(1)
        names.append(state.split)
    assert names == ["train", "validation", "test", "train"]
    assert opened(dataset(validation=0)).on_split(1).split == "test"
    alone = opened(dataset(validation=0, test=0)).on_split(1)
    assert "in train alone" in alone.problem


def test_classes_come_in_turn_after_all_of_them():
    state, found = opened(), []
    for _ in range(5):
        state = state.next_label(1)
        found.append(state.label)
    assert found == [0, 1, 2, 3, None]
    assert opened().next_label(-1).label == 3


@given(st.integers(0, 39), st.sampled_from([None, 0, 3]), st.booleans())
def test_an_index_is_found_in_every_order(index, label, shuffled):
    state = opened().labelled(label)
    state = (state.shuffled() if shuffled else state).typed(str(index))
    assert state.index == index
    assert (state.image == state.part.images[index]).all()
    kept = label is not None and state.part.labels[index] == label
    assert state.label == (label if kept else None)


@pytest.mark.parametrize("text", ["x", "", "1.5", "-2", "9" * 30])
def test_what_is_no_index_is_refused(text):
    with pytest.raises(UserError):
        opened().typed(text)


def test_the_large_picture_goes_to_its_neighbours():
    state = opened().opened()
    assert state.view == "large"
    assert state.moved(0, 1).sheet.cursor == 1
    assert state.moved(1, 0).sheet.cursor == 1
    assert state.moved(0, -1).sheet.cursor == 0
    assert state.opened().view == "sheet"


def test_numbers_go_through_the_channels():
    state, planes = opened(), []
    for _ in range(5):
        state = state.numbered()
        planes.append(state.plane)
    assert planes == [0, 1, 2, None, 0]
    assert state.view == "large"


def test_a_picture_is_an_input_of_other_panes():
    state = opened(split="test", index=3)
    source = state.source()
    assert source.name == "drawn test 3"
    assert (source.values == state.data.test.images[3]).all()
    with pytest.raises(UserError, match="d chooses"):
        GalleryState.of().source()


def test_nothing_is_needed_before_a_data_set_is_read():
    state = GalleryState.of("digits")
    for verb in ("shuffled", "opened", "numbered", "reset", "last"):
        state = getattr(state, verb)()
    state = state.moved(1, 0).paged(1).on_split(1).next_label(1).viewed("figures").zoomed(1)
    frame = frame_of(state.sized(78, 19))
    assert "d chooses one" in frame.sheet.message


def test_a_new_data_set_begins_at_its_first_picture():
    state = opened().labelled(2).shuffled().at(3)
    other = state.loaded(dataset(20, channels=1), Request("other"))
    assert (other.label, other.seed, other.sheet.cursor, other.request.text) == (
        None,
        None,
        0,
        "other",
    )
    assert other.sheet.total == 20


def test_class_names_that_are_not_unique_are_numbers():
    rows = opened(dataset(classes=("a", "a", "all", "b"))).class_counts()
    assert [name for name, _, _ in rows] == ["all", "0", "1", "2", "3"]
    assert sum(int(count) for _, count, _ in rows[1:]) == 40


# the frames


@given(
    st.sampled_from([*ROOMS, (20, 3), (9, 2)]),
    st.lists(
        st.sampled_from(
            [
                ("moved", 0, 1),
                ("moved", 1, 0),
                ("paged", 1),
                ("on_split", 1),
                ("next_label", 1),
                ("shuffled",),
                ("opened",),
                ("numbered",),
                ("viewed", "figures"),
                ("zoomed", 1),
                ("zoomed", -1),
                ("reset",),
            ]
        ),
        max_size=8,
    ),
    st.sampled_from([1, 2, 3]),
)
@settings(max_examples=60)
def test_every_frame_fits_its_room(room, verbs, channels):
    data = dataset(channels=channels, validation=0)
    state = opened(data, room).with_figures(figures_of(data))
    for verb, *arguments in verbs:
        state = getattr(state, verb)(*arguments)
    frame = frame_of(state)
    for line in (frame.heading, frame.about, frame.status, frame.hints):
        assert len(plain(line)) <= room[0]
    if state.view == "figures" and room[0] > 30:
        assert all(len(plain(line).rstrip()) <= room[0] for line in frame.words)
    shown = [each for each in (frame.sheet, frame.picture, frame.grid) if each is not None]
    assert len(shown) == (0 if state.view == "figures" else 1)
    if frame.picture is not None and room[1] > 2:
        assert frame.picture.width <= room[0]
        assert (frame.picture.height + 1) // 2 <= room[1]


def test_the_captions_name_class_and_index():
    state = opened().shuffled()
    frame = frame_of(state).sheet
    for tile, position in zip(frame.tiles, state.sheet.shown, strict=True):
        index = state.order.indices[position]
        name = state.data.classes[state.part.labels[index]]
        assert plain(tile.captions[0]).split() == [name, f"#{index}"]


def test_an_empty_class_says_so():
    images = np.zeros((3, 1, 4, 4), np.uint8)
    part = Split(images, np.zeros(3, np.int64))
    state = opened(Dataset("d", "D", ("a", "b"), part, part, part)).labelled(1)
    assert "no pictures in train of class b" in frame_of(state).sheet.message
    assert frame_of(state.opened()).sheet is not None
    assert state.index is None


def test_the_words_about_a_picture_are_its_own():
    state = opened(index=5, split="test").opened()
    words = [plain(each) for each in frame_of(state).words]
    image = state.data.test.images[5]
    name = state.data.classes[state.data.test.labels[5]]
    assert words[0].split()[0] == name
    assert words[1] == "test 5"
    assert words[2] == f"3×6×6, values {image.min()} to {image.max()}"
    for line, channel in zip(words[3:6], image, strict=True):
        found = [float(number) for number in re.findall(r"[\d.]+", line)]
        assert found == [round(channel.mean(), 1), round(channel.std(), 1)]


@pytest.mark.parametrize("room", ROOMS)
def test_the_figures_are_those_of_the_data(room):
    data = load_dataset("digits")
    state = opened(data, room).with_figures(figures_of(data)).viewed("figures")
    lines = [plain(line) for line in frame_of(state).words]
    text = "\n".join(lines)
    scaled = data.train.images / 255
    assert f"{scaled.mean():.4f}" in text
    assert f"{scaled.std():.4f}" in text
    share = np.histogram(data.train.images, 32, (0, 256))[0].max() / data.train.images.size
    assert f"highest bar {100 * share:.0f} %" in text
    rows = [line.split() for line in lines if re.match(r"\d +━", line)]
    assert rows
    for name, *cells in rows:
        counts = [int(cell) for cell in cells if cell.isdigit()]
        wanted = [int((getattr(data, part).labels == int(name)).sum()) for part in SPLITS]
        assert counts == wanted


def test_more_classes_than_lines_are_scrolled():
    data = dataset(200, classes=tuple(f"c{n}" for n in range(60)))
    state = opened(data).with_figures(figures_of(data)).viewed("figures")
    assert any(plain(line).startswith("c0 ") for line in frame_of(state).words)
    end = state.scrolled(1000)
    assert plain(frame_of(end).words[-1]).startswith("c59 ")
    assert any("of 60" in plain(line) for line in frame_of(end).words)


def test_notes_are_told():
    data = dataset()
    state = opened(data).with_figures(figures_of(data)).viewed("figures")
    assert any("note: one was skipped" in plain(line) for line in frame_of(state).words)


@given(st.lists(st.integers(0, 10**6), min_size=32, max_size=32), st.integers(1, 80))
def test_bins_are_added_up_until_they_fit(counts, width):
    found = rebinned(counts, width)
    assert sum(found) == sum(counts)
    assert len(found) <= max(1, width)
    assert 32 % len(found) == 0
