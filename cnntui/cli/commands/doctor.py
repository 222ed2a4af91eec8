"""``cnntui doctor``: versions, device, terminal and folders of this machine."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from cnntui import __version__
from cnntui.ground.widths import padded
from cnntui.settings import runs_folder, settings_file
from cnntui.ui.terminal import Terminal

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output

ABOUT = {
    "summary": "tell what cnntui finds on this machine",
    "order": 4,
}
PACKAGES = ("textual", "rich", "numpy", "torch", "pillow", "safetensors", "orjson", "platformdirs")
GIB = 1 << 30


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    command.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace, output: Output) -> int:
    """Tell what is found."""
    machine = examined(output.terminal)
    return output.json(machine) if options.json else output.say("\n".join(lines(machine)))


def examined(terminal: Terminal) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "versions": {"cnntui": __version__, "python": platform.python_version(), **_installed()},
        "device": _device(),
        "terminal": {
            "colors": terminal.colors,
            "unicode": terminal.unicode,
            "columns": terminal.columns,
            "rows": terminal.rows,
            "paints": terminal.paints,
            "why": terminal.why,
        },
        "paths": {"settings": str(settings_file()), "runs": str(runs_folder()), **_folders()},
    }


def _installed() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "missing"
    return versions


def _folders() -> dict[str, str]:
    from cnntui.course.keeping import progress_file
    from cnntui.datasets.naming import data_folder
    from cnntui.sources.samples import folder

    return {
        "data": str(data_folder()),
        "progress": str(progress_file()),
        "samples": str(folder()),
    }


def _device() -> dict[str, Any]:
    """Return the device torch would use and its memory in bytes."""
    import torch

    from cnntui.engine.device import torch_device

    device = torch_device("auto")
    facts: dict[str, Any] = {"name": str(device), "threads": torch.get_num_threads()}
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        facts |= {"model": torch.cuda.get_device_name(device), "memory": total, "free": free}
    else:
        facts |= {"model": platform.processor() or platform.machine(), **_main_memory()}
    return facts


def _main_memory() -> dict[str, int]:
    import os

    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return {
            "memory": page * os.sysconf("SC_PHYS_PAGES"),
            "free": page * os.sysconf("SC_AVPHYS_PAGES"),
        }
    except (AttributeError, ValueError, OSError):  # not every system tells
        return {}


def lines(machine: Mapping[str, Any]) -> list[str]:
    """Write what was found, one fact a line."""
    device, terminal = machine["device"], machine["terminal"]
    memory = ""
    if "memory" in device:
        memory = f", {device['memory'] / GIB:.1f} GiB, {device['free'] / GIB:.1f} GiB free"
    paints = "yes" if terminal["paints"] else f"no: {terminal['why']}"
    rows = [
        *machine["versions"].items(),
        ("device", f"{device['name']} ({device['model']}{memory}, {device['threads']} threads)"),
        ("colours", terminal["colors"]),
        ("unicode", "yes" if terminal["unicode"] else "no: ASCII glyphs are drawn"),
        ("size", f"{terminal['columns']} columns, {terminal['rows']} rows"),
        ("opens the app", paints),
        *machine["paths"].items(),
    ]
    return [f"{padded(name, 14)} {value}" for name, value in rows]
