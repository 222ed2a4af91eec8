"""Imports torch without stopping the event loop for long; everything that needs torch calls it.

The import's loading of libtorch holds Python's lock for 200 ms, and full collections among torch's
new objects for 50 ms more. Linking the library through libc's own ``dlopen``, which releases the
lock, and pausing the collector leave 15 to 20 ms (measured by ``make bench``).
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

_LOCK = Lock()
FEW_CORES = 4  # up to so many one core is left to the app


def warm_torch() -> None:
    """Import torch once; a second caller waits for the first."""
    with _LOCK:
        if "torch" in sys.modules:
            return
        interval = sys.getswitchinterval()
        sys.setswitchinterval(0.001)
        gc.disable()
        try:
            _link_libtorch()
            import torch
        finally:
            gc.freeze()  # torch's objects stay: no collection needs to look at them again
            gc.enable()
            sys.setswitchinterval(interval)
        cores = os.cpu_count() or 1
        if cores <= FEW_CORES:
            torch.set_num_threads(max(1, cores - 1))


def _link_libtorch() -> None:
    spec = find_spec("torch")
    if os.name != "posix" or spec is None or spec.origin is None:
        return
    name = "libtorch.dylib" if sys.platform == "darwin" else "libtorch.so"
    library = Path(spec.origin).parent / "lib" / name
    if library.exists():
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        dlopen(os.fsencode(library), os.RTLD_NOW)  # where it fails, the import loads it as ever
