"""The tables in docs/lessons.md, made from the code: ``python -m tests.course.tables`` writes."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from cnntui.course.format.formulas import FUNCTIONS
from cnntui.course.pane_facts import facts_there
from cnntui.course.questions.topics import TOPICS
from cnntui.registry import entries

DOCS = Path(__file__).parents[2] / "docs" / "lessons.md"


def functions() -> list[str]:
    rows = ["| function | what it gives |", "| --- | --- |"]
    for name, function in FUNCTIONS.items():
        words = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                words.append("…")
            elif parameter.default is parameter.empty:
                words.append(parameter.name)
            else:
                words.append(f"{parameter.name}={parameter.default}")
        told = (function.__doc__ or "").partition("\n")[0].replace("``", "`").replace("|", "\\|")
        rows.append(f"| `{name}({', '.join(words)})` | {told} |")
    return rows


def topics() -> list[str]:
    rows = ["| `about` | what is asked | of |", "| --- | --- | --- |"]
    for topic in sorted(TOPICS.values(), key=lambda topic: topic.ask is None):
        of = "the pane on the screen" if topic.ask else "drawn numbers"
        rows.append(f"| `{topic.name}` | {topic.summary} | {of} |")
    return rows


def facts() -> list[str]:
    rows = []
    for entry in entries("panes"):
        table = facts_there(entry.name)
        if not table:
            continue
        rows += [f"### `{entry.name}`", "", "| fact | meaning |", "| --- | --- |"]
        rows += [f"| `{name}` | {told.replace('|', '/')} |" for name, told in table.items()]
        rows.append("")
    return rows[:-1]


def written(text: str) -> str:
    """The page with its tables made anew."""
    for name, rows in (("topics", topics()), ("functions", functions()), ("facts", facts())):
        made = "\n".join([f"<!-- {name} -->", *rows, "<!-- end -->"])
        pattern = rf"<!-- {name} -->.*?<!-- end -->"
        text = re.sub(pattern, lambda _, made=made: made, text, count=1, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    DOCS.write_text(written(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
