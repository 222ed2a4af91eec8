"""What the Training pane lets choose from lists. Not a pane itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from textual.reactive import reactive

from cnntui.datasets.naming import Known, file_kinds, found_in, known_datasets
from cnntui.models.naming import known_nets
from cnntui.numbers import counted, shape, short_count
from cnntui.panes.train.fields import CHOICE_WORDS, FormField
from cnntui.panes.train.state import OWN, SetupState
from cnntui.training.augment.combinations import FILLS, KINDS, parse
from cnntui.training.config import Config
from cnntui.training.recipes import RECIPES
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice, Pane

TYPED = {
    "dataset": f"a folder, a {file_kinds()}, digits:split=writers",
    "net": "net.txt, file.py:callable, module:callable",
    "augment": "rotate=20, or a list: flip,shift=0.1",
    "recipe": "the name",
}
FILL_WORDS = {
    "zeros": "what comes in from outside a picture is black",
    "edge": "what comes in repeats the edge's pixels",
    "reflect": "what comes in is the picture mirrored",
    "mean": "what comes in is the mean colour; cutout's hole too",
}


def dataset_choices(config: Config) -> Iterator[Choice]:
    """Yield the data sets, those that are here first."""
    folder = Path(config.data_dir) if config.data_dir else None
    listed = [(known, found_in(known, folder)) for known in known_datasets() if known.shape]
    for known, place in sorted(listed, key=lambda each: not (each[0].offline or each[1])):
        where = "always here" if known.offline else f"in {place}" if place else "not on this disk"
        yield Choice(known.name, shape(known.shape or ()), f"{where} · {_counts(known)}")


def _counts(known: Known) -> str:
    train, test = known.train or 0, known.test or 0
    return f"{counted(train)} + {counted(test)} · {known.title}"


def net_choices() -> Iterator[Choice]:
    """Yield the networks, older and smaller ones first."""
    for net in sorted(known_nets(), key=lambda each: (each.year, each.params)):
        size = f"{net.year} {short_count(net.params)}"
        yield Choice(net.name, size, f"made for {shape(net.input)} · {net.idea}")


def augment_choices(config: Config) -> Iterator[Choice]:
    """Yield the augmentations, those in the list marked with their strength."""
    now = parse(config.augment)
    asked = {item.name: item for item in now.items}
    for kind in KINDS:
        item = asked.get(kind.name)
        span = f"{kind.default:g}" if item is None else f"* {item.strength:g}"
        told = f"{kind.words} ({kind.least:g} to {kind.most:g}, {kind.unit})"
        yield Choice(kind.name, span, told)
    for fill in FILLS:
        yield Choice(f"fill={fill}", "*" if fill == now.fill else "", FILL_WORDS[fill])
    yield Choice("none", "", "the pictures as they are")


def recipe_choices() -> Iterator[Choice]:
    """Yield the recipes."""
    for one in RECIPES:
        yield Choice(one.name, one.config.dataset, f"{one.title} · {one.config.epochs} epochs")


def step_choices(field: FormField) -> Iterator[Choice]:
    """Yield the words that a field may be."""
    for step in field.steps:
        yield Choice(str(step), "", CHOICE_WORDS.get(str(step), ""))


class SetupChoosing(Pane):
    """A pane whose form's settings are chosen from lists."""

    state: reactive[SetupState] = reactive(
        SetupState.first, init=False, always_update=True, repaint=False
    )

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every recipe, data set and network."""
        yield from (("take_recipe", each) for each in recipe_choices())
        config = self.state.config
        yield from (("take_dataset", each) for each in dataset_choices(config))
        yield from (("take_net", each) for each in net_choices())

    def action_choose(self, name: str) -> None:
        """Let the user choose a value of a setting from a list."""
        self.state = self.state.to_field(name)
        field = self.state.field
        if self.state.resumed:
            self.state = self.state.refused(OWN)
            return
        config = self.state.config
        listed: Iterable[Choice]
        match name:
            case "dataset":
                listed = dataset_choices(config)
            case "net":
                listed = net_choices()
            case "augment":
                listed = augment_choices(config)
            case _:
                listed = step_choices(field)
        title = field.label.capitalize()
        self._pick(title, listed, TYPED.get(name, "it"), partial(self._take, name))

    def _pick(
        self, title: str, listed: Iterable[Choice], typed: str, take: Callable[[str], object]
    ) -> None:
        def picked(text: str | None) -> None:
            if text is not None:
                take(text)

        self.app.push_screen(Picker(title, list(listed), typed), picked)

    def _take(self, name: str, text: str) -> None:
        if name == "augment":
            self.state = self.state.augmented(text)
        else:
            self.state = self.state.chosen(name, text)

    def action_choose_recipe(self) -> None:
        """Let the user choose a recipe."""
        listed = recipe_choices()
        self._pick("Recipe", listed, TYPED["recipe"], self.action_take_recipe)

    def action_take_recipe(self, name: str) -> None:
        """Take a recipe's settings."""
        self.state = self.state.with_recipe(name)

    def action_take_dataset(self, name: str) -> None:
        """Take a data set."""
        self._take("dataset", name)

    def action_take_net(self, name: str) -> None:
        """Take a network."""
        self._take("net", name)
