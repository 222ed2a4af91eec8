"""The text of an augmentation list: what it means, how it prints, what it refuses."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.training.augment.combinations import (
    FILLS,
    KINDS,
    Augmentation,
    Augmentations,
    parse,
    table,
)


def strengths(kind):
    if kind.unit == "pixels":
        return st.integers(int(kind.least), int(kind.most)).map(float)
    return st.floats(kind.least, kind.most)


@st.composite
def lists(draw):
    chosen = draw(st.lists(st.sampled_from(KINDS), unique=True))
    items = {kind.name: draw(strengths(kind)) for kind in chosen}
    ordered = (Augmentation(k.name, items[k.name] + 0.0) for k in KINDS if k.name in items)
    return Augmentations(tuple(ordered), draw(st.sampled_from(FILLS)))


@given(lists())
def test_what_is_printed_parses_to_itself(wanted):
    assert parse(str(wanted)) == wanted
    assert str(parse(str(wanted))) == str(wanted)


@given(lists(), st.randoms())
def test_the_order_of_the_list_does_not_matter(wanted, random):
    parts = str(wanted).split(",")
    random.shuffle(parts)
    assert parse(" , ".join(parts)) == wanted


def test_the_issue_s_example():
    text = (
        "flip,shift=0.1,rotate=15,zoom=0.1,shear=10,crop=4,brightness=0.2,contrast=0.2,"
        "saturation=0.3,noise=0.05,cutout=0.25,mixup=0.2,cutmix=1.0"
    )
    wanted = parse(text)
    assert {item.name for item in wanted.items} == {kind.name for kind in KINDS}
    assert wanted.strength("rotate") == 15
    assert wanted.strength("flip") == 0.5
    assert wanted.fill == "zeros"


@pytest.mark.parametrize("text", ["", " ", "none"])
def test_nothing(text):
    assert parse(text) == Augmentations()
    assert not parse(text)
    assert str(parse(text)) == "none"
    assert parse(text).strength("flip") == 0


def test_strengths_of_nothing_ask_for_nothing():
    assert not parse("flip=0,rotate=0,fill=edge")
    assert parse("flip=0,rotate=1")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_name_alone_takes_its_default_and_bounds_hold(kind):
    assert kind.least <= kind.default <= kind.most
    assert parse(kind.name).items == (Augmentation(kind.name, kind.default),)
    for value in (kind.least - 1, kind.most + 1, "nan", "inf"):
        with pytest.raises(UserError, match=f"{kind.name}=.* out of range"):
            parse(f"{kind.name}={value}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flipp", "did you mean flip"),
        ("cut_out=0.1", "did you mean cutout"),
        ("Rotate", "did you mean rotate"),
        ("qqq", "give some of flip, zoom"),
        ("flip,flip", "given twice"),
        ("fill=edge,fill=mean", "given twice"),
        ("crop=2.5", "whole number"),
        ("flip=often", "give a number, 0 to 1"),
        ("flip=", "give a number"),
        ("fill=red", "zeros, edge, reflect, mean"),
        ("fill", "zeros, edge, reflect, mean"),
        ("none,flip", "none stands alone"),
        ("flip,,shift", "empty place"),
        ("flip\x1b[2J", "did you mean flip|no augmentation"),
    ],
)
def test_what_is_refused(text, said):
    with pytest.raises(UserError, match=said) as raised:
        parse(text)
    assert str(raised.value).isprintable()


def test_the_table_names_everything():
    lines = table().splitlines()
    assert max(map(len, lines)) <= 100
    for kind in KINDS:
        assert any(line.startswith(f"{kind.name}=") and kind.words in line for line in lines)
    assert all(fill in table() for fill in FILLS)


def test_the_list_needs_no_torch():
    code = "import sys, cnntui.training.augment.combinations; print('torch' in sys.modules)"
    said = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
