"""Write the media of documents out as files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assetstore.documents.placeholders import find_named
from assetstore.documents.rebuild import StoreKnowledge, stream_first
from assetstore.documents.recipes import Recipes
from assetstore.errors import AssetstoreError, MissingBlob, SourceRefused
from assetstore.files.durable import make_folder
from assetstore.files.find import StrPath, find_documents, several
from assetstore.files.replace import Draft, absolute
from assetstore.files.source import Source
from assetstore.progress import SILENT, Progress
from assetstore.restore.restore import RestoreOptions
from assetstore.restore.work import several_stores
from assetstore.results import FileResult, Report, failed
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.placeholder import RecipePrefix, format_placeholder
from assetstore.store.media import extension, sniff
from assetstore.store.store import Store
from assetstore.store.unnamed import index_lost

_NAME = 16


def extract(
    store: Store | Sequence[Store],
    paths: Iterable[StrPath],
    folder: StrPath,
    options: RestoreOptions | None = None,
    *,
    progress: Progress | None = None,
) -> Report:
    """Write what documents' placeholders stand for as files.

    A file is called by the first 16 hexadecimal digits of its hash; one that is
    there already is left alone. The documents are not changed.

    Args:
        store: The store; or several, each of which is asked for what those before it
            do not know.
        paths: Files and folders.
        folder: Where the media go; made if it is missing.
        options: ``include``, ``exclude``, ``allow_missing`` and ``dry_run`` count.
        progress: Who is told how far it is.
    """
    options, progress = options or RestoreOptions(), progress or SILENT
    named = several(paths)
    report = Report(dry_run=options.dry_run)
    target = absolute(Path(folder))
    stores = several_stores(store)
    known = [StoreKnowledge(Recipes(each)) for each in stores]
    root = [*(each.root for each in stores if each.root is not None), target]
    progress.start(None, "extracting")
    for file in find_documents(
        named, include=options.include, exclude=options.exclude, without=root
    ):
        try:
            if file.error is not None:
                raise file.error
            with Source.open(absolute(Path(file.path))) as source:
                blobs, missing = _named(source, known, options)
                for blob in blobs:
                    if not options.dry_run:
                        write_medium(known, blob, target)
                size = source.size
                progress.advance(size)
        except (AssetstoreError, OSError) as e:
            report.files.append(failed(file.path, e))
            continue
        text = f"{missing} placeholders name nothing in this store"
        report.files.append(
            FileResult(
                path=file.path,
                status="extracted" if blobs else "unchanged",
                before=size,
                after=size,
                payloads=len(blobs),
                unknown=missing,
                warnings=(text,) if missing else (),
            )
        )
    progress.close()
    return report


def _named(
    source: Source, known: Sequence[StoreKnowledge], options: RestoreOptions
) -> tuple[list[BlobId], int]:
    """The media that a document's placeholders name, and how many name none."""
    blobs: dict[BlobId, None] = {}
    found = missing = 0
    unnamed: RecipePrefix | None = None
    for prefix in find_named(source):
        for store in known:
            whole = options.allow_missing
            get = store.recipes.whole if whole else store.recipes.get
            if (recipe := get(prefix)) is not None:
                blobs.update(dict.fromkeys(recipe.blobs))
                found += 1
                break
        else:
            missing += 1
            if any(s.recipes.vault.unnamed(Kind.RECIPE, prefix) for s in known):
                unnamed = prefix
    if unnamed is not None and not options.allow_missing:
        raise index_lost(format_placeholder(unnamed).decode(), source.name)
    if missing and not found and not options.allow_missing:
        raise MissingBlob(
            f"{source.name}: the store knows none of the placeholders in it "
            f"({missing:,})",
            hint="Name another store with --store, or use --allow-missing.",
            path=source.name,
        )
    return list(blobs), missing


def write_medium(
    known: Sequence[StoreKnowledge], blob: BlobId, folder: Path
) -> tuple[Path, str]:
    """Write a blob to a file, under a name by its hash and its content.

    Returns:
        The file, and its media type, or "".

    Raises:
        IntegrityError: It is missing or damaged.
        SourceRefused: Something that is no file has its name.
        OSError: It cannot be written.
    """
    pieces: Iterator[memoryview] = stream_first(known, blob)
    first = bytes(next(pieces, b""))
    mime = sniff(first)
    path = folder / f"{blob.hex()[:_NAME]}.{extension(mime)}"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise SourceRefused(f"{path} is in the way", path=str(path))
    if path.exists():
        return path, mime
    make_folder(folder)
    with Draft(path) as draft:
        draft.write(first)
        for piece in pieces:
            draft.write(piece)
        draft.publish()
    return path, mime
