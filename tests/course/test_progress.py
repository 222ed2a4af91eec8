"""Progress: its verbs, the file it is kept in, kill -9 at any moment, and the days of review."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from cnntui.course import keeping
from cnntui.course.progress import GOING, NEW, PASSED, SKIPPED, Progress
from cnntui.course.reviewing import reviewed
from cnntui.errors import UserError

DAY = date(2026, 3, 1)
LADDER = (1, 3, 7, 16, 35)  # days, as docs/lessons.md promises under Progress


def done():
    progress = Progress().seen("conv", 2).answered("conv", "t1", True, DAY)
    return progress.answered("conv", "q1", False, DAY).skipped("conv", "t2").seen("pad", 0)


def test_states_of_a_lesson():
    progress = done()
    assert progress.of("conv").state == progress.of("pad").state == GOING
    assert progress.of("never").state == NEW
    assert (progress.of("conv").page, progress.last) == (2, "pad")
    assert [progress.of("conv").mark(id).state for id in ("t1", "q1", "t2", "x")] == [
        PASSED, GOING, SKIPPED, NEW,
    ]  # fmt: skip
    ended = progress.ended("conv", ["t1", "q1", "t2"])
    assert ended.of("conv").state == SKIPPED
    whole = progress.answered("conv", "q1", True, DAY).answered("conv", "t2", True, DAY)
    assert whole.ended("conv", ["t1", "q1", "t2"]).of("conv").state == PASSED
    again = whole.ended("conv", ["t1"]).answered("conv", "t1", False, DAY)
    assert (again.of("conv").state, again.of("conv").mark("t1").state) == (PASSED, PASSED)
    assert again.skipped("conv", "t1").of("conv").mark("t1").state == PASSED
    assert progress.tested_out("pad", True).of("pad").state == PASSED
    assert progress.tested_out("pad", False) == progress
    assert progress.reset("pad").last == ""
    assert progress.reset() == Progress()


def test_what_was_missed_comes_back():
    progress = done()
    assert progress.due(DAY) == ()
    assert progress.due(DAY + timedelta(1)) == (("conv", "q1"),)
    review, day = None, DAY
    review = reviewed(review, False, day)
    for days in LADDER:
        assert review.due == day + timedelta(days)
        assert reviewed(review, True, day) == review  # too early: it shows nothing
        day = review.due
        review = reviewed(review, True, day)
    assert review is None
    assert reviewed(None, True, DAY) is None
    high = reviewed(reviewed(None, False, DAY), True, DAY + timedelta(1))
    assert reviewed(high, False, DAY + timedelta(9)).due == DAY + timedelta(10)


def test_right_in_time_is_asked_on_these_days_and_then_no_more():
    progress, days = Progress().answered("conv", "q1", False, DAY), []
    while review := progress.of("conv").mark("q1").review:
        days.append((review.due.month, review.due.day))
        progress = progress.answered("conv", "q1", True, review.due)
    assert days == [(3, 2), (3, 5), (3, 12), (3, 28), (5, 2)]


@pytest.mark.parametrize("rights", range(len(LADDER)))
def test_what_is_missed_again_begins_anew_on_every_rung(rights):
    day, review = DAY, reviewed(None, False, DAY)
    for days in LADDER[:rights]:
        day += timedelta(days)
        review = reviewed(review, True, day)
    again = reviewed(review, False, day)
    assert again.due == day + timedelta(1)
    assert reviewed(again, True, again.due).due == again.due + timedelta(3)


def test_it_is_kept_and_read_again(tmp_path):
    path = tmp_path / "state" / "progress.json"
    assert keeping.load_progress(path) == keeping.LoadedProgress(Progress())
    keeping.save_progress(done(), path)
    assert keeping.load_progress(path) == keeping.LoadedProgress(done())
    assert json.loads(path.read_text())["schema"] == keeping.SCHEMA


BROKEN = {
    "torn": b'{"schema": 1, "les',
    "no JSON": b"\x00\x01",
    "list": b"[]",
    "newer": b'{"schema": 2, "lessons": {}}',
    "state": b'{"schema": 1, "lessons": {"a": {"state": "done", "page": 0, "marks": {}}}}',
    "page": b'{"schema": 1, "lessons": {"a": {"state": "new", "page": -1, "marks": {}}}}',
    "deep": b'{"schema": 1, "lessons": ' + b"[" * 100_000,
    "empty": b"",
    "version": b'{"schema": "x", "lessons": {}}',
    "date": b'{"schema":1,"lessons":{"a":{"state":"new","page":0,"marks":{"q":{"state":"new",'
    b'"tries":1,"rung":1,"due":"soon"}}}}}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_or_newer_file_is_put_aside_and_told(tmp_path, name):
    path = tmp_path / "progress.json"
    for number in (1, 2):
        path.write_bytes(BROKEN[name])
        loaded = keeping.load_progress(path)
        assert loaded.progress == Progress()
        assert f"progress.json.aside-{number}" in loaded.warning
        assert ("a newer one wrote it" in loaded.warning) == (name in ("newer", "version"))
        assert not path.exists()
        assert (tmp_path / f"progress.json.aside-{number}").read_bytes() == BROKEN[name]


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file"):
        keeping.save_progress(done(), tmp_path / "file" / "progress.json")
    with pytest.raises(UserError):
        keeping.update_progress(lambda p: p, tmp_path / "file" / "progress.json")


def test_two_apps_do_not_undo_each_other(tmp_path):
    path = tmp_path / "progress.json"

    def work(name):
        for at in range(15):
            part = f"{name}{at}"
            keeping.update_progress(lambda p, part=part: p.answered("l", part, True, DAY), path)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    assert keeping.read_progress(path).of("l").counted(PASSED) == 60


WRITER = """
import sys
from datetime import date
from pathlib import Path
from cnntui.course.keeping import update_progress
at = 0
while True:
    at += 1
    update_progress(lambda p: p.answered("l", f"q{at % 400}", at % 3 > 0, date(2026, 1, 1))
                    .seen("l", at), Path(sys.argv[1]))
    print(at, flush=True)
"""


def test_it_survives_kill_9_at_any_moment(tmp_path):
    path = tmp_path / "progress.json"
    for after in (1, 2, 3, 5, 8, 13):
        before = keeping.load_progress(path).progress.of("l").page
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            said = [int(writer.stdout.readline()) for _ in range(after)][-1]
            os.kill(writer.pid, signal.SIGKILL)
            said = max([said, *(int(row) for row in writer.stdout.read().split("\n")[:-1] if row)])
        loaded = keeping.load_progress(path)
        assert loaded.warning == ""
        assert loaded.progress.of("l").page in (said, said + 1), before


def test_export_and_import(tmp_path):
    path = keeping.export_progress(done(), tmp_path / "out.json")
    with pytest.raises(UserError, match="already"):
        keeping.export_progress(done(), path)
    assert keeping.import_progress(Progress(), path) == done()
    further = done().tested_out("conv", True).reset("pad")
    joined = keeping.import_progress(further, path)
    assert joined.of("conv").state == PASSED
    assert joined.of("pad").state == GOING
    with pytest.raises(UserError, match="can't be read"):
        keeping.import_progress(Progress(), tmp_path / "nothing.json")
    path.write_text("{")
    with pytest.raises(UserError, match="broken"):
        keeping.import_progress(Progress(), path)
    assert path.exists()


def test_the_file_lies_in_the_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert keeping.progress_file() == tmp_path / "cnntui" / "progress.json"
