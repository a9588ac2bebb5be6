"""Where the program begins: `timbrespace` and `python -m timbrespace`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line. Ctrl-C while the program is still being loaded is one line, too."""
    try:
        from timbrespace.cli import app

        return app.main()
    except KeyboardInterrupt:
        print("timbrespace: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
