"""The script ``assetstore``, which is also ``python -m assetstore``."""

import contextlib
import gc
import sys
from typing import NoReturn

from assetstore.version import __version__

# New objects after which Python looks for unused ones; 700 by default.
_COLLECT_AFTER = 50_000


def main() -> NoReturn:
    """Run the command line.

    Nearly all objects of a short command are made by imports and live to its end.
    Python would walk through them again and again as they come, and twice more when
    the process ends: a fifth of such a command's time.
    """
    gc.set_threshold(_COLLECT_AFTER)
    try:
        if sys.argv[1:] in (["--version"], ["-V"]):
            # What cannot be written is told by who writes all else.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stdout.write(f"assetstore {__version__}\n")
                sys.stdout.flush()
                sys.exit(0)
        from assetstore.cli import main

        main()
    except KeyboardInterrupt:  # before there is a command line to say so
        sys.exit(130)
    finally:
        gc.freeze()  # the end of the process collects what is left


if __name__ == "__main__":
    main()
