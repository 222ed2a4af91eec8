"""A small lesson for the tests, and ways to break it; no test itself."""

from __future__ import annotations

from pathlib import Path

FRONT = '+++\nid = "small"\ntitle = "A small one"\nneeds = []\nminutes = 5\n+++\n'
VIEW = '```view\nlink = "conv?input=edge-6x6&kernel=sobel-x"\n```\n'
TASK = """```task
goal = "Make the output 6×6"
check = "output_shape == (6, 6)"
hints = ["Pad it.", "Press p."]
solution = ["p"]
note = "Padding {{ 1 }}."
```
"""
QUIZ = """```quiz
kind = "choice"
ask = "Which?"
options = [
  { text = "this", right = true, why = "yes" },
  { text = "that", why = "no" },
]
```
"""
PREDICT = '```predict\nabout = "cell"\n```\n'
SMALL = f"{FRONT}\n## First\n\nWords, [[p]].\n\n{VIEW}\n{TASK}\n## Last\n\n{QUIZ}\n{PREDICT}"


def in_folder(folder: Path, **lessons: str) -> Path:
    """Write lessons by the names of their files."""
    for name, text in lessons.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def line_of(text: str, part: str) -> int:
    """The line on which a part of a text begins."""
    return text[: text.index(part)].count("\n") + 1
