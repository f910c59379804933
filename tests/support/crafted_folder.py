"""A folder in which somebody crafted everything, as a repository may be."""

import contextlib
import io
import json
import os
import socket
import sys
import zipfile
from pathlib import Path

import zstandard

from assetstore.files.draft_names import NameSwap
from support.homes import claude_home, codex_home, rollout
from support.samples import picture, uri

PAGE = "page.html"
LINK, LINKED_FOLDER = "link.html", "linked"
DASH, ESCAPES, LINES = "-o.html", "\x1b]0;title\x07\x1b[2J.html", "new\nline.html"
SHELL = "$(touch pwned); `touch pwned`; 'a\" %PATH%.html"
# What stands outside, and must never be seen in anything that is said or written.
SECRET = "the-words-of-another-folder"  # noqa: S105 it is none

# Modules that the program imports, beside those of Python.
_IMPORTED = tuple(
    """
    PIL assetstore archiver blake3 click conftest filelock lepton_jpeg_python numpy
    orjson platformdirs pybase64 restore setup sitecustomize store stringzilla tqdm
    usercustomize zstandard __init__ __main__
    """.split()  # noqa: SIM905 a list of words is read as one
)
_PROGRAMS = tuple(
    """
    assetstore claude codex convert crontab env git gs launchctl less open pager python
    python3 sh ssh sudo systemctl tar unzip xdg-open zstd
    """.split()  # noqa: SIM905
)


