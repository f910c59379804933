"""Regular expressions that are compiled when they are first used.

Python compiles those of a module whenever that is imported, in each process anew. Most
of what tells one document from another is for documents that few have, and compiling
it all took longer than archiving a short one.
"""

import re
from typing import Any, AnyStr, cast


def later(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """An expression as `re.compile` gives it, that is not compiled yet."""
    return cast("re.Pattern[AnyStr]", _Later(pattern, flags))


class _Later:
    """Compiles an expression when one of its methods is asked for."""

    def __init__(self, pattern: str | bytes, flags: int):
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Be asked this once for each method; from then on it is an attribute."""
        method = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, method)
        return method
