"""The artefacts of a release: sdist, wheel, bill of materials, notes, checksums."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from release.bill import write_bill
from release.notes import notes_of
from release.versions import Version, current

SUMS = "SHA256SUMS"


def build(root: Path, target: Path, *, bill: bool = True, sign: str = "") -> list[Path]:
    """Build all files of the version that the code has.

    Args:
        root: The checkout.
        target: The folder for them, which is empty or made.
        bill: Write a bill of materials.
        sign: A key of gpg's, to sign the checksums with, or "".

    Returns:
        The files, the checksums and their signature last.

    Raises:
        ValueError: The folder holds something, or the build failed.
        subprocess.CalledProcessError: A program failed.
    """
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise ValueError(f"{target} is not empty")
    version = current(root)
    done = subprocess.run(  # noqa: S603 a package of the group "release"
        [sys.executable, "-m", "build", "--outdir", str(target), str(root)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(_moment(root))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        told = done.stdout.decode("utf-8", "replace")
        raise ValueError(f"python -m build failed:\n{told}")
    stem = f"assetstore-{version}"
    if bill:
        write_bill(root, target / f"{stem}.cdx.json")
    if notes := notes_of(root, version):
        (target / f"{stem}.notes.md").write_text(notes, "utf-8")
    files = [*sorted(target.iterdir()), write_sums(target)]
    if sign:
        files.append(sign_sums(files[-1], sign))
    return files


def write_sums(folder: Path) -> Path:
    """Write SHA256SUMS of a folder's files, as ``sha256sum -c`` reads it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(SUMS)
    ]
    target = folder / SUMS
    target.write_text("".join(lines), "utf-8", newline="\n")
    return target


def sign_sums(sums: Path, key: str) -> Path:
    """Sign the checksums by gpg, and ask it whether the signature holds.

    Args:
        sums: The file.
        key: The key's id, fingerprint or address.

    Raises:
        ValueError: There is no gpg.
        subprocess.CalledProcessError: It failed, or the signature does not hold.
    """
    program = shutil.which("gpg")
    if program is None:
        raise ValueError("gpg is not installed")
    target = sums.with_name(f"{sums.name}.asc")
    quiet = [program, "--batch", "--yes", "--quiet"]
    subprocess.run(  # noqa: S603
        [
            *quiet,
            *("--local-user", key, "--armor", "--output", str(target)),
            *("--detach-sign", str(sums)),
        ],
        check=True,
    )
    subprocess.run(  # noqa: S603
        [*quiet, "--verify", str(target), str(sums)],
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return target


def _moment(root: Path) -> int:
    """Give the time of the last commit; without git, the first day that ZIP knows."""
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(root), "log", "-1", "--format=%ct"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    return int(done.stdout) if done.returncode == 0 else 315532800


def check_clean(root: Path, version: Version) -> None:
    """Refuse to build what no commit holds, or what is no release.

    Raises:
        ValueError: There are changes, fragments that no notes have, or no notes.
    """
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(root), "status", "--porcelain"],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    if done.stdout:
        raise ValueError(f"there are changes that are not committed:\n{done.stdout}")
    if not version.is_release:
        raise ValueError(f"{version} is no release; 'prepare' one first")
    if not notes_of(root, version):
        raise ValueError(f"CHANGELOG.md has no notes of {version}; 'prepare' it first")
