"""The Build pane's state: published counts, torch's own, errors at their lines, and its frame."""

from __future__ import annotations

import os

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntui.engine.building.built import build
from cnntui.engine.building.parts import parts
from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.panes.build.frame import frame_of, room, text_of
from cnntui.panes.build.state import (
    BuildingState,
    image_shape,
    layers_of,
    open_state,
    part_params,
    traced,
)
from cnntui.sources.networks import NetworkText, exists, listed_networks, read_network, write_text

NAMES = [found.name for found in listed_networks()]
WRONG = "input 3x8x8\nconv 4 3\ndense 10\nconv 4"


def state_of(text):
    return BuildingState.of(NetworkText("net", text))


@pytest.mark.parametrize(("name", "published"), [("mnist_cnn", 225_034), ("lenet5", 61_706)])
def test_published_counts(name, published):
    state = open_state(name)
    assert state.params == traced(state).total_params == published


@pytest.mark.parametrize("name", NAMES)
def test_each_modules_parameters_are_torchs(name):
    state = open_state(name)
    model = build(state.blueprint)
    made = {part.name: part_params(part) for part in parts(state.shaped)}
    counted = {n: sum(p.numel() for p in m.parameters()) for n, m in model.named_children()}
    assert made == counted
    assert sum(result.params for result in state.results.values()) == sum(counted.values())


@given(
    filters=st.integers(1, 6).map(lambda n: 2 * n),
    kernel=st.sampled_from(["1", "3", "5", "3x1"]),
    words=st.lists(st.sampled_from(["g2", "nobias", "bn", "relu", "d2"]), unique=True),
)
def test_a_convolutions_parameters_are_torchs(filters, kernel, words):
    state = state_of(f"input 4x16x16\nconv {filters} {kernel} {' '.join(words)}\ngap\ndense 3")
    if not state.fault:
        assert state.params == sum(p.numel() for p in build(state.blueprint).parameters())


@pytest.mark.parametrize("name", NAMES)
def test_the_shapes_are_those_of_torchs_forward_pass(name):
    state = open_state(name)
    with torch.no_grad():
        output = build(state.blueprint).eval()(torch.zeros(1, *state.shaped.input))
    last = max(state.results)
    assert state.results[last].output == tuple(output.shape[1:])


def test_errors_stand_at_their_lines_and_the_rest_is_judged():
    state = state_of(WRONG)
    assert [error.line for error in state.errors] == [3, 4]
    assert state.results[2].params == 3 * 9 * 4 + 4
    assert state.results[3].error.instead == "flatten\ndense 10"
    assert str(state.fault).startswith("line 3: ")
    with pytest.raises(UserError, match="line 3"):
        traced(state)


def test_fixes_are_put_in_one_by_one():
    state = state_of("input 3x8x8\nconv 4 3\nmaxpoool 2\ndense 10")
    state = state.fixed()
    assert state.text.split("\n")[2] == "maxpool 2"
    state = state.fixed()
    assert state.text == "input 3x8x8\nconv 4 3\nmaxpool 2\nflatten\ndense 10"
    assert state.fault is None
    assert "no fix" in state.fixed().problem
    assert "no fix can be put in" in state_of("conv 3 3").fixed().problem  # the input is missing


@pytest.mark.parametrize(
    "text", ["", "\n\n# only words\n", "input 3x8x8", "end", "repeat 3", "\x1b"]
)
def test_no_network_is_no_crash(text):
    state = state_of(text)
    assert state.fault is not None
    frame = frame_of(state, room(80, 23))
    assert frame.table is None
    said = [plain(each) for each in (*frame.errors, *frame.results, frame.totals, frame.heading)]
    assert all(each.isprintable() for each in said)
    assert any(said)


@pytest.mark.parametrize("size", [(80, 23), (120, 39), (40, 11)])
@pytest.mark.parametrize("text", [WRONG, "foo\n" * 40, "input 3x8x8\nconv 4 3"])
def test_the_frame_fits(text, size):
    space = room(*size)
    assert space.body + space.below + 2 <= size[1]
    frame = frame_of(state_of(text), space)
    assert len(frame.errors) <= space.below
    assert max(len(plain(each)) for each in (*frame.errors, frame.totals)) <= size[0] - 2
    assert all(len(plain(each)) <= space.results - 2 for each in frame.results)


def test_the_table_belongs_to_its_text():
    state = open_state("mnist_cnn")
    trace = traced(state)
    other = state.typed(state.text + "relu")
    assert other.with_trace(state.text, trace) is other
    state = state.with_trace(state.text, trace).moved(3)
    assert state.current.item.name == "conv2"
    assert state.typed(state.text + "bn").current is None
    assert "2,631,040 MACs · field 26" in plain(frame_of(state, room(80, 23)).totals)


def test_an_input_goes_before_the_texts():
    state = open_state("mnist_cnn").fed((3, 32, 32))
    # 3x32x32 -> 32x30x30 -> 15 -> 64x13x13 -> 6 -> 2304
    assert state.params == (27 + 1) * 32 + 18_496 + (2304 + 1) * 128 + 1290
    written = open_state("mnist_cnn").with_input((3, 32, 32))
    assert written.text.split("\n")[1] == "input 3x32x32"
    assert written.params == state.params
    assert state_of("conv 3 3").with_input((1, 9, 9)).text == "input 1x9x9\nconv 3 3"


@pytest.mark.parametrize("text", ["", "3", "3x3", "0x3x3", "3x32x32,10", "axbxc"])
def test_what_is_no_pictures_shape(text):
    with pytest.raises(UserError, match="3x"):
        image_shape(text)


def test_the_network_opens_elsewhere_with_weights():
    state = open_state("lenet5")
    network = layers_of(state, traced(state)).network
    assert sum(p.numel() for p in network.loaded.model.parameters()) == 61_706
    assert not any(p.is_meta for p in network.loaded.model.parameters())
    with pytest.raises(UserError, match="too much memory"):
        layers_of(state_of("input 1x9x9\nflatten\ndense 90000\ndense 90000"), traced(state))


def test_the_page_has_every_line():
    state = open_state("lenet5")
    page = text_of(state, traced(state)).splitlines()
    assert len(page) == len(state.text.splitlines()) + 4
    assert "61,706 parameters" in page[-1]


# files


def test_a_file_is_read_and_written_whole(tmp_path):
    path = tmp_path / "net.txt"
    path.write_bytes("\ufeffinput 1x9x9\r\nconv 3 3".encode())
    assert read_network(str(path)).text == "input 1x9x9\nconv 3 3\n"
    path.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    write_text(str(link), "gap\n")
    assert link.is_symlink()
    assert path.read_text() == "gap\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.txt", "net.txt"]
    assert exists(str(link))


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff\xfe\x00", "not text"), (b"a\0b", "not text"), (None, "no such")]
)
def test_bad_files_are_one_line(tmp_path, content, says):
    path = tmp_path / "net.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        read_network(str(path))


@pytest.mark.parametrize("path", ["", "no/such/folder/net.txt", ".", "a\0b"])
def test_what_cannot_be_written_is_said(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError):
        write_text(path, "gap\n")
    assert not os.listdir(tmp_path)


def test_a_pipe_and_a_huge_file_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "huge.txt").write_bytes(b"#" * ((1 << 20) + 1))
    for name, says in (("pipe.txt", "pipe"), ("huge.txt", "bytes")):
        with pytest.raises(UserError, match=says):
            read_network(str(tmp_path / name))
    with pytest.raises(UserError, match="mnist_cnn"):
        read_network("mnst")
