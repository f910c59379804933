"""What is known of each client, for its own page; docs/generate.py puts it there."""

from collections.abc import Iterator

from assetstore.agents.client_table import CLIENTS, KnownClient
from assetstore.agents.row_table import ROWS
from assetstore.cli import COMMANDS

_ALL = ("archive", "restore", "doctor", "rescue", "handoff", "show", "export")
_KEPT = {
    "text": "logs that are text: JSON Lines, or JSON",
    "rows": "rows of SQLite ([sqlite.md](sqlite.md))",
    "own": "files of its own",
}
_SURE = {
    "run": "The tests started the client itself, version {}, before and after.",
    "by its source": "It follows from its source; nobody ran it here.",
    "by reports": "It is what its users write, and nothing more.",
}


def client_part(client: KnownClient) -> Iterator[str]:
    """The part of a client's page that follows from its entries."""
    yield f"\n{_SURE[client.sure].format(client.versions)}\n"
    if client.note:
        yield f"To be known: {client.note}.\n"
    yield "\n| | |\n|---|---|\n"
    places = "<br>".join(f"`{place}`" for place in client.places).replace("|", r"\|")
    yield f"| Its threads | {places} |\n| Kept as | {_KEPT[client.kept]} |\n"
    entries = [entry for entry in ROWS if entry.client == client.name]
    if entries:
        columns = (
            f"`{entry.table}.{entry.column}`" + ("" if entry.sent else " (a copy)")
            for entry in entries
        )
        yield f"| Columns with pictures | {', '.join(columns)} |\n"
    left = [name for name in _ALL if name not in client.can]
    if not client.can:
        yield "\nNothing can be done here: its pictures are left, and told.\n"
        return
    yield "\n| Command | |\n|---|---|\n"
    for name in client.can:
        yield f"| `{name}` | {COMMANDS[name]} |\n"
    if left:
        yield f"\nNot here: {', '.join(f'`{name}`' for name in left)}.\n"


def clients_part() -> Iterator[str]:
    """The table of all clients."""
    yield "\n| Client | Works | Known | Its threads | |\n|---|---|---|---|---|\n"
    for client in CLIENTS:
        works = ", ".join(f"`{name}`" for name in client.can) or "nothing"
        places = "<br>".join(f"`{place}`" for place in client.places)
        cells = (
            f"[{client.title}]({client.name}.md)",
            works,
            client.known,
            places.replace("|", r"\|"),
            client.note,
        )
        yield f"| {' | '.join(cells)} |\n"


def by_commands() -> Iterator[str]:
    """The clients with which commands work."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for client in sorted(CLIENTS, key=lambda client: -len(client.can)):
        known = f"{client.title} ({client.known})"
        groups.setdefault(client.can, []).append(known)
    yield "\n| Commands | Clients |\n|---|---|\n"
    for can, clients in groups.items():
        words = ", ".join(f"`{name}`" for name in can) or "none: its pictures are left"
        yield f"| {words} | {', '.join(clients)} |\n"
