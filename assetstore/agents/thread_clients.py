"""The clients whose threads can be read, in the order in which they are asked."""

from pathlib import Path

from assetstore.agents.claude_code.client import CLAUDE_CODE
from assetstore.agents.cline_cli import CLINE
from assetstore.agents.codex.client import CODEX
from assetstore.agents.continue_cli import CONTINUE
from assetstore.agents.gemini_cli import GEMINI_CLI
from assetstore.agents.kimi_cli import KIMI_CLI
from assetstore.agents.pi import PI
from assetstore.agents.qwen_code import QWEN_CODE
from assetstore.agents.thread_client import ThreadClient

# Those that write what Claude Code's records have, too, come before it.
THREAD_CLIENTS: tuple[ThreadClient, ...] = (
    CODEX,
    PI,
    GEMINI_CLI,
    QWEN_CODE,
    CLAUDE_CODE,
    CONTINUE,
    CLINE,
    KIMI_CLI,
)


def client_named(name: str) -> ThreadClient | None:
    """The client with a name; None: there is none."""
    return next((client for client in THREAD_CLIENTS if client.name == name), None)


def client_at(path: Path) -> tuple[str, str]:
    """The client that a log is of, by its name, and the thread's id.

    Both are told by the place and the name; "" and the name without its ending where
    these do not tell.
    """
    for client in THREAD_CLIENTS:
        if found := client.thread_id(path):
            return client.name, found
    name = path.name.removesuffix(".zst")
    return "", name.removesuffix(".jsonl").removesuffix(".json")


def check_free(path: Path) -> None:
    """Refuse a log that its client holds, as far as what lies beside it tells.

    Raises:
        SourceInUse: It does.
        SourceRefused: What lies beside it cannot be brought along.
    """
    for client in THREAD_CLIENTS:
        client.check_free(path)


def is_place(text: str) -> bool:
    """Tell whether a text is where a client has a log, from its home on."""
    return any(client.places.fullmatch(text) for client in THREAD_CLIENTS)
