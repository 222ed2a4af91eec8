"""``python -m cnntui``: the same as the command ``cnntui``."""

from cnntui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
