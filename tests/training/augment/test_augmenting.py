"""All augmentations together: ranges, layouts, the generator, and what stays untouched."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode

from cnntui.training.augment import augmenting
from cnntui.training.augment.augmenting import Augmenter, in_floats
from cnntui.training.augment.combinations import FILLS, KINDS, Augmentation, Augmentations, parse
from cnntui.training.augment.mixing import Mixed

EVERYTHING = ",".join(kind.name for kind in KINDS)
PLAIN = EVERYTHING.replace(",mixup,cutmix", "")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def examples(count=20, channels=3, height=12, width=9, seed=1):
    images = torch.rand(count, channels, height, width, generator=generator(seed))
    return images, torch.arange(count) % 10


def equal(one, other):
    if isinstance(one, Mixed):
        return all(torch.equal(getattr(one, n), getattr(other, n)) for n in one.__annotations__)
    return torch.equal(one, other)


@st.composite
def strengths(draw):
    items = []
    for kind in KINDS:
        if draw(st.booleans()):
            whole = kind.unit == "pixels"
            drawn = st.integers(0, 12).map(float) if whole else st.floats(kind.least, kind.most)
            items.append(Augmentation(kind.name, draw(drawn)))
    return Augmentations(tuple(items), draw(st.sampled_from(FILLS)))


@settings(max_examples=150)
@given(
    strengths(), st.integers(1, 5), st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 9), st.integers(1, 9), st.booleans(),
)  # fmt: skip
def test_pictures_stay_in_range(wanted, count, channels, height, width, whole):
    images, labels = examples(count, channels, height, width)
    images = (images > 0.5).float() if whole else images  # 0 and 1 are where rounding shows
    kept = images.clone()
    found, targets = Augmenter(wanted)(images, labels, generator())
    assert found.shape == images.shape
    assert found.dtype == torch.float32
    assert torch.equal(images, kept)
    assert 0 <= found.min() <= found.max() <= 1  # NaN too
    if isinstance(targets, Mixed):
        assert 0 <= targets.weight.min() <= targets.weight.max() <= 1
        assert torch.equal(targets.labels, labels)
        assert set(targets.others.tolist()) <= set(labels.tolist())
    else:
        assert torch.equal(targets, labels)


@pytest.mark.parametrize("fill", FILLS)
def test_rounding_leaves_black_and_white_in_range(fill):
    images = (examples(200, 3, 24, 24)[0] > 0.5).float()
    augment = Augmenter(parse(f"rotate=40,zoom=0.5,fill={fill}"))
    found, _ = augment(images, torch.zeros(200, dtype=torch.int64), generator())
    assert 0 <= found.min() <= found.max() <= 1


def test_strength_0_is_the_same_tensor():
    images, labels = examples()
    nothing = parse(",".join(f"{kind.name}=0" for kind in KINDS))
    for wanted in (nothing, parse("none"), parse("fill=edge")):
        found, targets = Augmenter(wanted)(images, labels, generator())
        assert found is images
        assert targets is labels


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_strength_0_beside_another_changes_nothing(kind):
    other = "flip=1" if kind.name != "flip" else "crop=1"
    images, labels = examples()
    alone = Augmenter(parse(other))(images, labels, generator())
    both = Augmenter(parse(f"{other},{kind.name}=0"))(images, labels, generator())
    assert torch.equal(alone[0], both[0])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_does_something(kind):
    images, labels = examples()
    found, targets = Augmenter(parse(kind.name))(images, labels, generator())
    assert not torch.equal(found, images)
    assert isinstance(targets, Mixed) == (kind.name in ("mixup", "cutmix"))
    assert Augmenter(parse(kind.name)).mixes == isinstance(targets, Mixed)


@pytest.mark.parametrize("text", [EVERYTHING, PLAIN, "flip,crop", "cutmix"])
def test_everything_comes_from_the_generator(text):
    images, labels = examples(100)
    augment, drawn = Augmenter(parse(text)), generator(7)
    before = torch.get_rng_state()
    augment(images, labels, drawn)
    state = drawn.get_state()
    second = augment(images, labels, drawn)
    third = augment(images, labels, drawn)
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(second[0], third[0])
    drawn.set_state(state)  # a run goes on, with an augmenter of its own
    for earlier in (second, third):
        again = Augmenter(parse(text))(images, labels, drawn)
        assert torch.equal(again[0], earlier[0])
        assert equal(again[1], earlier[1])


@pytest.mark.parametrize("text", [EVERYTHING, "flip", "noise", "fill=reflect,shift"])
def test_layouts_and_bytes_give_the_same(text):
    images, labels = examples(64)
    whole = (images * 255).byte()
    expected = Augmenter(parse(text))(in_floats(whole), labels, generator())
    for given_ in (whole, whole.to(memory_format=torch.channels_last)):
        found = Augmenter(parse(text))(given_, labels, generator())
        assert torch.equal(found[0], expected[0])
        assert equal(found[1], expected[1])
        assert found[0].stride() == given_.stride()
    assert torch.equal(in_floats(whole), whole.float() / 255)


@pytest.mark.parametrize("text", [EVERYTHING, "none", "flip=1"])
def test_a_buffer_takes_the_pictures(text):
    images, labels = examples(64)
    expected, _ = Augmenter(parse(text))(images, labels, generator())
    for layout in (torch.contiguous_format, torch.channels_last):
        buffer = torch.full_like(images, 7).contiguous(memory_format=layout)
        found, _ = Augmenter(parse(text))(images, labels, generator(), out=buffer)
        assert found is buffer
        assert torch.equal(found, expected)


def test_blocks_are_the_same_pictures_one_after_another(monkeypatch):
    images, labels = examples(100)
    monkeypatch.setattr(augmenting, "BLOCK", 40 * images[0].numel())
    for text in (PLAIN, EVERYTHING):
        augment, drawn = Augmenter(parse(text)), generator()
        whole, targets = augment(images, labels, generator())
        for part in (slice(0, 40), slice(40, 80), slice(80, 100)):
            found, target = augment(images[part], labels[part], drawn)
            assert torch.equal(whole[part], found)
            assert equal(targets[part], target)


def test_no_pictures():
    images, labels = examples(0)
    found, targets = Augmenter(parse(PLAIN))(images, labels, generator())
    assert found.shape == images.shape
    assert len(targets) == 0


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("text", [EVERYTHING, "flip,shift,crop"])
def test_no_step_looks_at_a_value(text, fill):
    """Fake tensors hold no values: what waits for one (item, nonzero, a mask's index) raises."""
    wanted = parse(f"{text},fill={fill}")
    with FakeTensorMode(allow_non_fake_inputs=True):
        images, labels = torch.empty(40, 3, 12, 9), torch.empty(40, dtype=torch.int64)
        found, _ = Augmenter(wanted)(images, labels, generator())
    assert found.shape == images.shape


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_nothing_waits():
    images, labels = (each.cuda() for each in examples(100))
    augment = Augmenter(parse(EVERYTHING))
    drawn = torch.Generator("cuda").manual_seed(0)
    augment(images, labels, drawn)
    torch.cuda.set_sync_debug_mode("error")
    try:
        found, _ = augment(images, labels, drawn)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert found.is_cuda
    assert 0 <= found.min() <= found.max() <= 1
