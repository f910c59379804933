"""Archive embedded media into a deduplicated, content-addressed store.

    with assetstore.Store.open("pictures", create=True) as store:
        report = assetstore.archive_paths(store, ["session.jsonl"])
        assetstore.restore_paths(store, ["session.jsonl"])

Everything listed in ``__all__`` is the public interface; so are the errors in
`assetstore.errors`. Names are imported when they are first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from assetstore.version import __version__

if TYPE_CHECKING:
    from assetstore.agents.bundle import BundleReport, export, import_bundle
    from assetstore.agents.diagnose import Diagnosis
    from assetstore.agents.doctor import DoctorReport, examine
    from assetstore.agents.find import Thread, find_threads
    from assetstore.agents.handoff import Handoff, hand_off
    from assetstore.agents.rescue import RescueOptions, RescueReport, rescue, undo
    from assetstore.archiver.run import (
        ArchiveOptions,
        archive_file,
        archive_paths,
        archive_stream,
    )
    from assetstore.documents.catalog import (
        Document,
        MediaBlob,
        find_blob,
        forget,
        list_documents,
        media_blobs,
    )
    from assetstore.documents.upkeep import collect, repair
    from assetstore.errors import AssetstoreError
    from assetstore.opening import open_store
    from assetstore.progress import Progress
    from assetstore.restore.run import (
        RestoreOptions,
        extract,
        restore_file,
        restore_paths,
        restore_stream,
    )
    from assetstore.results import FileResult, Report
    from assetstore.store.check.verify import verify
    from assetstore.store.format.blob import BlobId, Kind
    from assetstore.store.gc.retention import Retention
    from assetstore.store.known_stores import KnownStores
    from assetstore.store.optimize.optimize import optimize
    from assetstore.store.purge.purge import PurgeReport, purge
    from assetstore.store.repair.index import RebuildReport, rebuild_index
    from assetstore.store.reports import (
        Decision,
        Finding,
        GcReport,
        OptimizeReport,
        RepairReport,
        VerifyReport,
    )
    from assetstore.store.stats import StoreStats, stats
    from assetstore.store.store import Store

_MODULES = {
    "archiver.run": "ArchiveOptions archive_file archive_paths archive_stream",
    "documents.catalog": (
        "Document MediaBlob find_blob forget list_documents media_blobs"
    ),
    "documents.upkeep": "collect repair",
    "errors": "AssetstoreError",
    "progress": "Progress",
    "restore.run": "RestoreOptions extract restore_file restore_paths restore_stream",
    "results": "FileResult Report",
    "store.format.blob": "BlobId Kind",
    "store.known_stores": "KnownStores",
    "opening": "open_store",
    "store.optimize.optimize": "optimize",
    "store.purge.purge": "PurgeReport purge",
    "store.repair.index": "RebuildReport rebuild_index",
    "store.reports": (
        "Decision Finding GcReport OptimizeReport RepairReport VerifyReport"
    ),
    "store.gc.retention": "Retention",
    "store.check.verify": "verify",
    "store.stats": "StoreStats stats",
    "store.store": "Store",
    "agents.bundle": "BundleReport export import_bundle",
    "agents.diagnose": "Diagnosis",
    "agents.doctor": "DoctorReport examine",
    "agents.find": "Thread find_threads",
    "agents.handoff": "Handoff hand_off",
    "agents.rescue": "RescueOptions RescueReport rescue undo",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "ArchiveOptions",
    "AssetstoreError",
    "BlobId",
    "BundleReport",
    "Decision",
    "Diagnosis",
    "DoctorReport",
    "Document",
    "FileResult",
    "Finding",
    "GcReport",
    "Handoff",
    "Kind",
    "KnownStores",
    "MediaBlob",
    "OptimizeReport",
    "Progress",
    "PurgeReport",
    "RebuildReport",
    "RepairReport",
    "Report",
    "RescueOptions",
    "RescueReport",
    "RestoreOptions",
    "Retention",
    "Store",
    "StoreStats",
    "Thread",
    "VerifyReport",
    "__version__",
    "archive_file",
    "archive_paths",
    "archive_stream",
    "collect",
    "examine",
    "export",
    "extract",
    "find_blob",
    "find_threads",
    "forget",
    "hand_off",
    "import_bundle",
    "list_documents",
    "media_blobs",
    "open_store",
    "optimize",
    "purge",
    "rebuild_index",
    "repair",
    "rescue",
    "restore_file",
    "restore_paths",
    "restore_stream",
    "stats",
    "undo",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'assetstore' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"assetstore.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
