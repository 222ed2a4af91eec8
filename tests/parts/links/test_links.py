"""Links: every state comes back as it was written, and a stranger's link opens no file."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import cnntui.panes.watch.pane  # noqa: F401 - imported while runs_folder is the real one
from cnntui.errors import UserError
from cnntui.models.opening import NetRequest
from cnntui.panes.build.state import open_state
from cnntui.panes.compare.options import VIEWS
from cnntui.panes.compare.state import ComparingState
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.filters.state import FiltersState, read_picture
from cnntui.panes.gallery.state import GalleryState
from cnntui.panes.layers.view_request import ViewRequest
from cnntui.panes.pool.state import PoolingState
from cnntui.panes.train.state import SetupState
from cnntui.panes.watch.state import Rows, WatchState
from cnntui.parts.links.link import Link, keys_of, link_of, parse_link, state_of, written
from cnntui.parts.links.values import NoLink
from cnntui.registry import entries
from cnntui.sources import files
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel
from cnntui.sources.samples import folder
from cnntui.training.runs import RunWriter
from tests.parts.stepping.verbs import (
    CONVOLUTION_VERBS,
    NUMBERS,
    POOLING_VERBS,
    applied,
    settings_of,
)

ALIKE = ("index", "seen", "view", "focus", "channel", "cursor", "coverage", "shift")
NAMES = ("input_name", "cells", "gray")
INPUTS = ("digit:3", "edge-5x5", "random:4:3,5,4", "gradient:3,7", "chelsea")
KERNELS = ("sobel-x", "gaussian-5", "1 0 -1; 1/2 0 -.5", "edges-bank", "rgb-bank")


def again(pane: str, state: Any, trusted: bool = False) -> Any:
    """Write a state and open what was written, as a lesson would."""
    return state_of(parse_link(link_of(pane, state)), trusted)


def left_out_of(pane: str, state: Any) -> tuple[str, ...] | None:
    """What a state's link leaves out; None where its numbers have no name and are too many."""
    with suppress(NoLink):
        return written(pane, state)[1]
    return None


def same_operation(now: Any, then: Any) -> None:
    """Whether two operations have the same settings and numbers, NaN alike."""
    for (name, value), other in zip(
        settings_of(now).items(), settings_of(then).values(), strict=True
    ):
        if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
            assert value.shape == other.shape, name
            assert np.array_equal(value, other, equal_nan=True), name
        else:
            assert value == other, name


def same(now: Any, then: Any, *names: str) -> None:
    for name in names:
        assert getattr(now, name) == getattr(then, name), name


@st.composite
def convolutions(draw: st.DrawFn) -> ConvolutionState:
    source = load_input(draw(st.sampled_from(INPUTS)), cells=9)
    for name in (draw(st.sampled_from(KERNELS)), "2"):
        try:
            return ConvolutionState.of(source, load_kernel(name), cells=9)
        except UserError:
            continue
    raise AssertionError("a kernel of one cell always fits")


@st.composite
def poolings(draw: st.DrawFn) -> PoolingState:
    kind = draw(st.sampled_from(("max", "avg", "global-max", "adaptive-avg")))
    source = load_input(draw(st.sampled_from(INPUTS)), cells=9, gray=draw(st.booleans()))
    return PoolingState.of(source, kind=kind, cells=9, gray=source.values.shape[0] == 1)


@given(convolutions(), st.lists(CONVOLUTION_VERBS, max_size=12))
@settings(max_examples=120, deadline=None)
def test_every_convolution_comes_back(state: ConvolutionState, verbs: list[Any]) -> None:
    for verb in verbs:
        state = applied(state, verb)
    left_out = left_out_of("conv", state)
    event("no link" if left_out is None else "link")
    if left_out is None:
        return
    assert not left_out
    found = again("conv", state)
    same_operation(found.conv, state.conv)
    same(found, state, *ALIKE, *NAMES, "kernel_name", "tap", "im2col")


@given(poolings(), st.lists(POOLING_VERBS, max_size=12))
@settings(max_examples=120, deadline=None)
def test_every_pooling_comes_back(state: PoolingState, verbs: list[Any]) -> None:
    for verb in verbs:
        state = applied(state, verb)
    left_out = left_out_of("pool", state)
    event("no link" if left_out is None else "link")
    if left_out is None:
        return
    assert not left_out
    found = again("pool", state)
    same_operation(found.chosen, state.chosen)
    same(found, state, *ALIKE, *NAMES)


