"""Reads the pickles of CIFAR without running anything in them.

Everything a pickle could call is replaced by an inert stand-in, and numpy sees bytes alone.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError
from cnntui.ground.names import cut

_CODES = (
    "PROTO FRAME STOP MARK POP POP_MARK DUP NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG "
    "LONG1 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE "
    "BINBYTES SHORT_BINBYTES EMPTY_LIST LIST APPEND APPENDS EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 "
    "EMPTY_DICT DICT SETITEM SETITEMS PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET "
    "GLOBAL STACK_GLOBAL REDUCE BUILD"
)


class Array:
    """What stands for an array until its parts are checked."""

    __slots__ = ("state",)
    state: Any

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def values(self) -> NDArray[np.uint8]:
        """Return the array of bytes. Raises UserError for another type, or a wrong size."""
        state = getattr(self, "state", None)
        if not isinstance(state, tuple) or len(state) != 5:
            raise UserError("holds an array that numpy did not write")
        _, shape, kind, in_columns, data = state
        if not isinstance(kind, Kind) or kind.name != "u1":
            raise UserError("holds an array of another type than uint8")
        if isinstance(data, str):
            data = data.encode("latin1")
        whole = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
        if not whole or not isinstance(data, bytes) or math.prod(shape) != len(data):
            raise UserError("holds an array whose shape and values disagree")
        return np.frombuffer(data, np.uint8).reshape(shape, order="F" if in_columns else "C")


class Kind:
    """What stands for the type of an array's values; its state, the byte order, says nothing."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __setstate__(self, state: Any) -> None:
        pass


class _Stand:
    """One of the few names that may be called; it has no attributes that a pickle could set."""

    __slots__ = ()

    def __call__(self, *given: Any) -> Any:
        raise pickle.UnpicklingError("it is not called in such a file")


class _Rebuild(_Stand):
    __slots__ = ()

    def __call__(self, *given: Any) -> Array:
        return Array()


class _Type(_Stand):
    __slots__ = ()

    def __call__(self, *given: Any) -> Kind:
        name = given[0] if given else ""
        return Kind(name.decode("latin1") if isinstance(name, bytes) else str(name)[:8])


class _Encode(_Stand):
    __slots__ = ()

    def __call__(self, *given: Any) -> bytes:
        text, encoding = given
        if not isinstance(text, str) or encoding not in ("latin1", b"latin1", "latin-1"):
            raise pickle.UnpicklingError("it encodes as something else than latin1")
        return text.encode("latin1")


_STANDS: dict[tuple[str, str], _Stand] = {
    ("numpy.core.multiarray", "_reconstruct"): _Rebuild(),
    ("numpy._core.multiarray", "_reconstruct"): _Rebuild(),
    ("numpy", "ndarray"): _Stand(),
    ("numpy", "dtype"): _Type(),
    ("_codecs", "encode"): _Encode(),
}

Load = Callable[[Any], None]


class _Reader(pickle._Unpickler):
    """Python's own unpickler: its memo is a dict, where C's takes memory for any index named."""

    dispatch: ClassVar[dict[int, Load]] = {
        code[0]: pickle._Unpickler.dispatch[code[0]]
        for code in (getattr(pickle, name) for name in _CODES.split())
    }

    def find_class(self, module: str, name: str) -> Any:
        """Return a stand-in; whatever else is named is refused and never imported."""
        stand = _STANDS.get((module, name))
        if stand is None:
            raise UserError(
                f"asks for {cut(f'{module}.{name}')}, which CIFAR's files never do; it is not run"
            )
        return stand

    def persistent_load(self, pid: Any) -> Any:
        """Refuse."""
        raise pickle.UnpicklingError("it refers to something outside")


def _keyed(load: Load) -> Load:
    """Let a dict be filled under texts alone: to hash deep tuples would overflow the C stack."""

    def checked(reader: Any) -> None:
        items = reader.stack if load is not _SETITEM else reader.stack[-2:]
        keys = items[::2]
        if not all(isinstance(key, str | bytes) for key in keys):
            raise pickle.UnpicklingError("a dict has keys that are no text")
        load(reader)

    return checked


_SETITEM = pickle._Unpickler.dispatch[pickle.SETITEM[0]]
for _code in (pickle.DICT, pickle.SETITEM, pickle.SETITEMS):
    _Reader.dispatch[_code[0]] = _keyed(pickle._Unpickler.dispatch[_code[0]])


def read_pickle(data: bytes) -> dict[str, Any]:
    """Return the dict in ``data``, its keys as text and its arrays as `Array`. Raises UserError."""
    try:
        content = _Reader(io.BytesIO(data), encoding="bytes").load()
    except UserError:
        raise
    # a damaged pickle can make the unpickler raise nearly any type of error
    except Exception as error:
        why = cut(str(error) or type(error).__name__, 60)
        raise UserError(f"is no pickle of CIFAR ({why}); get it again") from error
    if type(content) is not dict:
        raise UserError(f"holds a {type(content).__name__}; CIFAR's files hold a dict")
    return {_text(key): value for key, value in content.items()}


def _text(key: str | bytes) -> str:
    return key.decode("latin1") if isinstance(key, bytes) else key
