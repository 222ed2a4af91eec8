"""``python -m tests.bench [GROUP ...]``: print every figure; exit code 1 where one is over."""

from __future__ import annotations

import importlib
import sys

from tests.bench.figures import Figure, table

GROUPS = (
    "start",
    "keys",
    "outputs",
    "pictures",
    "stall",
    "layers",
    "tables",
    "curves",
    "augment",
    "lessons",
    "watching",
    "training",
)


def main(wanted: list[str]) -> int:
    found: list[Figure] = []
    for group in wanted or GROUPS:
        print(f"measuring {group} …", file=sys.stderr, flush=True)
        found += importlib.import_module(f"tests.bench.{group}").figures()
    print(table(found))
    return int(any(figure.over and figure.binding for figure in found))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
