"""The options of ``cnntui learn``; imports no command, nor a lesson."""

from __future__ import annotations

import argparse

SUMMARY = "a course of short lessons that run on the panes"


def learn(command: argparse.ArgumentParser) -> None:
    """Give ``cnntui learn`` its options."""
    command.set_defaults(run="learn")
    add = command.add_argument
    add("lesson", nargs="?", metavar="LESSON", help="its id, number or title; else the course")
    add("--lessons", metavar="DIR", action="append", help="a folder of lessons beside cnntui's")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the lessons with their states")
    what.add_argument("--print", action="store_true", help="print the lesson, views as frames")
    what.add_argument("--check", nargs="?", const="", metavar="DIR", help="check a folder")
    what.add_argument("--export", metavar="FILE", help="write the progress to a file")
    what.add_argument("--import", metavar="FILE", dest="take", help="take a file's progress in")
    add("--json", action="store_true", help="with --list: print one JSON object")
    add("--out", metavar="F.md", help="with --print: write it to a file")
