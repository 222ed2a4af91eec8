"""What a data set says of itself in ABOUT, and what may be asked of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cnntui.datasets.dataset import Wanted
from cnntui.errors import UserError
from cnntui.ground.names import cut, whole

SHARE = "0.1"  # of the training pictures, kept for validation where nothing is said


@dataclass(frozen=True)
class Option:
    """What may be written after the name, ``NAME:option=value``."""

    default: str
    means: str


@dataclass(frozen=True)
class Layout:
    """A set of files as it lies on disk."""

    form: str  # idx, python or binary
    folders: tuple[str, ...]  # below the data folder, the usual one first
    files: Mapping[str, str | None]  # name → md5, None where it is not published
    archive: str | None = None  # what they are unpacked from
    archive_md5: str | None = None


@dataclass(frozen=True)
class Member:
    """A data set, or a format on disk whose pictures, classes and licence are the user's."""

    name: str
    title: str
    classes: tuple[str, ...] | int | None  # names or their number; None: the user's
    shape: tuple[int, int, int] | None  # (C, H, W) with the options' defaults
    train: int | None  # examples, those for validation among them
    test: int | None
    licence: str
    source: str
    offline: bool  # no file is needed that doesn't come with this program
    flip: bool  # whether a picture's mirror image is of the same class
    options: Mapping[str, Option]
    files: tuple[Layout, ...]
    suffixes: tuple[str, ...]  # of files that it reads, ".npz"; none where ABOUT lists none


def members(about: Mapping[str, Any]) -> tuple[Member, ...]:
    """Return the data sets that a file's ABOUT lists; what they share is said once there.

    Raises ValueError where a field is missing.
    """
    usual = {"options": {}, "files": (), "suffixes": (), **about}
    return tuple(_member({**usual, **listed}) for listed in about["datasets"])


def member_of(about: Mapping[str, Any], wanted: Wanted) -> Member:
    """Return the member that is wanted; raises UserError for another name or unknown options."""
    by_name = {member.name: member for member in members(about)}
    if wanted.name not in by_name:
        names = ", ".join(by_name)
        raise UserError(f"no data set {cut(wanted.name)!r} here: there is {names}")
    member = by_name[wanted.name]
    unknown = [name for name in wanted.options if name not in (*member.options, "validation")]
    if unknown:
        known = ", ".join((*member.options, "validation"))
        raise UserError(f"{member.name} has no option {cut(unknown[0])!r}; it has {known}")
    return member


def chosen(wanted: Wanted, member: Member, name: str, choices: tuple[str, ...]) -> str:
    """Return the value of an option that is one of ``choices``."""
    value = wanted.options.get(name, member.options[name].default)
    if value not in choices:
        raise UserError(
            f"{member.name}: {name} is {cut(value)!r}; give one of {', '.join(choices)}"
        )
    return value


def number(wanted: Wanted, member: Member, name: str, least: int, most: int) -> int:
    """Return the value of an option that is a whole number."""
    text = wanted.options.get(name, member.options[name].default)
    value = whole(text)
    if value is None or not least <= value <= most:
        raise UserError(
            f"{member.name}: {name} is {cut(text)!r}; give a whole number, {least} to {most}"
        )
    return value


def validation_share(wanted: Wanted) -> float:
    """Return which part of the training pictures is kept for validation, 0 to 0.9."""
    text = wanted.options.get("validation", SHARE)
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 0.9:
        raise UserError(f"validation is {cut(text)!r}; give a part, 0 to 0.9")
    return share


def seed_of(wanted: Wanted) -> int:
    """Return the option ``seed`` where it is given, else the seed that came with the request."""
    text = wanted.options.get("seed", "")
    value = whole(text) if text else wanted.seed
    if value is None or value < 0:
        raise UserError(f"{wanted.name}: seed is {cut(text)!r}; give a whole number from 0")
    return value


def _member(listed: Mapping[str, Any]) -> Member:
    absent = [field.name for field in fields(Member) if field.name not in listed]
    if absent:
        raise ValueError(f"the data set {listed.get('name')} in ABOUT has no {', '.join(absent)}")
    values = {field.name: listed[field.name] for field in fields(Member)}
    if isinstance(listed["classes"], list):
        values["classes"] = tuple(listed["classes"])
    values["shape"] = listed["shape"] and tuple(listed["shape"])
    values["options"] = {name: Option(*pair) for name, pair in listed["options"].items()}
    values["files"] = tuple(_layout(files) for files in listed["files"])
    values["suffixes"] = tuple(listed["suffixes"])
    return Member(**values)


def _layout(listed: Mapping[str, Any]) -> Layout:
    return Layout(**{**listed, "folders": tuple(listed["folders"])})
