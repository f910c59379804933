"""What somebody meant who typed a command that is none."""

from collections.abc import Iterable

# What other programs call it.
_ELSEWHERE = {
    "backup": "archive",
    "browse": "view",
    "clean": "gc",
    "compress": "optimize",
    "delete": "purge",
    "extract": "restore",
    "fix": "repair",
    "history": "log",
    "info": "stats",
    "list": "ls",
    "open": "view",
    "pack": "archive",
    "prune": "gc",
    "remove": "forget",
    "rm": "forget",
    "settings": "config",
    "shrink": "optimize",
    "status": "stats",
    "unarchive": "restore",
    "uninstall": "schedule",
    "unpack": "restore",
}


def unknown_command(name: str, known: Iterable[str]) -> str:
    """Say that there is no such command, and which one may be meant."""
    from difflib import get_close_matches

    names = list(known)
    meant = _ELSEWHERE.get(name.lower(), name.lower())
    close = [meant] if meant in names else get_close_matches(meant, names, 3)
    told = f"No such command {name!r}."
    if close:
        told += f" Did you mean {' or '.join(map(repr, close))}?"
    return told
