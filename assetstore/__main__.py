"""Run the command line with ``python -m assetstore``."""

import os
import sys
from pathlib import Path

# pythonw, which a task of Windows runs, has no streams at all.
if sys.stdout is None or sys.stderr is None:
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere

from assetstore.cli import main

if __name__ == "__main__":
    main()
