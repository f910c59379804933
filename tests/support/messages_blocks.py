"""Blocks of a request to the Messages API, and how it refuses one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """A request that the API answers with an error.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, words: str, status: int = 400):
        super().__init__(words)
        self.status = status


@dataclass(slots=True)
class Block:
    """A content block of a request.

    Attributes:
        path: Where it stands, as the API's errors say it: ``messages.0.content.1``.
        value: The block.
    """

    path: str
    value: dict[str, Any]

    @property
    def data(self) -> str:
        """Its base64, or ""."""
        source = self.value.get("source")
        data = source.get("data") if isinstance(source, dict) else None
        return data if isinstance(data, str) else ""


def blocks_of(messages: list[dict[str, Any]]) -> Iterator[Block]:
    """Every content block, also those in results of tools, in order."""
    for number, message in enumerate(messages):
        content = message.get("content")
        if not isinstance(content, list):
            continue
        for place, value in enumerate(content):
            block = Block(f"messages.{number}.content.{place}", value)
            yield block
            inner = value.get("content")
            if value.get("type") == "tool_result" and isinstance(inner, list):
                for nth, part in enumerate(inner):
                    yield Block(f"{block.path}.tool_result.content.{nth}", part)


def only(value: dict[str, Any], allowed: Collection[str], path: str) -> None:
    """That a value has no other members.

    Raises:
        Refused: It has.
    """
    for key in value:
        if key not in allowed:
            raise Refused(f"{path}{key}: Extra inputs are not permitted")


def needs(value: dict[str, Any], keys: Collection[str], path: str) -> None:
    """That a value has some members.

    Raises:
        Refused: It lacks one.
    """
    for key in keys:
        if key not in value:
            raise Refused(f"{path}.{key}: Field required")
