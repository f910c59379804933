"""Make the pictures that sizes are measured on.

Everything is made or comes from packages; nothing is drawn at random without a seed.
Chromium's rendering differs from version to version, so figures of two corpora can
be compared only roughly; within one run all programs get the same files.
"""

import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
GROUPS = ("shots", "long", "jpeg", "plots", "icons", "other")
# What the shots are written with, one after the other. "" leaves Chromium's own, of
# which every second is of its fast mode.
ENCODERS = (
    "",
    "",
    "",
    "",
    "rust",
    "rust",
    "pillow",
    "pillow-optimize",
    "opencv",
    "imagemagick",
    "sharp",
    "sharp-palette",
    "sharp-adaptive",
    "pngjs",
    "upng",
    "matplotlib",
)


def build(folder: Path) -> None:
    """Make all groups that are not there yet, a folder for each.

    Raises:
        SystemExit: A program or package that it takes is missing.
    """
    if all((folder / group).is_dir() for group in GROUPS):
        return
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE, work / "node", ignore=shutil.ignore_patterns("*.py", "__*"))
    _call("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=work / "node")
    photos = _photos()
    text = Path(os.__file__).with_name("argparse.py")
    made = work / "made"
    _call("node", "shoot.mjs", made, text, *photos[:5], cwd=work / "node")
    _encode(sorted((made / "shots").glob("*.png")), work / "node")
    _encode(sorted((made / "long").glob("document-*.png")), work / "node", ("rust",))
    _encode(sorted((made / "long").glob("terminal-*.png")), work / "node", ("pillow",))
    _jpegs(made, photos)
    _plots(made)
    _icons(made, work / "node" / "node_modules")
    _other(made, photos)
    for group in GROUPS:
        shutil.rmtree(folder / group, ignore_errors=True)
        (made / group).rename(folder / group)
    shutil.rmtree(work)


def _call(*words: object, cwd: Path | None = None) -> None:
    try:
        subprocess.run(list(map(str, words)), cwd=cwd, check=True)
    except (OSError, subprocess.CalledProcessError) as e:
        sys.exit(f"the corpus cannot be made: {e}; see CONTRIBUTING.md")


def _photos() -> list[Path]:
    """Photos that ship in scikit-image and scikit-learn."""
    import skimage
    import sklearn

    found = [
        path
        for package in (skimage, sklearn)
        for path in Path(package.__file__).parent.rglob("*.jpg")
    ]
    return sorted(found, key=lambda path: path.name)


def _encode(
    files: list[Path], node: Path, encoders: tuple[str, ...] = ENCODERS
) -> None:
    """Write files anew, each with the encoder that is its turn."""
    turns: dict[str, list[Path]] = {}
    for at, file in enumerate(files):
        encoder = encoders[at % len(encoders)]
        name = f"{file.stem}.{encoder or 'chromium'}.png"
        turns.setdefault(encoder, []).append(file.rename(file.with_name(name)))
    for encoder, its in turns.items():
        if encoder in _HERE:
            for file in its:
                _HERE[encoder](file)
        elif encoder:
            _call("node", "encode.mjs", encoder, *its, cwd=node)


def _pillow(**options: object) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        from PIL import Image

        with Image.open(io.BytesIO(file.read_bytes())) as image:
            image.convert("RGB").save(file, "PNG", **options)

    return write


def _opencv(file: Path) -> None:
    import cv2

    cv2.imwrite(str(file), cv2.imread(str(file)))


def _imagemagick(file: Path) -> None:
    program = shutil.which("magick") or shutil.which("convert-im6.q16") or "convert"
    _call(program, file, "-define", "png:exclude-chunks=date,time", file)


def _matplotlib(file: Path) -> None:
    import matplotlib.image

    matplotlib.image.imsave(file, matplotlib.image.imread(file))


_HERE = {
    "pillow": _pillow(),
    "pillow-optimize": _pillow(optimize=True),
    "opencv": _opencv,
    "imagemagick": _imagemagick,
    "matplotlib": _matplotlib,
}


def _jpegs(made: Path, photos: list[Path]) -> None:
    """Photos as they are, and written anew in many ways."""
    from PIL import Image

    folder = made / "jpeg"
    folder.mkdir()
    for photo in photos:
        shutil.copy(photo, folder)
        with Image.open(photo) as image:
            picture = image.convert("RGB")
        for quality in (60, 75, 85, 92, 95):
            for subsampling in (0, 2):
                for progressive in (False, True):
                    name = f"{photo.stem}-{quality}-{subsampling}-{progressive:d}.jpg"
                    picture.save(
                        folder / name,
                        "JPEG",
                        quality=quality,
                        subsampling=subsampling,
                        progressive=progressive,
                    )
    # One of a hundred is enough of one photo: keep every other file.
    for extra in sorted(folder.glob("*-?-?.jpg"))[1::2]:
        extra.unlink()
    for at, shot in enumerate(sorted((made / "shots").glob("*.png"))[::12]):
        with Image.open(shot) as image:
            image.convert("RGB").save(folder / f"screen-{at}.jpg", quality=85)


def _plots(made: Path) -> None:
    """Figures of several kinds."""
    import matplotlib as mpl
    import numpy as np

    mpl.use("Agg")
    from matplotlib import pyplot

    folder = made / "plots"
    folder.mkdir()
    random_numbers = np.random.default_rng(1)
    for at in range(36):
        with pyplot.style.context(("default", "ggplot", "dark_background")[at % 3]):
            figure, axes = pyplot.subplots(figsize=(6.4, 4.8))
            x = np.linspace(0, 10, 200)
            kind = at % 6
            if kind == 0:
                axes.plot(x, np.sin(x + at), x, np.cos(x * at))
            elif kind == 1:
                axes.scatter(*random_numbers.normal(size=(2, 400)), alpha=0.5)
            elif kind == 2:
                axes.hist(random_numbers.normal(size=2000), bins=40)
            elif kind == 3:
                axes.imshow(random_numbers.normal(size=(24, 24)))
            elif kind == 4:
                axes.contourf(np.sin(x[:, None]) * np.cos(x[None, :] * at / 9))
            else:
                axes.bar(range(12), random_numbers.integers(1, 99, 12))
            axes.set_title(f"Figure {at}")
            figure.savefig(folder / f"plot-{at:02}.png", dpi=(80, 100, 150)[at % 3])
            pyplot.close(figure)


def _icons(made: Path, modules: Path) -> None:
    """SVG from packages, and some of them drawn."""
    folder = made / "icons"
    folder.mkdir()
    for package in ("lucide-static", "simple-icons"):
        icons = sorted((modules / package / "icons").glob("*.svg"))
        for icon in icons[:: max(1, len(icons) // 200)][:200]:
            shutil.copy(icon, folder / f"{package}-{icon.name}")
    draw = (
        "import fs from 'node:fs'; import sharp from 'sharp';"
        "for (const file of process.argv.slice(1))"
        " fs.writeFileSync(file.replace(/svg$/, 'png'),"
        " await sharp(file).resize(64).png().toBuffer());"
    )
    chosen = sorted(folder.glob("*.svg"))[::5]
    _call("node", "--input-type=module", "-e", draw, *chosen, cwd=modules.parent)


def _other(made: Path, photos: list[Path]) -> None:
    """What is compressed well already, and noise."""
    from PIL import Image

    folder = made / "other"
    folder.mkdir()
    for photo in photos:
        with Image.open(photo) as image:
            small = image.convert("RGB").resize((320, 240))
        small.save(folder / f"{photo.stem}.webp", quality=80)
        small.save(folder / f"{photo.stem}.gif")
    noise = Image.frombytes("RGB", (256, 256), random.Random(1).randbytes(3 << 16))
    noise.save(folder / "noise.png")
