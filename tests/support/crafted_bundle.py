"""A bundle that somebody made, with sums that fit whatever is in it."""

import json
import shutil
import warnings
import zipfile

from blake3 import blake3

from support.homes import THREAD, codex_home
from support.program import Program, Ran


class CraftedBundle:
    """A bundle of a thread that can be changed, with sums that fit."""

    def __init__(self, agents: Program):
        codex_home(agents.folder)
        assert agents("export", THREAD, "b").code == 0
        shutil.rmtree(agents.folder / ".codex")
        self.agents = agents
        with zipfile.ZipFile(agents.folder / "b") as file:
            self.files = {name: file.read(name) for name in file.namelist()}
        self.about = json.loads(self.files.pop("bundle.json"))
        # Sums that it says although they are others.
        self.said: dict[str, str] = {}

    def imported(self, *words: str, twice: str = "") -> Ran:
        """Write it and import it.

        Args:
            words: Options.
            twice: The name of an entry that it has a second time, with other bytes.
        """
        self.about["files"] = {
            name: blake3(data).hexdigest() for name, data in self.files.items()
        } | self.said
        path = self.agents.folder / "evil"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("bundle.json", json.dumps(self.about))
            for name, data in self.files.items():
                file.writestr(name, data)
            if twice:
                with warnings.catch_warnings(action="ignore"):
                    file.writestr(twice, b"other bytes")
        return self.agents("import", path, *words)
