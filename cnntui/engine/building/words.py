"""One line's words to specs, or what is wrong with them and the fix.

Nothing is evaluated: a word is in the tables of ``layer_forms`` or it is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from cnntui.engine.building.forms import ALIASES, FORMS, NAMES, NUMBERS, Form, Given, Input, Read
from cnntui.engine.building.specs import ACTIVATIONS
from cnntui.engine.geometry import NAMED_PADDINGS, Pair
from cnntui.errors import printable
from cnntui.numbers import counted

SIZES = re.compile(r"([0-9]+)(?:[x×]([0-9]+))?")
SETTING = re.compile(r"([a-z]+)=?([0-9]+)(?:[x×]([0-9]+))?")
CHANCE = re.compile(r"([0-9]{0,9}\.?[0-9]{1,9}|[0-9]{1,9}\.)(%?)")
LARGEST_SIDE = 2**16


class Wrong(Exception):
    """A line that can't be read; ``instead`` the words to read in its place, [] for none at all.

    ``hint`` is the remedy in words.
    """

    def __init__(self, text: str, hint: str, instead: list[str] | None = None) -> None:
        super().__init__(text)
        self.text, self.hint, self.instead = text, hint, instead


def read(words: Sequence[str]) -> Read:
    """Return what a line's lower-case words say; raises Wrong."""
    tokens = [ALIASES.get(word, word) for word in words]
    if tokens[0] == "input":
        return _input(tokens)
    if tokens[0] not in FORMS:
        raise _unknown_layer(tokens)
    return FORMS[tokens[0]].make(_given(tokens, FORMS[tokens[0]]))


def _unknown_layer(tokens: list[str]) -> Wrong:
    known = [*FORMS, "input"]
    near = difflib.get_close_matches(tokens[0][:40], [*known, *ALIASES], 1, 0.5)
    if not near:
        return Wrong(f"no layer {quoted(tokens[0])}", f"the layers are {', '.join(FORMS)}")
    word = ALIASES.get(near[0], near[0])
    return Wrong(f"no layer {quoted(tokens[0])}", f"the nearest is {word}", [word, *tokens[1:]])


def _given(tokens: list[str], form: Form) -> Given:
    sizes: dict[str, Pair] = {}
    words: list[str] = []
    chance, waiting = 0.0, list(form.numbers)
    for place, token in enumerate(tokens[1:], 1):
        without = tokens[:place] + tokens[place + 1 :]
        name, value = _setting(token, form)
        if not name and token in form.words:
            _check_word(token, words, sizes, without)
            words.append(token)
            continue
        if not name and waiting == ["chance"] and CHANCE.fullmatch(token):
            waiting, chance = [], _chance(tokens, place)
            continue
        if not name and value:
            name = waiting.pop(0) if waiting else ""
        if not value or not name:
            raise _unknown_option(tokens, place, form)
        if name in sizes or (name == "p" and set(words) & set(NAMED_PADDINGS)):
            raise Wrong(f"{NAMES.get(name, name)} is given twice", "once is enough", without)
        sizes[name] = _bounded(name, value, tokens, place)
    if waiting:
        usual = [NUMBERS[name].usual for name in waiting]
        ask = f"{tokens[0]} needs its {' and '.join(waiting)}"
        raise Wrong(ask, "a usual one", [*tokens, *usual])
    return Given(sizes, tuple(words), chance)


def _setting(token: str, form: Form) -> tuple[str, tuple[str, ...]]:
    """Return a setting's letter ("" for a bare number) and its digits; () for another word."""
    if match := SIZES.fullmatch(token):
        return "", tuple(digits for digits in match.groups() if digits)
    if match := SETTING.fullmatch(token):
        name = ALIASES.get(match[1], match[1])
        if len(name) == 1 and name in form.settings:
            return name, tuple(digits for digits in match.groups()[1:] if digits)
    return "", ()


def _check_word(
    token: str, words: list[str], sizes: Mapping[str, Pair], without: list[str]
) -> None:
    """Refuse a second activation, a second padding, and groups beside depthwise."""
    for kind, family in (("activation", ACTIVATIONS), ("padding", NAMED_PADDINGS)):
        if token in family and (set(words) & set(family) or (kind == "padding" and "p" in sizes)):
            raise Wrong(f"more than one {kind}", "one is enough", without)
    if token == "depthwise" and "g" in sizes:
        raise Wrong("depthwise has a group for each channel already", "leave g out", without)


