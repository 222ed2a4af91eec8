"""Follows a run's log as it grows: new records at each poll.

It polls, because network file systems tell of no changes, and opens the file each time, because
they look for new bytes then.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from cnntui.training.events import KINDS
from cnntui.training.run.folder import EVENTS

OVER = "over"  # the kind of the record that stands where the log was replaced: all before is void
SLICE = 1 << 18  # bytes parsed at once: about 1 ms in which no other thread runs
_LONGEST = 1 << 26  # bytes of a line; a longer one is skipped
_HEAD = 256  # first bytes of the log, by which a replaced one is told

Record = dict[str, Any]


class RunReader:
    """A place in a run's log; another process may write on."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = Path(path).expanduser() / EVENTS
        self._forget()

    def _forget(self) -> None:
        self.behind = False  # whether the last poll left bytes that are there already
        self._at, self._rest = 0, bytearray()
        self._head = b""

    def poll(self, limit_bytes: int | None = None) -> list[Record]:
        """Return the records since the last poll, of at most ``limit_bytes`` of the log.

        A torn last line waits for the next poll; what doesn't parse and kinds that aren't known
        are left out. No file yet: no records. A replaced log is read anew, after a record of OVER.
        """
        try:
            fd = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return []
        records: list[Record] = []
        try:
            records += self._anew(fd)
            self._read(fd, records, limit_bytes)
        except OSError:  # a network file system that is away: the next poll goes on
            pass
        finally:
            os.close(fd)
        return records

    def _anew(self, fd: int) -> list[Record]:
        """Start over where this is another log than at the last poll.

        The inode tells nothing: sshfs gives new ones, and rsync makes a new file of the same log.
        """
        longer = os.fstat(fd).st_size >= self._at
        if longer and os.pread(fd, len(self._head), 0) == self._head:
            return []
        self._forget()
        return [{"event": OVER}]

    def _read(self, fd: int, records: list[Record], limit: int | None) -> None:
        self.behind = True
        end = None if limit is None else self._at + max(1, limit)
        while end is None or self._at < end:
            size = SLICE if end is None else min(SLICE, end - self._at)
            data = os.pread(fd, size, self._at)  # lets other threads run
            if not data:
                self.behind = False
                return
            if len(self._head) < _HEAD:
                self._head = (self._head + data)[:_HEAD]
            self._at += len(data)
            records += parsed(self._lines(data))
        self.behind = os.fstat(fd).st_size > self._at

    def _lines(self, data: bytes) -> list[bytes]:
        """Return the whole lines that end in ``data``; the rest waits."""
        cut = data.rfind(b"\n") + 1
        if not cut:
            self._rest += data if len(self._rest) < _LONGEST else b""
            return []
        lines = (bytes(self._rest) + data[:cut]).split(b"\n")
        self._rest = bytearray(data[cut:])
        return lines[:-1]


def parsed(lines: list[bytes]) -> list[Record]:
    """Return the records of whole lines; what is no record of a known kind is left out."""
    try:
        records = [orjson.loads(line) for line in lines]
    except orjson.JSONDecodeError:
        records = [record for line in lines for record in _one(line)]
    try:
        return [record for record in records if record["event"] in KINDS]
    except (TypeError, KeyError):
        return [record for record in records if _known(record)]


def _one(line: bytes) -> list[Any]:
    try:
        return [orjson.loads(line)]
    except orjson.JSONDecodeError:
        return []


def _known(record: Any) -> bool:
    kind = record.get("event") if isinstance(record, dict) else None
    return isinstance(kind, str) and kind in KINDS
