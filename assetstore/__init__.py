"""Archive embedded media into a deduplicated, content-addressed store.

    with assetstore.Store.open("pictures", create=True) as store:
        report = store.archive(["session.jsonl"])
        store.restore(["session.jsonl"])

What can be done is a method of `Store`, or of the `Document` and `Blob` objects that
it gives; docs/api.md has all of them. Everything listed in ``__all__`` is the public
interface; so are the errors in `assetstore.errors`. Names are imported when they are
first used.
"""

import importlib
import warnings
from typing import TYPE_CHECKING, Any

from assetstore.version import __version__ as __version__

# For type checkers, which read no table: "as" says that a name is public. A test
# compares the two.
if TYPE_CHECKING:
    from assetstore.agents.bundle import BundleReport as BundleReport
    from assetstore.agents.bundle import export as export
    from assetstore.agents.bundle import import_bundle as import_bundle
    from assetstore.agents.diagnose import Diagnosis as Diagnosis
    from assetstore.agents.doctor import DoctorReport as DoctorReport
    from assetstore.agents.doctor import examine as examine
    from assetstore.agents.find import Thread as Thread
    from assetstore.agents.find import find_threads as find_threads
    from assetstore.agents.handoff import Handoff as Handoff
    from assetstore.agents.handoff import hand_off as hand_off
    from assetstore.agents.rescue import RescueOptions as RescueOptions
    from assetstore.agents.rescue import RescueReport as RescueReport
    from assetstore.agents.rescue import rescue as rescue
    from assetstore.agents.rescue import undo as undo
    from assetstore.api import Blob as Blob
    from assetstore.api import Document as Document
    from assetstore.api import Store as Store
    from assetstore.api import open_store as open_store
    from assetstore.archiver.options import ArchiveOptions as ArchiveOptions
    from assetstore.archiver.run import archive_file as archive_file
    from assetstore.archiver.run import archive_paths as archive_paths
    from assetstore.archiver.run import archive_stream as archive_stream
    from assetstore.documents.blobs import MediaBlob as MediaBlob
    from assetstore.documents.blobs import media_blobs as media_blobs
    from assetstore.documents.catalog import DocumentInfo as DocumentInfo
    from assetstore.documents.catalog import find_blob as find_blob
    from assetstore.documents.catalog import forget as forget
    from assetstore.documents.catalog import list_documents as list_documents
    from assetstore.documents.upkeep import collect as collect
    from assetstore.documents.upkeep import repair as repair
    from assetstore.documents.writers import WriterInfo as WriterInfo
    from assetstore.errors import AssetstoreError as AssetstoreError
    from assetstore.progress import Progress as Progress
    from assetstore.restore.options import RestoreOptions as RestoreOptions
    from assetstore.restore.run import extract as extract
    from assetstore.restore.run import restore_file as restore_file
    from assetstore.restore.run import restore_paths as restore_paths
    from assetstore.restore.run import restore_stream as restore_stream
    from assetstore.results import FileResult as FileResult
    from assetstore.results import Report as Report
    from assetstore.store.check.verify import verify as verify
    from assetstore.store.format.blob import BlobId as BlobId
    from assetstore.store.format.blob import Kind as Kind
    from assetstore.store.gc.retention import Retention as Retention
    from assetstore.store.known_stores import KnownStores as KnownStores
    from assetstore.store.optimize.optimize import optimize as optimize
    from assetstore.store.purge.purge import PurgeReport as PurgeReport
    from assetstore.store.purge.purge import purge as purge
    from assetstore.store.repair.index import RebuildReport as RebuildReport
    from assetstore.store.repair.index import rebuild_index as rebuild_index
    from assetstore.store.reports import Decision as Decision
    from assetstore.store.reports import Finding as Finding
    from assetstore.store.reports import GcReport as GcReport
    from assetstore.store.reports import OptimizeReport as OptimizeReport
    from assetstore.store.reports import RepairReport as RepairReport
    from assetstore.store.reports import VerifyReport as VerifyReport
    from assetstore.store.stats import StoreStats as StoreStats
    from assetstore.store.stats import stats as stats

_MODULES = {
    "api": "Blob Document Store open_store",
    "agents.bundle": "BundleReport export import_bundle",
    "agents.diagnose": "Diagnosis",
    "agents.doctor": "DoctorReport examine",
    "agents.find": "Thread find_threads",
    "agents.handoff": "Handoff hand_off",
    "agents.rescue": "RescueOptions RescueReport rescue undo",
    "archiver.options": "ArchiveOptions",
    "documents.blobs": "MediaBlob",
    "documents.catalog": "DocumentInfo",
    "documents.writers": "WriterInfo",
    "errors": "AssetstoreError",
    "progress": "Progress",
    "restore.options": "RestoreOptions",
    "results": "FileResult Report",
    "store.format.blob": "BlobId Kind",
    "store.gc.retention": "Retention",
    "store.known_stores": "KnownStores",
    "store.purge.purge": "PurgeReport",
    "store.repair.index": "RebuildReport",
    "store.reports": (
        "Decision Finding GcReport OptimizeReport RepairReport VerifyReport"
    ),
    "store.stats": "StoreStats",
}
_HOME = {name: module for module, names in _MODULES.items() for name in names.split()}

# Functions that became methods: where they are, and which method.
_VERBS = {
    "archive_file": ("archiver.run", "Store.archive_file"),
    "archive_paths": ("archiver.run", "Store.archive"),
    "archive_stream": ("archiver.run", "Store.archive_stream"),
    "collect": ("documents.upkeep", "Store.collect"),
    "extract": ("restore.run", "Store.extract"),
    "find_blob": ("documents.catalog", "Store.get"),
    "forget": ("documents.catalog", "Store.forget"),
    "list_documents": ("documents.catalog", "Store.documents"),
    "media_blobs": ("documents.blobs", "Store.blobs"),
    "optimize": ("store.optimize.optimize", "Store.optimize"),
    "purge": ("store.purge.purge", "Store.purge"),
    "rebuild_index": ("store.repair.index", "Store.rebuild_index"),
    "repair": ("documents.upkeep", "Store.repair"),
    "restore_file": ("restore.run", "Store.restore_file"),
    "restore_paths": ("restore.run", "Store.restore"),
    "restore_stream": ("restore.run", "Store.restore_stream"),
    "stats": ("store.stats", "Store.stats"),
    "verify": ("store.check.verify", "Store.verify"),
}

__all__ = sorted([*_HOME, "__version__"])  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        module, verb = _VERBS[name]
        warnings.warn(
            f"assetstore.{name} is deprecated, and will be gone from the next version: "
            f"use {verb}",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(importlib.import_module(f"assetstore.{module}"), name)
    if name not in _HOME:
        raise AttributeError(f"module 'assetstore' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"assetstore.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOME]
