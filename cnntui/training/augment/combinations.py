"""What may be done to training pictures and how strongly: ``flip,shift=0.1``."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from cnntui.errors import UserError


@dataclass(frozen=True)
class Kind:
    """One augmentation's name, the unit of its strength, and what it does."""

    name: str
    unit: str
    default: float  # where the list names it without a strength
    least: float  # a strength of 0 changes nothing
    most: float
    words: str


KINDS = (  # in the order in which they are applied
    Kind("flip", "probability", 0.5, 0, 1, "mirrored left to right"),
    Kind("zoom", "part", 0.1, 0, 0.9, "enlarged or shrunk by up to this part"),
    Kind("shear", "degrees", 10, 0, 60, "rows slanted by up to this angle"),
    Kind("rotate", "degrees", 15, 0, 180, "turned by up to this angle, either way"),
    Kind("shift", "part of a side", 0.1, 0, 0.5, "moved by up to this part, in whole pixels"),
    Kind("crop", "pixels", 4, 0, 64, "a border this wide added, a window of the old size cut"),
    Kind("brightness", "part", 0.2, 0, 1, "values multiplied by 1 ± up to this"),
    Kind("contrast", "part", 0.2, 0, 1, "distance from the mean grey multiplied by 1 ± up to this"),
    Kind("saturation", "part", 0.3, 0, 1, "distance from grey multiplied by 1 ± up to this"),
    Kind("noise", "deviation", 0.05, 0, 1, "normal noise added to values of 0 to 1"),
    Kind("cutout", "part of a side", 0.25, 0, 1, "a square of this side blanked, anywhere"),
    Kind("mixup", "alpha", 0.2, 0, 8, "blended with another and its label by Beta(alpha, alpha)"),
    Kind("cutmix", "alpha", 1, 0, 8, "a box of another and its label, area by Beta(alpha, alpha)"),
)
FILLS = ("zeros", "edge", "reflect", "mean")  # what comes in from outside a picture
FILL_WORDS = (
    "fill=zeros|edge|reflect|mean  what comes in from outside: black, the edge's pixels,\n"
    "                              the picture mirrored, or its mean colour (cutout's hole too)"
)
_KIND_OF = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Augmentation:
    """One augmentation with its strength, in the unit that KINDS gives."""

    name: str
    strength: float

    def __str__(self) -> str:
        return f"{self.name}={_number(self.strength)}"


@dataclass(frozen=True)
class Augmentations:
    """All that is asked for, in KINDS' order. Written as text, it parses to itself."""

    items: tuple[Augmentation, ...] = ()
    fill: str = "zeros"  # one of FILLS

    def strength(self, name: str) -> float:
        """Return the strength of ``name``, 0 where it isn't asked for."""
        return next((item.strength for item in self.items if item.name == name), 0.0)

    def __bool__(self) -> bool:
        return any(item.strength for item in self.items)

    def __str__(self) -> str:
        fill = [f"fill={self.fill}"] if self.fill != "zeros" else []
        return ",".join([*map(str, self.items), *fill]) or "none"


def parse(text: str) -> Augmentations:
    """Read ``flip,shift=0.1,fill=edge``; ``none`` and nothing ask for nothing.

    Raises UserError for an unknown or doubled name and for a strength out of range.
    """
    if text.strip() in ("", "none"):
        return Augmentations()
    strengths: dict[str, str | None] = {}
    for part in text.split(","):
        name, equals, value = (each.strip() for each in part.partition("="))
        if name in strengths:
            raise UserError(f"augmentation {name} is given twice; give it once")
        _known(name)
        strengths[name] = value if equals else None
    fill = _fill(strengths.pop("fill")) if "fill" in strengths else "zeros"
    items = (
        Augmentation(k.name, _strength(k, strengths[k.name])) for k in KINDS if k.name in strengths
    )
    return Augmentations(tuple(items), fill)


def table() -> str:
    """Return KINDS as lines of text for help: name with default, unit and range, words."""
    rows = [
        (f"{k.name}={_number(k.default)}", f"{k.unit}, {_span(k.least, k.most)}", k.words)
        for k in KINDS
    ]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c}" for a, b, c in rows]
    return "\n".join([*lines, FILL_WORDS])


def _known(name: str) -> None:
    if name in _KIND_OF or name == "fill":
        return
    if not name:
        raise UserError("an empty place in the list of augmentations; write flip,shift=0.1")
    if name == "none":
        raise UserError("none stands alone in a list of augmentations; leave it out")
    names = [*_KIND_OF, "fill"]
    near = get_close_matches(name.lower(), names, 1, 0.5)
    advice = f"did you mean {near[0]}?" if near else f"give some of {', '.join(names)}"
    raise UserError(f"no augmentation {name[:40]!r}; {advice}")


def _fill(value: str | None) -> str:
    if value not in FILLS:
        raise UserError(f"no fill {(value or '')[:40]!r}; give one of {', '.join(FILLS)}")
    return value


def _strength(kind: Kind, value: str | None) -> float:
    if value is None:
        return float(kind.default)
    span = f"{_span(kind.least, kind.most)} ({kind.unit})"
    try:
        strength = float(value)
    except ValueError:
        raise UserError(f"{kind.name}={value[:40]}: give a number, {span}") from None
    if not kind.least <= strength <= kind.most:  # NaN too
        raise UserError(f"{kind.name}={value[:40]} is out of range; give {span}")
    if kind.unit == "pixels" and strength != int(strength):
        raise UserError(f"{kind.name}={value[:40]}: give a whole number, {span}")
    return strength + 0.0  # no -0


def _span(least: float, most: float) -> str:
    return f"{_number(least)} to {_number(most)}"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
