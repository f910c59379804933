"""Pages with a picture, in the folder of a program."""

from pathlib import Path

from support.program import Program
from support.samples import picture, uri


def page(
    program: Program, name: str = "page.html", seed: int = 1
) -> tuple[Path, bytes]:
    """Write a page; its path and its bytes."""
    data = f'<img src="{uri(picture(64, 64, seed))}">\n'.encode()
    path = program.folder / name
    path.write_bytes(data)
    return path, data


def files_of(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.is_symlink()
    }
