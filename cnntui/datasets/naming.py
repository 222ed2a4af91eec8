"""The data sets by name, a folder of pictures, or a file, without importing any of them.

Nothing is downloaded: what has to be there, and where, is said.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui import registry
from cnntui.datasets.dataset import Dataset, Wanted
from cnntui.datasets.locating import located, missing
from cnntui.datasets.member import Member, members
from cnntui.errors import UserError
from cnntui.ground.names import cut, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTION = re.compile(r"[a-z_]+=[^,=]*")


@dataclass(frozen=True)
class Known(Member):
    """A data set, or a format on disk, as its file's ABOUT tells it."""

    entry: registry.Entry  # its load() imports the file and gives load(wanted)


@cache
def known_datasets() -> tuple[Known, ...]:
    """Return every data set of ``datasets/``, by file, then as the file lists them."""
    own = [field.name for field in fields(Member)]
    return tuple(
        Known(**{name: getattr(member, name) for name in own}, entry=entry)
        for entry in registry.entries("datasets")
        for member in members(entry.about)
    )


def find_dataset(name: str) -> Known:
    """Return the data set of that name; fashion-mnist is fashion_mnist. Raises UserError."""
    plain = name.strip().casefold().replace("-", "_")
    for known in known_datasets():
        if known.name in (plain, plain.replace("_", "")):
            return known
    names = [known.name for known in known_datasets()]
    raise UserError(
        f"no data set is called {cut(name)!r}; {nearest(name, names)}`cnntui datasets` lists "
        f"them; {_ways()}"
    )


def reader_of(path: str | os.PathLike[str]) -> str | None:
    """Return the data set that reads files of this suffix; None where none does."""
    suffix = Path(path).suffix.lower()
    return next((known.name for known in known_datasets() if suffix in known.suffixes), None)


def file_kinds() -> str:
    """Return the suffixes of the files that data sets are read from, in words: ``.npz``."""
    return " or ".join(suffix for known in known_datasets() for suffix in known.suffixes)


def file_names() -> str:
    """Return how such a file is written in a usage line: ``FILE.npz``."""
    return " or ".join(f"FILE{suffix}" for known in known_datasets() for suffix in known.suffixes)


def parse_spec(text: str) -> Wanted:
    """Read NAME, a folder or a file, each with ``:option=value,…`` behind it if need be.

    Raises UserError. A folder that holds one known set's files, as torchvision leaves them, is
    that set.
    """
    text = text.strip()
    if not text:
        raise UserError(f"no data set is named; `cnntui datasets` lists them; {_ways()}")
    head, options = _options(text)
    if _is_name(head):
        return Wanted(find_dataset(head).name, None, options)
    path = Path(os.path.expanduser(head))
    if os.path.isdir(path):
        return Wanted(_held(path) or "folder", path, options)
    if (reader := reader_of(path)) is not None:
        return Wanted(reader, path, options)
    if "/" in head or os.sep in head:
        raise UserError(f"{cut(head, 100)}: is no folder and no {file_kinds()} file; {_ways()}")
    return Wanted(find_dataset(head).name, None, options)


def absolute(text: str) -> str:
    """Return what names a data set with the path in it absolute, if it is one that is there."""
    try:
        head, _ = _options(text.strip())
    except UserError:  # parse_spec says it
        return text
    path = os.path.expanduser(head)
    if not head or _is_name(head) or not os.path.exists(path):
        return text
    return os.path.realpath(path) + text.strip()[len(head) :]


def load_dataset(
    text: str, *, data_dir: Path | None = None, validation: float = 0.1, seed: int = 0
) -> Dataset:
    """Load what ``text`` names. Raises UserError.

    ``validation`` is the part of the training pictures that is kept for validation; ``seed`` is of
    what is drawn, and of the split of a set that has none. Options in ``text`` win over both.
    """
    wanted = parse_spec(text)
    known = find_dataset(wanted.name)
    options = {"validation": str(validation), **wanted.options}
    wanted = replace(wanted, options=options, seed=seed)
    if wanted.folder is None:
        wanted = replace(wanted, folder=_folder_of(known, data_dir))
    load: Callable[[Wanted], Dataset] = known.entry.load()
    return load(wanted)


def data_folder() -> Path:
    """Return the user's folder of data sets, which need not exist; CNNTUI_DATA names another."""
    import platformdirs

    named = os.environ.get("CNNTUI_DATA")
    return Path(named).expanduser() if named else platformdirs.user_data_path("cnntui") / "data"


def data_folders(data_dir: Path | None = None) -> tuple[Path, ...]:
    """Return where files of data sets are looked for: the one given, else ./data and the user's."""
    return (data_dir.expanduser(),) if data_dir is not None else (Path("data"), data_folder())


def found_in(known: Known, data_dir: Path | None = None) -> Path | None:
    """Return the folder that a set's files lie in; None where they are not there."""
    if known.files:
        for folder in data_folders(data_dir):
            place = located(known, folder)
            if place is not None:
                return place.folder
    return None


def _ways() -> str:
    return f"a folder of pictures or an {file_kinds()} file is given by its path"


def _folder_of(known: Known, data_dir: Path | None) -> Path | None:
    """Return what is given to ``load``: where its files lie. Raises UserError."""
    if not known.files:
        return data_dir
    folders = data_folders(data_dir)
    for folder in folders:
        if located(known, folder) is not None:
            return folder
    raise missing(known, folders)


def _options(text: str) -> tuple[str, dict[str, str]]:
    """Return what is before the options, and the options."""
    head, colon, tail = text.rpartition(":")
    parts = [part.strip() for part in tail.split(",")]
    if not colon or os.path.exists(os.path.expanduser(text)):
        return text, {}
    if all(_OPTION.fullmatch(part) for part in parts):
        options = dict(part.split("=", 1) for part in parts)
        if len(options) == len(parts):
            return head, options
        raise UserError(f"{cut(tail)!r} names an option twice")
    if _is_name(head):
        raise UserError(
            f"{cut(tail)!r} are no options; write them {head}:option=value,option=value"
        )
    return text, {}


def _is_name(text: str) -> bool:
    plain = text.strip().casefold().replace("-", "_")
    return any(known.name in (plain, plain.replace("_", "")) for known in known_datasets())


def _held(path: Path) -> str | None:
    """Return the name of the one known set that lies in a folder; None where it is of pictures."""
    named = path.name.casefold().replace("-", "").replace("_", "")
    held = {known.name: located(known, path) for known in known_datasets() if known.files}
    places = {name: place.folder for name, place in held.items() if place is not None}
    if len(set(places.values())) > 1:
        raise UserError(
            f"{cut(str(path), 100)}: holds {' and '.join(places)}; write the name, and the folder "
            "by --data-dir"
        )
    if len(places) > 1:  # MNIST and Fashion-MNIST: their files have the same names
        names = f"{named}{path.resolve()}".casefold()
        return "fashion_mnist" if "fashion" in names else "mnist"
    return next(iter(places), None)
