"""A server of the Model Context Protocol with a tool ``draw``, whose result is a file.

Run by itself, with the file's path: a client starts it.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

_TOOL = {"name": "draw", "description": "Draws.", "inputSchema": {"type": "object"}}


def _result(method: str, params: dict[str, Any], picture: Path) -> dict[str, Any]:
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "test", "version": "1"},
        }
    if method == "tools/call":
        data = base64.b64encode(picture.read_bytes()).decode()
        part = {"type": "image", "data": data, "mimeType": "image/png"}
        return {"content": [{"type": "text", "text": "drawn"}, part]}
    return {"tools": [_TOOL]} if method == "tools/list" else {}


def main() -> None:
    """Answer what is asked, until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" in asked:
            params = asked.get("params", {})
            result = _result(asked["method"], params, Path(sys.argv[1]))
            answer = {"jsonrpc": "2.0", "id": asked["id"], "result": result}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
