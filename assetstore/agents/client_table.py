"""The clients that are known: where they keep threads, and what can be done there.

Facts are from the clients' own sources and from reports of their users; what was run
says so. A client that was not run is left alone wherever its source leaves doubts.
"""

from dataclasses import dataclass
from typing import Literal

# What can be done: everything; taking pictures out and putting them back; all but
# moving a thread to another machine; nothing.
_ALL = ("archive", "restore", "doctor", "rescue", "handoff", "show", "export")
_SOME = ("archive", "restore")
_IN_PLACE = _ALL[:-1]
_ROWS_TOO = (*_SOME, "doctor", "rescue")

# How a client writes: JSON Lines or JSON; rows of SQLite; files of its own.
Kept = Literal["text", "rows", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownClient:
    """A client, by where it keeps its threads.

    Attributes:
        name: A short name.
        title: What people call it.
        places: Files, as globs: "~" is the user's folder, "$data" and "$app" where
            programs keep data and settings, and a variable's name, in braces, with
            the folder that it stands for if it is not set: "{CODEX_HOME|~/.codex}".
            "list.json>member/file": a file in each folder that a member of one of the
            list's projects names.
        kept: How it writes.
        can: The commands that work on these files.
        sure: How it is known.
        versions: Which ones were run, or "".
        note: What is to be said besides, or "".
    """

    name: str
    title: str
    places: tuple[str, ...]
    kept: Kept = "text"
    can: tuple[str, ...] = _SOME
    sure: Literal["run", "by its source", "by reports"] = "by its source"
    versions: str = ""
    note: str = ""

    @property
    def known(self) -> str:
        """Say how it is known."""
        return f"{self.sure} on {self.versions}" if self.versions else self.sure


_VSCODE = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")
_XDG = "{XDG_DATA_HOME|~/.local/share}"
_LOCAL = "{LOCALAPPDATA|~/AppData/Local}"
_CLOSED = "close it first; 'archive --vacuum' gives the room back"
_ROWS = "'archive --sqlite' takes a column that is named, at one's own risk"


def _in_vscode(below: str) -> tuple[str, ...]:
    return tuple(f"$app/{name}/User/{below}" for name in _VSCODE)


CLIENTS = (
    KnownClient(
        name="codex",
        title="Codex",
        places=(
            "{CODEX_HOME|~/.codex}/sessions/**/rollout-*.jsonl*",
            "{CODEX_HOME|~/.codex}/archived_sessions/rollout-*.jsonl*",
            "~/.openclaw/agents/*/agent/codex-home/sessions/**/rollout-*.jsonl*",
        ),
        can=_ALL,
        sure="run",
        versions="0.98 to 0.171",
    ),
    KnownClient(
        name="claude-code",
        title="Claude Code",
        places=(
            "{CLAUDE_CONFIG_DIR|~/.claude}/projects/**/*.jsonl",
            "~/.openclaude/projects/**/*.jsonl",
            "$app/Claude/local-agent-mode-sessions/**/projects/*/*.jsonl",
        ),
        can=_ALL,
        sure="run",
        versions="2.0.77 to 2.1.332",
    ),
    # In front of pi, whose home a variable may put anywhere.
    KnownClient(
        name="oh-my-pi",
        title="oh-my-pi",
        places=("~/.omp/agent/sessions/--*--/*.jsonl",),
        sure="run",
        versions="18.2.3",
        note="it keeps pictures in files of its own, by their hashes; those stay",
    ),
    KnownClient(
        name="pi",
        title="pi",
        places=("{PI_CODING_AGENT_DIR|~/.pi/agent}/sessions/--*--/*.jsonl",),
        can=_ALL,
        sure="run",
        versions="0.73.1",
    ),
    KnownClient(
        name="gemini-cli",
        title="Gemini CLI",
        places=("{GEMINI_CLI_HOME|~}/.gemini/tmp/*/chats/session-*.json*",),
        can=_ALL,
        sure="run",
        versions="0.61.0",
        note="it deletes chats after 30 days, unless told otherwise",
    ),
    KnownClient(
        name="qwen-code",
        title="Qwen Code",
        places=(
            "{QWEN_HOME|~/.qwen}/projects/*/chats/*.jsonl",
            "{QWEN_HOME|~/.qwen}/projects/*/chats/archive/*.jsonl",
        ),
        can=_ALL,
        sure="run",
        versions="0.24.4",
    ),
    KnownClient(
        name="kimi-cli",
        title="Kimi CLI",
        places=("{KIMI_SHARE_DIR|~/.kimi}/sessions/**/*.jsonl",),
        can=_IN_PLACE,
        sure="run",
        versions="1.51.0",
    ),
    KnownClient(
        name="continue",
        title="Continue",
        places=("{CONTINUE_GLOBAL_DIR|~/.continue}/sessions/*-*.json",),
        can=_ALL,
        sure="run",
        versions="1.5.47",
        note="its list takes the day of an archive for the day a session began",
    ),
    KnownClient(
        name="cline",
        title="Cline",
        places=(
            "{CLINE_DATA_DIR|~/.cline/data}/sessions/*/*.messages.json",
            "{CLINE_DATA_DIR|~/.cline/data}/sessions/*/*.compaction.json",
        ),
        can=_IN_PLACE,
        sure="run",
        versions="3.0.65",
        note="close the session first",
    ),
    KnownClient(
        name="cline-tasks",
        title="Cline up to 3, Roo, Kilo (Visual Studio Code)",
        places=(
            *_in_vscode("globalStorage/saoudrizwan.claude-dev/tasks/*/*.json"),
            *_in_vscode("globalStorage/rooveterinaryinc.roo-cline/tasks/*/*.json"),
            *_in_vscode("globalStorage/kilocode.kilo-code/tasks/*/*.json"),
            "~/.cline/data/tasks/*/*.json",
        ),
        note="close the task first",
    ),
    KnownClient(
        name="copilot-chat",
        title="Copilot Chat (Visual Studio Code)",
        places=(
            *_in_vscode("workspaceStorage/*/chatSessions/*.json*"),
            *_in_vscode("globalStorage/emptyWindowChatSessions/*.json*"),
        ),
        can=(),
        note="it decodes a picture where that stands, and could not open words there; "
        "one that it writes as numbers is not counted",
    ),
    KnownClient(
        name="copilot-cli",
        title="Copilot CLI",
        places=("{COPILOT_HOME|~/.copilot}/session-state/*/events.jsonl",),
        sure="run",
        versions="1.0.102",
        note="it reads a picture again whose file is still there",
    ),
    KnownClient(
        name="opencode",
        title="opencode",
        places=(f"{_XDG}/opencode/opencode*.db",),
        kept="rows",
        can=_ROWS_TOO,
        sure="run",
        versions="1.18.33",
        note=_CLOSED,
    ),
    KnownClient(
        name="kilo",
        title="Kilo (command line)",
        places=(f"{_XDG}/kilo/kilo*.db",),
        kept="rows",
        can=_ROWS_TOO,
        sure="run",
        versions="7.7.9",
        note=_CLOSED,
    ),
    KnownClient(
        name="mimocode",
        title="MiMoCode",
        places=(f"{_XDG}/mimocode/mimocode*.db",),
        kept="rows",
        can=(),
        sure="by reports",
        note=_ROWS,
    ),
    KnownClient(
        name="goose",
        title="goose",
        places=(
            f"{_XDG}/goose/sessions/sessions.db",
            "$app/Block/goose/data/sessions/sessions.db",
        ),
        kept="rows",
        can=_ROWS_TOO,
        sure="run",
        versions="1.52.0",
        note=_CLOSED,
    ),
    KnownClient(
        name="crush",
        title="Crush",
        places=(
            f"{_XDG}/crush/projects.json>data_dir/crush.db",
            f"{_LOCAL}/crush/projects.json>data_dir/crush.db",
            "~/.crush/crush.db",
        ),
        kept="rows",
        note=_CLOSED,
    ),
    KnownClient(
        name="open-webui",
        title="Open WebUI",
        places=(
            "{DATA_DIR|~/.open-webui}/webui.db",
            "~/.local/lib/python*/site-packages/open_webui/data/webui.db",
            "/var/lib/docker/volumes/open-webui/_data/webui.db",
        ),
        kept="rows",
        can=_ROWS_TOO,
        sure="run",
        versions="0.12.4",
        note=f"{_CLOSED}; what it keeps in PostgreSQL is not touched",
    ),
    KnownClient(
        name="openclaw",
        title="OpenClaw",
        places=(
            "{OPENCLAW_STATE_DIR|~/.openclaw}/agents/*/agent/openclaw-agent.sqlite",
        ),
        kept="rows",
        can=_ROWS_TOO,
        sure="run",
        versions="2026.9.6",
        note=f"{_CLOSED}; what it has put into sessions/cold stays",
    ),
    KnownClient(
        name="zed",
        title="Zed",
        places=(
            "$data/zed/threads/threads.db",
            f"{_LOCAL}/Zed/threads/threads.db",
            "~/.var/app/dev.zed.Zed/data/zed/threads/threads.db",
        ),
        kept="rows",
        note=_CLOSED,
    ),
    KnownClient(
        name="cursor",
        title="Cursor",
        places=(
            "$app/Cursor/User/globalStorage/state.vscdb",
            "~/.cursor/chats/*/*/store.db",
        ),
        kept="rows",
        can=(),
        sure="by reports",
        note="it calls pictures by their hashes; they are never changed",
    ),
)
