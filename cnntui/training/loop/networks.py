"""The network that a run trains, from what its settings say."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from cnntui.engine.building.built import build
from cnntui.engine.building.parsing import parse
from cnntui.errors import UserError
from cnntui.models.building import build_net
from cnntui.models.loading import load_model
from cnntui.models.naming import Net, find_net, is_net
from cnntui.training.config import Config

LARGEST_USUAL = 64  # pixels: larger inputs than these are not what a small picture is enlarged to


def usual_size(config: Config, size: int) -> int:
    """Return the side of the pictures that the network is given: asked for, its own, or theirs.

    A network published for small pictures (LeNet-5: 32) gets its own size; any other gets ``size``,
    that of the data.
    """
    if config.size:
        return config.size
    if config.net_text:
        shape = parse(config.net_text).input_shape
        return shape[1] if shape is not None else size
    if is_net(config.net):
        own = find_net(config.net).input[1]
        return own if own <= LARGEST_USUAL else size
    return size


def network(config: Config, classes: int, shape: tuple[int, int, int]) -> nn.Module:
    """Return the untrained network for pictures of ``shape`` (C, H, W), seeded by the settings.

    Raises UserError where there is none, or where it doesn't give one logit a class.
    """
    torch.manual_seed(config.seed)
    model = _made(config, classes, shape)
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    if not trainable:
        raise UserError(f"{config.net} has no trainable parameter: there is nothing to train")
    _check(model, config, classes, shape)
    return model


def _made(config: Config, classes: int, shape: tuple[int, int, int]) -> nn.Module:
    if config.net_text:
        return _built(config.net_text, classes, shape)
    if is_net(config.net):
        net: Net = find_net(config.net)
        return build_net(net, classes, shape[0], on_meta=False)
    return _own(config.net, classes, shape[0])


def _own(text: str, classes: int, channels: int) -> nn.Module:
    """Return the user's own network, told the classes and channels where it takes them."""
    try:
        return load_model(text, classes=classes, in_channels=channels, on_meta=False).model
    except UserError as problem:
        if "--classes" not in str(problem) and "classes" not in str(problem):
            raise
    return load_model(text, in_channels=channels, on_meta=False).model


def _built(text: str, classes: int, shape: tuple[int, int, int]) -> nn.Module:
    blueprint = replace(parse(text), input_shape=shape)
    return build(blueprint, shape, classes)


def _check(model: nn.Module, config: Config, classes: int, shape: tuple[int, int, int]) -> None:
    """Run two pictures through it. Raises UserError where the logits aren't one a class."""
    modes = [(module, module.training) for module in model.modules()]
    with torch.no_grad(), torch.random.fork_rng(devices=()):
        try:
            output = model.eval()(torch.zeros(2, *shape))
        except Exception as problem:  # a stranger's network may raise anything
            message = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:160]
            size = "x".join(map(str, shape))
            raise UserError(
                f"{config.net} can't take pictures of {size}: {message}; "
                "--size gives another side, `cnntui layers` shows where it fails"
            ) from problem
        finally:
            for module, mode in modes:
                module.training = mode
    logits = output[0] if isinstance(output, tuple) else output
    given = tuple(getattr(logits, "shape", ()))
    if given != (2, classes):
        raise UserError(
            f"{config.net} gives {given[1:] or type(output).__name__} a picture, and a classifier "
            f"of {classes} classes must give ({classes},)"
        )
