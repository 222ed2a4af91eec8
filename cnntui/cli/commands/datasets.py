"""``cnntui datasets``: every data set, where its files go, and their checksums."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.datasets.naming import Known, data_folders, found_in, known_datasets
from cnntui.ground.tables import aligned
from cnntui.numbers import counted, shape

if TYPE_CHECKING:
    from cnntui.datasets.member import Layout
    from cnntui.parts.printing.output import Output

ABOUT = {
    "summary": "list the data sets there are by name",
    "order": 1,
}
TITLES = ("name", "classes", "shape", "train", "test", "here", "what")
RIGHT = ("classes", "shape", "train", "test")


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    command.add_argument("--data-dir", metavar="PATH", help="where the files of data sets lie")
    command.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace, output: Output) -> int:
    """List them."""
    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    sets = listed(folder)
    return output.json(sets) if options.json else output.say(page(sets, folder))


def listed(data_dir: Path | None = None) -> list[dict[str, Any]]:
    """Return what is known of each data set; ``found`` is where its files lie, null if nowhere."""
    return [_about(known, found_in(known, data_dir)) for known in known_datasets()]


def page(sets: Sequence[dict[str, Any]], data_dir: Path | None = None) -> str:
    """Lay the list out as text: the sets, their options, then the files that have to be there."""
    lines = aligned(TITLES, [_cells(one) for one in sets], RIGHT)
    for one in sets:
        lines += ["", f"{one['name']}: {one['source']}", f"  licence: {one['licence']}"]
        lines += [f"  found in {one['found']}"] if one["found"] else []
        lines += [
            f"  :{name}={option['default']}  {option['means']}"
            for name, option in one["options"].items()
        ]
        lines += [line for layout in one["files"] for line in _layout_lines(layout)]
    folders = " or ".join(str(folder) for folder in data_folders(data_dir))
    return "\n".join([*lines, "", f"files are looked for in {folders}; nothing is downloaded"])


def _about(known: Known, folder: Path | None) -> dict[str, Any]:
    classes = list(known.classes) if isinstance(known.classes, tuple) else known.classes
    return {
        **{name: getattr(known, name) for name in ("name", "title", "train", "test")},
        "classes": classes,
        "shape": known.shape and list(known.shape),
        "offline": known.offline,
        "found": None if folder is None else str(folder),
        "flip": known.flip,
        "licence": known.licence,
        "source": known.source,
        "options": {
            name: {"default": option.default, "means": option.means}
            for name, option in known.options.items()
        },
        "files": [_layout(layout) for layout in known.files],
    }


def _layout(layout: Layout) -> dict[str, Any]:
    return {
        "form": layout.form,
        "folder": layout.folders[0],
        "archive": layout.archive,
        "archive_md5": layout.archive_md5,
        "files": dict(layout.files),
    }


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    classes = one["classes"]
    number = len(classes) if isinstance(classes, list) else classes
    counts = ("" if n is None else counted(n) for n in (number, one["train"], one["test"]))
    class_count, train, test = counts
    size = "" if one["shape"] is None else shape(tuple(one["shape"]))
    missing = "" if number is None and not one["files"] else "no"
    here = "always" if one["offline"] else "yes" if one["found"] else missing
    return (one["name"], class_count, size, train, test, here, one["title"])


def _layout_lines(layout: dict[str, Any]) -> list[str]:
    """Return the files of one layout with their checksums."""
    lines = [f"  {layout['form']} files, in {layout['folder']}:"]
    if layout["archive"]:
        lines += [f"    {layout['archive']}  md5 {layout['archive_md5']}  (unpack it)"]
    return [
        *lines,
        *(f"    {name}{f'  md5 {md5}' if md5 else ''}" for name, md5 in layout["files"].items()),
    ]