class CraftedFolder:
    """The folder, what is outside, and what tells that something was executed.

    Args:
        path: Where to make it.
        outside: A folder that nothing in it may lead to.
        told: A file that whatever is executed writes.
    """

    def __init__(self, path: Path, outside: Path, told: Path):
        self.path, self.outside, self.told = path, outside, told
        path.mkdir()
        outside.mkdir()
        (outside / "secret.html").write_text(
            f"{SECRET}<img src='{uri(picture(60, 40, 77))}'>"
        )
        (outside / "secret.css").write_text(f"p::after {{content: '{SECRET}'}}")
        (outside / "secret.png").write_bytes(picture(60, 40, 78) + SECRET.encode())
        self._modules()
        self._programs()
        self._repository()
        self._ignore_files()
        self._documents()
        self._links()
        self._odd_files()
        self._homes()
        self._leftovers()
        self._store()

    def _modules(self) -> None:
        code = f"open({str(self.told)!r}, 'a').write(__name__ + ' ')\n"
        for name in sorted({*sys.stdlib_module_names, *_IMPORTED}):
            (self.path / f"{name}.py").write_text(code)
        for name in ("json", "encodings", "multiprocessing", "PIL", "assetstore"):
            (self.path / name).mkdir()
            (self.path / name / "__init__.py").write_text(code)
        (self.path / "evil.pth").write_text(f"import os; {code}")
        (self.path / "python._pth").write_text(f"import os; {code}")
        for name in ("PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", ".pythonrc"):
            (self.path / name).write_text(code)
        (self.path / "pyvenv.cfg").write_text(
            "home = .\ninclude-system-site-packages=1"
        )
        (self.path / ".env").write_text(
            f"PYTHONPATH={self.path}\nASSETSTORE_STORE={self.outside}\n"
            f"ASSETSTORE_CONFIG={self.path}/evil.toml\nPATH={self.path}\n"
        )
        (self.path / "evil.toml").write_text(f"on_failure = ['touch', '{self.told}']\n")

    def _programs(self) -> None:
        for name in _PROGRAMS:
            script = self.path / name
            if not script.exists():
                script.write_text(f"#!/bin/sh\necho {name} >> {self.told}\n")
                script.chmod(0o755)

    def _repository(self) -> None:
        git = self.path / ".git"
        (git / "hooks").mkdir(parents=True)
        (git / "info").mkdir()
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        evil = f"{self.path}/git"
        (git / "config").write_text(
            f"[core]\n\tfsmonitor = {evil}\n\thooksPath = {git}/hooks\n"
            f"\tpager = {evil}\n"
            f"\texcludesFile = {self.outside}/secret.css\n\tsshCommand = {evil}\n"
            f"[include]\n\tpath = {self.outside}/secret.css\n"
            f'[filter "evil"]\n\tclean = {evil}\n\tsmudge = {evil}\n'
            f"[alias]\n\tcheck-ignore = !{evil}\n"
        )
        (self.path / ".gitattributes").write_text("* filter=evil diff=evil\n")
        (self.path / ".gitmodules").write_text("[submodule]\n\tpath = ../outside\n")
        for name in ("pre-commit", "post-checkout", "fsmonitor-watchman"):
            hook = git / "hooks" / name
            hook.write_text(f"#!/bin/sh\necho {name} >> {self.told}\n")
            hook.chmod(0o755)
        (git / "info" / "exclude").write_text("*a*a*a*a*a*a*a*a*a*b\n")

    def _ignore_files(self) -> None:
        bomb = "a*" * 200 + "b\n" + "**/" * 200 + "x\n" + "[" * 500 + "\n" + "!" * 99
        (self.path / ".gitignore").write_text(f"{bomb}\n" + "*?*?*?*?*?*?*?*?z\n" * 500)
        for number, name in enumerate((".ignore", ".gitignore", ".git")):
            folder = self.path / f"ignoring-{number}"
            folder.mkdir()
            (folder / ("a" * 200 + ".html")).write_text(self._page(40 + number))
            (folder / name).symlink_to(self.outside / "secret.css")
        if hasattr(os, "mkfifo"):
            folder = self.path / "ignoring-fifo"
            folder.mkdir()
            (folder / "page.html").write_text(self._page(50))
            os.mkfifo(folder / ".gitignore")

    def _page(self, number: int) -> str:
        return (
            "<link rel=stylesheet href='../outside/secret.css'>"
            f"<style>@import url(file://{self.outside}/secret.css);"
            "p{background:url(../outside/secret.png)}</style>"
            f"<img src='{self.outside}/secret.png'><img src='../outside/secret.png'>"
            f"<img src='{LINKED_FOLDER}/secret.png'><script src='git'></script>"
            f"<p>{number}</p><img src='{uri(picture(60, 40, number))}'>"
        )

    def _documents(self) -> None:
        names = (
            PAGE,
            DASH,
            ESCAPES,
            LINES,
            SHELL,
            "--store",
            "-",
            "~",
            "*",
            "CON.html",
        )
        for number, name in enumerate((*names, "e\u0301.html", "\xe9.html", "x" * 240)):
            (self.path / name).write_text(self._page(number))
        with contextlib.suppress(OSError):  # some file systems want letters
            odd = os.fsencode(self.path) + b"/\xff\xfe\x80.html"
            with os.fdopen(os.open(odd, os.O_WRONLY | os.O_CREAT), "w") as file:
                file.write(self._page(60))
        deep = self.path / "/".join("d" * 200 for _ in range(8))
        deep.mkdir(parents=True)
        (deep / "page.html").write_text(self._page(61))
        (self.path / "deep.json").write_text("[" * 50_000 + "]" * 50_000)
        (self.path / "line.jsonl").write_text('{"a":"' + "as1:" * 50_000 + '"}\n')
        (self.path / "evil.zip").write_bytes(_zip())

    def _links(self) -> None:
        secret = self.outside / "secret.html"
        (self.path / LINK).symlink_to(secret)
        (self.path / LINKED_FOLDER).symlink_to(self.outside)
        (self.path / "loop").symlink_to(self.path)
        (self.path / "loop.html").symlink_to("loop.html")
        (self.path / "dangling.html").symlink_to(self.outside / "new.html")
        (self.path / "hard.html").hardlink_to(secret)

    def _odd_files(self) -> None:
        if hasattr(os, "mkfifo"):
            os.mkfifo(self.path / "fifo.html")
        with (
            contextlib.suppress(OSError, AttributeError),  # a name too long for one
            socket.socket(socket.AF_UNIX) as listener,
        ):
            listener.bind(str(self.path / "sock.html"))

    def _homes(self) -> None:
        self.log = codex_home(self.path, rollout(2))
        self.session = claude_home(self.path)
        self.log.with_name("link.jsonl").symlink_to(self.outside / "secret.html")
        bomb = zstandard.ZstdCompressor(level=1).compressobj()
        name = self.log.name.replace("1a2b03", "1a2b04")
        with self.log.with_name(f"{name}.zst").open("wb") as file:
            file.write(bomb.compress(rollout(1, 0).partition(b"\n")[0]))
            for _ in range(200):
                file.write(bomb.compress(bytes(1 << 20)))
            file.write(bomb.flush())
        state = {"cwd": str(self.outside), "history": str(self.outside / "secret.html")}
        (self.path / ".claude.json").write_text(json.dumps(state))

    def _leftovers(self) -> None:
        found = (self.path / PAGE).stat()
        numbers = (1, found.st_size, found.st_mtime_ns)
        for name in (NameSwap(numbers, (2, 3, 4)), NameSwap(numbers, numbers)):
            (self.path / name.name(self.path / PAGE)).write_text("evil")
        other = self.path / f".{DASH}.assetstore-{'0' * 16}.tmp"
        other.symlink_to(self.outside / "secret.html")

    def _store(self) -> None:
        """What looks like a store of the folder's, with links out of it."""
        store = self.path / "store.evil"
        store.mkdir()
        (store / "config").write_text('{"format":"assetstore","version":1}')
        for name in ("packs", "index", "manifests", "tmp", "locks"):
            (store / name).symlink_to(self.outside)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../outside/evil", "evil")
    return out.getvalue()
