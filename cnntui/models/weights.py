"""Puts a file's tensors into a network, or says how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.models.reading import State, read_state

__all__ = ["Applied", "State", "aligned", "apply_weights", "read_state"]

NAMED = 3  # keys that a complaint names


@dataclass(frozen=True)
class Mismatch:
    """A key that both have, with a tensor of another shape or kind."""

    name: str
    stored: str
    wanted: str


@dataclass(frozen=True)
class Applied:
    """What went into a network, and what didn't; keys in the order of the network or the file."""

    loaded: int
    missing: tuple[str, ...] = ()  # the network's, which the file lacks
    unexpected: tuple[str, ...] = ()  # the file's, which the network lacks
    mismatched: tuple[Mismatch, ...] = ()
    skipped: int = 0  # the file's entries that are no tensor

    @property
    def fits(self) -> bool:
        """Whether every key was found on both sides."""
        return not (self.missing or self.unexpected or self.mismatched)

    def in_words(self) -> str:
        """Return ``2 missing (a, b), 1 of another shape (…)``; nothing where all fits."""
        others = [
            f"{m.name}: the file has {m.stored}, the network {m.wanted}" for m in self.mismatched
        ]
        return ", ".join(
            f"{len(keys)} {what} ({_first(keys)})"
            for keys, what in (
                (self.missing, "missing"),
                (self.unexpected, "unexpected"),
                (others, "of another shape or type"),
            )
            if keys
        )


def apply_weights(model: nn.Module, path: str | Path, strict: bool = True) -> Applied:
    """Put a file's weights into ``model``, which may be on the meta device.

    On meta the tensors become the file's own pages, in the network's types; what the file lacks
    stays on meta. Raises UserError, before anything is changed, for a file that can't be read or,
    if ``strict``, doesn't fit.
    """
    state = read_state(path, meta=False)
    own = {
        name: value
        for name, value in model.state_dict(keep_vars=True).items()
        if isinstance(value, Tensor)
    }
    stored = _tied(aligned(state, own), own)
    applied = _compared(stored, own, state.skipped)
    if strict and not applied.fits:
        raise UserError(
            f"{path} doesn't fit {type(model).__name__}: {applied.in_words()}; "
            f"`cnntui layers {path}` lists what it holds"
        )
    wrong = {mismatch.name for mismatch in applied.mismatched}
    fitting = {name: stored[name] for name in own if name in stored and name not in wrong}
    try:
        _put(model, fitting, own)
    except RuntimeError as error:  # a layer with a loading of its own
        raise UserError(
            f"{path} doesn't fit {type(model).__name__}: {cut(str(error), 200)}"
        ) from error
    return applied


def aligned(state: Mapping[str, Tensor], own: Mapping[str, object]) -> dict[str, Tensor]:
    """Return the tensors by the network's names where one prefix is all that differs."""
    tried = [dict(state)]
    theirs, ours = prefix(list(state)), prefix(list(own))
    if theirs:  # a Lightning module calls its network model.…
        tried.append({name.removeprefix(theirs): value for name, value in state.items()})
    if ours:
        tried.append({ours + name: value for name, value in state.items()})
    return max(tried, key=lambda named: len(named.keys() & own.keys()))


def prefix(names: list[str]) -> str:
    """Return the first part, with its dot, that all names share; else nothing."""
    first = names[0].partition(".")[0] + "." if names else ""
    return first if first and all(name.startswith(first) for name in names) else ""


def _tied(stored: dict[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give tied weights, which a file may hold once, under each of their names."""
    held = {id(value): stored[name] for name, value in own.items() if name in stored}
    also = {name: held[id(v)] for name, v in own.items() if id(v) in held and name not in stored}
    return stored | also


def _compared(stored: Mapping[str, Tensor], own: Mapping[str, Tensor], skipped: int) -> Applied:
    common = [name for name in own if name in stored]
    mismatched = tuple(
        Mismatch(name, _described(stored[name]), _described(own[name]))
        for name in common
        if not _alike(stored[name], own[name])
    )
    return Applied(
        loaded=len(common) - len(mismatched),
        # files from before PyTorch 0.4.1 lack this counter, and nothing computed needs it
        missing=tuple(n for n in own if n not in stored and not n.endswith("num_batches_tracked")),
        unexpected=tuple(name for name in stored if name not in own),
        mismatched=mismatched,
        skipped=skipped,
    )


def _alike(stored: Tensor, own: Tensor) -> bool:
    """Whether the shape fits and the type converts: numbers packed as integers are no weights."""
    if is_lazy(own):
        return True
    floats = (torch.is_floating_point(stored), torch.is_floating_point(own))
    return stored.shape == own.shape and floats[0] == floats[1] and not stored.is_quantized


def _described(tensor: Tensor) -> str:
    kind = "" if tensor.dtype.is_floating_point else f" {str(tensor.dtype).removeprefix('torch.')}"
    return f"{tuple(tensor.shape)}{kind}"


def _put(model: nn.Module, stored: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> None:
    on_meta = any(value.is_meta for value in own.values())
    if on_meta:
        stored = {name: value.to(own[name].dtype).contiguous() for name, value in stored.items()}
    model.load_state_dict(stored, strict=False, assign=on_meta)
    if on_meta:
        _tie(model, own)


def _tie(model: nn.Module, own: Mapping[str, Tensor]) -> None:
    """Make one again of the weights that were one before each name was given its own."""
    first: dict[int, str] = {}
    for name, value in own.items():
        if first.setdefault(id(value), name) != name:
            owner, _, leaf = name.rpartition(".")
            source, _, kept = first[id(value)].rpartition(".")
            shared = getattr(model.get_submodule(source), kept)
            setattr(model.get_submodule(owner), leaf, shared)


def _first(keys: tuple[str, ...] | list[str]) -> str:
    more = ", …" if len(keys) > NAMED else ""
    return ", ".join(cut(key, 120) for key in keys[:NAMED]) + more
