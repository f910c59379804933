"""A decoder that hangs, crashes or eats memory costs a message and nothing else."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from assetstore.agents.picture_process import PictureProcess
from assetstore.errors import AssetstoreError
from assetstore.store.media import SAFE_FORMATS
from support.samples import picture

# What stands for a bug of a decoder: it has the process do this.
BROKEN = """
import assetstore.agents.picture_child as child
from PIL import PngImagePlugin

def load(self):
    {what}

child._load()  # with the decoder as it is
child._load = lambda: None
PngImagePlugin.PngImageFile.load = load
child.SECONDS = {seconds}
child.main()
"""
ADDRESS_SPACE = pytest.mark.skipif(sys.platform != "linux", reason="Linux' limits")


@pytest.fixture
def process() -> Iterator[PictureProcess]:
    made = PictureProcess()
    yield made
    made.close()


def broken(what: str, *, seconds: int = 10, patience: float = 30.0) -> PictureProcess:
    text = BROKEN.format(what=what, seconds=seconds)
    return PictureProcess(("-P", "-c", text), patience)


@pytest.mark.parametrize("format", SAFE_FORMATS)
def test_each_format_is_shown(process: PictureProcess, format: str) -> None:
    file = io.BytesIO()
    try:
        Image.new("RGB", (200, 100), "red").save(file, format)
    except (OSError, KeyError) as e:
        pytest.skip(f"Pillow here writes none: {e}")
    small = process.small_copy(file.getvalue(), 50)
    with Image.open(io.BytesIO(small), formats=("PNG",)) as image:
        longest = max(image.size)
        assert longest == 50
        red, green, _ = image.convert("RGB").getpixel((longest // 2, 5))  # type: ignore[misc]
    assert red > 200
    assert green < 50


def test_one_process_decodes_many(process: PictureProcess) -> None:
    for number in range(20):
        assert process.small_copy(picture(60, 40, number), 16).startswith(b"\x89PNG")
        with pytest.raises(AssetstoreError, match="no format that is read here"):
            process.small_copy(b"%!PS-Adobe-3.0 EPSF-3.0\n" * number, 16)
    first = process._process
    assert first is not None
    assert first.poll() is None
    process.close()
    assert first.returncode is not None


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("import os; os.kill(os.getpid(), 11)", "broke down"),
        ("import os; os._exit(3)", r"broke down \(code 3\)"),
        ("raise RecursionError", "damaged"),
        ("raise MemoryError", "memory"),
    ],
)
def test_a_decoder_that_breaks_down(what: str, said: str) -> None:
    process = broken(what)
    try:
        for _ in range(2):  # another process takes the next one
            with pytest.raises(AssetstoreError, match=said):
                process.small_copy(picture(60, 40, 1), 16)
        jpeg = picture(60, 40, 1, "JPEG")
        assert process.small_copy(jpeg, 16).startswith(b"\x89PNG")
    finally:
        process.close()


@ADDRESS_SPACE
def test_a_decoder_that_eats_memory() -> None:
    process = broken("bytearray(3 << 30)")
    with pytest.raises(AssetstoreError, match="MiB of memory"):
        process.small_copy(picture(60, 40, 1), 16)
    process.close()


@ADDRESS_SPACE
def test_a_decoder_that_computes_for_ever() -> None:
    process = broken("while True: pass", seconds=1)
    with pytest.raises(AssetstoreError, match="too long"):
        process.small_copy(picture(60, 40, 1), 16)
    process.close()


def test_a_decoder_that_waits_for_ever() -> None:
    process = broken("import time; time.sleep(1000)", patience=1.0)
    with pytest.raises(AssetstoreError, match="too long"):
        process.small_copy(picture(60, 40, 1), 16)
    process.close()


@ADDRESS_SPACE
@pytest.mark.parametrize(
    "what",
    [
        "open('/etc/passwd', 'rb')",
        "import socket; socket.socket()",
        "import os; os.pipe()",
        "import subprocess; subprocess.run(['true'], stdin=subprocess.PIPE)",
    ],
)
def test_a_decoder_opens_nothing(what: str, tmp_path: Path) -> None:
    done = tmp_path / "done"
    done.touch()
    process = broken(f"{what}; import os; os.unlink({str(done)!r})")
    with pytest.raises(AssetstoreError):
        process.small_copy(picture(60, 40, 1), 16)
    process.close()
    assert done.exists()


def test_modules_of_the_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: PictureProcess
) -> None:
    told = tmp_path / "executed"
    for name in ("struct", "PIL", "warnings", "assetstore", "io"):
        (tmp_path / f"{name}.py").write_text(f"open({str(told)!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    assert process.small_copy(picture(60, 40, 1), 16).startswith(b"\x89PNG")
    assert not told.exists()
