"""The real Open WebUI's server, in a folder of its own, with no way out but a mock."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import platformdirs
from filelock import FileLock

from support.client import CLOSED, NOWHERE
from support.mock_chat import MockChat
from support.samples import uri
from support.served import JSON, Answer

VERSION = "0.12.4"
_MODEL = "made-up"
# What a chat does without: models on this machine, other databases and clouds.
_NOT_NEEDED = re.compile(
    "accelerate|sentence|transformers|onnxruntime|faster-whisper|opencv|rapidocr|pyarrow"
    "|azure-ai|boto3-stubs|einops|pypandoc|chromadb|pandas|soundfile|opensearch|pymysql"
    "|psycopg|rank-bm25|hiredis"
)
_MORE = ("typer", "python-dateutil", "qdrant-client==1.18.0")
_WAIT = 120


def install(version: str = VERSION) -> Path | None:
    """Its Python, installed from PyPI and kept; None: not reachable, or too new."""
    if sys.version_info >= (3, 13):
        return None
    named = os.environ.get("ASSETSTORE_TEST_OPEN_WEBUI")
    cache = platformdirs.user_cache_path("assetstore-tests", appauthor=False)
    folder = (Path(named) if named else cache / "open-webui") / version
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            pip = [str(python), "-m", "pip", "install", "-q", "--retries", "1"]
            first = subprocess.run([*pip, "--no-deps", f"open-webui=={version}"])
            if first.returncode:
                return None
            (about,) = folder.rglob("open_webui-*.dist-info/METADATA")
            wanted = re.findall(r"^Requires-Dist: ([^;\n]+)$", about.read_text(), re.M)
            needed = [name for name in wanted if not _NOT_NEEDED.match(name)]
            subprocess.run([*pip, *needed, *_MORE], check=True)
            (folder / "done").touch()
    return python


@dataclass(slots=True, kw_only=True)
class OneModel(MockChat):
    """The API, with a model that can be chosen."""

    def got(self, path: str) -> Answer | None:
        """Its models."""
        model = {"id": _MODEL, "object": "model", "owned_by": "openai"}
        return 200, JSON, json.dumps({"object": "list", "data": [model]}).encode()


class OpenWebUi:
    """A server; a context manager, which may be entered again."""

    def __init__(self, python: Path, folder: Path, url: str):
        self._folder = folder
        self._python = python
        self._url = url
        self._token = ""
        (folder / "data").mkdir(parents=True)

    @property
    def database(self) -> Path:
        """Where its chats are."""
        return self._folder / "data" / "webui.db"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **CLOSED,
            "HOME": str(self._folder),
            "DATA_DIR": str(self._folder / "data"),
            "FROM_INIT_PY": "true",
            "WEBUI_AUTH": "False",
            "WEBUI_SECRET_KEY": "none",
            "OFFLINE_MODE": "True",
            "ANONYMIZED_TELEMETRY": "False",
            "DO_NOT_TRACK": "true",
            "SCARF_NO_ANALYTICS": "true",
            "ENABLE_OLLAMA_API": "False",
            "OPENAI_API_BASE_URL": self._url,
            "OPENAI_API_KEY": "none",
            "RAG_EMBEDDING_ENGINE": "openai",
            "VECTOR_DB": "qdrant",
            "QDRANT_URI": NOWHERE,
        }

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        module = [str(self._python), "-m", "uvicorn", "open_webui.main:app"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*module, "--host", "127.0.0.1", "--port", str(self._port)],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + _WAIT
        while True:
            try:
                self.call("/health")
                break
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    self._process.kill()
                    said = (self._folder / "log").read_text("utf-8")
                    raise RuntimeError(f"no server: {said[-2000:]}") from None
                time.sleep(0.2)
        nobody = {"email": "", "password": ""}
        self._token = self.call("/api/v1/auths/signin", nobody)["token"]
        self.call("/api/models")
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def call(self, path: str, asked: dict[str, Any] | None = None) -> Any:
        """Ask it something; None: it said nothing."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self._port, timeout=_WAIT)
        ) as connection:
            connection.request(
                "GET" if asked is None else "POST",
                path,
                body=None if asked is None else json.dumps(asked),
                headers={
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {self._token}",
                },
            )
            answer = connection.getresponse()
            said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said[:500]!r}")
        return json.loads(said) if said.startswith((b"{", b"[")) else None

    def chat(self) -> dict[str, Any]:
        """Its newest chat."""
        name = self.call("/api/v1/chats/")[0]["id"]
        chat: dict[str, Any] = self.call(f"/api/v1/chats/{name}")
        return chat

    def say(self, text: str, *pictures: bytes, chat: str = "", parent: str = "") -> str:
        """Say something, as its page does, and wait for the answer's end.

        Args:
            text: The words.
            pictures: Files that were pasted.
            chat: The chat's name; "": a new one.
            parent: The answer that it follows on; "": none.

        Returns:
            The answer's name.
        """
        asked, answer = str(uuid.uuid4()), str(uuid.uuid4())
        message: dict[str, Any] = {
            "id": asked,
            "parentId": parent or None,
            "childrenIds": [answer],
            "role": "user",
            "content": text,
            "models": [_MODEL],
        }
        if pictures:
            files = [{"type": "image", "url": uri(data)} for data in pictures]
            message["files"] = files
        request: dict[str, Any] = {
            "model": _MODEL,
            "stream": True,
            "parent_id": parent or None,
            "user_message": message,
            "message_ids": [{"model_id": _MODEL, "message_id": answer}],
            "messages": [{"role": "user", "content": text}],
        }
        if chat:
            request["chat_id"] = chat
        self.call("/api/chat/completions", request)
        end = time.monotonic() + _WAIT
        while time.monotonic() < end:
            said = self.chat()["chat"]["history"]["messages"]
            if said.get(answer, {}).get("done"):
                return answer
            time.sleep(0.2)
        raise RuntimeError("no answer")