def _bounded(name: str, digits: tuple[str, ...], tokens: list[str], place: int) -> Pair:
    rule, called = NUMBERS[name], NAMES.get(name, name)
    values = [whole(part) for part in digits]
    prefix = name if name in NAMES else ""
    if len(values) > 1 and not rule.pair:
        instead = _swapped(tokens, place, f"{prefix}{digits[0]}")
        raise Wrong(f"{called} is one number, not {quoted(tokens[place])}", "give one", instead)
    legal = [min(max(value, rule.least), rule.most) for value in values]
    if legal != values:
        raise Wrong(
            f"{called} {quoted(tokens[place])} is out of range",
            f"from {rule.least} to {counted(rule.most)}",
            _swapped(tokens, place, prefix + "x".join(map(str, legal))),
        )
    if name == "g" and "depthwise" in tokens[1:place]:
        raise Wrong(
            "depthwise has a group for each channel already",
            "leave g out",
            tokens[:place] + tokens[place + 1 :],
        )
    return values[0], values[-1]


def _chance(tokens: list[str], place: int) -> float:
    match = CHANCE.fullmatch(tokens[place])
    assert match is not None
    value = float(match[1]) / (100 if match[2] else 1)
    if value <= 1:
        return round(value, 9)
    right = f"{value / 100:.9f}".rstrip("0").rstrip(".") if value <= 100 else "0.5"
    hint = "a chance is from 0 to 1"
    raise Wrong(
        f"dropout {quoted(tokens[place])} is not a chance", hint, _swapped(tokens, place, right)
    )


def _unknown_option(tokens: list[str], place: int, form: Form) -> Wrong:
    layer, token = tokens[0], tokens[place]
    without = tokens[:place] + tokens[place + 1 :]
    if SIZES.fullmatch(token):
        takes = f"takes {' and '.join(form.numbers)}" if form.numbers else "takes no number"
        stride = "; the stride is written s2" if "s" in form.settings else ""
        return Wrong(
            f"{layer} {takes}: {quoted(token)} is too many", f"take it away{stride}", without
        )
    near = difflib.get_close_matches(token[:40], form.words, 1, 0.5)
    if near:
        hint = f"the nearest is {near[0]}"
        return Wrong(f"{layer} knows no {quoted(token)}", hint, _swapped(tokens, place, near[0]))
    known = ", ".join([*(f"{letter}N" for letter in form.settings), *form.words])
    hint = f"it knows {known}" if known else "it stands alone"
    return Wrong(f"{layer} knows no {quoted(token)}", hint, without)


def _input(tokens: list[str]) -> Input:
    parts = [part for token in tokens[1:] for part in re.split("[x×]", token)]
    if not parts or not all(re.fullmatch("[0-9]+", part) for part in parts):
        raise Wrong("input needs a shape C×H×W", "for example", ["input", "3x32x32"])
    sizes = [whole(part) for part in parts]
    if len(sizes) != 3:
        sizes = {1: [1, *sizes, *sizes], 2: [1, *sizes]}.get(len(sizes), sizes[-3:])
        fitting = "x".join(map(str, sizes))
        raise Wrong("input needs three sizes, C×H×W", "for example", ["input", fitting])
    legal = [min(max(size, 1), LARGEST_SIDE) for size in sizes]
    if legal != sizes:
        hint = f"each size from 1 to {counted(LARGEST_SIDE)}"
        raise Wrong("input is out of range", hint, ["input", "x".join(map(str, legal))])
    return Input((sizes[0], sizes[1], sizes[2]))


def _swapped(tokens: list[str], place: int, token: str) -> list[str]:
    return [*tokens[:place], token, *tokens[place + 1 :]]


def whole(digits: str) -> int:
    """Return the number; one with more than ten digits comes back as some other too large one."""
    return int(digits.lstrip("0")[:11] or "0")


def quoted(token: str) -> str:
    """Return a stranger's word cut short and made safe for a terminal."""
    return f"`{printable(token[:24])}{'…' if len(token) > 24 else ''}`"
