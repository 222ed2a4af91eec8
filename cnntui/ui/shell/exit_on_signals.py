"""A polite end on SIGTERM and SIGHUP, which Textual leaves to kill the app with its screen up."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import suppress
from typing import Any

from textual.app import App

GRACE = 0.8  # seconds


def end_on_signals(app: App[Any]) -> None:
    """Let SIGTERM and SIGHUP end ``app`` with 128 + signal as ``return_code``, terminal restored.

    Call it in ``on_load``, in the main thread. A signal that is ignored already (``nohup``) stays
    ignored. The caller of ``app.run()`` hands ``app.return_code`` to ``sys.exit``.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        signum = getattr(signal, name, None)  # Windows knows no SIGHUP
        if signum is not None and signal.getsignal(signum) is not signal.SIG_IGN:
            with suppress(NotImplementedError, RuntimeError):  # Windows; not the main thread
                loop.add_signal_handler(signum, _leave, app, signum)


def _leave(app: App[Any], signum: int) -> None:
    app.exit(return_code=128 + signum)
    if signum == getattr(signal, "SIGHUP", None):
        _force_end(128 + signum)


def _force_end(code: int) -> None:
    """End the process after ``GRACE`` seconds, whatever it is waiting for.

    When the terminal is gone, the thread that writes to it dies of the first error, and whoever
    fills its queue of 30 waits for ever.
    """
    timer = threading.Timer(GRACE, os._exit, (code,))
    timer.daemon = True
    timer.start()
