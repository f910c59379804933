"""HTTP on 127.0.0.1, for what stands in for an API."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

# Status, content type and body.
Answer = tuple[int, str, bytes]

JSON = "application/json"


@dataclass(slots=True, kw_only=True)
class Served:
    """A server; a context manager.

    Attributes:
        unknown: Paths it does not know and was asked for.
    """

    unknown: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def got(self, path: str) -> Answer | None:
        """The answer to a GET; None: it does not know the path."""
        raise NotImplementedError

    def posted(self, path: str, body: bytes) -> Answer | None:
        """The answer to a POST; None: it does not know the path."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_HEAD(self) -> None:
                self._send((200, JSON, b""))

            def do_GET(self) -> None:
                self._send(api.got(self.path.split("?")[0]))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self._send(api.posted(self.path.split("?")[0], body))

            def _send(self, answer: Answer | None) -> None:
                if answer is None:
                    api.unknown.append(self.path)
                status, kind, body = answer or (404, JSON, b"{}")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
