"""Tell agents about the MCP server."""

import json
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.mcp_check import ask_server, check_package
from assetstore.cli.output import Output, printable
from assetstore.config.load import NONE
from assetstore.errors import SourceRefused
from assetstore.files.durable import make_folder
from assetstore.files.replace import Draft, absolute
from assetstore.formats.registry import home_shapes

# What says where the store, its state and its cache are.
_FOLDERS = (
    *("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"),
    "ASSETSTORE_CONFIG",
)


def install_outcome(
    run: Run, client: str, paths: Sequence[Path], *, write: bool
) -> Outcome:
    """The lines that a client's configuration needs, written there if asked for.

    They have what a client does not pass on to the server: where the store is, and the
    folders that the environment names. The server is started with them, and answers,
    before anything is said or written.

    Raises:
        AssetstoreError: The package is missing, or the server does not answer.
        SourceRefused: There is something of that name already, or the file is not
            what it should be.
        StoreNotFound: There is no store.
    """
    check_package()
    with run.store():  # which the server opens each time
        pass
    # Safe path: it is started in a project's folder, whose modules are not ours.
    words = ["-P", "-m", "assetstore", "mcp"]
    words += ["--store", os.path.abspath(run.store_path)]
    words += [os.path.abspath(path) for path in paths]
    given = _given(os.environ)
    command = sys.executable
    if client == "codex":
        home = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
        target = home / "config.toml"
        text = _table(command, words, given)
        changed = _with_table(target, text)
    else:
        folder = os.environ.get("CLAUDE_CONFIG_DIR")
        target = Path(folder or Path.home()) / ".claude.json"
        entry = {"type": "stdio", "command": command, "args": words, "env": given}
        text = json.dumps({"mcpServers": {"assetstore": entry}}, indent=2) + "\n"
        changed = _with_entry(target, entry)
    whole = _encoded(changed, target)
    tools = ask_server([command, *words], given)
    if write:
        make_folder(target.parent, 0o777)
        with Draft(absolute(target)) as draft:
            draft.write(whole)
            draft.publish(like=target if target.exists() else None)

    def view(output: Output) -> None:
        verb = "written to" if write else "for"
        output.line(text.rstrip("\n"))
        output.remark("note", f"{verb} {printable(str(target))}", "blue")
        output.remark("note", f"the server answers: {', '.join(tools)}", "blue")

    result = {"client": client, "file": str(target), "text": text, "written": write}
    return Outcome(result={**result, "tools": tools}, view=view)


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an environment says of folders, made absolute."""
    names = [*_FOLDERS, *(shape.variable for shape in home_shapes().values())]
    found = {name: environ[name] for name in names if environ.get(name)}
    return {
        name: value if value == NONE else os.path.abspath(value)
        for name, value in found.items()
    }


def _table(command: str, words: Sequence[str], given: Mapping[str, str]) -> str:
    """A table of TOML; a string or list of strings of JSON is one there, too."""
    lines = [
        "[mcp_servers.assetstore]",
        f"command = {_quoted(command)}",
        f"args = {_quoted(list(words))}",
        "startup_timeout_sec = 60",
    ]
    if given:
        pairs = (f"{name} = {_quoted(value)}" for name, value in given.items())
        lines.append(f"env = {{ {', '.join(pairs)} }}")
    return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _encoded(text: str, path: Path) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as e:
        raise SourceRefused(
            f"a folder's name is no UTF-8 and cannot be written to {path}",
            hint="Use another folder for the store.",
            path=str(path),
        ) from e


def _with_table(path: Path, text: str) -> str:
    try:
        old = path.read_text("utf-8") if path.exists() else ""
        new = old + ("\n" if old and not old.endswith("\n") else "") + text
        known = tomllib.loads(old).get("mcp_servers")
        if isinstance(known, dict) and "assetstore" in known:
            raise _there(path)
        tomllib.loads(new)
    except ValueError as e:
        raise SourceRefused(
            f"the table cannot be added to {path}: {e}",
            hint="Put it there by hand.",
            path=str(path),
        ) from e
    return new


def _with_entry(path: Path, entry: dict[str, Any]) -> str:
    try:
        old = json.loads(path.read_text("utf-8")) if path.exists() else {}
        servers = old.setdefault("mcpServers", {})
        if not isinstance(servers, dict):
            raise ValueError("its mcpServers are no object")
    except (ValueError, AttributeError) as e:
        raise SourceRefused(
            f"{path} is not what it should be: {e}", path=str(path)
        ) from e
    if "assetstore" in servers:
        raise _there(path)
    servers["assetstore"] = entry
    return json.dumps(old, indent=2, ensure_ascii=False) + "\n"


def _there(path: Path) -> SourceRefused:
    return SourceRefused(
        f"{path} has a server called assetstore already",
        hint="Remove it there first.",
        path=str(path),
    )
