"""Questions about faults without a pane: what a symptom comes from, what mends it; drawn anew."""

from __future__ import annotations

import random
from collections.abc import Callable

from cnntui.course.faults.kinds import FAULTS, Fault, fault
from cnntui.course.faults.nets import FaultyNet
from cnntui.course.format.formulas import conv_params, dense_params
from cnntui.course.questions.question import Draft
from cnntui.numbers import counted


def others(one: Fault, chance: random.Random, trained: bool = False) -> list[Fault]:
    """Return what a fault may be taken for, the likest first; ``trained`` ones alone."""
    near = [fault(name) for name in one.near]
    rest = [each for each in FAULTS if each is not one and each not in near]
    chance.shuffle(rest)
    return [each for each in (*near, *rest) if not trained or each.place == "training"]


def naming(one: Fault, chance: random.Random, ask: str, trained: bool = False) -> Draft:
    """Ask which fault it is."""
    wrong = tuple((each.title, each.unlike) for each in others(one, chance, trained))
    return Draft(ask, one.title, one.shows, wrong)


def mending(one: Fault, chance: random.Random, ask: str, trained: bool = False) -> Draft:
    """Ask what repairs a fault."""
    wrong = tuple((each.repair, each.useless) for each in others(one, chance, trained))
    return Draft(ask, one.repair, "It takes away the cause, and changes nothing else.", wrong)


def symptom(chance: random.Random) -> Draft:
    """What is wrong where a run shows this."""
    one = chance.choice(FAULTS)
    return naming(one, chance, f"Somebody reports: “{one.seen}” What is wrong?")


def remedy(chance: random.Random) -> Draft:
    """What repairs a fault."""
    one = chance.choice(FAULTS)
    return mending(one, chance, f"It was found out: {_small(one.title)}. What repairs it?")


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def flat_inputs(chance: random.Random) -> Draft:
    """The in_features of the dense layer behind two convolutions and two pools."""
    side = chance.choice((28, 32, 40))
    channels = chance.choice(((8, 16), (16, 32), (32, 64)))
    net = FaultyNet(side, channels, chance.choice((0, 1)), 64, "", 0)
    first, second = channels
    return Draft(
        f"Input 1×{side}×{side}; conv {first} 3×3 padding {net.padding}, pool 2, conv {second} 3×3 "
        f"padding {net.padding}, pool 2, flatten. What in_features does the dense layer need?",
        net.inputs,
        f"{second} maps of {net.last}×{net.last}: "
        f"{second}·{net.last}·{net.last} = {counted(net.inputs)}.",
        input_mistakes(net),
    )


def input_mistakes(net: FaultyNet) -> tuple[tuple[int, str], ...]:
    """Return wrong in_features, each with the mistake that gives it."""
    second, side = net.channels[1], net.side
    whole, half = side // 4, side // 2
    return (
        (second * half * half, "There are two pools: each halves the side."),
        (net.last * net.last, "The channels are forgotten: flatten keeps all of them."),
        (second * net.last, "The map has side times side cells."),
        (second * whole * whole, "Without padding each 3×3 takes 2 from the side."),
        (second, "That is after global pooling: flatten keeps every cell."),
    )


def mended_parameters(net: FaultyNet) -> Draft:
    """Ask for the parameters of a network whose dense layer is mended."""
    first, second = net.channels
    convs = conv_params(3, 1, first) + conv_params(3, first, second)
    dense = dense_params(net.inputs, net.units)
    last = dense_params(net.units, 10)
    return Draft(
        f"in_features is now {counted(net.inputs)}, and pictures run through. How many parameters "
        "does the network have?",
        net.params,
        f"{counted(convs)} in the convolutions, {counted(dense)} and {counted(last)} in the dense "
        f"layers: {counted(net.params)}.",
        (
            (convs + dense_params(net.wrong, net.units) + last, "That is with the wrong layer."),
            (net.params - net.units - 10 - first - second, "The biases are forgotten."),
            (dense, "That is the mended layer alone."),
            (dense + last, "The convolutions are forgotten."),
        ),
    )


FAULT_TOPICS: dict[str, tuple[Callable[[random.Random], Draft], str]] = {
    "symptom": (symptom, "what is wrong where a training shows this"),
    "remedy": (remedy, "what repairs a fault"),
    "flat inputs": (flat_inputs, "the inputs of a dense layer behind flatten"),
}
