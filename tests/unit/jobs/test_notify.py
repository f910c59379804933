"""Telling a monitor how a run went."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assetstore.jobs.notify import ping


class _Handler(BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]]

    def do_POST(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(404 if "gone" in self.path else 200)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[HTTPServer]:
    _Handler.asked = []
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_who_calls_is_told_to_the_monitor_alone(monitor: HTTPServer) -> None:
    place = f"127.0.0.1:{monitor.server_port}"
    assert ping(f"http://me:p%40ss@{place}/key?x=1", "/start") == ""
    said = f"Basic {base64.b64encode(b'me:p@ss').decode()}"
    assert _Handler.asked == [("/key/start?x=1", said)]
    problem = ping(f"http://me:p%40ss@{place}/gone-secret-key")
    assert problem.startswith(f"http://{place} could not be told: ")
    assert "404" in problem
    for secret in ("me:", "p%40ss", "p@ss", "secret-key"):
        assert secret not in problem


@pytest.mark.parametrize("place", ["127.0.0.1:1", "127.0.0.1:port", "[::1"])
def test_an_address_that_leads_nowhere(place: str) -> None:
    problem = ping(f"http://me:password@{place}/key")
    assert "could not be told" in problem
    assert "password" not in problem
