"""A traced network in every form that is written, against the trace and torch's own counts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.memory import Saved, training_memory
from cnntui.engine.tracing.rows import TraceError
from cnntui.ground.tables import aligned
from cnntui.parts.networks import layer_report
from cnntui.parts.networks.folding import folded_items


class Split(nn.Module):
    """A frozen layer, a trainable one, and one that no call uses."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
        self.stem.requires_grad_(False)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.aside = nn.Linear(5, 6)

    def forward(self, x):
        return self.up(self.stem(x))


MODEL = Split()
TRACE = trace(MODEL, (3, 10, 8), name="split", batch=2)
EVERY = sum(p.numel() for p in MODEL.parameters())
TRAINABLE = sum(p.numel() for p in MODEL.parameters() if p.requires_grad)


def csv_rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_object_is_plain_json_and_whole():
    report = layer_report.report_of(TRACE)
    assert json.loads(json.dumps(report)) == json.loads(layer_report.written(TRACE, "json"))
    assert (report["total_params"], report["trainable_params"]) == (EVERY, TRAINABLE)
    assert report["uncalled"] == [
        {"name": "aside.weight", "params": 30},
        {"name": "aside.bias", "params": 6},
    ]
    assert report["rows"][0]["trainable_params"] == 0
    assert report["rows"][-1]["jump"] == (0.5, 0.5)
    assert (report["memory"], report["error"]) == (None, None)


@pytest.mark.parametrize("depth", [None, 1])
def test_csv_sums_to_what_torch_counts(depth):
    rows = csv_rows(layer_report.csv_of(TRACE, folded_items(TRACE.rows, depth, frozenset())))
    assert sum(int(row["params"]) for row in rows) == EVERY
    assert sum(int(row["trainable_params"]) for row in rows) == TRAINABLE
    assert sum(int(row["parameter_bytes"]) for row in rows) == 4 * EVERY
    assert sum(int(row["macs"]) for row in rows) == 2 * 8 * 6 * 4 * 27 + 2 * 8 * 6 * 4 * 2 * 4
    assert rows[-1]["name"] == layer_report.UNCALLED
    assert len(rows) == (4 if depth is None else 3)


def test_a_folded_block_reads_what_its_rows_read_from_outside():
    items = folded_items(TRACE.rows, 1, frozenset())
    block, up, _ = csv_rows(layer_report.csv_of(TRACE, items))
    assert (block["name"], block["type"], block["inputs"]) == ("stem", "block of 2", "-1")
    assert (block["input_shape"], block["output_shape"]) == ("2x3x10x8", "2x4x8x6")
    assert (up["inputs"], up["params_formula"]) == (
        "1",
        TRACE.rows[2].params_formula.replace("×", "x"),
    )


def test_markdown_is_a_table_whose_last_line_is_the_totals():
    lines = layer_report.markdown_of(TRACE).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert set(lines[1]) <= set("|-: ")
    assert f"**{EVERY:,}**" in lines[-1]
    assert "frozen" in lines[2]
    assert "frozen" not in lines[4]


def test_a_bar_in_a_name_does_not_end_its_cell():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("a|b", nn.ReLU())

        def forward(self, x):
            return getattr(self, "a|b")(x)

    lines = layer_report.markdown_of(trace(Odd(), (1, 4, 4))).splitlines()
    assert "a\\|b" in lines[2]


@pytest.mark.parametrize(
    ("form", "begins"), [("csv", "index,name"), ("markdown", "| # |"), ("json", "{")]
)
def test_a_form_is_written(form, begins):
    assert layer_report.written(TRACE, form).startswith(begins)
    assert layer_report.written(TRACE, form).endswith("\n")


def test_the_memory_is_written_where_it_is_known():
    memory = training_memory(TRACE, Saved(100), 2)
    report = json.loads(layer_report.written(TRACE, "json", memory))["memory"]
    assert (report["batch"], report["total"], report["fits"]) == (2, memory.total, None)


def test_a_network_that_stopped_before_its_first_layer():
    stopped = trace(nn.Linear(3, 2), (4,))
    assert csv_rows(layer_report.csv_of(stopped))[0]["params"] == "8"
    assert layer_report.markdown_of(stopped).count("\n") == 3


def test_an_error_is_in_the_object():
    error = TraceError("a", "B", "first.\nsecond.", "", "", "")
    report = layer_report.report_of(replace(TRACE, error=error))
    assert report["error"]["message"].startswith("first")


words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=5))
def test_columns_are_aligned(rows):
    lines = aligned(("name", "n"), rows, ("n",))
    assert len({len(line) for line in lines}) == 1
    assert [tuple(line.split()) for line in lines[1:]] == rows