FILTER_VERBS = st.one_of(
    st.tuples(st.just("strided"), st.tuples(st.integers(-1, 2))),
    st.tuples(st.just("applied"), st.tuples(st.integers(-1, 2))),
    st.tuples(st.just("mapped"), st.just(())),
    st.tuples(st.just("editable"), st.just(())),
    st.tuples(st.just("pointed"), st.tuples(st.integers(0, 4), st.integers(0, 4))),
    st.tuples(st.just("with_cell"), st.tuples(NUMBERS)),
    st.tuples(st.just("undone"), st.just(())),
    st.tuples(st.just("reset"), st.just(())),
)


@given(
    st.sampled_from(("chelsea", "digit:3", "camera")),
    st.sampled_from(("sobel-x", "gaussian-5", "1 0; 0 -1", "random:3:2,2")),
    st.sampled_from((None, 16, 24)),
    st.booleans(),
    st.lists(FILTER_VERBS, max_size=8),
)
@settings(max_examples=50, deadline=None)
def test_every_filter_comes_back(
    name: str, kernel: str, cells: int | None, gray: bool, verbs: list[Any]
) -> None:
    fits = (lambda natural: (20, 29)) if cells is None else None
    picture = read_picture(name, cells=cells, board=fits, gray=gray)
    state = FiltersState.of(picture, load_kernel(kernel))
    for verb in verbs:
        state = applied(state, verb)
    found = again("filters", state)
    same_operation(found.filtering, state.filtering)
    same(found, state, "mapping", "tap", "editing")
    same(found.picture, state.picture, "fits", "gray", "natural")
    assert found.chosen.name == state.chosen.name


def test_the_words_of_a_link_are_those_of_the_command() -> None:
    link = parse_link("conv?input=digit:7&kernel=sobel-x&stride=2")
    assert link == Link("conv", {"input": "digit:7", "kernel": "sobel-x", "stride": "2"})
    assert link_of("conv", state_of(link)) == str(link)
    assert parse_link(str(link).replace("conv", "convolution")) == link


def test_more_than_64_edited_cells_are_left_out_and_said() -> None:
    state = ConvolutionState.of(load_input("random:1:9,9"), load_kernel("sobel-x"))
    for place in range(65):
        state = state.pointed("input", *divmod(place, 9)).edited("input", 99.5)
    assert "input-cells" in link_of("conv", state.undone())
    link, left_out = written("conv", state)
    assert left_out == ("the edited cells of the input",)
    assert "input-cells" not in link.values


def test_what_flowed_into_a_layer_has_no_link_but_few_numbers_have() -> None:
    conv = ConvolutionState.of(load_input("random:1:9,9"), load_kernel("sobel-x")).conv
    state = ConvolutionState.on_layer(conv, "chelsea in mine at conv1", "conv1.weight")
    with pytest.raises(UserError, match="no link leads here"):
        link_of("conv", state)
    small = replace(conv, input=conv.input[:, :4, :4])
    state = ConvolutionState.on_layer(small, "chelsea in mine at conv1", "conv1.weight")
    same_operation(again("conv", state).conv, small)


def test_a_random_bank_comes_back_grouped_and_resized() -> None:
    state = ConvolutionState.of(load_input("random:1:4,6,6"), load_kernel("random:7:4,4,2,2"))
    state = state.resized(1).with_bias_or_without().to_filter(2)
    found = again("conv", state)
    same_operation(found.conv, state.conv)
    same(found, state, *ALIKE, *NAMES, "kernel_name")
    one = ConvolutionState.of(load_input("random:1:4,6,6"), load_kernel("random:7")).grouped()
    same_operation(again("conv", one).conv, one.conv)


def test_a_step_and_a_channel_alone_are_enough() -> None:
    assert state_of(parse_link("conv?step=last")).ended
    pooled = state_of(parse_link("pool?input=random:1:3,4,4&channel=2"))
    assert (pooled.channel, pooled.place) == (2, (2, 0, 0))


@pytest.mark.parametrize(
    "asked",
    [
        ViewRequest(text="resnet18"),
        ViewRequest(text="lenet5", shapes=((1, 40, 40),), classes=7, batch=2, depth=2),
        ViewRequest(text="vgg16", sort="params", find="conv relu", layer="features.0"),
        ViewRequest(text="resnet18", folded=frozenset({"layer1", "layer2.0"})),
    ],
)
def test_a_network_comes_back_as_it_was_asked_for(asked: ViewRequest) -> None:
    assert again("layers", asked) == asked
    plain = NetRequest(text=asked.text, shapes=asked.shapes, depth=asked.depth)
    assert again("layers", plain).shapes == plain.shapes


