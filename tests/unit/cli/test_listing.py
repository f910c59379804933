"""The order of what is listed."""

from typing import Any

import pytest

from assetstore.cli.listing import BLOB_KEYS, DOCUMENT_KEYS, Order
from assetstore.errors import UsageError

ROWS: list[dict[str, Any]] = [
    {
        "path": path,
        "source_size": size,
        "slim_size": number,
        "payloads": payloads,
        "state": state,
        "archived": f"2026-01-0{4 - number}T00:00:00Z",
    }
    for number, (path, size, payloads, state) in enumerate(
        [("/b", 5, 9, "present"), ("/a", 40, 1, "missing"), ("/c", 5, 2, "changed")], 1
    )
]


def paths(order: Order) -> str:
    rows, add = order.rows()
    for row in ROWS:
        add(row)
    found = list(rows)
    assert len(rows) == len(found)
    return "".join(row["path"].strip("/") for row in found)


@pytest.mark.parametrize(
    ("by", "expected", "reversed"),
    [
        (None, "bac", "cba"),
        ("path", "abc", "cba"),
        ("size", "abc", "bca"),
        ("now", "cab", "bac"),
        ("payloads", "bca", "acb"),
        ("since", "bac", "cab"),
        ("state", "cab", "bac"),
    ],
)
def test_rows_are_sorted(by: str | None, expected: str, reversed: str) -> None:
    assert paths(Order(by)) == expected
    assert paths(Order(by, reverse=True)) == reversed
    assert paths(Order(by, limit=2)) == expected[:2]
    assert paths(Order(by, limit=9)) == expected


def test_documents_are_not_sorted_as_blobs() -> None:
    with pytest.raises(UsageError, match="documents are not sorted by type"):
        Order("type").rows()
    with pytest.raises(UsageError, match="blobs are not sorted by payloads"):
        Order("payloads", blobs=True).rows()


@pytest.mark.parametrize("size", [-1, 2**63, 10**40, float("inf"), float("nan")])
def test_any_number_has_a_place(size: float) -> None:
    for key, _ in (DOCUMENT_KEYS["size"], BLOB_KEYS["size"]):
        assert len(key({"source_size": size, "size": size})) == 30
