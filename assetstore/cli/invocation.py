"""One run of the program: its common options, its stores, its outcome."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from assetstore.cli import standard
from assetstore.cli.failure import Problem

if TYPE_CHECKING:
    from assetstore.agents.homes import Homes
    from assetstore.cli.debug import DebugLog
    from assetstore.cli.lines import EventLines
    from assetstore.cli.output import Output
    from assetstore.config.load import Config
    from assetstore.progress import Progress
    from assetstore.store.known_stores import KnownStores
    from assetstore.store.store import Store


# Commands that write a document to standard output, and the words that ask for it.
_FILTERS = frozenset({"archive", "restore"})
_TO_STDOUT = frozenset({"-", "-o-", "--output=-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command found or did.

    Attributes:
        result: The same for programs: the JSON envelope's ``result``.
        view: Writes it for people.
        exit_code: The process's exit code.
        errors: What went wrong without ending the command.
        warnings: Sentences for the user.
    """

    result: Mapping[str, Any]
    view: Callable[["Output"], None]
    exit_code: int = 0
    errors: Sequence[Problem] = ()
    warnings: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of the program: its common options and its streams.

    Attributes:
        words: The arguments as they came.
        given: The common options that were given, by name.
        command: The command's name.
        piped: Standard output has become a document's.
        remarks: What is told of stores, with "note" or "warning" before each.
        absent: Stores of the configuration that are not there, as sentences.
        debug: The log of what happens, if it is kept.
    """

    words: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    piped: bool = False
    remarks: list[tuple[str, str]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    debug: "DebugLog | None" = None
    _lines: "EventLines | None" = None
    _configs: dict[tuple[bool, bool], "Config"] = field(default_factory=dict)

    @property
    def json(self) -> bool:
        """Tell whether to write JSON.

        A mistake in the arguments can end the parsing before ``--json`` is
        reached; it counts all the same.
        """
        return self._asked("json")

    def _asked(self, name: str) -> bool:
        """Tell whether an option without a value was given, or will be."""
        words = self.words
        if "--" in words:
            words = words[: words.index("--")]
        return bool(self.given.get(name)) or f"--{name.replace('_', '-')}" in words

    @property
    def lines(self) -> "EventLines | None":
        """The writer of lines of JSON instead of words, if that is asked for."""
        if self._lines is None and self._asked("json_progress"):
            from assetstore.cli.lines import EventLines

            self._lines = EventLines(sys.stderr, lambda: self.command)
        return self._lines

    def start_debug(self) -> None:
        """Begin to log what happens.

        Raises:
            OSError: The log's file cannot be made.
        """
        from assetstore.cli.following import debug_log

        if self.debug is None:
            self.debug = debug_log(self)
            self.debug.begin(self.words)

    def end(self, code: int) -> None:
        """Say how it ended, where somebody follows it line by line."""
        if self.debug is not None:
            self.debug.end(code)
        if self.lines is not None:
            with suppress(OSError):  # nobody reads them any more
                self.lines.write("end", exit_code=code)

    @property
    def verbosity(self) -> int:
        """-1 with ``-q``, 0, 1 with ``-v``, 2 with ``-vv``."""
        return int(self.given.get("verbose", 0)) - bool(self.given.get("quiet"))

    @property
    def store_paths(self) -> list[Path]:
        """The folders of all stores to look in, the first one first."""
        if named := self.given.get("stores"):
            return [Path(name) for name in named]
        return [self.store_path, *map(Path, self.config().general.stores)]

    @property
    def store_path(self) -> Path:
        """The folder of the store."""
        named = self.given.get("store")
        return Path(named) if named else self.stored_at(self.config())

    def stored_at(self, config: "Config") -> Path:
        """The folder of the store: the one that was named, or by a configuration."""
        named = self.given.get("store") or config.general.store
        return Path(named) if named else self.default_store

    @property
    def default_store(self) -> Path:
        """The folder of the store where none is named."""
        from assetstore.files.user_folders import user_folder

        return user_folder("data") / "store"

    @property
    def state_path(self) -> Path:
        """The folder of what is remembered between runs."""
        from assetstore.files.user_folders import user_folder

        return user_folder("state")

    @property
    def known_stores(self) -> "KnownStores":
        """The stores that this user met."""
        from assetstore.store.known_stores import KnownStores

        return KnownStores(self.state_path / "stores")

    @property
    def homes(self) -> "Homes":
        """The folders in which agents keep their threads."""
        from assetstore.agents.homes import agent_homes

        return agent_homes(os.environ)

    @property
    def config_file(self) -> tuple[Path | None, bool]:
        """The user's configuration file, and whether it was named; None: none."""
        from assetstore.config.load import NONE

        named = self.given.get("config") or os.environ.get("ASSETSTORE_CONFIG")
        if named == NONE:
            return None, True
        if named:
            return Path(os.path.abspath(named)), True
        from assetstore.files.user_folders import user_folder

        return user_folder("config") / "config.toml", False

    @property
    def system_config_file(self) -> Path | None:
        """The file that holds for all users of the machine; None: there is none."""
        from assetstore.config.load import system_file

        return system_file(os.environ) if self.config_file[0] is not None else None

    def config(self, *, project: bool = True, jobs: bool = False) -> "Config":
        """The configuration.

        Args:
            project: Read the file of the project that the current folder is in, too.
            jobs: With the jobs that are built in.
        """
        if (project, jobs) not in self._configs:
            from assetstore.config.load import load

            built_in = None
            if jobs:
                from assetstore.agents.client_rows import find_databases
                from assetstore.jobs.built_in import built_in_jobs

                databases = find_databases(os.environ)
                built_in = built_in_jobs(self.homes, databases)
            user, named = self.config_file
            self._configs[project, jobs] = load(
                user=user,
                system=self.system_config_file,
                must_exist=named and user is not None,
                folder=Path.cwd() if project and user is not None else None,
                environ=os.environ,
                built_in=built_in,
            )
            self._tell_renamed(self._configs[project, jobs])
        return self._configs[project, jobs]

    def _tell_renamed(self, config: "Config") -> None:
        """Warn of old names of settings; a timer's run tells nobody each hour."""
        if self.command == "run" and not sys.stderr.isatty():
            return
        told = [("warning", text) for file in config.files for text in file.warnings]
        self.remarks += [remark for remark in told if remark not in self.remarks]

    def store(
        self,
        *,
        create: bool = False,
        dry_run: bool = False,
        documents: Iterable[str | Path] = (),
    ) -> "Store":
        """Open the store.

        Args:
            create: Make it where none was ever seen.
            dry_run: Rather than make one, take one in memory.
            documents: What is to be worked on with it.
        """
        from assetstore.errors import UsageError

        if len(self.given.get("stores", ())) > 1:
            raise UsageError(f"'{self.command}' takes one --store")
        return self.open_at(
            self.store_path, create=create, dry_run=dry_run, documents=documents
        )

    def open_at(
        self,
        place: Path,
        *,
        create: bool = False,
        dry_run: bool = False,
        documents: Iterable[str | Path] = (),
        clock: Callable[[], float] = time.time,
    ) -> "Store":
        """Open the store at a place; as `assetstore.opening.open_store`."""
        from assetstore.cli.stores import trusted
        from assetstore.opening import open_store

        def tell(label: str, text: str) -> None:
            caller = os.environ.get("SUDO_USER", "root")
            if label == "note" and place == self.default_store and caller != "root":
                label = "warning"
                text += f", which is root's: without sudo, {caller} has another one"
            # At the usual place it is no news.
            if label != "note" or self.given.get("store") or self.verbosity > 0:
                self.remarks.append((label, text))

        began = time.monotonic()
        store = open_store(
            place,
            create=create,
            parents=place == self.default_store,
            dry_run=dry_run,
            known=self.known_stores,
            documents=[name for name in documents if str(name) != "-"],
            trust=trusted,
            tell=tell,
            clock=clock,
        )
        if self.debug is not None:
            took = time.monotonic() - began
            self.debug.log("store", f"{place}, opened in {took:.3f} s")
        return store

    @contextmanager
    def stores(
        self, *, documents: Iterable[str | Path] = ()
    ) -> Iterator[list["Store"]]:
        """Open the store, and the others in which to look for what it does not know.

        Those of the configuration that are not there are passed over (`absent`).

        Args:
            documents: What is to be worked on with them.
        """
        from contextlib import ExitStack

        from assetstore.errors import StoreNotFound

        documents = list(documents)
        paths = self.store_paths
        found: list[Store] = []
        named = bool(self.given.get("stores"))
        with ExitStack() as stack:
            for number, path in enumerate(paths):
                try:
                    store = self.open_at(path, documents=documents)
                except StoreNotFound:
                    if named or number == 0:
                        raise
                    self.absent.append(f"there is no store at {path}")
                    continue
                stack.enter_context(store)
                if store.id not in {other.id for other in found}:
                    found.append(store)
            yield found

    @contextmanager
    def progress(self) -> Iterator["Progress"]:
        """A progress bar on a terminal; elsewhere only messages, or lines of JSON."""
        from assetstore.cli.following import progress_of

        progress = progress_of(self)
        try:
            yield progress
        finally:
            progress.close()

    @property
    def gives_data(self) -> bool:
        """Tell whether standard output is for a document, or a blob's bytes.

        A command that ends before it writes any has no words there, either: they
        would be taken for what was asked for.
        """
        filters = self.command in _FILTERS and not _TO_STDOUT.isdisjoint(self.words)
        return self.piped or self.command == "cat" or filters

    def output(self) -> "Output":
        """Make the output for the outcome, which goes where no document goes."""
        from assetstore.cli.output import Output

        return Output(
            out=sys.stderr if self.gives_data else sys.stdout,
            err=sys.stderr,
            json=self.json,
            verbosity=self.verbosity,
            color=self.given.get("color", "auto"),
            lines=self.lines,
        )

    def emit(self, outcome: Outcome) -> int:
        """Write what a command found or did.

        Returns:
            The exit code.
        """
        output = self.output()
        if self.json:
            told = [text for _, text in self.remarks]
            outcome = replace(outcome, warnings=[*told, *outcome.warnings])
        self._write_remarks(output)
        output.emit(self.command, outcome)
        return outcome.exit_code

    def _write_remarks(self, output: "Output") -> None:
        if not self.json:
            for label, text in self.remarks:
                output.remark(label, text, "yellow" if label == "warning" else "blue")

    def emit_failure(self, problem: Problem, error: BaseException) -> None:
        """Write what ended the command."""
        output = self.output()
        self._write_remarks(output)
        output.emit_failure(self.command, problem)
        if self.verbosity >= 2:
            import traceback

            if self.lines is None:
                traceback.print_exception(error)
            else:
                text = "".join(traceback.format_exception(error))
                self.lines.write("traceback", text=text)

    def stdout(self) -> BinaryIO:
        """Standard output for a document; from here on reports go elsewhere."""
        target = standard.stdout()
        self.piped = True
        return target

    def stdin(self) -> BinaryIO:
        """Standard input as bytes."""
        return standard.stdin()
