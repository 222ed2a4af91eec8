"""What can be wrong with a network or a training, and how it shows, in plain words.

``fault_training`` makes each of them real, ``on_fault`` asks about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cnntui.errors import UserError
from cnntui.ground.names import nearest

FaultPlace = Literal["network", "training"]

GAP_NET = """input 1x8x8
conv 32 3 same{act}
conv 64 3 same{act}
avgpool 2
conv 64 3 same{act}
gap
dense 10
"""
DROPOUT_NET = """input 1x8x8
conv 16 3 same relu
maxpool 2
conv 32 3 same relu
maxpool 2
flatten
dropout 0.6
dense 64 relu
dropout 0.6
dense 10
"""
NORM_NET = """input 1x8x8
conv 32 3 p1 s2 bn relu
conv 64 3 p1 s2 bn relu
conv 64 3 same bn relu
conv 64 3 same bn relu
flatten
dense 10
"""
DENSE_NET = """input 1x8x8
flatten
dense 256 relu
dense 10
"""
EASY: Mapping[str, Any] = {
    "dataset": "digits",
    "net": "digits_cnn",
    "epochs": 8,
    "batch_size": 64,
    "lr": 5e-3,
    "device": "cpu",
    "precision": "fp32",
}  # of training.config.Config: 98 % of the validation pictures within seconds


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    ``title`` names it among the answers, ``shows`` says what gives it away, ``seen`` as much
    without the reason, ``unlike`` what it would look like instead where it isn't the one.
    ``repair`` mends it; ``useless`` says why that does nothing elsewhere. ``config`` is what a run
    of it is trained with beside EASY, and ``faulty`` what of that is wrong. ``figure`` is judged
    after the repair, and lies from ``least`` to ``most``; ``near`` are the faults that it is most
    easily taken for.
    """

    name: str
    title: str
    shows: str
    seen: str
    unlike: str
    repair: str
    useless: str
    near: tuple[str, ...]
    least: float
    most: float = 1.0
    place: FaultPlace = "training"
    figure: str = "val_accuracy"
    config: Mapping[str, Any] = field(default_factory=dict)
    faulty: Mapping[str, Any] = field(default_factory=dict)


