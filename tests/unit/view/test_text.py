"""Any text as a page."""

from pathlib import Path

from assetstore.archiver.run import archive_paths
from assetstore.documents.rebuild import StoreKnowledge
from assetstore.documents.recipes import Recipes
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId
from assetstore.view.text import text_page
from support.samples import picture, uri
from support.stores import folder_store


def test_a_picture_stands_where_its_placeholder_does(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    one, two = (uri(picture(20, 20, n)) for n in (1, 2))
    path.write_bytes(f"é <b> {one} c\n{two}\n{one}\n".encode() + b"\xff")
    seen: list[BlobId] = []

    def show(blob: BlobId) -> str:
        seen.append(blob)
        return f"[{len(set(seen))}]"

    with folder_store(tmp_path) as store:
        archive_paths(store, [path])
        unknown = b"as1:AAAAAAAAAAAAAAAAAAAAAAAAAAA"
        path.write_bytes(path.read_bytes() + unknown)
        known = [StoreKnowledge(Recipes(store))]
        with Source.open(path) as source:
            page = b"".join(text_page("a & b", source, known, show))
    assert len(seen) == 3
    assert b"<pre>" + "é &lt;b&gt; [1] c\n[2]\n[2]\n".encode() + b"\xff" in page
    assert unknown + b"</pre>" in page
    assert b"<title>a &amp; b</title>" in page