def test_a_table_comes_back_sorted_and_on_its_row() -> None:
    pytest.importorskip("torch")
    from cnntui.panes.layers.state import LayersState
    from tests.opened import open_network

    first = LayersState.of(open_network("lenet5", classes=5, batch=3)).sized(9)
    state = first.sorted_by("macs").finding("conv").to(1)
    asked = again("layers", state)
    found = asked.shown(LayersState.of(asked.opened()).sized(9))
    same(found, state, "sort", "find", "depth", "folded", "cursor", "problem")
    assert found.item.name == state.item.name
    assert found.trace.input_shapes == state.trace.input_shapes
    assert found.trace.total_params == state.trace.total_params
    assert "no row" in replace(asked, layer="nowhere").shown(first).problem


@pytest.mark.parametrize("view", VIEWS)
def test_a_comparison_comes_back(view: str) -> None:
    state = ComparingState(names=("vgg16", "lenet5")).seeing(view).ordered().moved(2)
    state = state.changed(3)
    found = again("compare", state)
    same(found, state, "view", "quantity")
    named = {"nets": "names", "sizes": "sort", "scaling": "phi"}.get(view, view)
    if view != "errors":
        same(found, state, named)


def test_a_written_network_comes_back_by_name_or_text() -> None:
    sample = open_state("mnist_cnn")
    assert link_of("build", sample) == "build?file=mnist_cnn"
    fed = sample.with_input((3, 32, 32))
    assert link_of("build", fed) == "build?file=mnist_cnn&input=3x32x32"
    for state in (sample, fed, sample.typed("input 1x8x8\nconv 4 3 # 50 % & more\n")):
        found = again("build", state)
        same(found, state, "text", "written")
    own = again("build", replace(sample, written=replace(sample.written, name="mine")))
    assert own.text == sample.text


def test_a_gallery_comes_back() -> None:
    state = GalleryState.of("shapes:classes=3", None, "test", "circle", 7).viewed("large")
    assert again("gallery", state).request == state.request
    from cnntui.datasets.naming import load_dataset

    data = load_dataset("digits")
    state = GalleryState.of("digits").loaded(data).next_label(4).moved(0, 5).opened()
    found = again("gallery", state).loaded(data)
    same(found, state, "split", "label", "index", "view")
    assert written("gallery", state.shuffled())[1] == ("the shuffled order",)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs in the runs' folder."""
    monkeypatch.setattr("cnntui.settings.runs_folder", lambda: tmp_path)
    for name in ("digits-lenet5-0001", "digits-lenet5-0002"):
        (tmp_path / name).mkdir()
        RunWriter(tmp_path / name, {}).close()
    return tmp_path


def test_a_watched_run_comes_back(runs: Path) -> None:
    first, second = sorted(runs.iterdir())
    state = WatchState.of(first).beside(second).curved("turned", 1).curved("smoothed", 2)
    state = state.curved("with_log").curved("by_other_axis")
    found = again("watch", state)
    same(found, state, "runs", "tab")
    same(found.curves, state.curves, "quantity", "per", "smoothing", "is_log")
    table = replace(state.on_tab("epochs"), rows=Rows(count=9)).moved(3, 0)
    same(again("watch", table), table, "tab")
    assert again("watch", table).rows.cursor == 3
    with pytest.raises(UserError, match="a run's name"):
        state_of(parse_link(f"watch?run={first}"), trusted=False)
    assert state_of(parse_link(f"watch?run={first}")).run == first


@pytest.mark.parametrize(
    "verbs",
    [
        [],
        [("chosen", "epochs", "3"), ("chosen", "lr", "0.0125"), ("to_field", "lr")],
        [("chosen", "dataset", "shapes"), ("chosen", "net", "lenet5"), ("augmented", "shift=0.2")],
        [("chosen", "compile", "on"), ("chosen", "nice", "3"), ("chosen", "optimizer", "sgd")],
        [("taking_text", "mine", "input 1x8x8\nconv 4 3\nflatten\ndense 10\n")],
        [("with_recipe", "digits"), ("chosen", "augment", "")],
    ],
)
def test_a_form_comes_back(verbs: list[Any]) -> None:
    state = SetupState.first()
    for verb, *arguments in verbs:
        state = getattr(state, verb)(*arguments)
        assert not state.problem
    found = again("train", state)
    same(found, state, "config", "nice", "at")


def test_a_run_that_goes_on_has_no_link() -> None:
    config = SetupState.first().config
    with pytest.raises(UserError, match=r"--resume"):
        link_of("train", SetupState.resuming(Path("/runs/mine"), config))


