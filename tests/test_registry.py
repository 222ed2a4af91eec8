"""Every pane that the registry finds is well formed, and its keys clash with nothing."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from textual.binding import Binding
from textual.keys import format_key

from cnntui.cli.parser import parser
from cnntui.registry import about_in, entries
from cnntui.ui.picker import Picker
from cnntui.ui.shell.help import help_rows
from cnntui.ui.shell.home import Home
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.pane import Pane

PANES = entries("panes")
EVERY_PANE = pytest.mark.parametrize("entry", PANES, ids=[entry.name for entry in PANES])
FOOTER = 6
BY_MOMENT = {"learn"}  # what is open there decides which binding of a key acts, and is shown


def keys(bindings):
    return [key for binding in bindings for key in binding.key.split(",")]


def app_bindings():
    return [binding for binding in Laboratory.BINDINGS if isinstance(binding, Binding)]


def test_the_panes_that_are_promised():
    names = ["learn", "conv", "pool", "filters", "layers", "build", "compare"]
    names += ["train", "watch", "gallery", "runs", "image"]
    promised = [entry for entry in PANES if entry.name in names]
    assert [entry.name for entry in promised] == names
    assert " ".join(entry.about["key"] for entry in promised) == "f9 1 2 3 4 5 6 7 8 9 0 f8"


@pytest.mark.parametrize("what", ["title", "commands", "key", "order", "summary", "entry"])
def test_no_two_panes_say_the_same(what):
    said = [entry.about[what] for entry in PANES]
    assert all(value not in ("", None) for value in said)
    assert len(set(said)) == len(PANES)


@EVERY_PANE
def test_a_pane_loads_and_says_what_it_is(entry):
    pane = entry.load()
    assert issubclass(pane, Pane)
    assert pane.__module__ == f"{entry.module}.pane"
    about = entry.about
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", name) for name in about["commands"])
    assert about["commands"][0] == entry.name
    assert about["title"][0].isupper()
    assert isinstance(about["order"], int)
    assert len(about["summary"]) <= 57  # one line of the first screen at 80 columns
    assert pane.HELP.strip()


@EVERY_PANE
def test_every_binding_has_an_id_and_says_what_it_does(entry):
    for binding in entry.load().own_bindings():
        assert binding.id, binding
        assert re.fullmatch(r"[a-z]+\.[a-z_0-9-]+", binding.id), binding.id
        if entry.name in BY_MOMENT and not binding.description:
            continue  # a letter for what another key does, told with that one
        assert binding.tooltip, binding.id
        assert binding.description, binding.id


@EVERY_PANE
def test_no_key_is_bound_twice(entry):
    pane = entry.load()
    own = keys(pane.own_bindings())
    opening = [other.about["key"] for other in PANES]
    if entry.name in BY_MOMENT:  # a question's options are digits; a key acts in one moment each
        own = sorted(set(own) - {"escape", "space"})
        opening = [key for key in opening if not key.isdecimal()]
    found = Counter([*own, *keys(app_bindings()), "ctrl+p", *opening])
    assert [key for key, times in found.items() if times > 1] == []


@EVERY_PANE
def test_an_id_is_used_once(entry):
    bound = [b for cls in entry.load().__mro__ for b in cls.__dict__.get("BINDINGS", ())]
    own = Counter(b.id for b in bound if isinstance(b, Binding))
    written = Counter(b.id for b in entry.load().own_bindings())
    assert set(written.values()) == {1}
    assert set(written) == set(own)


def test_panes_and_the_app_share_no_id():
    found = {binding.id for binding in (*app_bindings(), *Home.BINDINGS, *Picker.BINDINGS)}
    for entry in PANES:
        assert found.isdisjoint(binding.id for binding in entry.load().own_bindings())


@EVERY_PANE
def test_the_footer_holds_six(entry):
    if entry.name in BY_MOMENT:
        pytest.skip("test_learning.py counts those of the list, a task and a question")
    shown = [b for b in (*entry.load().own_bindings(), *app_bindings()) if b.show]
    assert {"app.help", "app.home"} <= {binding.id for binding in shown}
    assert len(shown) <= FOOTER, [binding.id for binding in shown]
    width = sum(len(format_key(b.key.split(",")[0])) + len(b.description) + 3 for b in shown)
    assert width <= 80


@EVERY_PANE
def test_help_is_made_from_the_bindings(entry):
    bindings = [b for b in entry.load().own_bindings() if b.description]  # 2 to 9 go with 1
    rows = help_rows(bindings)
    assert len(rows) == len(bindings)
    for binding, (shown, what) in zip(bindings, rows, strict=True):
        assert what == binding.tooltip
        assert shown == (binding.key_display or " ".join(map(format_key, binding.key.split(","))))


@EVERY_PANE
def test_arrows_go_with_hjkl(entry):
    bound = {key: b.id for b in entry.load().own_bindings() for key in b.key.split(",")}
    pairs = [("left", "h"), ("right", "l"), ("up", "k"), ("down", "j")]
    for arrow, letter in pairs:
        if arrow in bound and letter in bound:
            assert bound[arrow] == bound[letter] or entry.name == "filters"


def test_the_keys_of_the_house():
    """Space plays or acts, r resets, ? helps, escape goes out: the same key, the same thing."""
    for entry in PANES:
        bound = {key: b for b in entry.load().own_bindings() for key in b.key.split(",")}
        assert "space" in bound
        assert (
            "reset" in f"{bound['r'].description} {bound['r'].action} {bound['r'].tooltip}".lower()
        )
    assert keys(app_bindings()) == ["question_mark", "escape", "y", "ctrl+q"]


@EVERY_PANE
def test_every_pane_is_a_command(entry):
    for name in entry.about["commands"]:
        assert parser().parse_args([name]).entry == entry


def test_every_action_exists():
    for entry in PANES:
        pane = entry.load()
        for binding in pane.own_bindings():
            name = binding.action.partition("(")[0]
            assert callable(getattr(pane, f"action_{name}", None)), binding.id


# reading without importing


def test_an_about_is_read_from_the_source():
    source = '"""A pane."""\n\nABOUT = {\n    "title": "X",\n    "order": 3,\n}\n\nclass X: ...\n'
    assert about_in(source) == {"title": "X", "order": 3}
    assert about_in('"""No pane."""\n') is None


@pytest.mark.parametrize("value", ["open('/tmp/x')", "1 + print()", "__import__('os')"])
def test_an_about_is_never_run(value):
    with pytest.raises(ValueError, match="malformed"):
        about_in(f'\nABOUT = {{\n    "title": {value},\n}}\n')
