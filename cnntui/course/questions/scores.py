"""Questions about judging a classifier, from a small drawn confusion matrix."""

from __future__ import annotations

import random
from collections.abc import Callable

from cnntui.course.format import formulas
from cnntui.course.questions.question import Draft
from cnntui.course.questions.values import side_by_side

TOLERANCE = 0.006  # two digits behind the point are enough
_CLASSES = ("cat", "dog")


def _matrix(chance: random.Random) -> tuple[int, int, int, int, tuple[str, ...]]:
    """Draw (TP, FN, FP, TN) of the first class, and the matrix as it is shown."""
    tp, fn = chance.randint(5, 40), chance.randint(1, 15)
    fp, tn = chance.randint(1, 15), chance.randint(5, 40)
    rows = (
        ("", f"called {_CLASSES[0]}", f"called {_CLASSES[1]}"),
        (f"is {_CLASSES[0]}", tp, fn),
        (f"is {_CLASSES[1]}", fp, tn),
    )
    return tp, fn, fp, tn, side_by_side(rows)


def _mistakes(tp: int, fn: int, fp: int, tn: int) -> dict[str, tuple[float, str]]:
    everything = tp + fn + fp + tn
    return {
        "precision": (
            formulas.precision(tp, fp),
            "That is the precision: of those called cat, how many are.",
        ),
        "recall": (
            formulas.recall(tp, fn),
            "That is the recall: how many cats were found.",
        ),
        "accuracy": ((tp + tn) / everything, "That is the accuracy: all that is right among all."),
        "f1": (formulas.f1(tp, fp, fn), "That is F1: both in one number."),
        "share": (tp / everything, "Divided by all of them: take the row or the column alone."),
    }


def _asked(chance: random.Random, name: str, ask: str, formula: str) -> Draft:
    tp, fn, fp, tn, shown = _matrix(chance)
    wrong = _mistakes(tp, fn, fp, tn)
    scores = {key: (round(value, 3), why) for key, (value, why) in wrong.items()}
    value, _ = scores.pop(name)
    counts = formula.format(tp=tp, fn=fn, fp=fp, tn=tn, all=tp + fn + fp + tn)
    return Draft(ask, value, f"{counts} = {value:g}.", tuple(scores.values()), shown, TOLERANCE)


def precision(chance: random.Random) -> Draft:
    """The precision of a class."""
    return _asked(
        chance,
        "precision",
        "What is the precision of cat?",
        "TP / (TP + FP) = {tp} / ({tp} + {fp})",
    )


def recall(chance: random.Random) -> Draft:
    """The recall of a class."""
    return _asked(
        chance, "recall", "What is the recall of cat?", "TP / (TP + FN) = {tp} / ({tp} + {fn})"
    )


def accuracy(chance: random.Random) -> Draft:
    """The accuracy of both classes."""
    return _asked(chance, "accuracy", "What is the accuracy?", "({tp} + {tn}) / {all}")


def f1(chance: random.Random) -> Draft:
    """The F1 of a class."""
    formula = "2·TP / (2·TP + FP + FN) = {tp}·2 / ({tp}·2 + {fp} + {fn})"
    return _asked(chance, "f1", "What is the F1 of cat?", formula)


SCORE_TOPICS: dict[str, tuple[Callable[[random.Random], Draft], str]] = {
    "precision": (precision, "the precision of a class from a 2×2 matrix"),
    "recall": (recall, "the recall of a class"),
    "accuracy": (accuracy, "the accuracy"),
    "f1": (f1, "the F1 of a class"),
}