FAULTS: tuple[Fault, ...] = (
    Fault(
        name="inputs",
        title="A dense layer has the wrong in_features",
        shows="The trace stops at the dense layer: what flatten gives it and what it takes differ.",
        seen="The first picture never reaches the classifier: an error says that two matrices "
        "can't be multiplied.",
        unlike="No step could be taken: the first picture would stop at the dense layer.",
        repair="Give the dense layer as many inputs as flatten puts out",
        useless="Shapes fit here: pictures run through to the end.",
        near=("zeros", "relu", "batch-of-one"),
        least=0.0,
        place="network",
        figure="params",
    ),
    Fault(
        name="relu",
        title="The ReLUs are missing",
        shows="Loss falls a little and stays there, for training too: the network can't learn "
        "more. o in Watch opens its layers, and there is no ReLU among them.",
        seen="The training loss falls to about 0.25 and stays there, however long it trains; "
        "rate, labels and start are fine.",
        unlike="The network would be one linear map: o in Watch would show layers without a ReLU.",
        repair="Put a ReLU behind every convolution",
        useless="There are ReLUs behind the convolutions already: o in Watch shows them.",
        near=("rate-low", "labels", "zeros"),
        least=0.93,
        config={"net": "digits", "net_text": GAP_NET.format(act=" relu"), "batch_size": 32},
        faulty={"net_text": GAP_NET.format(act="")},
    ),
    Fault(
        name="rate-high",
        title="The learning rate is 100 times too high",
        shows="The validation loss leaps to hundreds in the first epochs, and the curve of the "
        "learning rate reaches 0.5.",
        seen="After the first epoch the validation loss is in the hundreds; then it falls for "
        "the rest of the run, and ends badly.",
        unlike="The loss would leap up at first, and the learning rate's curve would reach 0.5.",
        repair="Divide the learning rate by 100",
        useless="The learning rate's curve reaches 0.005: Adam's usual size. Less learns slower.",
        near=("normal", "labels", "eval"),
        least=0.95,
        faulty={"lr": 0.5},
    ),
    Fault(
        name="rate-low",
        title="The learning rate is 1,000 times too low",
        shows="The loss falls smoothly, but hardly at all, and the learning rate's curve stays "
        "below 0.00001.",
        seen="The validation loss falls from 2.4 to 2.3 in eight epochs, smoothly, and nothing "
        "else happens.",
        unlike="The loss would creep down in a straight line, at a rate below 0.00001.",
        repair="Multiply the learning rate by 1,000",
        useless="The learning rate's curve is where it should be: a thousand times that would "
        "throw the weights away.",
        near=("zeros", "relu", "labels"),
        least=0.95,
        faulty={"lr": 5e-6},
    ),
    Fault(
        name="labels",
        title="The training labels are shuffled",
        shows="The loss stays near ln 10 = 2.303 on validation and both accuracies near 10 %, "
        "although the kernels change: there is nothing to be learned.",
        seen="Kernels change, the training loss creeps down a little, and validation stays at "
        "10 % of ten classes.",
        unlike="Pictures and labels would have nothing to do with each other: validation would "
        "stay at 10 %.",
        repair="Keep each label with its picture when the order is drawn",
        useless="What is learned holds on validation too: the labels belong to their pictures.",
        near=("zeros", "flip", "rate-low"),
        least=0.95,
    ),
    Fault(
        name="zeros",
        title="All weights begin at zero",
        shows="The loss is ln 10 = 2.303 from the first step to the last, and every kernel is 0: "
        "no gradient passes a weight of 0.",
        seen="The loss is 2.303 after every epoch, to the last digit that is shown, and every "
        "kernel is 0.",
        unlike="The kernels would be all 0, and the loss 2.303 in every single epoch.",
        repair="Draw the weights at random",
        useless="The kernels differ from each other: they were drawn at random.",
        near=("labels", "rate-low", "relu"),
        least=0.95,
    ),
    Fault(
        name="eval",
        title="The network is judged in training mode",
        shows="Dropout is still at work where the validation is judged: its accuracy is as low as "
        "that of training and jumps, where it should lie well above.",
        seen="Validation is no better than training, although more than half of the units are "
        "dropped while training, and it jumps from epoch to epoch.",
        unlike="Validation would be judged with units dropped: it would jump and lie no higher "
        "than training.",
        repair="Call eval() before judging",
        useless="Judging is done in eval mode: the same pictures give the same answers.",
        near=("flip", "relu", "rate-high"),
        least=0.9,
        config={"net": "digits", "net_text": DROPOUT_NET, "batch_size": 32},
    ),
    Fault(
        name="leak",
        title="The test pictures are among the training pictures",
        shows="The test accuracy is 100 % and far above the validation accuracy: the network "
        "has seen the test's answers.",
        seen="Validation ends at 96 %, and the test, done once at the end, at 100.00 %.",
        unlike="The test accuracy would be perfect and leave the validation accuracy far behind.",
        repair="Take the test pictures out of the training pictures",
        useless="Test and validation agree: no picture is in two parts.",
        near=("eval", "batch-of-one", "flip"),
        least=0.92,
        most=0.99,
        figure="test_accuracy",
        config={
            "net": "digits",
            "net_text": DENSE_NET,
            "validation": 0.8,
            "batch_size": 32,
            "epochs": 12,
        },
    ),
    Fault(
        name="normal",
        title="Validation pictures are not normalised as training pictures are",
        shows="Training is perfect, and from the first epoch on the validation loss is many times "
        "the 2.303 of pure guessing: the network is sure of numbers that it never met.",
        seen="Training ends at 100 %; the validation loss is 38, and was 36 after the first "
        "epoch.",
        unlike="Training would go well, and the validation loss would be far above the 2.303 of "
        "guessing from the first epoch on.",
        repair="Normalise all pictures with the training pictures' mean and deviation",
        useless="All pictures have the same mean and deviation taken off already.",
        near=("eval", "rate-high", "flip"),
        least=0.95,
    ),
    Fault(
        name="flip",
        title="Digits are mirrored as augmentation",
        shows="Training goes well, validation doesn't, and the classes say why: 0 and 8, which "
        "are their own mirror images, are found; 3, 5 and 6 hardly ever.",
        seen="Training ends at 100 %, validation at 42 %: zeros and eights are found, threes, "
        "fives and sixes hardly ever.",
        unlike="The classes 0 and 8 would be found, and 3, 5 and 6 hardly ever.",
        repair="Leave the flip out",
        useless="No digit is mirrored here: 3 and 5 fare no worse than 0 and 8.",
        near=("eval", "normal", "relu"),
        least=0.95,
        faulty={"augment": "flip=1"},
    ),
    Fault(
        name="batch-of-one",
        title="Batch norm sees batches of one",
        shows="An epoch has as many steps as there are pictures, and the training curve is a "
        "thicket: each picture is normalised by itself.",
        seen="An epoch has as many steps as there are pictures, and the training curve is a "
        "thicket.",
        unlike="An epoch would have as many steps as pictures: over a thousand.",
        repair="Put 64 pictures into a batch",
        useless="Steps an epoch tell that batches are large enough for their mean.",
        near=("rate-high", "eval", "leak"),
        least=0.96,
        config={"net": "digits", "net_text": NORM_NET},
        faulty={"batch_size": 1, "epochs": 2},
    ),
)  # fmt: skip
NAMES = tuple(fault.name for fault in FAULTS)


def fault(name: str) -> Fault:
    """Return the fault of that name. Raises UserError."""
    for one in FAULTS:
        if one.name == name:
            return one
    near, known = nearest(name, list(NAMES)), ", ".join(NAMES)
    raise UserError(f"no fault is called {name[:40]!r}; {near}known are {known}")
