"""What is said of clients' columns is of clients and formats that there are."""

from assetstore.agents.client_table import CLIENTS
from assetstore.agents.row_table import ROWS
from assetstore.formats.registry import names


def test_each_is_of_a_client_that_keeps_rows() -> None:
    kept = {client.name: client.kept for client in CLIENTS}
    assert {kept[entry.client] for entry in ROWS} == {"rows"}


def test_each_has_a_format_that_reads_lines() -> None:
    assert {entry.format for entry in ROWS} <= set(names())


def test_each_column_is_there_once() -> None:
    columns = [(entry.client, entry.table, entry.column) for entry in ROWS]
    assert len(columns) == len(set(columns))


def test_who_has_columns_can_be_archived() -> None:
    can = {client.name: client.can for client in CLIENTS}
    for entry in ROWS:
        assert {"archive", "restore"} <= set(can[entry.client])
