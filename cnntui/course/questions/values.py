"""Questions about values, drawn anew: a window's sum, a pool's winner, softmax."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from cnntui.course.format.formulas import softmaxed
from cnntui.course.questions.question import CellPlace, Draft

Grid = tuple[tuple[int, ...], ...]

_KERNELS: tuple[Grid, ...] = (
    ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
)


def grid_of(chance: random.Random, rows: int, columns: int, most: int = 9) -> Grid:
    """Draw cells from 0 to ``most``."""
    return tuple(tuple(chance.randint(0, most) for _ in range(columns)) for _ in range(rows))


def flat(grid: Sequence[Sequence[int]]) -> list[int]:
    """Return a grid's cells in reading order."""
    return [cell for row in grid for cell in row]


def side_by_side(*grids: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """Write grids of equal height beside each other."""
    texts = [[[str(cell) for cell in row] for row in grid] for grid in grids]
    widths = [max(len(cell) for row in grid for cell in row) for grid in texts]
    return tuple(
        "     ".join(
            " ".join(cell.rjust(width) for cell in grid[at])
            for grid, width in zip(texts, widths, strict=True)
        )
        for at in range(len(texts[0]))
    )


def conv_value(chance: random.Random) -> Draft:
    """One window of 3×3 under a kernel with a bias."""
    patch, kernel = grid_of(chance, 3, 3), chance.choice(_KERNELS)
    bias = chance.choice((-5, -2, 2, 3, 5))
    cells, weights = flat(patch), flat(kernel)
    products = [c * w for c, w in zip(cells, weights, strict=True)]
    turned = sum(c * w for c, w in zip(cells, reversed(weights), strict=True))
    value = sum(products) + bias
    return Draft(
        f"Patch and kernel are laid on each other; the bias is {bias}. What is the output cell?",
        value,
        f"Products {' '.join(map(str, products))}: they add up to {sum(products)}, "
        f"and with the bias {bias} to {value}.",
        (
            (sum(products), f"The bias is forgotten: {bias} is added to the sum."),
            (turned + bias, "The kernel is turned by half a turn: networks leave it as it is."),
            (sum(cells) + bias, "The weights are forgotten: cells are multiplied before the sum."),
            (sum(products) - bias, "The bias is taken away: it is added."),
        ),
        side_by_side(patch, kernel),
    )


def channel_value(chance: random.Random) -> Draft:
    """One window over three channels: the sums of the channels are added."""
    sums = [chance.randint(-20, 20) for _ in range(3)]
    bias = chance.choice((-3, -1, 1, 2, 4))
    value = sum(sums) + bias
    listed = ", ".join(map(str, sums))
    return Draft(
        f"In one window the red, green and blue products add up to {listed}; "
        f"the bias is {bias}. What is the output cell?",
        value,
        f"Channels are summed: {' + '.join(map(str, sums))} + {bias} = {value}.",
        (
            (sums[0] + bias, "The channels are not summed: a filter adds all of them up."),
            (sum(sums), "The bias is forgotten: it is added once."),
            (sum(sums) + 3 * bias, "The bias is added once a filter, not once a channel."),
            (max(sums) + bias, "No channel wins: all are added up."),
        ),
    )


def pool_value(chance: random.Random) -> Draft:
    """One window of 2×2, by maximum or by average."""
    window = grid_of(chance, 2, 2)
    cells = flat(window)
    largest, mean = max(cells), sum(cells) / 4
    top = chance.random() < 0.5
    name, value = ("max", largest) if top else ("average", mean)
    other = mean if top else largest
    why = "the largest is kept" if top else f"{sum(cells)} / 4"
    return Draft(
        f"A 2×2 {name} pool meets this window. What is the output cell?",
        value,
        f"{name} pooling: {why}, which is {value:g}.",
        (
            (
                other,
                f"That is the {'average' if top else 'maximum'}: {name} pooling was asked for.",
            ),
            (sum(cells), "That is the sum: a pool has no weights, and keeps one cell or the mean."),
            (
                min(cells),
                "That is the smallest: pooling keeps the strongest, or the mean.",
            ),
            (cells[0], "That is the first cell: strides skip cells, pools look at all of them."),
        ),
        side_by_side(window),
    )


def pool_winner(chance: random.Random) -> Draft:
    """Which cell of a 4×4 input gives an output of a 2×2 max pool."""
    cells = chance.sample(range(1, 60), 16)
    grid = [cells[at : at + 4] for at in range(0, 16, 4)]
    row, column = chance.randint(0, 1), chance.randint(0, 1)
    places = [CellPlace(2 * row + i, 2 * column + j) for i in (0, 1) for j in (0, 1)]
    ranked = sorted(places, key=lambda at: grid[at.row][at.column], reverse=True)
    best = ranked[0]
    everywhere = [CellPlace(r, c) for r in range(4) for c in range(4)]
    largest = max(everywhere, key=lambda at: grid[at.row][at.column])
    inside = CellPlace(best.row - 2 * row, best.column - 2 * column)
    return Draft(
        f"A 2×2 max pool with stride 2: which input cell (row,column from 0) gives output "
        f"{row},{column}?",
        best,
        f"Output {row},{column} sees rows {2 * row}–{2 * row + 1} and columns {2 * column}–"
        f"{2 * column + 1}; the largest there is {grid[best.row][best.column]}.",
        (
            (ranked[-1], "That is the smallest of the window: the largest wins."),
            (inside, "That is the place within the window: add where the window starts."),
            (largest, "That is the largest of all: each window has a winner of its own."),
            (ranked[1], "That is the second of the window: only the largest wins."),
        ),
        side_by_side(grid),
    )


def softmax_value(chance: random.Random) -> Draft:
    """The probability of a class from three logits."""
    logits = chance.sample(range(-2, 4), 3)
    at = chance.randint(0, 2)
    shares = softmaxed(logits)
    value = round(shares[at], 2)
    total = sum(abs(z) for z in logits) or 1
    first, last = shares[(at + 1) % 3], shares[(at + 2) % 3]
    return Draft(
        f"The logits are {', '.join(map(str, logits))}. What does softmax give the class with "
        f"{logits[at]}?",
        value,
        f"e^{logits[at]} / (e^{logits[0]} + e^{logits[1]} + e^{logits[2]}) = {value:g}.",
        (
            (round(abs(logits[at]) / total, 2), "Logits are not shared as they are: e^z is."),
            (round(1 - value, 2), "That is what all the others have together."),
            (round(first, 2), "That is another class's share."),
            (round(last, 2), "That is another class's share."),
            (round(1 / 3, 2), "Equal shares come from equal logits alone."),
        ),
        tolerance=0.011,
    )


def relu_value(chance: random.Random) -> Draft:
    """What ReLU makes of a sum and a bias."""
    total, bias = chance.randint(-9, 9), chance.choice((-6, -4, 3, 5))
    value = max(0, total + bias)
    return Draft(
        f"The products add up to {total}, the bias is {bias}, then ReLU. What comes out?",
        value,
        f"max(0, {total} + {bias}) = {value}.",
        (
            (total + bias, "ReLU is forgotten: what is negative becomes 0."),
            (
                abs(total + bias),
                "ReLU drops what is negative; it does not turn it.",
            ),
            (max(0, total) + bias, "The bias comes before the activation."),
            (max(0, total), "The bias is forgotten."),
        ),
    )


VALUE_TOPICS: dict[str, tuple[Callable[[random.Random], Draft], str]] = {
    "conv value": (conv_value, "one 3×3 window under a kernel with a bias"),
    "channel value": (channel_value, "one window over three channels"),
    "pool value": (pool_value, "one 2×2 window by maximum or average"),
    "pool winner": (pool_winner, "which cell a max pool takes"),
    "relu": (relu_value, "sum, bias and ReLU"),
    "softmax": (softmax_value, "a class's probability from three logits"),
}
