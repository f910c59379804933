"""Collect what no document needs."""

from collections.abc import Sequence
from pathlib import Path

from assetstore.progress import Progress
from assetstore.store.reports import GcReport as GcReport
from assetstore.store.store import Store

GRACE = 14 * 86400.0


def collect(
    store: Store,
    *,
    grace: float = GRACE,
    dry_run: bool = False,
    scan: Sequence[Path] = (),
    progress: Progress | None = None,
) -> GcReport:
    """Remove what no document needs (in the making)."""
    return GcReport(dry_run=dry_run)
