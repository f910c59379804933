"""Where clients that keep threads in SQLite have pictures: their columns.

Another client is an entry here, whose databases are the places that it has in
`client_table`. An entry is of what was seen in the client's own database, or follows
from its source; what a client would send as it stands needs a format that knows that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assetstore.rows.column import Encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEntry:
    """A column with pictures in a client's databases.

    A value is a document's line: JSON or other text, in TEXT or in a BLOB. What came
    back is of the same type, byte for byte.

    Attributes:
        client: The client's name in `client_table`.
        table: The table.
        column: The column.
        format: The format that says what stands in a picture's place (`formats`);
            "json-lines": parts of public APIs become text parts, and what fills a
            string of a message elsewhere is left.
        encoding: "text", or how blobs that are a Zstandard frame are written
            (`row_packing`): they are read through it, and what would not be compressed
            to the same bytes again is left.
        thread: The column that says which thread a row is of; "": none does.
        changed: SQL that says when somebody was last at work on the thread of a row, in
            seconds since 1970, for jobs that leave what is younger; "", or where it
            does not fit the database: the file's time.
        sent: Whether the model is sent what it holds, rather than a copy.
        triggers: Triggers of the table that only note when a row was changed last:
            they are put aside while values change.
        lock: The file beside the database that the client holds locked; "": none.
        length: The column that says how many bytes the JSON has; "": none does.
    """

    client: str
    table: str
    column: str
    format: str = "json-lines"
    encoding: "Encoding" = "text"
    thread: str = ""
    changed: str = ""
    sent: bool = True
    triggers: tuple[str, ...] = ()
    lock: str = ""
    length: str = ""


def _opencode(client: str) -> tuple[RowEntry, ...]:
    """The columns of opencode, and of who writes as it does."""
    of_session = "(SELECT s.time_updated / 1000.0 FROM session s WHERE s.id = {})"
    return (
        RowEntry(
            client=client,
            table="part",
            column="data",
            format="opencode",
            thread="session_id",
            changed=of_session.format("session_id"),
        ),
        # What it wrote down of a part each time that one changed, for other servers.
        RowEntry(
            client=client,
            table="event",
            column="data",
            format="opencode",
            thread="aggregate_id",
            changed=of_session.format("aggregate_id"),
            sent=False,
        ),
        # Of version 2, which is tried out: its pictures are told, and left.
        RowEntry(
            client=client,
            table="session_message",
            column="data",
            format="opencode",
            thread="session_id",
            changed=of_session.format("session_id"),
        ),
    )


_OPENCLAW: "tuple[tuple[str, Encoding], ...]" = (
    ("event_json", "text"),
    ("event_zstd", "zstd-1"),
)


def _open_webui() -> Iterator[RowEntry]:
    """A chat with all its messages, each message again, and chats that are shared."""
    of_chat = "(SELECT c.updated_at FROM chat c WHERE c.id = chat_message.chat_id)"
    for table, column, thread, changed in (
        ("chat", "chat", "id", "updated_at"),
        ("chat_message", "files", "chat_id", of_chat),
        ("shared_chat", "chat", "chat_id", "updated_at"),
    ):
        yield RowEntry(
            client="open-webui",
            table=table,
            column=column,
            format="open-webui",
            thread=thread,
            changed=changed,
            sent=table != "shared_chat",
        )


def _openclaw() -> Iterator[RowEntry]:
    """An event is JSON in one of two columns, and its length stands beside it."""
    for column, encoding in _OPENCLAW:
        yield RowEntry(
            client="openclaw",
            table="transcript_events",
            column=column,
            encoding=encoding,
            thread="session_id",
            changed="(SELECT w.updated_at / 1000.0 FROM session_windows w "
            "WHERE w.session_id = transcript_events.session_id)",
            length="event_utf8_bytes",
        )


ROWS = (
    *_opencode("opencode"),
    *_opencode("kilo"),
    RowEntry(
        client="goose",
        table="messages",
        column="content_json",
        thread="session_id",
        changed="(SELECT CAST(strftime('%s', s.updated_at) AS REAL) FROM sessions s "
        "WHERE s.id = messages.session_id)",
    ),
    *_open_webui(),
    RowEntry(
        client="crush",
        table="messages",
        column="parts",
        format="crush",
        thread="session_id",
        changed="(SELECT s.updated_at FROM sessions s "
        "WHERE s.id = messages.session_id)",
        triggers=(
            "update_messages_updated_at",
            "update_session_message_count_on_delete",
        ),
        lock="crush.lock",
    ),
    RowEntry(
        client="zed",
        table="threads",
        column="data",
        format="zed",
        encoding="zstd",
        thread="id",
        changed="CAST(strftime('%s', updated_at) AS REAL)",
    ),
    *_openclaw(),
)
