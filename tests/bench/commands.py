"""The commands that are measured, and their reference."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
CNNTUI = str(Path(sys.executable).with_name("cnntui"))
LABEL = (PYTHON, str(Path(__file__).with_name("reference") / "label.py"))
DATA_TABLE = (PYTHON, str(Path(__file__).with_name("reference") / "datatable.py"))
