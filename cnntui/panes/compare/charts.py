"""Charts of the Compare pane as lines: sizes, errors by year, compound scaling."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from cnntui.engine.scaling import (
    B0_RESOLUTION,
    DEPTH,
    EFFICIENTNETS,
    RESOLUTION,
    WIDTH,
    Published,
)
from cnntui.ground.bars import bar
from cnntui.ground.lines import Line, flowed, line
from cnntui.models.naming import find_net
from cnntui.numbers import counted
from cnntui.panes.compare.state import LARGEST_PHI, ComparingState

Lines = tuple[list[Line], list[Line]]  # those that stay, and those that scroll

# sizes

TICKS = ((4, "10k"), (5, "100k"), (6, "1M"), (7, "10M"), (8, "100M"))
AXIS = (4.0, 8.4)  # logarithms of the axis' ends: 10,000 and 250 million


def size_lines(state: ComparingState, width: int) -> Lines:
    """Draw every known network's parameters as a bar on a logarithmic axis."""
    left = 20 + 6 + 12
    room = max(12, min(78, width - left))
    order = "by year" if state.sort == "year" else "smallest first"
    heading = (
        f"Parameters of {len(state.nets)} networks, {order} · log axis: a mark is ten times more"
    )
    labels, rule = _axis(room)
    fixed = [
        line(heading, "strong"),
        line(" " * left + labels, "dim"),
        line(" " * left + rule, "dim"),
    ]
    rows: list[Line] = []
    for net in state.nets:
        title = net.title if len(net.title) < 20 else f"{net.title[:18]}…"
        text = f"{title:<20}{net.year:<6}{counted(net.params):>11} "
        share = (log10(net.params) - AXIS[0]) / (AXIS[1] - AXIS[0])
        rows.append(((text, ""), (bar(share, room), "output")))
    note = (
        "Exact counts of the networks cnntui builds, with their own number of classes "
        "(ImageNet's 1000 for most, 10 for the small ones). Bars on a log axis show orders of "
        "magnitude: half the length is far less than half the parameters."
    )
    return fixed, [*rows, *flowed(line(note, "dim"), width, 4)]


def _axis(room: int) -> tuple[str, str]:
    """Return the labels of the axis and its line, ``room`` characters wide."""
    labels, rule = [" "] * (room + 6), ["─"] * room
    for power, label in TICKS:
        at = round((power - AXIS[0]) / (AXIS[1] - AXIS[0]) * room)
        at = min(at, room - 1)
        rule[at] = "┼"
        labels[at : at + len(label)] = label
    return "".join(labels)[:room].rstrip(), "".join(rule)


# errors


@dataclass(frozen=True)
class Winner:
    """An entry of the ImageNet challenge: top-5 error on its test set in per cent."""

    year: int
    name: str
    error: float
    source: int  # its line among SOURCES, from 1
    deep: bool = True


# image-net.org's table of 2012 gives 15.315, 16.422 and, for the second team, 26.172
WINNERS = (
    Winner(2011, "XRCE, no network", 25.8, 1, False),
    Winner(2012, "AlexNet", 15.3, 2),
    Winner(2013, "Clarifai", 11.7, 1),
    Winner(2014, "VGG, second", 7.3, 3),
    Winner(2014, "GoogLeNet", 6.67, 4),
    Winner(2015, "ResNet", 3.57, 5),
    Winner(2016, "Trimps-Soushen", 2.99, 6),
    Winner(2017, "SENet", 2.25, 7),
)
HUMAN = 5.1
SOURCES = (
    "Russakovsky et al. 2015, ImageNet Large Scale Visual Recognition Challenge, "
    "arXiv:1409.0575: the winners without outside data; the human",
    "image-net.org, ILSVRC2012 results: 15.3 with extra training data, 16.4 without; "
    "the best without a network 26.2",
    "Simonyan and Zisserman 2014, arXiv:1409.1556, seven networks",
    "Szegedy et al. 2014, arXiv:1409.4842, seven networks",
    "He et al. 2015, arXiv:1512.03385, six networks",
    "image-net.org, ILSVRC2016 results: networks of several kinds together",
    "Hu et al. 2017, arXiv:1709.01507: 2.251, several networks together",
)


