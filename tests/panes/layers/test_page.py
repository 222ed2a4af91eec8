"""A network as it is printed, against the trace and torch's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.memory import Fit, Saved, training_memory
from cnntui.engine.tracing.rows import TraceError
from cnntui.panes.layers.page import error_text, page_of
from cnntui.panes.layers.state import LayersState
from tests.parts.networks.test_layer_report import EVERY, TRACE, TRAINABLE


def page(width, network=TRACE, free=None):
    memory = training_memory(network, Saved(100), 2)
    fit = Fit("cuda:0", memory.total, free) if free is not None else None
    return page_of(LayersState(trace=network), memory, fit, width)


def test_a_page_is_as_wide_as_it_may_be():
    wide = page(None).splitlines()
    table = wide[wide.index("") + 1 :][: len(TRACE.rows) + 3]
    assert f"{TRACE.total_macs:,}" in table[-1]
    longest = max(map(len, table))
    assert page(longest) == page(None)
    narrow = page(60).splitlines()
    table = narrow[narrow.index("") + 1 :][: len(TRACE.rows) + 1]
    assert max(map(len, table)) <= 60
    assert len(table) == 1 + len(TRACE.rows)


def test_what_is_frozen_is_said_in_the_totals():
    assert f"{EVERY:,} ({EVERY - TRAINABLE} frozen)" in page(None)


@pytest.mark.parametrize(("free", "says"), [(1, "does not fit on cuda:0"), (1 << 40, "; fits on")])
def test_whether_training_fits_is_said(free, says):
    assert says in page(None, free=free)


def test_a_network_that_stopped_before_its_first_layer():
    stopped = trace(nn.Linear(3, 2), (4,))
    assert not stopped.rows
    assert stopped.error is not None
    assert "total" in page(None, stopped)
    with pytest.raises(RuntimeError) as raised:
        nn.Linear(3, 2)(torch.zeros(1, 4))
    line = error_text("net", stopped.error)
    assert str(raised.value) in line
    assert "in_features=4" in line


def test_an_error_is_one_line_whatever_torch_says():
    error = TraceError("a", "B", "first.\nsecond \x1b[31m.", "", "", "")
    assert error_text("net", error) == (r"net stopped at a (B): first. second \x1b[31m")
    stopped = replace(TRACE, error=error)
    assert "it stopped at a" in page(None, stopped)
