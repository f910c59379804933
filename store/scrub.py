"""Check a store."""

from assetstore.progress import Progress
from assetstore.store.reports import Finding as Finding
from assetstore.store.reports import VerifyReport as VerifyReport
from assetstore.store.store import Store


def verify(
    store: Store,
    *,
    read_data: bool = False,
    subset: str | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Check a store (in the making)."""
    return VerifyReport(read_data=read_data)
