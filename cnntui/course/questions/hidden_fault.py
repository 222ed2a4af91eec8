"""Questions about a hidden fault in a real training or network, seen in Watch and Layers.

Asking after a fault draws one and has it trained; what follows is asked of the run on view, and in
words where none with a fault is. Knows no screen, and imports no torch: a training is a process of
its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnntui.course.faults.case import Case, case_of, drawn
from cnntui.course.faults.kinds import Fault
from cnntui.course.faults.nets import NETS, FaultyNet
from cnntui.course.faults.runs import begun, folder_of
from cnntui.course.questions.current_state import StateDraft
from cnntui.course.questions.faults import (
    input_mistakes,
    mended_parameters,
    mending,
    naming,
    remedy,
    symptom,
)
from cnntui.course.questions.layers import dense_parameters
from cnntui.course.questions.question import Draft
from cnntui.errors import UserError
from cnntui.models.opening import NetRequest
from cnntui.numbers import counted
from cnntui.settings import runs_folder
from cnntui.training.run.listing import RunStatus, status_of

_BANDS = (  # of an accuracy, in per cent, and what it would mean
    ((0, 20), "That is guessing: nothing would be repaired."),
    ((40, 70), "That is half a repair; this was the only fault."),
    ((99.9, 100), "Perfect figures on unseen pictures are a reason for suspicion."),
    ((75, 85), "That is half a repair; this was the only fault."),
)


def fault(state: Any, chance: random.Random) -> StateDraft:
    """What is wrong with a run that is begun now."""
    watched = _watched(state)
    case = drawn(chance)
    shown = watched.of(_begun(case))
    ask = "One thing is wrong with this run. Look at its tabs, f6 gives them room. What is it?"
    return naming(case.fault, chance, ask, trained=True), shown, shown


def repair(state: Any, chance: random.Random) -> StateDraft:
    """What repairs the fault that was found; the repaired run is begun, and drawn beside it."""
    case = case_of(_watched(state).run.name)
    if case is None:
        return remedy(chance), None, None
    return mending(case.fault, chance, _found(case), trained=True), state, _beside(state, case)


def _found(case: Case) -> str:
    title = case.fault.title[0].lower() + case.fault.title[1:]
    return f"What was found: {title}. Which one change repairs it?"


def repaired(state: Any, chance: random.Random) -> StateDraft:
    """What the repaired run reached; where it will end, while it is still trained."""
    case = case_of(_watched(state).run.name)
    if case is None:
        return symptom(chance), None, None
    try:
        runs = [status_of(folder_of(case, runs_folder(), mended)) for mended in (True, False)]
    except UserError:  # the repair was not asked for
        return mending(case.fault, chance, _found(case), trained=True), state, _beside(state, case)
    ended = all(run.state == "finished" for run in runs)
    return (_reached(case, *runs) if ended else _awaited(case)), state, state


def _reached(case: Case, mended: RunStatus, faulty: RunStatus) -> Draft:
    """Ask for the figure itself, to be read off the run; the wrong ones are read elsewhere."""
    one = case.fault
    other = "test_accuracy" if one.figure == "val_accuracy" else "val_accuracy"
    value = _percent(mended, one.figure)
    if not 100 * one.least <= value <= 100 * one.most:
        raise UserError(f"the repaired run reached {value:g} %: out of its band")
    return Draft(
        f"The repaired run has ended. What is its {_words(one.figure)}, in per cent?",
        value,
        f"It reached {value:.2f} %, and sound runs of this net reach {_sound(one)}: repaired.",
        (
            (_percent(faulty, one.figure), "That is the faulty run's."),
            (_percent(mended, other), f"That is its {_words(other)}."),
            (_percent(faulty, other), f"That is the faulty run's {_words(other)}."),
        ),
        tolerance=0.006,
    )


def _awaited(case: Case) -> Draft:
    """Ask where the figure will end."""
    one = case.fault
    low, high = 100 * one.least, 100 * one.most
    wrong = [(_band(*band), why) for band, why in _BANDS if band[1] <= low or band[0] >= high]
    return Draft(
        f"The repaired run is still trained. Where will its {_words(one.figure)} end?",
        _sound(one),
        "Sound runs of this net end there: wait and see.",
        tuple(wrong),
    )


def _percent(run: RunStatus, figure: str) -> float:
    return round(100 * float(getattr(run, figure) or 0.0), 2)


def _words(figure: str) -> str:
    return {"val_accuracy": "validation accuracy after the last epoch"}.get(
        figure, "test accuracy at the end"
    )


def _sound(one: Fault) -> str:
    return _band(100 * one.least, 100 * one.most)


def _band(low: float, high: float) -> str:
    return f"{low:g} % or more" if high == 100 and low < 99 else f"{low:g} % to {high:g} %"


def _watched(state: Any) -> Any:
    """Return a state of Watch: it has a run, and others beside it. Raises UserError."""
    if not (isinstance(getattr(state, "run", None), Path) and hasattr(state, "beside")):
        raise UserError("this asks of a run; give the page a view of watch")
    return state


def _begun(case: Case, repaired: bool = False) -> Path:
    return begun(case, runs_folder(), repaired)


def _beside(state: Any, case: Case) -> Any:
    return state.of(_begun(case, repaired=True)).beside(_begun(case))


def inputs(state: Any, chance: random.Random) -> StateDraft:
    """What the dense layer of a network that stops there must take."""
    _layers(state)
    at = chance.randrange(len(NETS))
    net = NETS[at]
    draft = Draft(
        "The trace stops: a dense layer has the wrong in_features. What must it be?",
        net.inputs,
        f"flatten gives {net.channels[1]}·{net.last}·{net.last} = {counted(net.inputs)}. "
        f"How {counted(net.wrong)} came about: {net.forgotten}.",
        ((net.wrong, "That is what it has now, and it stops."), *input_mistakes(net)),
    )
    return draft, _net("broken", at), _net("mended", at)


def parameters(state: Any, chance: random.Random) -> StateDraft:
    """The parameters of the mended network on view."""
    name = getattr(state, "text", "") or str(getattr(getattr(state, "trace", None), "name", ""))
    _, _, number = name.rpartition("mended_")
    _layers(state)
    if "mended_" not in name or not number.isdecimal():
        return dense_parameters(chance), None, None
    return mended_parameters(NETS[int(number)]), state, state


def _layers(state: Any) -> None:
    if not (isinstance(state, NetRequest) or hasattr(state, "trace")):
        raise UserError("this asks of a network; give the page a view of layers")


def _net(kind: str, at: int) -> NetRequest:
    net: FaultyNet = NETS[at]
    shape = (1, net.side, net.side)
    return NetRequest(text=f"cnntui.course.faults.nets:{kind}_{at}", shapes=(shape,))


HIDDEN_FAULT_TOPICS: dict[str, tuple[Callable[[Any, random.Random], StateDraft], str, str]] = {
    "fault": (fault, "symptom", "what is wrong with a run that is trained now"),
    "repair": (repair, "remedy", "what repairs the fault that was found"),
    "repaired": (repaired, "remedy", "where the repaired run ends"),
    "wrong inputs": (inputs, "flat inputs", "what a dense layer must take"),
    "mended parameters": (parameters, "dense parameters", "parameters of the mended network"),
}