def test_a_pane_without_states_is_named_alone() -> None:
    assert link_of("runs", object()) == "runs"
    assert written("runs", object())[1]
    assert state_of(parse_link("runs")) is None


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("nowhere?a=1", "a link begins with learn, conv, pool"),
        ("conv?kernle=sobel-x", "no key 'kernle'; give input, kernel"),
        ("conv?stride", "has no value"),
        ("conv?stride=1&stride=2", "is there twice"),
        ("conv?stride=x", "'x' is no stride; give a number"),
        ("conv?step=99999", "step is '99999'; give 0 to 35"),
        ("conv?view=loud", "choose from 'numbers', 'ramp', 'heat', 'heat+numbers'"),
        ("conv?coverage=maybe", "give on or off"),
        ("conv?cursor=8,0", "0 to 7"),
        ("conv?input=%1b[2J", "control character"),
        ("conv?input=%ff", "bytes of UTF-8"),
        ("conv?input-cells=0,0,99:1", "no cell of 1x8x8"),
        ("conv?input-values=1x2x2:1,2,3", "as many numbers"),
        ("conv?input-values=1x1x1:1e999", "as many numbers"),
        ("conv?input=random:1:3,64,64&padding=4096", "at most 134,217,728"),
        ("layers?depth=0", "depth of 0"),
        ("layers?sort=beauty", "params, macs"),
        ("compare?chart=dense&kernel=99", "can be 1 to 31"),
        ("gallery?view=upside-down", "sheet, large, figures"),
        ("train?field=price", "give one of dataset"),
        ("train?lr=1e9", "0 to 1000"),
        ("build?text=x%07", "control character"),
        ("x" * 40_000, "are the most"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_known(link: str, says: str) -> None:
    with pytest.raises(UserError) as found:
        state_of(parse_link(link))
    assert says in str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    "link",
    [
        "layers?net=FOLDER/own.py:Net",
        "layers?net=os:getcwd",
        "layers?net=resnet18&weights=FOLDER/w.safetensors",
        "compare?nets=lenet5,FOLDER/own.py:Net",
        "compare?nets=os:getcwd",
        "train?net=FOLDER/own.py:Net",
        "train?net=FOLDER/net.txt",
        "train?data-dir=FOLDER",
        "train?dataset=FOLDER",
        "conv?input=FOLDER/grid.csv",
        "conv?input=edge-5x5:FOLDER/grid.csv",
        "conv?input=~/grid.csv",
        "conv?kernel=FOLDER/grid.csv",
        "conv?kernel=1/0",
        "conv?kernel=1/2/3",
        "pool?input=FOLDER/grid.csv",
        "filters?input=FOLDER/grid.csv",
        "filters?kernel=FOLDER/grid.csv",
        "build?file=FOLDER/net.txt",
        "gallery?dataset=FOLDER",
        "gallery?dataset=digits&data-dir=FOLDER",
        "watch?run=FOLDER",
        "watch?run=..",
    ],
)
def test_a_strangers_link_names_no_file_and_runs_no_code(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "own.py").write_text(f"open({str(mark)!r}, 'w')\n")
    (tmp_path / "grid.csv").write_text("1,2\n3,4\n")
    (tmp_path / "net.txt").write_text("input 1x8x8\nconv 4 3\n")
    real = files._opened

    def opened(path: Path) -> Any:
        """Open a sample, which may be read to be listed, and nothing else."""
        assert folder() in Path(path).parents, f"read {path}"
        return real(path)

    monkeypatch.setattr(files, "_opened", opened)
    with pytest.raises(UserError, match=r"is not opened for a lesson|no data set is called"):
        state_of(parse_link(link.replace("FOLDER", str(tmp_path))), trusted=False)
    assert not mark.exists()


PANES = [entry.name for entry in entries("panes")]
KEYS = st.sampled_from(sorted({key for pane in PANES for key in keys_of(pane)}))
PARTS = st.builds("{}={}".format, KEYS, st.text(max_size=12))


@given(st.sampled_from((*PANES, "conv", "x")), st.lists(PARTS, max_size=4), st.text(max_size=5))
@settings(max_examples=200, deadline=None)
def test_no_text_does_more_than_complain(pane: str, parts: list[str], more: str) -> None:
    with suppress(UserError):
        state_of(parse_link(f"{pane}?{'&'.join(parts)}{more}"), trusted=False)


@pytest.mark.slow
def test_no_link_needs_torch_or_textual() -> None:
    script = (
        "import sys\nfrom cnntui.parts.links.link import *\n"
        "for pane in ('conv', 'pool', 'filters', 'layers', 'build', 'compare', 'gallery', 'image',"
        " 'train'):\n"
        "    state = state_of(parse_link(pane), False)\n"
        "    assert parse_link(link_of(pane, state)).pane == pane\n"
        "print([name for name in ('torch', 'textual') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
