"""The Training pane's state: the settings of a run to be started, and what is known of it.

What the user did not touch follows the recipe of the data set and network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from cnntui.errors import UserError
from cnntui.panes.train.fields import LARGEST_NICE, FormField, Value, fields_of, stepped
from cnntui.panes.train.forecast import Forecast, basis_of
from cnntui.panes.train.values import (
    FIRST,
    data_names,
    differing,
    differs,
    fitting,
    is_of,
    named_net,
    net_names,
    same,
    value_of,
    with_augmentation,
)
from cnntui.training.config import Config, checked
from cnntui.training.launching import NICE
from cnntui.training.loop.schedules import peak_rate
from cnntui.training.options import resolved
from cnntui.training.recipes import RECIPES, recipe, usual

FREE = ("threads", "nice")  # what a run that goes on may change
KEPT = ("data_dir", "device", "precision", "threads", "compile", "graphs", "seed")
OWN = "a run goes on with its own settings: only threads and nice can be changed"


@dataclass(frozen=True, kw_only=True)
class SetupState:
    """The form.

    ``touched`` are the fields the user changed from those of ``recipe`` ("" for the usual one).
    ``run`` is the folder asked for, or the one that goes on (``resumed``). ``at`` names the field
    under the cursor. ``forecast`` is of the settings it names; ``fault`` says why these can't be
    trained.
    """

    config: Config
    touched: frozenset[str] = frozenset()
    recipe: str = ""
    run: Path | None = None
    nice: int = NICE
    resumed: bool = False
    at: str = "dataset"
    forecast: Forecast | None = None
    fault: str = ""
    starting: bool = False
    problem: str = ""

    @classmethod
    def of(cls, config: Config, run: Path | None = None, nice: int | None = None) -> Self:
        """Open the form on settings."""
        of_both = [one for one in RECIPES if is_of(one, config.dataset, config.net)]
        near = min(of_both, key=lambda one: len(differing(config, one.config)), default=None)
        own = {"net"} if config.net != usual(config.dataset).net else set()
        state = cls(
            config=config, run=run, touched=frozenset(own), recipe=near.name if near else ""
        )
        touched = differing(config, state.base) | own | ({"net"} if config.net_text else set())
        state = replace(state, touched=frozenset(touched))
        return state if nice is None else state._put("nice", nice)

    @classmethod
    def resuming(cls, run: Path, config: Config, nice: int | None = None) -> Self:
        """Open the form on a run that is to go on."""
        state = cls(config=config, run=run, resumed=True, at="threads")
        return state if nice is None else state._put("nice", nice)

    @classmethod
    def first(cls) -> Self:
        """Open the form on the first data set and its recipe."""
        return cls.of(usual(FIRST))

    @classmethod
    def with_text(cls, name: str, text: str) -> Self:
        """Open the form on a network written in the Build pane, and data of its shape."""
        return cls.of(usual(fitting(text))).taking_text(name, text)

    # what is asked for

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The lines of the form."""
        return fields_of(self.config)

    @property
    def field(self) -> FormField:
        """The line under the cursor."""
        return self.fields[self.cursor]

    @property
    def cursor(self) -> int:
        """The position of that line."""
        return next((at for at, each in enumerate(self.fields) if each.name == self.at), 0)

    @property
    def basis(self) -> Config:
        """The part of the settings that the forecast depends on."""
        return basis_of(self.config)

    @property
    def known(self) -> Forecast | None:
        """The forecast, where it is of these settings."""
        forecast = self.forecast
        return forecast if forecast is not None and forecast.basis == self.basis else None

    def value(self, name: str) -> Any:
        """Return a field's value."""
        return self.nice if name == "nice" else getattr(self.config, name)

    @property
    def base(self) -> Config:
        """The settings that untouched fields follow."""
        dataset, net = self.config.dataset, self.config.net
        for one in RECIPES:
            if one.name == self.recipe and is_of(one, dataset, net):
                return replace(one.config, dataset=dataset)
        return usual(dataset, net if "net" in self.touched else None)

    @property
    def marked(self) -> frozenset[str]:
        """The fields that differ from the usual settings of the data set."""
        usual_net = not self.config.net_text and self.config.net == usual(self.config.dataset).net
        return self.touched - {"net_text"} - ({"net"} if usual_net else set())

    def default(self, name: str) -> Any:
        """Return what a field would be untouched."""
        return NICE if name == "nice" else getattr(self.base, name)

    def refused(self, problem: UserError | str) -> Self:
        """Return the same state, saying why nothing was changed."""
        return replace(self, problem=str(problem))

    # moving

    def moved(self, by: int) -> Self:
        """Go some lines on, no further than the last."""
        at = max(0, min(self.cursor + by, len(self.fields) - 1))
        return replace(self, at=self.fields[at].name, problem="")

    def to(self, position: int) -> Self:
        """Go to a line."""
        return self.moved(position - self.cursor)

    def to_field(self, name: str) -> Self:
        """Go to the line of that name."""
        return replace(self, at=name, problem="")

    def grouped(self, by: int) -> Self:
        """Go to the first line of the next group, or of the one before."""
        starts = [
            at
            for at, field in enumerate(self.fields)
            if not at or field.group != self.fields[at - 1].group
        ]
        here = sum(start <= self.cursor for start in starts) - 1
        return self.to(starts[(here + by) % len(starts)])

    # changing

    def stepped(self, by: int) -> Self:
        """Change the field under the cursor by a step."""
        field = self.field
        if field.name in ("dataset", "net"):
            return self._among(field.name, by)
        if field.name == "data_dir":
            return self.refused("enter types the folder")
        value = self.value(field.name)
        if field.name == "lr" and not value:
            value = peak_rate(self.config)
        return self._put(field.name, stepped(field, value, by))

    def _among(self, name: str, by: int) -> Self:
        names = data_names() if name == "dataset" else net_names()
        now = self.value(name)
        at = names.index(now) if now in names else (-1 if by > 0 else 0)
        return self.chosen(name, names[(at + by) % len(names)])

    def typed(self, name: str, text: str) -> Self:
        """Take what was typed for a field; what is wrong is said and changes nothing."""
        return self.chosen(name, text.strip())

    def chosen(self, name: str, text: str) -> Self:
        """Take a field's value as text."""
        if self.resumed and name not in FREE:
            return self.refused(OWN)
        try:
            if name == "dataset":
                return self._with_dataset(text)
            if name == "net":
                return self._with_named(*named_net(text))
            return self._put(name, value_of(name, text))
        except UserError as problem:
            return self.refused(problem)

    def augmented(self, text: str) -> Self:
        """Add an augmentation, change its strength, or take away one that is there; or a list."""
        try:
            return self.chosen("augment", with_augmentation(self.config.augment, text))
        except UserError as problem:
            return self.refused(problem)

    def _put(self, name: str, value: Value) -> Self:
        """Give a field a value; what can't be is said and changes nothing."""
        if self.resumed and name not in FREE:
            return self.refused(OWN)
        touched = self.touched - {name}
        if not same(name, value, self.default(name)):
            touched |= {name}
        if name == "nice":
            if not isinstance(value, int) or not 0 <= value <= LARGEST_NICE:
                return self.refused(f"nice is {value}; give 0 to {LARGEST_NICE}")
            return self._changed(nice=value, touched=touched)
        try:
            change: dict[str, Any] = {name: value}
            config = checked(replace(self.config, **change))
        except UserError as problem:
            return self.refused(problem)
        return self._changed(config=config, touched=touched)

    def _changed(self, **changes: Any) -> Self:
        changed = replace(self, **changes, problem="")
        return changed if changed.basis == self.basis else replace(changed, fault="")

    def _with_dataset(self, text: str) -> Self:
        from cnntui.datasets.naming import parse_spec

        parse_spec(text)
        return self._based(usual(text, self.config.net if "net" in self.touched else None))

    def _with_named(self, net: str, net_text: str) -> Self:
        usual_one = not net_text and net == usual(self.config.dataset).net
        touched = self.touched - {"net", "net_text"} | (set() if usual_one else {"net"})
        touched |= {"net_text"} if net_text else set()
        own = replace(self, config=replace(self.config, net=net, net_text=net_text))
        return replace(own, touched=touched)._based(usual(self.config.dataset, net))

    def taking_text(self, name: str, text: str) -> Self:
        """Take a network written in the Build pane."""
        return self.refused(OWN) if self.resumed else self._with_named(name, text)

    def _based(self, base: Config) -> Self:
        """Follow another recipe in all that is untouched."""
        own = {name: self.value(name) for name in self.touched - {"nice"}}
        config = resolved(checked(replace(base, **own)))
        touched = {n for n in own if n in ("net", "net_text") or differs(n, config, base)}
        nice = self.touched & {"nice"}
        return self._changed(config=config, touched=frozenset(touched) | nice)

    def with_recipe(self, name: str) -> Self:
        """Take a recipe; what is about this machine stays."""
        if self.resumed:
            return self.refused(OWN)
        try:
            config = recipe(name).config
        except UserError as problem:
            return self.refused(problem)
        own = {each: self.value(each) for each in self.touched & set(KEPT)}
        other = self.of(replace(config, **own))
        nice = self.touched & {"nice"}
        touched = other.touched | nice
        return self._changed(config=other.config, touched=touched, recipe=other.recipe)

    def undone(self) -> Self:
        """Give the field under the cursor its recipe's value."""
        if self.at == "net" and not self.resumed:
            return self._with_named(usual(self.config.dataset).net, "")
        if self.at == "dataset":
            return self.chosen("dataset", FIRST)
        return self._put(self.at, self.default(self.at))

    def reset(self) -> Self:
        """Take the recipe's settings for this data set and network."""
        if self.resumed:
            return replace(self, nice=NICE, problem="")
        kept = self.touched & {"net", "net_text", "data_dir"}
        return replace(self, touched=kept, nice=NICE)._based(self.base)

    # what a thread brings

    def with_forecast(self, forecast: Forecast) -> Self:
        """Take a forecast, where it is still asked for."""
        if forecast.basis != self.basis:
            return self
        return replace(self, forecast=forecast, fault="")

    def faulty(self, basis: Config, problem: UserError | str) -> Self:
        """Say why these settings can't be trained, where they are still asked for."""
        return self if basis != self.basis else replace(self, fault=str(problem))

    def begun(self) -> Self:
        """Say that a run is being started."""
        return replace(self, starting=True, problem="")

    def stopped(self, problem: UserError | str) -> Self:
        """Say that none could be started."""
        return replace(self, starting=False, problem=str(problem))
