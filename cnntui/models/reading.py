"""Reads the tensors of a stranger's weights file by name; runs nothing it holds."""

from __future__ import annotations

import re
import stat
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from cnntui.errors import UserError
from cnntui.ground.names import cut

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
NESTS = (  # under which key a checkpoint keeps the weights; the first that is there counts
    "state_dict",
    "model_state_dict",
    "model",
    "module",
    "net",
    "network",
    "weights",
    "params",
    "ema",
    "model_ema",
    "state_dict_ema",
    "ema_state_dict",
)
WRAPPERS = ("module.", "_orig_mod.")  # of DataParallel and torch.compile
SAVE = 'save its weights alone: torch.save(model.state_dict(), "weights.pt")'
# as torchvision's own DenseNet files spell it: denselayer1.norm.1.weight
_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$")
_GLOBAL = re.compile(r"(?:GLOBAL|[Uu]nsupported class|whose module) (\S+)")


@dataclass(frozen=True, eq=False)
class State(Mapping[str, Tensor]):
    """The tensors of a file by name, without the wrappers' prefixes."""

    tensors: Mapping[str, Tensor]
    under: str = ""  # the keys they were under: state_dict
    skipped: int = 0  # entries beside them that are no tensor

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    def __len__(self) -> int:
        return len(self.tensors)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each tensor."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}


def read_state(path: str | Path, meta: bool = True) -> State:
    """Read a .safetensors, .pt, .pth or .bin file: shapes and types alone, or mapped into memory.

    Values are pages of the file, read when used; where a .pt is older than PyTorch 1.6 they are
    read at once. Raises UserError for what is no such file, is damaged or holds code.
    """
    path = Path(path)
    try:
        head, size = _head(path)
        if head[8:9] == b"{" or path.suffix.lower() == ".safetensors":
            return _state(_read_safetensors(path, meta))
        mapped = head.startswith(b"PK\x03\x04")
        if mapped:
            _check_archive(path)
        elif not head.startswith(b"\x80"):
            raise UserError(_foreign(head))
        state = _state(_unpickled(path, mapped, "meta"))
        _check_claims(state, size)
        return state if meta else _state(_unpickled(path, mapped, "cpu"))
    except UserError as error:
        raise UserError(f"{path}: {error}") from error.__cause__
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UserError(f"{cut(str(path), 80)}: not a file name ({error})") from error


def _head(path: Path) -> tuple[bytes, int]:
    """Return a regular file's first bytes and its size; a pipe would block."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UserError("is a folder; name a .safetensors, .pt or .pth file in it")
    if not stat.S_ISREG(status.st_mode):
        raise UserError("is a pipe or a device; name a regular file")
    if not status.st_size:
        raise UserError("is empty; fetch or save it again")
    with path.open("rb") as file:
        return file.read(64), status.st_size


def _foreign(head: bytes) -> str:
    if head.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the weights; run git lfs pull"
    return "is no weights file; .safetensors, or .pt and .pth as torch.save writes them, are read"


def _read_safetensors(path: Path, meta: bool) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, RuntimeError, AttributeError, KeyError) as error:
        why = cut(str(error), 120)
        raise UserError(
            f"is damaged or no safetensors file ({why}); fetch or save it again"
        ) from error
    return {name: tensor.to("meta") for name, tensor in tensors.items()} if meta else tensors


def _check_archive(path: Path) -> None:
    """Refuse a zip that isn't torch.save's: TorchScript holds code, packed records may be bombs."""
    try:
        with zipfile.ZipFile(path) as archive:
            records = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise UserError("is cut short or damaged; fetch or save it again") from error
    names = {record.filename.partition("/")[2] for record in records}
    if "constants.pkl" in names:
        raise UserError(
            f"is a TorchScript archive: it holds code, and no file's code is run; {SAVE}"
        )
    if "data.pkl" not in names:
        raise UserError("is a zip archive, but not one that torch.save wrote")
    if any(record.compress_type != zipfile.ZIP_STORED for record in records):
        raise UserError(f"is packed, which torch.save never does; {SAVE}")


def _unpickled(path: Path, mapped: bool, device: str) -> object:
    """Return what the file holds: tensors and plain containers, whatever else it names is refused.

    ``weights_only`` is torch's own unpickler, which knows no opcode that calls what a file names.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location=device, weights_only=True, mmap=mapped)
    except OSError:
        raise
    except Exception as error:  # a hostile or damaged pickle raises anything
        raise UserError(_refusal(str(error))) from error


def _refusal(message: str) -> str:
    """Say why torch's unpickler refused a file, from its own message."""
    needed = _GLOBAL.search(message)
    if needed:
        name = needed[1].rstrip(".,:")
        return f"needs {cut(name)} to be run, and no file's code is run; where you trust it, {SAVE}"
    if "Unsupported operand" in message or "tar format" in message:
        return f"is pickled in a way that only running it could read; where you trust it, {SAVE}"
    words = cut(message, 80) or "it ends too early"
    return f"can't be read ({words}): cut short, damaged or not torch's; fetch or save it again"


def _state(value: object) -> State:
    """Return the tensors by name, wherever a training script has put them."""
    under: list[str] = []
    while isinstance(value, Mapping) and len(under) < 4:
        nest = next((key for key in NESTS if _holds_tensors(value.get(key))), None)
        if nest is None:
            break
        under.append(nest)
        value = value[nest]
    if not _holds_tensors(value):
        raise UserError(f"holds no tensors by name, but {_described(value)}; {SAVE}")
    assert isinstance(value, Mapping)
    tensors = {name: tensor.detach() for name, tensor in value.items() if _plain(name, tensor)}
    return State(_unwrapped(tensors), ".".join(under), len(value) - len(tensors))


def _plain(name: object, value: object) -> bool:
    return isinstance(name, str) and isinstance(value, Tensor) and value.layout == torch.strided


def _holds_tensors(value: object) -> bool:
    """Whether a mapping has tensors by name, itself or under one of the usual keys."""
    if not isinstance(value, Mapping):
        return False
    nested = (value.get(key) for key in NESTS)
    return any(_plain(name, entry) for name, entry in value.items()) or any(
        isinstance(each, Mapping) and any(_plain(*item) for item in each.items()) for each in nested
    )


def _described(value: object) -> str:
    if isinstance(value, Mapping):
        return "the keys " + cut(", ".join(map(str, value)), 80) if value else "nothing"
    if isinstance(value, Tensor):
        return f"one tensor {tuple(value.shape)}"
    return f"one value of type {type(value).__name__}"


def _unwrapped(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Leave out the prefixes of wrappers, and the counter that averaging adds."""
    named = {name: value for name, value in tensors.items() if name != "n_averaged"}
    for wrapper in WRAPPERS * 2:
        if named and all(name.startswith(wrapper) for name in named):
            named = {name.removeprefix(wrapper): value for name, value in named.items()}
            tensors = named
    return {_DENSENET.sub(r"\1\2", name): value for name, value in tensors.items()}


def _check_claims(state: State, size: int) -> None:
    """Refuse tensors that are larger than their file: they would be made of nothing, in memory."""
    for name, tensor in state.items():
        held = tensor.untyped_storage().nbytes()
        if held > size:
            raise UserError(
                f"{cut(name)} claims {held:,} bytes, and the whole file has {size:,}; "
                "fetch or save it again"
            )