def error_lines(state: ComparingState, width: int) -> Lines:
    """Draw the winners' top-5 errors by year, with whose figures they are."""
    del state
    room = max(8, min(60, width - 36))
    lines = [line("Top-5 error in the ImageNet challenge, per cent of the test pictures", "strong")]
    for each in WINNERS:
        text = f"{each.year}  {each.name:<17}{each.error:>6.2f}  "
        role = "output" if each.deep else "dim"
        lines.append(((text, ""), (bar(each.error / 30, room), role), (f" [{each.source}]", "dim")))
    human = f"      {'one human':<17}{HUMAN:>6.2f}  "
    lines.append(((human, ""), (bar(HUMAN / 30, room), "average"), (" [1]", "dim")))
    says = (
        "An answer counts as wrong where the true class is not among the five named. From 2012 "
        "on all are convolutional networks, mostly several averaged: one alone does less well."
    )
    notes = flowed(line(says), width, 4)
    for at, source in enumerate(SOURCES, 1):
        notes += flowed(line(f"[{at}] {source}", "dim"), width, 3)
    return [], [*lines, *notes]


# compound scaling

STEPS = 2  # a half of φ
HEAD = "       phi   depth   width  picture    FLOPs   parameters    top-1"
NOTE = (
    "phi of a published one: 2^phi = its FLOPs over B0's; multipliers are rounded by hand. "
    "▸: nearest to yours. Multipliers, pictures: the authors' code (tensorflow/tpu); FLOPs (a "
    "multiply–add counts as one), top-1: Tan and Le 2019, arXiv:1905.11946, table 2."
)


def scaling_lines(state: ComparingState, width: int) -> Lines:
    """Show what φ does to depth, width and resolution, beside the published networks."""
    compound = state.compound
    at = round(state.phi * STEPS)
    rail = "─" * at * 2 + "●" + "─" * (round(LARGEST_PHI * STEPS) - at) * 2
    per = DEPTH * WIDTH**2 * RESOLUTION**2
    power = f"{state.phi:g}"
    flops = f"({DEPTH}·{WIDTH}^2·{RESOLUTION}^2)"
    picture = round(B0_RESOLUTION * compound.resolution)
    lines: list[Line] = [
        line("EfficientNet: one number scales depth, width and picture together", "strong"),
        line(f"φ = {power:<5}0 {rail} {LARGEST_PHI:g}", "key"),
        _power("depth", f"{DEPTH}", power, compound.depth, "times the layers"),
        _power("width", f"{WIDTH}", power, compound.width, "times the channels"),
        _power(
            "resolution", f"{RESOLUTION}", power, compound.resolution, f"a picture of {picture}"
        ),
        _power("FLOPs", flops, power, compound.flops, f"{per:.2f}^φ; 2^φ = {2**state.phi:.2f}"),
        line(""),
        line(HEAD, "strong"),
    ]
    nearest = min(EFFICIENTNETS, key=lambda each: abs(each.phi - state.phi))
    lines += [_published(each, each is nearest) for each in EFFICIENTNETS]
    return [], [*lines, *flowed(line(NOTE, "dim"), width, 6)]


def _power(name: str, base: str, power: str, value: float, says: str) -> Line:
    return (
        (f"  {name:<12}", "dim"),
        (f"{base}^{power}".ljust(26), ""),
        (f"= {value:>7.2f}  ", "strong"),
        (says, "dim"),
    )


def _published(each: Published, nearest: bool) -> Line:
    params = counted(find_net(f"efficientnet_{each.name.lower()}").params)
    macs = f"{_thousand_millions(each.macs)} G"
    text = (
        f"{'▸' if nearest else ' '} {each.name:<3}{each.phi:>5.2f}{each.depth:>8}{each.width:>8}"
        f"{each.resolution:>9}{macs:>9}{params:>13}{each.top1:>7} %"
    )
    return line(text, "key" if nearest else "")


def _thousand_millions(macs: float) -> str:
    """Write as many digits as the paper does."""
    return f"{macs:.2f}" if macs < 1 else f"{macs:.1f}" if macs < 10 else f"{macs:.0f}"
