"""Names that Windows cannot give to a file, or that mean something else there.

A device is in every folder, whatever follows its name; a colon leads into a stream
beside a file's bytes; dots and spaces at the end are left out ("Naming Files, Paths,
and Namespaces" of Microsoft).
"""

import os
import re

from assetstore.patterns import later

# Whether names are to be such that Windows can have them.
NEEDED = os.name == "nt"
_DEVICE = later(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])"
    r" *(?:\..*)?",
    re.IGNORECASE | re.DOTALL,
)
_NONE = frozenset('<>:"/\\|?*') | frozenset(map(chr, range(32)))
# How many units of UTF-16 a name has at most.
_LONGEST = 255


def is_name(name: str) -> bool:
    """Tell whether a file on Windows can have a name, and is found by it."""
    return (
        bool(name)
        and not name.endswith((".", " "))
        and _NONE.isdisjoint(name)
        and len(name.encode("utf-16-le", "surrogatepass")) <= 2 * _LONGEST
        and _DEVICE.fullmatch(name) is None
    )
