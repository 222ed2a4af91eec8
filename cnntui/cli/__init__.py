"""The entry point: tells the version at once, and leaves everything else to ``running``.

Imports nothing but ``sys``: the module ``typing`` alone doubles the time of ``--version``.
"""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code; 2 for what the user got wrong."""
    argv = sys.argv[1:] if argv is None else argv
    if argv == ["--version"]:
        from cnntui import __version__

        try:
            print(f"cnntui {__version__}", flush=True)
            return 0
        except OSError:  # the reader has gone, or the disk is full: running says so
            pass
    from cnntui.cli.running import run

    return run(argv)
